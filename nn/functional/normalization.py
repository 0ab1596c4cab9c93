"""Normalization by mean and variance: over the batch, over the features, over groups of channels, or by size alone.

Here x̂ stands for the normalized input, and `inverse` for 1 / √(variance + ε).
"""

from math import prod
from string import ascii_lowercase

import numpy as np

from autograd import ShapeError, Tensor, operation
from autograd.extend import kernels, side_effect
from nn.functional.validation import values


def _across(v, x):
    """A value for each channel, in a shape that broadcasts against x (N, C, …)."""
    return v if x.ndim == 2 else np.reshape(v, (-1, *[1] * (x.ndim - 2)))


def _others(x):
    """All axes of x (N, C, …) but that of the channels."""
    return 0 if x.ndim == 2 else (0, *range(2, x.ndim))


def _sums(x):
    """Σ x for each channel of (N, C, …)."""
    return kernels.column_sums(x) if x.ndim == 2 else x.sum(axis=_others(x))


def _product_of_each(x, y):
    """Σ x y for each channel of (N, C, …), of large ones without an array of the products."""
    if x.ndim == 2 and x.size <= kernels.BLAS_LIMIT:
        return kernels.column_sums(x * y)
    axes = ascii_lowercase[: x.ndim]
    return np.einsum(f"{axes},{axes}->b", x, y)


def _batch_gradients(g, x, weight, mean, inverse):
    n = g.size // g.shape[1]
    centered = x - _across(mean, x)
    total, product = _sums(g), _product_of_each(g, centered) * inverse
    towards = g - _across(total / n, x) - centered * _across(product * inverse / n, x)
    return towards * _across(weight * inverse, x), product, total


def _batch_statistics(x):
    """The mean and the variance of each channel of (N, C, …), over all other axes, and x − μ."""
    if x.ndim < 2 or x.size < 2 * x.shape[1]:
        wanted = "(N, C, …)" if x.ndim < 2 else "at least 2 values for each channel in training (see eval())"
        raise ShapeError(f"batch_norm: got an input of shape {x.shape}, wants {wanted}")
    n = x.size // x.shape[1]
    mean = np.add.reduce(x, axis=_others(x)) / n
    centered = x - _across(mean, x)
    return mean, np.add.reduce(centered * centered, axis=_others(x)) / n, centered


@operation(
    joint_formula=_batch_gradients,
    residuals={
        "mean": lambda x: x.mean(axis=_others(x)),
        "inverse": lambda x, eps: 1 / np.sqrt(x.var(axis=_others(x)) + eps),
    },
)
def _batch_norm(x, weight, bias, /, statistics=None, eps=1e-5):
    """`batch_norm` without its side effect; statistics: the mean and the variance of x, if they are known already."""
    if statistics is None:
        mean, variance, out = _batch_statistics(x)
    else:
        mean, variance = statistics
        out = x - _across(mean, x)
    inverse = 1 / np.sqrt(variance + eps)
    out *= _across(weight * inverse, x)
    out += _across(bias, x)
    return out, mean, inverse


@side_effect
def _move(running, batch, momentum):
    """Move running statistics towards those of a batch."""
    for statistic, value in zip(running, batch):
        statistic.data = (momentum * statistic.data + (1 - momentum) * value).astype(statistic.dtype, copy=False)


def batch_norm(x, weight, bias, /, running=None, momentum=0.9, eps=1e-5):
    """Each channel with the batch's mean 0 and variance 1, scaled and shifted: γ x̂ + β, x̂ = (x − μ) / √(σ² + ε).

    x: (N, C, …), and μ and σ² go over all axes but that of C; weight γ and bias β: (C,).
    running:  None, or a pair of tensors (C,), mean and variance, which move to momentum · old + (1 − momentum) · batch's.
    momentum: the weight of the old value: PyTorch's is 1 minus this. σ² divides by the number of elements, here and in
              the running variance, for which PyTorch divides by one less.

    In evaluation batch norm is an affine map, which needs no operation of its own. Raises ShapeError for a single value.
    Ioffe and Szegedy (2015), Batch normalization.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.batch_norm(Tensor([[1.0], [3.0]]), Tensor([10.0]), Tensor([0.0]), eps=0)
    Tensor([[-10.],
            [ 10.]])
    """
    if running is None:
        return _batch_norm(x, weight, bias, eps=eps)
    mean, variance, _ = _batch_statistics(x.data if isinstance(x, Tensor) else values("batch_norm", x))
    out = _batch_norm(x, weight, bias, (mean, variance), eps)
    _move(running, (mean, variance), momentum)
    return out


def _standard_gradient(g, standard, inverse, axis):
    """∂x of x̂: (g − mean(g) − x̂ mean(g x̂)) / √(σ² + ε), means over what shares a mean and a variance."""
    return (g - g.mean(axis=axis, keepdims=True) - standard * (g * standard).mean(axis=axis, keepdims=True)) * inverse


def _standard(x, axis, eps):
    """x̂ over axes, which mean and inverse keep with size 1."""
    mean = x.mean(axis=axis, keepdims=True)
    out = x - mean
    inverse = 1 / np.sqrt((out * out).mean(axis=axis, keepdims=True) + eps)
    out *= inverse
    return out, mean, inverse


def _last(weight):
    """The last axes, as many as the weights have."""
    return tuple(range(-weight.ndim, 0))


def _layer_gradients(g, x, weight, mean, inverse):
    standard = (x - mean) * inverse
    return _standard_gradient(g * weight, standard, inverse, _last(weight)), g * standard, g


@operation(
    joint_formula=_layer_gradients,
    residuals={
        "mean": lambda x, weight: x.mean(axis=_last(weight), keepdims=True),
        "inverse": lambda x, weight, eps: 1 / np.sqrt(x.var(axis=_last(weight), keepdims=True) + eps),
    },
)
def layer_norm(x, weight, bias, /, eps=1e-5):
    """Each example with mean 0 and variance 1, scaled and shifted: γ x̂ + β, x̂ = (x − μ) / √(σ² + ε).

    x: (…, *features), and μ and σ² go over the features; weight γ and bias β: (*features,).

    Ba, Kiros and Hinton (2016), Layer normalization.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.layer_norm(Tensor([[1.0, 3.0]]), Tensor([10.0, 10.0]), Tensor([0.0, 1.0]), eps=0)
    Tensor([[-10.,  11.]])
    """
    out, mean, inverse = _standard(x, _last(weight), eps)
    out *= weight
    out += bias
    return out, mean, inverse


def _grouped(x, groups):
    return np.reshape(x, (x.shape[0], groups, prod(x.shape[1:]) // groups))


def _group_gradients(g, x, weight, mean, inverse, groups):
    standard = np.reshape((_grouped(x, groups) - mean) * inverse, x.shape)
    towards = _grouped(g * _across(weight, x), groups)
    x_gradient = np.reshape(_standard_gradient(towards, _grouped(standard, groups), inverse, -1), x.shape)
    return x_gradient, _product_of_each(g, standard), _sums(g)


@operation(
    joint_formula=_group_gradients,
    residuals={
        "mean": lambda x, groups: _grouped(x, groups).mean(axis=-1, keepdims=True),
        "inverse": lambda x, groups, eps: 1 / np.sqrt(_grouped(x, groups).var(axis=-1, keepdims=True) + eps),
    },
)
def group_norm(x, weight, bias, /, groups, eps=1e-5):
    """Each group of channels of an example with mean 0 and variance 1: γ x̂ + β, x̂ = (x − μ) / √(σ² + ε).

    x: (N, C, …), and μ and σ² go over the C / groups channels of a group and all axes behind; weight γ and bias β: (C,).

    Wu and He (2018), Group normalization.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.group_norm(Tensor([[1.0, 3.0, 5.0, 9.0]]), np.ones(4), np.zeros(4), groups=2, eps=0)
    Tensor([[-1.,  1., -1.,  1.]])
    """
    if x.ndim < 2 or x.shape[1] % groups:
        raise ShapeError(f"group_norm: got an input of shape {x.shape}, wants (N, C, …) with C a multiple of {groups}")
    out, mean, inverse = _standard(_grouped(x, groups), -1, eps)
    out = np.reshape(out, x.shape)
    out *= _across(weight, x)
    out += _across(bias, x)
    return out, mean, inverse


def _rms_gradients(g, x, weight, inverse):
    standard, towards = x * inverse, g * weight
    product = (towards * standard).mean(axis=_last(weight), keepdims=True)
    return (towards - standard * product) * inverse, g * standard


def _inverse_size(x, weight, eps):
    eps = np.finfo(x.dtype).eps if eps is None else eps
    return 1 / np.sqrt((x * x).mean(axis=_last(weight), keepdims=True) + eps)


@operation(joint_formula=_rms_gradients, residuals={"inverse": _inverse_size})
def rms_norm(x, weight, /, eps=None):
    """Each example with mean square 1, scaled: γ x / √(mean(x²) + ε), ε the spacing of floats at 1 unless given.

    x: (…, *features), and the mean goes over the features; weight γ: (*features,).

    Zhang and Sennrich (2019), Root mean square layer normalization.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.rms_norm(Tensor([[1.0, 7.0]]), Tensor([10.0, 10.0]))
    Tensor([[ 2., 14.]])
    """
    inverse = _inverse_size(x, weight, eps)
    out = x * inverse
    out *= weight
    return out, inverse
