"""Images: Col2Im; ImageDecoder is refused."""

from math import prod
from typing import Any

import numpy as np

from autograd import ShapeError, operation
from nn.interchange.onnx_import.limits import check_size
from nn.interchange.onnx_import.registry import operator, refuse
from nn.interchange.onnx_import.values import as_integers
from nn.interchange.onnx_import.windows import one_per_axis

refuse("ImageDecoder", "it needs decoders of image files; decode the images before, for example with Pillow")


def _windows(kernel, counts, strides, dilations):
    """The index of each position of the kernel in all windows of a padded image."""
    for place in np.ndindex(*kernel):
        starts = [p * d for p, d in zip(place, dilations)]
        yield place, (..., *(slice(a, a + (n - 1) * s + 1, s) for a, n, s in zip(starts, counts, strides)))


@operation(lambda g, kernel, counts, strides, dilations: _take_columns(g, kernel, counts, strides, dilations))  # type: ignore[has-type]
def _add_columns(x, /, size, kernel, counts, strides, dilations):
    """Columns (N, C, *kernel, *counts) added up in images (N, C, *size)."""
    x = np.asarray(x)
    out = np.zeros((*x.shape[:2], *size), x.dtype)
    for place, window in _windows(kernel, counts, strides, dilations):
        out[window] += x[(slice(None), slice(None), *place)]
    return out


@operation(
    lambda g, x_shape, kernel, counts, strides, dilations: _add_columns(g, x_shape[2:], kernel, counts, strides, dilations)
)
def _take_columns(x, /, kernel, counts, strides, dilations):
    """The adjoint of `_add_columns`: the elements of each window."""
    x = np.asarray(x)
    out = np.empty((*x.shape[:2], *kernel, *counts), x.dtype)
    for place, window in _windows(kernel, counts, strides, dilations):
        out[(slice(None), slice(None), *place)] = x[window]
    return out


@operator("Col2Im", since=18)
def columns_to_images(
    x: Any, image_shape: Any, block_shape: Any, *, dilations: Any = None, pads: Any = None, strides: Any = None
) -> Any:
    """Col2Im: the sums of columns (N, C · elements of a block, number of blocks) at their places in images (N, C, *size)."""
    name, size, kernel = "Col2Im", as_integers(image_shape), tuple(as_integers(block_shape))
    axes = len(size)
    strides, dilations = one_per_axis(name, "strides", strides, axes), one_per_axis(name, "dilations", dilations, axes)
    kernel, pads = one_per_axis(name, "block_shape", kernel, axes), one_per_axis(name, "pads", pads, 2 * axes, 0, 0)
    padded = tuple(n + before + after for n, before, after in zip(size, pads[:axes], pads[axes:]))
    counts = tuple((n - d * (k - 1) - 1) // s + 1 for n, k, s, d in zip(padded, kernel, strides, dilations))
    if x.ndim != 3 or not x.shape[1] or min(counts) < 1 or x.shape[1] % prod(kernel) or x.shape[2] != prod(counts):
        raise ShapeError(
            f"{name}: got columns of shape {x.shape}, expected (N, C · {prod(kernel)}, {prod(counts)}) for images of {size}"
        )
    channels = x.shape[1] // prod(kernel)
    check_size((x.shape[0], channels, *padded))
    out = _add_columns(np.reshape(x, (x.shape[0], channels, *kernel, *counts)), padded, kernel, counts, strides, dilations)
    return out[(..., *(slice(before, before + n) for before, n in zip(pads, size)))]
