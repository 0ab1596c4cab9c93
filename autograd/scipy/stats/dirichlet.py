"""The Dirichlet distribution with concentrations alpha (K,).

>>> from autograd import Tensor
>>> from autograd.scipy.stats import dirichlet
>>> round(dirichlet.pdf([0.2, 0.3, 0.5], Tensor([1.0, 1.0, 1.0])).item(), 9)  # (K − 1)!
2.0
"""

import importlib

import numpy as np

from autograd.core.tensor import Tensor
from autograd.operations.dirichlet_density import dirichlet_log_density
from autograd.operations.inputs import as_floating
from autograd.operations.special import digamma, gammaln
from autograd.scipy.flat_parameters import as_arrays


def _log_beta(alpha):
    return np.sum(gammaln(alpha)) - gammaln(np.sum(alpha))


def _data(x):
    """The numbers of a tensor or an array."""
    return x.data if isinstance(x, Tensor) else x


def _concentrations(alpha):
    alpha = as_floating(alpha)
    if alpha.ndim != 1 or not (_data(alpha) > 0).all():
        raise ValueError(f"dirichlet: alpha is a vector of positive numbers, got {alpha!r}")
    return alpha


def logpdf(x, alpha):
    """Log density: Σ (αᵢ − 1) log xᵢ + log Γ(Σ α) − Σ log Γ(αᵢ).

    x: points of the simplex (K,) or (K, n), or without their last component (K − 1, …), which is then 1 minus the others.

    The gradient is that of the formula in x, as if its components were free. Raises ValueError for x outside of the simplex.
    """
    alpha, x = _concentrations(alpha), as_floating(x)
    if x.ndim == 0 or x.shape[0] not in (alpha.shape[0], alpha.shape[0] - 1):
        raise ValueError(f"dirichlet: x needs {alpha.shape[0]} or {alpha.shape[0] - 1} rows as alpha, got shape {x.shape}")
    if x.shape[0] != alpha.shape[0]:
        x = np.concatenate([x, 1 - np.sum(x, axis=0, keepdims=True)])
    points, concentrations = _data(x), _data(alpha)
    if points.min() < 0 or points.max() > 1 or np.abs(points.sum(axis=0) - 1).max() > 1e-9:
        raise ValueError("dirichlet: the components of x must lie between 0 and 1, with sum 1")
    if not points.all() and ((points == 0).T & (concentrations < 1)).any():
        raise ValueError("dirichlet: a component of x is 0 where its alpha is less than 1, so that the density is infinite")
    return dirichlet_log_density(x, alpha)


def pdf(x, alpha):
    """Density: Γ(Σ α) Π xᵢ^(αᵢ − 1) / Π Γ(αᵢ); x as in `logpdf`."""
    return np.exp(logpdf(x, alpha))


def entropy(alpha):
    """Entropy: log B(α) + (Σ α − K) ψ(Σ α) − Σ (αᵢ − 1) ψ(αᵢ)."""
    alpha = _concentrations(alpha)
    total = np.sum(alpha)
    return _log_beta(alpha) + (total - alpha.shape[0]) * digamma(total) - np.sum((alpha - 1) * digamma(alpha))


def rvs(alpha, size=1, random_state=None):
    """Random points of the simplex, as SciPy draws them: arrays without gradient."""
    return importlib.import_module("scipy.stats").dirichlet.rvs(as_arrays(alpha), size, random_state)
