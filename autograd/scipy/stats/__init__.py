"""scipy.stats on tensors: densities and distribution functions as modules of functions, `norm.logpdf(x, loc, scale)`.

x, the shapes, loc and scale broadcast and have gradients. Outside of the support the density is 0 and its logarithm −∞, with
gradient 0; for parameters outside of their domain the result is nan, as in SciPy. Single precision stays single.
"""

from autograd.utils.lazy import lazy_attributes
from autograd.utils.scipy_names import names_of

_import, __dir__, __all__ = lazy_attributes(__name__, __file__)
_refuse = names_of(__name__, __all__)


def __getattr__(name):
    return _import(name) if name in __all__ else _refuse(name)
