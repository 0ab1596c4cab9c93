"""The reference: the step written out in NumPy, every buffer made once and reused, parameters in one array."""

import sys

import numpy as np

from benchmarks.rows import LEARNING_RATE, MLPS
from benchmarks.timing import problem, report

row = MLPS[sys.argv[1]]
x, y, layers = problem(row)
n = row.batch
flat = np.concatenate([part.ravel() for layer in layers for part in layer])
flat_gradient = np.empty_like(flat)
weights, biases, weight_gradients, bias_gradients = [], [], [], []
start = 0
for w, b in layers:
    for part, values, gradients in ((w, weights, weight_gradients), (b, biases, bias_gradients)):
        values.append(flat[start : start + part.size].reshape(part.shape))
        gradients.append(flat_gradient[start : start + part.size].reshape(part.shape))
        start += part.size
outputs = [np.empty((n, size), np.float32) for size in row.sizes[1:]]
deltas = [np.empty((n, size), np.float32) for size in row.sizes[1:]]
masks = [np.empty((n, size), bool) for size in row.sizes[1:-1]]
column = np.empty((n, 1), np.float32)
examples = np.arange(n)
last = len(layers) - 1


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
    np.multiply(flat_gradient, LEARNING_RATE, out=flat_gradient)
    np.subtract(flat, flat_gradient, out=flat)
    return loss


if __name__ == "__main__":
    report(step)
