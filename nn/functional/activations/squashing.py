"""Functions into a bounded range. Derivative, range, continuity and saturation stand at the modules of these names."""

from typing import Any

import numpy as np

from autograd import operation, sigmoid, softplus, tanh, where
from autograd.extend import as_float_array
from nn.functional.validation import real

__all__ = ["binary_step", "hardsigmoid", "hardtanh", "relu6", "sigmoid", "soft_clipping", "softsign", "sqnl", "tanh"]


@operation(lambda g: 0 * g)
def binary_step(x, /):
    """Binary step: 1 if x ≥ 0 else 0, elementwise; its derivative is 0 everywhere, so nothing before it learns.

    >>> import nn
    >>> nn.functional.binary_step([-0.5, 0.0, 2.0]).tolist()
    [0.0, 1.0, 1.0]
    """
    return np.heaviside(as_float_array(x), 1)


# The derivative of the composition is a difference of nearly equal numbers at large x.
@operation(lambda g, x: g / (1 + np.abs(x)) ** 2)
def softsign(x, /):
    """Softsign: x / (1 + |x|), elementwise.

    >>> import nn
    >>> nn.functional.softsign([-1.0, 0.0, 3.0]).tolist()
    [-0.5, 0.0, 0.75]
    """
    x = as_float_array(x)
    return x / (1 + np.abs(x))


def sqnl(x: Any) -> Any:
    """Square nonlinearity: x − x·|x| / 4 if |x| ≤ 2 else sign(x), elementwise.

    >>> import nn
    >>> nn.functional.sqnl([-1000.0, 0.0, 1.0]).tolist()
    [-1.0, 0.0, 0.75]
    """
    x = np.clip(real("sqnl", x), -2, 2)
    return x - x * np.abs(x) / 4


def soft_clipping(x: Any, alpha: float = 1.0) -> Any:
    """Soft clipping to the unit interval: ln((1 + exp(α·x)) / (1 + exp(α·(x − 1)))) / α, elementwise.

    alpha: the larger, the closer to clip(x, 0, 1).

    Raises ValueError unless α > 0.

    >>> import nn
    >>> nn.functional.soft_clipping([-1000.0, 0.5, 1000.0]).tolist()
    [0.0, 0.5, 1.0]
    """
    if not alpha > 0:
        raise ValueError(f"soft_clipping: alpha must be above 0, not {alpha}")
    x = real("soft_clipping", x)
    # f(x) = 1 − f(1 − x): the right half is computed on the left, where no digits are lost.
    left = where(x < 0.5, x, 1 - x)
    half = (softplus(alpha * left) - softplus(alpha * (left - 1))) / alpha
    return where(x < 0.5, half, 1 - half)


def hardtanh(x: Any, min_val: float = -1.0, max_val: float = 1.0) -> Any:
    """Tanh of straight pieces: min(max(x, min_val), max_val), elementwise; the gradient passes strictly inside.

    Raises ValueError unless min_val < max_val.

    >>> import nn
    >>> nn.functional.hardtanh([-2.0, 0.5, 3.0]).tolist()
    [-1.0, 0.5, 1.0]
    """
    if not min_val < max_val:
        raise ValueError(f"hardtanh: min_val must be below max_val, not {min_val} and {max_val}")
    x = real("hardtanh", x)
    return where(x <= min_val, min_val, where(x >= max_val, max_val, x))


def hardsigmoid(x: Any) -> Any:
    """Logistic function of straight pieces: min(max(x / 6 + ½, 0), 1), elementwise.

    >>> import nn
    >>> nn.functional.hardsigmoid([-3.0, 0.0, 1.5]).tolist()
    [0.0, 0.5, 0.75]
    """
    return hardtanh(real("hardsigmoid", x) + 3, 0, 6) / 6


def relu6(x: Any) -> Any:
    """Rectified linear unit with a ceiling: min(max(x, 0), 6), elementwise.

    >>> import nn
    >>> nn.functional.relu6([-1.0, 2.0, 8.0]).tolist()
    [0.0, 2.0, 6.0]
    """
    return hardtanh(x, 0, 6)
