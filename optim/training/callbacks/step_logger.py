"""Log the loss while an epoch runs."""

from collections.abc import Callable, Mapping
from typing import Any

from autograd.extend import suggest_names
from optim.training.callbacks.base import Callback
from optim.training.history import History
from optim.training.run import Run
from optim.validation import is_whole


class StepLogger(Callback):
    """Logs the loss every few steps: as a line of text and as a row of a History.

    every: steps between two rows, counted over all epochs.
    log:   a function of the line, such as logging.info, or None.

    history has the columns step, epoch, loss (the mean over the steps since the row before, without the penalty) and lr. A
    resumed training continues it. Keras's on_train_batch_end, which users write for this; Lightning's log_every_n_steps.

    >>> import nn
    >>> from optim import SGD, StepLogger, fit
    >>> model, x, logger = nn.Linear(1, 1, init="zeros"), [[1.0]] * 4, StepLogger(every=2)
    >>> optimizer = SGD(model.parameters(), lr=0.1)
    >>> _ = fit(model, nn.MSELoss(), (x, x), optimizer=optimizer, batch_size=1, epochs=1, callbacks=[logger])
    step 2, epoch 1: loss 0.68, lr 0.1
    step 4, epoch 1: loss 0.08813, lr 0.1
    >>> logger.history["step"]
    [2, 4]
    """

    @suggest_names
    def __init__(self, every: int = 100, log: Callable[[str], Any] | None = print):
        if not is_whole(every) or every < 1:
            raise ValueError(f"every must be a number of steps, at least 1, got {every!r}")
        if log is not None and not callable(log):
            raise TypeError(f"log: a function of a line of text, such as print, or None expected, got {log!r:.80}")
        self.every, self.log = every, log
        self.reset()

    def reset(self) -> None:
        """Forget an earlier training."""
        self.history, self._total, self._count = History(), 0.0, 0

    def on_step_end(self, run: Run) -> None:
        self._total += run.batch_loss
        self._count += 1
        if run.step % self.every:
            return
        row = {"step": run.step, "epoch": run.epoch, "loss": self._total / self._count, "lr": run.optimizer.lr}
        self._total, self._count = 0.0, 0
        self.history.append(row)
        if self.log is not None:
            self.log("step {step}, epoch {epoch}: loss {loss:.4g}, lr {lr:.3g}".format_map(row))

    def state_dict(self) -> dict[str, Any]:
        return {"rows": self.history.rows, "total": self._total, "count": self._count}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.history.rows, self._total, self._count = list(state["rows"]), state["total"], state["count"]
