"""SciPy's functions on tensors, in modules of SciPy's names. They need SciPy: pip install 'chainrule[scipy]'."""

from autograd.utils.lazy import lazy_attributes
from autograd.utils.scipy_names import names_of

_import, __dir__, __all__ = lazy_attributes(__name__, __file__)
_refuse = names_of(__name__, __all__)


def __getattr__(name):
    return _import(name) if name in __all__ else _refuse(name)
