"""Exponential moving averages of gradients and of their squares, in place."""

import numpy as np


def update_moving_average(m: np.ndarray, g: np.ndarray, beta: float, scratch: np.ndarray) -> None:
    """m ← β m + (1 − β) g, as m + (1 − β)(g − m).

    >>> import numpy as np
    >>> from optim.optimizers.moving_average import update_moving_average
    >>> m = np.array([1.0])
    >>> update_moving_average(m, np.array([3.0]), 0.5, np.empty(1))
    >>> m
    array([2.])
    """
    np.subtract(g, m, out=scratch)
    scratch *= 1 - beta
    m += scratch


def update_moving_square(v: np.ndarray, g: np.ndarray, beta: float, scratch: np.ndarray) -> None:
    """v ← β v + (1 − β) g².

    >>> import numpy as np
    >>> from optim.optimizers.moving_average import update_moving_square
    >>> v = np.array([1.0])
    >>> update_moving_square(v, np.array([3.0]), 0.5, np.empty(1))
    >>> v
    array([5.])
    """
    v *= beta
    np.multiply(g, g, out=scratch)
    scratch *= 1 - beta
    v += scratch
