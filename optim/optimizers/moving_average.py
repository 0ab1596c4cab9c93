"""Running averages of gradients and of their squares, in place."""

import numpy as np


def update_moving_average(mean: np.ndarray, new: np.ndarray, beta: float, scratch: np.ndarray) -> None:
    """m ← β m + (1 − β) g, as m + (1 − β)(g − m).

    >>> import numpy as np
    >>> from optim.optimizers.moving_average import update_moving_average
    >>> mean = np.array([1.0])
    >>> update_moving_average(mean, np.array([3.0]), 0.5, np.empty(1))
    >>> mean
    array([2.])
    """
    np.subtract(new, mean, out=scratch)
    scratch *= 1 - beta
    mean += scratch


def update_moving_square(mean: np.ndarray, new: np.ndarray, beta: float, scratch: np.ndarray) -> None:
    """v ← β v + (1 − β) g².

    >>> import numpy as np
    >>> from optim.optimizers.moving_average import update_moving_square
    >>> mean = np.array([1.0])
    >>> update_moving_square(mean, np.array([3.0]), 0.5, np.empty(1))
    >>> mean
    array([5.])
    """
    mean *= beta
    np.multiply(new, new, out=scratch)
    scratch *= 1 - beta
    mean += scratch
