"""Pooling: AveragePool, MaxPool, LpPool, their global forms, and MaxUnpool."""

from functools import reduce
from math import prod
from typing import Any

import numpy as np

from autograd import ShapeError
from nn.functional.pooling import max_windows, sum_windows
from nn.functional.windows import Windows, indices
from nn.interchange.onnx_import.limits import check_size
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.values import as_array, as_integers
from nn.interchange.onnx_import.windows import Pairs, element_counts, one_per_axis, padding_pairs, windows_of


def _windows(
    owner: str, x: Any, kernel_shape: Any, strides: Any, pads: Any, dilations: Any, auto_pad: str, ceil_mode: int
) -> tuple[tuple[Windows, ...], Pairs]:
    """The windows along the axes after the channels, and the padding before and after each."""
    axes = x.ndim - 2
    if axes < 1 or kernel_shape is None:
        raise ShapeError(f"{owner}: got an input of shape {x.shape} and kernel {kernel_shape}, expected (N, C, *size)")
    kernel = one_per_axis(owner, "kernel_shape", kernel_shape, axes)
    strides, dilations = one_per_axis(owner, "strides", strides, axes), one_per_axis(owner, "dilations", dilations, axes)
    extent = [d * (k - 1) + 1 for k, d in zip(kernel, dilations)]
    pairs = padding_pairs(owner, x.shape[2:], extent, strides, pads, auto_pad)
    is_rounded_up = bool(ceil_mode) and auto_pad in ("NOTSET", "")
    windows = windows_of(owner, x.shape[2:], kernel, strides, pairs, dilations, is_rounded_up)
    check_size((*x.shape[:2], *(along.outputs for along in windows)), x.dtype.itemsize)
    return windows, pairs


@operator("AveragePool", since=1)
def average_pool(
    x: Any,
    *,
    auto_pad: str = "NOTSET",
    ceil_mode: int = 0,
    count_include_pad: int = 0,
    dilations: Any = None,
    kernel_shape: Any = None,
    pads: Any = None,
    strides: Any = None,
) -> Any:
    """AveragePool: the sum over windows divided by the number of elements, with or without those of the padding."""
    windows, pairs = _windows("AveragePool", x, kernel_shape, strides, pads, dilations, auto_pad, ceil_mode)
    borders = pairs if count_include_pad else ((0, 0),) * len(pairs)
    counts = [element_counts(along, *border) for along, border in zip(windows, borders)]
    if all((numbers == along.kernel).all() for numbers, along in zip(counts, windows)):
        return sum_windows(x, windows) / prod(along.kernel for along in windows)
    return sum_windows(x, windows) / reduce(np.multiply.outer, counts).astype(x.dtype)


@operator("LpPool", since=1)
def lp_pool(
    x: Any,
    *,
    auto_pad: str = "NOTSET",
    ceil_mode: int = 0,
    dilations: Any = None,
    kernel_shape: Any = None,
    p: float = 2,
    pads: Any = None,
    strides: Any = None,
) -> Any:
    """LpPool: (Σ |x|ᵖ)^(1 / p) of each window."""
    windows, _ = _windows("LpPool", x, kernel_shape, strides, pads, dilations, auto_pad, ceil_mode)
    return _root(sum_windows(_power(x, p), windows), p)


def _power(x: Any, p: float) -> Any:
    return x * x if p == 2 else np.abs(x) if p == 1 else np.abs(x) ** p


def _root(x: Any, p: float) -> Any:
    return np.sqrt(x) if p == 2 else x if p == 1 else x ** (1 / p)


@operator("MaxPool", since=1)
def max_pool(
    x: Any,
    *,
    outputs: int = 1,
    auto_pad: str = "NOTSET",
    ceil_mode: int = 0,
    dilations: Any = None,
    kernel_shape: Any = None,
    pads: Any = None,
    storage_order: int = 0,
    strides: Any = None,
) -> Any:
    """MaxPool: the largest element of each window and, if asked for, its index in the flat input."""
    windows, _ = _windows("MaxPool", x, kernel_shape, strides, pads, dilations, auto_pad, ceil_mode)
    if x.dtype.kind == "f":
        out = max_windows(x, windows)
    else:
        array = as_array(x)
        out = max_windows(array.astype(np.float32), windows).astype(array.dtype)  # 8 bits: exact
    return (out, _positions_of_maxima(as_array(x), windows, storage_order)) if outputs > 1 else out


def _positions_of_maxima(x: np.ndarray, windows: tuple[Windows, ...], storage_order: int) -> np.ndarray:
    """The index of the first largest element of each window in the flat input; column by column for the storage order 1."""
    size = x.shape[2:]
    positions = np.reshape(np.arange(prod(size)), size, order="F" if storage_order else "C")
    out = np.zeros((*x.shape[:2], *(along.outputs for along in windows)), np.int64)
    largest: Any = np.zeros(out.shape, x.dtype)
    is_empty = np.ones(out.shape[2:], bool)
    for window, elements in indices(windows):
        is_larger = (x[elements] > largest[window]) | is_empty[window]
        largest[window] = np.where(is_larger, x[elements], largest[window])
        out[window] = np.where(is_larger, positions[elements], out[window])
        is_empty[window] = False
    return out + np.reshape(np.arange(x.shape[0] * x.shape[1]) * prod(size), (*x.shape[:2], *[1] * len(size)))


@operator("GlobalAveragePool", since=1)
def global_average_pool(x: Any) -> Any:
    """GlobalAveragePool: the mean over all axes after the channels."""
    return np.mean(x, axis=tuple(range(2, x.ndim)), keepdims=True)


@operator("GlobalMaxPool", since=1)
def global_max_pool(x: Any) -> Any:
    """GlobalMaxPool: the largest element over all axes after the channels."""
    return np.max(x, axis=tuple(range(2, x.ndim)), keepdims=True)


@operator("GlobalLpPool", since=1)
def global_lp_pool(x: Any, *, p: float = 2) -> Any:
    """GlobalLpPool: (Σ |x|ᵖ)^(1 / p) over all axes after the channels."""
    return _root(np.sum(_power(x, p), axis=tuple(range(2, x.ndim)), keepdims=True), p)


@operator("MaxUnpool", since=9)
def max_unpool(
    x: Any, positions: Any, output_shape: Any = None, *, kernel_shape: Any, pads: Any = None, strides: Any = None
) -> Any:
    """MaxUnpool: the elements of x at the positions from which MaxPool took them, and 0 elsewhere."""
    axes = x.ndim - 2
    kernel, strides = (
        one_per_axis("MaxUnpool", name, values, axes) for name, values in (("kernel_shape", kernel_shape), ("strides", strides))
    )
    pads = one_per_axis("MaxUnpool", "pads", pads, 2 * axes, 0, 0)
    sizes = [(n - 1) * s + k - a - b for n, s, k, a, b in zip(x.shape[2:], strides, kernel, pads[:axes], pads[axes:])]
    shape = check_size((*x.shape[:2], *sizes))
    positions = as_array(positions).ravel()
    if positions.size != x.size or (positions.size and not 0 <= positions.min() <= positions.max() < prod(shape)):
        raise ShapeError(
            f"MaxUnpool: got {positions.size} positions for an input of shape {x.shape}, expected one for each element "
            f"in a result of shape {shape}"
        )
    # A gather from x and a zero, by the inverse of the positions, has a gradient; an assignment at them has none.
    sources = np.full(prod(shape), x.size)
    sources[positions] = np.arange(x.size)
    flat = np.concatenate([np.reshape(x, (-1,)), np.zeros(1, x.dtype)])
    out = np.reshape(flat[sources], shape)
    if output_shape is None:
        return out
    larger = check_size(as_integers(output_shape), x.dtype.itemsize)
    return np.pad(out, [(0, m - n) for n, m in zip(shape, larger)])
