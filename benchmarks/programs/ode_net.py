"""A neural differential equation, fitted to a spiral; gradients by the adjoint equation."""

import autograd.numpy as np
import autograd.numpy.random as npr
from autograd import grad
from autograd.builtins import tuple as traced_tuple
from autograd.scipy.integrate import odeint

TIMES, HIDDEN = 15, 20


def slope(state, time, weights):
    first, second = weights[: 3 * HIDDEN].reshape((3, HIDDEN)), weights[3 * HIDDEN :].reshape((HIDDEN + 1, 2))
    hidden = np.tanh(np.dot(state**3, first[:2]) + first[2])
    return np.dot(hidden, second[:HIDDEN]) + second[HIDDEN]


def loss(weights, start, times, targets):
    return np.mean(np.abs(odeint(slope, start, times, traced_tuple((weights,))) - targets))


def prepare():
    rng = npr.RandomState(0)
    weights = 0.1 * rng.randn(3 * HIDDEN + 2 * (HIDDEN + 1))
    start, times = np.array([2.0, 0.0]), np.linspace(0.0, 1.0, TIMES)
    targets = np.stack([2 * np.exp(-times) * np.cos(3 * times), 2 * np.exp(-times) * np.sin(3 * times)], axis=1)
    gradient = grad(loss)

    def step():
        change = gradient(weights, start, times, targets)
        return np.sum(change * change)

    return step
