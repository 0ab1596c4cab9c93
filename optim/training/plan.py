"""The arguments of `fit` as one frozen plan, validated before the training begins."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from importlib import import_module
from operator import index
from pathlib import Path
from typing import Any

import numpy as np

from autograd import Tensor
from optim.data.batching import Batching, MiniBatch
from optim.optimizers.base import Optimizer
from optim.regularizers.clipping import check_limit
from optim.schedules.base import LRScheduler
from optim.schedules.plateau import ReduceLROnPlateau
from optim.training.evaluation import Metrics, check_loss, check_metrics
from optim.training.model import Model, TrainingError
from optim.validation import is_number


@dataclass(frozen=True, eq=False, repr=False)
class TrainingPlan:
    """The arguments of `fit`, see there; validated when the plan is made.

    The Run holds its plan, and a checkpoint stores the fingerprint of the plan. The Run checks the data and `fit` checks the
    callbacks, where they are prepared.

    Raises TypeError, ValueError and TrainingError for arguments that are wrong or do not belong together.

    >>> import nn
    >>> from optim.training.plan import TrainingPlan
    >>> TrainingPlan(nn.Linear(1, 1), nn.MSELoss(), ([[0.0]], [[1.0]]), epochs=5).epochs
    5
    """

    model: Model
    loss: Callable[[Any, Any], Tensor]
    data: Any
    _: KW_ONLY
    optimizer: Optimizer | None = None
    batching: Batching | None = None
    batch_size: int | None = None
    epochs: int = 20
    validation: Any = None
    validation_split: float = 0.0
    class_weight: Mapping[int, float] | str | None = None
    sample_weight: Any = None
    metrics: Metrics | None = None
    schedule: LRScheduler | None = None
    average: Any = None
    early_stopping: Any = None  # callbacks have no type here: their methods take a Run, which holds a plan
    callbacks: Sequence[Any] = ()
    penalty: Callable[[Iterable[Tensor]], Tensor] | None = None
    clip_norm: float | None = None
    clip_value: float | None = None
    transform: Callable[..., Any] | None = None
    record: str | Sequence[str] = ()
    resume: bool | str | Path | None = None
    rng: "np.random.Generator | int | None" = None
    compile: bool = False
    progress: bool | None = None

    def __post_init__(self) -> None:
        if self.batching is not None and self.batch_size is not None:
            raise TypeError("batch_size is short for batching=MiniBatch(batch_size); give one of the two")
        _check_epochs(self.epochs)
        _check_model(self.model)
        check_loss(self.loss)
        _check_instance("optimizer", self.optimizer, Optimizer, "SGD(model.parameters())")
        _check_instance("schedule", self.schedule, LRScheduler, "StepLR(optimizer, 10)")
        _check_average(self.average)
        check_metrics(self.metrics)
        _check_penalty(self.penalty)
        for limit in (self.clip_norm, self.clip_value):
            if limit is not None:
                check_limit(limit)
        _check_resume(self.resume)
        _check_validation_split(self.validation_split, self.validation)
        self._check_parameters()
        self._check_schedule()

    @property
    def mini_batches(self) -> Batching | None:
        """The batching, also if it is given as batch_size; None for neither."""
        return self.batching if self.batch_size is None else MiniBatch(self.batch_size)

    @property
    def clipping(self) -> Mapping[str, float | None]:
        """The limits of the gradient by name."""
        return {"norm": self.clip_norm, "value": self.clip_value}

    def _check_parameters(self) -> None:
        """Raise TrainingError unless the optimizer and the average hold parameters of the model."""
        of_model = {id(parameter) for parameter in self.model.parameters()}
        optimizer = self.optimizer or (None if self.schedule is None else self.schedule.optimizer)
        if optimizer is not None and of_model.isdisjoint(map(id, optimizer.parameters)):
            raise TrainingError("the optimizer holds none of the model's parameters; make it with model.parameters()")
        if self.average is not None and of_model.isdisjoint(map(id, self.average.parameters)):
            raise TrainingError("the average holds none of the model's parameters; make it with model.parameters()")

    def _check_schedule(self) -> None:
        """Raise TrainingError unless the schedule belongs to the optimizer and expects a loss that decreases."""
        if self.schedule is None:
            return
        if self.optimizer is not None and self.schedule.optimizer is not self.optimizer:
            raise TrainingError("the schedule belongs to another optimizer; make it with the optimizer given to fit")
        if isinstance(self.schedule, ReduceLROnPlateau) and self.schedule.mode == "max":
            raise TrainingError("ReduceLROnPlateau: mode must be 'min' in fit, because fit passes the loss to it")


def _check_model(model: Any) -> None:
    if isinstance(model, type) or not (callable(model) and hasattr(model, "parameters")):
        raise TypeError(f"model: a callable with parameters() such as nn.MLP([2, 8, 1]) expected, got {model!r:.80}")


def _check_instance(name: str, value: Any, cls: type, example: str) -> None:
    if value is not None and not isinstance(value, cls):
        names = import_module("optim").__all__ if isinstance(value, str) else []
        alike = [public for public in names if public.lower() == value.lower()]
        example = f"{alike[0]}(model.parameters())" if alike and cls is Optimizer else example
        raise TypeError(f"{name}: an instance such as {example} expected, got {value!r:.80}")


def _check_average(average: Any) -> None:
    has_methods = all(hasattr(average, name) for name in ("parameters", "update", "copy_to"))
    if average is not None and (isinstance(average, type) or not has_methods):
        raise TypeError(f"average: an instance such as EMA(model.parameters()) expected, got {average!r:.80}")


def _check_epochs(epochs: Any) -> None:
    try:
        number = index(epochs)
    except TypeError:
        raise TrainingError(f"epochs must be an integer, got {epochs!r}") from None
    if number < 0:
        raise TrainingError(f"epochs must be 0 or more, got {epochs}")


def _check_penalty(penalty: Any) -> None:
    if penalty is not None and (isinstance(penalty, type) or not callable(penalty)):
        raise TypeError(f"penalty: a function of the parameters such as L2(1e-4) expected, got {penalty!r:.80}")


def _check_validation_split(fraction: Any, validation: Any) -> None:
    if not (is_number(fraction) and 0 <= fraction < 1):
        raise ValueError(f"validation_split: a fraction such as 0.1, from 0 to less than 1, expected, got {fraction!r}")
    if fraction and validation is not None:
        raise TypeError("validation_split divides the training data; give either it or validation, not both")


def _check_resume(resume: Any) -> None:
    if resume is not None and not isinstance(resume, bool | str | Path):
        raise TypeError(f"resume: True, or the path of a checkpoint or of its folder, expected, got {resume!r:.80}")
