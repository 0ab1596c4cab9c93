"""The unit axis: its size, and parameters that broadcast along it."""

from typing import Any

from autograd import ShapeError


def size_along(name: str, x: Any, axis: int) -> int:
    """The size of x along an axis; raises ShapeError if x has no such axis."""
    if not -x.ndim <= axis < x.ndim:
        raise ShapeError(f"{name}: got an input of shape {x.shape}, which has no axis {axis}")
    return x.shape[axis]


def broadcast_along(name: str, parameter: Any, x: Any, axis: int) -> Any:
    """Reshape a parameter, whose last axis has size 1 or one element for each unit, to broadcast along an axis of x.

    Raises ShapeError if x has another number of units.
    """
    units = parameter.shape[-1] if parameter.ndim else 1
    shape = [1] * x.ndim
    if units > 1:
        shape[axis] = size_along(name, x, axis)
        if shape[axis] != units:
            raise ShapeError(f"{name}: got an input of shape {x.shape}, expected {units} units along axis {axis}")
    return parameter.reshape((*parameter.shape[:-1], *shape))
