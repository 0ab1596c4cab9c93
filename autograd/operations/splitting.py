"""Pieces of an array along an axis: split, array_split, hsplit, vsplit, dsplit and unstack; each piece is a slice."""

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autograd.core.registry import implements
from autograd.errors import ShapeError
from autograd.operations.indexing import getitem
from autograd.operations.inputs import as_tensor_or_array


def _slices(a: Any, stops: list, axis: int) -> list:
    before = (slice(None),) * axis
    return [getitem(a, (*before, slice(start, stop))) for start, stop in zip([0, *stops], [*stops, None])]


@implements(np.array_split)
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list:
    """Pieces along an axis, of sizes that differ by at most 1; or between the given positions.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.array_split(Tensor([1.0, 2.0, 3.0]), 2)
    [Tensor([1., 2.]), Tensor([3.])]
    """
    a = as_tensor_or_array(ary)
    axis = normalize_axis_index(axis, a.ndim)
    if np.ndim(indices_or_sections):
        return _slices(a, [int(i) for i in indices_or_sections], axis)
    sections = int(indices_or_sections)
    if sections <= 0:
        raise ValueError(f"array_split: needs at least one piece, got {sections}")
    size, larger = divmod(a.shape[axis], sections)
    return _slices(a, [size * i + min(i, larger) for i in range(1, sections)], axis)


@implements(np.split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list:
    """Equal pieces along an axis, or pieces between the given positions.

    Raises ShapeError if the axis cannot be cut into equal pieces.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.split(Tensor([1.0, 2.0, 3.0, 4.0]), 2)
    [Tensor([1., 2.]), Tensor([3., 4.])]
    """
    a = as_tensor_or_array(ary)
    axis = normalize_axis_index(axis, a.ndim)
    if not np.ndim(indices_or_sections) and a.shape[axis] % int(indices_or_sections):
        raise ShapeError(f"split: axis {axis} of shape {a.shape} does not divide into {int(indices_or_sections)} equal pieces")
    return array_split(a, indices_or_sections, axis)


@implements(np.hsplit)
def hsplit(ary: Any, indices_or_sections: Any) -> list:
    """Pieces along the second axis; of a vector along its axis."""
    return split(ary, indices_or_sections, _require_axes("hsplit", ary, 1) if ary.ndim == 1 else 1)


@implements(np.vsplit)
def vsplit(ary: Any, indices_or_sections: Any) -> list:
    """Pieces along the first axis."""
    _require_axes("vsplit", ary, 2)
    return split(ary, indices_or_sections, 0)


@implements(np.dsplit)
def dsplit(ary: Any, indices_or_sections: Any) -> list:
    """Pieces along the third axis."""
    _require_axes("dsplit", ary, 3)
    return split(ary, indices_or_sections, 2)


def _require_axes(name: str, a: Any, count: int) -> int:
    if a.ndim < count:
        raise ShapeError(f"{name}: needs an array with at least {count} axes, got shape {a.shape}")
    return 0


@implements(np.unstack)
def unstack(x: Any, /, *, axis: int = 0) -> tuple:
    """The elements along an axis, each without that axis."""
    if x.ndim == 0:
        raise ShapeError("unstack: got a scalar, expected an array with at least one axis")
    before = (slice(None),) * normalize_axis_index(axis, x.ndim)
    return tuple(getitem(x, (*before, i)) for i in range(x.shape[axis]))
