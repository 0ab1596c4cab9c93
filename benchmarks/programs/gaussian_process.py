"""Gaussian process regression: hyperparameters by the marginal likelihood, with conjugate gradients."""

from scipy.optimize import minimize

import autograd.numpy as np
import autograd.numpy.random as npr
import autograd.scipy.stats.multivariate_normal as mvn
from autograd import value_and_grad

POINTS = 40


def covariance(parameters, x, y):
    scale, lengths = np.exp(parameters[0]), np.exp(parameters[1:])
    differences = np.expand_dims(x / lengths, 1) - np.expand_dims(y / lengths, 0)
    return scale * np.exp(-0.5 * np.sum(differences**2, axis=2))


def log_marginal_likelihood(parameters, inputs, targets):
    mean, noise = parameters[0], np.exp(parameters[1]) + 0.001
    matrix = covariance(parameters[2:], inputs, inputs) + noise * np.eye(len(targets))
    return mvn.logpdf(targets, mean * np.ones(len(targets)), matrix)


def prepare():
    rng = npr.RandomState(0)
    inputs = np.hstack([np.linspace(0, 3, POINTS // 2), np.linspace(6, 8, POINTS // 2)])[:, None]
    targets = (np.cos(inputs) + 0.1 * rng.randn(POINTS, 1)).ravel() / 2.0
    objective = value_and_grad(lambda parameters: -log_marginal_likelihood(parameters, inputs, targets))
    start = 0.1 * rng.randn(4)
    return lambda: minimize(objective, start, jac=True, method="CG", options={"maxiter": 10}).fun
