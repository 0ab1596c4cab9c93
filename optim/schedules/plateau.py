"""The learning-rate schedule that depends on a metric: it lowers the rate when the metric stops improving."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from autograd.extend import side_effect
from optim.optimizers.base import Optimizer
from optim.schedules.base import Every, LRScheduler
from optim.validation import as_number


class ReduceLROnPlateau(LRScheduler):
    """Lowers the rate, lr ← max(factor · lr, min_lr), when a metric has not improved for more than `patience` steps.

    mode:           "min" for a metric that should fall, such as the validation loss; "max" for one that should rise.
    factor:         above 0 and below 1.
    patience:       number of steps without improvement that are allowed; at the next one the rate falls.
    threshold:      an improvement is a value below best · (1 − threshold), or in mode "max" above best · (1 + threshold).
    threshold_mode: "rel"; or "abs" for below best − threshold, or above best + threshold, which suits negative metrics.
    cooldown:       number of steps after a fall in which steps without improvement are not counted.
    min_lr:         the smallest rate, or a list with one per group.
    eps:            a fall by less than this is omitted.

    Call step(value) after each evaluation; nan is not an improvement. Other arguments and errors are those of LRScheduler.
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
            raise self._error(f"mode must be 'min' or 'max', not {mode!r}")
        if threshold_mode not in ("rel", "abs"):
            raise self._error(f"threshold_mode must be 'rel' or 'abs', not {threshold_mode!r}")
        self._check_range("factor", factor, 0, 1, above=True)
        if factor == 1:
            raise self._error("factor must be below 1, or the rate would never fall")
        self._check_whole("patience", patience, least=0)
        self._check_whole("cooldown", cooldown, least=0)
        self._check_range("threshold", threshold, 0)
        if threshold_mode == "rel" and threshold >= 1:
            raise self._error(f"a relative threshold must be below 1, not {threshold}")
        self._check_range("eps", eps, 0)
        self.min_lrs = self._per_group("min_lr", min_lr, optimizer)
        for bound in self.min_lrs:
            self._check_range("min_lr", bound, 0)
        self.mode, self.reduction, self.patience, self.cooldown, self.eps = mode, factor, patience, cooldown, eps
        self.threshold, self.threshold_mode = threshold, threshold_mode
        self.best = math.inf if mode == "min" else -math.inf
        self.waited = self.cooling = 0
        super().__init__(optimizer, every=every)

    def factor(self, t: int) -> float:
        return 1.0  # step() lowers lr₀ itself

    @side_effect
    def step(self, value: Any) -> None:  # type: ignore[override]  # unlike others it needs a value
        """Record a value of the metric, and lower the rates if there are too many steps without improvement."""
        value, rates = as_number(value), self._current_initial_rates()
        improved = self._is_improvement(value)
        waited = 0 if improved or self.cooling else self.waited + 1
        cooling = max(self.cooling - 1, 0)
        if waited > self.patience:
            lower_rates = [max(rate * self.reduction, bound) for rate, bound in zip(rates, self.min_lrs)]
            rates = [lower if rate - lower > self.eps else rate for rate, lower in zip(rates, lower_rates)]
            waited, cooling = 0, self.cooldown
        self.best = value if improved else self.best
        self.waited, self.cooling = waited, cooling
        self._set_step(rates, self.last_epoch + 1)

    def _is_improvement(self, value: float) -> bool:
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
