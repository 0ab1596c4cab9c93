"""Functions of scipy.special around the gamma and beta functions. They need SciPy."""

import math

import numpy as np

from autograd.core.operation import operation
from autograd.core.registry import scipy_functions
from autograd.core.tensor import Tensor
from autograd.operations.inputs import as_floating
from autograd.operations.special import call_special, digamma, gammaln


@operation(lambda g, x, out: g * out * digamma(x), symbol="Γ")
def gamma(x, /):
    """Gamma function: Γ(x) = ∫₀^∞ tˣ⁻¹ e⁻ᵗ dt, elementwise; Γ′ = Γ ψ.

    >>> from autograd.scipy.special import gamma
    >>> gamma(5.0)
    np.float64(24.0)
    """
    return call_special("gamma", x)


def rgamma_slope(x):
    """(1/Γ)′ = −ψ/Γ; below ½ the derivative of sin(πx) Γ(1 − x) / π, which is finite at the poles of Γ."""
    is_low = x < 0.5
    high, mirrored = np.where(is_low, 1.0, x), np.where(is_low, 1 - x, 1.0)
    below = gamma(mirrored) * (np.cos(math.pi * x) - np.sin(math.pi * x) * digamma(mirrored) / math.pi)
    return np.where(is_low, below, -digamma(high) * rgamma(high))


@operation(lambda g, x: g * rgamma_slope(x), symbol="1/Γ")
def rgamma(x, /):
    """Reciprocal of the gamma function: 1 / Γ(x), elementwise; 0 at 0, −1, −2, …, with finite derivatives.

    >>> from autograd.scipy.special import rgamma
    >>> rgamma([-1.0, 3.0])
    array([0. , 0.5])
    """
    return call_special("rgamma", x)


def gammasgn(x):
    """The sign of the gamma function, elementwise: a constant."""
    return Tensor(call_special("gammasgn", x.numpy())) if isinstance(x, Tensor) else call_special("gammasgn", x)


# The gradients of log B: ψ(x) − ψ(x + y) and ψ(y) − ψ(x + y).
@operation(
    lambda g, x, y, out: g * out * (digamma(x) - digamma(x + y)),
    lambda g, x, y, out: g * out * (digamma(y) - digamma(x + y)),
    symbol="B",
)
def beta(x, y, /):
    """Beta function: B(x, y) = Γ(x) Γ(y) / Γ(x + y); both broadcast.

    >>> from autograd.scipy.special import beta
    >>> round(1 / beta(2.0, 2.0), 12)
    np.float64(6.0)
    """
    return call_special("beta", x, y)


@operation(
    lambda g, x, y: g * (digamma(x) - digamma(x + y)),
    lambda g, x, y: g * (digamma(y) - digamma(x + y)),
    symbol="log B",
)
def betaln(x, y, /):
    """Logarithm of the beta function: log |B(x, y)|; both broadcast.

    >>> from autograd.scipy.special import betaln
    >>> float(betaln(1.0, 1.0))
    0.0
    """
    return call_special("betaln", x, y)


def multigammaln(a, d):
    """Logarithm of the multivariate gamma function: log Γ_d(a) = d (d − 1) / 4 log π + Σⱼ log Γ(a − j / 2), j < d.

    d: an int ≥ 1. Raises ValueError unless a > (d − 1) / 2.

    >>> from autograd.scipy.special import multigammaln
    >>> float(multigammaln(1.0, 1))
    0.0
    """
    a = as_floating(a)
    if not isinstance(d, int | np.integer) or d < 1:
        raise ValueError(f"multigammaln: the dimension d is an int of 1 or more, got {d!r}")
    if np.any(a <= (d - 1) / 2):
        raise ValueError(f"multigammaln: a must be larger than (d − 1) / 2 = {(d - 1) / 2}")
    halves = np.arange(d, dtype=a.dtype) / 2
    return np.sum(gammaln(np.expand_dims(a, -1) - halves), axis=-1) + d * (d - 1) / 4 * math.log(math.pi)


scipy_functions.update(gamma=gamma, rgamma=rgamma, gammasgn=gammasgn, beta=beta, betaln=betaln)
