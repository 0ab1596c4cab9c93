"""Functions onto all numbers. Derivative, range, continuity and saturation stand at the modules of these names."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import DataError, ShapeError, sigmoid, where
from nn.functional.activations.along_axis import size_along
from nn.functional.validation import real


def identity(x: Any) -> Any:
    """Identity: x, as it is.

    >>> import nn
    >>> nn.functional.identity(2.0)
    2.0
    """
    return x


def bent_identity(x: Any) -> Any:
    """Bent identity: (√(x² + 1) − 1) / 2 + x, elementwise.

    >>> import nn
    >>> nn.functional.bent_identity([-0.75, 0.0, 0.75]).tolist()
    [-0.625, 0.0, 0.875]
    """
    x = real("bent_identity", x)
    # √(x² + 1) − 1 without the difference of nearly equal numbers at small x
    return x + x * (x / (1 + np.sqrt(x * x + 1))) / 2


# Coefficients of (eᵗ − 1)/t and ln(1 + t)/t in powers of t.
_EXPM1 = [1 / math.factorial(k + 1) for k in range(12)]
_LOG1P = [(-1) ** k / (k + 1) for k in range(12)]


def _per_argument(function: Any, series: Sequence[float], t: Any) -> Any:
    """function(t) / t; near 0 by its power series, because derivatives of the quotient lose digits there."""
    near = np.abs(t) < 0.05
    small, large = where(near, t, 0), where(near, 1, t)
    total: Any = series[-1]
    for coefficient in series[-2::-1]:
        total = total * small + coefficient
    return where(near, total, function(large) / large)


def soft_exponential(x: Any, alpha: Any = 0.0) -> Any:
    """Soft exponential: −ln(1 − α·(x + α)) / α if α < 0 else x if α = 0 else (exp(α·x) − 1) / α + α, elementwise.

    alpha: a number, or an array or tensor that broadcasts; it gets a gradient, at α = 0 too.

    Raises DataError where the logarithm has no value: α < 0 and x ≤ 1/α − α. For α > 0 it overflows where exp(α·x) does.

    >>> import nn
    >>> nn.functional.soft_exponential([1.0, 3.0], alpha=-1.0).round(4).tolist()
    [0.0, 1.0986]
    """
    x = real("soft_exponential", x)
    alpha = float(alpha) if isinstance(alpha, int | float) else real("soft_exponential", alpha)
    rising = alpha >= 0
    inner = where(rising, 0, -alpha * (x + alpha))
    if np.any(inner <= -1):
        worst = np.argmin(inner)
        outside, a = (float(np.broadcast_to(value, inner.shape).reshape(-1)[worst]) for value in (x, alpha))
        raise DataError(f"soft_exponential: got {outside:g}; with α = {a:g}, x must be larger than 1/α − α = {1 / a - a:g}")
    # As x·(eᵗ − 1)/t + α and (x + α)·ln(1 + t)/t, with nothing divided by α, they are smooth where they meet.
    exponential = x * _per_argument(np.expm1, _EXPM1, where(rising, alpha * x, 0)) + alpha
    logarithm = (x + alpha) * _per_argument(np.log1p, _LOG1P, inner)
    return where(rising, exponential, logarithm)


def tanhshrink(x: Any) -> Any:
    """Tanh shrinkage: x − tanh(x), elementwise.

    >>> import nn
    >>> nn.functional.tanhshrink([-1000.0, 0.0, 1000.0]).tolist()
    [-999.0, 0.0, 999.0]
    """
    x = real("tanhshrink", x)
    return x - np.tanh(x)


def softshrink(x: Any, lambd: float = 0.5) -> Any:
    """Soft shrinkage: x − λ if x > λ else x + λ if x < −λ else 0, elementwise.

    Raises ValueError for a negative λ.

    >>> import nn
    >>> nn.functional.softshrink([-2.0, 0.25, 1.0]).tolist()
    [-1.5, 0.0, 0.5]
    """
    if not lambd >= 0:
        raise ValueError(f"softshrink: lambd must be 0 or more, not {lambd}")
    x = real("softshrink", x)
    return x - np.clip(x, -lambd, lambd)


def hardshrink(x: Any, lambd: float = 0.5) -> Any:
    """Hard shrinkage: x if |x| > λ else 0, elementwise.

    Raises ValueError for a negative λ.

    >>> import nn
    >>> nn.functional.hardshrink([-2.0, 0.25, 1.0]).tolist()
    [-2.0, 0.0, 1.0]
    """
    if not lambd >= 0:
        raise ValueError(f"hardshrink: lambd must be 0 or more, not {lambd}")
    x = real("hardshrink", x)
    return where((x > lambd) | (x < -lambd), x, 0)


def glu(x: Any, axis: int = -1) -> Any:
    """Gated linear unit, of the two halves (a, b) of the axis: a·σ(b).

    Raises ShapeError if the axis cannot be halved.

    >>> import nn
    >>> nn.functional.glu([[1.0, 2.0, 0.0, 0.0]]).tolist()
    [[0.5, 1.0]]
    """
    x = real("glu", x)
    if size_along("glu", x, axis) % 2:
        raise ShapeError(f"glu: got an input of shape {x.shape}, wants an even size along axis {axis}, which is halved")
    a, b = np.split(x, 2, axis=axis)
    return a * sigmoid(b)
