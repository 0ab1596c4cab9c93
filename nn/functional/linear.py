"""Affine and bilinear maps."""

from typing import Any

import numpy as np

from autograd import ShapeError, Tensor, operation
from autograd.extend import kernels


def _weight_gradient(g, x):
    if x.ndim == 2:
        return kernels.matmul(x.T, g)
    return np.reshape(x, (-1, x.shape[-1])).T @ np.reshape(g, (-1, g.shape[-1]))


def _bias_gradient(g):
    return kernels.column_sums(g) if g.ndim == 2 else g


@operation(lambda g, weight: kernels.matmul(g, weight.T), _weight_gradient, _bias_gradient, symbol="xW + b", structure="linear")
def linear(x, weight, bias, /):
    """Affine map of the last axis: x W + b.

    x: (…, in); weight: (in, out); bias: (out,).

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.linear(Tensor([[1.0, 2.0]]), Tensor([[1.0], [10.0]]), Tensor([0.5]))
    Tensor([[21.5]])
    """
    if weight.ndim != 2:
        raise ShapeError(f"linear: got weights of shape {weight.shape}, expected (in, out)")
    out = kernels.matmul(x, weight)
    if out.dtype is bias.dtype:
        out += bias
        return out
    return out + bias


def bilinear(x: Any, y: Any, weight: Any, bias: Any = None) -> Tensor:
    """Bilinear map of the last axes of x and y: outₖ = Σᵢⱼ xᵢ Wᵢⱼₖ yⱼ + bₖ.

    x: (…, in1); y: (…, in2), with equal leading axes; weight: (in1, in2, out); bias: (out,) or None.

    Raises ShapeError for other shapes.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.bilinear(Tensor([1.0, 2.0]), Tensor([3.0]), Tensor([[[1.0]], [[10.0]]]))
    Tensor([63.])
    """
    x, y, weight = (value if isinstance(value, Tensor | np.ndarray) else Tensor(value) for value in (x, y, weight))
    if weight.ndim != 3:
        raise ShapeError(f"bilinear: got weights of shape {weight.shape}, expected (in1, in2, out)")
    in1, in2, outputs = weight.shape
    if x.ndim < 1 or x.shape[:-1] != y.shape[:-1] or (x.shape[-1], y.shape[-1]) != (in1, in2):
        raise ShapeError(f"bilinear: got inputs of shapes {x.shape} and {y.shape}, expected (…, {in1}) and (…, {in2})")
    # For each example, xW is the (in2, out) matrix that maps y.
    xw = np.reshape(x @ np.reshape(weight, (in1, in2 * outputs)), (*x.shape[:-1], in2, outputs))
    out: Any = np.squeeze(np.expand_dims(y, -2) @ xw, -2)
    return out if bias is None else out + bias
