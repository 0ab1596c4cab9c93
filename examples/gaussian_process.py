"""Fit a Gaussian process to noisy measurements: SciPy's minimizer with gradients and Hessians of the marginal likelihood.

    python examples/gaussian_process.py [--points 60]

The kernel is σ² exp(−(x − x′)² / 2ℓ²) + ν² δ. Its three parameters maximize log p(y) = −½ yᵀK⁻¹y − ½ log |K| − ½ n log 2π.
Rasmussen and Williams (2006), Gaussian processes for machine learning, chapter 5.
"""

import argparse
import sys

import numpy as np

from autograd.scipy import optimize

NOISE = 0.2


def kernel(parameters, x, z):
    """The covariances of the function at the points x and z."""
    length, scale = np.exp(parameters["log_length"]), np.exp(parameters["log_scale"])
    return scale**2 * np.exp(-0.5 * ((x[:, None] - z[None, :]) / length) ** 2)


def covariance(parameters, x):
    """The covariances of the measurements."""
    return kernel(parameters, x, x) + np.exp(2 * parameters["log_noise"]) * np.eye(len(x))


def negative_log_likelihood(parameters, x, y):
    """−log p(y), with one Cholesky factor for the solution and the determinant."""
    factor = np.linalg.cholesky(covariance(parameters, x))
    whitened = np.linalg.solve(factor, y)
    return 0.5 * np.sum(whitened**2) + np.sum(np.log(np.diagonal(factor))) + 0.5 * len(x) * np.log(2 * np.pi)


def posterior(parameters, x, y, z):
    """The mean and the standard deviation of the function at the points z."""
    across = kernel(parameters, x, z)
    weights = np.linalg.solve(covariance(parameters, x), across)
    variance = np.diagonal(kernel(parameters, z, z)) - np.sum(across * weights, axis=0)
    return y @ weights, np.sqrt(np.maximum(variance, 0))


def main(arguments):
    """Fit, and print parameters, error and coverage."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=60, help="measurements (default: 60)")
    options = parser.parse_args(arguments)

    rng = np.random.default_rng(0)
    x = np.sort(rng.uniform(-4, 4, options.points))
    y = np.sin(2 * x) + 0.3 * x + NOISE * rng.normal(size=options.points)

    start = {"log_length": 0.0, "log_scale": 0.0, "log_noise": -1.0}
    result = optimize.minimize(negative_log_likelihood, start, args=(x, y), method="trust-exact")
    length, scale, noise = (float(np.exp(result.x[name])) for name in start)
    print(f"{result.nit} iterations: −log likelihood {negative_log_likelihood(start, x, y):.1f} → {result.fun:.1f}")
    print(f"length {length:.2f}, scale {scale:.2f}, noise {noise:.2f} (the true one is {NOISE})")

    z = np.linspace(-4, 4, 161)
    truth = np.sin(2 * z) + 0.3 * z
    mean, deviation = posterior(result.x, x, y, z)
    inside = np.mean(np.abs(mean - truth) <= 2 * deviation)
    print(f"mean error {np.abs(mean - truth).mean():.3f}; {inside:.0%} of the function within two standard deviations")


if __name__ == "__main__":
    main(sys.argv[1:])
