"""Convolution of arrays by matrix products with columns: im2col, in blocks that stay in the cache.

A column holds the inputs of one output position, so that a convolution is the product of the weights with all columns. The
columns together are as many times larger than the input as the kernel has elements. They are therefore made for a block of
images, or of rows of one image, multiplied, and overwritten by the next block; the gradients make them again.

Columns are laid out as (C · kernel, positions): a row of this matrix is the input, shifted by a position of the kernel. Copies
of few elements are slow, and there are two ways to long ones:

- Large batches are computed with the batch as the last axis, (C, *size, N), and returned as a view (N, C, *size) of it.
  Elementwise operations keep the order, and the next convolution finds it. A product then writes directly into the result.
- Otherwise, with stride 1, positions are computed for whole padded rows. The results at the surplus positions are left out, and
  their gradients are 0.

The adjoint of the shifts, col2im, is with stride 1 one sum (`np.add.reduce`) over the shifted rows. Where their columns do not
fit into the cache, it is a convolution with the reversed kernel; with another stride, an addition for each kernel position.

One product for each position of the kernel would need no columns, but adds as many arrays of the output's size and multiplies
matrices with few rows: it was slower for 64 channels of 32 × 32. A kernel of one element is a plain product without columns.
"""

from collections.abc import Iterator
from math import prod
from threading import local

import numpy as np

from autograd.operations.convolution_geometry import Block, Blocks, Geometry

#: The smallest batch that is computed with the batch axis last, if the input is in that order or has few channels: at most a
#: fraction of the outputs.
TRAILING_BATCH, TRAILING_CHANNELS = 16, 4


#: The bytes of an array that a thread keeps between calls.
SCRATCH_BYTES = 2**25


class _Scratch(local):
    """Arrays that every call of a thread uses again: memory that the system maps anew costs as much time as the arithmetic."""

    def __init__(self) -> None:
        self.memory: dict[str, np.ndarray] = {}

    def empty(self, role: str, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        """An uninitialized array; valid until the next call with this role."""
        size = prod(shape) * dtype.itemsize
        if size > SCRATCH_BYTES:
            return np.empty(shape, dtype)
        if role not in self.memory or self.memory[role].nbytes < size:
            self.memory[role] = np.empty(size, np.uint8)
        return self.memory[role][:size].view(dtype).reshape(shape)

    def zeros(self, role: str, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        """The same, filled with 0."""
        array = self.empty(role, shape, dtype)
        array.fill(0)
        return array


_scratch = _Scratch()


class _Buffer:
    """The padded images of a block, (C, images, rows, *padded), and all windows, (C, *kernel, *shape)."""

    def __init__(self, geo: Geometry, shape: tuple[int, ...], rows: int, dtype: np.dtype):
        """Take the shape of the positions, (images, rows, *rest), and the number of padded rows."""
        padded = (geo.channels, shape[0], rows, *geo.padded[1:])
        steps = [prod(padded[i + 1 :]) * dtype.itemsize for i in range(len(padded))]
        shifts = [step * d for step, d in zip(steps[2:], geo.dilation)]
        surplus = sum(shift * (k - 1) for shift, k in zip(shifts, geo.kernel)) // dtype.itemsize
        self.geo = geo
        self.memory = _scratch.zeros(
            "images", (prod(padded) + surplus,), dtype
        )  # windows at surplus positions may end after the images
        self.padded = self.memory[: prod(padded)].reshape(padded)
        strides = (steps[0], *shifts, steps[1], *[step * s for step, s in zip(steps[2:], geo.stride)])
        self.windows = np.ndarray((geo.channels, *geo.kernel, *shape), dtype, self.memory, 0, strides)

    def fill(self, x: np.ndarray, block: Block) -> None:
        """Copy the rows of the images that a block needs."""
        geo, rows = self.geo, self.padded.shape[2]
        start = block.row * geo.stride[0] - geo.padding[0][0]
        low, high = (min(rows, max(0, edge - start)) for edge in (0, geo.size[0]))
        target = self.padded[(slice(None), slice(block.images))]
        if rows < geo.padded[0]:
            target[:, :, :low] = target[:, :, high:] = 0
        source = x[block.image : block.image + block.images, :, start + low : start + high]
        target[(slice(None), slice(None), slice(low, high), *geo.interior[1:])] = source.swapaxes(0, 1)


def _columns(x: np.ndarray, geo: Geometry, dtype: np.dtype) -> Iterator[tuple[np.ndarray, Block]]:
    """The columns of each block as matrices (groups, column, positions), all in the same memory, and the block."""
    blocks = geo.gather
    rows = blocks.shape[1]
    padded_rows = geo.padded[0] if blocks.has_whole_images else (rows - 1) * geo.stride[0] + geo.extent[0]
    buffer = _Buffer(geo, blocks.shape, padded_rows, dtype)
    columns = _scratch.empty("columns", buffer.windows.shape, dtype)
    matrices = columns.reshape(geo.groups, geo.column, prod(blocks.shape))
    kernel = (slice(None),) * (1 + len(geo.kernel))
    for block in blocks:
        buffer.fill(x, block)
        part = (*kernel, slice(block.images), slice(block.rows))
        np.copyto(columns[part], buffer.windows[part])
        yield matrices[:, :, : _count(block, blocks)], block


def _count(block: Block, blocks: Blocks) -> int:
    """The number of positions of a block."""
    return block.images * block.rows * prod(blocks.shape[2:])


def _needed(array: np.ndarray, geo: Geometry, block: Block) -> np.ndarray:
    """Of a block's positions (channels, images, rows, *rest) those that the output has."""
    rows = min(block.rows, geo.out[0] - block.row)
    return array[(slice(None), slice(block.images), slice(rows), *map(slice, geo.out[1:]))]


def _of_block(array: np.ndarray, block: Block) -> np.ndarray:
    """The part of an output (N, channels, *out) in a block, as (channels, images, rows, *rest)."""
    return array[block.image : block.image + block.images, :, block.row : block.row + block.rows].swapaxes(0, 1)


def _as_matrices(array: np.ndarray, geo: Geometry, block: Block) -> np.ndarray:
    """The same of a block of one image as a view (groups, channels of a group, positions); the array must be contiguous."""
    rows = array[block.image, :, block.row : block.row + block.rows]
    return rows.reshape(geo.groups, len(rows) // geo.groups, prod(rows.shape[1:]))


def _gradients(g: np.ndarray, geo: Geometry, blocks: Blocks, dtype: np.dtype) -> Iterator[tuple[np.ndarray, Block]]:
    """The gradients of each block's positions as matrices (groups, outputs, positions), 0 at surplus ones, and the block."""
    if blocks.is_exact:
        g = np.ascontiguousarray(g)
        yield from ((_as_matrices(g, geo, block), block) for block in blocks)
        return
    gradients = _scratch.zeros("outputs", (geo.outputs, *blocks.shape), dtype)
    matrices = gradients.reshape(geo.groups, geo.outputs // geo.groups, prod(blocks.shape))
    for block in blocks:
        _needed(gradients, geo, block)[...] = _of_block(g, block)
        yield matrices[:, :, : _count(block, blocks)], block


def _with_batch_last(x: np.ndarray) -> np.ndarray:
    """Images (N, C, *size) as one image (1, C, *size, N)."""
    return np.moveaxis(x, 0, -1)[None]


def _with_batch_first(x: np.ndarray) -> np.ndarray:
    return np.moveaxis(x[0], -1, 0)


def _is_batch_last(x: np.ndarray) -> bool:
    return len(x) >= TRAILING_BATCH and x.strides[0] == x.itemsize


def convolve(x: np.ndarray, weight: np.ndarray, bias: np.ndarray | None, geo: Geometry) -> np.ndarray:
    """The convolution of images (N, C, *size), plus a bias (out,) or None."""
    has_few_channels = geo.batch >= TRAILING_BATCH and TRAILING_CHANNELS * geo.channels <= geo.outputs
    if _is_batch_last(x) or has_few_channels:
        return _with_batch_first(convolve(_with_batch_last(x), weight[..., None], bias, geo.trailing))
    dtype = np.result_type(x, weight, *(() if bias is None else (bias,)))
    matrix = weight.reshape(geo.groups, geo.outputs // geo.groups, geo.column)
    bias = None if bias is None else bias.reshape(-1, *(1,) * (len(geo.out) + 1))
    out = np.empty(geo.out_shape, dtype)
    if geo.is_pointwise:
        np.matmul(matrix, _images(x, geo), out=_images(out, geo))
        return out if bias is None else np.add(out, bias[:, 0], out=out)
    blocks = geo.gather
    if blocks.is_exact:
        for columns, block in _columns(x, geo, dtype):
            np.matmul(matrix, columns, out=_as_matrices(out, geo, block))
            if bias is not None:
                target = _of_block(out, block)
                target += bias
        return out
    products = _scratch.empty("outputs", (geo.outputs, *blocks.shape), dtype)
    matrices = products.reshape(geo.groups, geo.outputs // geo.groups, prod(blocks.shape))
    for columns, block in _columns(x, geo, dtype):
        np.matmul(matrix, columns, out=matrices[:, :, : columns.shape[2]])
        needed, target = _needed(products, geo, block), _of_block(out, block)
        if bias is None:
            target[...] = needed
        else:
            np.add(needed, bias, out=target)  # in the copy that leaves out the surplus positions
    return out


def _images(x: np.ndarray, geo: Geometry) -> np.ndarray:
    """Images (N, channels, *size) as (N, groups, channels of a group, positions)."""
    return x.reshape(geo.batch, geo.groups, x.shape[1] // geo.groups, prod(geo.size))


def convolve_input(g: np.ndarray, weight: np.ndarray, geo: Geometry) -> np.ndarray:
    """The adjoint of `convolve` towards the images: (N, out, *out) to (N, C, *size)."""
    if geo.channels == 0:
        return np.empty((geo.batch, 0, *geo.size), np.result_type(g, weight))
    # Gradients that were broadcast or reshaped come with the batch first, where the images had it last.
    if _is_batch_last(g) or (geo.batch >= TRAILING_BATCH and geo.trailing.one_sum is not None):
        return _with_batch_first(convolve_input(_with_batch_last(g), weight[..., None], geo.trailing))
    dtype = np.result_type(g, weight)
    matrix = weight.reshape(geo.groups, geo.outputs // geo.groups, geo.column)
    if not geo.is_pointwise and geo.one_sum is None and geo.reverse is not None:
        grouped = matrix.reshape(geo.groups, geo.outputs // geo.groups, geo.channels // geo.groups, *geo.kernel)
        reversed_weight = np.flip(grouped.swapaxes(1, 2), tuple(range(3, grouped.ndim)))
        return convolve(g, reversed_weight.reshape(geo.channels, -1, *geo.kernel), None, geo.reverse)
    out = np.empty((geo.batch, geo.channels, *geo.size), dtype)
    fold = _multiply_images if geo.is_pointwise else _add_windows if geo.one_sum is None else _sum_shifts
    fold(g, matrix.swapaxes(1, 2), geo, out)
    return out


def _multiply_images(g: np.ndarray, matrix: np.ndarray, geo: Geometry, out: np.ndarray) -> None:
    np.matmul(matrix, _images(g, geo), out=_images(out, geo))


def _sum_shifts(g: np.ndarray, matrix: np.ndarray, geo: Geometry, out: np.ndarray) -> None:
    """col2im with stride 1: at every position of the padded input, the sum of the rows of columns, each shifted back."""
    blocks, dtype = geo.one_sum, out.dtype
    assert blocks is not None
    positions = prod(blocks.shape)
    steps = [prod(geo.padded[i + 1 :]) * d for i, d in enumerate(geo.dilation)]  # of one position of the kernel
    gap = sum(step * (k - 1) for step, k in zip(steps, geo.kernel))  # zeros before each row, for the largest shift
    columns = _scratch.empty("columns", (geo.groups, geo.column, gap + positions), dtype)
    columns[:, :, :gap] = 0
    padded = _scratch.empty("images", (geo.channels, *blocks.shape), dtype)
    rows = [prod(geo.kernel[i:]) * (gap + positions) for i in range(len(geo.kernel) + 1)]
    strides = (rows[0], *[row - step for row, step in zip(rows[1:], steps)], 1)
    shape = (geo.channels, *geo.kernel, positions)
    shifted = np.ndarray(shape, dtype, columns, gap * dtype.itemsize, [s * dtype.itemsize for s in strides])
    sums = padded.reshape(geo.channels, positions)
    kernel_axes = tuple(range(1, 1 + len(geo.kernel)))
    for gradients, block in _gradients(g, geo, blocks, dtype):
        count = gradients.shape[2]
        np.matmul(matrix, gradients, out=columns[:, :, gap : gap + count])
        np.add.reduce(shifted[..., :count], axis=kernel_axes, out=sums[:, :count])
        images = padded[(slice(None), slice(block.images), *geo.interior)]
        out[block.image : block.image + block.images] = images.swapaxes(0, 1)


def _add_windows(g: np.ndarray, matrix: np.ndarray, geo: Geometry, out: np.ndarray) -> None:
    """col2im with any stride: the columns, added to the windows they were taken from, one position of the kernel at a time."""
    blocks, dtype = geo.gather, out.dtype
    rows = blocks.shape[1] if blocks.has_whole_images else geo.out[0]
    buffer = _Buffer(geo, (blocks.shape[0], rows, *blocks.shape[2:]), geo.padded[0], dtype)
    columns = _scratch.empty("columns", (geo.channels, *geo.kernel, *blocks.shape), dtype)
    matrices = columns.reshape(geo.groups, geo.column, prod(blocks.shape))
    for gradients, block in _gradients(g, geo, blocks, dtype):
        image, images, row, rows = block
        if row == 0:
            buffer.memory.fill(0)
        np.matmul(matrix, gradients, out=matrices[:, :, : gradients.shape[2]])
        for position in np.ndindex(*geo.kernel):
            window = buffer.windows[(slice(None), *position, slice(images), slice(row, row + rows))]
            window += columns[(slice(None), *position, slice(images), slice(rows))]
        if row + rows >= geo.out[0]:
            interior = buffer.padded[(slice(None), slice(images), *geo.interior)]
            out[image : image + images] = interior.swapaxes(0, 1)


def convolve_weight(x: np.ndarray, g: np.ndarray, geo: Geometry) -> np.ndarray:
    """The adjoint of `convolve` towards the weights: (N, C, *size) and (N, out, *out) to (out, C / groups, *kernel)."""
    if _is_batch_last(x) or _is_batch_last(g):
        return convolve_weight(_with_batch_last(x), _with_batch_last(g), geo.trailing)[..., 0]
    dtype = np.result_type(x, g)
    # The transpose of the product: OpenBLAS is slow where the left factor is the gradients and has few rows.
    total = np.zeros((geo.groups, geo.column, geo.outputs // geo.groups), dtype)
    product = np.empty_like(total)
    for (columns, _), (gradients, _) in zip(_columns(x, geo, dtype), _gradients(g, geo, geo.gather, dtype)):
        total += np.matmul(columns, gradients.swapaxes(1, 2), out=product)
    return np.ascontiguousarray(total.swapaxes(1, 2)).reshape(geo.outputs, geo.channels // geo.groups, *geo.kernel)
