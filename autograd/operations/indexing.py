"""Taking elements by index, and its adjoint: adding them up at an index."""

import numpy as np

from autograd.core.operation import operation
from autograd.core.tensor import Tensor


def without_tensors(index):
    """An index in which tensors are replaced by their arrays, and arrays by copies, which nobody can change."""
    if isinstance(index, Tensor):
        index = index._data
    if isinstance(index, np.ndarray):
        return index.copy()
    if isinstance(index, tuple | list):
        return type(index)(without_tensors(part) for part in index)
    return index


def is_basic(index):
    """Whether an index only slices, so that no element is taken twice."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(part is None or part is Ellipsis or isinstance(part, (int, np.integer, slice)) for part in parts)


def region(array, index):
    """The part of an array that an assignment at an index changes; the whole array if it is not a slice of it."""
    parts = index if isinstance(index, tuple) else (index,)
    if not is_basic(index):
        return array
    return array[parts if any(part is Ellipsis for part in parts) else (*parts, ...)]


@operation(lambda g, index, x_shape: scatter(g, index, x_shape), symbol="[ ]")  # type: ignore[has-type]
def getitem(x, /, index):
    """Elements at an index: integers, slices, None, …, integer arrays and boolean masks, as in NumPy.

    >>> from autograd import Tensor
    >>> x = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    >>> x[[0, 0, 2]].sum().backward()
    >>> x.grad
    Tensor([2., 0., 1.])
    """
    return x[index]


@operation(lambda g, index: g[index])
def scatter(x, /, index, shape):
    """Zeros of a shape with x added at an index; what meets at one place adds up.

    >>> from autograd import Tensor
    >>> from autograd.operations.indexing import scatter
    >>> scatter(Tensor([1.0, 2.0, 5.0]), [0, 0, 2], (4,))
    Tensor([3., 0., 5., 0.])
    """
    out = np.zeros(shape, np.asarray(x).dtype)
    if is_basic(index):
        out[index] = x
    else:
        np.add.at(out, index, x)
    return out
