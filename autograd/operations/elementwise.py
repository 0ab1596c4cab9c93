"""Operations that act on each element by itself; their inputs broadcast.

A row is: NumPy's ufunc, the gradient formula of x, the gradient formula of y, the symbol. Forward functions
of arithmetic go through Python's operators, which NumPy answers faster on scalars than its ufuncs.
"""

import math
import operator

import numpy as np

from autograd.core.coercion import as_float_array
from autograd.core.kernels import constant_array
from autograd.core.operation import constant_function, elementwise, operation
from autograd.core.registry import implements

add = elementwise(np.add, lambda g: g, lambda g: g, symbol="+", via=operator.add)
subtract = elementwise(np.subtract, lambda g: g, lambda g: -g, symbol="−", via=operator.sub)
multiply = elementwise(np.multiply, lambda g, y: g * y, lambda g, x: g * x, symbol="×", via=operator.mul)
divide = elementwise(np.divide, lambda g, y: g / y, lambda g, out, y: -g * out / y, symbol="÷", via=operator.truediv)
remainder = elementwise(np.remainder, lambda g: g, lambda g, x, y: -g * (x // y), symbol="mod", via=operator.mod)
negative = elementwise(np.negative, lambda g: -g, symbol="−", via=operator.neg)
positive = elementwise(np.positive, lambda g: g, symbol="+", via=operator.pos)

# `y + 0 - (y != 0)` (y may be bool) keeps the power finite where y = 0 and x = 0; the factor y makes the gradient 0 there.
# Where the result is 0, or 0⁰ = 1, so is the gradient of y: there the logarithm is taken of 1.
powers = (
    lambda g, x, y: g * y * x ** (y + 0 - (y != 0)),
    lambda g, x, out: g * out * np.log(np.where((out == 0) | ((x == 0) & (out == 1)), 1.0, x)),
)
power = elementwise(np.power, *powers, symbol="^", via=operator.pow)
float_power = elementwise(np.float_power, *powers, symbol="^")

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
arcsin = elementwise(np.arcsin, lambda g, x: g / np.sqrt(1 - x * x))
arccos = elementwise(np.arccos, lambda g, x: -g / np.sqrt(1 - x * x))
arctan = elementwise(np.arctan, lambda g, x: g / np.hypot(1, x) / np.hypot(1, x))
sinh = elementwise(np.sinh, lambda g, x: g * np.cosh(x))
cosh = elementwise(np.cosh, lambda g, x: g * np.sinh(x))
tanh = elementwise(np.tanh, lambda g, out: g * (1 - out * out))
arcsinh = elementwise(np.arcsinh, lambda g, x: g / np.hypot(1, x))
arccosh = elementwise(np.arccosh, lambda g, x: g / np.sqrt(x - 1) / np.sqrt(x + 1))
arctanh = elementwise(np.arctanh, lambda g, x: g / (1 - x * x))
radians = elementwise(np.radians, lambda g: g * (math.pi / 180))
deg2rad = elementwise(np.deg2rad, lambda g: g * (math.pi / 180))
degrees = elementwise(np.degrees, lambda g: g * (180 / math.pi))
rad2deg = elementwise(np.rad2deg, lambda g: g * (180 / math.pi))


def cosine(x, length):
    """x / length, the cosine of the angle between: 0 where both are 0, ±1 where both are infinite."""
    far = np.isinf(x)
    return np.where(far, np.sign(x), x) / np.where(far, 1, length + (length == 0))


def _turn(x, y):
    """How fast the angle of the point (y, x) changes with x: y / (x² + y²), and 0 at 0 and infinitely far out."""
    length = np.hypot(x, y)
    away = (length == 0) | np.isinf(length)
    length = np.where(away, 1, length)
    return np.where(away, 0, y) / length / length


def _ahead(x, y):
    """x − y, and 0 where both are the same infinity."""
    return np.where(np.isinf(x) & (x == y), 0, x - y)


@operation(lambda g, out: g * out * (1 - out), symbol="σ")
def sigmoid(x, /):
    """Logistic function: 1 / (1 + e⁻ˣ), elementwise, without overflow at any x.

    >>> from autograd import Tensor, sigmoid
    >>> sigmoid(Tensor([-1000.0, 0.0, 1000.0]))
    Tensor([0. , 0.5, 1. ])
    """
    x = as_float_array(x)
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e)[()] / (1 + e)


# At the corner of the cone, x = y = 0, both gradients are 0.
hypot = elementwise(np.hypot, lambda g, x, out: g * cosine(x, out), lambda g, y, out: g * cosine(y, out))
arctan2 = elementwise(np.arctan2, lambda g, x, y: g * _turn(x, y), lambda g, x, y: -g * _turn(y, x))
logaddexp = elementwise(np.logaddexp, lambda g, x, y: g * sigmoid(_ahead(x, y)), lambda g, x, y: g * sigmoid(_ahead(y, x)))
logaddexp2 = elementwise(
    np.logaddexp2,
    lambda g, x, y: g * sigmoid(math.log(2) * _ahead(x, y)),
    lambda g, x, y: g * sigmoid(math.log(2) * _ahead(y, x)),
)
fmod = elementwise(np.fmod, lambda g: g, lambda g, x, y: -g * np.trunc(x / y))
conjugate = elementwise(np.conjugate, lambda g: g)
fabs = elementwise(np.fabs, lambda g, x: g * np.sign(x), symbol="abs")
copysign = elementwise(np.copysign, lambda g, x, y: g * np.sign(x) * np.copysign(1, y), lambda g: 0 * g)
absolute = elementwise(np.absolute, lambda g, x: g * np.sign(x), symbol="abs", via=operator.abs)

# Where x = y both get half of the gradient; where one is nan, fmax and fmin take the other.
larger = (lambda g, x, y: g * (x > y) + g / 2 * (x == y), lambda g, x, y: g * (x < y) + g / 2 * (x == y))
maximum = elementwise(np.maximum, *larger, symbol="max")
minimum = elementwise(np.minimum, *larger[::-1], symbol="min")
fmax = elementwise(
    np.fmax,
    lambda g, x, y: g * ((x > y) | np.isnan(y)) + g / 2 * (x == y),
    lambda g, x, y: g * ((x < y) | np.isnan(x)) + g / 2 * (x == y),
)
fmin = elementwise(
    np.fmin,
    lambda g, x, y: g * ((x < y) | np.isnan(y)) + g / 2 * (x == y),
    lambda g, x, y: g * ((x > y) | np.isnan(x)) + g / 2 * (x == y),
)


@operation(lambda g, out: g * (out > 0))
def relu(x, /):
    """Rectified linear unit: max(x, 0), elementwise; its derivative at 0 is 0.

    >>> from autograd import Tensor, relu
    >>> relu(Tensor([-1.0, 0.0, 2.0]))
    Tensor([0., 0., 2.])
    """
    return np.maximum(x, _zero(x))


def _zero(x):
    """0 for comparisons with x: NumPy compares with an array several times faster than with a number."""
    if not getattr(x, "ndim", 0) or x.dtype.kind != "f":
        return 0
    return constant_array(0, x.shape if x.size <= 2**15 else x.shape[-1:], x.dtype)


@operation(lambda g, x, min, max: g * ((x >= _or(min, -np.inf)) & (x <= _or(max, np.inf))))
def clip(x, /, min=None, max=None):
    """Limit values to [min, max], elementwise; the gradient passes inside and on the bounds.

    min, max: numbers or arrays without gradient; None for no bound.

    >>> from autograd import Tensor
    >>> Tensor([-2.0, 0.5, 3.0]).clip(-1, 1)
    Tensor([-1. ,  0.5,  1. ])
    """
    return np.clip(x, min, max)


@implements(np.clip)
def _numpy_clip(a, a_min=None, a_max=None, *, min=None, max=None):
    return clip(a, min if a_min is None else a_min, max if a_max is None else a_max)


def _or(bound, without):
    """A bound, or what stands for none."""
    return without if bound is None else bound


@operation(
    None,
    lambda g, condition: where(condition, g, 0),  # type: ignore[has-type]
    lambda g, condition: where(condition, 0, g),  # type: ignore[has-type]
)
def where(condition, x, y, /):
    """Take x where the condition holds and y elsewhere; all three broadcast.

    The branch that is not taken gets gradient 0. If its own derivative there is infinite or nan, 0 times that is nan, so
    keep its argument away from there too, as below.

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


# Constant almost everywhere: answered on the data, without a gradient.
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
heaviside = constant_function(np.heaviside)
trunc = constant_function(np.trunc)
spacing = constant_function(np.spacing)
nextafter = constant_function(np.nextafter)
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
