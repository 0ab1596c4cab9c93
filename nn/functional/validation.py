"""Validation of the inputs of losses and metrics: values, dtypes and shapes."""

from numbers import Integral
from typing import Any

import numpy as np

from autograd import DataError, ShapeError, Tensor
from autograd.extend import as_float_array, refuse_complex

#: Types that have a dtype. Lists and Python numbers have none.
TYPED = (Tensor, np.ndarray, np.generic)


def values(name: str, x: Any) -> np.ndarray:
    """The values of a tensor, an array or a list as an array, outside of any graph."""
    if isinstance(x, Tensor):
        return x.numpy()
    if isinstance(x, np.ndarray) and x.dtype.kind in "biuf":
        return x
    try:
        return Tensor(x).numpy()
    except DataError as error:
        raise DataError(f"{name}: {error}") from None


def as_array_like(x: Any) -> Any:
    """Tensors, arrays and the traced arrays of a compiled step unchanged; anything else as a tensor."""
    return x if hasattr(x, "__array_function__") else Tensor(x)


def as_floats(name: str, x: Any, dtype: Any = None) -> Any:
    """A tensor or an array of floats. Integers and lists are converted to `dtype`; floats keep their dtype."""
    if isinstance(x, TYPED) and x.dtype.kind == "f":
        return x
    if isinstance(x, Tensor):
        refuse_complex(x, name)
        return x.astype(dtype or float)
    data = values(name, x)
    return as_float_array(data) if dtype is None else data.astype(dtype)


def require_floats(name: str, description: str, x: Any) -> Any:
    """A tensor or an array of floats; raises DataError for integers, which suggest that input and target are swapped."""
    if not isinstance(x, Tensor):
        x = values(name, x)
    if x.dtype.kind != "f":
        raise DataError(f"{name}: got {x.dtype}, expected {description}, which are floats; check the order of input and target")
    return x


def require_same_shape(name: str, **arrays: Any) -> None:
    """Raise ShapeError unless all shapes are equal: broadcasting (n, 1) against (n,) would compare all pairs."""
    (first, x), *others = arrays.items()
    for other, y in others:
        if x.shape != y.shape:
            raise ShapeError(f"{name}: got {first} of shape {x.shape} and {other} of shape {y.shape}, expected equal shapes")


def as_float_pair(name: str, input: Any, target: Any) -> tuple[Any, Any]:
    """Prediction and target as floats of one shape."""
    input = as_floats(name, input)
    target = as_floats(name, target, input.dtype)
    require_same_shape(name, input=input, target=target)
    return input, target


def require(name: str, label: str, x: Any, is_valid: np.ndarray, expected: str) -> None:
    """Raise DataError with the first invalid value and its index unless all values are valid."""
    if not is_valid.all():
        index = tuple(map(int, np.argwhere(~is_valid)[0]))
        position = f" at index {index[0] if len(index) == 1 else index}" if index else ""
        raise DataError(f"{name}: {label} {values(name, x)[index]}{position} is not {expected}")


def require_probabilities(name: str, label: str, x: Any) -> None:
    """Raise DataError for values outside [0, 1]. A nan passes, so that the loss becomes nan."""
    data = values(name, x)
    require(name, label, data, ~((data < 0) | (data > 1)), "from 0 to 1")


def require_log_probabilities(name: str, x: Any) -> None:
    """Raise DataError for values from 0 to 1 that are not all 0: they are probabilities."""
    data = values(name, x)
    if data.size and data.min() >= 0 and 1e-3 < data.max() <= 1:
        raise DataError(
            f"{name}: got numbers from 0 to 1, such as {data.max():.4g}; expected log-probabilities, which are at most 0"
        )


def check_ignore_index(name: str, index: Any) -> None:
    """Raise TypeError unless the index is an integer: in PyTorch's older order of arguments it is size_average."""
    if isinstance(index, bool) or not isinstance(index, Integral):
        raise TypeError(f"{name}: ignore_index must be an integer, not {index!r}; pass reduction by name")


def as_weights(name: str, label: str, x: Any, like: Any) -> Any:
    """Weights of elements, in the dtype of `like`; raises ShapeError unless they broadcast to its shape."""
    x = as_floats(name, x, like.dtype)
    try:
        fits = np.broadcast_shapes(x.shape, like.shape) == like.shape
    except ValueError:
        fits = False
    if not fits:
        raise ShapeError(f"{name}: got {label} of shape {x.shape}, expected one that broadcasts to the input's, {like.shape}")
    return x if x.dtype == like.dtype else x.astype(like.dtype)
