"""Metrics of classification and regression, as Python floats or arrays.

All take (predictions, targets), as tensors, arrays or lists, the order in which `optim.fit` calls its metrics;
scikit-learn's functions of these names take the targets first. A ratio with denominator 0, such as the precision of a
class that is never predicted, is 0.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import DataError, ShapeError
from autograd.extend import suggest_attributes
from nn.functional.validation import require, values


def accuracy(predictions: Any, targets: Any, threshold: float | None = None) -> float:
    """Fraction of correctly classified examples: (1/n) Σᵢ [predictedᵢ = targetᵢ].

    predictions: scores (n, classes), whose predicted class is the first maximum; or classes, integers (n,); or floats (n,),
                 which predict class 1 above the threshold.
    targets:     classes (n,); beside floats also −1 and 1; beside scores also one-hot rows or probabilities (n, classes), whose
                 class is the first maximum. Both arguments may be (n, 1) instead of (n,).
    threshold:   for floats (n,), which do not tell what they are: 0.5 for probabilities, 0 for logits. `optim.fit` and
                 `optim.evaluate` pass the `decision_threshold` of the loss.

    Raises ShapeError or DataError for other inputs, ValueError for floats (n,) without a threshold. For several labels per
    example use `multilabel_accuracy`.

    >>> from nn.metrics import accuracy
    >>> accuracy([[0.1, 0.9], [0.8, 0.2]], [1, 1])
    0.5
    >>> accuracy([0.9, 0.2, 0.7, -0.1], [1, 0, 1, 0], threshold=0)
    0.75
    """
    predicted, true, _ = _predicted_and_true("accuracy", predictions, targets, threshold)
    return float((predicted == true).mean())


def top_k_accuracy(predictions: Any, targets: Any, k: int = 5) -> float:
    """Fraction of examples whose class is among the k largest scores; of equal scores the first counts as larger.

    predictions: scores (n, classes); targets: classes (n,); k: from 1 to the number of classes.

    Raises ShapeError or DataError for other predictions and targets, ValueError for other k.

    >>> from nn.metrics import top_k_accuracy
    >>> top_k_accuracy([[0.1, 0.2, 0.7], [0.5, 0.3, 0.2]], [1, 2], k=2)
    0.5
    """
    scores = _as_array("top_k_accuracy", "prediction", predictions)
    if scores.ndim != 2 or scores.shape[1] < 2:
        raise ShapeError(f"top_k_accuracy: got scores of shape {scores.shape}, expected (n, classes) with 2 or more classes")
    _, true, classes = _predicted_and_true("top_k_accuracy", scores, targets)
    if not 1 <= k <= classes:
        raise ValueError(f"top_k_accuracy: k must be from 1 to the number of classes, {classes}, not {k}")
    true_scores = np.take_along_axis(scores, true[:, None], axis=1)
    ranks_higher = (scores > true_scores) | ((scores == true_scores) & (np.arange(classes) < true[:, None]))
    return float((ranks_higher.sum(axis=1) < k).mean())


def confusion_matrix(predictions: Any, targets: Any, classes: int | None = None, threshold: float | None = None) -> np.ndarray:
    """Confusion matrix: outᵢⱼ is the number of examples of class i that are classified as j.

    predictions, targets, threshold: as for `accuracy`.
    classes: number of classes; by default that of the scores, or one more than the largest class that occurs, at least 2.

    Raises ShapeError or DataError for other inputs, and for classes that are not less than `classes`.

    >>> from nn.metrics import confusion_matrix
    >>> confusion_matrix([0, 1, 1, 1], [0, 0, 1, 1])
    array([[1, 1],
           [0, 2]])
    """
    predicted, true, inferred = _predicted_and_true("confusion_matrix", predictions, targets, threshold)
    size = inferred if classes is None else classes
    for name, labels in (("prediction", predicted), ("target", true)):
        require("confusion_matrix", name, labels, labels < size, f"a class index from 0 to {size - 1}")
    return np.bincount(true * size + predicted, minlength=size * size).reshape(size, size)


def precision(predictions: Any, targets: Any, average: str | None = "binary", threshold: float | None = None) -> Any:
    """Precision: true positives / (true positives + false positives).

    predictions, targets, threshold: as for `accuracy`, or several labels per example as for `multilabel_accuracy`.
    average: "binary", the precision of class 1, for the classes 0 and 1; "macro", the mean over the classes that occur in
             predictions or targets, or over all labels; "micro", computed from the counts of all classes or labels together;
             None, an array with one element for each class, as in `confusion_matrix`, or for each label.

    Raises ShapeError or DataError for other predictions and targets, ValueError for other averages.

    >>> from nn.metrics import precision
    >>> precision([1, 1, 0, 1], [1, 0, 0, 1])
    0.6666666666666666
    """
    return _ratio("precision", predictions, targets, average, threshold, lambda hits, predicted, true: (hits, predicted))


def recall(predictions: Any, targets: Any, average: str | None = "binary", threshold: float | None = None) -> Any:
    """Recall: true positives / (true positives + false negatives).

    Arguments and errors are those of `precision`.

    >>> from nn.metrics import recall
    >>> recall([1, 0, 0, 0], [1, 0, 0, 1])
    0.5
    """
    return _ratio("recall", predictions, targets, average, threshold, lambda hits, predicted, true: (hits, true))


def f1(predictions: Any, targets: Any, average: str | None = "binary", threshold: float | None = None) -> Any:
    """F1 score, the harmonic mean of precision and recall: 2 · precision · recall / (precision + recall).

    Arguments and errors are those of `precision`; "macro" is the mean of the F1 scores of the classes.

    >>> from nn.metrics import f1
    >>> f1([1, 1, 0, 0], [1, 0, 0, 1])
    0.5
    """
    return _ratio("f1", predictions, targets, average, threshold, lambda hits, predicted, true: (2 * hits, predicted + true))


def multilabel_accuracy(predictions: Any, targets: Any, average: str | None = "subset", threshold: float | None = None) -> Any:
    """Accuracy if an example can have several labels: the fraction of correct predictions.

    predictions: (n, labels): integers 0 or 1; or floats, which predict the label above the threshold.
    targets:     (n, labels): 0 or 1.
    average:     "subset", the fraction of examples with all labels correct; "macro", the mean over the labels, which is one
                 minus the Hamming loss; None, an array with the accuracy of each label.
    threshold:   for floats: 0.5 for probabilities, 0 for logits.

    Raises ShapeError or DataError for other predictions and targets, ValueError for other averages and for floats without a
    threshold.

    >>> from nn.metrics import multilabel_accuracy
    >>> multilabel_accuracy([[1, 0], [1, 1]], [[1, 0], [0, 1]])
    0.5
    >>> multilabel_accuracy([[1, 0], [1, 1]], [[1, 0], [0, 1]], average=None)
    array([0.5, 1. ])
    """
    predicted, true = _predicted_and_true_labels("multilabel_accuracy", predictions, targets, threshold)
    is_correct = predicted == true
    if average == "subset":
        return float(is_correct.all(axis=1).mean())
    if average == "macro":
        return float(is_correct.mean())
    if average is None:
        return is_correct.mean(axis=0)
    raise ValueError(f"multilabel_accuracy: average must be 'subset', 'macro' or None, not {average!r}")


def r2_score(predictions: Any, targets: Any) -> float:
    """Coefficient of determination: 1 − Σ (t − x)² / Σ (t − mean t)²; 1 is the best value, predicting mean t gives 0.

    predictions, targets: (n,) or (n, outputs), of equal shapes, n ≥ 2. The result is the mean over the outputs. An output with
    constant targets has the value 1 if its predictions are exact, else 0.

    Raises ShapeError or DataError for other inputs.

    >>> from nn.metrics import r2_score
    >>> r2_score([2.5, 0.0, 2.0, 8.0], [3.0, -0.5, 2.0, 7.0])
    0.9486081370449679
    """
    x, t = _numbers("r2_score", predictions, targets, least=2)
    residual, total = ((t - x) ** 2).sum(axis=0), ((t - t.mean(axis=0)) ** 2).sum(axis=0)
    is_constant = (t == t[0]).all(axis=0)
    return float(np.where(is_constant, residual == 0, 1 - residual / np.where(is_constant, 1, total)).mean())


def root_mean_squared_error(predictions: Any, targets: Any) -> float:
    """Root mean squared error, in the unit of the targets: √((1/n) Σ (x − t)²); the mean over several outputs.

    predictions, targets: (n,) or (n, outputs), of equal shapes. Raises ShapeError or DataError for other inputs.

    >>> from nn.metrics import root_mean_squared_error
    >>> root_mean_squared_error([2.0, 5.0], [2.0, 1.0])
    2.8284271247461903
    """
    x, t = _numbers("root_mean_squared_error", predictions, targets)
    return float(np.sqrt(((x - t) ** 2).mean(axis=0)).mean())


def mean_absolute_error(predictions: Any, targets: Any) -> float:
    """Mean absolute error, in the unit of the targets: (1/n) Σ |x − t|; the mean over several outputs.

    predictions, targets: (n,) or (n, outputs), of equal shapes. Raises ShapeError or DataError for other inputs.

    >>> from nn.metrics import mean_absolute_error
    >>> mean_absolute_error([2.0, 5.0], [2.0, 1.0])
    2.0
    """
    x, t = _numbers("mean_absolute_error", predictions, targets)
    return float(abs(x - t).mean())


def roc_auc(predictions: Any, targets: Any) -> float:
    """Area under the ROC curve: the probability that a positive example has a higher score than a negative one.

    AUC = P(x₊ > x₋) + ½ P(x₊ = x₋) over all pairs; 0.5 for scores by chance.

    predictions: scores of class 1, (n,) or (n, 1), logits as well as probabilities, because only their order counts; scores of
                 two classes (n, 2), compared by their difference; or scores of several labels, (n, labels).
    targets:     0 and 1, (n,) or (n, 1), or (n, labels), for which the result is the mean over the labels.

    Raises ShapeError or DataError for other inputs, also for targets of only one class. scikit-learn's roc_auc_score; Keras's
    AUC approximates it by thresholds.

    >>> from nn.metrics import roc_auc
    >>> roc_auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
    0.75
    """
    x, t = _as_array("roc_auc", "prediction", predictions).astype(float), _as_array("roc_auc", "target", targets)
    if x.ndim == 2 and x.shape[1] == 2 and t.shape != x.shape:
        x = x[:, 1] - x[:, 0]
    if x.size != t.size or not t.size or x.ndim > 2 or t.ndim > 2 or len(x) != len(t):
        raise ShapeError(
            f"roc_auc: got predictions of shape {np.shape(predictions)} and targets of shape {t.shape}, "
            "expected (n,), (n, 2) or (n, labels), and (n,) or (n, labels)"
        )
    require("roc_auc", "target", t, (t == 0) | (t == 1), "0 or 1")
    areas = [_area(scores, is_positive) for scores, is_positive in zip(x.reshape(len(x), -1).T, t.reshape(len(t), -1).T == 1)]
    return float(np.mean(areas))


def _area(scores: np.ndarray, is_positive: np.ndarray) -> float:
    """AUC by the sum of the ranks of the positive examples; equal scores share the mean of their ranks."""
    positive = int(is_positive.sum())
    negative = len(scores) - positive
    if not positive or not negative:
        raise DataError(f"roc_auc: all targets are {int(positive > 0)}; positive and negative examples are needed")
    _, order, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[order]
    return (ranks[is_positive].sum() - positive * (positive + 1) / 2) / (positive * negative)


def _numbers(name: str, predictions: Any, targets: Any, least: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Predictions and targets of a regression as floats of one shape, (n,) or (n, outputs), n ≥ least."""
    x = _as_array(name, "prediction", predictions).astype(float)
    t = _as_array(name, "target", targets).astype(float)
    if x.shape != t.shape or t.ndim not in (1, 2) or len(t) < least or not t.size:
        raise ShapeError(
            f"{name}: got predictions of shape {x.shape} and targets of shape {t.shape}, "
            f"expected (n,) or (n, outputs) for both, with n ≥ {least}"
        )
    return x, t


def _ratio(
    name: str, predictions: Any, targets: Any, average: str | None, threshold: float | None, fraction: Callable[..., tuple]
) -> Any:
    """A ratio of counts for each class or label, or averaged.

    fraction: function of the numbers of true positives, predicted positives and positives; returns numerator and denominator.
    """
    if average not in ("binary", "macro", "micro", None):
        raise ValueError(f"{name}: average must be 'binary', 'macro', 'micro' or None, not {average!r}")
    targets = _as_array(name, "target", targets)
    is_multilabel = targets.ndim == 2 and targets.shape[1] > 1
    if is_multilabel:
        predicted, true = _predicted_and_true_labels(name, predictions, targets, threshold)
    else:
        *labels, classes = _predicted_and_true(name, predictions, targets, threshold)
        predicted, true = (array[:, None] == np.arange(classes) for array in labels)
    if average == "binary":
        if is_multilabel or classes > 2:
            size = f"{predicted.shape[1]} {'labels' if is_multilabel else 'classes'}"
            raise ValueError(f"{name}: average='binary' is for the classes 0 and 1; for {size} use 'macro', 'micro' or None")
        predicted, true = predicted[:, 1], true[:, 1]
    axis = None if average == "micro" else 0
    counts = (predicted & true).sum(axis=axis), predicted.sum(axis=axis), true.sum(axis=axis)
    numerator, denominator = fraction(*counts)
    ratios = numerator / np.maximum(denominator, 1)
    if average == "macro" and not is_multilabel:
        ratios = ratios[counts[1] + counts[2] > 0]
    return ratios if average is None else float(ratios.mean())


def _predicted_and_true(
    name: str, predictions: Any, targets: Any, threshold: float | None = None
) -> tuple[np.ndarray, np.ndarray, int]:
    """The predicted and the true class of each example, and the number of classes."""
    predictions, targets = _as_array(name, "prediction", predictions), _as_array(name, "target", targets)
    if predictions.shape == targets.shape and targets.ndim == 2 and targets.shape[1] > 1 and threshold is None:
        targets = _classes_of_rows(name, targets)
    x, t = (array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array for array in (predictions, targets))
    if t.ndim != 1 or not t.size or not (x.shape == t.shape or (x.ndim == 2 and len(x) == len(t) and x.size)):
        several = "; for several labels per example use multilabel_accuracy" if predictions.shape == targets.shape else ""
        raise ShapeError(
            f"{name}: got predictions of shape {predictions.shape} and targets of shape {targets.shape}, "
            "expected (n,) or scores (n, classes), and (n,), with n ≥ 1" + several
        )
    if x.ndim == 1 and x.dtype.kind == "f":
        above = _is_above(name, x, threshold)
        lowest = -1 if t.dtype.kind != "b" and (t < 0).any() else 0
        require(name, "target", t, (t == 1) | (t == lowest), "0 or 1, or −1 or 1, as required by predictions of floats")
        return above.astype(np.int64), (t == 1).astype(np.int64), 2
    is_integer = np.isfinite(t) & (t == np.floor(t)) if t.dtype.kind == "f" else True
    require(name, "target", t, (t >= 0) & is_integer, "a class index from 0")
    true = t.astype(np.int64)
    if x.ndim == 2:
        classes = x.shape[1]
        require(name, "target", true, true < classes, f"a class index from 0 to {classes - 1}")
        return x.argmax(axis=1), true, classes
    require(name, "prediction", x, x >= 0, "a class index from 0")
    return x.astype(np.int64), true, max(int(x.max()), int(true.max()), 1) + 1


def _classes_of_rows(name: str, targets: np.ndarray) -> np.ndarray:
    """The class of each one-hot row, or row of probabilities; raises DataError for a row whose sum is not 1."""
    sums = targets.sum(axis=1)
    expected = "1, the sum of a one-hot row; for several labels per example use multilabel_accuracy"
    require(name, "sum of the target", sums, np.abs(sums - 1) < 1e-3, expected)
    return targets.argmax(axis=1)


def _predicted_and_true_labels(
    name: str, predictions: Any, targets: Any, threshold: float | None
) -> tuple[np.ndarray, np.ndarray]:
    """The predicted and the true labels of each example, as booleans (n, labels)."""
    x, t = _as_array(name, "prediction", predictions), _as_array(name, "target", targets)
    if x.shape != t.shape or t.ndim != 2 or not t.size:
        raise ShapeError(f"{name}: got predictions of shape {x.shape} and targets of {t.shape}, expected (n, labels) for both")
    require(name, "target", t, (t == 0) | (t == 1), "0 or 1")
    if x.dtype.kind == "f":
        return _is_above(name, x, threshold), t == 1
    require(name, "prediction", x, (x == 0) | (x == 1), "0 or 1")
    return x == 1, t == 1


def _is_above(name: str, x: np.ndarray, threshold: float | None) -> np.ndarray:
    """Whether each prediction exceeds the threshold; raises ValueError without one, DataError for invalid probabilities."""
    if threshold is None:
        raise ValueError(f"{name}: predictions of floats need a threshold: threshold=0.5 for probabilities, 0 for logits")
    if 0 < threshold < 1:
        require(name, "prediction", x, (x >= 0) & (x <= 1), "a probability; for logits use threshold=0")
    return x > threshold


def _as_array(name: str, label: str, x: Any) -> np.ndarray:
    """The values as an array; raises DataError if one is nan."""
    data = values(name, x)
    if data.dtype.kind == "f":
        require(name, label, data, ~np.isnan(data), "a number")
    return data


__getattr__ = suggest_attributes(__name__)
