"""Common array operations by the NumPy calls that answer fastest; the results are those of the plain calls."""

from functools import lru_cache
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


#: Up to this many elements a product with BLAS is faster; above it the plain calls are as fast.
BLAS_LIMIT = 2**16
#: The numbers of axes of two factors for which np.dot means the same as np.matmul.
DOT_NDIMS = {(1, 1), (1, 2), (2, 1), (2, 2)}


def matmul(x: Any, y: Any) -> Any:
    """The matrix product x @ y; on small arrays the method `dot` takes half the time of the operator.

    >>> import numpy as np
    >>> from autograd.core.kernels import matmul
    >>> matmul(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 1.0]))
    array([3., 7.])
    """
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
    if x.size > BLAS_LIMIT and x.shape[1] > 32:
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
        return x.sum(axis=0)
    ones = constant_array(1, x.shape[:1], x.dtype)
    return ones.dot(x) if type(x) is ndarray else np.dot(ones, x)


def row_maxima(x: Any) -> Any:
    """The maxima maxⱼ xᵢⱼ of a matrix, by comparing columns: along short rows NumPy compares one pair at a time.

    >>> import numpy as np
    >>> from autograd.core.kernels import row_maxima
    >>> row_maxima(np.array([[1.0, 2.0], [4.0, 3.0]]))
    array([2., 4.])
    """
    return np.maximum.reduce(x, axis=1) if x.shape[1] > 32 else np.maximum.reduce(x.T.copy())


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
