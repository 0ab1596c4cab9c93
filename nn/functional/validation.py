"""Numbers as people pass them to losses and metrics, checked: values, dtypes and shapes."""

from typing import Any

import numpy as np

from autograd import DataError, ShapeError, Tensor
from autograd.extend import as_float_array

#: What has a dtype of its own, which lists and Python's numbers do not.
TYPED = (Tensor, np.ndarray, np.generic)


def values(name: str, x: Any) -> np.ndarray:
    """The numbers of a tensor, an array or a list, outside of any graph."""
    if isinstance(x, Tensor):
        return x.numpy()
    if isinstance(x, np.ndarray) and x.dtype.kind in "biuf":
        return x
    try:
        return Tensor(x).numpy()
    except DataError as error:
        raise DataError(f"{name}: {error}") from None


def real(name: str, x: Any, dtype: Any = None) -> Any:
    """A tensor or an array of floats; whole numbers and lists, which have no precision of their own, take this dtype."""
    if isinstance(x, TYPED) and x.dtype.kind == "f":
        return x
    if isinstance(x, Tensor):
        return x.astype(dtype or float)
    data = values(name, x)
    return as_float_array(data) if dtype is None else data.astype(dtype)


def fractional(name: str, what: str, x: Any) -> Any:
    """As `real`, but whole numbers are refused, as they can hardly be what is expected here."""
    if not isinstance(x, Tensor):
        x = values(name, x)
    if x.dtype.kind != "f":
        raise DataError(f"{name}: got {x.dtype}, wants {what}, which are floats; are input and target in order?")
    return x


def same_shape(name: str, **given: Any) -> None:
    """Raise ShapeError unless all have one shape: broadcasting (n, 1) against (n,) would compare each with every other."""
    (first, one), *others = given.items()
    for other, two in others:
        if one.shape != two.shape:
            raise ShapeError(f"{name}: got {first} of shape {one.shape} and {other} of shape {two.shape}, wants both alike")


def pair(name: str, input: Any, target: Any) -> tuple[Any, Any]:
    """Prediction and target as floats of one shape."""
    input = real(name, input)
    target = real(name, target, input.dtype)
    same_shape(name, input=input, target=target)
    return input, target


def refuse(name: str, what: str, x: Any, wrong: np.ndarray, right: str) -> None:
    """Raise DataError with the first wrong value and its place, if there is one."""
    if wrong.any():
        place = tuple(map(int, np.argwhere(wrong)[0]))
        at = f" at index {place[0] if len(place) == 1 else place}" if place else ""
        raise DataError(f"{name}: {what} {values(name, x)[place]}{at} is not {right}")


def refuse_improbable(name: str, what: str, x: Any) -> None:
    """Raise DataError for what cannot be a probability; nan is let through, so that the loss shows it."""
    data = values(name, x)
    refuse(name, what, data, (data < 0) | (data > 1), "from 0 to 1")


def fitting(name: str, what: str, x: Any, like: Any) -> Any:
    """Weights of elements: in the dtype of `like`, and broadcasting to its shape."""
    x = real(name, x, like.dtype)
    try:
        fits = np.broadcast_shapes(x.shape, like.shape) == like.shape
    except ValueError:
        fits = False
    if not fits:
        raise ShapeError(f"{name}: got {what} of shape {x.shape}, wants one that broadcasts to the input's, {like.shape}")
    return x if x.dtype == like.dtype else x.astype(like.dtype)
