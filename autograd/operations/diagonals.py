"""Diagonals, traces and triangles of matrices."""

import operator
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.errors import ShapeError
from autograd.operations.indexing import getitem, scatter
from autograd.operations.inputs import as_tensor_or_array
from autograd.operations.shape import reshape, transpose


def flat_diagonal(rows: int, columns: int, offset: int) -> tuple[slice, int]:
    """The slice of the flattened elements of a matrix that is a diagonal, and the number of elements."""
    length = max(0, min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns))
    start = offset if offset >= 0 else -offset * columns
    stop = start + max(0, length - 1) * (columns + 1) + min(length, 1)
    return slice(start, stop, columns + 1), rows * columns


@implements(np.diagonal)
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The diagonal of two axes, as the last axis of the result: outᵢ = aᵢ,ᵢ₊ₒ, with o the offset.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.diagonal(Tensor([[1.0, 2.0], [3.0, 4.0]]))
    Tensor([1., 4.])
    """
    if a.ndim < 2:
        raise ShapeError(f"diagonal: needs an array with at least two axes, got shape {a.shape}")
    axis1, axis2 = normalize_axis_index(axis1, a.ndim), normalize_axis_index(axis2, a.ndim)
    offset = operator.index(offset)
    if axis1 == axis2:
        raise ValueError("diagonal: axis1 and axis2 are the same axis; they must differ")
    if (axis1, axis2) != (a.ndim - 2, a.ndim - 1):
        a = transpose(a, (*[i for i in range(a.ndim) if i not in (axis1, axis2)], axis1, axis2))
    rows, columns = a.shape[-2:]
    index, size = flat_diagonal(rows, columns, offset)
    return getitem(reshape(a, (*a.shape[:-2], size)), (..., index))


@implements(np.linalg.diagonal)
def matrix_diagonal(x: Any, /, *, offset: int = 0) -> Any:
    """The diagonals of matrices (…, m, n)."""
    return diagonal(x, offset, -2, -1)


@operation(lambda g, k: np.diagonal(g, k))
def _diagonal_matrix(x, /, k):
    return np.diag(x, k)


@implements(np.diag)
def diag(v: Any, k: int = 0) -> Any:
    """The matrix with a diagonal v, or the diagonal of a matrix v; k is its offset, above 0 over the main diagonal.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.diag(Tensor([1.0, 2.0]))
    Tensor([[1., 0.],
            [0., 2.]])
    """
    if v.ndim == 1:
        return _diagonal_matrix(v, k=operator.index(k))
    if v.ndim != 2:
        raise ShapeError(f"diag: needs a vector or a matrix, got shape {v.shape}")
    return diagonal(v, k)


@implements(np.diagflat)
def diagflat(v: Any, k: int = 0) -> Any:
    """The matrix with the flattened elements as a diagonal."""
    return diag(reshape(v, -1), k)


@operation(lambda g, k: np.tril(g, k), numpy=np.tril)
def tril(m, /, k=0):
    """The lower triangle: elements above the diagonal of offset k are 0.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.tril(Tensor([[1.0, 2.0], [3.0, 4.0]]))
    Tensor([[1., 0.],
            [3., 4.]])
    """
    return np.tril(m, k)


@operation(lambda g, k: np.triu(g, k), numpy=np.triu)
def triu(m, /, k=0):
    """The upper triangle: elements below the diagonal of offset k are 0.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.triu(Tensor([[1.0, 2.0], [3.0, 4.0]]))
    Tensor([[1., 2.],
            [0., 4.]])
    """
    return np.triu(m, k)


def _on_diagonal(g, shape, offset):
    """g on the diagonal of a matrix of zeros."""
    rows, columns = shape
    index, size = flat_diagonal(rows, columns, offset)
    return np.reshape(scatter(g, index, (size,)), shape)


@operation(lambda g, x_shape, offset: _on_diagonal(g, x_shape, offset))
def _trace(x, /, offset):
    return np.trace(x, offset)


@implements(np.trace)
def trace(a, offset=0, axis1=0, axis2=1):
    """Trace: Σᵢ aᵢ,ᵢ₊ₒ, with o the offset, over axis1 and axis2.

    >>> from autograd import Tensor
    >>> from autograd.operations.diagonals import trace
    >>> trace(Tensor([[1.0, 2.0], [3.0, 4.0]]))
    Tensor(5.0)
    """
    a = as_tensor_or_array(a)
    if a.ndim == 2 and {axis1, axis2} <= {-2, -1, 0, 1} and axis1 % 2 != axis2 % 2:
        return _trace(a if axis1 % 2 == 0 else a.T, offset=operator.index(offset))
    return np.sum(diagonal(a, offset, axis1, axis2), axis=-1)


@implements(np.linalg.trace)
def _linalg_trace(x, /, *, offset=0):
    """Trace of each matrix (…, m, n): Σᵢ xᵢ,ᵢ₊ₒ, with o the offset."""
    return trace(x, offset, -2, -1)
