"""Sizes that follow the batch: the same function is traced at several batch sizes, and its shapes and options are compared.

Every number that differs must be a n + c for the batch size n, and an array that grows with n must be the same for every
example, or count the examples up. The graph then computes it from the size of its input.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.extend import TracedValue


class BatchDependenceError(Exception):
    """A size, a number or an array that follows the batch size in a way that the graph cannot compute."""


@dataclass(frozen=True)
class BatchSize:
    """The number factor · n + offset, for the batch size n."""

    factor: Any
    offset: Any


@dataclass(frozen=True, eq=False)
class BatchArray:
    """The array base + i · step + n · slope, where i counts along the axis of the batch and n is the batch size.

    base, step, slope: arrays of size 1 along `axis`; all of full size where no size follows the batch, and `axis` is None.
    """

    base: np.ndarray
    step: np.ndarray | None
    slope: np.ndarray | None
    axis: int | None
    shape: tuple


def unify(objects: Sequence[Any], sizes: Sequence[int]) -> Any:
    """The object that a trace has at each batch size, with BatchSize and BatchArray in the places that differ."""
    first = objects[0]
    if any(type(x) is not type(first) for x in objects):
        raise BatchDependenceError(f"{first!r} at batch size {sizes[0]} is {objects[-1]!r} at {sizes[-1]}")
    if isinstance(first, TracedValue):
        if any(x.number != first.number for x in objects):
            raise BatchDependenceError("another value is used at another batch size")
        return first
    if isinstance(first, dict):
        _check_lengths(objects, sizes)
        return {key: unify([x[key] for x in objects], sizes) for key in first}
    if isinstance(first, list | tuple):
        _check_lengths(objects, sizes)
        children = [unify(elements, sizes) for elements in zip(*objects, strict=True)]
        return type(first)(*children) if hasattr(first, "_fields") else type(first)(children)
    if isinstance(first, slice):
        return slice(*(unify([getattr(x, name) for x in objects], sizes) for name in ("start", "stop", "step")))
    if isinstance(first, np.ndarray):
        return _unify_arrays(objects, sizes)
    if isinstance(first, int | float | np.number) and not isinstance(first, bool):
        return first if all(x == first or (x != x and first != first) for x in objects) else _line(objects, sizes)
    if any(x is not first and x != first for x in objects):
        raise BatchDependenceError(f"{first!r} at batch size {sizes[0]} is {objects[-1]!r} at {sizes[-1]}")
    return first


def unify_shape(shapes: Sequence[tuple[int, ...]], sizes: Sequence[int]) -> tuple:
    """A shape with BatchSize for the sizes that follow the batch."""
    if len({len(shape) for shape in shapes}) > 1:
        raise BatchDependenceError(f"the number of axes depends on the batch size: shapes {', '.join(map(str, shapes))}")
    return unify(shapes, sizes)


def _check_lengths(objects: Sequence[Any], sizes: Sequence[int]) -> None:
    if len({len(x) for x in objects}) > 1:
        lengths = ", ".join(str(len(x)) for x in objects)
        raise BatchDependenceError(f"lists of {lengths} elements at batch sizes {', '.join(map(str, sizes))}")


def _line(numbers: Sequence[Any], sizes: Sequence[int]) -> BatchSize:
    """The numbers as a line in the batch size."""
    factor = (numbers[1] - numbers[0]) / (sizes[1] - sizes[0])
    if isinstance(numbers[0], int | np.integer) and factor == int(factor):
        factor = int(factor)
    offset = numbers[0] - factor * sizes[0]
    if any(not np.isclose(factor * n + offset, x, rtol=1e-12) for n, x in zip(sizes, numbers)):
        raise BatchDependenceError(f"{', '.join(map(str, numbers))} at batch sizes {', '.join(map(str, sizes))} is not a n + c")
    return BatchSize(factor, offset)


def _unify_arrays(arrays: Sequence[np.ndarray], sizes: Sequence[int]) -> Any:
    first = arrays[0]
    if all(x.shape == first.shape and np.array_equal(x, first, equal_nan=x.dtype.kind == "f") for x in arrays):
        return first
    shape = unify_shape([x.shape for x in arrays], sizes)
    axes = [axis for axis, size in enumerate(shape) if isinstance(size, BatchSize)]
    if len(axes) > 1:
        raise BatchDependenceError(f"an array of shape {first.shape} follows the batch along {len(axes)} axes")
    axis = axes[0] if axes else None
    rows = arrays if axis is None else [np.moveaxis(x, axis, 0) for x in arrays]
    if axis is not None and all((x == rows[0][:1]).all() for x in rows):
        return BatchArray(np.take(first, [0], axis), None, None, axis, shape)
    if first.dtype.kind not in "iuf":
        raise BatchDependenceError(f"an array of {first.dtype} of shape {first.shape} differs from example to example")
    start = [x if axis is None else x[:1] for x in rows]
    slope = (start[1] - start[0]) / (sizes[1] - sizes[0])
    step = np.zeros_like(slope) if axis is None else rows[0][1:2] - rows[0][:1]
    base = start[0] - sizes[0] * slope
    for x, n in zip(rows, sizes):
        count = np.arange(len(x)).reshape(-1, *[1] * (x.ndim - 1)) if axis is not None else 0
        if not np.allclose(base + count * step + n * slope, x, rtol=1e-12):
            raise BatchDependenceError(f"an array of shape {first.shape} differs from example to example")
    base, step, slope = (x if axis is None else np.moveaxis(x, 0, axis) for x in (base, step, slope))
    terms = [x.astype(first.dtype) if x.any() else None for x in (step, slope)]
    return BatchArray(base.astype(first.dtype), terms[0], terms[1], axis, shape)
