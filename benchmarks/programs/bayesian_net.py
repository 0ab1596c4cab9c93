"""A Bayesian neural network: black-box stochastic variational inference of its weights."""

from itertools import pairwise

import autograd.numpy as np
import autograd.numpy.random as npr
import autograd.scipy.stats.norm as norm
from autograd import grad
from autograd.misc.optimizers import adam

SIZES, SAMPLES, POINTS, PRIOR_VARIANCE, NOISE_VARIANCE = (1, 20, 20, 1), 10, 40, 10.0, 0.01
WEIGHTS = sum((m + 1) * n for m, n in pairwise(SIZES))


def layers(weights):
    samples = len(weights)
    for m, n in pairwise(SIZES):
        yield weights[:, : m * n].reshape((samples, m, n)), weights[:, m * n : m * n + n].reshape((samples, 1, n))
        weights = weights[:, (m + 1) * n :]


def predictions(weights, inputs):
    inputs = np.expand_dims(inputs, 0)
    for matrix, biases in layers(weights):
        outputs = np.einsum("mnd,mdo->mno", inputs, matrix) + biases
        inputs = np.tanh(outputs)
    return outputs


def log_probability(weights, inputs, targets):
    log_prior = -np.sum(weights**2, axis=1) / (2 * PRIOR_VARIANCE)
    log_likelihood = -np.sum((predictions(weights, inputs) - targets) ** 2, axis=1)[:, 0] / NOISE_VARIANCE
    return log_prior + log_likelihood


def entropy(log_std):
    return 0.5 * WEIGHTS * (1.0 + np.log(2 * np.pi)) + np.sum(log_std)


def prepare():
    data = npr.RandomState(0)
    inputs = np.linspace(-4, 4, POINTS)[:, None]
    targets = np.cos(inputs) + 0.1 * data.randn(POINTS, 1)
    start = np.concatenate([0.1 * data.randn(WEIGHTS), -5 * np.ones(WEIGHTS)])

    def step():
        rng = npr.RandomState(1)

        def objective(parameters, iteration):
            mean, log_std = parameters[:WEIGHTS], parameters[WEIGHTS:]
            samples = rng.randn(SAMPLES, WEIGHTS) * np.exp(log_std) + mean
            prior = np.mean(norm.logpdf(mean, 0.0, np.exp(log_std)))
            return -(entropy(log_std) + np.mean(log_probability(samples, inputs, targets)) + 0.01 * prior)

        return np.sum(adam(grad(objective), start, step_size=0.1, num_iters=10) ** 2)

    return step
