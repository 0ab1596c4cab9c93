"""HIPS autograd, from an environment of its own, because its import name is ours."""

import autograd.numpy as np
from autograd import grad, value_and_grad
from benchmarks.inputs import problem
from benchmarks.measurement import serve
from benchmarks.reference_updates import updater
from benchmarks.workloads import MLP, Chain


def mlp(work):
    x, y, layers = problem(work)
    parameters = [part for layer in layers for part in layer]
    both = value_and_grad(loss)
    update = updater(work.optimizer, parameters)
    examples = np.arange(work.batch)

    def step():
        error, gradients = both(parameters, x, y, examples)
        update(gradients)
        return error

    return step


def loss(parameters, x, y, examples):
    for i in range(0, len(parameters), 2):
        x = np.dot(x, parameters[i]) + parameters[i + 1]
        if i < len(parameters) - 2:
            x = np.maximum(x, 0)
    x = x - np.max(x, axis=1, keepdims=True)
    logs = x - np.log(np.sum(np.exp(x), axis=1, keepdims=True))
    return -np.sum(logs[examples, y]) / len(y)


def chain(work):
    start, a, b = (np.full(work.size, value, np.float32) for value in (0.5, 1e-3, 1.0))

    def last(x, a, b):
        for _ in range(work.length // 2):
            x = x * b + a
        return np.sum(x)

    derivatives = grad(last, (0, 1, 2))
    return lambda: derivatives(start, a, b)


WORKS = {MLP: mlp, Chain: chain}

if __name__ == "__main__":
    serve(WORKS)
