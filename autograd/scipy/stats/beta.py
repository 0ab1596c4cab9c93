"""The beta distribution with shapes a and b; below z = (x − loc) / scale, 0 ≤ z ≤ 1.

>>> from autograd import Tensor
>>> from autograd.scipy.stats import beta
>>> beta.pdf(Tensor([0.5, 2.0]), 1.0, 1.0)
Tensor([1., 0.])
"""

import numpy as np

from autograd.operations.entropies import xlog1py
from autograd.operations.gamma_functions import betaln
from autograd.operations.incomplete_beta import beta_density, betainc, betaincc
from autograd.operations.special import xlogy
from autograd.scipy.stats.location_scale import log_probability, log_scale, positive, shape_parameter, standardize


@np.errstate(divide="ignore", over="ignore", invalid="ignore")  # at the ends of the support
def logpdf(x, a, b, loc=0, scale=1):
    """Log density: (a − 1) log z + (b − 1) log(1 − z) − log B(a, b) − log scale."""
    z = standardize(x, loc, scale)
    a, b = shape_parameter(a, z), shape_parameter(b, z)
    is_outside = ((z < 0) | (z > 1) | ((z == 0) & (a > 1)) | ((z == 1) & (b > 1))) & (a > 0) & (b > 0)
    inside = np.where(is_outside, 0.5, z)
    log_density = xlogy(a - 1, inside) + xlog1py(b - 1, -inside) - betaln(a, b) - log_scale(scale)
    return np.where(is_outside, -np.inf, log_density)


def pdf(x, a, b, loc=0, scale=1):
    """Density: zᵃ⁻¹ (1 − z)ᵇ⁻¹ / (B(a, b) scale)."""
    z = standardize(x, loc, scale)
    return beta_density(shape_parameter(a, z), shape_parameter(b, z), z) / positive(scale)


def cdf(x, a, b, loc=0, scale=1):
    """Distribution function: I(a, b, z), the regularized incomplete beta function."""
    z = standardize(x, loc, scale)
    return betainc(shape_parameter(a, z), shape_parameter(b, z), np.clip(z, 0, 1))


def logcdf(x, a, b, loc=0, scale=1):
    """Logarithm of the distribution function, accurate also near probability 1."""
    return log_probability(cdf(x, a, b, loc, scale), sf(x, a, b, loc, scale))


def sf(x, a, b, loc=0, scale=1):
    """Survival function: 1 − I(a, b, z), accurate where it is small."""
    z = standardize(x, loc, scale)
    return betaincc(shape_parameter(a, z), shape_parameter(b, z), np.clip(z, 0, 1))


def logsf(x, a, b, loc=0, scale=1):
    """Logarithm of the survival function, accurate also near probability 1."""
    return log_probability(sf(x, a, b, loc, scale), cdf(x, a, b, loc, scale))
