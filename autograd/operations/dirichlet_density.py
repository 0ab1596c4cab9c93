"""The log density of the Dirichlet distribution, fused because samplers and fits call it in their inner loops."""

import numpy as np

from autograd.core.operation import operation
from autograd.operations.special import digamma, gammaln, xlogy


def _column(y, x):
    """The concentrations (K,) in the shape (K, 1, …) that broadcasts with the points (K, …)."""
    return y if x.ndim == 1 else np.reshape(y, (-1,) + (1,) * (x.ndim - 1))


def _slope_by_point(x, y):
    """(α − 1) / x, and 0 where α = 1 and x = 0."""
    exponent = _column(y, x) - 1
    return exponent / np.where((exponent == 0) & (x == 0), 1.0, x)


def _slope_by_concentration(g, x, y):
    """Σ g (log xᵢ + ψ(Σ α) − ψ(αᵢ)) over the points; log xᵢ counts 0 where αᵢ = 1 and xᵢ = 0, as in `xlogy`."""
    logarithm = np.log(np.where((x == 0) & (_column(y, x) == 1), 1.0, x))
    if x.ndim > 1:
        logarithm, g = np.sum(np.reshape(g * logarithm, (x.shape[0], -1)), axis=1), np.sum(g)
        return logarithm + g * (digamma(np.sum(y)) - digamma(y))
    return g * (logarithm + digamma(np.sum(y)) - digamma(y))


@operation(
    lambda g, x, y: g * _slope_by_point(x, y),
    lambda g, x, y: _slope_by_concentration(g, x, y),
    symbol="log Dir",
)
def dirichlet_log_density(x, y, /):
    """Log density at the points x (K, …) of the Dirichlet distribution with concentrations y (K,): the result has shape (…).

    >>> from autograd.operations.dirichlet_density import dirichlet_log_density
    >>> round(float(dirichlet_log_density(np.array([0.25, 0.75]), np.array([1.0, 1.0]))), 12)
    0.0
    """
    return np.sum(xlogy(_column(y, x) - 1, x), axis=0) + gammaln(np.sum(y)) - np.sum(gammaln(y))
