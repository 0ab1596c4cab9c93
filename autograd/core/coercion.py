"""What people pass as numbers, as NumPy arrays; and how messages show it."""

from typing import Any

import numpy as np

from autograd.errors import DataError


def as_real_array(data: Any, copy: bool | None = None) -> np.ndarray:
    """An array of the data; raises DataError for ragged rows and anything but real numbers."""
    try:
        array = np.array(data, copy=copy)
    except ValueError:
        raise DataError(f"expected numbers, got rows of different lengths: {short_repr(data)}") from None
    if array.dtype.kind not in "biuf":
        raise DataError(f"expected numbers, got {short_repr(data)} ({type(data).__name__})")
    return array


def as_float_array(x: Any) -> Any:
    """An array with floats: integers and booleans are converted, so that −x and x − y do not wrap around.

    >>> import numpy as np
    >>> from autograd.extend import as_float_array
    >>> -as_float_array(np.uint8(3))
    np.float64(-3.0)
    """
    array = x if isinstance(x, np.ndarray | np.generic) else np.asarray(x)
    return array if array.dtype.kind == "f" else array.astype(float)


def short_repr(x: Any) -> str:
    """A value as it may stand in a message: on one line, not too long."""
    text = " ".join(repr(x).split())
    return text if len(text) <= 60 else text[:57] + "…"
