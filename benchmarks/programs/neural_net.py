"""A classifier of images by a neural network, trained with Adam."""

from itertools import pairwise

import autograd.numpy as np
import autograd.numpy.random as npr
from autograd import grad
from autograd.misc.optimizers import adam
from autograd.scipy.special import logsumexp

SIZES, BATCH, EXAMPLES, PRECISION = (784, 200, 100, 10), 256, 1024, 1.0


def initial_parameters(rng):
    return [(0.1 * rng.randn(m, n), 0.1 * rng.randn(n)) for m, n in pairwise(SIZES)]


def log_probabilities(parameters, inputs):
    for weights, biases in parameters:
        outputs = np.dot(inputs, weights) + biases
        inputs = np.tanh(outputs)
    return outputs - logsumexp(outputs, axis=1, keepdims=True)


def squared_norm(parameters):
    return sum(np.sum(weights**2) + np.sum(biases**2) for weights, biases in parameters)


def log_posterior(parameters, inputs, targets):
    return -0.5 * PRECISION * squared_norm(parameters) + np.sum(log_probabilities(parameters, inputs) * targets)


def prepare():
    rng = npr.RandomState(0)
    inputs, targets = rng.rand(EXAMPLES, SIZES[0]), np.eye(SIZES[-1])[rng.randint(0, SIZES[-1], EXAMPLES)]
    parameters = initial_parameters(rng)

    def objective(parameters, iteration):
        batch = slice(BATCH * (iteration % (EXAMPLES // BATCH)), BATCH * (iteration % (EXAMPLES // BATCH) + 1))
        return -log_posterior(parameters, inputs[batch], targets[batch]) / BATCH

    gradient = grad(objective)
    return lambda: squared_norm(adam(gradient, parameters, step_size=0.01, num_iters=4))
