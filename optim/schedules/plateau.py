"""The learning-rate schedule that watches the training: lower where it no longer gets anywhere."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from autograd.extend import side_effect
from optim.optimizers.base import Optimizer
from optim.schedules.base import Every, LRScheduler


class ReduceLROnPlateau(LRScheduler):
    """Lower the rate, lr ← max(factor · lr, min_lr), once a number has not improved for more than patience steps.

    mode:           "min" for a number that should fall, such as the validation loss; "max" for one that should rise.
    factor:         above 0 and below 1.
    patience:       steps without improvement that are borne; at the next one the rate falls.
    threshold:      an improvement is a number below best · (1 − threshold), in mode "max" above best · (1 + threshold); with
    threshold_mode: "abs" instead of "rel", below best − threshold or above best + threshold: right for numbers below 0.
    cooldown:       steps after a fall during which none is counted.
    min_lr:         a bound for all groups, or a list with one for each.
    eps:            a fall smaller than this is left out.

    step(number) comes after each measurement; nan is no improvement. Other arguments and errors are those of LRScheduler.
    PyTorch's ReduceLROnPlateau; Keras's has threshold_mode="abs" (min_delta), and falls one step earlier at the same patience.

    >>> from autograd import Tensor
    >>> from optim import SGD, ReduceLROnPlateau
    >>> optimizer = SGD([Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    >>> for loss in (0.9, 0.8, 0.8, 0.8):
    ...     schedule.step(loss)
    >>> optimizer.lr
    0.5
    """

    combinable: ClassVar[bool] = False

    def __init__(
        self,
        optimizer: Optimizer,
        mode: Literal["min", "max"] = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: Literal["rel", "abs"] = "rel",
        cooldown: int = 0,
        min_lr: float | Sequence[float] = 0.0,
        eps: float = 1e-8,
        every: Every = "epoch",
    ):
        if mode not in ("min", "max"):
            raise self._error(f"mode is 'min' or 'max', not {mode!r}")
        if threshold_mode not in ("rel", "abs"):
            raise self._error(f"threshold_mode is 'rel' or 'abs', not {threshold_mode!r}")
        self._check_range("factor", factor, 0, 1, above=True)
        if factor == 1:
            raise self._error("factor is below 1, or the rate would never fall")
        self._check_whole("patience", patience, least=0)
        self._check_whole("cooldown", cooldown, least=0)
        self._check_range("threshold", threshold, 0)
        if threshold_mode == "rel" and threshold >= 1:
            raise self._error(f"a relative threshold is below 1, not {threshold}")
        self._check_range("eps", eps, 0)
        self.min_lrs = self._per_group("min_lr", min_lr, optimizer)
        for lowest in self.min_lrs:
            self._check_range("min_lr", lowest, 0)
        self.mode, self.reduction, self.patience, self.cooldown, self.eps = mode, factor, patience, cooldown, eps
        self.threshold, self.threshold_mode = threshold, threshold_mode
        self.best = math.inf if mode == "min" else -math.inf
        self.waited = self.cooling = 0
        super().__init__(optimizer, every=every)

    def factor(self, t: int) -> float:
        return 1.0  # lr₀ itself is what falls

    @side_effect
    def step(self, value: Any) -> None:
        """Take note of a measurement, and lower the rates if it is time to."""
        value, rates = float(value), self._start()
        better = self._better(value)
        waited = 0 if better or self.cooling else self.waited + 1
        cooling = max(self.cooling - 1, 0)
        if waited > self.patience:
            lower = [max(rate * self.reduction, lowest) for rate, lowest in zip(rates, self.min_lrs)]
            rates = [new if rate - new > self.eps else rate for rate, new in zip(rates, lower)]
            waited, cooling = 0, self.cooldown
        self.best = value if better else self.best
        self.waited, self.cooling = waited, cooling
        self._move(rates, self.last_epoch + 1)

    def _better(self, value: float) -> bool:
        margin = -self.threshold if self.mode == "min" else self.threshold
        bound = self.best + margin if self.threshold_mode == "abs" else self.best * (1 + margin)
        return value < bound if self.mode == "min" else value > bound

    def options(self) -> dict[str, Any]:
        """The arguments of the constructor by name, which a resumed training needs again."""
        thresholds = {"threshold": self.threshold, "threshold_mode": self.threshold_mode, "cooldown": self.cooldown}
        limits = {"min_lr": self.min_lrs, "eps": self.eps, "every": self.every}
        return {"mode": self.mode, "factor": self.reduction, "patience": self.patience, **thresholds, **limits}

    def state_dict(self) -> dict[str, Any]:
        return super().state_dict() | {"best": self.best, "waited": self.waited, "cooling": self.cooling}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        super().load_state_dict(state)
        self.best, self.waited, self.cooling = state["best"], state["waited"], state["cooling"]
