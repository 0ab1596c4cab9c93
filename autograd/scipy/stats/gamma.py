"""The gamma distribution with shape a; below z = (x − loc) / scale ≥ 0.

>>> from autograd import Tensor
>>> from autograd.scipy.stats import gamma
>>> gamma.sf(Tensor([0.0, 1.0]), 1.0)  # e⁻ˣ
Tensor([1.        , 0.36787944])
"""

import numpy as np

from autograd.operations.incomplete_gamma import gamma_density, gammainc, gammaincc
from autograd.operations.special import gammaln, xlogy
from autograd.scipy.stats.location_scale import log_probability, log_scale, positive, shape_parameter, standardize


@np.errstate(divide="ignore", over="ignore", invalid="ignore")  # at the ends of the support
def logpdf(x, a, loc=0, scale=1):
    """Log density: (a − 1) log z − z − log Γ(a) − log scale."""
    z = standardize(x, loc, scale)
    a = shape_parameter(a, z)
    is_outside = ((z < 0) | (z == np.inf) | ((z == 0) & (a > 1))) & (a > 0)
    inside = np.where(is_outside, 1.0, z)
    return np.where(is_outside, -np.inf, xlogy(a - 1, inside) - inside - gammaln(a) - log_scale(scale))


def pdf(x, a, loc=0, scale=1):
    """Density: zᵃ⁻¹ e⁻ᶻ / (Γ(a) scale)."""
    z = standardize(x, loc, scale)
    return gamma_density(shape_parameter(a, z), z) / positive(scale)


def cdf(x, a, loc=0, scale=1):
    """Distribution function: P(a, z), the regularized incomplete gamma function."""
    z = standardize(x, loc, scale)
    return gammainc(shape_parameter(a, z), np.clip(z, 0, None))


def logcdf(x, a, loc=0, scale=1):
    """Logarithm of the distribution function, accurate also near probability 1."""
    return log_probability(cdf(x, a, loc, scale), sf(x, a, loc, scale))


def sf(x, a, loc=0, scale=1):
    """Survival function: 1 − P(a, z), accurate where it is small."""
    z = standardize(x, loc, scale)
    return gammaincc(shape_parameter(a, z), np.clip(z, 0, None))


def logsf(x, a, loc=0, scale=1):
    """Logarithm of the survival function, accurate also near probability 1."""
    return log_probability(sf(x, a, loc, scale), cdf(x, a, loc, scale))
