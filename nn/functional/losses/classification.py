"""Losses of scores for classes, of which one is right."""

from functools import lru_cache
from typing import Any

import numpy as np

from autograd import DataError, ShapeError, Tensor, operation, relu
from autograd.extend import as_float_array, kernels
from nn.functional.activations.softmax import log_softmax, softmax
from nn.functional.losses.reduction import reduced
from nn.functional.validation import fractional, real, refuse, refuse_improbable, same_shape, values

ONE_SCORE = "; for one score for each example there is binary_cross_entropy_with_logits"
INT64 = np.dtype(np.int64)


@lru_cache(maxsize=32)
def _row_starts(n, columns):
    return np.arange(n) * columns


def _int64(labels):
    return labels if labels.dtype is INT64 else labels.astype(np.int64)


@operation(
    lambda g, error, y: error * (g / len(y)),
    None,
    residuals={"error": lambda x, y: softmax(x) - (y[:, None] == np.arange(x.shape[1]))},
    symbol="CE",
)
def _cross_entropy(x, y, /):
    """The mean cross-entropy of scores (n, classes) and class indices (n,) that are not negative and less than classes."""
    places = _row_starts(*x.shape) + _int64(y)
    x = x if x.dtype.kind == "f" else as_float_array(x)
    scores = x - kernels.row_maxima(x)[:, None]
    error = np.exp(scores, order="C")  # so that `reshape` below is a view
    total = kernels.row_sums(error)
    error /= total[:, None]
    loss = np.add.reduce(np.log(total) - scores.take(places)) / len(y)
    error.reshape(-1)[places] -= 1
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

    input:           (n, classes), (n, classes, d₁, …) or (classes,): any real scores (logits), without overflow at any.
    target:          integers from 0 to classes − 1, shaped like the input without its classes; or, shaped like the
                     input, distributions: floats from 0 to 1.
    weight:          (classes,), a factor w꜀ of each class.
    ignore_index:    examples with this class index do not count; for distributions there is none.
    reduction:       "mean", "sum" or "none". The mean over class indices is weighted, Σᵢ lossᵢ / Σᵢ w[yᵢ]; that over
                     distributions is divided by the number of examples.
    label_smoothing: ε: the target becomes (1 − ε) y + ε / classes (Szegedy et al., Rethinking the Inception
                     architecture, 2016).

    Raises ShapeError or DataError if target or weight do not fit, or if no label counts; ValueError for other options.

    >>> import nn
    >>> from autograd import Tensor
    >>> scores = Tensor([[0.0, 0.0], [1000.0, 0.0]])
    >>> round(nn.functional.cross_entropy(scores, [1, 0]).item(), 4)
    0.3466
    >>> nn.functional.cross_entropy(scores, [[0.5, 0.5], [0.5, 0.5]], reduction="none").numpy().round(4).tolist()
    [0.6931, 500.0]
    """
    if weight is None and reduction == "mean" and label_smoothing == 0 and ignore_index == -100:
        scores, labels = _as_array("cross_entropy", input), _as_array("cross_entropy", target)
        if _all_count(scores, labels):
            return _cross_entropy(scores, labels)
    return _general_cross_entropy(input, target, weight, ignore_index, reduction, label_smoothing)


def _as_array(name, x):
    """A tensor, or what NumPy's functions take for an array, as it is; anything else as an array."""
    return x if hasattr(x, "__array_function__") else values(name, x)


def _all_count(scores, labels):
    """Whether scores are (n, classes) and labels (n,) indices of these classes, as the fused operation needs them."""
    labels = labels.data if isinstance(labels, Tensor) else labels
    if (scores.ndim, labels.ndim) != (2, 1) or not 0 < labels.shape[0] == scores.shape[0]:
        return False
    if scores.dtype.kind not in "biuf" or labels.dtype.kind not in "iu":
        return False
    # As unsigned numbers negative labels are huge: one comparison finds those below 0 and those too large.
    unsigned = _int64(labels).view(np.uint64)
    return unsigned[unsigned.argmax()] < scores.shape[1]  # argmax takes a fraction of the time of max


def _general_cross_entropy(input, target, weight, ignore_index, reduction, label_smoothing):
    name = "cross_entropy"
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"{name}: label_smoothing must be from 0 to 1, not {label_smoothing}")
    scores = _scores(name, input)
    axis = _class_axis(scores.shape)
    classes = scores.shape[axis]
    given = values(name, target)
    log_p = log_softmax(scores, axis=axis)
    if given.shape == scores.shape and given.dtype.kind != "f":
        raise DataError(
            f"{name}: got a target of the shape of the scores, {scores.shape}, that holds {given.dtype}; wants distributions "
            f"over the classes, which are floats, or class indices of shape {_label_shape(scores)}"
            + ("" if scores.ndim > 1 else ONE_SCORE)
        )
    if given.ndim == scores.ndim and given.dtype.kind == "f":
        same_shape(name, input=scores, target=given)
        if ignore_index >= 0:
            raise ValueError(f"{name}: ignore_index={ignore_index} is a class index, and distributions have none to ignore")
        refuse_improbable(name, "target", given)
        target = real(name, target, scores.dtype)
        if label_smoothing:
            target = target * (1 - label_smoothing) + label_smoothing / classes
        return reduced(name, -(target * _weighted(name, log_p, weight)).sum(axis=axis), reduction)
    labels, counted = _class_indices(name, scores, given, ignore_index)
    losses, factors = _negative_log_likelihood(name, log_p, labels, counted, weight)
    if label_smoothing:
        spread = np.where(counted, -_weighted(name, log_p, weight).sum(axis=axis), 0)
        losses = losses * (1 - label_smoothing) + spread * (label_smoothing / classes)
    return _weighted_mean(name, losses, factors, reduction)


def nll_loss(input: Any, target: Any, weight: Any = None, ignore_index: int = -100, reduction: str = "mean") -> Tensor:
    """Negative log-likelihood of class indices: −Σᵢ w[yᵢ] xᵢ[yᵢ] / Σᵢ w[yᵢ].

    input:        (n, classes), (n, classes, d₁, …) or (classes,): log-probabilities, as `log_softmax` gives them.
    target:       integers from 0 to classes − 1, shaped like the input without its classes.
    weight, ignore_index, reduction: as for `cross_entropy`.

    Raises ShapeError or DataError if target or weight do not fit, or if no label counts; ValueError for other reductions.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.nll_loss(Tensor([[-0.5, -1.0], [-2.0, -0.25]]), [0, 1]).item()
    0.375
    """
    log_p = _scores("nll_loss", fractional("nll_loss", "log-probabilities", input))
    labels, counted = _class_indices("nll_loss", log_p, values("nll_loss", target), ignore_index)
    losses, factors = _negative_log_likelihood("nll_loss", log_p, labels, counted, weight)
    return _weighted_mean("nll_loss", losses, factors, reduction)


def multi_margin_loss(
    input: Any, target: Any, p: int = 1, margin: float = 1.0, weight: Any = None, reduction: str = "mean"
) -> Tensor:
    """Multi-class hinge loss: (1/n) Σᵢ w[yᵢ] / classes · Σ꜀≠yᵢ max(0, margin − xᵢ[yᵢ] + xᵢ꜀)ᵖ.

    input:  (n, classes) or (classes,): any real scores.
    target: integers from 0 to classes − 1: (n,) or a single one.
    p:      1 or 2; with 1 the derivative at the corners is 0.
    weight: (classes,), a factor of each right class; the mean is divided by n, whatever the weights.

    Raises ShapeError or DataError if target or weight do not fit, ValueError for other options.
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
        raise ShapeError(f"{name}: got scores of shape {scores.shape}, wants (n, classes) or (classes,)")
    labels, counted = _class_indices(name, scores, values(name, target))
    lead = np.expand_dims(_picked(scores, labels), -1) - scores
    beyond = relu(margin - lead) ** p * ~_one_hot(labels, scores.shape)
    losses = beyond.sum(axis=-1) / scores.shape[-1]
    return reduced(name, losses if weight is None else losses * _factors(name, scores, labels, counted, weight), reduction)


def _scores(name, input):
    scores = real(name, input)
    if not scores.ndim or not scores.shape[_class_axis(scores.shape)]:
        raise ShapeError(f"{name}: got scores of shape {scores.shape}, wants (n, classes, …) or (classes,), classes not 0")
    return scores


def _class_axis(shape):
    return min(len(shape) - 1, 1)


def _label_shape(scores):
    return scores.shape[:1] * (scores.ndim > 1) + scores.shape[2:]


def _class_indices(name, scores, labels, ignore_index=None):
    """Labels, with 0 for the ignored, and whether each counts; raises if one does not fit the scores."""
    if labels.dtype.kind not in "iu":
        raise DataError(f"{name}: got labels of {labels.dtype}, shape {labels.shape}, wants class indices, which are integers")
    if labels.shape != _label_shape(scores):
        wanted = f"labels of shape {_label_shape(scores)}" + (", as axis 1 holds the classes" if scores.ndim > 2 else "")
        raise ShapeError(f"{name}: got scores of shape {scores.shape} and labels of shape {labels.shape}, wants {wanted}")
    classes = scores.shape[_class_axis(scores.shape)]
    counted = np.asarray(labels != ignore_index) if ignore_index is not None else np.ones(labels.shape, bool)
    wrong = counted & ((labels < 0) | (labels >= classes))
    refuse(name, "label", labels, wrong, f"a class index from 0 to {classes - 1}" + (ONE_SCORE if classes == 1 else ""))
    return np.where(counted, labels, 0)[()], counted


def _one_hot(labels, shape):
    axis = _class_axis(shape)
    return np.expand_dims(labels, axis) == np.arange(shape[axis]).reshape(-1, *[1] * (len(shape) - axis - 1))


@operation(lambda g, y, x_shape: np.expand_dims(g, _class_axis(x_shape)) * _one_hot(y, x_shape), None, symbol="[y]")
def _picked(x, y, /):
    """The score of each example's label."""
    axis = _class_axis(x.shape)
    return np.take_along_axis(x, np.expand_dims(y, axis), axis).squeeze(axis)[()]


def _factors(name, scores, labels, counted, weight):
    """The weight of each example's label, 0 for those that do not count."""
    if weight is None:
        return counted.astype(scores.dtype)
    return np.where(counted, _class_weights(name, weight, scores)[labels], 0)


def _class_weights(name, weight, scores):
    weight, classes = real(name, weight, scores.dtype), scores.shape[_class_axis(scores.shape)]
    if weight.shape != (classes,):
        raise ShapeError(f"{name}: got weight of shape {weight.shape}, wants ({classes},), one for each class")
    return weight if weight.dtype == scores.dtype else weight.astype(scores.dtype)


def _weighted(name, log_p, weight):
    """Scores times the weights of their classes."""
    if weight is None:
        return log_p
    return log_p * _class_weights(name, weight, log_p).reshape((-1,) + (1,) * len(log_p.shape[2:]))


def _negative_log_likelihood(name, log_p, labels, counted, weight):
    """The loss of each example, and its weight."""
    factors = _factors(name, log_p, labels, counted, weight)
    return np.where(counted, -_picked(log_p, labels), 0) * factors, factors


def _weighted_mean(name, losses, factors, reduction):
    if reduction != "mean":
        return reduced(name, losses, reduction)
    total = factors.sum()
    if total == 0:
        raise DataError(f"{name}: got no label that counts (none at all, or all ignored or of weight 0), and so no mean")
    return losses.sum() / total
