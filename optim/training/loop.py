"""The training loop: epochs, their steps, and the calls of callbacks."""

import math
import time
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import numpy as np

from autograd import Tensor
from optim.schedules.plateau import ReduceLROnPlateau
from optim.training.callbacks.base import Callback
from optim.training.evaluation import MeanLoss
from optim.training.history import History
from optim.training.interrupts import defer_interrupt
from optim.training.model import TrainingError, set_training
from optim.training.monitor import monitored_value
from optim.training.progress_bar import ProgressBar
from optim.training.run import Run
from optim.training.step import InfiniteLossError


class Loop:
    """Trains a run until its last epoch or until it is stopped.

    A loss that is nan or infinite sets run.failure, Ctrl-C sets run.interrupted; both end the current epoch immediately.
    """

    def __init__(self, run: Run):
        self.run = run
        self._progress = ProgressBar(run.epochs, run.steps_per_epoch, run.plan.progress if run.rank == 0 else False)

    def train(self) -> History:
        """Train, and return the history; raises TrainingError for a loss that is nan or infinite, unless a callback stops."""
        run = self.run
        self._started = time.perf_counter() - (run.history["seconds"][-1] if len(run.history) else 0.0)
        self._progress.epochs_done = run.epoch
        # A loss that is nan or infinite ends the training with its own message; NumPy's warnings would only repeat it.
        with np.errstate(all="ignore"), defer_interrupt(self._interrupt), self._progress:
            set_training(run.model)
            try:
                with run.ranks.together():
                    self._notify("on_train_begin")
                with run.ranks.abort_on_error():
                    while run.epoch < run.epochs and not run.history.stopped:
                        if not self._train_epoch():
                            break
            except KeyboardInterrupt:
                if run.interrupted:  # the second Ctrl-C
                    raise
                run.interrupted = True
            with run.ranks.together():
                if run.failure:
                    self._notify("on_divergence")
                if run.interrupted:
                    run.stop("interrupted")
                run.averaging.keep_average()
                self._notify("on_train_end")
            run.ranks.finish(run)
            self._progress.end(run.epoch, run.history.stopped or run.failure)
        if run.failure and not run.history.stopped:
            raise TrainingError(run.failure)
        return run.history

    # An epoch and its steps

    def _train_epoch(self) -> bool:
        """Train and evaluate one epoch; False if divergence or an interrupt ended it early."""
        run = self.run
        run.epoch += 1
        run.logs = {"epoch": run.epoch}
        self._notify("on_epoch_begin")
        loss = self._train_steps()
        if loss is None:
            return False
        run.logs["loss"] = loss
        if not all(np.isfinite(parameter.data).all() for parameter in run.parameters):
            run.failure = self._explain_divergence()
            return False
        if run.schedule is not None:
            run.logs["lr"] = run.optimizer.lr
        run.averaging.end_epoch(run.epoch, run.epochs)
        with run.averaging.averaged_weights():
            run.evaluate()
            run.logs["seconds"] = time.perf_counter() - self._started
            run.ranks.agree(run)
            run.history.append(run.logs)
            self._notify("on_epoch_evaluated")
        if run.schedule is not None and run.schedule.every == "epoch":
            self._step_schedule(monitored_value(run.logs))
        run.ranks.agree(run)
        self._notify("on_epoch_end")
        run.ranks.agree(run)
        run.ranks.check_weights(run)
        self._progress.epoch(run.epoch, run.logs, run.optimizer.lr)
        return True

    def _train_steps(self) -> float | None:
        """All steps of an epoch; the mean of their losses, or None if the epoch ended early."""
        run, step, progress, clock = self.run, self._step, self._progress, time.perf_counter
        mean, after_update = MeanLoss(run.loss), self._after_update()
        count_examples, is_shown = run.count_examples, progress.due < math.inf
        for count, (x, y) in enumerate(run.batches(), 1):
            try:
                run.batch_loss = value = step(x, y).item()
            except InfiniteLossError:
                run.failure = self._explain_divergence(x, y)
                return None
            mean.add(value, count_examples(y))
            run.step += 1
            for call in after_update:
                call()
            if run.interrupted:
                return None
            if is_shown and clock() >= progress.due:
                progress.step(run.epoch, count, mean.value, run.optimizer.lr)
        return mean.value

    @cached_property
    def _step(self) -> Callable[[Any, Any], Tensor]:
        """The training step, made after on_epoch_begin of the first epoch: callbacks may change the parameter groups before."""
        return self.run.ranks.make_step(self.run, self._callback_calls("on_grad_computed"))

    def _after_update(self) -> list[Callable[[], Any]]:
        """The calls after every update of the parameters."""
        run = self.run
        calls: list[Callable[[], Any]] = []
        if run.average is not None and not run.averaging.by_epoch:
            calls.append(run.average.update)
        if run.schedule is not None and run.schedule.every == "step":
            calls.append(lambda: self._step_schedule(run.batch_loss))
        return calls + self._callback_calls("on_step_end")

    def _step_schedule(self, value: float) -> None:
        schedule = self.run.schedule
        if isinstance(schedule, ReduceLROnPlateau):
            schedule.step(value)
        elif schedule is not None:
            schedule.step()

    # Callbacks, interrupts and divergence

    def _callback_calls(self, method: str) -> list[Callable[[], Any]]:
        """The calls of the callbacks that override a method."""
        overriding = [c for c in self.run.callbacks if getattr(type(c), method) is not getattr(Callback, method)]
        return [partial(getattr(callback, method), self.run) for callback in overriding]

    def _notify(self, method: str) -> None:
        for call in self._callback_calls(method):
            call()

    def _interrupt(self) -> None:
        self.run.ranks.request_interrupt(self.run)

    def _explain_divergence(self, x: Any = None, y: Any = None) -> str:
        """Why the loss is nan or infinite; x and y: the batch of that loss."""
        run = self.run
        nonfinite = run.ranks.describe_nonfinite(x, y)
        if nonfinite:
            return f"a batch of epoch {run.epoch} contains nan or infinity: {nonfinite}"
        last = f"; the last finite loss was {run.history['loss'][-1]:.4g}" if len(run.history) else ""
        return (
            f"the loss became nan or infinite in epoch {run.epoch}{last}; "
            f"try a learning rate below {run.optimizer.lr:g}, or limit the norm of the gradient"
        )
