"""Operations that act on each element by itself; their inputs broadcast.

A row is: NumPy's ufunc, the gradient formula of x, the gradient formula of y, the symbol. Forward functions
of arithmetic go through Python's operators, which NumPy answers faster on scalars than its ufuncs.
"""

import operator

import numpy as np

from autograd.operation import constant_function, elementwise, implements, operation

add = elementwise(np.add, lambda g: g, lambda g: g, symbol="+", via=operator.add)
subtract = elementwise(np.subtract, lambda g: g, lambda g: -g, symbol="−", via=operator.sub)
multiply = elementwise(np.multiply, lambda g, y: g * y, lambda g, x: g * x, symbol="×", via=operator.mul)
divide = elementwise(np.divide, lambda g, y: g / y, lambda g, out, y: -g * out / y, symbol="÷", via=operator.truediv)
remainder = elementwise(np.remainder, lambda g: g, lambda g, x, y: -g * (x // y), symbol="mod", via=operator.mod)
negative = elementwise(np.negative, lambda g: -g, symbol="−", via=operator.neg)
positive = elementwise(np.positive, lambda g: g, symbol="+", via=operator.pos)

# `y - (y != 0)` keeps the power finite where y = 0 and x = 0; the factor y makes the gradient 0 there.
power = elementwise(
    np.power,
    lambda g, x, y: g * y * x ** (y - (y != 0)),
    lambda g, x, out: g * out * np.log(x + (x == 0)),
    symbol="^",
    via=operator.pow,
)

exp = elementwise(np.exp, lambda g, out: g * out)
log = elementwise(np.log, lambda g, x: g / x)
sqrt = elementwise(np.sqrt, lambda g, out: g / (2 * out), symbol="√")
sin = elementwise(np.sin, lambda g, x: g * np.cos(x))
cos = elementwise(np.cos, lambda g, x: -g * np.sin(x))
tanh = elementwise(np.tanh, lambda g, out: g * (1 - out * out))
absolute = elementwise(np.absolute, lambda g, x: g * np.sign(x), symbol="abs", via=operator.abs)

# Where x = y both get half of the gradient.
maximum = elementwise(
    np.maximum,
    lambda g, x, y: g * (x > y) + g / 2 * (x == y),
    lambda g, x, y: g * (x < y) + g / 2 * (x == y),
    symbol="max",
)
minimum = elementwise(
    np.minimum,
    lambda g, x, y: g * (x < y) + g / 2 * (x == y),
    lambda g, x, y: g * (x > y) + g / 2 * (x == y),
    symbol="min",
)


@operation(lambda g, out: g * (out > 0))
def relu(x, /):
    """Rectified linear unit: max(x, 0), elementwise; its derivative at 0 is 0.

    >>> from autograd import Tensor, relu
    >>> relu(Tensor([-1.0, 0.0, 2.0]))
    Tensor([0., 0., 2.])
    """
    return np.maximum(x, 0)


@operation(lambda g, out: g * out * (1 - out), symbol="σ")
def sigmoid(x, /):
    """Logistic function: 1 / (1 + e⁻ˣ), elementwise, without overflow at any x.

    >>> from autograd import Tensor, sigmoid
    >>> sigmoid(Tensor([-1000.0, 0.0, 1000.0]))
    Tensor([0. , 0.5, 1. ])
    """
    e = np.exp(-np.abs(x))
    return np.where(np.greater_equal(x, 0), 1, e)[()] / (1 + e)


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
    return without if bound is None else bound


@operation(
    None,
    lambda g, condition: where(condition, g, 0),
    lambda g, condition: where(condition, 0, g),
    numpy=np.where,
)
def where(condition, x, y, /):
    """Take x where the condition holds and y elsewhere; all three broadcast.

    The branch that is not taken gets gradient 0, whatever its own derivative is.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> x = Tensor([-1.0, 4.0], requires_grad=True)
    >>> np.where(x > 0, np.sqrt(np.maximum(x, 0)), x)
    Tensor([-1.,  2.], operation='where')
    """
    out = np.where(condition, x, y)
    return out if out.ndim else out[()]


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
floor = constant_function(np.floor)
ceil = constant_function(np.ceil)
rint = constant_function(np.rint)
isnan = constant_function(np.isnan)
isinf = constant_function(np.isinf)
isfinite = constant_function(np.isfinite)
