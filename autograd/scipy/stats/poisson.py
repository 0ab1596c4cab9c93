"""The Poisson distribution with mean mu; k − loc is a count, without gradient.

>>> from autograd import Tensor
>>> from autograd.scipy.stats import poisson
>>> mu = Tensor(2.0, requires_grad=True)
>>> poisson.logpmf(3, mu).backward()
>>> mu.grad.item()  # k / mu − 1
0.5
"""

import numpy as np

from autograd.operations.incomplete_gamma import gammainc, gammaincc
from autograd.operations.special import gammaln, xlogy
from autograd.scipy.stats.location_scale import as_parameter, log_probability


def _count_and_mean(k, mu, loc):
    """⌊k − loc⌋, whether k − loc is a count, and the mean, nan if it is negative."""
    count = as_parameter(k) - as_parameter(loc)
    floor, mu = np.floor(count), as_parameter(mu)
    return floor, (count == floor) & (floor >= 0) & (floor < np.inf), np.where(mu >= 0, mu, np.nan)


def logpmf(k, mu, loc=0):
    """Log probability: k log mu − log k! − mu; −∞ where k is no count."""
    count, is_count, mu = _count_and_mean(k, mu, loc)
    count = np.where(is_count, count, 0.0)
    return np.where(is_count | np.isnan(mu), xlogy(count, mu) - gammaln(count + 1) - mu, -np.inf)


def pmf(k, mu, loc=0):
    """Probability: muᵏ e^(−mu) / k!; 0 where k is no count."""
    return np.exp(logpmf(k, mu, loc))


def cdf(k, mu, loc=0):
    """Distribution function: Q(⌊k⌋ + 1, mu), the regularized incomplete gamma function."""
    count, _, mu = _count_and_mean(k, mu, loc)
    return np.where((count >= 0) | np.isnan(mu), gammaincc(np.where(count >= 0, count, 0.0) + 1, mu), 0.0)


def logcdf(k, mu, loc=0):
    """Logarithm of the distribution function, accurate also near probability 1."""
    return log_probability(cdf(k, mu, loc), sf(k, mu, loc))


def sf(k, mu, loc=0):
    """Survival function: P(⌊k⌋ + 1, mu), accurate where it is small."""
    count, _, mu = _count_and_mean(k, mu, loc)
    return np.where((count >= 0) | np.isnan(mu), gammainc(np.where(count >= 0, count, 0.0) + 1, mu), 1.0)


def logsf(k, mu, loc=0):
    """Logarithm of the survival function, accurate also near probability 1."""
    return log_probability(sf(k, mu, loc), cdf(k, mu, loc))
