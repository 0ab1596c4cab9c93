"""Normalizations: batch, instance, layer, group, root mean square, local response, Lp, mean and variance."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import ShapeError, operation
from nn.functional.normalization import batch_norm, group_norm, layer_norm, rms_norm
from nn.functional.pooling import sum_windows
from nn.functional.windows import Windows
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.values import as_array


@operation(lambda g, y: g * y, lambda g, x: g * x, lambda g: g, symbol="× +")
def _scale_and_shift(x, y, z, /):
    """x y + z, without a second array of the size of x."""
    out = x * y
    out += z
    return out


def _per_channel(v: Any, x: Any) -> Any:
    """v, one value for each channel, in a shape that broadcasts against x (N, C, …)."""
    return v.reshape(*v.shape, *[1] * (x.ndim - 1 - v.ndim))


def _normalize_by_running(x: Any, scale: Any, bias: Any, mean: Any, variance: Any, epsilon: float) -> Any:
    """The affine map of batch normalization in evaluation: one product and one sum."""
    factor = scale / np.sqrt(variance + epsilon)
    shift = bias - mean * factor
    if x.dtype != factor.dtype or x.dtype.char == "e":  # float16: in the wider type of the statistics
        wide = np.result_type(factor.dtype, np.float32)
        x, factor, shift, narrow = x.astype(wide), factor.astype(wide), shift.astype(wide), x.dtype
        return _scale_and_shift(x, _per_channel(factor, x), _per_channel(shift, x)).astype(narrow)
    return _scale_and_shift(x, _per_channel(factor, x), _per_channel(shift, x))


def _normalize_by_batch(x: Any, scale: Any, bias: Any, mean: Any, variance: Any, epsilon: float, momentum: float) -> list[Any]:
    """The result, the new running mean and variance, and the mean and variance of the batch."""
    array = as_array(x)
    axes = (0, *range(2, x.ndim))
    wide = array.astype(np.float32) if array.dtype.char == "e" else array
    running = [as_array(mean), as_array(variance)]
    batch = [wide.mean(axis=axes).astype(running[0].dtype), wide.var(axis=axes).astype(running[1].dtype)]
    updated = [(momentum * old + (1 - momentum) * new).astype(old.dtype) for old, new in zip(running, batch)]
    out = batch_norm(x, scale, bias, eps=epsilon)
    return [out if out.dtype == x.dtype else out.astype(x.dtype), *updated, *batch]


@operator("BatchNormalization", since=1, buffers=(3, 4))
def batch_normalization_first(
    x: Any,
    scale: Any,
    bias: Any,
    mean: Any,
    variance: Any,
    *,
    outputs: int = 1,
    consumed_inputs: Any = None,
    epsilon: float = 1e-5,
    is_test: int = 0,
    momentum: float = 0.9,
    spatial: int = 1,
) -> Any:
    """BatchNormalization before version 14: by the statistics of the batch if more than one result is asked for."""
    if outputs > 1 and not is_test:
        if not spatial:
            raise NotImplementedError(
                "BatchNormalization: statistics of a batch for each element (spatial = 0) are unsupported"
            )
        return tuple(_normalize_by_batch(x, scale, bias, mean, variance, epsilon, momentum)[:outputs])
    return _normalize_by_running(x, scale, bias, mean, variance, epsilon)


@operator("BatchNormalization", since=14, buffers=(3, 4))
def batch_normalization(
    x: Any,
    scale: Any,
    bias: Any,
    mean: Any,
    variance: Any,
    *,
    outputs: int = 1,
    epsilon: float = 1e-5,
    momentum: float = 0.9,
    training_mode: int = 0,
) -> Any:
    """BatchNormalization; in training mode the statistics of the batch normalize, and the running ones are updated."""
    if training_mode:
        return tuple(_normalize_by_batch(x, scale, bias, mean, variance, epsilon, momentum)[:outputs])
    return _normalize_by_running(x, scale, bias, mean, variance, epsilon)


@operator("InstanceNormalization", since=1)
def instance_normalization(x: Any, scale: Any, bias: Any, *, epsilon: float = 1e-5, consumed_inputs: Any = None) -> Any:
    """InstanceNormalization: each channel of each example, which is a group normalization with groups of one channel."""
    if x.ndim < 3:
        raise ShapeError(f"InstanceNormalization: got an input of shape {x.shape}, expected (N, C, *size)")
    return group_norm(x, scale, bias, groups=x.shape[1], eps=epsilon)


@operator("GroupNormalization", since=18)
def group_normalization_by_group(x: Any, scale: Any, bias: Any, *, epsilon: float = 1e-5, num_groups: int) -> Any:
    """GroupNormalization of version 18, with one scale and bias for each group."""
    channels = x.shape[1] // num_groups
    return group_norm(x, np.repeat(scale, channels), np.repeat(bias, channels), groups=num_groups, eps=epsilon)


@operator("GroupNormalization", since=21)
def group_normalization(x: Any, scale: Any, bias: Any, *, epsilon: float = 1e-5, num_groups: int, stash_type: int = 1) -> Any:
    """GroupNormalization: our group normalization."""
    return group_norm(x, scale, bias, groups=num_groups, eps=epsilon)


def _features(name: str, x: Any, axis: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The sizes and the numbers of the axes from `axis` on."""
    if not -x.ndim <= axis < x.ndim:
        raise ShapeError(f"{name}: got axis {axis} for an input of shape {x.shape}")
    axis %= x.ndim
    return x.shape[axis:], tuple(range(axis, x.ndim))


@operator("LayerNormalization", since=17)
def layer_normalization(
    x: Any,
    scale: Any,
    bias: Any = None,
    *,
    outputs: int = 1,
    axis: int = -1,
    epsilon: float = 1e-5,
    stash_type: int = 1,
) -> Any:
    """LayerNormalization over the axes from `axis` on; also the mean and 1 / √(σ² + ε) of each example."""
    features, axes = _features("LayerNormalization", x, axis)
    scale = scale if scale.shape == features else np.broadcast_to(scale, features)
    bias = np.zeros(features, x.dtype) if bias is None else bias
    out = layer_norm(x, scale, bias if bias.shape == features else np.broadcast_to(bias, features), eps=epsilon)
    if outputs == 1:
        return out
    array = as_array(x)
    array = array.astype(np.float32) if array.dtype.char == "e" else array
    variance = array.var(axis=axes, keepdims=True)
    return out, array.mean(axis=axes, keepdims=True), 1 / np.sqrt(variance + variance.dtype.type(epsilon))


@operator("RMSNormalization", since=23)
def rms_normalization(x: Any, scale: Any, *, axis: int = -1, epsilon: float = 1e-5, stash_type: int = 1) -> Any:
    """RMSNormalization over the axes from `axis` on."""
    features, _ = _features("RMSNormalization", x, axis)
    return rms_norm(x, scale if scale.shape == features else np.broadcast_to(scale, features), eps=epsilon)


@operator("LRN", since=1)
def local_response_normalization(x: Any, *, alpha: float = 1e-4, beta: float = 0.75, bias: float = 1.0, size: int) -> Any:
    """LRN: x / (bias + α / size · Σ x²)^β, with the sum over neighboring channels."""
    if x.ndim < 2 or size < 1:
        raise ShapeError(f"LRN: got an input of shape {x.shape} and size {size}, expected (N, C, …) and a size of 1 or more")
    channels = x.shape[1]
    squares = np.reshape(x * x, (x.shape[0], channels, -1)) if x.size else x
    others = squares.shape[2] if squares.ndim == 3 else 1
    before, after = min((size - 1) // 2, channels), min(size // 2, channels)
    windows = (Windows(before + after + 1, 1, before, 1, channels, channels), Windows(1, 1, 0, 1, others, others))
    sums = np.reshape(sum_windows(squares, windows), x.shape)
    return x / (bias + alpha / size * sums) ** beta


@operator("LpNormalization", since=1)
def lp_normalization(x: Any, *, axis: int = -1, p: int = 2) -> Any:
    """LpNormalization: x divided by its norm along an axis; 0 where the norm is 0."""
    if p not in (1, 2):
        raise ValueError(f"LpNormalization: p must be 1 or 2, not {p}")
    norm = np.linalg.norm(x, ord=p, axis=axis, keepdims=True)
    return x / np.where(norm == 0, np.ones(1, x.dtype), norm)


@operator("MeanVarianceNormalization", since=9)
def mean_variance_normalization(x: Any, *, axes: Sequence[int] = (0, 2, 3)) -> Any:
    """MeanVarianceNormalization: (x − μ) / (σ + 10⁻⁹) over axes."""
    centered = x - np.mean(x, axis=tuple(axes), keepdims=True)
    return centered / (np.sqrt(np.mean(centered * centered, axis=tuple(axes), keepdims=True)) + 1e-9)
