"""Losses of two classes: one score or probability for each decision."""

from typing import Any

import numpy as np

from autograd import Tensor, operation, relu, sigmoid, softplus
from nn.functional.losses.reduction import reduced
from nn.functional.validation import fitting, fractional, pair, real, refuse, refuse_improbable, same_shape, values

#: log p is not less than this, so that a loss at p = 0 is finite.
LEAST_LOG = -100.0


def _log(p):
    zero = p == 0
    return np.where(zero, LEAST_LOG, np.maximum(np.log(np.where(zero, 1, p)), LEAST_LOG))


@operation(
    lambda g, x, y: g * (x - y) / np.maximum(x * (1 - x), 1e-12),
    lambda g, x: g * (_log(1 - x) - _log(x)),
    symbol="BCE",
)
def _binary_cross_entropy(x, y, /):
    return -(y * _log(x) + (1 - y) * _log(1 - x))


def binary_cross_entropy(input: Any, target: Any, weight: Any = None, reduction: str = "mean") -> Tensor:
    """Binary cross-entropy of probabilities: −(1/n) Σ [y log p + (1 − y) log(1 − p)], over all elements.

    input:     probabilities p, floats from 0 to 1, such as `sigmoid` gives; for its scores there is
               `binary_cross_entropy_with_logits`, which loses no digits.
    target:    of the same shape: 0 or 1, or probabilities.
    weight:    a factor of each element, broadcasting to the input; the mean is divided by n all the same.
    reduction: "mean", "sum" or "none".

    A logarithm is at least −100, and the derivative (p − y) / (p (1 − p)) is divided by at least 10⁻¹², as in PyTorch: at
    p = 0 and p = 1 both are finite. Raises ShapeError if shapes do not fit, DataError for anything but probabilities,
    ValueError for other reductions.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.binary_cross_entropy(Tensor([0.5, 0.0]), [0.0, 1.0], reduction="none").numpy().round(4).tolist()
    [0.6931, 100.0]
    """
    name = "binary_cross_entropy"
    p = fractional(name, "probabilities", input)
    y = real(name, target, p.dtype)
    same_shape(name, input=p, target=y)
    refuse_improbable(name, "probability", p)
    refuse_improbable(name, "target", y)
    losses = _binary_cross_entropy(p, y)
    return reduced(name, losses if weight is None else losses * fitting(name, "weight", weight, p), reduction)


@operation(
    lambda g, x, y, pos_weight: g * ((1 - y) * sigmoid(x) - pos_weight * y * sigmoid(-x)),
    lambda g, x, pos_weight: g * (pos_weight * softplus(-x) - softplus(x)),
    lambda g, x, y: g * y * softplus(-x),
    symbol="BCE",
)
def _binary_cross_entropy_with_logits(x, y, pos_weight, /):
    return (1 - y) * softplus(x) + pos_weight * y * softplus(-x)


def binary_cross_entropy_with_logits(
    input: Any, target: Any, weight: Any = None, reduction: str = "mean", pos_weight: Any = None
) -> Tensor:
    """Binary cross-entropy of scores, p = σ(x): −(1/n) Σ [w₊ y log p + (1 − y) log(1 − p)], over all elements.

    input:      any real scores (logits), without overflow at any.
    target:     of the same shape: 0 or 1, or probabilities.
    weight:     a factor of each element, broadcasting to the input; the mean is divided by n all the same.
    reduction:  "mean", "sum" or "none".
    pos_weight: w₊, a factor of what speaks for 1, broadcasting to the input: above 1 it favors recall, below precision.

    Raises ShapeError if shapes do not fit, DataError for targets that are no probabilities, ValueError for other reductions.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.binary_cross_entropy_with_logits(Tensor([1000.0, -1000.0]), [0, 1], pos_weight=2.0, reduction="none")
    Tensor([1000., 2000.])
    """
    name = "binary_cross_entropy_with_logits"
    x, y = pair(name, input, target)
    refuse_improbable(name, "target", y)
    losses = _binary_cross_entropy_with_logits(x, y, 1 if pos_weight is None else fitting(name, "pos_weight", pos_weight, x))
    return reduced(name, losses if weight is None else losses * fitting(name, "weight", weight, x), reduction)


def hinge_loss(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    """Hinge loss: (1/n) Σ max(0, 1 − t x), over all elements; its derivative at the corner, t x = 1, is 0.

    input:     any real scores.
    target:    of the same shape: −1 or 1.
    reduction: "mean", "sum" or "none".

    Raises ShapeError if the shapes differ, DataError for other targets, ValueError for other reductions.
    Cortes & Vapnik, Support-vector networks (1995). For several classes there is `multi_margin_loss`.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.hinge_loss(Tensor([2.0, 0.5, 1.0]), [1, 1, -1], reduction="none")
    Tensor([0. , 0.5, 2. ])
    """
    x, t = pair("hinge_loss", input, target)
    refuse("hinge_loss", "target", t, abs(values("hinge_loss", t)) != 1, "−1 or 1")
    return reduced("hinge_loss", relu(1 - t * x), reduction)
