"""The reference: the step written out in NumPy, every buffer made once and reused, parameters in one array."""

import numpy as np

from benchmarks.inputs import problem
from benchmarks.measurement import serve
from benchmarks.reference_updates import updater
from benchmarks.workloads import MLP, Chain, Forward


def mlp(work):
    x, y, layers = problem(work)
    n, last = work.batch, len(layers) - 1
    flat = np.concatenate([part.ravel() for layer in layers for part in layer])
    flat_gradient = np.empty_like(flat)
    weights, biases = parts(flat, layers)
    weight_gradients, bias_gradients = parts(flat_gradient, layers)
    outputs = [np.empty((n, size), np.float32) for size in work.sizes[1:]]
    deltas = [np.empty((n, size), np.float32) for size in work.sizes[1:]]
    masks = [np.empty((n, size), bool) for size in work.sizes[1:-1]]
    column = np.empty((n, 1), np.float32)
    examples = np.arange(n)
    update = updater(work.optimizer, [flat])

    def step():
        a = x
        for i in range(last + 1):
            z = outputs[i]
            np.matmul(a, weights[i], out=z)
            z += biases[i]
            if i < last:
                np.maximum(z, 0, out=z)
            a = z
        p = deltas[last]
        np.maximum.reduce(a, axis=1, keepdims=True, out=column)
        np.subtract(a, column, out=p)
        np.exp(p, out=p)
        np.add.reduce(p, axis=1, keepdims=True, out=column)
        np.divide(p, column, out=p)
        loss = -np.add.reduce(np.log(p[examples, y])) / n
        p[examples, y] -= 1
        p *= 1 / n
        for i in range(last, -1, -1):
            delta = deltas[i]
            before = outputs[i - 1] if i else x
            np.matmul(before.T, delta, out=weight_gradients[i])
            np.add.reduce(delta, axis=0, out=bias_gradients[i])
            if i:
                np.matmul(delta, weights[i].T, out=deltas[i - 1])
                np.greater(before, 0, out=masks[i - 1])
                np.multiply(deltas[i - 1], masks[i - 1], out=deltas[i - 1])
        update([flat_gradient])
        return loss

    return step


def parts(flat, layers):
    """The weights and the biases that lie one after another in an array."""
    weights, biases, start = [], [], 0
    for layer in layers:
        for part, found in zip(layer, (weights, biases)):
            found.append(flat[start : start + part.size].reshape(part.shape))
            start += part.size
    return weights, biases


def forward(work):
    x, _, layers = problem(work)
    outputs = [np.empty((work.batch, size), np.float32) for size in work.sizes[1:]]
    last = len(layers) - 1

    def step():
        a = x
        for i, (w, b) in enumerate(layers):
            z = outputs[i]
            np.matmul(a, w, out=z)
            z += b
            if i < last:
                np.maximum(z, 0, out=z)
            a = z
        return a

    return step


def chain(work):
    start, a, b = (np.full(work.size, value, np.float32) for value in (0.5, 1e-3, 1.0))

    def step():
        x = start
        for _ in range(work.length // 2):
            x = x * b + a
        return x

    return step


WORKS = {MLP: mlp, Forward: forward, Chain: chain}

if __name__ == "__main__":
    serve(WORKS)
