"""Convolution and transposed convolution along one, two or three axes."""

from typing import Any

import numpy as np

from autograd import ShapeError, Tensor, convolution, convolution_transpose, reshape
from nn.functional.validation import as_array_like
from nn.validation import unknown_name

#: The names of the axes after the channels, by their number.
AXES = {1: "L", 2: "H, W", 3: "D, H, W"}
#: Padding modes, PyTorch's names, and the modes of np.pad.
PADDING_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}

Sizes = int | tuple[int, ...]
Padding = str | int | tuple[Any, ...]


def conv1d(
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> Tensor:
    """Convolution of sequences (N, C, L); arguments as for `conv2d`.

    weight: (out, C / groups, k). PyTorch's conv1d.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.conv1d(Tensor([[[1.0, 2.0, 4.0]]]), Tensor([[[-1.0, 1.0]]]))
    Tensor([[[1., 2.]]])
    """
    return _convolve("conv1d", 1, x, weight, bias, stride, padding, dilation, groups, padding_mode)


def conv2d(
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> Tensor:
    """Convolution of images (N, C, H, W): outₙₒₚ = Σ꜀ₖ wₒ꜀ₖ xₙ꜀,ₛₚ₊ₖ + bₒ, without turning the kernel (a cross-correlation).

    weight:   (out, C / groups, kh, kw); bias: (out,) or None.
    stride:   the distance s of the windows: an integer, or one for each axis.
    padding:  elements before and after each axis: an integer, one for each axis, or pairs (before, after); "valid" for 0;
              "same" for an output of the input's size, which needs stride 1. An odd sum has its larger half after the axis.
    dilation: the distance of the elements of a window.
    groups:   the channels are divided into so many groups, each with its own outputs; C for a depthwise convolution.
    padding_mode: the elements outside: "zeros", "reflect" (mirrored at the edge element), "replicate" (the edge element), or
                  "circular" (from the other side).

    Raises ShapeError unless the channels match, groups divides them, and the kernel fits into the padded input.

    PyTorch's conv2d. Keras's ops.conv has images (N, H, W, C) and weights (kh, kw, C / groups, out), and its "same" also allows
    strides.

    >>> import nn
    >>> import numpy as np
    >>> nn.functional.conv2d(np.ones((1, 2, 5, 5)), np.ones((3, 2, 3, 3)), padding="same").shape
    (1, 3, 5, 5)
    """
    return _convolve("conv2d", 2, x, weight, bias, stride, padding, dilation, groups, padding_mode)


def conv3d(
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> Tensor:
    """Convolution of volumes (N, C, D, H, W); arguments as for `conv2d`.

    weight: (out, C / groups, kd, kh, kw). PyTorch's conv3d.

    >>> import nn
    >>> import numpy as np
    >>> nn.functional.conv3d(np.ones((1, 1, 3, 3, 3)), np.ones((2, 1, 2, 2, 2))).shape
    (1, 2, 2, 2, 2)
    """
    return _convolve("conv3d", 3, x, weight, bias, stride, padding, dilation, groups, padding_mode)


def conv_transpose1d(
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """Transposed convolution of sequences (N, C, L); arguments as for `conv_transpose2d`.

    weight: (C, out / groups, k). PyTorch's conv_transpose1d.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.conv_transpose1d(Tensor([[[1.0, 2.0]]]), Tensor([[[1.0, 10.0]]]), stride=2)
    Tensor([[[ 1., 10.,  2., 20.]]])
    """
    return _transpose("conv_transpose1d", 1, x, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose2d(
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """Transposed convolution of images (N, C, H, W): outₙₒ,ₛₚ₊ₖ += Σ꜀ w꜀ₒₖ xₙ꜀ₚ, the gradient of a convolution by its input.

    weight:         (C, out / groups, kh, kw); bias: (out,) or None.
    stride, padding, dilation, groups: those of the convolution. The size along an axis becomes
                    (size − 1) stride − 2 padding + dilation (kernel − 1) + output_padding + 1.
    output_padding: elements added after each axis, less than the stride or the dilation: with a stride several inputs of a
                    convolution have outputs of one size, and this chooses among them.

    Raises ShapeError unless the channels match and groups divides them. PyTorch's conv_transpose2d; Keras's ops.conv_transpose,
    with images (N, H, W, C) and weights (kh, kw, out / groups, C).

    >>> import nn
    >>> import numpy as np
    >>> nn.functional.conv_transpose2d(np.ones((1, 4, 5, 5)), np.ones((4, 2, 3, 3)), stride=2).shape
    (1, 2, 11, 11)
    """
    return _transpose("conv_transpose2d", 2, x, weight, bias, stride, padding, output_padding, groups, dilation)


def _convolve(
    name: str,
    axes: int,
    x: Any,
    weight: Any,
    bias: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
    padding_mode: str,
) -> Any:
    x, weight = _as_images(name, axes, x, weight, "(out, C / groups", "C")
    if type(padding) is str or padding_mode != "zeros":
        pairs = _pairs(name, padding, weight.shape[2:], per_axis(name, "dilation", dilation, axes), stride)
        if padding_mode not in PADDING_MODES:
            raise unknown_name("padding mode", padding_mode, PADDING_MODES)
        if padding_mode == "zeros":
            padding = pairs
        else:
            x, padding = np.pad(x, ((0, 0), (0, 0), *pairs), PADDING_MODES[padding_mode]), 0  # type: ignore[call-overload]
    stride, padding, dilation = (tuple(n) if type(n) is list else n for n in (stride, padding, dilation))
    return convolution(x, weight, bias, stride, padding, dilation, groups)


def _pairs(name: str, padding: Any, kernel: tuple[int, ...], dilation: tuple[int, ...], stride: Any) -> tuple:
    """The padding as a pair (before, after) for each axis."""
    if padding == "valid":
        return ((0, 0),) * len(kernel)
    if padding == "same":
        if set(per_axis(name, "stride", stride, len(kernel))) != {1}:
            raise ValueError(f'{name}: padding "same" needs stride 1, not {stride}; give the padding as numbers')
        totals = [d * (k - 1) for k, d in zip(kernel, dilation)]
        return tuple((total // 2, total - total // 2) for total in totals)
    if isinstance(padding, str):
        raise ValueError(f'{name}: padding must be numbers, "same" or "valid", not {padding!r}')
    return tuple(p if isinstance(p, tuple | list) else (p, p) for p in per_axis(name, "padding", padding, len(kernel), 0))


def per_axis(name: str, option: str, value: Any, axes: int, least: int = 1) -> tuple:
    """An option as one value for each axis; raises ValueError for another number of values or one less than `least`."""
    values = tuple(value) if isinstance(value, tuple | list) else (value,) * axes
    if len(values) != axes:
        raise ValueError(f"{name}: {option} must be an integer or {axes} of them, one for each axis, not {value}")
    for number in (n for v in values for n in (v if isinstance(v, tuple | list) else (v,))):
        if not isinstance(number, int | np.integer) or isinstance(number, bool):
            raise TypeError(f"{name}: {option} must be an integer or {axes} of them, not {value!r}")
        if number < least:
            raise ValueError(f"{name}: {option} must be {least} or more, not {value}")
    return values


def _as_images(name: str, axes: int, x: Any, weight: Any, expected_weight: str, channels: str) -> tuple[Any, Any]:
    x, weight = as_array_like(x), as_array_like(weight)
    if x.ndim != axes + 2:
        raise ShapeError(f"{name}: got an input of shape {x.shape}, expected (N, {channels}, {AXES[axes]})")
    if weight.ndim != axes + 2:
        kernel = ", ".join("kdkhkw"[6 - 2 * axes :][2 * i : 2 * i + 2] for i in range(axes)) if axes > 1 else "k"
        raise ShapeError(f"{name}: got weights of shape {weight.shape}, expected {expected_weight}, {kernel})")
    return x, weight


def _transpose(
    name: str,
    axes: int,
    x: Any,
    weight: Any,
    bias: Any,
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: int,
    dilation: Any,
) -> Any:
    x, weight = _as_images(name, axes, x, weight, "(C, out / groups", "C")
    stride, dilation = (per_axis(name, n, v, axes) for n, v in (("stride", stride), ("dilation", dilation)))
    padding, surplus = (per_axis(name, n, v, axes, 0) for n, v in (("padding", padding), ("output_padding", output_padding)))
    if any(extra >= max(s, d) for extra, s, d in zip(surplus, stride, dilation)):
        raise ValueError(f"{name}: output_padding must be less than the stride or the dilation, not {output_padding}")
    if x.shape[1] != weight.shape[0]:
        raise ShapeError(
            f"{name}: got an input of shape {x.shape}, expected {weight.shape[0]} channels, as the weights have shape "
            f"{weight.shape}"
        )
    pairs = tuple((p, max(p - extra, 0)) for p, extra in zip(padding, surplus))
    beyond = [max(extra - p, 0) for p, extra in zip(padding, surplus)]  # elements that no product reaches
    size = tuple(
        (n - 1) * s + d * (k - 1) + 1 - before - after
        for n, s, d, k, (before, after) in zip(x.shape[2:], stride, dilation, weight.shape[2:], pairs)
    )
    if min(size) < 1:
        raise ShapeError(f"{name}: got an input of shape {x.shape} and padding {padding}, which leave no elements")
    out = convolution_transpose(x, weight, size, stride, pairs, dilation, groups)
    if any(beyond):
        out = np.pad(out, ((0, 0), (0, 0), *((0, n) for n in beyond)))
    return out if bias is None else out + reshape(bias, (-1, *[1] * axes))
