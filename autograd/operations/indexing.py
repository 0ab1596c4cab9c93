"""Indexing, and its adjoint: adding values at an index."""

from math import prod

import numpy as np

from autograd.core import kernels
from autograd.core.operation import operation
from autograd.core.tensor import Tensor

#: Types of the parts of an index that select no element twice.
BASIC_TYPES = frozenset({int, slice, type(None), type(Ellipsis)})


def as_array_index(index):
    """The index with arrays for tensors. Arrays are copied, so that a later change does not reach the graph."""
    if type(index) in BASIC_TYPES or (type(index) is tuple and BASIC_TYPES.issuperset(map(type, index))):
        return index
    if isinstance(index, Tensor):
        index = index._data
    if isinstance(index, np.ndarray):
        return index.copy()
    if isinstance(index, tuple | list):
        return type(index)(as_array_index(item) for item in index)
    return index


def is_basic(index):
    """Whether an index consists of integers and slices, so that it selects no element twice."""
    parts = index if isinstance(index, tuple) else (index,)
    return BASIC_TYPES.issuperset(map(type, parts)) or all(
        item is None or item is Ellipsis or isinstance(item, (int, np.integer, slice)) for item in parts
    )


def region(array, index):
    """The view that an assignment at an index changes; the whole array if the index selects by arrays or masks."""
    parts = index if isinstance(index, tuple) else (index,)
    if not is_basic(index):
        return array
    return array[parts if any(item is Ellipsis for item in parts) else (*parts, ...)]


@operation(lambda g, index, x_shape: scatter(g, index, x_shape), symbol="[ ]", structure="linear")  # type: ignore[has-type]
def getitem(x, /, index):
    """Elements at an index: out = x[index].

    index: integers, slices, None, …, integer arrays and boolean masks, as in NumPy.

    The gradient of an element that is selected twice is the sum of both.

    >>> from autograd import Tensor
    >>> x = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    >>> x[[0, 0, 2]].sum().backward()
    >>> x.grad
    Tensor([2., 0., 1.])
    """
    return x[index]


@operation(lambda g, index: g[index], structure="linear")
def scatter(x, /, index, shape):
    """Zeros of a shape with x added at an index: out[index] += x; values at equal indices add up.

    index: as for indexing; shape: the shape of the result.

    >>> from autograd import Tensor
    >>> from autograd.operations.indexing import scatter
    >>> scatter(Tensor([1.0, 2.0, 5.0]), [0, 0, 2], (4,))
    Tensor([3., 0., 5., 0.])
    """
    if x.size > BIN_LIMIT and _selects_elements(index, x, shape):
        try:
            bins = np.ravel_multi_index(index, shape)
        except ValueError:
            pass  # negative numbers count from the end
        else:
            return np.bincount(bins.ravel(), x.ravel(), prod(shape)).reshape(shape)  # adds in the order of np.add.at
    out = np.zeros(shape, x.dtype) if type(x) in kernels.ARRAY_TYPES else np.zeros_like(x, shape=shape)
    if is_basic(index):
        out[index] = x
    elif _selects_rows(index, shape) and x.size > SORT_LIMIT:
        _add_rows(out, np.asarray(index), x)
    else:
        np.add.at(out, index, x)
    return out


#: Above this many elements, to sort the rows by index and add runs of equal indices is faster than to add row after row.
SORT_LIMIT = 2**12

#: Above this many elements, to add them as the weights of a histogram is faster than to add one after the other.
BIN_LIMIT = 2**7


def _selects_elements(index, x, shape):
    """Whether an index has for each axis an array of integers of the shape of x, which is an array of float64."""
    if type(index) is not tuple or len(index) != len(shape) or type(x) is not np.ndarray or x.dtype != np.float64:
        return False
    return all(type(i) is np.ndarray and i.dtype.kind in "iu" and i.shape == x.shape for i in index)


def _selects_rows(index, shape):
    """Whether an index is an array of integers that selects whole rows."""
    return hasattr(index, "dtype") and index.dtype.kind in "iu" and index.ndim > 0 and len(shape) > 1 and shape[0] > 0


def _add_rows(out, index, x):
    """out[index] += x for an array of row numbers."""
    if not (-len(out) <= index.min() and index.max() < len(out)):
        np.add.at(out, index, x)  # raises NumPy's error
    numbers = index.ravel() % len(out)  # negative numbers count from the end
    order = np.argsort(numbers, kind="stable")
    numbers = numbers[order]
    starts = np.flatnonzero(np.concatenate([[True], numbers[1:] != numbers[:-1]]))
    rows = np.broadcast_to(x, (*index.shape, *out.shape[1:])).reshape(-1, out[0].size)
    out.reshape(len(out), -1)[numbers[starts]] = np.add.reduceat(rows[order], starts, axis=0)
