"""The reference: the step written in NumPy, with preallocated buffers and all parameters in one array."""

import numpy as np

from benchmarks.convolutions import numpy_by_hand as convolutions
from benchmarks.inputs import mlp_inputs
from benchmarks.measurement import serve
from benchmarks.reference_updates import make_update
from benchmarks.workloads import MLP, Chain, Forward


def mlp(workload):
    x, y, layers = mlp_inputs(workload)
    n, last = workload.batch, len(layers) - 1
    flat = np.concatenate([array.ravel() for layer in layers for array in layer])
    flat_gradient = np.empty_like(flat)
    weights, biases = views(flat, layers)
    weight_gradients, bias_gradients = views(flat_gradient, layers)
    outputs = [np.empty((n, size), np.float32) for size in workload.sizes[1:]]
    deltas = [np.empty((n, size), np.float32) for size in workload.sizes[1:]]
    masks = [np.empty((n, size), bool) for size in workload.sizes[1:-1]]
    column = np.empty((n, 1), np.float32)
    examples = np.arange(n)
    update = make_update(workload.optimizer, [flat])

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
            layer_input = outputs[i - 1] if i else x
            np.matmul(layer_input.T, delta, out=weight_gradients[i])
            np.add.reduce(delta, axis=0, out=bias_gradients[i])
            if i:
                np.matmul(delta, weights[i].T, out=deltas[i - 1])
                np.greater(layer_input, 0, out=masks[i - 1])
                np.multiply(deltas[i - 1], masks[i - 1], out=deltas[i - 1])
        update([flat_gradient])
        return loss

    return step


def views(flat, layers):
    """Views of the weights and of the biases that are stored one after another in an array."""
    weights, biases, start = [], [], 0
    for layer in layers:
        for array, arrays in zip(layer, (weights, biases)):
            arrays.append(flat[start : start + array.size].reshape(array.shape))
            start += array.size
    return weights, biases


def forward(workload):
    x, _, layers = mlp_inputs(workload)
    outputs = [np.empty((workload.batch, size), np.float32) for size in workload.sizes[1:]]
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


def chain(workload):
    start, a, b = (np.full(workload.size, value, np.float32) for value in (0.5, 1e-3, 1.0))

    def step():
        x = start
        for _ in range(workload.length // 2):
            x = x * b + a
        return x

    return step


WORKLOADS = {MLP: mlp, Forward: forward, Chain: chain, **convolutions.WORKLOADS}

if __name__ == "__main__":
    serve(WORKLOADS)
