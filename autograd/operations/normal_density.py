"""Log densities of the normal distributions, fused because samplers and fits call them in their inner loops."""

import math

import numpy as np

from autograd.core.operation import operation
from autograd.operations.decompositions import call_linalg

LOG_2_PI = math.log(2 * math.pi)


@operation(
    lambda g, x, y, z: -g * (x - y) / z / z,
    lambda g, x, y, z: g * (x - y) / z / z,
    lambda g, x, y, z: g * (((x - y) / z) ** 2 - 1) / z,
    symbol="log N",
)
def normal_log_density(x, y, z, /):
    """Log density at x of the normal distribution with mean y and standard deviation z, elementwise; nan unless z > 0."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        deviation = (x - y) / z
        return deviation * deviation / -2 - LOG_2_PI / 2 - np.log(z).astype(deviation.dtype)


def _multivariate_gradients(g, x, y, z):
    """With s = Σ⁻¹ (x − μ) for each point: −g s; g s; ½ (Σ g s sᵀ − Σ g Σ⁻¹), where Σ is taken as symmetric."""
    deviation, covariance = x - y, (z + np.swapaxes(z, 0, 1)) / 2
    points = np.reshape(deviation, (-1, deviation.shape[-1]))
    solved = np.swapaxes(np.linalg.solve(covariance, np.swapaxes(points, 0, 1)), 0, 1)
    weights = np.reshape(g, (-1, 1))
    weighted = weights * solved
    by_mean = np.reshape(weighted, deviation.shape)
    return (
        -by_mean,
        by_mean,
        lambda: (np.swapaxes(solved, 0, 1) @ weighted - np.sum(weights) * np.linalg.inv(covariance)) / 2,
    )


@operation(joint_formula=_multivariate_gradients, symbol="log N")
def multivariate_normal_log_density(x, y, z, /):
    """Log densities at points x (…, d) of the normal distribution with mean y (d,) and covariance z (d, d)."""
    factor, deviation = call_linalg(np.linalg.cholesky, z), x - y
    whitened = np.linalg.solve(factor, deviation.reshape(-1, deviation.shape[-1]).T)
    log_det = 2 * np.log(np.diagonal(factor)).sum()
    squares = (whitened * whitened).sum(axis=0).reshape(deviation.shape[:-1])
    return (squares + (log_det + len(factor) * LOG_2_PI).astype(squares.dtype)) / -2
