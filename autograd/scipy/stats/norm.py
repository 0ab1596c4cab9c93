"""The normal distribution with mean loc and standard deviation scale; below z = (x − loc) / scale.

>>> from autograd import Tensor
>>> from autograd.scipy.stats import norm
>>> loc = Tensor(0.5, requires_grad=True)
>>> norm.logpdf(2.0, loc, 1.0).backward()
>>> loc.grad.item()  # z / scale
1.5
"""

import numpy as np

from autograd.operations.error_functions import log_ndtr, ndtr
from autograd.operations.inputs import as_floating
from autograd.operations.normal_density import normal_log_density
from autograd.scipy.stats.location_scale import as_parameter, standardize


def logpdf(x, loc=0, scale=1):
    """Log density: −z² / 2 − log √(2π) − log scale."""
    return normal_log_density(as_floating(x), as_parameter(loc), as_parameter(scale))


def pdf(x, loc=0, scale=1):
    """Density: e^(−z²/2) / (√(2π) scale)."""
    return np.exp(logpdf(x, loc, scale))


def cdf(x, loc=0, scale=1):
    """Distribution function: Φ(z)."""
    return ndtr(standardize(x, loc, scale))


def logcdf(x, loc=0, scale=1):
    """Logarithm of the distribution function: log Φ(z), without underflow."""
    return log_ndtr(standardize(x, loc, scale))


def sf(x, loc=0, scale=1):
    """Survival function: Φ(−z)."""
    return ndtr(-standardize(x, loc, scale))


def logsf(x, loc=0, scale=1):
    """Logarithm of the survival function: log Φ(−z), without underflow."""
    return log_ndtr(-standardize(x, loc, scale))
