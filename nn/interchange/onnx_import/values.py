"""The values between operators: tensors, arrays, lists; and conversions that the operators share."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from autograd import DataError, Tensor, UnsupportedError, is_grad_enabled


def as_array(value: Any) -> Any:
    """The array of a tensor, without its graph; arrays and None unchanged."""
    return value.numpy() if isinstance(value, Tensor) else value


def as_constant(value: Any) -> Any:
    """The array of an input whose gradient is not defined here; raises UnsupportedError if it would be needed."""
    if isinstance(value, Tensor) and value.requires_grad and is_grad_enabled():
        raise UnsupportedError("it has no gradient; call the model under no_grad(), or freeze what its inputs depend on")
    return as_array(value)


def as_integers(value: Any) -> list[int]:
    """The elements of a tensor of integers: axes, a shape, repetitions."""
    array = as_array(value)
    if array.dtype.kind not in "iu" or array.ndim > 1:
        raise DataError(f"expected a vector of integers, got {array.dtype} of shape {array.shape}")
    return [int(element) for element in np.ravel(array)]


def as_integer(value: Any) -> int:
    """The only element of a tensor of integers."""
    numbers = as_integers(value)
    if len(numbers) != 1:
        raise DataError(f"expected one integer, got {len(numbers)}")
    return numbers[0]


def as_number(value: Any) -> Any:
    """The only element of a tensor, as a NumPy scalar of its dtype."""
    array = as_array(value)
    if array.size != 1:
        raise DataError(f"expected one number, got shape {array.shape}")
    return array.reshape(())[()]


def is_native(dtype: Any) -> bool:
    """Whether a dtype is one of NumPy's booleans, integers or floats, and not of ml_dtypes, such as bfloat16."""
    return issubclass(dtype.type, np.bool_ | np.integer | np.floating)


def is_floating(value: Any) -> bool:
    """Whether a tensor or array has a dtype that gradients can have: float16, float32 or float64."""
    return isinstance(value, Tensor | np.ndarray | np.generic) and issubclass(value.dtype.type, np.floating)


def through_float32(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that computes floats that NumPy lacks, such as bfloat16, in float32 and rounds the result."""

    @wraps(function)
    def apply(x: Any, *others: Any, **attributes: Any) -> Any:
        if is_native(x.dtype):
            return function(x, *others, **attributes)
        floats = [y.astype(np.float32) if y is not None and y.dtype == x.dtype else y for y in (x, *others)]
        return as_array(function(*floats, **attributes)).astype(x.dtype)

    return apply


def normalize_axis(axis: int, ndim: int) -> int:
    """The axis counted from 0; raises DataError if there is no such axis."""
    if not -ndim <= axis < max(ndim, 1):
        raise DataError(f"axis {axis} is out of range for {ndim} axes")
    return axis + ndim if axis < 0 else axis


def normalize_axes(axes: Any, ndim: int) -> tuple[int, ...]:
    """The axes counted from 0; raises DataError if one does not exist or is named twice."""
    positions = tuple(normalize_axis(int(axis), ndim) for axis in axes)
    if len(set(positions)) < len(positions):
        raise DataError(f"axes {list(axes)} name an axis twice")
    return positions
