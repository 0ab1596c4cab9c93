"""The three tasks of the program: their losses, metrics and outputs, by the target of the run."""

from collections.abc import Callable
from typing import Any

import numpy as np

import nn
from nn.metrics import accuracy, multilabel_accuracy, root_mean_squared_error
from optim.cli.parse import UsageError
from optim.data import ClassTarget, NumberTarget, Target


def class_names(target: Target) -> list[str]:
    """The names of the model's outputs: classes, labels, or the columns of numbers."""
    return [str(label) for label in target.classes] if isinstance(target, ClassTarget) else target.names


def make_loss(target: Target, labels: np.ndarray, is_balanced: bool) -> nn.Module:
    """The loss of a task, of the validation data, too.

    labels: the targets of the training data, whose classes weigh alike if `is_balanced`: n / (classes · examples of the class).
    """
    if target.task == "classification":
        counts = np.bincount(labels, minlength=len(class_names(target)))
        return nn.CrossEntropyLoss(weight=len(labels) / (len(counts) * np.maximum(counts, 1)) if is_balanced else None)
    if target.task == "multilabel":
        share = labels.mean(axis=0)
        return nn.BCEWithLogitsLoss(pos_weight=(1 - share) / np.maximum(share, 1 / len(labels)) if is_balanced else None)
    if is_balanced:
        raise UsageError("--balanced: classes have weights, the numbers of a regression have none")
    return nn.MSELoss()


def make_metrics(target: Target) -> dict[str, Callable[..., float]]:
    """The metric of each epoch: accuracy, or the root mean squared error in the unit of the target."""
    if isinstance(target, NumberTarget):
        return {"rmse": OriginalScale(target)}
    return {"accuracy": accuracy if target.task == "classification" else multilabel_accuracy}


class OriginalScale:
    """The root mean squared error in the unit of a scaled target.

    >>> from optim.cli.tasks import OriginalScale
    >>> from optim.data import NumberTarget
    >>> OriginalScale(NumberTarget(["price"], "", [100.0], [10.0]))([[0.0], [1.0]], [[0.0], [0.0]])
    7.0710678118654755
    """

    def __init__(self, target: NumberTarget):
        self.target = target

    def __call__(self, predictions: Any, targets: Any) -> float:
        return root_mean_squared_error(self.target.undo(predictions), self.target.undo(targets))


def probabilities(target: Target, scores: np.ndarray) -> np.ndarray:
    """The probabilities of the classes (n, classes) or labels (n, labels) from the outputs of the model.

    Raises UsageError for a regression, which has none.
    """
    if target.task == "regression":
        raise UsageError("the run is a regression, which predicts numbers and no probabilities")
    if target.task == "multilabel":
        return np.exp(-np.logaddexp(0, -scores))
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def decode(target: Target, scores: np.ndarray) -> Any:
    """The predictions from the outputs: names of classes, zeros and ones of labels, or numbers, (n,) for one target."""
    if isinstance(target, NumberTarget):
        numbers = target.undo(scores)
        return numbers[:, 0] if len(target.names) == 1 else numbers
    if target.task == "multilabel":
        return (scores > 0).astype(int)
    names = class_names(target)
    return [names[i] for i in scores.argmax(axis=1)]
