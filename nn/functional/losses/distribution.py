"""Losses of predicted distributions: Kullback–Leibler divergence and negative log-likelihoods."""

import math
from typing import Any

import numpy as np

from autograd import ShapeError, Tensor, exp, log, where, xlogy
from nn.functional.losses.reduction import reduce_loss
from nn.functional.validation import (
    as_float_pair,
    as_floats,
    as_weights,
    require,
    require_floats,
    require_log_probabilities,
    require_probabilities,
    require_same_shape,
    values,
)


def kl_div(input: Any, target: Any, reduction: str = "mean", log_target: bool = False) -> Tensor:
    """Kullback–Leibler divergence of q = eˣ from the target p: Σ p (log p − x), with 0 log 0 = 0.

    input:      log-probabilities x = log q, such as the output of `log_softmax`.
    target:     probabilities p, of the shape of the input.
    reduction:  "batchmean" divides the sum by the length of the first axis, which is the divergence averaged over the
                distributions. "mean", the default as in PyTorch, divides by the number of elements. "sum" or "none".
    log_target: whether the target holds log p instead of p.

    Raises ShapeError if the shapes differ, DataError for values that are not probabilities, ValueError for other reductions.
    Kullback & Leibler, On information and sufficiency (1951).

    >>> import nn
    >>> from autograd import Tensor
    >>> q = Tensor([[0.25, 0.75]])
    >>> round(nn.functional.kl_div(q.log(), [[0.5, 0.5]], reduction="batchmean").item(), 4)
    0.1438
    """
    x = require_floats("kl_div", "log-probabilities", input)
    t = as_floats("kl_div", target, x.dtype)
    require_same_shape("kl_div", input=x, target=t)
    require_log_probabilities("kl_div", x)
    if log_target:
        # Where log p = −∞, p = 0, and 0 · ∞ is nan.
        is_zero = values("kl_div", t) == -np.inf
        t = where(is_zero, 0, t)
        losses = where(is_zero, 0, exp(t) * (t - x))
    else:
        require_probabilities("kl_div", "target", t)
        # Where p = 0, log q may be −∞, and 0 · ∞ is nan.
        losses = xlogy(t, t) - t * where(values("kl_div", t) == 0, 0, x)
    if reduction != "batchmean":
        return reduce_loss("kl_div", losses, reduction, "batchmean")
    if not losses.ndim or not len(losses):
        raise ShapeError(f"kl_div: reduction 'batchmean' divides by the length of the first axis, got shape {losses.shape}")
    return losses.sum() / len(losses)


def poisson_nll_loss(
    input: Any,
    target: Any,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-8,
    reduction: str = "mean",
) -> Tensor:
    """Negative log-likelihood of counts k under a Poisson distribution of rate λ, mean over all elements: λ − k log λ + log k!.

    input:     log λ, or λ if log_input is False.
    target:    counts k ≥ 0, of the shape of the input.
    full:      whether to add Stirling's approximation of log k!, k log k − k + ½ log 2πk, for k > 1. The term does not depend
               on λ.
    eps:       added to λ in log(λ + eps) if log_input is False.
    reduction: "mean", "sum" or "none".

    Raises ShapeError if the shapes differ, DataError for negative counts or rates, ValueError for other reductions.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.poisson_nll_loss(Tensor([0.0]), [3]).item()
    1.0
    """
    name = "poisson_nll_loss"
    x, k = as_float_pair(name, input, target)
    counts = values(name, k)
    require(name, "target", counts, ~(counts < 0), "a count from 0")
    if log_input:
        losses = exp(x) - k * where(counts == 0, 0, x)  # where k = 0, log λ may be −∞
    else:
        require(name, "rate", x, ~(values(name, x) < 0), "0 or larger")
        losses = x - k * log(x + eps)
    if full:
        k = where(counts > 1, k, 1)
        stirling = k * log(k) - k + log(k * (2 * math.pi)) * 0.5
        losses = losses + where(counts > 1, stirling, 0)
    return reduce_loss(name, losses, reduction)


def gaussian_nll_loss(
    input: Any, target: Any, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Tensor:
    """Negative log-likelihood under normal distributions, mean over all elements: ½ [log σ² + (t − μ)²/σ²] + ½ log 2π.

    input:     the means μ.
    target:    t, of the shape of the input.
    var:       the variances σ² ≥ 0: of the shape of the input, of that shape with axes of size 1 or without the last axis, or
               a scalar.
    full:      whether to add the constant ½ log 2π.
    eps:       lower bound of the variances. The gradient ignores it.
    reduction: "mean", "sum" or "none".

    Raises ShapeError for other shapes, DataError for negative variances, ValueError for other options.
    Nix & Weigend, Estimating the mean and variance of the target probability distribution (1994).

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.gaussian_nll_loss(Tensor([1.0, 2.0]), [3.0, 2.0], Tensor([1.0, 1.0]), reduction="none")
    Tensor([2., 0.])
    """
    name = "gaussian_nll_loss"
    if not eps > 0:
        raise ValueError(f"{name}: eps must be above 0, not {eps}")
    mu, t = as_float_pair(name, input, target)
    var = as_floats(name, var, mu.dtype)
    if var.ndim and var.shape == mu.shape[:-1]:
        var = var.reshape((*var.shape, 1))
    if var.ndim not in (0, mu.ndim):
        raise ShapeError(
            f"{name}: got var of shape {var.shape}, input of shape {mu.shape}; expected one for each element or row"
        )
    var = as_weights(name, "var", var, mu)
    variances = values(name, var)
    require(name, "variance", variances, ~(variances < 0), "0 or larger")
    var = var + np.where(variances >= eps, 0, eps - variances)
    losses = (log(var) + (mu - t) ** 2 / var) * 0.5
    return reduce_loss(name, losses + 0.5 * math.log(2 * math.pi) if full else losses, reduction)
