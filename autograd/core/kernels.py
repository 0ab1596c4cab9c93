"""Common array operations by the NumPy calls that answer fastest; the results are those of the plain calls."""

from functools import lru_cache
from math import prod
from typing import Any

import numpy as np
from numpy import ndarray


@lru_cache(maxsize=32)
def constant_array(value: float, shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """A read-only array of one value, made once: NumPy compares with it several times faster than with a number.

    >>> import numpy as np
    >>> from autograd.core.kernels import constant_array
    >>> constant_array(1, (3,), np.dtype("float32"))
    array([1., 1., 1.], dtype=float32)
    """
    array = np.full(shape, value, dtype)
    array.flags.writeable = False
    return array


#: Up to this many elements an array is filled faster than np.broadcast_to makes a view.
FILL_LIMIT = 2**12
ARRAY_TYPES = frozenset({ndarray, np.float64, np.float32})


def broadcast(x: Any, shape: tuple[int, ...]) -> Any:
    """An array or a NumPy scalar repeated to a shape; of many elements a view, as np.broadcast_to gives.

    >>> import numpy as np
    >>> from autograd.core.kernels import broadcast
    >>> broadcast(np.float64(2.0), (3,))
    array([2., 2., 2.])
    """
    if not shape:
        return x
    if prod(shape) > FILL_LIMIT:
        if x.ndim:
            return np.broadcast_to(x, shape)
        return ndarray(shape, x.dtype, np.array(x), 0, (0,) * len(shape))  # all elements are one: a tenth of the time
    out = np.empty(shape, x.dtype)
    out[...] = x
    return out


def roll(x: Any, shift: Any, axis: Any = None) -> Any:
    """Elements shifted along an axis cyclically, by two slices: a third of the time of np.roll on small arrays.

    >>> import numpy as np
    >>> from autograd.core.kernels import roll
    >>> roll(np.array([1.0, 2.0, 3.0]), 1)
    array([3., 1., 2.])
    """
    if axis is None and type(x) is ndarray and x.ndim == 1:
        axis = 0
    if type(x) is not ndarray or type(shift) is not int or type(axis) is not int or not -x.ndim <= axis < x.ndim:
        return np.roll(x, shift, axis)
    n = x.shape[axis]
    before = (slice(None),) * (axis % x.ndim)
    cut = -shift % n if n else 0
    return np.concatenate((x[(*before, slice(cut, None))], x[(*before, slice(cut))]), axis)


#: Up to this many elements a product with BLAS is faster; above it the plain calls are as fast.
BLAS_LIMIT = 2**16
#: The numbers of axes of two factors for which np.dot means the same as np.matmul.
DOT_NDIMS = {(1, 1), (1, 2), (2, 1), (2, 2)}


def matmul(x: Any, y: Any) -> Any:
    """The matrix product x @ y; on small arrays the method `dot` takes half the time of the operator.

    A stack of matrices times one matrix is one product of all rows, where NumPy makes a product for each matrix.

    >>> import numpy as np
    >>> from autograd.core.kernels import matmul
    >>> matmul(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 1.0]))
    array([3., 7.])
    """
    if getattr(x, "ndim", 0) > 2 and getattr(y, "ndim", 0) == 2 and x.size:
        return np.reshape(matmul(np.reshape(x, (-1, x.shape[-1])), y), (*x.shape[:-1], y.shape[1]))
    if type(x) is type(y) is ndarray:
        if x.size <= BLAS_LIMIT and y.size <= BLAS_LIMIT and 0 < x.ndim < 3 and 0 < y.ndim < 3:
            return x.dot(y)  # of a large result it fills the memory with zeros first
    elif (getattr(x, "ndim", 0), getattr(y, "ndim", 0)) in DOT_NDIMS and x.size <= BLAS_LIMIT and y.size <= BLAS_LIMIT:
        return np.dot(x, y)
    return x @ y


def row_sums(x: Any) -> Any:
    """The sums Σⱼ xᵢⱼ of a matrix, by a product with ones, which is several times faster than a sum along short rows.

    >>> import numpy as np
    >>> from autograd.core.kernels import row_sums
    >>> row_sums(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([3., 7.])
    """
    if x.size > BLAS_LIMIT and x.shape[1] > 128:  # up to 128 terms NumPy does not add pairwise, and takes longer
        return x.sum(axis=1)
    ones = constant_array(1, x.shape[1:], x.dtype)
    return x.dot(ones) if type(x) is ndarray else np.dot(x, ones)


def column_sums(x: Any) -> Any:
    """The sums Σᵢ xᵢⱼ of a matrix, by a product with ones.

    >>> import numpy as np
    >>> from autograd.core.kernels import column_sums
    >>> column_sums(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([4., 6.])
    """
    if x.size > BLAS_LIMIT:
        return sum_over_axes(x, 0)
    ones = constant_array(1, x.shape[:1], x.dtype)
    return ones.dot(x) if type(x) is ndarray else np.dot(ones, x)


#: The largest number of float16 or float32 terms that are added one after the other.
MAX_SEQUENTIAL_TERMS = 2048


def sum_over_axes(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """The sum over axes; long sums of float16 and float32 along strided axes are sums of blocks.

    NumPy adds pairwise along contiguous axes only. Along the others it adds term after term, and in float32 a sum of ones
    stops at 2²⁴, in float16 at 2¹¹.

    >>> import numpy as np
    >>> from autograd.core.kernels import sum_over_axes
    >>> ones = np.ones((5000, 2), np.float16)
    >>> ones.sum(axis=0).tolist(), sum_over_axes(ones, 0).tolist()
    ([2048.0, 2048.0], [5000.0, 5000.0])
    """
    axes = sequential_axes(x, axis) if x.size > MAX_SEQUENTIAL_TERMS else None
    if axes is None:
        if x.dtype.char == "e" and _is_long_sum(x, axis):  # NumPy 2.2 rounds each partial sum to float16
            return np.add.reduce(x, axis=axis, dtype=np.float32, keepdims=keepdims).astype(x.dtype)
        return np.add.reduce(x, axis=axis, keepdims=keepdims)
    out = blocked_sum(x, axes)
    if keepdims:
        out = np.reshape(out, tuple(1 if i in axes else n for i, n in enumerate(x.shape)))
    return out if out.dtype == x.dtype else out.astype(x.dtype)


def _is_long_sum(x: Any, axis: Any) -> bool:
    """Whether each sum over the axes has more than `MAX_SEQUENTIAL_TERMS` terms."""
    if x.size <= MAX_SEQUENTIAL_TERMS or axis is None:
        return x.size > MAX_SEQUENTIAL_TERMS
    axes = axis if isinstance(axis, tuple) else (axis,)
    return all(-x.ndim <= a < x.ndim for a in axes) and prod(x.shape[a] for a in axes) > MAX_SEQUENTIAL_TERMS


def sequential_axes(x: Any, axis: Any) -> tuple[int, ...] | None:
    """The axes of a sum as a tuple if NumPy adds more than `MAX_SEQUENTIAL_TERMS` small floats term after term; else None."""
    if (
        getattr(x, "size", 0) <= MAX_SEQUENTIAL_TERMS
        or x.dtype.itemsize > 4
        or x.dtype.kind != "f"
        or not hasattr(x, "strides")
    ):
        return None
    if type(axis) is int and -x.ndim <= axis < x.ndim and x.shape[axis] <= MAX_SEQUENTIAL_TERMS:
        return None
    if axis is None and type(x) is ndarray and x.flags.c_contiguous:
        return None
    axes = tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    if not all(-x.ndim <= a < x.ndim for a in axes):
        return None  # NumPy raises the error
    axes = tuple(sorted({a % x.ndim for a in axes}))
    return axes if prod(x.shape[a] for a in _strided_axes(x, axes)) > MAX_SEQUENTIAL_TERMS else None


def _strided_axes(x: Any, axes: tuple[int, ...]) -> list[int]:
    """Those axes that NumPy does not add pairwise: all but the run of axes that is contiguous in memory."""
    step = None
    strided = list(axes)
    for i in sorted((i for i in range(x.ndim) if x.shape[i] > 1), key=lambda i: (abs(x.strides[i]), -i)):
        if i not in axes or (step is not None and x.strides[i] != step):
            break
        strided.remove(i)
        step = x.strides[i] * x.shape[i]
    return strided


def blocked_sum(x: Any, axes: tuple[int, ...]) -> Any:
    """The sum over axes, given in ascending order, in float32: the longest strided axis is cut into blocks."""
    strided = _strided_axes(x, axes)
    terms = prod(x.shape[a] for a in strided)
    if terms <= MAX_SEQUENTIAL_TERMS:
        return np.add.reduce(x, axis=axes, dtype=np.float32)
    axis = max(strided, key=lambda a: x.shape[a])
    n = x.shape[axis]
    size = max(1, MAX_SEQUENTIAL_TERMS * n // terms)
    count = n // size
    before = (slice(None),) * axis
    blocks = np.reshape(x[(*before, slice(count * size))], (*x.shape[:axis], count, size, *x.shape[axis + 1 :]))
    partial = blocked_sum(blocks, tuple(a + (a >= axis) for a in axes))
    total = blocked_sum(partial, (axis - sum(a < axis for a in axes),))
    return total if count * size == n else total + blocked_sum(x[(*before, slice(count * size, None))], axes)


def row_maxima(x: Any) -> Any:
    """The maxima maxⱼ xᵢⱼ of a matrix, by comparing columns or by `argmax`: along rows NumPy compares one pair at a time.

    >>> import numpy as np
    >>> from autograd.core.kernels import row_maxima
    >>> row_maxima(np.array([[1.0, 2.0], [4.0, 3.0]]))
    array([2., 4.])
    """
    if x.shape[1] <= 32:
        return np.maximum.reduce(x.T.copy())
    return np.take(x, np.argmax(x, axis=1) + row_starts(*x.shape))  # a fifth of the time of np.maximum.reduce


@lru_cache(maxsize=32)
def row_starts(rows: int, columns: int) -> np.ndarray:
    """The positions of the first elements of the rows in a flattened matrix.

    >>> from autograd.core.kernels import row_starts
    >>> row_starts(3, 2)
    array([0, 2, 4])
    """
    starts = np.arange(rows) * columns
    starts.flags.writeable = False
    return starts


def safe_norm(x: np.ndarray) -> float:
    """The Euclidean norm √Σ x²: elements are divided by max |x| first, so that no square overflows or underflows.

    The norm is 0 for an array without elements, inf if an element is infinite, and nan if one is nan.

    >>> import numpy as np
    >>> from autograd.core.kernels import safe_norm
    >>> f"{safe_norm(np.array([3e200, 4e200])):g} {safe_norm(np.array([3e-200, 4e-200])):g}"
    '5e+200 5e-200'
    """
    largest = float(np.abs(x).max(initial=0.0))
    return largest * float(np.linalg.norm(x.ravel() / largest)) if 0 < largest < np.inf else largest


#: The number of bytes of a float → the integer type of that size.
INTEGERS = {size: np.dtype(f"i{size}") for size in (2, 4, 8)}


def select(x: Any, condition: Any) -> Any:
    """The elements of x where the condition holds and exactly 0 elsewhere, also where x is infinite or nan.

    condition: booleans; any other numbers would be multiplied with the bits of x.

    A product with the condition would give nan for infinite elements. The product of the bits, as integers, does not, and takes
    a fraction of the time of np.where.

    >>> import numpy as np
    >>> from autograd.core.kernels import select
    >>> select(np.array([1.0, np.inf]), np.array([True, False]))
    array([1., 0.])
    """
    dtype = x.dtype
    integer = INTEGERS.get(dtype.itemsize)
    return np.where(condition, x, 0) if integer is None else (x.view(integer) * condition).view(dtype)
