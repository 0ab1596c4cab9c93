"""The χ² distribution with df degrees of freedom: the gamma distribution of shape df / 2 and twice the scale.

>>> from autograd import Tensor
>>> from autograd.scipy.stats import chi2
>>> chi2.pdf(Tensor(0.0), 2.0)
Tensor(0.5)
"""

from autograd.scipy.stats import gamma
from autograd.scipy.stats.location_scale import as_parameter


def pdf(x, df, loc=0, scale=1):
    """Density: z^(df/2 − 1) e^(−z/2) / (2^(df/2) Γ(df/2) scale), z = (x − loc) / scale ≥ 0."""
    return gamma.pdf(x, as_parameter(df) / 2, loc, 2 * as_parameter(scale))


def logpdf(x, df, loc=0, scale=1):
    """Log density."""
    return gamma.logpdf(x, as_parameter(df) / 2, loc, 2 * as_parameter(scale))


def cdf(x, df, loc=0, scale=1):
    """Distribution function: P(df / 2, z / 2), the regularized incomplete gamma function."""
    return gamma.cdf(x, as_parameter(df) / 2, loc, 2 * as_parameter(scale))


def logcdf(x, df, loc=0, scale=1):
    """Logarithm of the distribution function."""
    return gamma.logcdf(x, as_parameter(df) / 2, loc, 2 * as_parameter(scale))


def sf(x, df, loc=0, scale=1):
    """Survival function: 1 − P(df / 2, z / 2), accurate where it is small."""
    return gamma.sf(x, as_parameter(df) / 2, loc, 2 * as_parameter(scale))


def logsf(x, df, loc=0, scale=1):
    """Logarithm of the survival function."""
    return gamma.logsf(x, as_parameter(df) / 2, loc, 2 * as_parameter(scale))
