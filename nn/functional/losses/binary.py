"""Losses for binary classification: one score or probability per decision."""

from typing import Any

import numpy as np

from autograd import DataError, Tensor, operation, relu, sigmoid, softplus
from nn.functional.losses.reduction import reduce_loss
from nn.functional.validation import (
    as_float_pair,
    as_floats,
    as_weights,
    require,
    require_floats,
    require_probabilities,
    require_same_shape,
    values,
)

#: The lower bound of log p, so that the loss at p = 0 is finite.
MIN_LOG = -100.0


def _smallest_denominator(dtype):
    """The lower bound of p (1 − p), so that the derivative at p = 0 and p = 1 is finite; 10⁻¹² is 0 in float16."""
    return max(1e-12, float(np.finfo(dtype).tiny))


def _log(p):
    is_zero = p == 0
    return np.where(is_zero, MIN_LOG, np.maximum(np.log(np.where(is_zero, 1, p)), MIN_LOG))


@operation(
    lambda g, x, y: g * (x - y) / np.maximum(x * (1 - x), _smallest_denominator(x.dtype)),
    lambda g, x: g * (_log(1 - x) - _log(x)),
    symbol="BCE",
)
def _binary_cross_entropy(x, y, /):
    return -(y * _log(x) + (1 - y) * _log(1 - x))


def binary_cross_entropy(input: Any, target: Any, weight: Any = None, reduction: str = "mean") -> Tensor:
    """Binary cross-entropy of probabilities: −(1/n) Σ [y log p + (1 − y) log(1 − p)], over all elements.

    input:     probabilities p, floats from 0 to 1, such as the output of `sigmoid`. For logits, the input of `sigmoid`, use
               `binary_cross_entropy_with_logits`, which is more accurate.
    target:    y, 0 or 1, or probabilities, of the shape of the input.
    weight:    factor of each element's loss, broadcast to the input. The mean still divides by n.
    reduction: "mean", "sum" or "none".

    As in PyTorch, log p is at least −100 and the denominator of the derivative (p − y) / (p (1 − p)) at least 10⁻¹²
    (in float16 6·10⁻⁵), so that both are finite at p = 0 and p = 1. Raises ShapeError if shapes differ, DataError for values
    that are not probabilities, ValueError for other reductions.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.binary_cross_entropy(Tensor([0.5, 0.0]), [0.0, 1.0], reduction="none").numpy().round(4).tolist()
    [0.6931, 100.0]
    """
    name = "binary_cross_entropy"
    p = require_floats(name, "probabilities", input)
    y = as_floats(name, target, p.dtype)
    require_same_shape(name, input=p, target=y)
    require_probabilities(name, "probability", p)
    if isinstance(y, Tensor) and y.requires_grad and not (isinstance(p, Tensor) and p.requires_grad):
        _check_order(name, values(name, p))
    require_probabilities(name, "target", y)
    losses = _binary_cross_entropy(p, y)
    return reduce_loss(name, losses if weight is None else losses * as_weights(name, "weight", weight, p), reduction)


def _check_order(name: str, p: np.ndarray) -> None:
    """Raise DataError for labels in the place of probabilities, beside targets that require a gradient."""
    if ((p == 0) | (p == 1)).all():
        raise DataError(f"{name}: the input is 0 or 1 and the target requires a gradient; check the order of input and target")


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
    """Binary cross-entropy of logits, p = σ(x): −(1/n) Σ [w₊ y log p + (1 − y) log(1 − p)], over all elements.

    input:      logits x: any real numbers. The formula does not overflow.
    target:     y, 0 or 1, or probabilities, of the shape of the input.
    weight:     factor of each element's loss, broadcast to the input. The mean still divides by n.
    reduction:  "mean", "sum" or "none".
    pos_weight: w₊, factor of the positive class, broadcast to the input. Values above 1 favor recall, values below 1 precision.

    Raises ShapeError if shapes differ, DataError for targets that are not probabilities, ValueError for other reductions.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.binary_cross_entropy_with_logits(Tensor([1000.0, -1000.0]), [0, 1], pos_weight=2.0, reduction="none")
    Tensor([1000., 2000.])
    """
    name = "binary_cross_entropy_with_logits"
    x, y = as_float_pair(name, input, target)
    require_probabilities(name, "target", y)
    losses = _binary_cross_entropy_with_logits(x, y, 1 if pos_weight is None else as_weights(name, "pos_weight", pos_weight, x))
    return reduce_loss(name, losses if weight is None else losses * as_weights(name, "weight", weight, x), reduction)


def hinge_loss(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    """Hinge loss: (1/n) Σ max(0, 1 − t x), over all elements; its derivative at the kink, t x = 1, is 0.

    input:     scores x: any real numbers.
    target:    t, −1 or 1, of the shape of the input.
    reduction: "mean", "sum" or "none".

    Raises ShapeError if the shapes differ, DataError for other targets, ValueError for other reductions.
    Cortes & Vapnik, Support-vector networks (1995). For several classes see `multi_margin_loss`.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.hinge_loss(Tensor([2.0, 0.5, 1.0]), [1, 1, -1], reduction="none")
    Tensor([0. , 0.5, 2. ])
    """
    x, t = as_float_pair("hinge_loss", input, target)
    require("hinge_loss", "target", t, abs(values("hinge_loss", t)) == 1, "−1 or 1")
    return reduce_loss("hinge_loss", relu(1 - t * x), reduction)
