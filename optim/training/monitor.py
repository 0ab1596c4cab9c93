"""The monitored column of the history: is an epoch better than all epochs before it?"""

import math
from collections.abc import Mapping
from typing import Literal

from autograd.extend import suggest
from optim.validation import is_number


class Monitor:
    """One number per epoch and its best value so far.

    column:    a column of the history; default: validation_loss if there is one, else loss.
    mode:      "min" if lower is better, "max" if higher is better; required for every column but a loss.
    min_delta: smallest change that counts as an improvement.

    >>> from optim.training.monitor import Monitor
    >>> monitor = Monitor("validation_accuracy", "max")
    >>> monitor.update(0.5), monitor.update(0.4), monitor.best
    (True, False, 0.5)
    """

    def __init__(self, column: str | None = None, mode: Literal["min", "max"] | None = None, min_delta: float = 0.0):
        if mode is None:
            if column not in (None, "loss", "validation_loss"):
                hint = suggest(str(column)) or "? Give mode='min' or mode='max'"
                raise ValueError(f"is a lower or a higher {column!r} better{hint}")
            mode = "min"
        if mode not in ("min", "max"):
            raise ValueError(f"mode must be 'min' or 'max', got {mode!r}")
        if not (is_number(min_delta) and 0 <= min_delta < math.inf):
            raise ValueError(f"min_delta must be a number, 0 or more, got {min_delta!r}")
        self.column, self.mode, self.min_delta = column, mode, min_delta
        self.best = self.worst

    @property
    def worst(self) -> float:
        """The value that every number is better than."""
        return math.inf if self.mode == "min" else -math.inf

    def value(self, logs: Mapping[str, float]) -> float:
        """The monitored number of an epoch; raises ValueError if the logs do not have its column."""
        return monitored_value(logs, self.column)

    def update(self, value: float) -> bool:
        """Whether a value is better than `best` by more than min_delta; it is then the new best. False for nan."""
        is_better = value < self.best - self.min_delta if self.mode == "min" else value > self.best + self.min_delta
        if is_better:
            self.best = value
        return is_better


def monitored_value(logs: Mapping[str, float], column: str | None = None) -> float:
    """The number of an epoch in a column; by default validation_loss or loss. Raises ValueError for an unknown column."""
    if column is None:
        return logs.get("validation_loss", logs["loss"])
    if column not in logs:
        raise ValueError(f"there is no column {column!r} to monitor; the columns are {', '.join(logs)}")
    return logs[column]
