"""Losses for classification into mutually exclusive classes."""

from typing import Any

import numpy as np

from autograd import DataError, ShapeError, Tensor, operation, relu
from autograd.extend import as_float_array, kernels
from nn.functional.activations.softmax import log_softmax, softmax
from nn.functional.losses.reduction import reduce_loss
from nn.functional.validation import (
    as_floats,
    check_ignore_index,
    require,
    require_floats,
    require_log_probabilities,
    require_probabilities,
    require_same_shape,
    values,
)

SINGLE_SCORE_HINT = "; for a single score per example use binary_cross_entropy_with_logits"
INT64 = np.dtype(np.int64)


@operation(
    lambda g, error, y: error * (g / len(y)),
    None,
    residuals={"error": lambda x, y: softmax(x) - (y[:, None] == np.arange(x.shape[1]))},
    symbol="CE",
)
def _cross_entropy(x, y, /):
    """The mean cross-entropy of scores (n, classes) and class indices (n,) from 0 to classes − 1."""
    label_positions = kernels.row_starts(*x.shape) + (y if y.dtype is INT64 else y.astype(np.int64))
    x = x if x.dtype.kind == "f" else as_float_array(x)
    scores = x - kernels.row_maxima(x)[:, None]
    error = np.exp(scores, order="C")  # so that `reshape` below is a view
    total = kernels.row_sums(error)
    error /= total[:, None]
    loss = np.add.reduce(np.log(total) - scores.take(label_positions)) / len(y)
    error.reshape(-1)[label_positions] -= 1
    return loss, error


def cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """Cross-entropy of class indices, −(1/n) Σᵢ log softmax(xᵢ)[yᵢ], or distributions, −(1/n) Σᵢ yᵢ · log softmax(xᵢ).

    input:           (n, classes), (n, classes, d₁, …) or (classes,): logits, any real numbers. The formula does not overflow.
    target:          class indices, integers from 0 to classes − 1, of the shape of the input without the class axis; or
                     distributions, floats from 0 to 1, of the shape of the input.
    weight:          (classes,), a factor w꜀ of each class.
    ignore_index:    a class index whose examples are ignored; not available for distributions.
    reduction:       "mean", "sum" or "none". For class indices the mean is weighted, Σᵢ lossᵢ / Σᵢ w[yᵢ]; for distributions
                     it divides by the number of examples.
    label_smoothing: ε: the target becomes (1 − ε) y + ε / classes (Szegedy et al., Rethinking the Inception
                     architecture, 2016).

    Raises ShapeError or DataError if target or weight do not match the input, or if all labels are ignored; ValueError for
    other options.

    >>> import nn
    >>> from autograd import Tensor
    >>> scores = Tensor([[0.0, 0.0], [1000.0, 0.0]])
    >>> round(nn.functional.cross_entropy(scores, [1, 0]).item(), 4)
    0.3466
    >>> nn.functional.cross_entropy(scores, [[0.5, 0.5], [0.5, 0.5]], reduction="none").numpy().round(4).tolist()
    [0.6931, 500.0]
    """
    if weight is None and reduction == "mean" and label_smoothing == 0 and ignore_index == -100:
        # Tensors and arrays stay, anything else becomes an array.
        scores = input if hasattr(input, "__array_function__") else values("cross_entropy", input)
        labels = target if hasattr(target, "__array_function__") else values("cross_entropy", target)
        if _is_fusible(scores, labels):
            return _cross_entropy(scores, labels)
    return _general_cross_entropy(input, target, weight, ignore_index, reduction, label_smoothing)


def _is_fusible(scores, labels):
    """Whether the fused operation applies: scores (n, classes) and labels (n,), integers from 0 to classes − 1."""
    scores = scores.data if isinstance(scores, Tensor) else scores
    labels = labels.data if isinstance(labels, Tensor) else labels
    shape = scores.shape
    if len(shape) != 2 or labels.shape != shape[:1] or not shape[0]:
        return False
    if scores.dtype.kind not in "biuf" or labels.dtype.kind not in "iu":
        return False
    # Viewed as unsigned integers, negative labels are huge: one comparison checks both bounds.
    unsigned = (labels if labels.dtype is INT64 else labels.astype(np.int64)).view(np.uint64)
    return unsigned[unsigned.argmax()] < shape[1]  # argmax is much faster than max


def _general_cross_entropy(input, target, weight, ignore_index, reduction, label_smoothing):
    name = "cross_entropy"
    check_ignore_index(name, ignore_index)
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"{name}: label_smoothing must be from 0 to 1, not {label_smoothing}")
    scores = _scores(name, input)
    axis = _class_axis(scores.shape)
    classes = scores.shape[axis]
    target_values = values(name, target)
    log_p = log_softmax(scores, axis=axis)
    if target_values.shape == scores.shape and target_values.dtype.kind != "f":
        raise DataError(
            f"{name}: got a target of {target_values.dtype} with the shape of the scores, {scores.shape}; expected "
            f"distributions over the classes, which are floats, or class indices of shape {_label_shape(scores)}"
            + ("" if scores.ndim > 1 else SINGLE_SCORE_HINT)
        )
    if target_values.ndim == scores.ndim and target_values.dtype.kind == "f":
        require_same_shape(name, input=scores, target=target_values)
        if ignore_index >= 0:
            raise ValueError(f"{name}: ignore_index={ignore_index} applies to class indices, not to distributions")
        require_probabilities(name, "target", target_values)
        target = as_floats(name, target, scores.dtype)
        if label_smoothing:
            target = target * (1 - label_smoothing) + label_smoothing / classes
        return reduce_loss(name, -(target * _times_class_weights(name, log_p, weight)).sum(axis=axis), reduction)
    labels, is_counted = _class_indices(name, scores, target_values, ignore_index)
    losses, weights = _negative_log_likelihood(name, log_p, labels, is_counted, weight)
    if label_smoothing:
        uniform_losses = np.where(is_counted, -_times_class_weights(name, log_p, weight).sum(axis=axis), 0)
        losses = losses * (1 - label_smoothing) + uniform_losses * (label_smoothing / classes)
    return _weighted_mean(name, losses, weights, reduction)


def nll_loss(input: Any, target: Any, weight: Any = None, ignore_index: int = -100, reduction: str = "mean") -> Tensor:
    """Negative log-likelihood of class indices: −Σᵢ w[yᵢ] xᵢ[yᵢ] / Σᵢ w[yᵢ].

    input:        (n, classes), (n, classes, d₁, …) or (classes,): log-probabilities, such as the output of `log_softmax`.
    target:       class indices, integers from 0 to classes − 1, of the shape of the input without the class axis.
    weight, ignore_index, reduction: as for `cross_entropy`.

    Raises ShapeError or DataError if target or weight do not match the input, or if all labels are ignored; ValueError for
    other reductions.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.nll_loss(Tensor([[-0.5, -1.0], [-2.0, -0.25]]), [0, 1]).item()
    0.375
    """
    check_ignore_index("nll_loss", ignore_index)
    log_p = _scores("nll_loss", require_floats("nll_loss", "log-probabilities", input))
    require_log_probabilities("nll_loss", log_p)
    labels, is_counted = _class_indices("nll_loss", log_p, values("nll_loss", target), ignore_index)
    losses, weights = _negative_log_likelihood("nll_loss", log_p, labels, is_counted, weight)
    return _weighted_mean("nll_loss", losses, weights, reduction)


def multi_margin_loss(
    input: Any, target: Any, p: int = 1, margin: float = 1.0, weight: Any = None, reduction: str = "mean"
) -> Tensor:
    """Multi-class hinge loss: (1/n) Σᵢ w[yᵢ] / classes · Σ꜀≠yᵢ max(0, margin − xᵢ[yᵢ] + xᵢ꜀)ᵖ.

    input:  (n, classes) or (classes,): scores, any real numbers.
    target: class indices, integers from 0 to classes − 1: (n,) or a scalar.
    p:      1 or 2; if 1, the derivative at the kinks is 0.
    weight: (classes,), a factor w꜀ of each class. The mean still divides by n.

    Raises ShapeError or DataError if target or weight do not match the input, ValueError for other options.
    Crammer & Singer, On the algorithmic implementation of multiclass kernel-based vector machines (2001).

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.multi_margin_loss(Tensor([[0.0, 2.0, 1.5]]), [1]).item()
    0.16666666666666666
    """
    name = "multi_margin_loss"
    if p not in (1, 2):
        raise ValueError(f"{name}: p must be 1 or 2, not {p}")
    scores = _scores(name, input)
    if scores.ndim > 2:
        raise ShapeError(f"{name}: got scores of shape {scores.shape}, expected (n, classes) or (classes,)")
    labels, is_counted = _class_indices(name, scores, values(name, target))
    score_differences = np.expand_dims(_label_scores(scores, labels), -1) - scores
    violations = np.where(_one_hot(labels, scores.shape), 0, relu(margin - score_differences) ** p)
    losses = violations.sum(axis=-1) / scores.shape[-1]
    if weight is not None:
        losses = losses * _label_weights(name, scores, labels, is_counted, weight)
    return reduce_loss(name, losses, reduction)


def _scores(name, input):
    scores = as_floats(name, input)
    if not scores.ndim or not scores.shape[_class_axis(scores.shape)]:
        raise ShapeError(
            f"{name}: got scores of shape {scores.shape}, expected (n, classes, …) or (classes,) with at least one class"
        )
    return scores


def _class_axis(shape):
    return min(len(shape) - 1, 1)


def _label_shape(scores):
    return scores.shape[:1] * (scores.ndim > 1) + scores.shape[2:]


def _class_indices(name, scores, labels, ignore_index=None):
    """The labels, with 0 in place of the ignored ones, and whether each counts; raises if one is not a valid class index."""
    if labels.dtype.kind not in "iu":
        raise DataError(
            f"{name}: got labels of {labels.dtype}, shape {labels.shape}, expected class indices, which are integers"
        )
    if labels.shape != _label_shape(scores):
        expected = f"labels of shape {_label_shape(scores)}" + (", as axis 1 holds the classes" if scores.ndim > 2 else "")
        raise ShapeError(f"{name}: got scores of shape {scores.shape} and labels of shape {labels.shape}, expected {expected}")
    classes = scores.shape[_class_axis(scores.shape)]
    is_counted = labels != ignore_index if ignore_index is not None else np.ones(labels.shape, bool)
    is_valid = ~is_counted | ((labels >= 0) & (labels < classes))
    hint = SINGLE_SCORE_HINT if classes == 1 else ""
    require(name, "label", labels, is_valid, f"a class index from 0 to {classes - 1}{hint}")
    return np.where(is_counted, labels, 0)[()], is_counted


def _one_hot(labels, shape):
    axis = _class_axis(shape)
    return np.expand_dims(labels, axis) == np.arange(shape[axis]).reshape(-1, *[1] * (len(shape) - axis - 1))


@operation(
    lambda g, y, x_shape: np.where(_one_hot(y, x_shape), np.expand_dims(g, _class_axis(x_shape)), 0),
    None,
    symbol="[y]",
    structure="linear",
)
def _label_scores(x, y, /):
    """The score of each example's label."""
    axis = _class_axis(x.shape)
    return np.take_along_axis(x, np.expand_dims(y, axis), axis).squeeze(axis)[()]


def _label_weights(name, scores, labels, is_counted, weight):
    """The weight of each example's label, 0 for ignored examples."""
    if weight is None:
        return is_counted.astype(scores.dtype)
    return np.where(is_counted, _class_weights(name, weight, scores)[labels], 0)


def _class_weights(name, weight, scores):
    weight, classes = as_floats(name, weight, scores.dtype), scores.shape[_class_axis(scores.shape)]
    if weight.shape != (classes,):
        raise ShapeError(f"{name}: got weight of shape {weight.shape}, expected ({classes},), one for each class")
    return weight if weight.dtype == scores.dtype else weight.astype(scores.dtype)


def _times_class_weights(name, log_p, weight):
    """Log-probabilities times the weights of their classes."""
    if weight is None:
        return log_p
    return log_p * _class_weights(name, weight, log_p).reshape((-1,) + (1,) * len(log_p.shape[2:]))


def _negative_log_likelihood(name, log_p, labels, is_counted, weight):
    """The weighted loss of each example, and its weight."""
    weights = _label_weights(name, log_p, labels, is_counted, weight)
    return np.where(is_counted, -_label_scores(log_p, labels), 0) * weights, weights


def _weighted_mean(name, losses, weights, reduction):
    if reduction != "mean":
        return reduce_loss(name, losses, reduction)
    total = weights.sum()
    if total == 0:
        raise DataError(f"{name}: the mean is undefined, because there are no labels, or all are ignored or have weight 0")
    return losses.sum() / total
