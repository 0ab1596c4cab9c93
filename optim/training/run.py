"""The state of a training while it goes on: callbacks are called with it, and checkpoints hold it."""

import math
from collections.abc import Sequence
from typing import Any

from optim.optimizers.sgd import SGD
from optim.training.averaging_schedule import Averaging
from optim.training.evaluation import evaluate_prepared
from optim.training.history import History
from optim.training.plan import TrainingPlan
from optim.training.preparation import DtypeCaster, batch_factory, prepare_data, training_loader


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
        self.precision = DtypeCaster(plan.model)
        self.loader = training_loader(plan.data, self.precision, plan.batching, plan.transform, plan.rng)
        self.validation = None if plan.validation is None else prepare_data(plan.validation, "validation", self.precision)
        self.batches = batch_factory(self.loader, self.precision)
        self.averaging = Averaging(plan.average, plan.model, self.batches)
        self.steps_per_epoch = len(self.loader)
        self.history = History()
        self.epoch = self.step = 0
        self.batch_loss = math.nan
        self.logs: dict[str, float] = {}
        self.resumed = self.interrupted = False
        self.failure = ""
        self.fingerprint: dict[str, list[str]] = {}  # what a checkpoint has to agree with

    def stop(self, reason: str) -> None:
        """End the training after this epoch; the reason is found in history.stopped."""
        self.history.stopped = reason

    def measure(self) -> None:
        """Add the metrics of the epoch that is over, and loss and metrics of the validation data, to the row."""
        metrics = self.plan.metrics
        if metrics:
            values = evaluate_prepared(self.model, self.loss, self.loader.data, metrics, self.precision)
            self.logs |= values | {"loss": self.logs["loss"]}
        if self.validation is not None:
            values = evaluate_prepared(self.model, self.loss, self.validation, metrics, self.precision)
            self.logs |= {f"validation_{name}": value for name, value in values.items()}
