"""The state of a training while it goes on: callbacks are called with it, and checkpoints hold it."""

import math
from collections.abc import Sequence
from typing import Any

from optim.optimizers.sgd import SGD
from optim.training.averaging_schedule import Averaging
from optim.training.evaluation import measured
from optim.training.history import History
from optim.training.plan import TrainingPlan
from optim.training.preparation import Cast, batches, examples, training_loader


class Run:
    """A training: everything it is made of, and where it is.

    plan:        the arguments of `fit`.
    epoch, step: the epoch, counted from 1, and the steps that are done in all epochs together; steps: those of an epoch.
    value:       the loss of the last step, without the penalty.
    row:         what is measured of this epoch, once it is.
    resumed:     whether it goes on from a checkpoint.
    trouble:     why the loss is no number any more; "" as long as it is one.
    interrupted: whether Ctrl-C was pressed.
    """

    def __init__(self, plan: TrainingPlan, callbacks: Sequence[Any] = ()):
        self.plan, self.model, self.loss, self.epochs = plan, plan.model, plan.loss, plan.epochs
        self.schedule, self.average = plan.schedule, plan.average
        self.parameters = list(plan.model.parameters())
        default = plan.schedule.optimizer if plan.schedule is not None else None
        self.optimizer = plan.optimizer or default or SGD(self.parameters, lr=0.1, momentum=0.9)
        self.callbacks = sorted(callbacks, key=lambda callback: callback.order)
        self.cast = Cast(plan.model)
        self.loader = training_loader(plan.data, self.cast, plan.batching, plan.transform, plan.rng)
        self.held = None if plan.validation is None else examples(plan.validation, "validation", self.cast)
        self.batches = batches(self.loader, self.cast)
        self.averaging = Averaging(plan.average, plan.model, self.batches)
        self.steps = len(self.loader)
        self.history = History()
        self.epoch = self.step = 0
        self.value = math.nan
        self.row: dict[str, float] = {}
        self.resumed = self.interrupted = False
        self.trouble = ""
        self.made: dict[str, list[str]] = {}  # what a checkpoint has to agree with

    def stop(self, reason: str) -> None:
        """End the training after this epoch; the reason is found in history.stopped."""
        self.history.stopped = reason

    def measure(self) -> None:
        """Add the metrics of the epoch that is over, and loss and metrics of the validation data, to the row."""
        metrics = self.plan.metrics
        if metrics:
            values = measured(self.model, self.loss, self.loader.data, metrics, self.cast)
            self.row |= values | {"loss": self.row["loss"]}
        if self.held is not None:
            values = measured(self.model, self.loss, self.held, metrics, self.cast)
            self.row |= {f"validation_{name}": value for name, value in values.items()}
