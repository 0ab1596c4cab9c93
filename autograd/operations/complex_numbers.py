"""Complex numbers: their parts, and the convention of their gradients.

The gradient of a real number u with respect to z = x + iy is ∂u/∂x − i ∂u/∂y. So du = Re(g · dz), without a conjugate, and

- the formula of a holomorphic function f is that of real numbers: g · f′(z). Matrix products, sums and Fourier transforms keep
  their formulas, too;
- the other functions (abs, conj, real, imag, angle, norms, variances) conjugate where du = Re(g · dz) asks for it;
- a gradient with respect to a real input is the real part. It is taken once, in `core.broadcasting.unbroadcast`.

This is the convention of HIPS autograd and of JAX. PyTorch and TensorFlow give the conjugate, ∂u/∂x + i ∂u/∂y, the direction of
steepest ascent: gradient descent on a complex z is z − lr · conj(g) here. The gradient of a complex result is not defined
without a weight; `holomorphic_grad` gives f′(z) of holomorphic functions.

Functions that order or round real numbers (max, clip, median, floor, …) refuse complex ones. np.sort orders them by the real
part, then by the imaginary part, as NumPy does.
"""

import math
from typing import Any

import numpy as np

from autograd.core.coercion import is_complex
from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.core.tensor import Tensor
from autograd.operations import elementwise
from autograd.operations.inputs import as_tensor_or_array


@operation(lambda g: g, symbol="Re")
def _real(x, /):
    return np.real(x)


@operation(lambda g: g * -1j, symbol="Im")  # in this order: of -1j * np.float64 Python makes a complex without a shape
def _imag(x, /):
    return np.imag(x)


@implements(getattr(np._core.umath, "real", np.real))  # type: ignore[attr-defined]  # a ufunc since NumPy 2.5
@implements(np.real)
def real(val: Any) -> Any:
    """Real part: x of x + iy; its gradient is g.

    >>> from autograd import Tensor
    >>> Tensor(3 + 4j).real
    Tensor(3.0)
    """
    val = as_tensor_or_array(val)
    return _real(val) if is_complex(val) else val


@implements(getattr(np._core.umath, "imag", np.imag))  # type: ignore[attr-defined]
@implements(np.imag)
def imag(val: Any) -> Any:
    """Imaginary part: y of x + iy; its gradient is −i g. Of real numbers it is 0, a constant.

    >>> from autograd import Tensor
    >>> Tensor(3 + 4j).imag
    Tensor(4.0)
    """
    val = as_tensor_or_array(val)
    return _imag(val) if is_complex(val) else elementwise.sign(val) * 0


@implements(np.angle)
def angle(z: Any, deg: bool = False) -> Any:
    """Angle of x + iy in the complex plane: arctan2(y, x); its gradient at 0 is 0.

    deg: in degrees instead of radians.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.angle(Tensor(1j), deg=True).item()
    90.0
    """
    z = as_tensor_or_array(z)
    angle = elementwise.arctan2(imag(z), real(z))
    return angle * (180 / math.pi) if deg else angle


@implements(np.real_if_close)
def real_if_close(a: Any, tol: float = 100) -> Any:
    """The real part where all imaginary parts are within `tol` machine epsilons of 0; else a itself.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.real_if_close(Tensor([1 + 0j, 2 + 1e-20j]))
    Tensor([1., 2.])
    """
    a = as_tensor_or_array(a)
    data = a.data if isinstance(a, Tensor) else a
    return real(a) if is_complex(a) and not np.iscomplexobj(np.real_if_close(data, tol)) else a


@implements(np.sign)
def sign(x: Any) -> Any:
    """Sign: x / |x|, and 0 at 0. Of real numbers it is constant almost everywhere; of complex ones it is differentiable.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.sign(Tensor(3 + 4j))
    Tensor((0.6+0.8j))
    """
    x = as_tensor_or_array(x)
    if not is_complex(x):
        return elementwise.sign(x)
    size = np.abs(x)
    return x / np.where(size == 0, 1, size)
