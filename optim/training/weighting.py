"""Weights of examples and classes in a training: the weighted data set and the weighted loss."""

import copy
import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from autograd import DataError, ShapeError, Tensor
from optim.data.datasets import Dataset, as_array
from optim.training.targets import ColumnLoss

#: Weights by class, or "balanced".
ClassWeight = Mapping[int, float] | str | None


class WeightedDataset:
    """A data set whose targets are pairs (targets, weights); `WeightedLoss` takes such pairs.

    >>> import numpy as np
    >>> from optim.data import ArrayDataset
    >>> from optim.training.weighting import WeightedDataset
    >>> WeightedDataset(ArrayDataset([5.0, 6.0], [0, 1]), np.array([1.0, 3.0]))[1]
    (np.float64(6.0), (np.int64(1), np.float64(3.0)))
    """

    def __init__(self, data: Dataset, weights: np.ndarray):
        self.data, self.weights = data, weights

    @property
    def in_memory(self) -> bool:
        """Whether no part of the data is on disk."""
        return getattr(self.data, "in_memory", False)

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, indices: Any) -> tuple[Any, tuple[Any, np.ndarray]]:
        inputs, targets = self.data[indices]
        return inputs, (targets, self.weights[indices])


class WeightedLoss:
    """The weighted mean of the losses of the examples, Σᵢ wᵢ lossᵢ / Σᵢ wᵢ; their weighted sum if loss.reduction is "sum".

    loss: an object with the attribute `reduction`, or a function with a parameter of this name; it is called with "none".

    The loss of an example with several elements is their mean, or their sum if the reduction is a sum or "batchmean". A batch
    whose weights are all 0 has the loss 0. Raises TypeError for other losses.

    >>> import numpy as np
    >>> import nn
    >>> from optim.training.weighting import WeightedLoss
    >>> loss = WeightedLoss(nn.MSELoss())
    >>> loss(np.array([[1.0], [2.0]]), (np.zeros((2, 1)), np.array([3.0, 1.0]))).item()
    1.75
    """

    def __init__(self, loss: Any):
        self.reduction = _reduction(loss)
        if hasattr(loss, "reduction"):
            self.elementwise: Callable[[Any, Any], Tensor] = copy.copy(loss)
            self.elementwise.reduction = "none"
        else:
            self.elementwise = partial(loss, reduction="none")

    def __call__(self, prediction: Any, target: tuple[Any, np.ndarray]) -> Tensor:
        targets, weights = target
        losses = self.elementwise(prediction, targets)
        if losses.ndim > 1:
            elements = losses.reshape(len(weights), -1)
            losses = elements.mean(axis=1) if self.reduction == "mean" else elements.sum(axis=1)
        if losses.shape != weights.shape:
            raise ShapeError(f"sample_weight: {len(weights)} weights for losses of shape {losses.shape}")
        total = (losses * weights).sum()
        return total if self.reduction == "sum" else total / np.maximum(weights.sum(), np.finfo(weights.dtype).tiny)


def _reduction(loss: Any) -> str:
    """The reduction of a loss; raises TypeError if it has none."""
    if hasattr(loss, "reduction"):
        reduction = loss.reduction
    else:
        parameter = inspect.signature(loss).parameters.get("reduction")
        reduction = None if parameter is None else parameter.default
    if reduction not in ("mean", "sum", "batchmean"):
        raise TypeError(
            "weights of examples need a loss with reduction='mean' or 'sum', such as nn.MSELoss(), or a function with the "
            f"parameter reduction, got {loss!r:.80}"
        )
    return reduction


def example_weights(data: Dataset, class_weight: ClassWeight, sample_weight: Any) -> np.ndarray:
    """The weight of each example: its sample weight times the weight of its class.

    Raises DataError and ShapeError for weights that are negative, not finite or of another number.

    >>> from optim.data import ArrayDataset
    >>> from optim.training.weighting import example_weights
    >>> example_weights(ArrayDataset([[0.0]] * 3, [0, 0, 1]), "balanced", [1, 1, 2]).tolist()
    [0.75, 0.75, 3.0]
    """
    weights = np.ones(len(data)) if sample_weight is None else as_weights(sample_weight, len(data))
    if class_weight is not None:
        weights = weights * _weights_of_classes(np.asarray(data[np.arange(len(data))][1]), class_weight)
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise DataError("sample_weight and class_weight: weights must be finite and 0 or more")
    if not weights.any():
        raise DataError("sample_weight and class_weight: all weights are 0")
    return weights


def as_weights(sample_weight: Any, n: int) -> np.ndarray:
    """The weights as an array of n floats; raises ShapeError for another number."""
    weights = as_array(sample_weight, "sample_weight").astype(float)
    if weights.shape != (n,):
        raise ShapeError(f"sample_weight: one weight for each of the {n} examples expected, got shape {weights.shape}")
    return weights


def _weights_of_classes(targets: np.ndarray, class_weight: Mapping[int, float] | str) -> np.ndarray:
    """The weight of the class of each example."""
    labels = targets[:, 0] if targets.ndim == 2 and targets.shape[1] == 1 else targets
    if labels.ndim != 1:
        raise ShapeError(f"class_weight: one class for each example expected, got targets of shape {targets.shape}")
    classes, positions, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if isinstance(class_weight, str):
        if class_weight != "balanced":
            raise ValueError(f"class_weight: class → weight or 'balanced' expected, got {class_weight!r}")
        return (len(labels) / (len(classes) * counts))[positions]
    if unknown := [label for label in class_weight if label not in classes]:
        raise ValueError(f"class_weight: no example has class {unknown[0]!r}; the classes are {classes.tolist()!s:.80}")
    return np.array([class_weight.get(label, 1.0) for label in classes.tolist()], float)[positions]


def total_weight(target: tuple[Any, np.ndarray]) -> float:
    """The sum of the weights of a batch, which stands for its number of examples."""
    return float(target[1].sum())


def loss_weight(loss: Any, targets: Any) -> float:
    """The weight of the loss of some examples: the weighted mean over all parts of a batch is the loss of the batch.

    For a sum it is 1, for a mean the number of examples, or the sum of the weights of examples or classes.

    >>> import numpy as np
    >>> import nn
    >>> from optim.training.weighting import loss_weight
    >>> labels = np.array([0, 1, 1])
    >>> loss_weight(nn.CrossEntropyLoss(), labels), loss_weight(nn.CrossEntropyLoss(weight=[1.0, 0.25]), labels)
    (3.0, 1.5)
    """
    if isinstance(loss, ColumnLoss):
        loss = loss.loss
    if loss_option(loss, "reduction", "mean") == "sum":
        return 1.0
    if isinstance(loss, WeightedLoss):
        return float(targets[1].sum())
    ignored = loss_option(loss, "ignore_index")
    if ignored is not None and getattr(targets, "dtype", np.dtype(float)).kind in "iu":
        counted = targets[targets != ignored]
        weights = loss_option(loss, "weight")
        return float(
            counted.size
            if weights is None
            else (weights.data if isinstance(weights, Tensor) else np.asarray(weights))[counted].sum()
        )
    return float(len(targets))


def loss_option(loss: Any, name: str, default: Any = None) -> Any:
    """An option of a loss: its attribute, or the value that a function or a functools.partial has for it.

    >>> from functools import partial
    >>> import nn
    >>> from optim.training.weighting import loss_option
    >>> loss_option(nn.MSELoss(), "reduction"), loss_option(partial(nn.functional.mse_loss, reduction="sum"), "reduction")
    ('mean', 'sum')
    """
    if hasattr(loss, name) or hasattr(loss, "reduction"):
        return getattr(loss, name, default)
    try:
        parameter = inspect.signature(loss).parameters.get(name)
    except (TypeError, ValueError):  # written in C
        return default
    return default if parameter is None or parameter.default is inspect.Parameter.empty else parameter.default
