"""Convolution of arrays by matrix products with columns: im2col, in blocks that stay in the cache.

A column holds the inputs of one output position, so that a convolution is the product of the weights with all columns. The
columns together are as many times larger than the input as the kernel has elements. They are therefore made for a block of
images, or of rows of one image, multiplied, and overwritten by the next block; the gradients make them again.

Columns are laid out as (C · kernel, N · positions): a row of this matrix is the input, shifted by a position of the kernel.
With stride 1 positions are computed for the whole padded input, so that a shift is one long copy and not one for each row of an
image. The results at the surplus positions are left out, and their gradients are 0. The adjoint of the shifts, col2im, is then
one sum (`np.add.reduce`) in place of an addition in memory for each position of the kernel, and takes a third of its time.

One product for each position of the kernel needs no columns, but adds as many arrays of the output's size and multiplies
matrices with few rows. It was slower for 6 to 64 channels. A kernel of one element is a plain product without columns.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from autograd.errors import ShapeError

#: The positions of a block above which products gain no more speed.
POSITIONS = 2**13
#: The largest number of elements of the columns of a block of several images, and of one image with col2im as one sum.
COLUMN_ELEMENTS, SUM_ELEMENTS = 2**20, 2**22
#: The largest ratio of computed to needed positions that long copies pay for.
SURPLUS = 1.5

Sizes = tuple[int, ...]
Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Blocks:
    """Positions that are computed, (images, rows, *rest) at once."""

    images: int
    rows: int  # of the first axis; fewer than needed only if a block is part of one image
    rest: Sizes

    @property
    def positions(self) -> int:
        """The number of positions of a block."""
        return self.images * self.rows * prod(self.rest)

    def starts(self, batch: int, needed: int) -> Iterator[tuple[int, int, int, int]]:
        """For each block its first image, number of images, first row and number of rows."""
        for image in range(0, batch, self.images):
            for row in range(0, needed, self.rows):
                rows = self.rows if self.rows >= needed else min(self.rows, needed - row)
                yield image, min(self.images, batch - image), row, rows


class Geometry:
    """The sizes of a convolution of x (N, C, *size) with weights (out, C / groups, *kernel), and its blocks."""

    def __init__(self, x_shape: Sizes, weight_shape: Sizes, stride: Sizes, padding: Pairs, dilation: Sizes, groups: int):
        self.batch, self.channels, *size = x_shape
        self.outputs, group_channels, *kernel = weight_shape
        self.size, self.kernel, self.stride, self.dilation, self.groups = tuple(size), tuple(kernel), stride, dilation, groups
        self.padded = tuple(n + before + after for n, (before, after) in zip(size, padding))
        self.extent = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation))
        self.out = tuple((n - e) // s + 1 for n, e, s in zip(self.padded, self.extent, stride))
        if not all(kernel) or min(self.out) < 1:
            raise ShapeError(
                f"convolution: got a kernel of size {_format(self.extent)} for an input of size {_format(self.padded)}"
                f"{' with its padding' if self.padded != self.size else ''}, expected one that fits into the input"
            )
        self.column = group_channels * prod(kernel)  # the number of elements of a column of one group
        self.is_pointwise = prod(kernel) == prod(stride) == 1 and self.padded == self.size
        #: Indices: the image in its padding, and the needed positions of a block, after (channels, images).
        self.interior = tuple(slice(before, before + n) for n, (before, _) in zip(size, padding))
        self.crop = tuple(map(slice, self.out))
        has_unit_stride = set(stride) == {1}
        self.gather = self._blocks(self._grid(), COLUMN_ELEMENTS)
        self.scatter = self._blocks(self.padded, SUM_ELEMENTS) if has_unit_stride else self.gather
        # Surplus positions of a part of an image would be added to the wrong rows.
        self.has_long_rows = has_unit_stride and self.scatter.rows == self.padded[0]
        if not self.has_long_rows:
            self.scatter = self.gather

    @property
    def out_shape(self) -> Sizes:
        """The shape of the result."""
        return self.batch, self.outputs, *self.out

    def _grid(self) -> Sizes:
        """The positions that are computed of each image: those of the output, with surplus ones where that pays."""
        unit = [s == 1 for s in (1, *self.stride)]
        grid = tuple(p if unit[i] and unit[i + 1] else n for i, (p, n) in enumerate(zip(self.padded, self.out)))
        for candidate in (grid, (self.out[0], *grid[1:])):
            if prod(candidate) <= SURPLUS * prod(self.out):
                return candidate
        return self.out

    def _blocks(self, grid: Sizes, limit: int) -> Blocks:
        image = self.groups * self.column * prod(grid)  # elements of its columns
        if image <= limit:
            return Blocks(max(1, min(POSITIONS // prod(grid), COLUMN_ELEMENTS // image, self.batch)), grid[0], grid[1:])
        return Blocks(1, max(1, min(limit * grid[0] // image, self.out[0])), grid[1:])


@lru_cache(maxsize=512)
def geometry(
    x_shape: Sizes, weight_shape: Sizes, stride: int | Sizes, padding: Any, dilation: int | Sizes, groups: int
) -> Geometry:
    """The geometry of a convolution; raises ShapeError for shapes and ValueError for options that do not fit."""
    axes = len(x_shape) - 2
    if axes < 1 or len(weight_shape) != len(x_shape):
        raise ShapeError(
            f"convolution: got an input of shape {x_shape} and weights of shape {weight_shape}; "
            "expected (N, C, *size) and (out, C / groups, *kernel)"
        )
    strides, dilations = per_axis("stride", stride, axes), per_axis("dilation", dilation, axes)
    pairs = tuple(p if isinstance(p, tuple) else (p, p) for p in per_axis("padding", padding, axes, 0))
    channels = weight_shape[1] * groups
    if groups < 1 or weight_shape[0] % groups:
        raise ShapeError(f"convolution: got groups = {groups}, expected a divisor of the {weight_shape[0]} output channels")
    if x_shape[1] != channels:
        raise ShapeError(
            f"convolution: got an input of shape {x_shape}, expected {channels} channels, as the weights have shape "
            f"{weight_shape}" + (f" and groups = {groups}" if groups > 1 else "")
        )
    return Geometry(x_shape, weight_shape, strides, pairs, dilations, groups)


def per_axis(name: str, value: Any, axes: int, least: int = 1) -> tuple:
    """An option as one value for each axis; raises ValueError for values less than `least` or another number of them."""
    values = tuple(value) if isinstance(value, tuple | list) else (value,) * axes
    if len(values) != axes:
        raise ValueError(f"convolution: {name} must be an integer or {axes} of them, one for each axis, not {value}")
    if any(element < least for v in values for element in (v if isinstance(v, tuple) else (v,))):
        raise ValueError(f"convolution: {name} must be {least} or more, not {value}")
    return values


def _format(sizes: Sizes) -> str:
    return " × ".join(map(str, sizes))


class _Buffer:
    """A block of padded images, (C, images, *padded), and all its windows, (C, *kernel, images, rows, *rest)."""

    def __init__(self, geo: Geometry, blocks: Blocks, dtype: np.dtype):
        shape = (geo.channels, blocks.images, *geo.padded)
        steps = [prod(shape[i + 1 :]) * dtype.itemsize for i in range(len(shape))]
        shifts = [step * d for step, d in zip(steps[2:], geo.dilation)]
        surplus = sum(shift * (k - 1) for shift, k in zip(shifts, geo.kernel)) // dtype.itemsize
        self.memory = np.zeros(prod(shape) + surplus, dtype)  # windows at surplus positions may end after the images
        self.padded = self.memory[: prod(shape)].reshape(shape)
        self.images = self.padded[(slice(None), slice(None), *geo.interior)]
        strides = (steps[0], *shifts, steps[1], *[step * s for step, s in zip(steps[2:], geo.stride)])
        grid = (blocks.rows if blocks.rows > geo.out[0] else geo.out[0], *blocks.rest)
        self.windows = np.ndarray((geo.channels, *geo.kernel, blocks.images, *grid), dtype, self.memory, 0, strides)


def _columns(x: np.ndarray, geo: Geometry, dtype: np.dtype) -> Iterator[tuple[np.ndarray, tuple]]:
    """The columns of each block as matrices (groups, column, positions), all in the same memory, and the block."""
    blocks = geo.gather
    buffer = _Buffer(geo, blocks, dtype)
    columns = np.empty((geo.channels, *geo.kernel, blocks.images, blocks.rows, *blocks.rest), dtype)
    matrices = columns.reshape(geo.groups, geo.column, blocks.positions)
    kernel = (slice(None),) * (1 + len(geo.kernel))
    for block in blocks.starts(geo.batch, geo.out[0]):
        image, images, row, rows = block
        if row == 0:
            buffer.images[:, :images] = x[image : image + images].swapaxes(0, 1)
        target = columns[(*kernel, slice(images), slice(rows))]
        np.copyto(target, buffer.windows[(*kernel, slice(images), slice(row, row + rows))])
        yield matrices[:, :, : images * rows * prod(blocks.rest)], block


def _needed(array: np.ndarray, geo: Geometry, block: tuple) -> np.ndarray:
    """Of a block's positions (channels, images, rows, *rest) those that the output has."""
    _, images, row, rows = block
    return array[(slice(None), slice(images), slice(min(rows, geo.out[0] - row)), *geo.crop[1:])]


def _of_block(array: np.ndarray, block: tuple) -> np.ndarray:
    """The part of an output (N, channels, *out) in a block, as (channels, images, rows, *rest)."""
    image, images, row, rows = block
    return array[image : image + images, :, row : row + rows].swapaxes(0, 1)


def _gradients(g: np.ndarray, geo: Geometry, blocks: Blocks, dtype: np.dtype) -> Iterator[tuple[np.ndarray, tuple]]:
    """The gradients of each block's positions as matrices (groups, outputs, positions), 0 at surplus ones, and the block."""
    gradients = np.zeros((geo.outputs, blocks.images, blocks.rows, *blocks.rest), dtype)
    matrices = gradients.reshape(geo.groups, geo.outputs // geo.groups, blocks.positions)
    for block in blocks.starts(geo.batch, geo.out[0]):
        _, images, _, rows = block
        _needed(gradients, geo, block)[...] = _of_block(g, block)
        yield matrices[:, :, : images * rows * prod(blocks.rest)], block


def convolve(x: np.ndarray, weight: np.ndarray, bias: np.ndarray | None, geo: Geometry) -> np.ndarray:
    """The convolution of images (N, C, *size), plus a bias (out,) or None."""
    dtype = np.result_type(x, weight, *(() if bias is None else (bias,)))
    matrix = weight.reshape(geo.groups, geo.outputs // geo.groups, geo.column)
    bias = None if bias is None else bias.reshape(-1, *(1,) * (len(geo.out) + 1))
    out = np.empty((geo.batch, geo.outputs, *geo.out), dtype)
    if geo.is_pointwise:
        np.matmul(matrix, _images(x, geo), out=_images(out, geo))
        return out if bias is None else np.add(out, bias[:, 0], out=out)
    blocks = geo.gather
    products = np.empty((geo.outputs, blocks.images, blocks.rows, *blocks.rest), dtype)
    matrices = products.reshape(geo.groups, geo.outputs // geo.groups, blocks.positions)
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
    dtype = np.result_type(g, weight)
    matrix = weight.reshape(geo.groups, geo.outputs // geo.groups, geo.column).swapaxes(1, 2)
    out = np.empty((geo.batch, geo.channels, *geo.size), dtype)
    if geo.is_pointwise:
        np.matmul(matrix, _images(g, geo), out=_images(out, geo))
    elif geo.has_long_rows:
        _sum_shifts(g, matrix, geo, out)
    else:
        _add_windows(g, matrix, geo, out)
    return out


def _sum_shifts(g: np.ndarray, matrix: np.ndarray, geo: Geometry, out: np.ndarray) -> None:
    """col2im with stride 1: at every position of the padded input, the sum of the rows of columns, each shifted back."""
    blocks, dtype = geo.scatter, out.dtype
    steps = [prod(geo.padded[i + 1 :]) * d for i, d in enumerate(geo.dilation)]  # of one position of the kernel
    gap = sum(step * (k - 1) for step, k in zip(steps, geo.kernel))  # zeros before each row, for the largest shift
    length = gap + blocks.positions
    columns = np.zeros((geo.groups, geo.column, length), dtype)
    padded = np.empty((geo.channels, blocks.images, *geo.padded), dtype)
    rows = [prod(geo.kernel[i:]) * length for i in range(len(geo.kernel) + 1)]
    strides = (rows[0], *[row - step for row, step in zip(rows[1:], steps)], 1)
    shape = (geo.channels, *geo.kernel, blocks.positions)
    shifted = np.ndarray(shape, dtype, columns, gap * dtype.itemsize, [s * dtype.itemsize for s in strides])
    sums = padded.reshape(geo.channels, blocks.positions)
    kernel_axes = tuple(range(1, 1 + len(geo.kernel)))
    for gradients, (image, images, _, _) in _gradients(g, geo, blocks, dtype):
        count = gradients.shape[2]
        np.matmul(matrix, gradients, out=columns[:, :, gap : gap + count])
        np.add.reduce(shifted[..., :count], axis=kernel_axes, out=sums[:, :count])
        out[image : image + images] = padded[(slice(None), slice(images), *geo.interior)].swapaxes(0, 1)


def _add_windows(g: np.ndarray, matrix: np.ndarray, geo: Geometry, out: np.ndarray) -> None:
    """col2im with any stride: the columns, added to the windows they were taken from, one position of the kernel at a time."""
    blocks = geo.scatter
    buffer = _Buffer(geo, blocks, out.dtype)
    columns = np.empty((geo.channels, *geo.kernel, blocks.images, blocks.rows, *blocks.rest), out.dtype)
    matrices = columns.reshape(geo.groups, geo.column, blocks.positions)
    for gradients, (image, images, row, rows) in _gradients(g, geo, blocks, out.dtype):
        if row == 0:
            buffer.memory.fill(0)
        np.matmul(matrix, gradients, out=matrices[:, :, : gradients.shape[2]])
        for position in np.ndindex(*geo.kernel):
            window = buffer.windows[(slice(None), *position, slice(images), slice(row, row + rows))]
            window += columns[(slice(None), *position, slice(images), slice(rows))]
        if row + rows >= geo.out[0]:
            out[image : image + images] = buffer.images[:, :images].swapaxes(0, 1)


def convolve_weight(x: np.ndarray, g: np.ndarray, geo: Geometry) -> np.ndarray:
    """The adjoint of `convolve` towards the weights: (N, C, *size) and (N, out, *out) to (out, C / groups, *kernel)."""
    dtype = np.result_type(x, g)
    # Transposed: OpenBLAS is slow at products with few rows of which the left factor is the gradients.
    total = np.zeros((geo.groups, geo.column, geo.outputs // geo.groups), dtype)
    product = np.empty_like(total)
    for (columns, _), (gradients, _) in zip(_columns(x, geo, dtype), _gradients(g, geo, geo.gather, dtype)):
        total += np.matmul(columns, gradients.swapaxes(1, 2), out=product)
    return np.ascontiguousarray(total.swapaxes(1, 2)).reshape(geo.outputs, geo.channels // geo.groups, *geo.kernel)
