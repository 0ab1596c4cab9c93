"""Reverse-mode automatic differentiation for scalars and tensors, on NumPy.

>>> from autograd import Tensor
>>> x, y, z = (Tensor(v, requires_grad=True, name=n) for v, n in ((3.0, "x"), (4.0, "y"), (2.0, "z")))
>>> f = x**2 * y / z
>>> f.backward()
>>> f.item(), x.grad.item(), y.grad.item(), z.grad.item()
(18.0, 12.0, 4.5, -9.0)
"""

import autograd.operators  # noqa: F401  (registers the operations and binds them to Tensor)
from autograd.utils.lazy import lazy_attributes, warn_of_foreign_files

__getattr__, __dir__, __all__ = lazy_attributes(__name__, __file__)
__version__ = "0.1.0"
warn_of_foreign_files(__file__)
