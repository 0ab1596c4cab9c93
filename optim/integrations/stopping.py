"""When the training of an estimator ends: callbacks with scikit-learn's rules."""

from collections.abc import Callable
from typing import ClassVar

import numpy as np

from optim import Callback, Run


class Convergence(Callback):
    """Stops the training when the loss has not improved by `tol` for more than `patience` epochs; keeps the last weights."""

    def __init__(self, tol: float, patience: float):
        self.tol, self.patience = tol, patience
        self.reset()

    def reset(self) -> None:
        self.best, self.waited = np.inf, 0

    def on_epoch_evaluated(self, run: Run) -> None:
        loss = run.logs["loss"]
        self.waited = self.waited + 1 if loss > self.best - self.tol else 0
        self.best = min(self.best, loss)
        if self.waited > self.patience:
            run.stop(f"no improvement for {self.patience} epochs")


class ValidationScore(Callback):
    """Adds the column validation_score to the history: the result of a function without arguments."""

    order: ClassVar[int] = -1  # before EarlyStopping, which monitors the column

    def __init__(self, score: Callable[[], float]):
        self.score = score

    def on_epoch_evaluated(self, run: Run) -> None:
        run.logs["validation_score"] = self.score()
