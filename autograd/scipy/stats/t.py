"""Student's t distribution with df degrees of freedom; below z = (x − loc) / scale.

>>> from autograd import Tensor
>>> from autograd.scipy.stats import t
>>> df = Tensor(3.0, requires_grad=True)
>>> t.cdf(0.0, df).item()
0.5
"""

import numpy as np

from autograd.operations.incomplete_beta import stdtr, t_log_density
from autograd.scipy.stats.location_scale import log_probability, log_scale, shape_parameter, standardize


def logpdf(x, df, loc=0, scale=1):
    """Log density: −(df + 1) / 2 · log(1 + z² / df) − log B(df / 2, ½) − log √df − log scale."""
    z = standardize(x, loc, scale)
    return t_log_density(shape_parameter(df, z), z) - log_scale(scale)


def pdf(x, df, loc=0, scale=1):
    """Density: (1 + z² / df)^(−(df + 1) / 2) / (B(df / 2, ½) √df scale)."""
    return np.exp(logpdf(x, df, loc, scale))


def cdf(x, df, loc=0, scale=1):
    """Distribution function: ½ I(df / 2, ½, df / (df + z²)) for z < 0, and 1 minus that for z > 0."""
    z = standardize(x, loc, scale)
    return stdtr(shape_parameter(df, z), z)


def logcdf(x, df, loc=0, scale=1):
    """Logarithm of the distribution function, accurate also near probability 1."""
    return log_probability(cdf(x, df, loc, scale), sf(x, df, loc, scale))


def sf(x, df, loc=0, scale=1):
    """Survival function: the distribution function at −z."""
    z = standardize(x, loc, scale)
    return stdtr(shape_parameter(df, z), -z)


def logsf(x, df, loc=0, scale=1):
    """Logarithm of the survival function, accurate also near probability 1."""
    return log_probability(sf(x, df, loc, scale), cdf(x, df, loc, scale))
