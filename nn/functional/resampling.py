"""Change the size of images and sequences: interpolation, zero padding, and channels rearranged as pixels."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import DataError, ShapeError, Tensor, broadcast_to, operation, reshape, transpose
from autograd.extend import short_repr
from nn.functional.convolution import per_axis
from nn.functional.validation import as_array_like


@operation(
    lambda g, axis, lower, upper, fraction, x_shape: _blend_transposed(  # type: ignore[has-type]
        g, axis, lower, upper, fraction, x_shape[axis]
    ),
    structure="linear",
)
def _blend(x, /, axis, lower, upper, fraction):
    """(1 − tᵢ) x[lowerᵢ] + tᵢ x[upperᵢ] along an axis counted from the end; without a fraction t, x[lowerᵢ]."""
    if fraction is None:
        return np.take(x, lower, axis=axis)
    t = np.reshape(fraction.astype(x.dtype), (-1, *[1] * (-axis - 1)))
    return np.take(x, lower, axis=axis) * (1 - t) + np.take(x, upper, axis=axis) * t


@operation(lambda g, axis, lower, upper, fraction: _blend(g, axis, lower, upper, fraction), structure="linear")
def _blend_transposed(x, /, axis, lower, upper, fraction, size):
    """The adjoint of `_blend`, as a product with its matrix, which is faster than adding elements at indices."""
    matrix = np.zeros((len(lower), size), x.dtype)
    outputs = np.arange(len(lower))
    matrix[outputs, lower] = 1 if fraction is None else 1 - fraction
    if fraction is not None:
        matrix[outputs, upper] += fraction
    return np.swapaxes(np.swapaxes(x, axis, -1) @ matrix, axis, -1)


def _positions(size: int, outputs: int, step: tuple[float, float], align_corners: bool) -> np.ndarray:
    """The position in the input of each element of the output, for linear interpolation."""
    i = np.arange(outputs)
    if align_corners:
        return i * ((size - 1) / (outputs - 1) if outputs > 1 else 0.0)
    return np.maximum((i + 0.5) * step[0] / step[1] - 0.5, 0)


def _resize(x: Any, axis: int, outputs: int, step: tuple[float, float], mode: str, align_corners: bool) -> Any:
    """Interpolate along one axis.

    step: the distance of neighboring outputs in the input, a quotient a / b; i a / b is then exact where it is an integer.
    """
    size = x.shape[axis]
    if mode == "nearest":
        index = np.minimum((np.arange(outputs) * step[0] / step[1]).astype(np.int64), size - 1)
        return _blend(x, axis, index, index, None)
    position = _positions(size, outputs, step, align_corners)
    lower = np.minimum(position.astype(np.int64), size - 1)
    return _blend(x, axis, lower, np.minimum(lower + 1, size - 1), position - lower)


def _repeat(x: Any, factors: tuple[int, ...]) -> Any:
    """Repeat each element along the last axes."""
    axes = len(factors)
    leading, sizes = x.shape[:-axes], x.shape[-axes:]
    split = reshape(x, (*leading, *(n for size in sizes for n in (size, 1))))
    repeated = broadcast_to(split, (*leading, *(n for pair in zip(sizes, factors) for n in pair)))
    return reshape(repeated, (*leading, *(size * factor for size, factor in zip(sizes, factors))))


def check_interpolation(owner: str, size: Any, scale_factor: Any, mode: str, align_corners: bool) -> None:
    """Raise ValueError or TypeError unless the options of `interpolate` are valid."""
    if mode not in ("nearest", "linear", "bilinear"):
        raise ValueError(f"{owner}: mode must be 'nearest', 'linear' or 'bilinear', not {mode!r}")
    if (size is None) == (scale_factor is None):
        raise ValueError(f"{owner}: give either size or scale_factor, not {'both' if size is not None else 'neither'}")
    if align_corners and mode == "nearest":
        raise ValueError(f"{owner}: align_corners has no meaning for mode 'nearest'")
    factors = scale_factor if isinstance(scale_factor, tuple | list) else [scale_factor]
    if size is None and not all(isinstance(f, int | float | np.number) and 0 < f < math.inf for f in factors):
        raise ValueError(f"{owner}: scale_factor must be a positive number or a pair of them, not {short_repr(scale_factor)}")


def interpolate(
    x: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool = False
) -> Tensor:
    """Resize images or sequences: out(i) = x(s (i + ½) − ½) by linear interpolation, with s = size of x / size of the output.

    x:             (N, C, L) or (N, C, H, W).
    size:          length, or height and width of the result, an integer or a pair.
    scale_factor:  instead of `size`, a factor or a pair of factors: sizes are rounded down, and s is 1 / factor; an axis that
                   keeps its size is copied, and one that doubles is doubled by "nearest", as in PyTorch.
    mode:          "nearest", x(⌊s i⌋); "linear" for (N, C, L); "bilinear" for (N, C, H, W).
    align_corners: whether the first and last elements of input and output have the same positions:
                   out(i) = x(i (n − 1) / (m − 1)) for n elements of x and m of the output.

    Raises ShapeError for another number of axes or sizes of 0, DataError for integers, ValueError for invalid options.

    PyTorch's interpolate, without the other modes; Keras's ops.image.resize, whose positions are those of align_corners=False.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.interpolate(Tensor([[[0.0, 4.0]]]), size=4, mode="linear")
    Tensor([[[0., 1., 3., 4.]]])
    """
    check_interpolation("interpolate", size, scale_factor, mode, align_corners)
    x = _as_floats("interpolate", x)
    axes = x.ndim - 2
    linear = {1: "linear", 2: "bilinear"}.get(axes)
    if axes not in (1, 2) or mode not in ("nearest", linear) or 0 in x.shape[2:]:
        expected = {"nearest": "(N, C, L) or (N, C, H, W)", "linear": "(N, C, L)", "bilinear": "(N, C, H, W)"}[mode]
        raise ShapeError(f"interpolate: got an input of shape {x.shape}, expected {expected} with sizes of 1 or more")
    sizes = x.shape[2:]
    if size is not None:
        outputs = per_axis("interpolate", "size", size, axes, 1)
        steps: list[Any] = list(zip(sizes, outputs))
    else:
        factors = scale_factor if isinstance(scale_factor, tuple | list) else (scale_factor,) * axes
        if len(factors) != axes:
            raise ValueError(f"interpolate: {axes} factors expected for an input of shape {x.shape}, got {scale_factor}")
        outputs = tuple(math.floor(n * factor) for n, factor in zip(sizes, factors))
        # PyTorch takes the quotient of the sizes where an axis keeps its size, and for "nearest" also where it doubles; for
        # nearest elements of sequences its gradient does so and its values do not.
        multiples = (1, 2) if mode == "nearest" else (1,)
        steps = [(n, m) if m in (k * n for k in multiples) else (1, f) for n, m, f in zip(sizes, outputs, factors)]
        if min(outputs) < 1:
            raise ValueError(f"interpolate: scale_factor {scale_factor} gives sizes {outputs} for an input of shape {x.shape}")
    if mode == "nearest" and all(m % n == 0 and a * m == n * b for n, m, (a, b) in zip(sizes, outputs, steps)):
        return _repeat(x, tuple(m // n for n, m in zip(sizes, outputs)))
    for axis, m, step in zip(range(-axes, 0), outputs, steps):
        x = _resize(x, axis, m, step, mode, align_corners)
    return x


def _as_floats(name: str, x: Any) -> Any:
    x = as_array_like(x)
    if x.dtype.kind != "f":
        raise DataError(f"{name}: got {x.dtype}, expected floats; convert it, for example with .astype('float64')")
    return x


def _inner(shape: tuple[int, ...], widths: tuple[tuple[int, int], ...]) -> tuple:
    """The index of the part of a padded array that is not padding."""
    return (..., *(slice(before, n - after) for n, (before, after) in zip(shape[-len(widths) :], widths)))


@operation(lambda g, widths: g[_inner(g.shape, widths)], structure="linear")
def _zero_pad(x, /, widths):
    return np.pad(x, [(0, 0)] * (x.ndim - len(widths)) + list(widths))


def padding_widths(owner: str, padding: Any, axes: int) -> tuple[tuple[int, int], ...]:
    """The numbers of zeros before and after each of the last axes; `padding` is in PyTorch's order, the last axis first."""
    numbers = tuple(padding) if isinstance(padding, Sequence) and not isinstance(padding, str) else (padding,) * (2 * axes)
    if len(numbers) != 2 * axes or not all(isinstance(n, int | np.integer) and not isinstance(n, bool) for n in numbers):
        expected = "a pair (left, right)" if axes == 1 else "four integers (left, right, top, bottom)"
        raise TypeError(f"{owner}: padding must be an integer or {expected}, not {short_repr(padding)}")
    if min(numbers) < 0:
        raise ValueError(f"{owner}: padding must be 0 or more, not {short_repr(padding)}")
    return tuple((int(numbers[2 * i]), int(numbers[2 * i + 1])) for i in reversed(range(axes)))


def zero_pad1d(x: Any, padding: Any) -> Tensor:
    """Zeros before and after sequences (N, C, L) or (C, L): padding is an integer or (left, right).

    PyTorch's pad; Keras's ZeroPadding1D, channels last.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.zero_pad1d(Tensor([[1.0, 2.0]]), (1, 0))
    Tensor([[0., 1., 2.]])
    """
    return _pad("zero_pad1d", 1, x, padding)


def zero_pad2d(x: Any, padding: Any) -> Tensor:
    """Zeros around images (N, C, H, W) or (C, H, W).

    padding: the width of the border, an integer or (left, right, top, bottom).

    Raises ShapeError for another number of axes, TypeError or ValueError for another padding.
    PyTorch's pad; Keras's ZeroPadding2D, channels last, whose order is ((top, bottom), (left, right)).

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.zero_pad2d(Tensor([[[1.0, 2.0]]]), (1, 0, 0, 1))
    Tensor([[[0., 1., 2.],
             [0., 0., 0.]]])
    """
    return _pad("zero_pad2d", 2, x, padding)


def _pad(name: str, axes: int, x: Any, padding: Any) -> Tensor:
    widths = padding_widths(name, padding, axes)
    x = as_array_like(x)
    if x.ndim not in (axes + 1, axes + 2):
        expected = "(N, C, L) or (C, L)" if axes == 1 else "(N, C, H, W) or (C, H, W)"
        raise ShapeError(f"{name}: got an input of shape {x.shape}, expected {expected}")
    return _zero_pad(x, widths)


def pixel_shuffle(x: Any, upscale_factor: int) -> Tensor:
    """Rearrange channels as pixels: (N, C r², H, W) → (N, C, r H, r W), out[c, r y + i, r x + j] = in[r² c + r i + j, y, x].

    x: (N, C r², H, W) or (C r², H, W); upscale_factor: r.

    Raises ShapeError unless r² divides the number of channels. PyTorch's pixel_shuffle; Keras has none (tf.nn.depth_to_space).
    Shi et al. (2016), Real-time single image and video super-resolution using an efficient sub-pixel convolutional network.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.pixel_shuffle(Tensor([[[[1.0]], [[2.0]], [[3.0]], [[4.0]]]]), 2)
    Tensor([[[[1., 2.],
              [3., 4.]]]])
    """
    r = per_axis("pixel_shuffle", "upscale_factor", upscale_factor, 1, 1)[0]
    x = as_array_like(x)
    if x.ndim not in (3, 4) or x.shape[-3] % r**2:
        raise ShapeError(f"pixel_shuffle: got an input of shape {x.shape}, expected (N, C, H, W) with C a multiple of {r**2}")
    *batch, channels, height, width = x.shape
    split = reshape(x, (*batch, channels // r**2, r, r, height, width))
    return reshape(_reorder_last(split, (0, 3, 1, 4, 2)), (*batch, channels // r**2, r * height, r * width))


def pixel_unshuffle(x: Any, downscale_factor: int) -> Tensor:
    """Rearrange pixels as channels, the inverse of `pixel_shuffle`: (N, C, r H, r W) → (N, C r², H, W).

    Raises ShapeError unless r divides height and width. PyTorch's pixel_unshuffle; Keras has none (tf.nn.space_to_depth).

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.pixel_unshuffle(Tensor([[[[1.0, 2.0], [3.0, 4.0]]]]), 2).shape
    (1, 4, 1, 1)
    """
    r = per_axis("pixel_unshuffle", "downscale_factor", downscale_factor, 1, 1)[0]
    x = as_array_like(x)
    if x.ndim not in (3, 4) or x.shape[-1] % r or x.shape[-2] % r:
        raise ShapeError(
            f"pixel_unshuffle: got an input of shape {x.shape}, expected (N, C, H, W) with H and W multiples of {r}"
        )
    *batch, channels, height, width = x.shape
    split = reshape(x, (*batch, channels, height // r, r, width // r, r))
    return reshape(_reorder_last(split, (0, 2, 4, 1, 3)), (*batch, channels * r**2, height // r, width // r))


def _reorder_last(x: Any, order: tuple[int, ...]) -> Any:
    """Permute the last axes."""
    first = x.ndim - len(order)
    return transpose(x, (*range(first), *(first + axis for axis in order)))
