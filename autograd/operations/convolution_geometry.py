"""The sizes of a convolution, and the blocks that it is computed in."""

from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import takewhile
from math import prod
from typing import Any, NamedTuple

from autograd.errors import ShapeError

#: The positions of a block above which products gain no more speed.
POSITIONS = 2**13
#: Products with a result of so few elements are limited to so many multiply-adds: above, OpenBLAS divides them among threads.
SMALL_RESULT, SMALL_PRODUCT = 2**8, 2**19
#: The largest number of elements of the columns of a block, and of those that one sum folds.
COLUMN_ELEMENTS, SUM_ELEMENTS = 2**20, 2**22
#: A copy of so many elements is long. Shorter ones are lengthened up to this ratio of computed to needed positions.
LONG_COPY, SURPLUS = 256, 1.5

Sizes = tuple[int, ...]
Pairs = tuple[tuple[int, int], ...]


class Block(NamedTuple):
    """Images, and rows (positions along the first axis) of the output."""

    image: int
    images: int
    row: int
    rows: int


class Blocks:
    """The blocks of a convolution: equally many images, or rows of one image, in each but the last."""

    def __init__(self, geo: "Geometry", grid: Sizes, positions: int):
        """Take the positions that are computed of each image, and the largest number of positions in a block."""
        self.batch, self.needed = geo.batch, geo.out[0]
        if prod(grid) <= positions:
            self.images, rows = max(1, min(POSITIONS // prod(grid), positions // prod(grid), geo.batch)), grid[0]
        else:
            count = -(-self.needed // max(1, positions // prod(grid[1:])))
            self.images, rows = 1, -(-self.needed // count)
        self.has_whole_images = rows >= self.needed
        self.is_exact = self.images == 1 and grid == geo.out  # so that a product writes into the result
        self.shape = (self.images, rows, *grid[1:])

    def __iter__(self) -> Iterator[Block]:
        rows = self.shape[1]
        for image in range(0, self.batch, self.images):
            for row in range(0, self.needed, rows):
                last = rows if self.has_whole_images else min(rows, self.needed - row)
                yield Block(image, min(self.images, self.batch - image), row, last)


class Geometry:
    """The sizes of a convolution of x (N, C, *size) with weights (out, C / groups, *kernel), and its blocks."""

    def __init__(self, x_shape: Sizes, weight_shape: Sizes, stride: Sizes, padding: Pairs, dilation: Sizes, groups: int):
        self.batch, self.channels, *size = x_shape
        self.outputs, group_channels, *kernel = weight_shape
        self.size, self.kernel, self.stride, self.dilation = tuple(size), tuple(kernel), stride, dilation
        self.padding, self.groups = padding, groups
        self.padded = tuple(n + before + after for n, (before, after) in zip(size, padding))
        self.extent = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation))
        self.out = tuple((n - e) // s + 1 for n, e, s in zip(self.padded, self.extent, stride))
        if not all(kernel) or min(self.out) < 1:
            raise ShapeError(
                f"convolution: got a kernel of size {_format(self.extent)} for an input of size {_format(self.padded)}"
                f"{' with its padding' if self.padded != self.size else ''}, expected one that fits into the input"
            )
        self.column = group_channels * prod(kernel)  # the number of elements of a column of one group
        self.has_unit_stride = set(stride) == {1}
        self.is_pointwise = prod(kernel) == 1 and self.has_unit_stride and self.padded == self.size
        self.out_shape = (self.batch, self.outputs, *self.out)
        self.interior = tuple(slice(before, before + n) for n, (before, _) in zip(size, padding))

    @cached_property
    def gather(self) -> Blocks:
        """The blocks of products with columns."""
        result = self.column * self.outputs
        positions = COLUMN_ELEMENTS // max(1, self.groups * self.column)
        return Blocks(self, self._grid(), min(positions, SMALL_PRODUCT // result) if 0 < result <= SMALL_RESULT else positions)

    @cached_property
    def one_sum(self) -> Blocks | None:
        """The blocks of whole padded images whose columns one sum folds, if the stride is 1 and the columns fit."""
        blocks = Blocks(self, self.padded, SUM_ELEMENTS // max(1, self.groups * self.column))
        return blocks if self.has_unit_stride and blocks.shape[1] == self.padded[0] else None

    @cached_property
    def reverse(self) -> "Geometry | None":
        """The convolution of the gradients with the reversed kernel that is the adjoint of one with stride 1."""
        padding = tuple((e - 1 - before, e - 1 - after) for e, (before, after) in zip(self.extent, self.padding))
        if not self.has_unit_stride or min(map(min, padding)) < 0:
            return None
        shape = (self.channels, self.outputs // self.groups, *self.kernel)
        return Geometry(self.out_shape, shape, self.stride, padding, self.dilation, self.groups)

    @cached_property
    def trailing(self) -> "Geometry":
        """The same convolution with the batch as the last axis of one image, along which the kernel has one element."""
        x_shape = (1, self.channels, *self.size, self.batch)
        weight_shape = (self.outputs, self.channels // self.groups, *self.kernel, 1)
        padding = (*self.padding, (0, 0))
        return Geometry(x_shape, weight_shape, (*self.stride, 1), padding, (*self.dilation, 1), self.groups)

    def _grid(self) -> Sizes:
        """The positions that are computed of each image: those of the output, with surplus ones where copies would be short."""
        whole = len(list(takewhile(lambda sizes: sizes[0] == sizes[1], zip(self.padded[::-1], self.out[::-1]))))
        if prod(self.out[-1 - whole :]) >= LONG_COPY or not self.has_unit_stride:
            return self.out
        wide = (self.out[0], *self.padded[1:])
        return next((grid for grid in (self.padded, wide) if prod(grid) <= SURPLUS * prod(self.out)), self.out)


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
    strides, dilations = _per_axis("stride", stride, axes), _per_axis("dilation", dilation, axes)
    pairs = tuple(p if isinstance(p, tuple) else (p, p) for p in _per_axis("padding", padding, axes, 0))
    channels = weight_shape[1] * groups
    if groups < 1 or weight_shape[0] % groups:
        raise ShapeError(f"convolution: got groups = {groups}, expected a divisor of the {weight_shape[0]} output channels")
    if x_shape[1] != channels:
        raise ShapeError(
            f"convolution: got an input of shape {x_shape}, expected {channels} channels, as the weights have shape "
            f"{weight_shape}" + (f" and groups = {groups}" if groups > 1 else "")
        )
    return Geometry(x_shape, weight_shape, strides, pairs, dilations, groups)


def _per_axis(name: str, value: Any, axes: int, least: int = 1) -> tuple:
    """An option as one value for each axis; raises ValueError for values less than `least` or another number of them."""
    values = value if isinstance(value, tuple) else (value,) * axes
    if len(values) != axes:
        raise ValueError(f"convolution: {name} must be an integer or {axes} of them, one for each axis, not {value}")
    if any(element < least for v in values for element in (v if isinstance(v, tuple) else (v,))):
        raise ValueError(f"convolution: {name} must be {least} or more, not {value}")
    return values


def _format(sizes: Sizes) -> str:
    return " × ".join(map(str, sizes))
