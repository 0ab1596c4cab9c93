"""The targets of a training: text labels as numbers, and single numbers as a column."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograd import Tensor
from optim.training.model import TrainingError


class ColumnLoss:
    """A loss whose targets (n,) become a column (n, 1) where the prediction is a column.

    >>> import numpy as np
    >>> import nn
    >>> from optim.training.targets import ColumnLoss
    >>> ColumnLoss(nn.MSELoss())(np.array([[1.0], [2.0]]), np.array([1.0, 4.0])).item()
    2.0
    """

    def __init__(self, loss: Callable[[Any, Any], Tensor]):
        self.loss = loss
        self.reduction = getattr(loss, "reduction", "mean")

    def __call__(self, prediction: Any, target: Any) -> Tensor:
        return self.loss(prediction, as_column(prediction, target))


def takes_columns(loss: Any) -> bool:
    """Whether a loss compares prediction and target element by element, so that (n,) beside (n, 1) means (n, 1)."""
    return getattr(loss, "is_elementwise", False)


def as_column(prediction: Any, target: Any) -> Any:
    """Targets (n,) as a column if the prediction is (n, 1), also in a pair (targets, weights); else the target itself.

    >>> import numpy as np
    >>> from optim.training.targets import as_column
    >>> as_column(np.zeros((2, 1)), np.array([3.0, 4.0])).shape, as_column(np.zeros((2, 5)), np.array([3, 4])).shape
    ((2, 1), (2,))
    """
    if isinstance(target, tuple):
        return (as_column(prediction, target[0]), *target[1:])
    is_row = getattr(target, "ndim", None) == 1 and getattr(prediction, "shape", None) == (len(target), 1)
    return target.reshape(-1, 1) if is_row else target


def encode_text(data: Any, classes: list[str] | None, purpose: str) -> tuple[Any, list[str] | None]:
    """A pair (inputs, text labels) with the index of each label among the sorted classes; other data unchanged.

    classes: those of the training data, or None to take those that occur. purpose: "training" or "validation".

    Raises TrainingError for a label that is no class.

    >>> from optim.training.targets import encode_text
    >>> (inputs, targets), classes = encode_text(([[0.0], [1.0]], ["rose", "iris"]), None, "training")
    >>> targets.tolist(), classes
    ([1, 0], ['iris', 'rose'])
    """
    if not (isinstance(data, tuple | list) and len(data) == 2 and is_text(data[1])):
        return data, classes
    names, indices = np.unique(np.asarray(data[1], dtype=object), return_inverse=True)
    if classes is None:
        classes = names.tolist()
    if unknown := [name for name in names.tolist() if name not in classes]:
        known = ", ".join(classes[:10]) + ", …" * (len(classes) > 10)
        raise TrainingError(f"{purpose} data: the label {unknown[0]!r} is not among the classes of the training data, {known}")
    return (data[0], np.array([classes.index(name) for name in names])[indices]), classes


def is_text(labels: Any) -> bool:
    """Whether labels are (n,) strings."""
    if isinstance(labels, Tensor) or np.ndim(labels) != 1:
        return False
    array = np.asarray(labels)
    return array.dtype.kind in "UT" or (array.dtype.kind == "O" and len(array) > 0 and all(isinstance(x, str) for x in array))


def encode_class_weight(class_weight: Any, classes: list[str] | None) -> Any:
    """Weights by text label as weights by index; raises ValueError for a label that is no class."""
    if classes is None or not isinstance(class_weight, Mapping):
        return class_weight
    if unknown := [name for name in class_weight if name not in classes]:
        raise ValueError(f"class_weight: no example has class {unknown[0]!r}; the classes are {classes!s:.80}")
    return {classes.index(name): weight for name, weight in class_weight.items()}
