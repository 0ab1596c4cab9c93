"""Losses: NegativeLogLikelihoodLoss and SoftmaxCrossEntropyLoss."""

from typing import Any

import numpy as np

from autograd import DataError, ShapeError
from nn.functional.activations.softmax import log_softmax
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.values import as_array


def _negative_log_likelihood(name: str, x: Any, target: Any, weight: Any, ignore_index: Any, reduction: str) -> Any:
    """−w[t] x[t] for each target t; the mean divides by the sum of the weights."""
    labels = as_array(target)
    if x.ndim < 2 or labels.shape != (x.shape[0], *x.shape[2:]):
        raise ShapeError(f"{name}: got targets of shape {labels.shape} for an input of shape {x.shape}, (N, C, …)")
    is_ignored = np.zeros(labels.shape, bool) if ignore_index is None else labels == ignore_index
    labels = np.where(is_ignored, 0, labels)
    if labels.size and not 0 <= labels.min() <= labels.max() < x.shape[1]:
        raise DataError(f"{name}: got targets from {labels.min()} to {labels.max()}, expected 0 to {x.shape[1] - 1}")
    losses = -np.squeeze(np.take_along_axis(x, np.expand_dims(labels, 1), axis=1), 1)
    factors = np.ones(labels.shape, x.dtype) if weight is None else weight[labels]
    factors = np.where(is_ignored, np.zeros(1, x.dtype), factors)
    losses = losses * factors
    if reduction == "none":
        return losses
    if reduction == "sum":
        return np.sum(losses)
    if reduction == "mean":
        return np.sum(losses) / np.sum(factors)
    raise ValueError(f"{name}: reduction must be none, sum or mean, not {reduction!r}")


@operator("NegativeLogLikelihoodLoss", since=12, buffers=(2,))
def negative_log_likelihood_loss(
    x: Any, target: Any, weight: Any = None, *, ignore_index: int | None = None, reduction: str = "mean"
) -> Any:
    """NegativeLogLikelihoodLoss of log-probabilities (N, C, …) and class indices (N, …)."""
    return _negative_log_likelihood("NegativeLogLikelihoodLoss", x, target, weight, ignore_index, reduction)


@operator("SoftmaxCrossEntropyLoss", since=12, buffers=(2,))
def softmax_cross_entropy_loss(
    scores: Any,
    target: Any,
    weight: Any = None,
    *,
    outputs: int = 1,
    ignore_index: int | None = None,
    reduction: str = "mean",
) -> Any:
    """SoftmaxCrossEntropyLoss of scores (N, C, …) and class indices (N, …), and the log-probabilities."""
    log_probabilities = log_softmax(scores, axis=1)
    loss = _negative_log_likelihood("SoftmaxCrossEntropyLoss", log_probabilities, target, weight, ignore_index, reduction)
    return (loss, log_probabilities) if outputs > 1 else loss
