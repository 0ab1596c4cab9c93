"""Elementwise operations; their inputs broadcast.

A row is: NumPy's ufunc, the gradient formula of x, the gradient formula of y, the symbol. Arithmetic calls Python's operators,
because on scalars they are faster than NumPy's ufuncs.
"""

import math
import operator

import numpy as np
from numpy import ndarray

from autograd.core import kernels
from autograd.core.coercion import as_float_array, is_complex, refuse_complex
from autograd.core.kernels import constant_array
from autograd.core.operation import constant_function, elementwise, operation
from autograd.core.registry import implements
from autograd.core.tensor import Tensor

add = elementwise(np.add, lambda g: g, lambda g: g, symbol="+", via=operator.add)
subtract = elementwise(np.subtract, lambda g: g, lambda g: -g, symbol="−", via=operator.sub)
multiply = elementwise(np.multiply, lambda g, y: g * y, lambda g, x: g * x, symbol="×", via=operator.mul)
divide = elementwise(np.divide, lambda g, y: g / y, lambda g, out, y: -g * out / y, symbol="÷", via=operator.truediv)
remainder = elementwise(np.remainder, lambda g: g, lambda g, x, y: -g * (x // y), symbol="mod", via=operator.mod)
negative = elementwise(np.negative, lambda g: -g, symbol="−", via=operator.neg)
positive = elementwise(np.positive, lambda g: g, symbol="+", via=operator.pos)

# `y + 0 - (y != 0)` (y can be bool) keeps the power finite at x = y = 0; the factor y makes the gradient 0 there.
# The gradient of y is 0 where the result is 0 or 0⁰ = 1: there the logarithm is that of 1.
power_formulas = (
    lambda g, x, y: g * y * x ** (y + 0 - (y != 0)),
    lambda g, x, out: g * out * np.log(_as_complex_like(np.where((out == 0) | ((x == 0) & (out == 1)), 1.0, x), out)),
)


def _as_complex_like(x, out):
    """x, as complex numbers where `out` is complex, so that a negative x has a logarithm."""
    return x.astype(out.dtype) if is_complex(out) and not is_complex(x) else x


power = elementwise(np.power, *power_formulas, symbol="^", via=operator.pow)
float_power = elementwise(np.float_power, *power_formulas, symbol="^")

square = elementwise(np.square, lambda g, x: 2 * g * x, symbol="²")
reciprocal = elementwise(np.reciprocal, lambda g, out: -g * out * out, symbol="1/")
sqrt = elementwise(np.sqrt, lambda g, out: g / (2 * out), symbol="√")
cbrt = elementwise(np.cbrt, lambda g, out: g / (3 * out) / out, symbol="∛")

exp = elementwise(np.exp, lambda g, out: g * out)
exp2 = elementwise(np.exp2, lambda g, out: g * out * math.log(2))
expm1 = elementwise(np.expm1, lambda g, out: g * (out + 1))
log = elementwise(np.log, lambda g, x: g / x)
log2 = elementwise(np.log2, lambda g, x: g / x / math.log(2))
log10 = elementwise(np.log10, lambda g, x: g / x / math.log(10))
log1p = elementwise(np.log1p, lambda g, x: g / (1 + x))

sin = elementwise(np.sin, lambda g, x: g * np.cos(x))
cos = elementwise(np.cos, lambda g, x: -g * np.sin(x))
tan = elementwise(np.tan, lambda g, out: g * (1 + out * out))
arcsin = elementwise(np.arcsin, lambda g, x: g / _cos_of_arcsin(x))
arccos = elementwise(np.arccos, lambda g, x: -g / _cos_of_arcsin(x))
arctan = elementwise(np.arctan, lambda g, x: g / one_plus_square(x))  # type: ignore[has-type]
sinh = elementwise(np.sinh, lambda g, x: g * np.cosh(x))
cosh = elementwise(np.cosh, lambda g, x: g * np.sinh(x))
tanh = elementwise(np.tanh, lambda g, out: g * (1 - out * out))
arcsinh = elementwise(np.arcsinh, lambda g, x: g / _length_with_one(x))
arccosh = elementwise(np.arccosh, lambda g, x: g / np.sqrt(x - 1) / np.sqrt(x - -1))
arctanh = elementwise(np.arctanh, lambda g, x: g / (1 - x * x))
radians = elementwise(np.radians, lambda g: g * (math.pi / 180))
deg2rad = elementwise(np.deg2rad, lambda g: g * (math.pi / 180))
degrees = elementwise(np.degrees, lambda g: g * (180 / math.pi))
rad2deg = elementwise(np.rad2deg, lambda g: g * (180 / math.pi))


def _cos_of_arcsin(x):
    """√(1 − x²); of complex x on a branch cut the value on its own side, by the sign of the 0 in the other part."""
    return np.cos(np.arcsin(x)) if is_complex(x) else np.sqrt(1 - x * x)


def _length_with_one(x):
    """√(1 + x²), of real x without overflow; of complex x on a branch cut the value on its own side."""
    if is_complex(x):
        return np.cosh(np.arcsinh(x))
    square = 1 + x * x
    return np.sqrt(square) if np.all(square < 1e30) else np.hypot(1, x)


def conj(x):
    """x̄, for formulas: real arrays unchanged, without a copy."""
    return np.conjugate(x) if is_complex(x) else x


def square_of_abs(x):
    """|x|²."""
    return np.real(x) ** 2 + np.imag(x) ** 2 if is_complex(x) else x * x


# The derivative is 0 where g is 0: of 1 / (1 + x²) at an infinite x.
@operation(lambda g, x: 2 * g * select(x, g != 0), structure="elementwise")
def one_plus_square(x, /):
    """1 + x², for formulas."""
    return 1 + x * x


def cosine(x, length):
    """cos φ = x / length; 0 where both are 0, ±1 where both are infinite."""
    is_infinite = np.isinf(x)
    return np.where(is_infinite, np.sign(x), x) / np.where(is_infinite, 1, length + (length == 0))


def _arctan2_slope(x, y):
    """∂ arctan2(x, y) / ∂x = y / (x² + y²); 0 at the origin and at infinity."""
    square = x * x + y * y
    if np.all((square > 1e-30) & (square < 1e30)):  # far from underflow and overflow, also in float32
        return y / square
    length = np.hypot(x, y)
    is_flat = (length == 0) | np.isinf(length)
    length = np.where(is_flat, 1, length)
    return np.where(is_flat, 0, y) / length / length


def _difference(x, y):
    """x − y; 0 where both are the same infinity."""
    return np.where(np.isinf(x) & (x == y), 0, x - y)


@operation(lambda g, out: g * out * (1 - out), symbol="σ", structure="elementwise")
def sigmoid(x, /):
    """Logistic function: 1 / (1 + e⁻ˣ), elementwise, without overflow.

    >>> from autograd import Tensor, sigmoid
    >>> sigmoid(Tensor([-1000.0, 0.0, 1000.0]))
    Tensor([0. , 0.5, 1. ])
    """
    x = as_float_array(x)
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e)[()] / (1 + e)


# At the kink x = y = 0 both gradients are 0.
hypot = elementwise(np.hypot, lambda g, x, out: g * cosine(x, out), lambda g, y, out: g * cosine(y, out))
arctan2 = elementwise(np.arctan2, lambda g, x, y: g * _arctan2_slope(x, y), lambda g, x, y: -g * _arctan2_slope(y, x))
logaddexp = elementwise(
    np.logaddexp,
    lambda g, x, y: g * sigmoid(_difference(x, y)),
    lambda g, x, y: g * sigmoid(_difference(y, x)),
)
logaddexp2 = elementwise(
    np.logaddexp2,
    lambda g, x, y: g * sigmoid(math.log(2) * _difference(x, y)),
    lambda g, x, y: g * sigmoid(math.log(2) * _difference(y, x)),
)
fmod = elementwise(np.fmod, lambda g: g, lambda g, x, y: -g * np.trunc(x / y))
conjugate = elementwise(np.conjugate, lambda g: conj(g))
fabs = elementwise(np.fabs, lambda g, x: g * np.sign(x), symbol="abs")
copysign = elementwise(np.copysign, lambda g, x, y: g * np.sign(x) * np.copysign(1, y), lambda g: select(g, False))
# For complex x, d|x| = Re(x̄ / |x| · dx).
absolute = elementwise(np.absolute, lambda g, x: g * conj(np.sign(x)), symbol="abs", via=operator.abs)


def select(x, condition):
    """The elements of x where the condition holds and exactly 0 elsewhere, also where x is infinite or nan; both broadcast.

    Gradients of functions with branches use it: a branch that was not taken gets 0, whatever arrives.
    """
    is_array = type(x) is ndarray and not isinstance(condition, Tensor)
    return kernels.select(x, condition) if is_array else mask_elements(x, condition)


@operation(lambda g, condition: select(g, condition), None, symbol="mask", structure="elementwise")
def mask_elements(x, condition, /):
    """The elements of x where the condition holds, exactly 0 elsewhere."""
    return kernels.select(x, condition)


def of_reals(ufunc):
    """A ufunc that orders numbers, for real ones: NumPy would compare complex numbers by their real parts first."""

    def call(x, y):
        out = ufunc(x, y)
        refuse_complex(out)
        return out

    return call


# Where x = y each input gets half of the gradient. Where one input is nan, fmax and fmin return the other.
maximum_formulas = (
    lambda g, x, y: select(g, x > y) + select(g / 2, x == y),
    lambda g, x, y: select(g, x < y) + select(g / 2, x == y),
)
maximum = elementwise(np.maximum, *maximum_formulas, symbol="max", via=of_reals(np.maximum))
minimum = elementwise(np.minimum, *maximum_formulas[::-1], symbol="min", via=of_reals(np.minimum))
fmax = elementwise(
    np.fmax,
    lambda g, x, y: select(g, (x > y) | np.isnan(y)) + select(g / 2, x == y),
    lambda g, x, y: select(g, (x < y) | np.isnan(x)) + select(g / 2, x == y),
    via=of_reals(np.fmax),
)
fmin = elementwise(
    np.fmin,
    lambda g, x, y: select(g, (x < y) | np.isnan(y)) + select(g / 2, x == y),
    lambda g, x, y: select(g, (x > y) | np.isnan(x)) + select(g / 2, x == y),
    via=of_reals(np.fmin),
)


@operation(lambda g, out: select(g, out > 0), structure="elementwise")
def relu(x, /):
    """Rectified linear unit: max(x, 0), elementwise; its derivative at 0 is 0.

    >>> from autograd import Tensor, relu
    >>> relu(Tensor([-1.0, 0.0, 2.0]))
    Tensor([0., 0., 2.])
    """
    return np.maximum(x, _zero(x))


def _zero(x):
    """0 for comparisons with x, as an array: NumPy compares arrays several times faster than an array and a number."""
    if not getattr(x, "ndim", 0) or x.dtype.kind != "f":
        refuse_complex(x)
        return 0
    return constant_array(0, x.shape if x.size <= 2**15 else x.shape[-1:], x.dtype)


@operation(
    lambda g, x, min, max: select(g, (x >= _bound_or(min, -np.inf)) & (x <= _bound_or(max, np.inf))), structure="elementwise"
)
def clip(x, /, min=None, max=None):
    """Limit values: min(max(x, min), max), elementwise; the derivative is 1 inside and on the bounds, 0 outside.

    min, max: numbers or arrays without gradient; None for no bound.

    >>> from autograd import Tensor
    >>> Tensor([-2.0, 0.5, 3.0]).clip(-1, 1)
    Tensor([-1. ,  0.5,  1. ])
    """
    refuse_complex(x)
    return np.clip(x, min, max)


@implements(np.clip)
def _numpy_clip(a, a_min=None, a_max=None, *, min=None, max=None):
    return clip(a, min if a_min is None else a_min, max if a_max is None else a_max)


def _bound_or(bound, default):
    """The bound, or the default for None."""
    return default if bound is None else bound


@operation(
    None,
    lambda g, condition: where(condition, g, 0),  # type: ignore[has-type]
    lambda g, condition: where(condition, 0, g),  # type: ignore[has-type]
    structure="linear",
)
def where(condition, x, y, /):
    """Select elements: x where the condition is True, y elsewhere; all three broadcast.

    The branch that is not selected gets gradient 0. If its own derivative is infinite or nan there, the product with 0 is nan:
    select a safe argument too, as in the example.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> x = Tensor([-1.0, 4.0], requires_grad=True)
    >>> y = np.where(x > 0, np.sqrt(np.where(x > 0, x, 1)), x)
    >>> y.sum().backward()
    >>> y.numpy(), x.grad.numpy()
    (array([-1.,  2.]), array([1.  , 0.25]))
    """
    out = np.where(condition, x, y)
    return out if out.ndim else out[()]


@implements(np.where)
def _numpy_where(condition, *branches):
    return where(condition, *branches) if branches else np.nonzero(condition)


heaviside = elementwise(np.heaviside, None, lambda g, x: select(g, x == 0))
nextafter = elementwise(np.nextafter, lambda g: g, lambda g: select(g, False))

# Their gradient is 0 almost everywhere: they are called on the data and return constants.
greater = constant_function(np.greater)
greater_equal = constant_function(np.greater_equal)
less = constant_function(np.less)
less_equal = constant_function(np.less_equal)
equal = constant_function(np.equal)
not_equal = constant_function(np.not_equal)
logical_and = constant_function(np.logical_and)
logical_or = constant_function(np.logical_or)
logical_not = constant_function(np.logical_not)
bitwise_and = constant_function(np.bitwise_and)
bitwise_or = constant_function(np.bitwise_or)
bitwise_xor = constant_function(np.bitwise_xor)
invert = constant_function(np.invert)
floor_divide = constant_function(np.floor_divide)
sign = constant_function(np.sign)
signbit = constant_function(np.signbit)
trunc = constant_function(np.trunc)
spacing = constant_function(np.spacing)
logical_xor = constant_function(np.logical_xor)
left_shift = constant_function(np.left_shift)
right_shift = constant_function(np.right_shift)
gcd = constant_function(np.gcd)
lcm = constant_function(np.lcm)
bitwise_count = constant_function(np.bitwise_count)
floor = constant_function(np.floor)
ceil = constant_function(np.ceil)
rint = constant_function(np.rint)
isnan = constant_function(np.isnan)
isinf = constant_function(np.isinf)
isfinite = constant_function(np.isfinite)
