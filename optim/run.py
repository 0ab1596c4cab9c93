"""A training while it goes on: what callbacks are called with, what checkpoints hold, and the loop itself."""

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

import autograd
from autograd import Tensor, repeated
from optim.asked import one_number
from optim.averaging import Averaging
from optim.callbacks import Callback
from optim.checkpoint import Checkpoint
from optim.clipping import clip_by_norm, clip_by_value
from optim.data.arrays import DataSet
from optim.data.loader import Loader
from optim.evaluation import Mean, Metrics, measured
from optim.examples import Cast, batches, first_wrong
from optim.history import History
from optim.interrupts import heard
from optim.model import Model, TrainingError, set_training
from optim.optimiser import Optimiser
from optim.plateau import ReduceLROnPlateau
from optim.progress import Progress
from optim.resuming import state_of
from optim.watching import watched


class Run:
    """A training: everything it is made of, and where it is.

    epoch, step: the epoch, counted from 1, and the steps that are done in all epochs together; steps: those of an epoch.
    value:       the loss of the last step, without the penalty.
    row:         what is measured of this epoch, once it is.
    resumed:     whether it goes on from a checkpoint.
    trouble:     why the loss is no number any more; "" as long as it is one.
    interrupted: whether Ctrl-C was pressed.
    """

    def __init__(
        self,
        model: Model,
        loss: Callable[[Any, Any], Tensor],
        loader: Loader,
        optimiser: Optimiser,
        *,
        cast: Cast,
        epochs: int,
        held: DataSet | None = None,
        metrics: Metrics | None = None,
        schedule: Any = None,
        average: Any = None,
        callbacks: Sequence[Callback] = (),
        penalty: Callable[[Iterable[Tensor]], Tensor] | None = None,
        limits: Mapping[str, float | None],
        compile: bool = False,
        progress: bool | None = None,
    ):
        self.model, self.loss, self.loader, self.optimiser = model, loss, loader, optimiser
        self.cast, self.epochs, self.held, self.metrics = cast, epochs, held, metrics
        self.schedule, self.average, self.penalty, self.limits = schedule, average, penalty, limits
        self.compile = compile
        self.callbacks = sorted(callbacks, key=lambda callback: isinstance(callback, Checkpoint))
        self.parameters = list(model.parameters())
        self.steps = len(loader)
        self.history = History()
        self.epoch = self.step = 0
        self.value = math.nan
        self.row: dict[str, float] = {}
        self.resumed = self.interrupted = False
        self.trouble = ""
        self.made: dict[str, list[str]] = {}  # what a checkpoint has to agree with
        self._one_step: Callable[[Any, Any], Tensor] | None = None
        self._batches = batches(loader, cast)
        self.averaging = Averaging(average, model, self._batches)
        self._bar = Progress(epochs, self.steps, progress)

    def stop(self, reason: str) -> None:
        """End the training after this epoch; the reason is found in history.stopped."""
        self.history.stopped = reason

    def state_dict(self) -> dict[str, Any]:
        """Where the training is after an epoch, in plain values and arrays."""
        return state_of(self)

    def train(self) -> History:
        """Train until the epochs are over or somebody stops."""
        started = time.perf_counter() - (self.history["seconds"][-1] if len(self.history) else 0.0)
        # A loss that is no number ends the training with its own message: warnings on the way there would only repeat it.
        self._bar.past = self.epoch
        with np.errstate(all="ignore"), heard(self._interrupt), self._bar:
            set_training(self.model)
            try:
                self._tell("on_train_begin")
                while self.epoch < self.epochs and not self.history.stopped:
                    self._train_epoch(started)
            except _InterruptedError:
                pass
            except KeyboardInterrupt:
                if self.interrupted:  # the second time
                    raise
                self.interrupted = True
            except _DivergedError as error:
                self.trouble = str(error)
                self._tell("on_divergence")
            if self.interrupted:
                self.stop("interrupted")
            self.averaging.take()
            self._tell("on_train_end")
        if self.trouble and not self.history.stopped:
            raise TrainingError(self.trouble)
        return self.history

    # An epoch and its steps

    def _train_epoch(self, started: float) -> None:
        self.epoch += 1
        self.row = {"epoch": self.epoch}
        self._tell("on_epoch_begin")
        self.row["loss"] = self._train_steps()
        if not all(np.isfinite(parameter.data).all() for parameter in self.parameters):
            raise self._diverged()
        if self.schedule is not None:
            self.row["lr"] = self.optimiser.lr
        self.averaging.end_epoch(self.epoch, self.epochs)
        with self.averaging.applied():
            self._measure()
            self.row["seconds"] = time.perf_counter() - started
            self.history.append(self.row)
            self._tell("on_measured")
        if self.schedule is not None and self.schedule.every == "epoch":
            self._move_schedule(watched(self.row))
        self._tell("on_epoch_end")
        self._bar.epoch(self.epoch, self.row, self.optimiser.lr)

    def _train_steps(self) -> float:
        """All steps of an epoch; the mean of their losses."""
        mean, after, bar, clock = Mean(self.loss), self._after_update(), self._bar, time.perf_counter
        step = self._one_step = self._one_step or self._step()
        shown = bar.due < math.inf
        for count, (x, y) in enumerate(self._batches(), 1):
            try:
                self.value = value = step(x, y).item()
            except _InfiniteError:
                raise self._diverged(x, y) from None
            mean.add(value, len(y))
            self.step += 1
            for call in after:
                call()
            if self.interrupted:
                raise _InterruptedError
            if shown and clock() >= bar.due:
                bar.step(self.epoch, count, mean.value, self.optimiser.lr)
        return mean.value

    def _step(self) -> Callable[[Any, Any], Tensor]:
        """A step of the optimiser as a function of a batch; it gives the loss before the step, without the penalty."""
        model, loss, optimiser = self.model, self.loss, self.optimiser
        backward = self._backward()

        def step(x: Any, y: Any) -> Tensor:
            error = one_number(loss(model(x), y))
            _refuse_infinite(error.data)
            backward(error)
            optimiser.step()
            return error

        def step_by_closure(x: Any, y: Any) -> Tensor:
            errors: list[Tensor] = []

            def closure() -> Tensor:
                errors.append(one_number(loss(model(x), y)))
                _refuse_infinite(errors[0].data)
                return backward(errors[-1])

            optimiser.step(closure)
            return errors[0]

        made = step if type(optimiser).step is Optimiser.step else step_by_closure
        return autograd.compile(made) if self.compile else made

    def _backward(self) -> Callable[[Tensor], Tensor]:
        """From a loss to the gradients of which an update is made, as a function; it gives the loss with the penalty."""
        optimiser, penalty, parameters = self.optimiser, self.penalty, self.parameters
        moved = {id(parameter) for parameter in optimiser.parameters}
        others = [parameter for parameter in parameters if id(parameter) not in moved]
        calls: list[Callable[[], Any]] = [repeated(call) for call in self._calls("on_gradients")]
        if self.limits["norm"] is not None:
            calls.append(partial(clip_by_norm, optimiser.parameters, self.limits["norm"]))
        if self.limits["value"] is not None:
            calls.append(partial(clip_by_value, optimiser.parameters, self.limits["value"]))

        def backward(error: Tensor) -> Tensor:
            optimiser.zero_grad()
            for parameter in others:
                parameter.zero_grad()
            if penalty is not None:
                error = error + penalty(parameters)
            error.backward()
            for call in calls:
                call()
            return error

        return backward

    def _after_update(self) -> list[Callable[[], Any]]:
        """What happens in every step once the parameters have moved."""
        calls: list[Callable[[], Any]] = []
        if self.average is not None and not self.averaging.by_epoch:
            calls.append(self.average.update)
        if self.schedule is not None and self.schedule.every == "step":
            calls.append(lambda: self._move_schedule(self.value))
        return calls + self._calls("on_step_end")

    # What belongs to it

    def _measure(self) -> None:
        """Loss and metrics of the epoch that is over."""
        if self.metrics:
            found = measured(self.model, self.loss, self.loader.data, self.metrics, self.cast)
            self.row |= found | {"loss": self.row["loss"]}
        if self.held is not None:
            found = measured(self.model, self.loss, self.held, self.metrics, self.cast)
            self.row |= {f"validation_{name}": value for name, value in found.items()}

    def _move_schedule(self, value: float) -> None:
        self.schedule.step(*((value,) if isinstance(self.schedule, ReduceLROnPlateau) else ()))

    def _calls(self, moment: str) -> list[Callable[[], Any]]:
        """The callbacks that wrote a moment, ready to be called."""
        wrote = [one for one in self.callbacks if getattr(type(one), moment) is not getattr(Callback, moment)]
        return [partial(getattr(one, moment), self) for one in wrote]

    def _tell(self, moment: str) -> None:
        for call in self._calls(moment):
            call()

    def _interrupt(self) -> None:
        self.interrupted = True

    def _diverged(self, x: Any = None, y: Any = None) -> "_DivergedError":
        where = first_wrong(x, y)
        if where:
            return _DivergedError(f"a batch of epoch {self.epoch} holds what is no number: {where}")
        last = f"; the last good loss was {self.history['loss'][-1]:.4g}" if len(self.history) else ""
        return _DivergedError(
            f"the loss became nan or infinite in epoch {self.epoch}{last}; "
            f"try a learning rate below {self.optimiser.lr:g}, or limit the norm of the gradient"
        )


@repeated
def _refuse_infinite(value: Any) -> None:
    if not math.isfinite(value.item()):
        raise _InfiniteError


class _InfiniteError(Exception):
    """The loss is no number any more."""


class _InterruptedError(Exception):
    """Ctrl-C was pressed, and the step that was being made is done."""


class _DivergedError(Exception):
    """The loss, or a parameter, is no number any more."""
