"""What `fit` may be asked for: arguments that cannot be meant are named before anything begins."""

import inspect
from collections.abc import Mapping
from operator import index
from pathlib import Path
from typing import Any

from autograd import Tensor
from optim.callbacks import Callback
from optim.early_stopping import EarlyStopping
from optim.model import TrainingError
from optim.optimiser import Optimiser
from optim.scheduler import LRScheduler

KINDS: dict[str, tuple[Any, str]] = {
    "optimiser": (Optimiser, "one such as SGD(model.parameters())"),
    "schedule": (LRScheduler, "one such as StepLR(optimiser, 10)"),
    "early_stopping": (EarlyStopping, "one such as EarlyStopping(patience=10)"),
}
#: Columns of the history that are not metrics.
TAKEN = ("epoch", "loss", "lr", "seconds")


def check_model(model: Any, loss: Any) -> None:
    """Raise TypeError for what is no model, and for a loss that cannot be called with predictions."""
    if isinstance(model, type) or not (callable(model) and hasattr(model, "parameters")):
        raise TypeError(f"a model is callable and has parameters(), such as nn.MLP([2, 8, 1]); got {model!r:.80}")
    check_loss(loss)


def check_loss(loss: Any) -> None:
    """Raise TypeError for what is no function of predictions and targets."""
    if isinstance(loss, type) or not callable(loss):
        raise TypeError(f"loss: a function of (prediction, target), such as nn.MSELoss(), expected, got {loss!r:.80}")


def check_kinds(**given: Any) -> None:
    """Raise TypeError for an optimiser, a schedule, … that is none."""
    for name, value in given.items():
        kind, wanted = KINDS[name]
        if value is not None and not isinstance(value, kind):
            raise TypeError(f"{name}: {wanted} expected, got {value!r:.80}")


def check_average(average: Any) -> None:
    """Raise TypeError for what averages nothing."""
    there = all(hasattr(average, name) for name in ("parameters", "update", "copy_to"))
    if average is not None and (isinstance(average, type) or not there):
        raise TypeError(f"average: one such as EMA(model.parameters()) expected, got {average!r:.80}")


def check_epochs(epochs: Any) -> None:
    """Raise TrainingError unless it is a number of epochs."""
    try:
        whole = index(epochs)
    except TypeError:
        raise TrainingError(f"epochs is a whole number, not {epochs!r}") from None
    if whole < 0:
        raise TrainingError(f"training takes 0 epochs or more, not {epochs}")


def check_metrics(metrics: Any) -> None:
    """Raise TypeError for metrics that are no functions by name, ValueError for a name that means something else."""
    if metrics is None:
        return
    if not isinstance(metrics, Mapping):
        raise TypeError(f'metrics: functions by name, such as {{"accuracy": accuracy}}, expected, got {metrics!r:.80}')
    for name, metric in metrics.items():
        if not isinstance(name, str) or not callable(metric):
            raise TypeError(f"metrics: {name!r} should be a function of (predictions, targets) by name, got {metric!r:.80}")
        if name in TAKEN or name.startswith("validation_"):
            raise ValueError(f"metrics: {name!r} is a column of every history; choose another name")


def check_resume(resume: Any) -> None:
    """Raise TypeError for what is no place to go on from."""
    if resume is not None and not isinstance(resume, bool | str | Path):
        raise TypeError(f"resume: True, or the path of a checkpoint or of a folder of them, expected, got {resume!r:.80}")


def check_penalty(penalty: Any) -> None:
    """Raise TypeError for what is no term of a loss."""
    if penalty is not None and (isinstance(penalty, type) or not callable(penalty)):
        raise TypeError(f"penalty: a function of the parameters, such as L2(1e-4), expected, got {penalty!r:.80}")


def check_callbacks(callbacks: Any) -> None:
    """Raise TypeError for what is no list of callbacks, and for a class in place of a callback."""
    if isinstance(callbacks, Callback) or not isinstance(callbacks, list | tuple):
        raise TypeError(f"callbacks: a list is expected, such as [TerminateOnNaN()], not {callbacks!r:.80}")
    for one in callbacks:
        if inspect.isclass(one) and issubclass(one, Callback):
            raise TypeError(f"callbacks: {one.__name__} is a class; give what it makes, {one.__name__}(…)")


def one_number(loss: Any) -> Tensor:
    """A loss itself; raises TypeError for what is no Tensor, and for a Tensor of several numbers."""
    if not isinstance(loss, Tensor):
        raise TypeError(f"the loss must be a Tensor, made of the prediction by operations, not {type(loss).__name__}")
    if loss.size != 1:
        raise TypeError(f"the loss must be one number, not of shape {loss.shape}; take its mean")
    return loss
