"""Exceptions, one type per kind of mistake; each message states the mistake and how to correct it."""


class ShapeError(ValueError):
    """Shapes that do not match in an operation, or a gradient of another shape than its tensor.

    >>> from autograd import Tensor
    >>> Tensor([1.0, 2.0]) + Tensor([1.0, 2.0, 3.0])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    autograd.errors.ShapeError: add: shapes (2,) and (3,) do not broadcast; aligned at the right, sizes must be equal or 1 ...
    """


class DataError(TypeError, ValueError):
    """Data that is not an array of numbers: ragged lists, strings, objects.

    >>> from autograd import Tensor
    >>> Tensor([1.0, "a"])
    Traceback (most recent call last):
    autograd.errors.DataError: expected numbers, got [1.0, 'a'] (list)
    """


class GraphError(RuntimeError):
    """A backward pass that the recorded graph cannot carry out: no graph, a freed graph, no scalar to start from.

    >>> from autograd import Tensor
    >>> Tensor([1.0, 2.0]).backward()  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    autograd.errors.GraphError: this tensor has no graph: nothing it was computed from requires gradients; ...
    """


class InPlaceError(RuntimeError):
    """A tensor was changed in place although the backward pass still needs its old value.

    >>> from autograd import Tensor, no_grad
    >>> x = Tensor([1.0, 2.0], requires_grad=True)
    >>> y = (x * x).sum()
    >>> with no_grad():
    ...     x[0] = 5.0
    >>> y.backward()  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    autograd.errors.InPlaceError: multiply: its input 1 was changed in place, but the backward pass needs the old value; ...
    """


class UnsupportedError(TypeError):
    """A NumPy function, or an option of it, that has no gradient here.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.packbits(Tensor([1.0, 0.0], requires_grad=True))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    autograd.errors.UnsupportedError: np.packbits has no gradient: it works on bits; without a gradient, ...
    """


class TraceError(RuntimeError):
    """A function whose operations cannot be recorded for other inputs, because Python code reads the values of this one.

    >>> from autograd import Tensor
    >>> from autograd.extend import trace_operations
    >>> trace_operations(lambda x: x if x > 0 else -x, Tensor(1.0))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    autograd.errors.TraceError: the program branches on a value, which another input may change; use np.where ...
    """


class AnomalyError(FloatingPointError):
    """The first value or gradient that is nan or infinite, found by `detect_anomaly`.

    >>> import numpy as np
    >>> from autograd import Tensor, detect_anomaly
    >>> with detect_anomaly():  # doctest: +ELLIPSIS
    ...     np.log(Tensor(0.0, requires_grad=True))
    Traceback (most recent call last):
    autograd.errors.AnomalyError: log: the result is -inf, from 0.0
    ...
    """


class GradientError(AssertionError):
    """A gradient formula and finite differences disagree.

    >>> from autograd import Tensor, gradcheck, operation
    >>> @operation(lambda g, x: -2 * g * x)
    ... def wrong_square(x, /):
    ...     return x * x
    >>> gradcheck(wrong_square, [Tensor([3.0], requires_grad=True)])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    autograd.errors.GradientError: wrong_square: the gradient of x is wrong
      order 1: the derivative of output (0,) with respect to x at (0,) is -6 by formula but 6 by finite differences, ...
      guess: wrong sign: the formula gives minus the derivative
    """
