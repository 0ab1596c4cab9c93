"""What a model does, without learning from it: `evaluate` measures, `predict` answers."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from autograd import DataError, Tensor, no_grad
from optim.data.batching import Batching
from optim.data.datasets import Dataset, as_array
from optim.data.loader import DataLoader
from optim.training.model import Model, evaluation_mode
from optim.training.preparation import EVALUATION_BATCHES, DtypeCaster, prepare_data

Metrics = Mapping[str, Callable[[np.ndarray, np.ndarray], float]]
#: Columns of the history that are not metrics.
RESERVED_COLUMNS = ("epoch", "loss", "lr", "seconds")


def evaluate(
    model: Model,
    loss: Callable[[Any, Any], Tensor],
    data: Any,
    metrics: Metrics | None = None,
    *,
    batching: Batching | None = None,
) -> dict[str, float]:
    """The loss and metrics of a model on data, without recording, in evaluation mode.

    data:     (inputs, targets) or a data set, taken in order; of a DataLoader its data, without the transform.
    metrics:  name → function(predictions, targets) of all examples together.
    batching: how many examples go through the model together; 1000 if not given.

    The loss is the mean over examples, or their sum if loss.reduction is "sum". Raises TrainingError as `fit` does.

    >>> import numpy as np
    >>> import nn
    >>> from optim import evaluate
    >>> evaluate(nn.Sequential(), nn.MSELoss(), (np.ones((2, 1)), np.zeros((2, 1))))
    {'loss': 1.0}
    """
    check_loss(loss)
    check_metrics(metrics)
    _check_batching(batching)
    cast = DtypeCaster(model)
    return evaluate_prepared(model, loss, prepare_data(data, "evaluation", cast), metrics, cast, batching)


def evaluate_prepared(
    model: Model,
    loss: Callable[[Any, Any], Tensor],
    data: Dataset,
    metrics: Metrics | None,
    cast: DtypeCaster,
    batching: Batching | None = None,
) -> dict[str, float]:
    """What `evaluate` gives, of a data set that is known to be right."""
    total = MeanLoss(loss)
    kept: list[tuple[Any, Any]] = []
    with evaluation_mode(model), no_grad():
        for part in (batching or EVALUATION_BATCHES).in_order(len(data)):
            inputs, targets = data[part]
            targets = cast.targets(targets)
            prediction = model(cast.inputs(inputs))
            total.add(_as_float("the loss", loss(prediction, targets)), len(targets))
            if metrics:
                kept.append((_as_array(prediction), _as_array(targets)))
    found = {"loss": total.value}
    if metrics:
        predictions, targets = (parts[0] if len(parts) == 1 else np.concatenate(parts) for parts in zip(*kept))
        found |= {name: _as_float(f"metric {name!r}", metric(predictions, targets)) for name, metric in metrics.items()}
    return found


class MeanLoss:
    """The loss of examples that come in batches: the mean over all of them, or the sum if that is what the loss is.

    >>> from optim.training.evaluation import MeanLoss
    >>> mean = MeanLoss(loss=None)
    >>> for loss, examples in ((1.0, 30), (2.0, 10)):
    ...     mean.add(loss, examples)
    >>> mean.value
    1.25
    """

    def __init__(self, loss: Any):
        self.summed = getattr(loss, "reduction", "mean") == "sum"
        self.total, self.count = 0.0, 0

    def add(self, loss: float, examples: int) -> None:
        """Take note of a batch: what the loss said of so many examples."""
        self.total += loss if self.summed else loss * examples
        self.count += examples

    @property
    def value(self) -> float:
        """The loss of all that was added."""
        return self.total if self.summed else self.total / self.count


def predict(model: Model, inputs: ArrayLike | Dataset, *, batching: Batching | None = None) -> np.ndarray:
    """What a model answers: its outputs for all inputs as one array, without recording, in evaluation mode.

    inputs:   an array of n rows, which may be on disk, or a data set or DataLoader, of which the targets are not used.
    batching: how many examples go through the model together; 1000 if not given.

    Raises DataError for anything but numbers, for no examples, and if the model does not answer each of them.

    >>> import nn
    >>> from optim import predict
    >>> predict(nn.ReLU(), [[-1.0], [2.0]]).tolist()
    [[0.0], [2.0]]
    """
    if isinstance(inputs, DataLoader):
        inputs = inputs.data
    given: Any = inputs if _is_dataset(inputs) else as_array(inputs, "inputs")
    if isinstance(given, np.ndarray) and not given.ndim:
        raise DataError(f"inputs: an array with one row per example expected, got the single number {given}")
    if not len(given):
        raise DataError("inputs: there are no examples")
    _check_batching(batching)
    cast, found = DtypeCaster(model), []
    with evaluation_mode(model), no_grad():
        for part in (batching or EVALUATION_BATCHES).in_order(len(given)):
            x = np.asarray(given[part]) if isinstance(given, np.ndarray) else given[part][0]
            found.append(_as_array(model(cast.inputs(x))))
            if isinstance(found[-1], np.ndarray) and found[-1].shape[:1] != (len(x),):
                one = "; of one example the inputs are x[None]" if np.ndim(x) == 1 else ""
                raise DataError(f"inputs: {len(x)} rows were given, the model answered with shape {found[-1].shape}{one}")
    return found[0] if len(found) == 1 else np.concatenate(found)


def accuracy(scores: np.ndarray, labels: np.ndarray) -> float:
    """Share of examples whose highest score is that of their label.

    scores: (n, classes); labels: (n,). Raises ValueError for other shapes.

    >>> import numpy as np
    >>> from optim import accuracy
    >>> accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
    0.5
    """
    if scores.ndim != 2 or labels.shape != scores.shape[:1]:
        raise ValueError(f"accuracy: scores (n, classes) and labels (n,) expected, got {scores.shape} and {labels.shape}")
    return float((scores.argmax(axis=-1) == labels).mean())


def check_loss(loss: Any) -> None:
    """Raise TypeError for what is no function of predictions and targets."""
    if isinstance(loss, type) or not callable(loss):
        raise TypeError(f"loss: a function of (prediction, target), such as nn.MSELoss(), expected, got {loss!r:.80}")


def check_metrics(metrics: Any) -> None:
    """Raise TypeError for metrics that are no functions by name, ValueError for a name that means something else."""
    if metrics is None:
        return
    if not isinstance(metrics, Mapping):
        raise TypeError(f'metrics: functions by name, such as {{"accuracy": accuracy}}, expected, got {metrics!r:.80}')
    for name, metric in metrics.items():
        if not isinstance(name, str) or not callable(metric):
            raise TypeError(f"metrics: {name!r} should be a function of (predictions, targets) by name, got {metric!r:.80}")
        if name in RESERVED_COLUMNS or name.startswith("validation_"):
            raise ValueError(f"metrics: {name!r} is a column of every history; choose another name")


def check_scalar(loss: Any) -> Tensor:
    """A loss itself; raises TypeError for what is no Tensor, and for a Tensor of several numbers."""
    if not isinstance(loss, Tensor):
        raise TypeError(f"the loss must be a Tensor, made of the prediction by operations, not {type(loss).__name__}")
    if loss.size != 1:
        raise TypeError(f"the loss must be one number, not of shape {loss.shape}; take its mean")
    return loss


def _as_float(name: str, result: Any) -> float:
    value = np.asarray(_as_array(result))
    if value.size != 1 or value.dtype.kind not in "biuf":
        raise TypeError(f"{name} must be one number for all examples, not {result!r:.80}")
    return float(value.item())


def _check_batching(batching: Any) -> None:
    if batching is not None and not isinstance(batching, Batching):
        raise TypeError(f"batching: Batch(), Stochastic() or MiniBatch(size) expected, not {batching!r}")


def _as_array(found: Any) -> Any:
    return found.numpy() if isinstance(found, Tensor) else found


def _is_dataset(data: Any) -> bool:
    indexed = hasattr(data, "__len__") and hasattr(data, "__getitem__")
    return indexed and not isinstance(data, np.ndarray | Tensor | list | tuple) and not hasattr(data, "__array__")
