"""Elements by index: Gather and Scatter and their kin, OneHot, TopK, Unique, Compress, NonZero."""

from typing import Any

import numpy as np

import autograd
from autograd import DataError, Tensor
from nn.interchange.onnx_import.limits import check_size
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.values import as_array, as_constant, as_integer, as_integers, as_number, normalize_axis


def _checked(indices: Any, size: int) -> np.ndarray:
    """The indices, counted from 0; raises DataError if one is out of range."""
    array = as_array(indices)
    if array.dtype.kind not in "iu":
        raise DataError(f"indices must be integers, not {array.dtype}")
    if array.size and not (-size <= array.min() and array.max() < size):
        raise DataError(f"indices from {array.min()} to {array.max()} are out of range for size {size}")
    return np.where(array < 0, array + size, array)


@operator("Gather", since=1)
def gather(data: Any, indices: Any, *, axis: int = 0) -> Any:
    """Slices along an axis by index."""
    axis = normalize_axis(axis, data.ndim)
    numbers = _checked(indices, data.shape[axis])
    check_size((*data.shape[:axis], *numbers.shape, *data.shape[axis + 1 :]), data.dtype.itemsize)
    return data[(slice(None),) * axis + (numbers if numbers.ndim else int(numbers),)] if axis or data.ndim else data


@operator("GatherElements", since=11)
def gather_elements(data: Any, indices: Any, *, axis: int = 0) -> Any:
    """For each index the element at its own position, but for one axis."""
    axis = normalize_axis(axis, data.ndim)
    return data[_positions(_checked(indices, data.shape[axis]), axis)]


def _positions(numbers: np.ndarray, axis: int) -> tuple[np.ndarray, ...]:
    """An index of positions that differ from their own along one axis."""
    own = np.ogrid[tuple(slice(n) for n in numbers.shape)]
    return tuple(numbers if i == axis else own[i] for i in range(numbers.ndim))


@operator("GatherND", since=11)
def gather_nd(data: Any, indices: Any, *, batch_dims: int = 0) -> Any:
    """Slices by vectors of indices, which are the last axis of `indices`; the first axes are common."""
    index = _nd_index(data.shape, as_array(indices), batch_dims)
    check_size((*index[-1].shape, *data.shape[len(index) :]), data.dtype.itemsize)
    return data[index]


def _nd_index(shape: tuple[int, ...], indices: np.ndarray, batch_dims: int = 0) -> tuple[np.ndarray, ...]:
    if not indices.ndim or not 1 <= indices.shape[-1] <= len(shape) - batch_dims or not 0 <= batch_dims < indices.ndim:
        raise DataError(f"indices of shape {indices.shape} do not fit shape {shape} with {batch_dims} batch axes")
    own = [
        np.arange(n).reshape([-1 if i == j else 1 for j in range(indices.ndim - 1)])
        for i, n in enumerate(indices.shape[:batch_dims])
    ]
    named = [_checked(indices[..., i], shape[batch_dims + i]) for i in range(indices.shape[-1])]
    return tuple(np.broadcast_arrays(*own, *named))


def _scatter(data: Any, index: tuple, updates: Any, reduction: str) -> Any:
    """data with the elements at an index replaced by the updates, or combined with them."""
    if reduction == "add" and data.dtype.kind != "b":
        return data + autograd.scatter(updates, index, data.shape)
    if reduction == "none" and isinstance(data, Tensor) | isinstance(updates, Tensor):
        is_kept = np.ones(data.shape, bool)
        is_kept[index] = False
        order = np.full(data.shape, -1)  # of several updates of an element the last one holds
        order[index] = np.arange(updates.size).reshape(updates.shape)
        last = np.reshape(updates, (-1,))[np.maximum(order, 0)]
        return np.where(is_kept, data, last)
    out, values = np.array(as_constant(data)), as_constant(updates)
    if reduction == "none":
        out[index] = values
    elif reduction in REDUCTIONS:
        REDUCTIONS[reduction].at(out, index, values)
    else:
        raise DataError(f"reduction must be none, {', '.join(REDUCTIONS)}, not {reduction!r:.20}")
    return out


REDUCTIONS = {"add": np.add, "mul": np.multiply, "min": np.minimum, "max": np.maximum}


@operator("Scatter", since=9)
@operator("ScatterElements", since=11)
def scatter_elements(data: Any, indices: Any, updates: Any, *, axis: int = 0, reduction: str = "none") -> Any:
    """data with updates at their own positions, but for one axis, whose index is given."""
    axis = normalize_axis(axis, data.ndim)
    index = np.broadcast_arrays(*_positions(_checked(indices, data.shape[axis]), axis))
    if index[0].shape != updates.shape:
        raise DataError(f"indices of shape {index[0].shape} and updates of shape {updates.shape} differ")
    return _scatter(data, tuple(index), updates, reduction)


@operator("ScatterND", since=11)
def scatter_nd(data: Any, indices: Any, updates: Any, *, reduction: str = "none") -> Any:
    """data with slices at vectors of indices replaced by the updates, or combined with them."""
    return _scatter(data, _nd_index(data.shape, as_array(indices)), updates, reduction)


@operator("TensorScatter", since=24)
def tensor_scatter(cache: Any, update: Any, write_indices: Any = None, *, mode: str = "linear", axis: int = -2) -> Any:
    """A cache with new elements written from an index of each batch element on."""
    axis = normalize_axis(axis, cache.ndim)
    starts = np.zeros(cache.shape[0], np.int64) if write_indices is None else as_array(write_indices)
    steps = starts[:, None] + np.arange(update.shape[axis])
    steps = steps % cache.shape[axis] if mode == "circular" else steps
    shape = [1] * cache.ndim
    shape[0], shape[axis] = steps.shape
    return scatter_elements(cache, np.broadcast_to(steps.reshape(shape), update.shape), update, axis=axis)


@operator("OneHot", since=9, buffers=(2,))
def one_hot(indices: Any, depth: Any, values: Any, *, axis: int = -1) -> Any:
    """The second of two values at the index along a new axis, the first elsewhere; indices out of range have none."""
    numbers, size = as_array(indices), int(as_number(depth))
    position = normalize_axis(axis, numbers.ndim + 1)
    shape = list(numbers.shape)
    shape.insert(position, size)
    check_size(shape, values.dtype.itemsize)
    is_within = (numbers >= -size) & (numbers < size)
    numbers = np.where(is_within, numbers % size if size else numbers, -1)
    steps = np.arange(size).reshape([-1 if i == position else 1 for i in range(len(shape))])
    return np.where(np.expand_dims(numbers, position) == steps, values[1], values[0])


@operator("NonZero", since=9)
def non_zero(x: Any) -> Any:
    """The indices of the elements other than 0, a row for each axis."""
    return np.array(np.nonzero(np.atleast_1d(as_array(x))), np.int64)[: max(x.ndim, 1) if x.ndim else 0]


def _top(x: Any, k: int, axis: int, largest: bool) -> tuple:
    axis = normalize_axis(axis, x.ndim)
    if not 0 <= k <= x.shape[axis]:
        raise DataError(f"k must be from 0 to {x.shape[axis]}, not {k}")
    array = as_array(x)
    if largest:  # of equal elements the first one comes first
        order = x.shape[axis] - 1 - np.flip(np.argsort(np.flip(array, axis), axis, kind="stable"), axis)
    else:
        order = np.argsort(array, axis, kind="stable")
    indices = order[(slice(None),) * axis + (slice(k),)].astype(np.int64)
    return gather_elements(x, indices, axis=axis), indices


@operator("TopK", since=1)
def top_k_attribute(x: Any, *, k: int, axis: int = -1) -> tuple:
    """The k largest elements along an axis and their indices."""
    return _top(x, k, axis, largest=True)


@operator("TopK", since=10)
def top_k(x: Any, k: Any, *, axis: int = -1, largest: int = 1, sorted: int = 1) -> tuple:
    """The k largest or smallest elements along an axis in order, and their indices."""
    return _top(x, as_integer(k), axis, bool(largest))


@operator("Unique", since=11)
def unique(x: Any, *, axis: int | None = None, sorted: int = 1) -> tuple:
    """The unique elements or slices, where each is first, which one each element is, and how often it is there."""
    array = as_array(x)
    if array.dtype == object:
        array = array.astype(np.str_)
    values, first, inverse, counts = np.unique(array, True, True, True, axis=axis)
    if not sorted:
        order = np.argsort(first)
        rank = np.argsort(order)
        first, inverse, counts = first[order], rank[inverse], counts[order]
    values = np.ravel(x)[first] if axis is None else gather(x, first, axis=axis)
    return values, first.astype(np.int64), inverse.reshape(-1).astype(np.int64), counts.astype(np.int64)


@operator("Compress", since=9)
def compress(x: Any, condition: Any, *, axis: int | None = None) -> Any:
    """The slices along an axis, or the elements, whose condition holds."""
    numbers = np.flatnonzero(as_array(condition))
    return gather(np.reshape(x, (-1,)) if axis is None else x, numbers, axis=axis or 0)


@operator("ArrayFeatureExtractor", since=1, domain="ai.onnx.ml")
def array_feature_extractor(x: Any, indices: Any) -> Any:
    """Elements of the last axis by index."""
    numbers = np.array(as_integers(np.ravel(as_array(indices))))
    return gather(np.reshape(x, (1, -1)) if x.ndim == 1 else x, numbers, axis=-1)
