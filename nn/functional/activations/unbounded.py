"""Activations with an unbounded range. The modules of these names state derivative, range, continuity and saturation."""

import math
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

from autograd import DataError, ShapeError, Tensor, operation, sigmoid, where
from autograd.extend import as_float_array
from nn.functional.activations.along_axis import size_along
from nn.functional.activations.finite import as_finite
from nn.functional.validation import as_floats

T = TypeVar("T")


def identity(x: T) -> T:
    """Identity: x, unchanged.

    >>> import nn
    >>> nn.functional.identity(2.0)
    2.0
    """
    return x


def _bent_identity_derivative(x):
    x = as_finite(x)
    return 1 + x / np.hypot(1, x) / 2


@operation(lambda g, x: g * _bent_identity_derivative(x), structure="elementwise")
def bent_identity(x, /):
    """Bent identity: (√(x² + 1) − 1) / 2 + x, elementwise.

    >>> import nn
    >>> nn.functional.bent_identity([-0.75, 0.0, 0.75]).tolist()
    [-0.625, 0.0, 0.875]
    """
    x = as_float_array(x)
    finite = as_finite(x)
    # √(x² + 1) − 1 = x² / (1 + √(x² + 1)), which has no cancellation at small x
    return x * (1 + finite / (1 + np.hypot(1, finite)) / 2)


# Coefficients of the power series of (eᵗ − 1)/t and ln(1 + t)/t.
_EXPM1_SERIES = [1 / math.factorial(k + 1) for k in range(12)]
_LOG1P_SERIES = [(-1) ** k / (k + 1) for k in range(12)]


def _quotient(function: Any, series: Sequence[float], t: Any) -> Any:
    """function(t) / t; near 0 by its power series, because derivatives of the quotient lose digits there."""
    is_near_zero = np.abs(t) < 0.05
    small, large = where(is_near_zero, t, 0), where(is_near_zero, 1, t)
    total: Any = series[-1]
    for coefficient in series[-2::-1]:
        total = total * small + coefficient
    return where(is_near_zero, total, function(large) / large)


def soft_exponential(x: Any, alpha: Any = 0.0) -> Tensor:
    """Soft exponential: −ln(1 − α·(x + α)) / α if α < 0 else x if α = 0 else (exp(α·x) − 1) / α + α, elementwise.

    alpha: α, a number, or an array or tensor that broadcasts; it receives a gradient, also at α = 0.

    Raises DataError where the logarithm is undefined: α < 0 and x ≤ 1/α − α. For α > 0 it overflows where exp(α·x) does.

    >>> import nn
    >>> nn.functional.soft_exponential([1.0, 3.0], alpha=-1.0).round(4).tolist()
    [0.0, 1.0986]
    """
    x = as_floats("soft_exponential", x)
    alpha = float(alpha) if isinstance(alpha, int | float) else as_floats("soft_exponential", alpha)
    is_exponential = alpha >= 0
    inner = where(is_exponential, 0, -alpha * (x + alpha))
    if np.any(inner <= -1):
        smallest = np.argmin(inner)
        value, a = (np.broadcast_to(array, inner.shape).reshape(-1)[smallest].item() for array in (x, alpha))
        raise DataError(f"soft_exponential: got {value:g}; with α = {a:g}, x must be larger than 1/α − α = {1 / a - a:g}")
    # Written as x·(eᵗ − 1)/t + α and (x + α)·ln(1 + t)/t, without a division by α, both are smooth at α = 0.
    exponential = x * _quotient(np.expm1, _EXPM1_SERIES, where(is_exponential, alpha * x, 0)) + alpha
    logarithm = (x + alpha) * _quotient(np.log1p, _LOG1P_SERIES, inner)
    return where(is_exponential, exponential, logarithm)


def tanhshrink(x: Any) -> Tensor:
    """Tanh shrinkage: x − tanh(x), elementwise.

    >>> import nn
    >>> nn.functional.tanhshrink([-1000.0, 0.0, 1000.0]).tolist()
    [-999.0, 0.0, 999.0]
    """
    x = as_floats("tanhshrink", x)
    return x - np.tanh(x)


def softshrink(x: Any, lambd: float = 0.5) -> Tensor:
    """Soft shrinkage: x − λ if x > λ else x + λ if x < −λ else 0, elementwise.

    Raises ValueError for a negative λ.

    >>> import nn
    >>> nn.functional.softshrink([-2.0, 0.25, 1.0]).tolist()
    [-1.5, 0.0, 0.5]
    """
    if not lambd >= 0:
        raise ValueError(f"softshrink: lambd must be 0 or more, not {lambd}")
    x = as_floats("softshrink", x)
    return where((x <= lambd) & (x >= -lambd), 0, x - np.clip(x, -lambd, lambd))


def hardshrink(x: Any, lambd: float = 0.5) -> Tensor:
    """Hard shrinkage: x if |x| > λ else 0, elementwise.

    Raises ValueError for a negative λ.

    >>> import nn
    >>> nn.functional.hardshrink([-2.0, 0.25, 1.0]).tolist()
    [-2.0, 0.0, 1.0]
    """
    if not lambd >= 0:
        raise ValueError(f"hardshrink: lambd must be 0 or more, not {lambd}")
    x = as_floats("hardshrink", x)
    return where((x <= lambd) & (x >= -lambd), 0, x)


def glu(x: Any, axis: int = -1) -> Tensor:
    """Gated linear unit of the two halves a and b of an axis: a·σ(b).

    Raises ShapeError if the size of the axis is odd.

    >>> import nn
    >>> nn.functional.glu([[1.0, 2.0, 0.0, 0.0]]).tolist()
    [[0.5, 1.0]]
    """
    x = as_floats("glu", x)
    if size_along("glu", x, axis) % 2:
        raise ShapeError(f"glu: got an input of shape {x.shape}, expected an even size along axis {axis}")
    a, b = np.split(x, 2, axis=axis)
    return a * sigmoid(b)
