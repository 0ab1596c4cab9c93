"""Stop when a monitored number no longer improves, and restore the best parameters."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import numpy as np

from autograd import Tensor
from autograd.extend import suggest_names
from optim.training.callbacks.base import Callback
from optim.training.model import state_tensors
from optim.training.monitor import Monitor
from optim.training.run import Run
from optim.validation import is_whole


class EarlyStopping(Callback):
    """Stops the training when a monitored number no longer improves; restores the parameters of its best epoch at the end.

    patience:  number of epochs without improvement after which the training stops.
    min_delta: smallest change that counts as an improvement.
    monitor:   a column of the history, such as "validation_accuracy"; default: validation_loss if there is one, else loss.
    mode:      "min" if lower is better, "max" if higher is better; required for every column but a loss.

    In `fit` it also saves and restores buffers, such as running statistics. The best parameters are restored at every end of
    the training: when it stops, after the last epoch, after Ctrl-C, and when the loss is nan or infinite. Keras's
    EarlyStopping with restore_best_weights=True. Prechelt (1998), Early stopping – but when?

    >>> from autograd import Tensor
    >>> from optim import EarlyStopping
    >>> w = Tensor(0.0, requires_grad=True)
    >>> stopping = EarlyStopping(patience=1)
    >>> for loss in (0.5, 0.7):
    ...     stop = stopping.update(loss, [w])
    ...     w.data = w.data + 1
    >>> stopping.restore([w])
    >>> stop, w.item()
    (True, 0.0)
    """

    @suggest_names
    def __init__(
        self, patience: int = 10, min_delta: float = 0.0, monitor: str | None = None, mode: Literal["min", "max"] | None = None
    ):
        if not is_whole(patience) or patience < 1:
            raise ValueError(f"patience must be a number of epochs, at least 1, got {patience!r}")
        self.patience, self.monitor = patience, Monitor(monitor, mode, min_delta)
        self.reset()

    @property
    def best(self) -> float:
        """The best value of the monitored number."""
        return self.monitor.best

    def reset(self) -> None:
        """Forget an earlier training."""
        self.monitor.best, self.waited = self.monitor.worst, 0
        self._parameters: list[np.ndarray] = []
        self._best_epoch = 0

    def update(self, value: float, parameters: Iterable[Tensor]) -> bool:
        """Record the value of an epoch; return whether the training should stop."""
        if self.monitor.update(value):
            self.waited = 0
            self._parameters = [np.array(p.data) for p in parameters]
        else:
            self.waited += 1
        return self.waited >= self.patience

    def restore(self, parameters: Iterable[Tensor]) -> None:
        """Set the parameters to those of the best epoch."""
        if self._parameters:
            for parameter, best in zip(parameters, self._parameters, strict=True):
                parameter.data = best.copy()

    def on_epoch_evaluated(self, run: Run) -> None:
        if self.update(self.monitor.value(run.logs), state_tensors(run.model)):
            run.stop(f"no improvement for {self.patience} epochs")
        if not self.waited:
            self._best_epoch = run.epoch

    def on_train_end(self, run: Run) -> None:
        self.restore(state_tensors(run.model))
        if self._best_epoch:
            run.history.kept_epoch = self._best_epoch

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best, "waited": self.waited, "parameters": self._parameters, "best_epoch": self._best_epoch}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.monitor.best, self.waited, self._parameters = state["best"], state["waited"], list(state["parameters"])
        self._best_epoch = state["best_epoch"]
