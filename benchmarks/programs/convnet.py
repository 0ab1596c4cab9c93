"""A convolutional network for images: convolutions, max pooling, tanh layers."""

from itertools import pairwise

import autograd.numpy as np
import autograd.numpy.random as npr
from autograd import value_and_grad
from autograd.scipy.signal import convolve
from autograd.scipy.special import logsumexp

BATCH, CLASSES = 16, 10


def convolution(parameters, images):
    axes = {"axes": ([2, 3], [2, 3]), "dot_axes": ([1], [0])}
    return convolve(images, parameters["filters"], mode="valid", **axes) + parameters["biases"]


def max_pool(images):
    n, channels, height, width = images.shape
    return np.max(np.max(images.reshape(n, channels, height // 2, 2, width // 2, 2), axis=3), axis=4)


def log_probabilities(parameters, images):
    first, second, *dense = parameters
    x = max_pool(np.tanh(convolution(first, images)))
    x = max_pool(np.tanh(convolution(second, x)))
    x = np.reshape(x, (x.shape[0], -1))
    for layer in dense[:-1]:
        x = np.tanh(np.dot(x, layer["weights"]) + layer["biases"])
    x = np.dot(x, dense[-1]["weights"]) + dense[-1]["biases"]
    return x - logsumexp(x, axis=1, keepdims=True)


def loss(parameters, images, targets):
    return -np.sum(log_probabilities(parameters, images) * targets) / len(images)


def prepare():
    rng = npr.RandomState(0)
    filters = [{"filters": 0.1 * rng.randn(i, o, 5, 5), "biases": 0.1 * rng.randn(1, o, 1, 1)} for i, o in ((1, 6), (6, 16))]
    sizes = (256, 120, 84, CLASSES)
    dense = [{"weights": 0.1 * rng.randn(m, n), "biases": 0.1 * rng.randn(n)} for m, n in pairwise(sizes)]
    images, targets = rng.rand(BATCH, 1, 28, 28), np.eye(CLASSES)[rng.randint(0, CLASSES, BATCH)]
    loss_and_gradient = value_and_grad(loss)

    def step():
        value, gradient = loss_and_gradient(filters + dense, images, targets)
        return value + np.sum(gradient[0]["filters"] ** 2)

    return step
