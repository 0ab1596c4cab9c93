"""Smooth rectifiers. The modules of these names state derivative, range, continuity and saturation."""

import math
from typing import Any

import numpy as np

import autograd
from autograd import Tensor, erf, operation, sigmoid, where
from autograd.extend import as_float_array
from nn.functional.validation import as_floats

#: With these constants, activations of mean 0 and variance 1 keep mean 0 and variance 1.
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946


@operation(lambda g, x, alpha: where(x > 0, g, g * alpha * np.exp(where(x > 0, 0, x))), structure="elementwise")
def elu(x, /, alpha=1.0):
    """Exponential linear unit: x if x > 0 else α·(eˣ − 1), elementwise.

    >>> import nn
    >>> nn.functional.elu([-1000.0, 2.0]).tolist()
    [-1.0, 2.0]
    """
    x = as_float_array(x)
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))[()]


def selu(x: Any) -> Tensor:
    """Scaled exponential linear unit: λ·(x if x > 0 else α·(eˣ − 1)), elementwise, with λ ≈ 1.0507 and α ≈ 1.6733.

    >>> import nn
    >>> nn.functional.selu([-1000.0, 2.0]).round(4).tolist()
    [-1.7581, 2.1014]
    """
    return SELU_SCALE * elu(x, SELU_ALPHA)


def celu(x: Any, alpha: float = 1.0) -> Tensor:
    """Continuously differentiable exponential linear unit: x if x > 0 else α·(exp(x / α) − 1), elementwise.

    Raises ValueError unless α > 0.

    >>> import nn
    >>> nn.functional.celu([-1000.0, 2.0], alpha=0.5).tolist()
    [-0.5, 2.0]
    """
    if not alpha > 0:
        raise ValueError(f"celu: alpha must be above 0, not {alpha}")
    return alpha * elu(as_floats("celu", x) / alpha)


def softplus(x: Any, beta: float = 1.0) -> Tensor:
    """Smooth rectifier: ln(1 + exp(β·x)) / β, elementwise, without overflow.

    Raises ValueError unless β > 0.

    >>> import nn
    >>> nn.functional.softplus([-1000.0, 0.0, 1000.0]).round(4).tolist()
    [0.0, 0.6931, 1000.0]
    """
    if not beta > 0:
        raise ValueError(f"softplus: beta must be above 0, not {beta}")
    return autograd.softplus(x) if beta == 1 else autograd.softplus(beta * as_floats("softplus", x)) / beta


def _limit(x, bound):
    """x from −bound to bound: factors of functions that underflow beyond, so that no product is 0 · ∞."""
    return np.maximum(np.minimum(x, bound), -bound)


def _silu_derivative(x):
    x = _limit(x, 1000)
    s = sigmoid(x)
    return s * (1 + x * (1 - s))


@operation(lambda g, x: g * _silu_derivative(x), structure="elementwise")
def silu(x, /):
    """Sigmoid linear unit, also called Swish: x·σ(x), elementwise.

    >>> import nn
    >>> nn.functional.silu([-1000.0, 0.0, 1000.0]).tolist()
    [-0.0, 0.0, 1000.0]
    """
    x = as_float_array(x)
    return np.maximum(x, -1000) * sigmoid(x)


swish = silu


def _normal_cdf(x):
    """The standard normal distribution function Φ."""
    return (1 + erf(x / math.sqrt(2))) / 2


def _gelu_derivative(x, cdf):
    x = np.clip(x, -40, 40)
    return cdf + x * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)


@operation(
    lambda g, x, cdf: g * _gelu_derivative(x, cdf), residuals={"cdf": _normal_cdf}, symbol="gelu", structure="elementwise"
)
def _gelu(x, /):
    x = as_float_array(x)
    cdf = _normal_cdf(x)
    return np.clip(x, -40, np.inf) * cdf, cdf


#: Of the inner function √(2 / π)·(x + 0.044715·x³): the slope at 0, and the factor of x³.
TANH_SLOPE = math.sqrt(2 / math.pi)
TANH_CUBE = TANH_SLOPE * 0.044715


def _clip_tails(x):
    """x from −40 to 40: beyond, Φ is 0 or 1 in every precision, and powers of x might overflow."""
    return np.clip(x, -40, 40)


def _tanh_cdf(x):
    """(1 + tanh(√(2 / π)·(x + 0.044715·x³))) / 2 of x = `_clip_tails(x)`."""
    return (np.tanh((x * x * TANH_CUBE + TANH_SLOPE) * x) + 1) * 0.5


def _gelu_tanh_derivative(x, cdf):
    return ((x * x * (6 * TANH_CUBE) + 2 * TANH_SLOPE) * x * (1 - cdf) + 1) * cdf


@operation(
    lambda g, clipped, cdf: g * _gelu_tanh_derivative(clipped, cdf),
    residuals={"clipped": _clip_tails, "cdf": lambda x: _tanh_cdf(_clip_tails(x))},
    symbol="gelu",
    structure="elementwise",
)
def _gelu_tanh(x, /):
    x = as_float_array(x)
    clipped = _clip_tails(x)
    cdf = clipped * clipped  # `_tanh_cdf` with few new arrays
    cdf *= TANH_CUBE
    cdf += TANH_SLOPE
    cdf *= clipped
    cdf = np.tanh(cdf)
    cdf += 1
    cdf *= 0.5
    return np.clip(x, -40, np.inf) * cdf, clipped, cdf


def gelu(x: Any, approximate: str = "none") -> Tensor:
    """Gaussian error linear unit: x·Φ(x), elementwise, with the standard normal distribution function Φ.

    approximate: "none" for Φ(x) = (1 + erf(x / √2)) / 2, "tanh" for (1 + tanh(√(2 / π)·(x + 0.044715·x³))) / 2.

    Raises ValueError for other values of `approximate`.

    >>> import nn
    >>> nn.functional.gelu([-1.0, 1.0]).round(4).tolist(), nn.functional.gelu([-1.0, 1.0], "tanh").round(4).tolist()
    ([-0.1587, 0.8413], [-0.1588, 0.8412])
    """
    if approximate == "none":
        return _gelu(x)
    if approximate == "tanh":
        return _gelu_tanh(x)
    raise ValueError(f"gelu: approximate must be 'none' or 'tanh', not {approximate!r}")


def _mish_derivative(x):
    x = _limit(x, 1000)
    t = np.tanh(autograd.softplus(x))
    return t + x * sigmoid(x) * (1 - t * t)


@operation(lambda g, x: g * _mish_derivative(x), structure="elementwise")
def mish(x, /):
    """Self-regularized gate: x·tanh(ln(1 + eˣ)), elementwise.

    >>> import nn
    >>> nn.functional.mish([-1000.0, 1.0]).round(4).tolist()
    [-0.0, 0.8651]
    """
    x = as_float_array(x)
    return np.maximum(x, -1000) * np.tanh(np.logaddexp(0, x))


# Outside of ±3 the slope is a constant, for which 1.5 stands in.
@operation(lambda g, x: where(x <= -3, 0, g) * (where((x <= -3) | (x >= 3), 1.5, x) / 3 + 0.5), structure="elementwise")
def hardswish(x, /):
    """Piecewise approximation of Swish: x·min(max(x / 6 + ½, 0), 1), elementwise.

    >>> import nn
    >>> nn.functional.hardswish([-3.0, -1.5, 3.0]).tolist()
    [-0.0, -0.375, 3.0]
    """
    x = as_float_array(x)
    return np.maximum(x, -3) * (np.clip(x + 3, 0, 6) / 6)
