"""Activations with a bounded range. The modules of these names state derivative, range, continuity and saturation."""

from typing import Any

import numpy as np

from autograd import Tensor, operation, sigmoid, softplus, tanh, where
from autograd.extend import as_float_array
from nn.functional.activations.finite import as_finite
from nn.functional.validation import as_floats

__all__ = ["binary_step", "hardsigmoid", "hardtanh", "relu6", "sigmoid", "soft_clipping", "softsign", "sqnl", "tanh"]


@operation(lambda g: where(False, g, 0), structure="elementwise")
def binary_step(x, /):
    """Binary step: 1 if x ≥ 0 else 0, elementwise; its derivative is 0 everywhere, so that no gradient passes through it.

    >>> import nn
    >>> nn.functional.binary_step([-0.5, 0.0, 2.0]).tolist()
    [0.0, 1.0, 1.0]
    """
    return np.heaviside(as_float_array(x), 1)


# An operation of its own, because the derivative of the composition loses digits to cancellation at large x.
@operation(lambda g, x: g / (1 + np.abs(as_finite(x))) ** 2, structure="elementwise")
def softsign(x, /):
    """Softsign: x / (1 + |x|), elementwise.

    >>> import nn
    >>> nn.functional.softsign([-1.0, 0.0, 3.0]).tolist()
    [-0.5, 0.0, 0.75]
    """
    x = as_finite(as_float_array(x))
    return x / (1 + np.abs(x))


def sqnl(x: Any) -> Tensor:
    """Square nonlinearity: x − x·|x| / 4 if |x| ≤ 2 else sign(x), elementwise.

    >>> import nn
    >>> nn.functional.sqnl([-1000.0, 0.0, 1.0]).tolist()
    [-1.0, 0.0, 0.75]
    """
    x = np.clip(as_floats("sqnl", x), -2, 2)
    return x - x * np.abs(x) / 4


def soft_clipping(x: Any, alpha: float = 1.0) -> Tensor:
    """Soft clipping to the unit interval: ln((1 + exp(α·x)) / (1 + exp(α·(x − 1)))) / α, elementwise.

    alpha: α; as it grows, the function approaches clip(x, 0, 1).

    Raises ValueError unless α > 0.

    >>> import nn
    >>> nn.functional.soft_clipping([-1000.0, 0.5, 1000.0]).tolist()
    [0.0, 0.5, 1.0]
    """
    if not alpha > 0:
        raise ValueError(f"soft_clipping: alpha must be above 0, not {alpha}")
    x = as_floats("soft_clipping", x)
    # f(x) = 1 − f(1 − x): the right half is computed from the left half, which has no cancellation.
    left = where(x < 0.5, x, 1 - x)
    half = (softplus(alpha * left) - softplus(alpha * (left - 1))) / alpha
    return where(x < 0.5, half, 1 - half)


def hardtanh(x: Any, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """Piecewise linear tanh: min(max(x, min_val), max_val), elementwise; the derivative at the bounds is 0.

    Raises ValueError unless min_val < max_val.

    >>> import nn
    >>> nn.functional.hardtanh([-2.0, 0.5, 3.0]).tolist()
    [-1.0, 0.5, 1.0]
    """
    if not min_val < max_val:
        raise ValueError(f"hardtanh: min_val must be below max_val, not {min_val} and {max_val}")
    x = as_floats("hardtanh", x)
    return where(x <= min_val, min_val, where(x >= max_val, max_val, x))


def hardsigmoid(x: Any) -> Tensor:
    """Piecewise linear logistic function: min(max(x / 6 + ½, 0), 1), elementwise.

    >>> import nn
    >>> nn.functional.hardsigmoid([-3.0, 0.0, 1.5]).tolist()
    [0.0, 0.5, 0.75]
    """
    return hardtanh(as_floats("hardsigmoid", x) + 3, 0, 6) / 6


def relu6(x: Any) -> Tensor:
    """Rectified linear unit bounded by 6: min(max(x, 0), 6), elementwise.

    >>> import nn
    >>> nn.functional.relu6([-1.0, 2.0, 8.0]).tolist()
    [0.0, 2.0, 6.0]
    """
    return hardtanh(x, 0, 6)
