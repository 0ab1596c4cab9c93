"""Which column of the history says how good an epoch was, and whether it was better than all before."""

import math
from collections.abc import Mapping
from typing import Literal

from optim.validation import is_number


class Monitor:
    """One number per epoch, and the best of it so far.

    monitor: a column of the history; validation_loss if there is one, else loss, if not given.
    mode:    "min" for a number that should fall, "max" for one that should rise; only a loss needs none, it should fall.

    >>> from optim.training.monitor import Monitor
    >>> watched = Monitor("validation_accuracy", "max")
    >>> watched.update(0.5), watched.update(0.4), watched.best
    (True, False, 0.5)
    """

    def __init__(self, monitor: str | None = None, mode: Literal["min", "max"] | None = None, min_delta: float = 0.0):
        if mode is None:
            if monitor not in (None, "loss", "validation_loss"):
                raise ValueError(f"should {monitor!r} fall or rise? Give mode='min' or mode='max'")
            mode = "min"
        if mode not in ("min", "max"):
            raise ValueError(f"mode is 'min' or 'max', not {mode!r}")
        if not (is_number(min_delta) and 0 <= min_delta < math.inf):
            raise ValueError(f"min_delta is what counts as an improvement, 0 or more, not {min_delta!r}")
        self.monitor, self.mode, self.min_delta = monitor, mode, min_delta
        self.best = self.worst

    @property
    def worst(self) -> float:
        """What every number is better than."""
        return math.inf if self.mode == "min" else -math.inf

    def value(self, logs: Mapping[str, float]) -> float:
        """The number of an epoch, from the columns of its row; raises ValueError if it is not measured."""
        return monitored_value(logs, self.monitor)

    def update(self, value: float) -> bool:
        """Whether a number is better than all before, by more than min_delta; nan is not."""
        better = value < self.best - self.min_delta if self.mode == "min" else value > self.best + self.min_delta
        if better:
            self.best = value
        return better


def monitored_value(logs: Mapping[str, float], monitor: str | None = None) -> float:
    """The number of an epoch that is watched; raises ValueError if it is not measured."""
    if monitor is None:
        return logs.get("validation_loss", logs["loss"])
    if monitor not in logs:
        raise ValueError(f"there is no {monitor!r} to watch; measured are {', '.join(logs)}")
    return logs[monitor]
