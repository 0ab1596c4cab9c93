"""HIPS autograd, in a separate environment because its import name is the same as this library's."""

import autograd.numpy as np
from autograd import grad, value_and_grad
from benchmarks.inputs import mlp_inputs
from benchmarks.measurement import serve
from benchmarks.programs import program
from benchmarks.reference_updates import make_update
from benchmarks.workloads import MLP, Chain, Program


def mlp(workload):
    x, y, layers = mlp_inputs(workload)
    parameters = [array for layer in layers for array in layer]
    loss_and_gradients = value_and_grad(loss)
    update = make_update(workload.optimizer, parameters)
    examples = np.arange(workload.batch)

    def step():
        error, gradients = loss_and_gradients(parameters, x, y, examples)
        update(gradients)
        return error

    return step


def loss(parameters, x, y, examples):
    for i in range(0, len(parameters), 2):
        x = np.dot(x, parameters[i]) + parameters[i + 1]
        if i < len(parameters) - 2:
            x = np.maximum(x, 0)
    x = x - np.max(x, axis=1, keepdims=True)
    log_probabilities = x - np.log(np.sum(np.exp(x), axis=1, keepdims=True))
    return -np.sum(log_probabilities[examples, y]) / len(y)


def chain(workload):
    start, a, b = (np.full(workload.size, value, np.float32) for value in (0.5, 1e-3, 1.0))

    def sum_of_last(x, a, b):
        for _ in range(workload.length // 2):
            x = x * b + a
        return np.sum(x)

    derivatives = grad(sum_of_last, (0, 1, 2))
    return lambda: derivatives(start, a, b)


WORKLOADS = {MLP: mlp, Chain: chain, Program: program}

if __name__ == "__main__":
    serve(WORKLOADS)
