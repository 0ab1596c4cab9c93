"""Gradient descent over nested parameters, with HIPS autograd's names and defaults: sgd, rmsprop, adam.

Each starts at the parameters x0, calls `grad(x, i)` for the gradient at x in iteration i, and returns the last parameters.
`callback(x, i, g)` is called before each step. The optimizers for training networks are in `optim`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.misc.flatten import flatten

Gradient = Callable[[Any, int], Any]
Callback = Callable[[Any, int, Any], Any]


def sgd(
    grad: Gradient, x0: Any, callback: Callback | None = None, num_iters: int = 200, step_size: float = 0.1, mass: float = 0.9
) -> Any:
    """Gradient descent with momentum: v ← mass · v − (1 − mass) · g, x ← x + step_size · v.

    >>> from autograd.misc.optimizers import sgd
    >>> round(float(sgd(lambda x, i: 2 * (x - 3), 0.0)), 3)
    3.0
    """
    velocity: Any = 0.0

    def change(i: int, g: Any) -> Any:
        nonlocal velocity
        velocity = mass * velocity - (1 - mass) * g
        return step_size * velocity

    return _minimize(grad, x0, callback, num_iters, change)


def rmsprop(
    grad: Gradient,
    x0: Any,
    callback: Callback | None = None,
    num_iters: int = 100,
    step_size: float = 0.1,
    gamma: float = 0.9,
    eps: float = 1e-8,
) -> Any:
    """RMSprop: s ← gamma · s + (1 − gamma) · g², x ← x − step_size · g / (√s + eps), with s = 1 at the start."""
    mean_square: Any = 1.0

    def change(i: int, g: Any) -> Any:
        nonlocal mean_square
        mean_square = gamma * mean_square + (1 - gamma) * g**2
        return -step_size * g / (np.sqrt(mean_square) + eps)

    return _minimize(grad, x0, callback, num_iters, change)


def adam(
    grad: Gradient,
    x0: Any,
    callback: Callback | None = None,
    num_iters: int = 100,
    step_size: float = 0.001,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-8,
) -> Any:
    """Adam (Kingma and Ba, 2015): x ← x − step_size · m / (√v + eps), where m and v are corrected averages of g and g²."""
    m: Any = 0.0
    v: Any = 0.0

    def change(i: int, g: Any) -> Any:
        nonlocal m, v
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * g**2
        return -step_size * (m / (1 - b1 ** (i + 1))) / (np.sqrt(v / (1 - b2 ** (i + 1))) + eps)

    return _minimize(grad, x0, callback, num_iters, change)


def _minimize(grad: Gradient, x0: Any, callback: Callback | None, num_iters: int, change: Callable[[int, Any], Any]) -> Any:
    """Take steps x ← x + change(i, g) on the parameters as one vector."""
    x, unflatten = flatten(x0)
    for i in range(num_iters):
        g, _ = flatten(grad(unflatten(x), i))
        if callback is not None:
            callback(unflatten(x), i, unflatten(g))
        x = x + change(i, g)
    return unflatten(x)
