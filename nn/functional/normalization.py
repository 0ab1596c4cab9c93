"""Batch, layer, group and root mean square normalization.

x̂, `x_hat`, is the normalized input; `inv_std` is 1 / √(σ² + ε), where σ² is the variance.

For float16 inputs the statistics and the gradients are computed in float32, because squares above 65504 are infinite in
float16; the results are float16.
"""

from math import prod
from numbers import Integral, Real
from string import ascii_lowercase

import numpy as np

from autograd import ShapeError, Tensor, operation
from autograd.extend import kernels, refuse_complex, replica_sum, side_effect
from nn.functional.validation import values


def _widen(x):
    """x, in float32 if it is float16."""
    return x.astype(np.float32) if x.dtype.char == "e" else x


def _narrow(out, x):
    """A result computed from `_widen(x)` in the dtype of x."""
    return out.astype(np.float16) if x.dtype.char == "e" else out


def _per_channel(v, x):
    """v, one value for each channel, in a shape that broadcasts against x (N, C, …)."""
    return v if x.ndim == 2 else np.reshape(v, (-1, *[1] * (x.ndim - 2)))


def _batch_axes(x):
    """All axes of x (N, C, …) except the channel axis."""
    return 0 if x.ndim == 2 else (0, *range(2, x.ndim))


def _sums(x):
    """Σ x for each channel of (N, C, …)."""
    return kernels.column_sums(x) if x.ndim == 2 else kernels.sum_over_axes(x, _batch_axes(x))


def _product_sums(x, y):
    """Σ x y for each channel of (N, C, …); for large arrays without an array of the products, unless the sum is in blocks."""
    if x.ndim == 2 and x.size <= kernels.BLAS_LIMIT:
        return kernels.column_sums(x * y)
    if kernels.sequential_axes(x, _batch_axes(x)):
        return kernels.sum_over_axes(x * y, _batch_axes(x))
    axes = ascii_lowercase[: x.ndim]
    return np.einsum(f"{axes},{axes}->b", x, y)


def _batch_gradients(g, x, weight, mean, inv_std):
    g, x = _widen(g), _widen(x)
    n = g.size // g.shape[1]
    centered = x - _per_channel(mean, x)
    grad_bias, grad_weight = _sums(g), _product_sums(g, centered) * inv_std
    grad_input = g - _per_channel(grad_bias / n, x) - centered * _per_channel(grad_weight * inv_std / n, x)
    return grad_input * _per_channel(weight * inv_std, x), grad_weight, grad_bias


def _batch_statistics(x):
    """The mean and the variance of each channel of x (N, C, …) over all other axes, and x − μ."""
    if x.ndim < 2 or x.size < 2 * x.shape[1]:
        expected = "(N, C, …)" if x.ndim < 2 else "at least 2 values for each channel in training (see eval())"
        raise ShapeError(f"batch_norm: got an input of shape {x.shape}, expected {expected}")
    n, x = x.size // x.shape[1], _widen(x)
    mean = kernels.sum_over_axes(x, _batch_axes(x)) / n
    centered = x - _per_channel(mean, x)
    return mean, kernels.sum_over_axes(centered * centered, _batch_axes(x)) / n, centered


@operation(
    joint_formula=_batch_gradients,
    residuals={
        "mean": lambda x: _widen(x).mean(axis=_batch_axes(x)),
        "inv_std": lambda x, eps: 1 / np.sqrt(_widen(x).var(axis=_batch_axes(x)) + eps),
    },
)
def _batch_norm(x, weight, bias, /, statistics=None, eps=1e-5):
    """`batch_norm` without its side effect; statistics: the mean and the variance of x, if they are already computed."""
    if statistics is None:
        mean, variance, out = _batch_statistics(x)
    else:
        mean, variance = statistics
        out = x - _per_channel(mean, x)
    inv_std = 1 / np.sqrt(variance + eps)
    out *= _per_channel(weight * inv_std, x)
    out += _per_channel(bias, x)
    return _narrow(out, x), mean, inv_std


@side_effect
def _update_running(running, batch, momentum):
    """Update running statistics: momentum · running + (1 − momentum) · batch."""
    for buffer, value in zip(running, batch):
        buffer.data = (momentum * buffer.data + (1 - momentum) * value).astype(buffer.dtype, copy=False)


def _sum_gradient(g):
    """The sum of g over all ranks, because the loss of each rank depends on the sum of x."""
    return _sum_over_ranks(g)


@operation(_sum_gradient)
def _sum_over_ranks(x, /):
    """The sum of x over all ranks of a data-parallel training."""
    total, sum_in_place = np.array(x), replica_sum()
    if sum_in_place is not None:
        sum_in_place(total)
    return total


def _synchronized_batch_norm(x, weight, bias, eps):
    """`batch_norm` over the examples of all ranks: the result, and the mean and the variance of each channel."""
    axes = _batch_axes(x)
    sums = _sum_over_ranks(np.append(np.sum(x, axis=axes), x.size // x.shape[1]))
    mean, n = sums[:-1] / sums[-1], sums[-1]
    centered = x - _per_channel(mean, x)
    variance = _sum_over_ranks(np.sum(centered * centered, axis=axes)) / n
    scale = weight / np.sqrt(variance + eps)
    return centered * _per_channel(scale, x) + _per_channel(bias, x), (mean, variance)


def batch_norm(x, weight, bias, /, running=None, momentum=0.9, eps=1e-5):
    """Normalize each channel over the batch, then scale and shift: γ x̂ + β, x̂ = (x − μ) / √(σ² + ε).

    x: (N, C, …), with μ and σ² over all axes except C; weight γ and bias β: (C,).
    running:  None, or a pair of tensors (C,), mean and variance, updated to momentum · old + (1 − momentum) · batch value.
    momentum: weight of the old value; PyTorch's momentum is 1 minus this. σ² divides by the number of elements n, also in
              the running variance, where PyTorch divides by n − 1.

    In a data-parallel training with sync_batch_norm, the batch is that of all ranks. In evaluation mode the layer is an affine
    map and does not use this function. PyTorch's second and third arguments are the running statistics. Raises ShapeError for
    fewer than 2 values per channel, TypeError for other running statistics. Ioffe and Szegedy (2015), Batch normalization.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.batch_norm(Tensor([[1.0], [3.0]]), Tensor([10.0]), Tensor([0.0]), eps=0)
    Tensor([[-10.],
            [ 10.]])
    """
    if running is None:
        return _batch_norm(x, weight, bias, eps=eps)
    if not (isinstance(running, list | tuple) and len(running) == 2):
        raise TypeError(
            f"batch_norm: running must be None or a pair of tensors, not {type(running).__name__}; the order is x, weight, "
            "bias, running, where PyTorch's is input, running_mean, running_var, weight, bias"
        )
    if replica_sum() is not None:
        out, statistics = _synchronized_batch_norm(x, weight, bias, eps)
        _update_running(running, [value.data if isinstance(value, Tensor) else value for value in statistics], momentum)
        return out
    mean, variance, _ = _batch_statistics(x.data if isinstance(x, Tensor) else values("batch_norm", x))
    out = _batch_norm(x, weight, bias, (mean, variance), eps)
    _update_running(running, (mean, variance), momentum)
    return out


def _check_features(name, x, weight, eps):
    """Raise an error unless x is real, weights have the shape of its last axes and eps is a number."""
    refuse_complex(x, name)
    shape = getattr(weight, "shape", ())
    if not shape or shape != x.shape[-len(shape) :]:
        raise ShapeError(
            f"{name}: got weights of shape {shape} for an input of shape {x.shape}, expected the shape of its last axes; "
            "the second argument is the weights, where PyTorch's is their shape"
        )
    if not isinstance(eps, Real | None):
        raise TypeError(
            f"{name}: eps must be a number, not an array of shape {np.shape(eps)}; PyTorch's second argument is a shape"
        )


def _normalize_gradient(g, x_hat, inv_std, axis):
    """The gradient of x̂ with respect to x: (g − mean(g) − x̂ mean(g x̂)) / √(σ² + ε), with means over `axis`."""
    return (g - g.mean(axis=axis, keepdims=True) - x_hat * (g * x_hat).mean(axis=axis, keepdims=True)) * inv_std


def _normalize(x, axis, eps):
    """x̂, the mean and 1 / √(σ² + ε) over axes; the latter two keep the axes with size 1."""
    x = _widen(x)
    mean = x.mean(axis=axis, keepdims=True)
    out = x - mean
    inv_std = 1 / np.sqrt((out * out).mean(axis=axis, keepdims=True) + eps)
    out *= inv_std
    return out, mean, inv_std


def _feature_axes(weight):
    """The last axes, as many as the weights have."""
    return tuple(range(-weight.ndim, 0))


def _as_rows(x, weight):
    """x (…, *features) as a matrix with a row of features for each example."""
    return np.reshape(x, (-1, weight.size))


def _row_means(rows):
    return kernels.row_sums(rows)[:, None] / rows.shape[1]


def _layer_statistics(x, weight, eps):
    """x̂ and 1 / √(σ² + ε) of each example, as matrices."""
    rows = _as_rows(_widen(x), weight)
    x_hat = rows - _row_means(rows)
    inv_std = 1 / np.sqrt(_row_means(x_hat * x_hat) + eps)
    return x_hat * inv_std, inv_std


def _layer_gradients(g, x_shape, weight, x_hat, inv_std):
    rows = _as_rows(_widen(g), weight)
    flat_weight = np.reshape(weight, -1)
    products, grad_x_hat = rows * x_hat, rows * flat_weight
    means = _row_means(grad_x_hat), kernels.matmul(products, flat_weight)[:, None] / rows.shape[1]
    grad_input = (grad_x_hat - means[0] - x_hat * means[1]) * inv_std
    grad_weight, grad_bias = kernels.column_sums(products), kernels.column_sums(rows)
    return np.reshape(grad_input, x_shape), np.reshape(grad_weight, weight.shape), np.reshape(grad_bias, weight.shape)


@operation(
    joint_formula=_layer_gradients,
    residuals={
        "x_hat": lambda x, weight, eps: _layer_statistics(x, weight, eps)[0],
        "inv_std": lambda x, weight, eps: _layer_statistics(x, weight, eps)[1],
    },
)
def layer_norm(x, weight, bias, /, eps=1e-5):
    """Normalize each example over its features, then scale and shift: γ x̂ + β, x̂ = (x − μ) / √(σ² + ε).

    x: (…, *features), with μ and σ² over the features; weight γ and bias β: (*features,).

    Ba, Kiros and Hinton (2016), Layer normalization.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.layer_norm(Tensor([[1.0, 3.0]]), Tensor([10.0, 10.0]), Tensor([0.0, 1.0]), eps=0)
    Tensor([[-10.,  11.]])
    """
    _check_features("layer_norm", x, weight, eps)
    x_hat, inv_std = _layer_statistics(x, weight, eps)
    out = x_hat * np.reshape(weight, -1)
    out += np.reshape(bias, -1)
    return _narrow(np.reshape(out, x.shape), x), x_hat, inv_std


def _split_groups(x, groups):
    """x (N, C, …) as (N, groups, elements of a group)."""
    return np.reshape(x, (x.shape[0], groups, prod(x.shape[1:]) // groups))


def _group_gradients(g, x, weight, mean, inv_std, groups):
    g = _widen(g)
    x_hat = np.reshape((_split_groups(x, groups) - mean) * inv_std, x.shape)
    grad_x_hat = _split_groups(g * _per_channel(weight, x), groups)
    grad_input = np.reshape(_normalize_gradient(grad_x_hat, _split_groups(x_hat, groups), inv_std, -1), x.shape)
    return grad_input, _product_sums(g, x_hat), _sums(g)


@operation(
    joint_formula=_group_gradients,
    residuals={
        "mean": lambda x, groups: _split_groups(_widen(x), groups).mean(axis=-1, keepdims=True),
        "inv_std": lambda x, groups, eps: 1 / np.sqrt(_split_groups(_widen(x), groups).var(axis=-1, keepdims=True) + eps),
    },
)
def group_norm(x, weight, bias, /, groups, eps=1e-5):
    """Normalize each group of channels of an example, then scale and shift: γ x̂ + β, x̂ = (x − μ) / √(σ² + ε).

    x: (N, C, …), with μ and σ² over the C / groups channels of a group and all axes after C; weight γ and bias β: (C,).

    Raises ShapeError unless `groups` divides C.

    Wu and He (2018), Group normalization.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.group_norm(Tensor([[1.0, 3.0, 5.0, 9.0]]), np.ones(4), np.zeros(4), groups=2, eps=0)
    Tensor([[-1.,  1., -1.,  1.]])
    """
    if not isinstance(groups, Integral):
        raise TypeError(
            "group_norm: groups must be an integer; the order is x, weight, bias, groups, where PyTorch's groups is second"
        )
    if x.ndim < 2 or x.shape[1] % groups:
        raise ShapeError(f"group_norm: got an input of shape {x.shape}, expected (N, C, …) with C a multiple of {groups}")
    out, mean, inv_std = _normalize(_split_groups(x, groups), -1, eps)
    out = np.reshape(out, x.shape)
    out *= _per_channel(weight, x)
    out += _per_channel(bias, x)
    return _narrow(out, x), mean, inv_std


def _rms_gradients(g, x, weight, inv_rms):
    g = _widen(g)
    x_hat, grad_x_hat = x * inv_rms, g * weight
    mean_product = (grad_x_hat * x_hat).mean(axis=_feature_axes(weight), keepdims=True)
    return (grad_x_hat - x_hat * mean_product) * inv_rms, g * x_hat


def _inv_rms(x, weight, eps):
    """1 / √(mean(x²) + ε)."""
    eps = np.finfo(x.dtype).eps if eps is None else eps
    x = _widen(x)
    return 1 / np.sqrt((x * x).mean(axis=_feature_axes(weight), keepdims=True) + eps)


@operation(joint_formula=_rms_gradients, residuals={"inv_rms": _inv_rms})
def rms_norm(x, weight, /, eps=None):
    """Divide each example by its root mean square, then scale: γ x / √(mean(x²) + ε).

    x: (…, *features), with the mean over the features; weight γ: (*features,).
    eps: ε; by default the machine epsilon of the dtype of x.

    Zhang and Sennrich (2019), Root mean square layer normalization.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.rms_norm(Tensor([[1.0, 7.0]]), Tensor([10.0, 10.0]))
    Tensor([[ 2., 14.]])
    """
    _check_features("rms_norm", x, weight, eps)
    inv_rms = _inv_rms(x, weight, eps)
    out = x * inv_rms
    out *= weight
    return _narrow(out, x), inv_rms
