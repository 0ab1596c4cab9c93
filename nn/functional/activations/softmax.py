"""Softmax and its relatives. The modules of these names state derivatives and ranges."""

from typing import Any

import numpy as np

from autograd import Tensor, operation, softplus
from autograd.extend import as_float_array, kernels
from nn.functional.validation import as_floats


def _maxima(x, axis):
    if x.ndim == 2 and axis in (-1, 1):
        return kernels.row_maxima(x)[:, None]
    return np.maximum.reduce(x, axis=axis, keepdims=True)


def _totals(x, axis):
    if x.ndim == 2 and axis in (-1, 1):
        return kernels.row_sums(x)[:, None]
    return kernels.sum_over_axes(x, axis, keepdims=True)


def _empty(x, axis):
    """An empty array like x; NumPy raises the error of an axis that does not exist."""
    return x - np.add.reduce(x, axis=axis, keepdims=True)


@operation(lambda g, out, axis: g - np.exp(out) * g.sum(axis=axis, keepdims=True))
def log_softmax(x, /, axis=-1):
    """Logarithm of the softmax: xᵢ − ln(Σ(exp(x))), without overflow; empty for an empty array.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.log_softmax(Tensor([1000.0, 0.0]))
    Tensor([    0., -1000.])
    """
    x = as_float_array(x)
    if not x.size:
        return _empty(x, axis)
    shifted = x - _maxima(x, axis)
    return shifted - np.log(_totals(np.exp(shifted), axis))


@operation(lambda g, out, axis: out * (g - (g * out).sum(axis=axis, keepdims=True)))
def softmax(x, /, axis=-1):
    """Softmax, the probabilities of scores: exp(xᵢ) / Σ(exp(x)), without overflow; empty for an empty array.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.softmax(Tensor([1.8, 0.9, 0.68])).numpy().round(2).tolist()
    [0.58, 0.23, 0.19]
    """
    x = as_float_array(x)
    if not x.size:
        return _empty(x, axis)
    e = np.exp(x - _maxima(x, axis))
    return e / _totals(e, axis)


def softmin(x: Any, axis: int = -1) -> Tensor:
    """Softmin, the softmax of −x: exp(−xᵢ) / Σ(exp(−x)), without overflow.

    >>> import nn
    >>> nn.functional.softmin([-1.8, -0.9, -0.68]).round(2).tolist()
    [0.58, 0.23, 0.19]
    """
    return softmax(-as_floats("softmin", x), axis=axis)


def logsigmoid(x: Any) -> Tensor:
    """Logarithm of the logistic function: −ln(1 + e⁻ˣ), elementwise, without overflow.

    >>> import nn
    >>> nn.functional.logsigmoid([-1000.0, 0.0, 1000.0]).round(4).tolist()
    [-1000.0, -0.6931, -0.0]
    """
    return -softplus(-as_floats("logsigmoid", x))
