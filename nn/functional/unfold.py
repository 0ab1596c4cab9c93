"""Windows of images as columns, and the adjoint, which adds columns to images."""

import math
from typing import Any

import numpy as np

from autograd import ShapeError, Tensor, operation
from nn.functional.convolution import per_axis

Sizes = int | tuple[int, ...]


def _unfold_gradient(g, x_shape, kernel, dilation, padding, stride):
    return _fold(g, x_shape[2:], kernel, dilation, padding, stride)


@operation(_unfold_gradient, structure="linear")
def _unfold(x, /, kernel, dilation, padding, stride):
    x = np.pad(np.asarray(x), ((0, 0), (0, 0), *((p, p) for p in padding)))
    windows = [x[_window(position, x.shape[2:], kernel, dilation, stride)] for position in np.ndindex(*kernel)]
    count = math.prod(windows[0].shape[2:])  # -1 for it would be ambiguous in an empty batch
    return np.stack(windows, axis=2).reshape(x.shape[0], x.shape[1] * len(windows), count)


@operation(lambda g, kernel, dilation, padding, stride: _unfold(g, kernel, dilation, padding, stride), structure="linear")
def _fold(x, /, size, kernel, dilation, padding, stride):
    x = np.asarray(x)
    padded = tuple(n + 2 * p for n, p in zip(size, padding))
    out = np.zeros((x.shape[0], x.shape[1] // (kernel[0] * kernel[1]), *padded), x.dtype)
    columns = x.reshape(*out.shape[:2], *kernel, *_positions(padded, kernel, dilation, stride))
    for i, j in np.ndindex(*kernel):
        out[_window((i, j), padded, kernel, dilation, stride)] += columns[:, :, i, j]
    return out[(slice(None), slice(None), *(slice(p, p + n) for n, p in zip(size, padding)))]


def _positions(padded, kernel, dilation, stride):
    """The number of windows along each axis."""
    return tuple((n - d * (k - 1) - 1) // s + 1 for n, k, d, s in zip(padded, kernel, dilation, stride))


def _window(position, padded, kernel, dilation, stride):
    """The index of one position of the kernel in all windows."""
    counts = _positions(padded, kernel, dilation, stride)
    starts = [p * d for p, d in zip(position, dilation)]
    return (slice(None), slice(None), *(slice(i, i + (n - 1) * s + 1, s) for i, n, s in zip(starts, counts, stride)))


def unfold(x: Any, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1) -> Tensor:
    """Windows of images (N, C, H, W) as columns (N, C · kh · kw, number of windows), known as im2col.

    kernel_size, dilation, padding, stride: integers, or one for each axis, as for `conv2d`.

    A convolution is a product of its weights with these columns. Raises ShapeError for other inputs and if no window fits.
    PyTorch's unfold; Keras's ops.image.extract_patches, with channels last.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.unfold(Tensor([[[[1.0, 2.0, 3.0]]]]), (1, 2))
    Tensor([[[1., 2.],
             [2., 3.]]])
    """
    x = x if isinstance(x, Tensor | np.ndarray) else Tensor(x)
    options = _options("unfold", kernel_size, dilation, padding, stride)
    if x.ndim != 4:
        raise ShapeError(f"unfold: got an input of shape {x.shape}, expected (N, C, H, W)")
    _count("unfold", x.shape[2:], options)
    return _unfold(x, *options)


def fold(x: Any, output_size: Sizes, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1) -> Tensor:
    """Images (N, C, *output_size) as the sums of columns (N, C · kh · kw, number of windows): the adjoint of `unfold`.

    output_size: size of the images, an integer or one for each axis; the other arguments are those of `unfold`.

    Where windows overlap, their elements add up. Raises ShapeError for another number of columns.
    PyTorch's fold; Keras has none.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.fold(Tensor([[[1.0, 2.0], [2.0, 3.0]]]), (1, 3), (1, 2))
    Tensor([[[[1., 4., 3.]]]])
    """
    x = x if isinstance(x, Tensor | np.ndarray) else Tensor(x)
    size, options = per_axis("fold", "output_size", output_size, 2), _options("fold", kernel_size, dilation, padding, stride)
    elements, count = options[0][0] * options[0][1], _count("fold", size, options)
    if x.ndim != 3 or x.shape[1] % elements or x.shape[2] != count:
        raise ShapeError(f"fold: got columns of shape {x.shape}, expected (N, C · {elements}, {count}) for size {size}")
    return _fold(x, size, *options)


def _options(name: str, kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> tuple[tuple, tuple, tuple, tuple]:
    return (
        per_axis(name, "kernel_size", kernel_size, 2),
        per_axis(name, "dilation", dilation, 2),
        per_axis(name, "padding", padding, 2, 0),
        per_axis(name, "stride", stride, 2),
    )


def _count(name: str, size: tuple[int, ...], options: tuple[tuple, tuple, tuple, tuple]) -> int:
    """The number of windows in an image; raises ShapeError if there is none."""
    kernel, dilation, padding, stride = options
    counts = _positions([n + 2 * p for n, p in zip(size, padding)], kernel, dilation, stride)
    if min(counts) < 1:
        raise ShapeError(f"{name}: got a kernel of size {kernel} for images of size {size} with padding {padding}; none fits")
    return counts[0] * counts[1]
