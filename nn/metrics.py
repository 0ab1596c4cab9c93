"""Metrics: how good predictions are, as plain numbers for people to read.

All take (predictions, targets), as tensors, arrays or lists, in the order in which `optim.fit` calls its metrics;
scikit-learn's functions of these names take the targets first. A quotient with denominator 0, such as the precision for a
class that was never predicted, counts as 0.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import ShapeError
from nn.functional.validation import refuse, values


def accuracy(predictions: Any, targets: Any, threshold: float = 0.5) -> float:
    """Share of examples that are classified right: (1/n) Σᵢ [predictedᵢ = targetᵢ].

    predictions: scores (n, classes), of which the largest decides, and the first of those equal to it; or classes,
                 integers (n,); or probabilities of class 1, floats (n,), which decide for it above the threshold.
    targets:     classes (n,). On both sides (n, 1) will do for (n,).
    threshold:   for logits instead of probabilities it is 0.

    Raises ShapeError or DataError for anything else. For several labels per example there is `multilabel_accuracy`.

    >>> from nn.metrics import accuracy
    >>> accuracy([[0.1, 0.9], [0.8, 0.2]], [1, 1])
    0.5
    """
    predicted, true, _ = _decisions("accuracy", predictions, targets, threshold)
    return float((predicted == true).mean())


def top_k_accuracy(predictions: Any, targets: Any, k: int = 5) -> float:
    """Share of examples whose class is among the k largest scores; of equal scores the first counts as larger.

    predictions: scores (n, classes); targets: classes (n,); k: 1, as in `accuracy`, to the number of classes.

    Raises ShapeError or DataError for anything else, ValueError for another k.

    >>> from nn.metrics import top_k_accuracy
    >>> top_k_accuracy([[0.1, 0.2, 0.7], [0.5, 0.3, 0.2]], [1, 2], k=2)
    0.5
    """
    scores = _numbers("top_k_accuracy", "prediction", predictions)
    if scores.ndim != 2 or scores.shape[1] < 2:
        raise ShapeError(f"top_k_accuracy: got scores of shape {scores.shape}, wants (n, classes) with several classes")
    _, true, classes = _decisions("top_k_accuracy", scores, targets)
    if not 1 <= k <= classes:
        raise ValueError(f"top_k_accuracy: k must be from 1 to the number of classes, {classes}, not {k}")
    own = np.take_along_axis(scores, true[:, None], axis=1)
    before = (scores > own) | ((scores == own) & (np.arange(classes) < true[:, None]))
    return float((before.sum(axis=1) < k).mean())


def confusion_matrix(predictions: Any, targets: Any, classes: int | None = None, threshold: float = 0.5) -> np.ndarray:
    """How often a class was taken for another: outᵢⱼ examples of class i were classified as j.

    predictions, targets, threshold: as for `accuracy`.
    classes: their number; by default that of the scores, or one more than the largest class that occurs, at least 2.

    Raises ShapeError or DataError for anything else, also for classes beyond the number given.

    >>> from nn.metrics import confusion_matrix
    >>> confusion_matrix([0, 1, 1, 1], [0, 0, 1, 1])
    array([[1, 1],
           [0, 2]])
    """
    predicted, true, found = _decisions("confusion_matrix", predictions, targets, threshold)
    size = found if classes is None else classes
    for what, labels in (("prediction", predicted), ("target", true)):
        refuse("confusion_matrix", what, labels, labels >= size, f"a class index from 0 to {size - 1}")
    return np.bincount(true * size + predicted, minlength=size * size).reshape(size, size)


def precision(predictions: Any, targets: Any, average: str | None = "binary", threshold: float = 0.5) -> Any:
    """Share of right ones among those predicted: true positives / (true positives + false positives).

    predictions, targets, threshold: as for `accuracy`, or several labels per example as for `multilabel_accuracy`.
    average: "binary", that of class 1, where there is only 0 beside it; "macro", the mean over the classes that occur in
             predictions or targets, or over all labels; "micro", all classes or labels counted together; None, an array
             with one for each class, as many as in `confusion_matrix`, or for each label.

    Raises ShapeError or DataError for other predictions and targets, ValueError for another average.

    >>> from nn.metrics import precision
    >>> precision([1, 1, 0, 1], [1, 0, 0, 1])
    0.6666666666666666
    """
    return _rated("precision", predictions, targets, average, threshold, lambda right, predicted, true: (right, predicted))


def recall(predictions: Any, targets: Any, average: str | None = "binary", threshold: float = 0.5) -> Any:
    """Share of those there are that were found: true positives / (true positives + false negatives).

    Arguments and errors are those of `precision`.

    >>> from nn.metrics import recall
    >>> recall([1, 0, 0, 0], [1, 0, 0, 1])
    0.5
    """
    return _rated("recall", predictions, targets, average, threshold, lambda right, predicted, true: (right, true))


def f1(predictions: Any, targets: Any, average: str | None = "binary", threshold: float = 0.5) -> Any:
    """Harmonic mean of precision and recall: 2 · precision · recall / (precision + recall).

    Arguments and errors are those of `precision`; "macro" is the mean of the classes' F1.

    >>> from nn.metrics import f1
    >>> f1([1, 1, 0, 0], [1, 0, 0, 1])
    0.5
    """
    return _rated("f1", predictions, targets, average, threshold, lambda right, predicted, true: (2 * right, predicted + true))


def multilabel_accuracy(predictions: Any, targets: Any, average: str | None = "subset", threshold: float = 0.5) -> Any:
    """Share of right decisions where an example can have several labels.

    predictions: (n, labels): 0 or 1 as integers; or probabilities, floats, which decide for the label above the threshold.
    targets:     (n, labels): 0 or 1.
    average:     "subset", the share of examples with all labels right; "macro", the mean over the labels, which is one
                 minus the Hamming loss; None, an array with the share for each label.
    threshold:   for logits instead of probabilities it is 0.

    Raises ShapeError or DataError for other predictions and targets, ValueError for another average.

    >>> from nn.metrics import multilabel_accuracy
    >>> multilabel_accuracy([[1, 0], [1, 1]], [[1, 0], [0, 1]])
    0.5
    >>> multilabel_accuracy([[1, 0], [1, 1]], [[1, 0], [0, 1]], average=None)
    array([0.5, 1. ])
    """
    predicted, true = _label_decisions("multilabel_accuracy", predictions, targets, threshold)
    right = predicted == true
    if average == "subset":
        return float(right.all(axis=1).mean())
    if average == "macro":
        return float(right.mean())
    if average is None:
        return right.mean(axis=0)
    raise ValueError(f"multilabel_accuracy: average must be 'subset', 'macro' or None, not {average!r}")


def r2_score(predictions: Any, targets: Any) -> float:
    """Coefficient of determination: 1 − Σ (t − x)² / Σ (t − mean t)²; 1 is perfect, 0 as good as the targets' mean.

    predictions, targets: of one shape (n,) or (n, outputs), n ≥ 2; of several outputs the mean is given. An output whose
    targets are all equal counts 1 if they are predicted exactly and 0 otherwise.

    Raises ShapeError or DataError for anything else.

    >>> from nn.metrics import r2_score
    >>> r2_score([2.5, 0.0, 2.0, 8.0], [3.0, -0.5, 2.0, 7.0])
    0.9486081370449679
    """
    x, t = (_numbers("r2_score", *given).astype(float) for given in (("prediction", predictions), ("target", targets)))
    if x.shape != t.shape or t.ndim not in (1, 2) or len(t) < 2:
        raise ShapeError(
            f"r2_score: got predictions of shape {x.shape} and targets of shape {t.shape}, "
            "wants (n,) or (n, outputs) for both, with n ≥ 2"
        )
    missed, spread = ((t - x) ** 2).sum(axis=0), ((t - t.mean(axis=0)) ** 2).sum(axis=0)
    constant = (t == t[0]).all(axis=0)
    return float(np.where(constant, missed == 0, 1 - missed / np.where(constant, 1, spread)).mean())


def _rated(
    name: str, predictions: Any, targets: Any, average: str | None, threshold: float, quotient: Callable[..., tuple]
) -> Any:
    """A quotient of counts (right, predicted, true), for each class or label or averaged."""
    if average not in ("binary", "macro", "micro", None):
        raise ValueError(f"{name}: average must be 'binary', 'macro', 'micro' or None, not {average!r}")
    targets = _numbers(name, "target", targets)
    several = targets.ndim == 2 and targets.shape[1] > 1
    if several:
        decided, there = _label_decisions(name, predictions, targets, threshold)
    else:
        predicted, true, classes = _decisions(name, predictions, targets, threshold)
        decided, there = (labels[:, None] == np.arange(classes) for labels in (predicted, true))
    if average == "binary":
        if several or classes > 2:
            many = f"{decided.shape[1]} {'labels' if several else 'classes'}"
            raise ValueError(f"{name}: average='binary' is for the classes 0 and 1; with {many} take 'macro', 'micro' or None")
        decided, there = decided[:, 1], there[:, 1]
    over = None if average == "micro" else 0
    counts = (decided & there).sum(axis=over), decided.sum(axis=over), there.sum(axis=over)
    above, below = quotient(*counts)
    shares = above / np.maximum(below, 1)
    if average == "macro" and not several:
        shares = shares[counts[1] + counts[2] > 0]
    return shares if average is None else float(shares.mean())


def _decisions(name: str, predictions: Any, targets: Any, threshold: float = 0.5) -> tuple[np.ndarray, np.ndarray, int]:
    """The predicted and true class of each example, and how many classes there are."""
    given = predictions, targets = _numbers(name, "prediction", predictions), _numbers(name, "target", targets)
    x, t = (array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array for array in given)
    if t.ndim != 1 or not t.size or not (x.shape == t.shape or (x.ndim == 2 and len(x) == len(t) and x.size)):
        raise ShapeError(
            f"{name}: got predictions of shape {predictions.shape} and targets of shape {targets.shape}, "
            "wants (n,) or scores (n, classes), and (n,), with n ≥ 1"
        )
    whole = np.isfinite(t) & (t == np.floor(t)) if t.dtype.kind == "f" else True
    refuse(name, "target", t, ~((t >= 0) & whole), "a class index from 0")
    true = t.astype(np.int64)
    if x.ndim == 2:
        classes = x.shape[1]
        refuse(name, "target", true, true >= classes, f"a class index from 0 to {classes - 1}")
        return x.argmax(axis=1), true, classes
    if x.dtype.kind == "f":
        refuse(name, "target", t, t > 1, "0 or 1, but predictions are floats, probabilities of class 1")
        return _above(name, x, threshold).astype(np.int64), true, 2
    refuse(name, "prediction", x, x < 0, "a class index from 0")
    return x.astype(np.int64), true, max(int(x.max()), int(true.max()), 1) + 1


def _label_decisions(name: str, predictions: Any, targets: Any, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    """Which labels each example is predicted to have, and has."""
    x, t = _numbers(name, "prediction", predictions), _numbers(name, "target", targets)
    if x.shape != t.shape or t.ndim != 2 or not t.size:
        raise ShapeError(f"{name}: got predictions of shape {x.shape} and targets of {t.shape}, wants (n, labels) for both")
    refuse(name, "target", t, (t != 0) & (t != 1), "0 or 1")
    if x.dtype.kind == "f":
        return _above(name, x, threshold), t == 1
    refuse(name, "prediction", x, (x != 0) & (x != 1), "0 or 1")
    return x == 1, t == 1


def _above(name: str, x: np.ndarray, threshold: float) -> np.ndarray:
    if 0 < threshold < 1:
        refuse(name, "prediction", x, (x < 0) | (x > 1), "a probability; for logits give threshold=0")
    return x > threshold


def _numbers(name: str, what: str, x: Any) -> np.ndarray:
    data = values(name, x)
    if data.dtype.kind == "f":
        refuse(name, what, data, np.isnan(data), "a number")
    return data
