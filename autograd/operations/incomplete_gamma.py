"""The regularized incomplete gamma functions of scipy.special, differentiable in both arguments. They need SciPy."""

import math

import numpy as np

from autograd.core.operation import operation
from autograd.core.registry import scipy_functions
from autograd.operations.gamma_functions import rgamma
from autograd.operations.quadrature import integrate_half_line
from autograd.operations.special import call_special, digamma, gammaln


def _positive(y):
    """y where it is positive and finite, and 1 elsewhere, where the density is 0 or has a formula of its own."""
    return np.where((y > 0) & (y < np.inf), y, 1.0)


def _density_slope(x, y, out):
    """The derivative of the density by y: ((x − 1) / y − 1) times the density; at 0 that from the right."""
    slope = out * ((x - 1) / _positive(y) - 1)
    if not np.any(y == 0):
        return slope
    zero = np.where(y == 0, y, 1.0)
    return np.where(y == 0, rgamma(x) * (np.where(x == 1, 0.0, (x - 1) * zero ** (x - 2)) - zero ** (x - 1)), slope)


@operation(
    lambda g, x, y, out: g * out * (np.log(_positive(y)) - digamma(x)),
    lambda g, x, y, out: g * _density_slope(x, y, out),
)
def gamma_density(x, y, /):
    """The density of the gamma distribution of shape x: yˣ⁻¹ e⁻ʸ / Γ(x) for y ≥ 0, elementwise; fused, as `gammainc` uses it.

    >>> from autograd.operations.incomplete_gamma import gamma_density
    >>> gamma_density(1.0, np.array([0.0, -1.0]))
    array([1., 0.])
    """
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):  # at the ends of the support
        inside = _positive(y)
        density = np.exp((x - 1) * np.log(inside) - inside - gammaln(x))
        if np.all(inside == y):
            return density
        zero = np.where(y == 0, y, 1.0)
        at_end = np.where(y == 0, zero ** (x - 1) * rgamma(x), np.where(np.isnan(x * y), x * y, 0.0))
        return np.where((y > 0) & (y < np.inf), density, at_end)[()]


def _slope_by_shape(x, y):
    """∂P/∂x of P(x, y); below the mean by P(x, y) = P(x + 1, y) + yˣ e⁻ʸ / Γ(x + 1), above it by Q = 1 − P.

    Both are integrals over u ≥ 0 of the density and log t − ψ, which there hardly changes its sign:
    P(x + 1, y) by t = y e⁻ᵘ, Q(x, y) by t = y + u.
    """
    is_inside = (y > 0) & (y < np.inf) & (x > 0)
    is_low = y < x + 1
    low_x, low_y = np.where(is_inside & is_low, x, 1.0), np.where(is_inside & is_low, y, 1.0)
    high_x, high_y = np.where(is_inside & ~is_low, x, 1.0), np.where(is_inside & ~is_low, y, 2.5)
    return np.where(
        is_inside,
        np.where(is_low, _lower_slope(low_x, low_y), -_upper_slope(high_x, high_y)),
        np.where(np.isnan(x * y), x * y, 0.0),
    )


def _lower_slope(x, y):
    a, log_y = x + 1, np.log(y)
    psi = digamma(a)

    def integrand(u):
        column = lambda v: np.expand_dims(v, -1)
        exponent = -column(a) * u - column(y) * np.exp(-u) + column(a * log_y - gammaln(a))
        return np.exp(exponent) * (column(log_y - psi) - u)

    rest = np.exp(x * log_y - y - gammaln(a)) * (log_y - psi)
    return rest + integrate_half_line(integrand, 1 / (np.sqrt(a) + np.abs(a - y)))


def _upper_slope(x, y):
    psi = digamma(x)

    def integrand(u):
        column = lambda v: np.expand_dims(v, -1)
        ratio = np.log1p(u / column(y))
        exponent = column(x - 1) * ratio - u + column((x - 1) * np.log(y) - y - gammaln(x))
        return np.exp(exponent) * (column(np.log(y) - psi) + ratio)

    # The integrand e^(−u) (1 + u / y)^(x − 1) decays like e^(−u (1 − (x − 1) / y)), or like a normal density of width √y.
    return integrate_half_line(integrand, 1 / (np.abs(1 - (x - 1) / y) + 1 / np.sqrt(y)))


def _keep_nan(x, out):
    """The result with nan where the shape is nan: SciPy 1.14 gives 0 or 1 there, at the ends of the support."""
    return np.where(np.isnan(x), math.nan, out)[()]


@operation(lambda g, x, y: g * _slope_by_shape(x, y), lambda g, x, y: g * gamma_density(x, y), symbol="P")
def gammainc(x, y, /):
    """Regularized lower incomplete gamma function: P(a, x) = ∫₀ˣ tᵃ⁻¹ e⁻ᵗ dt / Γ(a), of (a, x); both broadcast.

    The derivative by a is an integral, computed with a relative error of about 1e-11 for a from 1e-6 to 1e5.

    >>> from autograd.scipy.special import gammainc
    >>> gammainc(1.0, 1.0) == 1 - np.exp(-1)
    np.True_
    """
    return _keep_nan(x, call_special("gammainc", x, y))


@operation(lambda g, x, y: -g * _slope_by_shape(x, y), lambda g, x, y: -g * gamma_density(x, y), symbol="Q")
def gammaincc(x, y, /):
    """Regularized upper incomplete gamma function: Q(a, x) = 1 − P(a, x), accurate where it is small; both broadcast.

    >>> from autograd.scipy.special import gammaincc
    >>> round(gammaincc(1.0, 40.0) / np.exp(-40), 12)
    np.float64(1.0)
    """
    return _keep_nan(x, call_special("gammaincc", x, y))


scipy_functions.update(gammainc=gammainc, gammaincc=gammaincc)
