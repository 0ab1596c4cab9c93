"""Numbers, lists and arrays that users pass, as NumPy arrays; and how messages show them."""

from typing import Any

import numpy as np

from autograd.core import trace_hooks
from autograd.errors import DataError

_default_dtype = np.dtype(np.float64)


def default_dtype(dtype: Any = None) -> np.dtype:
    """The dtype that Python floats and lists of them get; with an argument, choose it first.

    >>> from autograd import default_dtype
    >>> default_dtype()
    dtype('float64')
    """
    global _default_dtype
    if dtype is not None:
        chosen = np.dtype(dtype)
        if chosen.kind != "f":
            raise DataError(f"the default dtype is a float type such as 'float32' or 'float64', not '{chosen}'")
        _default_dtype = chosen
    return _default_dtype


def default_complex_dtype() -> np.dtype:
    """The dtype that Python complex numbers get: complex64 where `default_dtype` is shorter than float64, else complex128."""
    return np.result_type(_default_dtype, np.complex64)


def new_array(data: Any, dtype: Any, requires_grad: bool) -> Any:
    """The data as an array or a NumPy scalar in memory of its own, as a new tensor holds it."""
    array = as_numeric_array(data, copy=True)
    if dtype is None and not hasattr(data, "dtype") and (array.dtype.kind in "fc" or requires_grad):
        dtype = _default_dtype if array.dtype.kind != "c" else default_complex_dtype()
    if dtype is not None:
        if array.dtype.kind == "c" and np.dtype(dtype).kind != "c":
            raise DataError(f"{array.dtype} to {np.dtype(dtype)} would drop the imaginary part; pass x.real or np.abs(x)")
        array = array.astype(dtype, copy=False)
    return array if array.ndim else array[()]


def as_real_array(data: Any, copy: bool | None = None) -> np.ndarray:
    """An array of the data; raises DataError for ragged rows and anything but real numbers."""
    array = as_numeric_array(data, copy)
    refuse_complex(array)
    return array


def as_numeric_array(data: Any, copy: bool | None = None) -> np.ndarray:
    """An array of the data; raises DataError for ragged rows and anything but real or complex numbers."""
    try:
        if trace_hooks.any_active and (trace := trace_hooks.current.get()) is not None:
            array = trace.as_array(data, copy)
        else:
            array = np.array(data, copy=copy)
    except ValueError:
        raise DataError(f"expected numbers, got rows of different lengths: {short_repr(data)}") from None
    if array.dtype.kind not in "biufc":
        raise DataError(f"expected numbers, got {short_repr(data)} ({type(data).__name__})")
    return array


def as_float_array(x: Any) -> Any:
    """An array with floats: integers and booleans are converted, so that −x and x − y do not wrap around.

    >>> import numpy as np
    >>> from autograd.extend import as_float_array
    >>> -as_float_array(np.uint8(3))
    np.float64(-3.0)
    """
    array = x if isinstance(x, np.ndarray | np.generic) or hasattr(x, "call_forward") else np.asarray(x)
    if array.dtype.kind == "f":
        return array
    refuse_complex(array)
    return array.astype(float)


def is_complex(x: Any) -> bool:
    """Whether an array or a tensor holds complex numbers; False for an object without a dtype."""
    return getattr(x, "dtype", _default_dtype).kind == "c"


def refuse_complex(x: Any, name: str | None = None) -> None:
    """Raise DataError for an array or a tensor of complex numbers. name: the function that takes real ones."""
    if is_complex(x):
        prefix = f"{name}: " if name else ""
        raise DataError(f"{prefix}expected real numbers, got {x.dtype}; take x.real, x.imag or np.abs(x) first")


def short_repr(x: Any) -> str:
    """The repr of a value for a message: on one line, at most 60 characters.

    >>> from autograd.extend import short_repr
    >>> short_repr(list(range(100)))
    '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16…'
    """
    text = " ".join(repr(x).split())
    return text if len(text) <= 60 else text[:57] + "…"
