"""Matrix multiplication."""

import numpy as np

from autograd.core import kernels
from autograd.core.operation import operation
from autograd.operations.elementwise import conj


def transpose_last(x):
    """xᵀ for every matrix of a stack: the last two axes exchanged."""
    return x.T if x.ndim == 2 else np.swapaxes(x, -1, -2)


def adjoint(x):
    """xᴴ for every matrix of a stack: the transpose, of complex matrices with the conjugate elements."""
    return conj(transpose_last(x))


def _matmul_x(g, y, x_dims):
    """Gradient of the left factor: g yᵀ."""
    if np.ndim(y) == 1:
        return g * y if x_dims == 1 else np.expand_dims(g, -1) * y
    if x_dims == 1:
        return (np.expand_dims(g, -2) @ transpose_last(y))[..., 0, :]
    return kernels.matmul(g, transpose_last(y))


def _matmul_y(g, x, y_dims):
    """Gradient of the right factor: xᵀ g."""
    if np.ndim(x) == 1:
        return g * x if y_dims == 1 else np.expand_dims(x, -1) * np.expand_dims(g, -2)
    if y_dims == 1:
        return (transpose_last(x) @ np.expand_dims(g, -1))[..., 0]
    if y_dims == 2 and np.ndim(x) > 2 and x.size and g.size:  # one product, which also adds over the stack
        return kernels.matmul(np.reshape(x, (-1, x.shape[-1])).T, np.reshape(g, (-1, g.shape[-1])))
    return kernels.matmul(transpose_last(x), g)


@operation(
    lambda g, y, x_shape: _matmul_x(g, y, len(x_shape)),
    lambda g, x, y_shape: _matmul_y(g, x, len(y_shape)),
    symbol="@",
    numpy=np.matmul,
)
def matmul(x, y, /):
    """Matrix product: outᵢⱼ = Σₖ xᵢₖ yₖⱼ.

    x, y: vectors (n,), matrices (m, n), or stacks (…, m, n) that broadcast, as in NumPy.

    Raises ShapeError if the inner sizes differ.

    >>> from autograd import Tensor
    >>> Tensor([[1.0, 2.0], [3.0, 4.0]]) @ Tensor([1.0, 1.0])
    Tensor([3., 7.])
    """
    return kernels.matmul(x, y)
