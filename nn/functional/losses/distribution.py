"""Losses of predicted distributions: how unlikely they make the target."""

import math
from typing import Any

import numpy as np

from autograd import ShapeError, Tensor, exp, log, where, xlogy
from nn.functional.losses.reduction import reduced
from nn.functional.validation import fitting, fractional, pair, real, refuse, refuse_improbable, same_shape, values


def kl_div(input: Any, target: Any, reduction: str = "mean", log_target: bool = False) -> Tensor:
    """Kullback–Leibler divergence of q = eˣ from the target p: Σ p (log p − x), with 0 log 0 = 0; reduced as below.

    input:      log-probabilities x = log q, as `log_softmax` gives them.
    target:     of the same shape: probabilities p; with log_target their logarithms.
    reduction:  "batchmean" divides the sum by the length of the first axis: this is the divergence, averaged over
                distributions. "mean", the default as in PyTorch, divides by the number of elements. "sum" or "none".

    Raises ShapeError if the shapes differ, DataError for anything but probabilities, ValueError for other reductions.
    Kullback & Leibler, On information and sufficiency (1951).

    >>> import nn
    >>> from autograd import Tensor
    >>> q = Tensor([[0.25, 0.75]])
    >>> round(nn.functional.kl_div(q.log(), [[0.5, 0.5]], reduction="batchmean").item(), 4)
    0.1438
    """
    x = fractional("kl_div", "log-probabilities", input)
    t = real("kl_div", target, x.dtype)
    same_shape("kl_div", input=x, target=t)
    if log_target:
        losses = exp(t) * (t - x)
    else:
        refuse_improbable("kl_div", "target", t)
        # Where p = 0 the score may be −∞, and 0 · ∞ is no number.
        losses = xlogy(t, t) - t * where(values("kl_div", t) == 0, 0, x)
    if reduction != "batchmean":
        return reduced("kl_div", losses, reduction, "batchmean")
    if not losses.ndim or not len(losses):
        raise ShapeError(f"kl_div: 'batchmean' divides by the length of the first axis, but the shape is {losses.shape}")
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

    input:     log λ; with log_input=False λ itself, whose logarithm is then log(λ + eps).
    target:    of the same shape: counts k ≥ 0.
    full:      add Stirling's approximation of log k!, k log k − k + ½ log 2πk, for k > 1; without it that term,
               which does not depend on λ, is left out.
    reduction: "mean", "sum" or "none".

    Raises ShapeError if the shapes differ, DataError for negative counts or rates, ValueError for other reductions.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.poisson_nll_loss(Tensor([0.0]), [3]).item()
    1.0
    """
    name = "poisson_nll_loss"
    x, k = pair(name, input, target)
    counts = values(name, k)
    refuse(name, "target", counts, counts < 0, "a count from 0")
    if log_input:
        losses = exp(x) - k * x
    else:
        refuse(name, "rate", x, values(name, x) < 0, "0 or larger")
        losses = x - k * log(x + eps)
    if full:
        several = where(counts > 1, k, 1)
        stirling = several * log(several) - several + log(several * (2 * math.pi)) * 0.5
        losses = losses + where(counts > 1, stirling, 0)
    return reduced(name, losses, reduction)


def gaussian_nll_loss(
    input: Any, target: Any, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Tensor:
    """Negative log-likelihood under normal distributions, mean over all elements: ½ [log σ² + (t − μ)²/σ²] + ½ log 2π.

    input:     the means μ.
    target:    of the same shape: t.
    var:       the variances σ² ≥ 0: of the same shape, or with axes of size 1, without the last axis or a single number, where
               several elements have one in common. Below eps they count as eps, but the gradient passes.
    full:      add the constant ½ log 2π.
    reduction: "mean", "sum" or "none".

    Raises ShapeError if shapes do not fit, DataError for negative variances, ValueError for other options.
    Nix & Weigend, Estimating the mean and variance of the target probability distribution (1994).

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.gaussian_nll_loss(Tensor([1.0, 2.0]), [3.0, 2.0], Tensor([1.0, 1.0]), reduction="none")
    Tensor([2., 0.])
    """
    name = "gaussian_nll_loss"
    if not eps > 0:
        raise ValueError(f"{name}: eps must be above 0, not {eps}")
    mu, t = pair(name, input, target)
    var = real(name, var, mu.dtype)
    if var.ndim and var.shape == mu.shape[:-1]:
        var = var.reshape((*var.shape, 1))
    if var.ndim not in (0, mu.ndim):
        raise ShapeError(f"{name}: got var of shape {var.shape}, input of shape {mu.shape}; wants one for each element or row")
    var = fitting(name, "var", var, mu)
    given = values(name, var)
    refuse(name, "variance", given, given < 0, "0 or larger")
    var = var + (np.maximum(given, eps) - given)
    losses = (log(var) + (mu - t) ** 2 / var) * 0.5
    return reduced(name, losses + 0.5 * math.log(2 * math.pi) if full else losses, reduction)
