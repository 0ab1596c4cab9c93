"""Minimize a function of an array, and keep the path."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from autograd import Tensor, no_grad
from optim.optimizers.base import Optimizer
from optim.optimizers.sgd import SGD
from optim.validation import is_whole


class Path(NamedTuple):
    """The points that `minimize` visits, from the start to the last.

    points:      the points (steps + 1, *shape).
    losses:      f at each point (steps + 1,).
    evaluations: how often f had been evaluated with its gradient when the optimizer arrived at each point (steps + 1,).
    """

    points: np.ndarray
    losses: np.ndarray
    evaluations: np.ndarray

    @property
    def point(self) -> np.ndarray:
        """The last point."""
        return self.points[-1]

    @property
    def loss(self) -> float:
        """f at the last point."""
        return float(self.losses[-1])


def minimize(
    f: Callable[[Tensor], Any],
    start: Any,
    optimizer: Callable[[Iterable[Tensor]], Optimizer] | None = None,
    *,
    steps: int = 100,
    lr: float = 0.1,
    tolerance: float | None = None,
    clip: Callable[[list[Tensor]], Any] | None = None,
) -> Path:
    """Minimize f(w) by gradient descent, w ← w − η ∇f(w), or by another optimizer, and return the path.

    f:         a function of one tensor that returns the loss, a tensor of one element.
    start:     the first w, a number or an array; it keeps its value.
    optimizer: makes the optimizer of a list of tensors, such as `optim.Adam` or `partial(optim.LBFGS, max_iter=1)`; None for
               SGD with the learning rate `lr`.
    steps:     the number of steps.
    lr:        the learning rate of the default optimizer, above 0.
    tolerance: stop after a step in which no element of w moves by more than this; None to take all steps.
    clip:      called with the list [w] after each backward pass, such as `partial(optim.clip_grad_norm, limit=1.0)`.

    The path ends at a loss that is nan or infinite. SciPy's `minimize`, whose `callback` collects the path.

    >>> from optim import minimize
    >>> path = minimize(lambda w: ((w - 3) ** 2).sum(), [0.0, 5.0], lr=0.5, steps=2)
    >>> path.points.tolist(), path.losses.tolist(), path.evaluations.tolist()
    ([[0.0, 5.0], [3.0, 3.0], [3.0, 3.0]], [13.0, 0.0, 0.0], [0, 1, 2])
    """
    if not is_whole(steps) or steps < 0:
        raise ValueError(f"steps must be a whole number, 0 or more, not {steps!r}")
    w = Tensor(np.array(start, dtype=float), requires_grad=True)
    rule = SGD([w], lr=lr) if optimizer is None else optimizer([w])
    evaluations = 0

    def closure() -> Any:
        nonlocal evaluations
        evaluations += 1
        rule.zero_grad()
        loss = f(w)
        loss.backward()
        if clip is not None:
            clip([w])
        return loss

    points, losses, counts = [w.numpy().copy()], [_value(f, w)], [0]
    while len(points) <= steps and np.isfinite(losses[-1]):
        rule.step(closure)
        points.append(w.numpy().copy())
        losses.append(_value(f, w))
        counts.append(evaluations)
        if tolerance is not None and np.abs(points[-1] - points[-2]).max() <= tolerance:
            break
    return Path(np.array(points), np.array(losses), np.array(counts))


def _value(f: Callable[[Tensor], Any], w: Tensor) -> float:
    with no_grad():
        return f(w).item()
