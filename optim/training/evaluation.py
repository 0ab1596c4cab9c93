"""Use a model without training it: `evaluate` measures loss and metrics, `predict` returns outputs."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from autograd import DataError, Tensor, no_grad
from autograd.extend import short_repr, suggest, suggest_names
from optim.data.batching import Batching
from optim.data.datasets import Dataset, as_array
from optim.data.loader import DataLoader
from optim.training.model import Model, evaluation_mode
from optim.training.preparation import EVALUATION_BATCHES, DtypeCaster, prepare_data
from optim.training.targets import as_column, takes_columns
from optim.training.weighting import loss_option, loss_weight

Metrics = Mapping[str, Callable[..., float]]
#: Columns of every history; a metric must have another name.
RESERVED_COLUMNS = ("epoch", "loss", "lr", "seconds")


class EvaluatedBatch(NamedTuple):
    """The loss of a batch, its weight in the mean, and the pair of predictions and targets if there are metrics."""

    loss: float
    weight: float
    pair: tuple[Any, Any] | None


@suggest_names
def evaluate(
    model: Model,
    loss: Callable[[Any, Any], Tensor],
    data: Any,
    metrics: Metrics | None = None,
    *,
    batching: Batching | None = None,
) -> dict[str, float]:
    """The loss and metrics of a model on data, in evaluation mode and without a graph.

    data:     (inputs, targets), a data set, or a DataLoader, whose data is used in order and without its transform. Targets
              (n,) of a model with one output become a column, as in `fit`.
    metrics:  name → function(predictions, targets) of all examples together. One with a parameter `threshold`, such as
              nn.metrics.accuracy, gets the loss's `decision_threshold` unless the parameter has a default other than None.
    batching: the examples per call of the model, 1000 by default.

    The loss is the mean over the examples; their sum if loss.reduction is "sum". Raises TrainingError as `fit` does.

    >>> import numpy as np
    >>> import nn
    >>> from optim import evaluate
    >>> evaluate(nn.Sequential(), nn.MSELoss(), (np.ones((2, 1)), np.zeros((2, 1))))
    {'loss': 1.0}
    """
    check_loss(loss)
    check_metrics(metrics)
    _check_batching(batching)
    precision = DtypeCaster(model)
    return evaluate_prepared(model, loss, prepare_data(data, "evaluation", precision), metrics, precision, batching)


def evaluate_prepared(
    model: Model,
    loss: Callable[[Any, Any], Tensor],
    data: Dataset,
    metrics: Metrics | None,
    precision: DtypeCaster,
    batching: Batching | None = None,
) -> dict[str, float]:
    """`evaluate` without its checks, on a data set of `prepare_data`."""
    slices = (batching or EVALUATION_BATCHES).in_order(len(data))
    return summarize(evaluate_batches(model, loss, data, slices, precision, bool(metrics)), loss, metrics)


def evaluate_batches(
    model: Model,
    loss: Callable[[Any, Any], Tensor],
    data: Dataset,
    slices: Iterable[slice],
    precision: DtypeCaster,
    keep: bool,
) -> list[EvaluatedBatch]:
    """The losses of batches of a data set of `prepare_data`, with predictions and targets if `keep`."""
    batches = []
    with evaluation_mode(model), no_grad():
        for indices in slices:
            inputs, targets = data[indices]
            targets = precision.targets(targets)
            prediction = model(precision.inputs(inputs))
            if takes_columns(loss):
                targets = as_column(prediction, targets)
            weight = loss_weight(loss, targets)
            value = _as_float("the loss", loss(prediction, targets)) if weight else 0.0
            pair = (_as_array(prediction), _as_array(targets)) if keep else None
            batches.append(EvaluatedBatch(value, weight, pair))
    return batches


def summarize(batches: Sequence[EvaluatedBatch], loss: Any, metrics: Metrics | None) -> dict[str, float]:
    """The loss of all batches, and the metrics of all predictions together."""
    mean = MeanLoss(loss)
    for batch in batches:
        mean.add(batch.loss, batch.weight)
    results = {"loss": mean.value}
    if metrics:
        pairs = zip(*(batch.pair for batch in batches))
        predictions, targets = (arrays[0] if len(arrays) == 1 else np.concatenate(arrays) for arrays in pairs)
        for name, metric in metrics.items():
            options = _metric_options(metric, loss)
            results[name] = _as_float(f"metric {name!r}", metric(predictions, targets, **options))
    return results


def _metric_options(metric: Any, loss: Any) -> dict[str, float]:
    """The loss's decision threshold, for a metric with a parameter `threshold` that has no value yet."""
    threshold = getattr(loss, "decision_threshold", None)
    if threshold is None:
        return {}
    try:
        parameter = inspect.signature(metric).parameters.get("threshold")
    except (TypeError, ValueError):  # written in C
        return {}
    is_open = parameter is not None and parameter.default in (None, inspect.Parameter.empty)
    return {"threshold": threshold} if is_open else {}


class MeanLoss:
    """The loss over several batches: the mean over all examples, or the sum if loss.reduction is "sum".

    >>> from optim.training.evaluation import MeanLoss
    >>> mean = MeanLoss(loss=None)
    >>> for loss, examples in ((1.0, 30), (2.0, 10)):
    ...     mean.add(loss, examples)
    >>> mean.value
    1.25
    """

    def __init__(self, loss: Any):
        self.is_sum = loss_option(loss, "reduction", "mean") == "sum"
        self.total, self.count = 0.0, 0.0

    def add(self, loss: float, examples: float) -> None:
        """Add the loss of a batch and its number of examples, or their weight."""
        self.total += loss if self.is_sum else loss * examples
        self.count += examples

    @property
    def value(self) -> float:
        """The loss of all batches that were added."""
        if self.is_sum:
            return self.total
        if not self.count:
            raise DataError("the mean of the loss is undefined: there are no labels, or all are ignored or have weight 0")
        return self.total / self.count


@suggest_names
def predict(model: Model, inputs: ArrayLike | Dataset, *, batching: Batching | None = None) -> np.ndarray:
    """The outputs of a model for all inputs as one array, in evaluation mode and without a graph.

    inputs:   an array of n rows, in memory or on disk; or a data set or DataLoader, whose targets are not used.
    batching: the examples per call of the model, 1000 by default.

    Raises DataError if the inputs are not numbers, if there are no examples, and if the model does not return one row per
    example.

    >>> import nn
    >>> from optim import predict
    >>> predict(nn.ReLU(), [[-1.0], [2.0]]).tolist()
    [[0.0], [2.0]]
    """
    if isinstance(inputs, DataLoader):
        inputs = inputs.data
    data: Any = inputs if _is_dataset(inputs) else as_array(inputs, "inputs")
    if isinstance(data, np.ndarray) and not data.ndim:
        raise DataError(f"inputs: an array with one row per example expected, got the single number {data}")
    if not len(data):
        raise DataError("inputs: there are no examples")
    _check_batching(batching)
    precision, outputs = DtypeCaster(model), []
    with evaluation_mode(model), no_grad():
        for indices in (batching or EVALUATION_BATCHES).in_order(len(data)):
            x = np.asarray(data[indices]) if isinstance(data, np.ndarray) else data[indices][0]
            output = _as_array(model(precision.inputs(x)))
            if isinstance(output, np.ndarray) and output.shape[:1] != (len(x),):
                hint = "; for a single example write x[None]" if np.ndim(x) == 1 else ""
                raise DataError(f"inputs: the model returned shape {output.shape} for {len(x)} rows{hint}")
            outputs.append(output)
    return outputs[0] if len(outputs) == 1 else np.concatenate(outputs)


def check_loss(loss: Any) -> None:
    """Raise TypeError unless the loss is a function of predictions and targets."""
    if isinstance(loss, type) or not callable(loss):
        is_data = hasattr(loss, "__array__") or isinstance(loss, tuple | list)
        hint = "; the order is (model, loss, (inputs, targets))" if is_data else suggest(loss) if isinstance(loss, str) else ""
        raise TypeError(f"loss: a function of (prediction, target) such as nn.MSELoss() expected, got {short_repr(loss)}{hint}")


def check_metrics(metrics: Any) -> None:
    """Raise TypeError unless metrics are functions by name, ValueError for the name of another column."""
    if metrics is None:
        return
    if not isinstance(metrics, Mapping):
        raise TypeError(
            f'metrics: a dict of functions such as {{"accuracy": nn.metrics.accuracy}} expected, got {metrics!r:.80}'
        )
    for name, metric in metrics.items():
        if not isinstance(name, str) or not callable(metric):
            raise TypeError(f"metrics: a function of (predictions, targets) expected under {name!r}, got {metric!r:.80}")
        if name in RESERVED_COLUMNS or name.startswith("validation_"):
            raise ValueError(f"metrics: {name!r} is the name of another column of the history; choose another name")


def check_scalar(loss: Any) -> Tensor:
    """The loss itself; raises TypeError unless it is a Tensor with one element."""
    if not isinstance(loss, Tensor):
        raise TypeError(f"the loss must be a Tensor computed from the prediction, got {type(loss).__name__}")
    if loss.size != 1:
        raise TypeError(f"the loss must be a single number, got shape {loss.shape}; take its mean")
    return loss


def _as_float(name: str, result: Any) -> float:
    value = np.asarray(_as_array(result))
    if value.size != 1 or value.dtype.kind not in "biuf":
        raise TypeError(f"{name} must be a single number for all examples, got {result!r:.80}")
    return float(value.item())


def _check_batching(batching: Any) -> None:
    if batching is not None and not isinstance(batching, Batching):
        raise TypeError(f"batching: Batch(), Stochastic() or MiniBatch(size) expected, got {batching!r}")


def _as_array(value: Any) -> Any:
    return value.numpy() if isinstance(value, Tensor) else value


def _is_dataset(data: Any) -> bool:
    is_indexed = hasattr(data, "__len__") and hasattr(data, "__getitem__")
    return is_indexed and not isinstance(data, np.ndarray | Tensor | list | tuple) and not hasattr(data, "__array__")
