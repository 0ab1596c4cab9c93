"""Shapes: reshaping, joining, splitting, repeating, padding."""

from typing import Any

import numpy as np

from autograd import DataError
from nn.interchange.onnx_import.limits import check_size
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.values import (
    as_array,
    as_integer,
    as_integers,
    as_number,
    normalize_axes,
    normalize_axis,
)


@operator("Identity", since=1)
def identity(x: Any) -> Any:
    """The input itself."""
    return x


@operator("Shape", since=1)
def shape_of(x: Any, *, start: int = 0, end: int | None = None) -> Any:
    """The sizes of the axes from start to end."""
    return np.array(x.shape[start:end], np.int64)


@operator("Size", since=1)
def size_of(x: Any) -> Any:
    """The number of elements."""
    return np.array(x.size, np.int64)


@operator("Reshape", since=5)
def reshape(x: Any, shape: Any, *, allowzero: int = 0) -> Any:
    """Another shape; −1 is what remains, and 0 is the size of that axis unless allowzero is 1."""
    return reshape_attribute(x, shape=as_integers(shape), allowzero=allowzero)


@operator("Reshape", since=1)
def reshape_attribute(x: Any, *, shape: list[int], allowzero: int = 0) -> Any:
    """Reshape with the shape of an attribute."""
    if not allowzero:
        if any(size == 0 and axis >= x.ndim for axis, size in enumerate(shape)):
            raise DataError(f"shape {shape} copies the size of an axis that shape {x.shape} does not have")
        shape = [x.shape[axis] if size == 0 else size for axis, size in enumerate(shape)]
    return np.reshape(x, tuple(shape))


@operator("Flatten", since=1)
def flatten(x: Any, *, axis: int = 1) -> Any:
    """A matrix: the axes before the given one, and the others."""
    position = axis + x.ndim if axis < 0 else axis
    if not 0 <= position <= x.ndim:
        raise DataError(f"axis {axis} is out of range for {x.ndim} axes")
    return np.reshape(x, (int(np.prod(x.shape[:position], dtype=np.int64)), int(np.prod(x.shape[position:], dtype=np.int64))))


@operator("Squeeze", since=13)
def squeeze(x: Any, axes: Any = None) -> Any:
    """Without axes of size 1."""
    return squeeze_attribute(x, axes=None if axes is None else as_integers(axes))


@operator("Squeeze", since=1)
def squeeze_attribute(x: Any, *, axes: list[int] | None = None) -> Any:
    """Squeeze with the axes of an attribute."""
    positions = {i for i, n in enumerate(x.shape) if n == 1} if axes is None else set(normalize_axes(axes, x.ndim))
    if any(x.shape[axis] != 1 for axis in positions):
        raise DataError(f"axes {axes} of shape {x.shape} do not all have size 1")
    return np.reshape(x, tuple(size for axis, size in enumerate(x.shape) if axis not in positions))


@operator("Unsqueeze", since=13)
def unsqueeze(x: Any, axes: Any) -> Any:
    """With axes of size 1 at positions of the result."""
    return unsqueeze_attribute(x, axes=as_integers(axes))


@operator("Unsqueeze", since=1)
def unsqueeze_attribute(x: Any, *, axes: list[int]) -> Any:
    """Unsqueeze with the axes of an attribute."""
    ndim = len(check_size([1] * (x.ndim + len(axes))))
    positions = normalize_axes(axes, ndim)
    sizes = iter(x.shape)
    return np.reshape(x, tuple(1 if axis in positions else next(sizes) for axis in range(ndim)))


@operator("Transpose", since=1)
def transpose(x: Any, *, perm: list[int] | None = None) -> Any:
    """The axes in another order, by default backwards."""
    return np.transpose(x, None if perm is None else tuple(perm))


@operator("Expand", since=8)
def expand(x: Any, shape: Any) -> Any:
    """Repeated along axes of size 1, so that the shape and the given one broadcast."""
    sizes = check_size(as_integers(shape))
    return np.broadcast_to(x, check_size(np.broadcast_shapes(x.shape, sizes), x.dtype.itemsize))


@operator("Tile", since=6)
def tile(x: Any, repeats: Any) -> Any:
    """Repeated along each axis."""
    counts = as_integers(repeats)
    if len(counts) != x.ndim:
        raise DataError(f"{len(counts)} repeats for {x.ndim} axes")
    check_size(counts, 0)
    shape = check_size([n * size for n, size in zip(counts, x.shape)], x.dtype.itemsize)
    split = [size for pair in zip(counts, x.shape) for size in pair]  # (repeats, size) of each axis
    single = np.reshape(x, tuple(size for n in x.shape for size in (1, n)))
    return np.reshape(np.broadcast_to(single, tuple(split)), shape)


@operator("Tile", since=1)
def tile_axis(x: Any, tiles: Any, axis: Any) -> Any:
    """Repeated along one axis."""
    counts = [1] * x.ndim
    counts[normalize_axis(as_integer(axis.astype(np.int64)), x.ndim)] = as_integer(tiles.astype(np.int64))
    return tile(x, np.array(counts))


@operator("Concat", since=4)
def concat(first: Any, *others: Any, axis: int) -> Any:
    """The inputs one after the other along an axis."""
    tensors = [first, *others]
    total = sum(x.shape[normalize_axis(axis, x.ndim)] for x in tensors)
    shape = list(first.shape)
    shape[normalize_axis(axis, first.ndim)] = total
    check_size(shape, first.dtype.itemsize)
    return np.concatenate(tensors, axis=axis)


@operator("Concat", since=1)
def concat_default(first: Any, *others: Any, axis: int = 1) -> Any:
    """Concat along the second axis by default."""
    return concat(first, *others, axis=axis)


def _split(x: Any, sizes: list[int], axis: int) -> tuple:
    axis = normalize_axis(axis, x.ndim)
    if sum(sizes) != x.shape[axis] or min(sizes, default=0) < 0:
        raise DataError(f"parts of sizes {sizes!s:.60} are not those of axis {axis} of shape {x.shape}")
    before, ends = (slice(None),) * axis, np.cumsum(sizes).tolist()
    return tuple(x[(*before, slice(end - size, end))] for size, end in zip(sizes, ends))


def _even_sizes(size: int, parts: int) -> list[int]:
    """The sizes of equal parts, of which the last one may be smaller."""
    if not 1 <= parts <= max(size, 1):
        raise DataError(f"{size} elements cannot be split into {parts} parts")
    each = -(-size // parts)
    return [max(0, min(each, size - each * i)) for i in range(parts)]


@operator("Split", since=1)
def split_attribute(x: Any, sizes: Any = None, *, split: list[int] | None = None, axis: int = 0, outputs: int) -> tuple:
    """Parts along an axis, with the sizes of an attribute."""
    split = split if sizes is None else as_integers(sizes.astype(np.int64))
    return _split(x, split or _even_sizes(x.shape[normalize_axis(axis, x.ndim)], outputs), axis)


@operator("Split", since=13)
def split(x: Any, split: Any = None, *, axis: int = 0, num_outputs: int | None = None, outputs: int) -> tuple:
    """Parts along an axis, of the given sizes or equal."""
    size = x.shape[normalize_axis(axis, x.ndim)]
    return _split(x, _even_sizes(size, num_outputs or outputs) if split is None else as_integers(split), axis)


@operator("Slice", since=10)
def slice_input(x: Any, starts: Any, ends: Any, axes: Any = None, steps: Any = None) -> Any:
    """Every step-th element from start to before end, along axes."""
    first, last = as_integers(starts), as_integers(ends)
    numbers = list(range(len(first))) if axes is None else as_integers(axes)
    strides = [1] * len(first) if steps is None else as_integers(steps)
    if not len(first) == len(last) == len(numbers) == len(strides):
        raise DataError("starts, ends, axes and steps differ in length")
    if 0 in strides:
        raise DataError("a step must not be 0")
    index = [slice(None)] * x.ndim
    for axis, start, end, step in zip(normalize_axes(numbers, x.ndim), first, last, strides):
        start = max(start, -x.shape[axis]) if step > 0 else start
        index[axis] = slice(start, end, step)
    return x[tuple(index)]


@operator("Slice", since=1)
def slice_attribute(x: Any, *, starts: list[int], ends: list[int], axes: list[int] | None = None) -> Any:
    """Slice with the bounds of attributes."""
    return slice_input(x, np.array(starts), np.array(ends), None if axes is None else np.array(axes))


MODES = {"constant": "constant", "reflect": "reflect", "edge": "edge", "wrap": "wrap"}


def pad_axes(x: Any, before: list[int], after: list[int], mode: str, value: Any) -> Any:
    """Elements added at both ends of each axis, or removed where the number is negative."""
    if mode not in MODES:
        raise DataError(f"mode must be one of {', '.join(MODES)}, not {mode!r:.20}")
    x = x[tuple(slice(max(-a, 0), n - max(-b, 0)) for a, b, n in zip(before, after, x.shape))]
    widths = [(max(a, 0), max(b, 0)) for a, b in zip(before, after)]
    check_size([n + a + b for n, (a, b) in zip(x.shape, widths)], x.dtype.itemsize)
    if not any(map(sum, widths)):
        return x
    if mode == "constant":
        return np.pad(x, widths, constant_values=value)
    return np.pad(x, widths, MODES[mode])  # type: ignore[call-overload]


@operator("Pad", since=11, buffers=(2,))
def pad(x: Any, pads: Any, value: Any = None, axes: Any = None, *, mode: str = "constant") -> Any:
    """Elements added at both ends of axes: first the numbers before, then those after."""
    numbers = as_integers(pads)
    positions = range(x.ndim) if axes is None else normalize_axes(as_integers(axes), x.ndim)
    if len(numbers) != 2 * len(positions):
        raise DataError(f"{len(numbers)} pads for {len(positions)} axes, expected {2 * len(positions)}")
    before, after = [0] * x.ndim, [0] * x.ndim
    for axis, first, last in zip(positions, numbers, numbers[len(positions) :]):
        before[axis], after[axis] = first, last
    filler = "" if x.dtype == object else x.dtype.type(0)
    return pad_axes(x, before, after, mode, filler if value is None else as_number(value))


@operator("Pad", since=1)
def pad_attribute(x: Any, *, paddings: list[int], mode: str = "constant", value: float = 0.0) -> Any:
    """Pad with the numbers of an attribute."""
    return pad_attribute_2(x, pads=paddings, mode=mode, value=value)


@operator("Pad", since=2)
def pad_attribute_2(x: Any, *, pads: list[int], mode: str = "constant", value: float = 0.0) -> Any:
    """Pad with the numbers of an attribute."""
    return pad(x, np.array(pads), np.array(value, x.dtype), mode=mode)


@operator("CenterCropPad", since=18)
def center_crop_pad(x: Any, shape: Any, *, axes: list[int] | None = None) -> Any:
    """Cut or padded with zeros evenly at both ends, to the given sizes; an odd element more is at the end."""
    sizes = as_integers(shape)
    positions = range(x.ndim) if axes is None else normalize_axes(axes, x.ndim)
    if len(sizes) != len(positions):
        raise DataError(f"{len(sizes)} sizes for {len(positions)} axes")
    before, after = [0] * x.ndim, [0] * x.ndim
    for axis, size in zip(positions, sizes):
        missing = size - x.shape[axis]
        before[axis] = abs(missing) // 2 * (1 if missing > 0 else -1)
        after[axis] = missing - before[axis]
    return pad_axes(x, before, after, "constant", x.dtype.type(0))


@operator("Trilu", since=14)
def trilu(x: Any, k: Any = None, *, upper: int = 1) -> Any:
    """The upper or lower triangle of matrices, from the k-th diagonal on; 0 elsewhere."""
    if x.ndim < 2:
        raise DataError(f"expected matrices, got shape {x.shape}")
    rows, columns = x.shape[-2:]
    distance = np.arange(columns) - np.arange(rows)[:, None]
    offset = 0 if k is None else as_integer(k)
    return np.where(distance >= offset if upper else distance <= offset, x, x.dtype.type(0))


@operator("DepthToSpace", since=1)
def depth_to_space(x: Any, *, blocksize: int, mode: str = "DCR") -> Any:
    """Channels moved into blocks of pixels: depth-column-row (DCR), or column-row-depth (CRD), the order of PixelShuffle."""
    n, channels, height, width = _image_shape(x, blocksize)
    depth = channels // blocksize**2
    if depth * blocksize**2 != channels:
        raise DataError(f"{channels} channels are not a multiple of {blocksize}²")
    if mode == "DCR":
        split = np.transpose(np.reshape(x, (n, blocksize, blocksize, depth, height, width)), (0, 3, 4, 1, 5, 2))
    else:
        split = np.transpose(np.reshape(x, (n, depth, blocksize, blocksize, height, width)), (0, 1, 4, 2, 5, 3))
    return np.reshape(split, (n, depth, height * blocksize, width * blocksize))


@operator("SpaceToDepth", since=1)
def space_to_depth(x: Any, *, blocksize: int, mode: str = "DCR") -> Any:
    """Blocks of pixels moved into channels; the inverse of DepthToSpace."""
    n, channels, height, width = _image_shape(x, blocksize)
    if height % blocksize or width % blocksize:
        raise DataError(f"height and width {height} × {width} are not multiples of {blocksize}")
    split = np.reshape(x, (n, channels, height // blocksize, blocksize, width // blocksize, blocksize))
    order = (0, 3, 5, 1, 2, 4) if mode == "DCR" else (0, 1, 3, 5, 2, 4)
    return np.reshape(np.transpose(split, order), (n, channels * blocksize**2, height // blocksize, width // blocksize))


def _image_shape(x: Any, blocksize: int) -> tuple[int, int, int, int]:
    if x.ndim != 4 or blocksize < 1:
        raise DataError(f"expected (n, channels, height, width) and a block of 1 or more, got {x.shape} and {blocksize}")
    n, channels, height, width = x.shape
    return n, channels, height, width


@operator("ReverseSequence", since=10)
def reverse_sequence(x: Any, sequence_lens: Any, *, batch_axis: int = 1, time_axis: int = 0) -> Any:
    """The first elements of each sequence backwards, as many as its length."""
    batch, time = normalize_axes([batch_axis, time_axis], x.ndim)
    lengths = as_array(sequence_lens).reshape(-1, 1)
    steps = np.arange(x.shape[time])
    order = np.where(steps < lengths, lengths - 1 - steps, steps)  # (batch, time)
    shape = [1] * x.ndim
    shape[batch], shape[time] = order.shape
    return np.take_along_axis(x, (order if batch < time else order.T).reshape(shape), time)
