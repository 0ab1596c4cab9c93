"""Elements at positions between those of an array: GridSample, AffineGrid and DeformConv."""

from collections.abc import Callable, Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np

from autograd import ShapeError
from nn.interchange.onnx_import.limits import check_size
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.values import as_array, as_integers
from nn.interchange.onnx_import.windows import one_per_axis

Fold = Callable[[np.ndarray, int], tuple[np.ndarray, Any]]


def _zeros(index: np.ndarray, size: int) -> tuple[np.ndarray, Any]:
    """The index inside of an axis, and whether it was inside."""
    return np.clip(index, 0, size - 1), (index >= 0) & (index < size)


def _border(index: np.ndarray, size: int) -> tuple[np.ndarray, Any]:
    """The nearest index inside of an axis."""
    return np.clip(index, 0, size - 1), None


def _reflection(align_corners: int) -> Fold:
    """Indices reflected into an axis at its first and last elements, or at their outer edges."""

    def fold(index: np.ndarray, size: int) -> tuple[np.ndarray, Any]:
        period = max(2 * (size - 1), 1) if align_corners else 2 * size
        index = index % period
        return np.where(index < size, index, period - index - (0 if align_corners else 1)).clip(0, size - 1), None

    return fold


def _taps(position: Any, mode: str) -> list[tuple[np.ndarray, Any]]:
    """The indices around a position along one axis, with their weights."""
    values = as_array(position)
    if mode == "nearest":
        return [(np.rint(values).astype(np.int64), None)]
    base = np.floor(values)
    t, first = position - base, base.astype(np.int64)
    if mode == "linear":
        return [(first, 1 - t), (first + 1, t)]
    a = -0.75  # the cubic convolution of Keys (1981)
    distances: list[tuple[int, Any, bool]] = [(-1, 1 + t, False), (0, t, True), (1, 1 - t, True), (2, 2 - t, False)]
    return [
        (
            first + shift,
            ((a + 2) * d - (a + 3)) * d * d + 1 if is_near else ((a * d - 5 * a) * d + 8 * a) * d - 4 * a,
        )
        for shift, d, is_near in distances
    ]


def sample(x: Any, positions: Sequence[Any], mode: str, fold: Fold) -> Any:
    """The values of x (N, *size, C) at positions (N, Q), one for each axis of the size: (N, Q, C).

    fold: takes indices outside of an axis into it, and says which of them count as 0.
    """
    size, batch = x.shape[1:-1], x.shape[0]
    flat = np.reshape(x, (batch, prod(size), x.shape[-1]))
    rows = np.arange(batch)[:, None]
    out: Any = 0
    for corner in product(*(_taps(position, mode) for position in positions)):
        index: Any = 0
        weight: Any = None
        for (raw, factor), n in zip(corner, size):
            inside, is_inside = fold(raw, n)
            index = index * n + inside
            if is_inside is not None:
                factor = is_inside.astype(x.dtype) if factor is None else factor * is_inside
            if factor is not None:
                weight = factor if weight is None else weight * factor
        values = flat[rows, index]
        out = out + (values if weight is None else values * np.expand_dims(weight, -1))
    return out


@operator("GridSample", since=16, buffers=(1,))
def grid_sample(x: Any, grid: Any, *, align_corners: int = 0, mode: str = "linear", padding_mode: str = "zeros") -> Any:
    """GridSample: x (N, C, *size) at the positions of a grid (N, *outputs, axes), in coordinates from −1 to 1."""
    modes = {"bilinear": "linear", "bicubic": "cubic"}
    mode = modes.get(mode, mode)
    folds = {"zeros": _zeros, "border": _border, "reflection": _reflection(align_corners)}
    if mode not in ("nearest", "linear", "cubic") or padding_mode not in folds:
        raise ValueError(f"GridSample: unknown mode {mode!r} or padding_mode {padding_mode!r}")
    size, axes = x.shape[2:], x.ndim - 2
    if grid.ndim != x.ndim or grid.shape[0] != x.shape[0] or grid.shape[-1] != axes or 0 in size:
        raise ShapeError(f"GridSample: got an input of shape {x.shape} and a grid of shape {grid.shape}")
    outputs = grid.shape[1:-1]
    check_size((*x.shape[:2], *outputs))
    coordinates = np.reshape(grid, (grid.shape[0], prod(outputs), axes))
    positions = []
    for k, n in enumerate(size):
        normalized = coordinates[..., axes - 1 - k]  # the last axis has the first coordinate
        positions.append((normalized + 1) * ((n - 1) / 2) if align_corners else ((normalized + 1) * n - 1) / 2)
    out = sample(np.moveaxis(x, 1, -1), positions, mode, folds[padding_mode])
    return np.reshape(np.swapaxes(out, 1, 2), (*x.shape[:2], *outputs))


@operator("AffineGrid", since=20)
def affine_grid(theta: Any, size: Any, *, align_corners: int = 0) -> Any:
    """AffineGrid: the grid of positions of an affine map θ (N, axes, axes + 1), for GridSample."""
    _, _, *sizes = as_integers(size)
    if theta.ndim != 3 or theta.shape[1:] != (len(sizes), len(sizes) + 1):
        raise ShapeError(f"AffineGrid: got θ of shape {theta.shape} for {len(sizes)} axes of size {sizes}")
    check_size((theta.shape[0], *sizes, len(sizes) + 1))
    steps = [np.linspace(-1, 1, n) if align_corners else (2 * np.arange(n) + 1) / n - 1 for n in sizes]
    mesh = np.meshgrid(*steps, indexing="ij")
    homogeneous = np.stack([*mesh[::-1], np.ones(sizes)], axis=-1).reshape(-1, len(sizes) + 1).astype(theta.dtype)
    return np.reshape(homogeneous @ np.swapaxes(theta, 1, 2), (theta.shape[0], *sizes, len(sizes)))


@operator("DeformConv", since=19)
def convolve_deformed(
    x: Any,
    weight: Any,
    offset: Any,
    bias: Any = None,
    mask: Any = None,
    *,
    dilations: Any = None,
    group: int = 1,
    kernel_shape: Any = None,
    offset_group: int = 1,
    pads: Any = None,
    strides: Any = None,
) -> Any:
    """DeformConv: a convolution whose windows have their elements at positions shifted by offsets, between the elements of x.

    Dai et al. (2017), Deformable convolutional networks; with the mask of Zhu et al. (2019).
    """
    name, axes = "DeformConv", x.ndim - 2
    strides, dilations = one_per_axis(name, "strides", strides, axes), one_per_axis(name, "dilations", dilations, axes)
    pads = one_per_axis(name, "pads", pads, 2 * axes, 0, 0)
    kernel, (batch, channels, *size) = weight.shape[2:], x.shape
    outputs = [
        (n + before + after - d * (k - 1) - 1) // s + 1
        for n, before, after, d, k, s in zip(size, pads[:axes], pads[axes:], dilations, kernel, strides)
    ]
    count, places = prod(kernel), prod(outputs)
    if offset.shape != (batch, offset_group * count * axes, *outputs) or channels % offset_group or weight.shape[0] % group:
        raise ShapeError(
            f"{name}: got an input of shape {x.shape}, weights {weight.shape} and offsets {offset.shape}, "
            f"expected offsets ({batch}, {offset_group * count * axes}, {outputs})"
        )
    if channels != weight.shape[1] * group:
        raise ShapeError(f"{name}: got an input of shape {x.shape} and weights of shape {weight.shape} in {group} groups")
    check_size((batch, channels, count, places))
    starts = np.meshgrid(*(np.arange(n) * s - before for n, s, before in zip(outputs, strides, pads)), indexing="ij")
    elements = np.meshgrid(*(np.arange(k) * d for k, d in zip(kernel, dilations)), indexing="ij")
    shifts = np.reshape(offset, (batch * offset_group, count, axes, places))
    positions = [
        np.reshape(shifts[:, :, axis] + (element.reshape(-1, 1) + start.reshape(1, -1)).astype(x.dtype), (-1, count * places))
        for axis, (start, element) in enumerate(zip(starts, elements))
    ]
    images = np.reshape(x, (batch * offset_group, channels // offset_group, *size))
    columns = sample(np.moveaxis(images, 1, -1), positions, "linear", _zeros)
    if mask is not None:
        columns = columns * np.reshape(mask, (batch * offset_group, count * places, 1))
    columns = np.reshape(np.swapaxes(columns, 1, 2), (batch, group, channels // group * count, places))
    filters = np.reshape(weight, (group, weight.shape[0] // group, weight.shape[1] * count))
    out = np.reshape(filters @ columns, (batch, weight.shape[0], *outputs))
    return out if bias is None else out + np.reshape(bias, (-1, *[1] * axes))
