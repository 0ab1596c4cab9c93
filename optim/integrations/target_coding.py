"""Between labels and the outputs of a model: targets for the loss, probabilities and labels from outputs."""

from typing import Any

import numpy as np

import nn
from optim.data.preprocessing import class_indices
from optim.integrations.names import LOSSES, look_up


class ClassCoding:
    """The targets of a classification and their loss.

    classes:       the sorted labels, or the numbers of the labels if an example can have several.
    is_multilabel: whether targets are (n, labels) zeros and ones.
    loss:          a loss, its name, or None: the binary cross-entropy of logits for two classes and for several labels, else
                   the cross-entropy.

    A loss with a `decision_threshold` takes one output for two classes; another one takes an output for each class.
    """

    def __init__(self, classes: np.ndarray, is_multilabel: bool, loss: Any = None):
        self.classes, self.is_multilabel = classes, is_multilabel
        is_binary = is_multilabel or len(classes) <= 2
        default = nn.BCEWithLogitsLoss() if is_binary else nn.CrossEntropyLoss()
        self.loss = default if loss is None else _make_loss(loss)
        self.threshold = getattr(self.loss, "decision_threshold", None) if is_binary else None
        self.outputs = len(classes) if is_multilabel or self.threshold is None else 1
        if is_multilabel and self.threshold is None:
            raise ValueError(
                f"loss: several labels for each example need a binary loss, such as BCEWithLogitsLoss, got {loss!r}"
            )
        if not is_binary and getattr(self.loss, "decision_threshold", None) is not None:
            raise ValueError(f"loss: {len(classes)} classes need a loss such as CrossEntropyLoss, got {loss!r}")

    def encode(self, y: np.ndarray, dtype: Any) -> np.ndarray:
        """The targets of labels; raises ValueError for a label that is no class."""
        if self.is_multilabel:
            if y.ndim != 2 or y.shape[1] != len(self.classes):
                raise ValueError(f"y: (n, {len(self.classes)}) labels expected, got shape {y.shape}")
            targets = y.astype(dtype)
        else:
            if y.ndim != 1:
                raise ValueError(f"y: one label for each example expected, got shape {y.shape}")
            indices, is_known = class_indices(y, self.classes)
            if not is_known.all():
                unknown = y[~is_known][:1].tolist()[0]
                raise ValueError(f"y has the label {unknown!r}; the classes are {self.classes.tolist()!s:.80}")
            if self.threshold is None:
                return indices
            targets = indices[:, None].astype(dtype)
        return 2 * targets - 1 if isinstance(self.loss, nn.HingeLoss) else targets

    def probabilities(self, outputs: np.ndarray) -> np.ndarray:
        """The probability of each class, or of each label if an example can have several."""
        if self.threshold is None:
            return np.exp(outputs) if isinstance(self.loss, nn.NLLLoss) else _softmax(outputs)
        positive = outputs if self.threshold else _sigmoid(outputs)
        if self.is_multilabel:
            return positive
        return np.hstack([1 - positive, positive]) if len(self.classes) == 2 else np.ones_like(positive)

    def labels(self, outputs: np.ndarray) -> np.ndarray:
        """The most probable label of each example, or all labels above the threshold as zeros and ones."""
        if self.threshold is None:
            return self.classes[outputs.argmax(axis=1)]
        is_above = outputs > self.threshold
        if self.is_multilabel:
            return is_above.astype(int)
        return self.classes[np.minimum(is_above[:, 0], len(self.classes) - 1)]


class NumberCoding:
    """The targets of a regression and their loss.

    outputs: the number of targets of each example; is_flat: whether y is (n,).
    loss:    a loss, its name, or None for the mean squared error.
    """

    def __init__(self, outputs: int, is_flat: bool, loss: Any = None):
        self.outputs, self.is_flat = outputs, is_flat
        self.loss = nn.MSELoss() if loss is None else _make_loss(loss)

    def encode(self, y: np.ndarray, dtype: Any) -> np.ndarray:
        """The targets (n, outputs); raises ValueError for another number of outputs."""
        targets = y.reshape(len(y), -1).astype(dtype)
        if targets.shape[1] != self.outputs:
            raise ValueError(f"y: {self.outputs} targets for each example expected, got {targets.shape[1]}")
        return targets

    def values(self, outputs: np.ndarray) -> np.ndarray:
        """The predicted numbers in the shape of y; eˣ if the loss is a Poisson loss of logarithms."""
        is_logarithm = isinstance(self.loss, nn.PoissonNLLLoss) and self.loss.log_input
        values = np.exp(outputs) if is_logarithm else outputs
        return values[:, 0] if self.is_flat else values


def _make_loss(loss: Any) -> Any:
    value = look_up("loss", loss, LOSSES, "a loss such as nn.HuberLoss()")
    return value() if isinstance(value, type) else value


def _softmax(x: np.ndarray) -> np.ndarray:
    exponentials = np.exp(x - x.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return np.exp(-np.logaddexp(0, -x))
