"""Error functions and the normal distribution in scipy.special: inverses, scaled and logarithmic forms. They need SciPy."""

import math

import numpy as np

from autograd.core.operation import operation
from autograd.core.registry import scipy_functions
from autograd.operations.special import call_special

ROOT_PI = math.sqrt(math.pi)
ROOT_2_PI = math.sqrt(2 * math.pi)


@operation(lambda g, out: g * (ROOT_PI / 2) * np.exp(out * out), symbol="erf⁻¹")
def erfinv(x, /):
    """Inverse of erf: erf(erfinv(x)) = x for −1 ≤ x ≤ 1, elementwise; ∓∞ at ∓1.

    >>> from autograd.scipy.special import erfinv
    >>> erfinv([0.0, 1.0])
    array([ 0., inf])
    """
    return call_special("erfinv", x)


@operation(lambda g, out: g * (-ROOT_PI / 2) * np.exp(out * out), symbol="erfc⁻¹")
def erfcinv(x, /):
    """Inverse of erfc: erfc(erfcinv(x)) = x for 0 ≤ x ≤ 2, elementwise; ∞ at 0.

    >>> from autograd.scipy.special import erfcinv
    >>> erfcinv([0.0, 2.0])
    array([ inf, -inf])
    """
    return call_special("erfcinv", x)


#: The coefficients of −2/√π (2x² − …): the asymptotic series of the derivative of erfcx in 1/x², which has no cancellation.
_SERIES = [(-1) ** n * math.prod(range(1, 2 * n, 2)) / 2**n * (2 / ROOT_PI) for n in range(14)]


def _erfcx_slope(x, out):
    """erfcx′(x) = 2x erfcx(x) − 2/√π, which for x > 10 is 2/√π Σ (−1)ⁿ (2n − 1)!! / (2x²)ⁿ from n = 1."""
    is_large = x > 10
    square = 1 / np.where(is_large, x, 11.0) ** 2
    series = _SERIES[-1]
    for coefficient in _SERIES[-2:0:-1]:
        series = series * square + coefficient
    near, value = np.where(is_large, 0.0, x), np.where(is_large, 0.0, out)
    return np.where(is_large, series * square, 2 * near * value - 2 / ROOT_PI)


@operation(lambda g, x, out: g * _erfcx_slope(x, out))
def erfcx(x, /):
    """Scaled complementary error function: e^(x²) erfc(x), elementwise, without underflow at large x.

    >>> from autograd.scipy.special import erfcx
    >>> round(erfcx(1e10) * 1e10 * np.sqrt(np.pi), 12)
    np.float64(1.0)
    """
    return call_special("erfcx", x)


# The density is 0 beyond ±40. The clip keeps x² finite, for the derivatives at ±∞.
@operation(lambda g, x: g * np.exp(-(np.clip(x, -40, 40) ** 2) / 2) / ROOT_2_PI, symbol="Φ")
def ndtr(x, /):
    """Distribution function of the standard normal distribution: Φ(x) = ∫ e^(−t²/2) dt / √(2π) from −∞ to x, elementwise.

    >>> from autograd.scipy.special import ndtr
    >>> ndtr(0.0)
    np.float64(0.5)
    """
    return call_special("ndtr", x)


@operation(lambda g, out: g * ROOT_2_PI * np.exp(out * out / 2), symbol="Φ⁻¹")
def ndtri(x, /):
    """Quantile of the standard normal distribution: Φ⁻¹(x) for 0 ≤ x ≤ 1, elementwise; −∞ at 0, ∞ at 1.

    >>> from autograd.scipy.special import ndtri
    >>> ndtri(0.5)
    np.float64(0.0)
    """
    return call_special("ndtri", x)


def _log_ndtr_slope(x):
    """e^(−x²/2) / (√(2π) Φ(x)), which for x < 0 is √(2/π) / erfcx(−x/√2), without underflow."""
    is_positive = x > 0
    above, below = np.clip(np.where(is_positive, x, 0.0), 0, 40), np.where(is_positive, 0.0, x)
    return np.where(
        is_positive,
        np.exp(-above * above / 2) / (ROOT_2_PI * ndtr(above)),
        math.sqrt(2 / math.pi) / erfcx(below * -math.sqrt(0.5)),
    )


@operation(lambda g, x: g * _log_ndtr_slope(x), symbol="log Φ")
def log_ndtr(x, /):
    """Logarithm of the distribution function of the standard normal distribution: log Φ(x), elementwise, without underflow.

    >>> from autograd.scipy.special import log_ndtr
    >>> log_ndtr(-100.0) < -5000
    np.True_
    """
    return call_special("log_ndtr", x)


scipy_functions.update(erfinv=erfinv, erfcinv=erfcinv, erfcx=erfcx, ndtr=ndtr, ndtri=ndtri, log_ndtr=log_ndtr)
