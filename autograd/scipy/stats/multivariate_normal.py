"""The multivariate normal distribution with a mean (d,) and a covariance matrix (d, d).

>>> from autograd import Tensor
>>> from autograd.scipy.stats import multivariate_normal
>>> mean = Tensor([0.0, 0.0], requires_grad=True)
>>> multivariate_normal.logpdf([2.0, 1.0], mean, [[4.0, 0.0], [0.0, 1.0]]).backward()
>>> mean.grad.numpy()
array([0.5, 1. ])
"""

import math

import numpy as np

from autograd.core.operation import operation
from autograd.core.tensor import Tensor
from autograd.errors import UnsupportedError
from autograd.operations.decompositions import call_linalg
from autograd.operations.inputs import as_floating

LOG_2_PI = math.log(2 * math.pi)


def _covariance_matrix(cov, size):
    """A covariance as a matrix: a number stands for a multiple of the identity, a vector for a diagonal."""
    cov = as_floating(cov)
    if cov.ndim == 0:
        return cov * np.eye(size, dtype=cov.dtype)
    if cov.ndim == 1:
        return np.diag(cov)
    return cov


def _deviation(x, mean, cov):
    """x − mean with d components along the last axis, and the covariance matrix."""
    x, cov = as_floating(x), as_floating(1.0 if cov is None else cov)
    if cov.ndim > 2 or len(set(cov.shape)) > 1:
        raise ValueError(f"multivariate_normal: cov is a number, a vector or a square matrix, got shape {cov.shape}")
    mean = None if mean is None else as_floating(mean)
    size = cov.shape[0] if cov.ndim else mean.shape[-1] if mean is not None and mean.ndim else 1
    if cov.ndim == 0 and (mean is None or mean.ndim == 0) and x.ndim:
        size = x.shape[-1] if mean is None and x.ndim > 1 else 1
    if x.ndim == 0:
        x = np.reshape(x, (1,))
    elif x.ndim == 1 and size == 1:
        x = np.expand_dims(x, -1)
    if x.shape[-1] != size:
        raise ValueError(f"multivariate_normal: x of shape {x.shape} needs {size} components along its last axis")
    return x if mean is None else x - mean, _covariance_matrix(cov, size)


def logpdf(x, mean=None, cov=1, allow_singular=False):
    """Log density: −½ (x − μ)ᵀ Σ⁻¹ (x − μ) − ½ log det(2π Σ).

    x:              points (…, d).
    mean:           a vector (d,), a number, or None for 0; cov: a symmetric matrix (d, d), a diagonal (d,), or a number.
    allow_singular: use the pseudo-inverse and the product of the positive eigenvalues; then cov has no gradient.

    The gradient of cov is symmetric. Raises LinAlgError if cov is not positive definite.
    """
    deviation, cov = _deviation(x, mean, cov)
    if allow_singular:
        return _singular_logpdf(deviation, cov)
    out = _log_density(np.reshape(deviation, (-1, deviation.shape[-1])), cov)
    return np.reshape(out, deviation.shape[:-1]) if deviation.ndim > 1 else out[0]


@operation(
    lambda g, solution: -np.expand_dims(g, -1) * solution,
    lambda g, cov, solution: (solution.T @ (np.expand_dims(g, -1) * solution) - np.sum(g) * np.linalg.inv(cov)) / 2,
    residuals={"solution": lambda deviation, cov: np.linalg.solve(cov, deviation.T).T},
)
def _log_density(deviation, cov, /):
    """The log densities at deviations (n, d) from the mean, and Σ⁻¹ (x − μ)."""
    factor = call_linalg(np.linalg.cholesky, cov)
    whitened = np.linalg.solve(factor, deviation.T)
    log_det = 2 * np.sum(np.log(np.diagonal(factor)))
    out = -(np.sum(whitened**2, axis=0) + log_det + cov.shape[0] * LOG_2_PI) / 2
    return out, np.linalg.solve(factor.T, whitened).T


def _singular_logpdf(deviation, cov):
    if isinstance(cov, Tensor):
        if cov.requires_grad:
            raise UnsupportedError("multivariate_normal: cov has no gradient with allow_singular=True; pass cov.detach()")
        cov = cov.numpy()
    values, vectors = np.linalg.eigh(cov)
    keep = values > 1e6 * np.finfo(values.dtype).eps * np.max(np.abs(values))
    whitened = deviation @ (vectors[:, keep] / np.sqrt(values[keep]))
    return -(np.sum(whitened**2, axis=-1) + np.sum(np.log(values[keep])) + np.sum(keep) * LOG_2_PI) / 2


def pdf(x, mean=None, cov=1, allow_singular=False):
    """Density: e^(−½ (x − μ)ᵀ Σ⁻¹ (x − μ)) / √det(2π Σ); arguments as in `logpdf`."""
    return np.exp(logpdf(x, mean, cov, allow_singular))


def entropy(mean=None, cov=1):
    """Entropy: ½ log det(2πe Σ)."""
    mean = None if mean is None else as_floating(mean)
    cov = _covariance_matrix(cov, mean.shape[-1] if mean is not None and mean.ndim else 1)
    return np.sum(np.log(np.diagonal(np.linalg.cholesky(cov)))) + cov.shape[0] * (LOG_2_PI + 1) / 2
