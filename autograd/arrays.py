"""What people pass as numbers, as NumPy arrays; how messages show it; and what NumPy does faster in another way."""

from functools import lru_cache
from typing import Any

import numpy as np

from autograd.errors import DataError


def numbers(data: Any, copy: bool | None = None) -> np.ndarray:
    """An array of the data; raises DataError for ragged rows and anything but real numbers."""
    try:
        array = np.array(data, copy=copy)
    except ValueError:
        raise DataError(f"expected numbers, got rows of different lengths: {brief(data)}") from None
    if array.dtype.kind not in "biuf":
        raise DataError(f"expected numbers, got {brief(data)} ({type(data).__name__})")
    return array


def floats(x: Any) -> Any:
    """An array with floats: integers and booleans are converted, so that −x and x − y do not wrap around.

    >>> import numpy as np
    >>> from autograd import floats
    >>> -floats(np.uint8(3))
    np.float64(-3.0)
    """
    array = x if isinstance(x, np.ndarray | np.generic) else np.asarray(x)
    return array if array.dtype.kind == "f" else array.astype(float)


@lru_cache(maxsize=32)
def filled(value: float, shape: Any, dtype: Any) -> np.ndarray:
    """An array of one value, made once and not to be changed."""
    array = np.full(shape, value, dtype)
    array.flags.writeable = False
    return array


FLAT = {(1, 1), (1, 2), (2, 1), (2, 2)}  # where np.dot means the same as np.matmul


def product(x: Any, y: Any) -> Any:
    """The matrix product x @ y: on small arrays a method takes half the time of the operator."""
    if (getattr(x, "ndim", 0), getattr(y, "ndim", 0)) not in FLAT:
        return x @ y
    return x.dot(y) if type(x) is type(y) is np.ndarray else np.dot(x, y)


def row_sums(x: Any) -> Any:
    """Σⱼ xᵢⱼ: a product with ones takes a fraction of the time of a sum along short rows."""
    return product(x, filled(1, x.shape[1:], x.dtype))


def row_maxima(x: Any) -> Any:
    """maxⱼ xᵢⱼ: along short rows NumPy compares one by one, between rows many at once."""
    return np.maximum.reduce(x, axis=1) if x.shape[1] > 32 else np.maximum.reduce(x.T.copy())


def brief(x: Any) -> str:
    """A value as it may stand in a message: on one line, not too long."""
    text = " ".join(repr(x).split())
    return text if len(text) <= 60 else text[:57] + "…"
