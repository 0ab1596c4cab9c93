"""Convolutions: Conv, ConvTranspose, ConvInteger, CausalConvWithState."""

from typing import Any

import numpy as np

from autograd import ShapeError, convolution, convolution_transpose
from nn.functional.activations.smooth_rectifiers import silu
from nn.interchange.onnx_import.limits import check_size
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.windows import one_per_axis, padding_pairs, split_padding


@operator("Conv", since=1)
def convolve(
    x: Any,
    weight: Any,
    bias: Any = None,
    *,
    auto_pad: str = "NOTSET",
    dilations: Any = None,
    group: int = 1,
    kernel_shape: Any = None,
    pads: Any = None,
    strides: Any = None,
) -> Any:
    """Conv: our convolution, whose weights have the same layout."""
    axes = _check_kernel("Conv", x, weight, kernel_shape)
    strides, dilations = one_per_axis("Conv", "strides", strides, axes), one_per_axis("Conv", "dilations", dilations, axes)
    extent = [d * (k - 1) + 1 for k, d in zip(weight.shape[2:], dilations)]
    pairs = padding_pairs("Conv", x.shape[2:], extent, strides, pads, auto_pad)
    padded = [n + before + after for n, (before, after) in zip(x.shape[2:], pairs)]
    check_size((*x.shape[:2], *padded), x.dtype.itemsize)
    check_size((x.shape[0], weight.shape[0], *((n - e) // s + 1 for n, e, s in zip(padded, extent, strides) if n >= e)))
    return convolution(x, weight, bias, strides, pairs, dilations, group)


def _check_kernel(owner: str, x: Any, weight: Any, kernel_shape: Any) -> int:
    """The number of axes after the channels; raises ShapeError unless the shapes of input, weights and attribute agree."""
    if x.ndim < 3 or weight.ndim != x.ndim or (kernel_shape is not None and tuple(kernel_shape) != weight.shape[2:]):
        expected = "weights with as many axes" if kernel_shape is None else f"weights with the kernel {list(kernel_shape)}"
        raise ShapeError(f"{owner}: got an input of shape {x.shape} and weights of shape {weight.shape}, expected {expected}")
    return x.ndim - 2


@operator("ConvTranspose", since=1)
def convolve_transpose(
    x: Any,
    weight: Any,
    bias: Any = None,
    *,
    auto_pad: str = "NOTSET",
    dilations: Any = None,
    group: int = 1,
    kernel_shape: Any = None,
    output_padding: Any = None,
    output_shape: Any = None,
    pads: Any = None,
    strides: Any = None,
) -> Any:
    """ConvTranspose: our transposed convolution; an output size that is asked for decides about the padding."""
    name = "ConvTranspose"
    axes = _check_kernel(name, x, weight, kernel_shape)
    strides, dilations = one_per_axis(name, "strides", strides, axes), one_per_axis(name, "dilations", dilations, axes)
    surplus = one_per_axis(name, "output_padding", output_padding, axes, 0, 0)
    if x.shape[1] != weight.shape[0] or weight.shape[0] % group:
        raise ShapeError(f"{name}: got an input of shape {x.shape} and weights of shape {weight.shape} in {group} groups")
    reach = [(n - 1) * s + d * (k - 1) + 1 for n, s, d, k in zip(x.shape[2:], strides, dilations, weight.shape[2:])]
    if output_shape is None and auto_pad in ("SAME_UPPER", "SAME_LOWER"):
        output_shape = [n * s for n, s in zip(x.shape[2:], strides)]
    if output_shape is None:
        pairs = padding_pairs(name, x.shape[2:], [], strides, pads, auto_pad)
    else:
        sizes = one_per_axis(name, "output_shape", list(output_shape)[-axes:], axes)
        pairs = tuple(split_padding(r + extra - size, auto_pad) for r, extra, size in zip(reach, surplus, sizes))
    # Padding cuts elements away; less than 0 of it adds elements that no product reaches.
    cut = tuple((before, after - extra) for (before, after), extra in zip(pairs, surplus))
    pairs = tuple((max(before, 0), max(after, 0)) for before, after in cut)
    beyond = tuple((max(-before, 0), max(-after, 0)) for before, after in cut)
    size = tuple(r - before - after for r, (before, after) in zip(reach, pairs))
    if min(size) < 1:
        raise ShapeError(f"{name}: got an input of shape {x.shape} and padding {pairs}, which leave no elements")
    check_size((x.shape[0], weight.shape[1] * group, *(r + sum(extra) for r, extra in zip(reach, beyond))), x.dtype.itemsize)
    out = convolution_transpose(x, weight, size, strides, pairs, dilations, group)
    if any(map(any, beyond)):
        out = np.pad(out, ((0, 0), (0, 0), *beyond))
    return out if bias is None else out + np.reshape(bias, (-1, *[1] * axes))


@operator("ConvInteger", since=1)
def convolve_integers(
    x: Any,
    weight: Any,
    x_zero_point: Any = None,
    weight_zero_point: Any = None,
    *,
    auto_pad: str = "NOTSET",
    dilations: Any = None,
    group: int = 1,
    kernel_shape: Any = None,
    pads: Any = None,
    strides: Any = None,
) -> Any:
    """ConvInteger: the convolution of integers less their zero points, exact, as int32."""
    # Products of 8 bits are exact in float64 up to sums of 2³⁷ of them, and its matrix products are the fast ones.
    x, weight = np.asarray(x, np.float64), np.asarray(weight, np.float64)
    x = x - (0 if x_zero_point is None else np.asarray(x_zero_point, np.float64))
    if weight_zero_point is not None:
        weight = weight - np.reshape(np.asarray(weight_zero_point, np.float64), (-1, *[1] * (weight.ndim - 1)))
    out = convolve(
        x,
        weight,
        auto_pad=auto_pad,
        dilations=dilations,
        group=group,
        kernel_shape=kernel_shape,
        pads=pads,
        strides=strides,
    )
    return out.astype(np.int32)


@operator("CausalConvWithState", since=27, buffers=(3,))
def convolve_causally(x: Any, weight: Any, bias: Any = None, past_state: Any = None, *, activation: str = "none") -> Any:
    """CausalConvWithState: each channel of (N, C, L) convolved with its own kernel over the present and past elements."""
    if x.ndim != 3 or weight.ndim != 3:
        raise ShapeError(
            f"CausalConvWithState: got an input of shape {x.shape} and weights of shape {weight.shape}, "
            "expected (N, C, L) and (C, 1, k)"
        )
    if activation not in ("none", "silu", "swish"):
        raise ValueError(f"CausalConvWithState: activation must be none, silu or swish, not {activation!r}")
    batch, channels, length = x.shape
    states = weight.shape[2] - 1
    past = np.zeros((batch, channels, states), x.dtype) if past_state is None else past_state
    padded = np.concatenate([past, x], axis=2)
    out = convolution(padded, weight, bias, groups=channels)
    return out if activation == "none" else silu(out), padded[:, :, length:]
