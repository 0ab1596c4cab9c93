"""The state of a training: callbacks receive it, checkpoints store it."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from optim.optimizers.sgd import SGD
from optim.training.averaging_schedule import Averaging
from optim.training.history import History
from optim.training.plan import TrainingPlan
from optim.training.preparation import (
    DtypeCaster,
    batch_factory,
    prepare_data,
    split_validation,
    training_loader,
    weighted_loader,
)
from optim.training.weighting import WeightedLoss, as_weights, example_weights, total_weight


class Run:
    """A training: its parts and its progress.

    plan:            the arguments of `fit`.
    epoch:           the current epoch, counted from 1; epochs: their number.
    step:            the number of steps done in all epochs; steps_per_epoch: those of one epoch.
    batch_loss:      the loss of the last step, without the penalty.
    logs:            the numbers of the current epoch by column, once it is evaluated.
    resumed:         whether the training continues from a checkpoint.
    failure:         why the loss is nan or infinite; "" if it is not.
    interrupted:     whether Ctrl-C was pressed.
    rank:            the number of this process among those that train together, from 0; 0 without a communicator.

    >>> import numpy as np
    >>> import nn
    >>> from optim import fit
    >>> x = np.ones((4, 1))
    >>> def callback(run):
    ...     print(f"epoch {run.epoch} of {run.epochs}: {run.step} steps")
    >>> history = fit(nn.Linear(1, 1, rng=0), nn.MSELoss(), (x, x), epochs=2, callbacks=[callback])
    epoch 1 of 2: 1 steps
    epoch 2 of 2: 2 steps
    """

    def __init__(self, plan: TrainingPlan, callbacks: Sequence[Any], ranks: Any):
        self.ranks = ranks
        self.plan, self.model, self.loss, self.epochs = plan, plan.model, plan.loss, plan.epochs
        self.schedule, self.average = plan.schedule, plan.average
        self.parameters = list(plan.model.parameters())
        default = plan.schedule.optimizer if plan.schedule is not None else None
        self.optimizer = plan.optimizer or default or SGD(self.parameters, lr=0.1, momentum=0.9)
        self.callbacks = sorted(callbacks, key=lambda callback: callback.order)
        self.precision = DtypeCaster(plan.model)
        self._prepare_data()
        self.batches = ranks.batch_factory(self)
        batches = batch_factory(self.loader, self.precision)
        self.averaging = Averaging(plan.average, plan.model, batches, lambda: ranks.seeded(self))
        self.steps_per_epoch = len(self.loader)
        self.history = History()
        self.epoch = self.step = 0
        self.batch_loss = math.nan
        self.logs: dict[str, float] = {}
        self.resumed = self.interrupted = False
        self.failure = ""
        self.fingerprint: dict[str, list[str]] = {}  # a checkpoint of the same training has the same one
        self.called: Any = None  # the state of functions and objects that the training calls, if there are checkpoints

    def _prepare_data(self) -> None:
        """Make the loader and the validation data, and the weighted loader and loss if examples have weights."""
        plan, data, validation, sample_weight = self.plan, self.plan.data, self.plan.validation, self.plan.sample_weight
        if plan.validation_split:
            data, validation, positions = split_validation(data, plan.validation_split, plan.rng)
            if sample_weight is not None:
                sample_weight = as_weights(sample_weight, len(data) + len(validation))[positions]
        self.loader = training_loader(data, self.precision, plan.mini_batches, plan.transform, plan.rng)
        self.validation = None if validation is None else prepare_data(validation, "validation", self.precision)
        self.training_data = self.loader.data
        self.step_loss: Callable[[Any, Any], Any] = plan.loss
        self.count_examples: Callable[[Any], float] = len
        if sample_weight is not None or plan.class_weight is not None:
            self.step_loss, self.count_examples = WeightedLoss(plan.loss), total_weight
            weights = example_weights(self.training_data, plan.class_weight, sample_weight)
            self.loader = weighted_loader(self.loader, weights, self.precision)

    @property
    def rank(self) -> int:
        return self.ranks.rank

    def stop(self, reason: str) -> None:
        """End the training after the current epoch; history.stopped is then the reason."""
        self.history.stopped = reason

    def evaluate(self) -> None:
        """Add to the logs the metrics of the training data, and loss and metrics of the validation data."""
        if self.plan.metrics:
            values = self.ranks.evaluate(self, self.training_data)
            self.logs |= values | {"loss": self.logs["loss"]}
        if self.validation is not None:
            values = self.ranks.evaluate(self, self.validation)
            self.logs |= {f"validation_{name}": value for name, value in values.items()}
