"""MyGrad, with memory guarding off, as its documentation advises for speed."""

import mygrad
import numpy as np
from mygrad.nnet.activations import relu
from mygrad.nnet.losses import softmax_crossentropy

from benchmarks.inputs import mlp_inputs
from benchmarks.measurement import serve
from benchmarks.reference_updates import make_update
from benchmarks.workloads import MLP, Chain, Scalars

mygrad.turn_memory_guarding_off()


def mlp(workload):
    x, y, layers = mlp_inputs(workload)
    parameters = [mygrad.tensor(array) for layer in layers for array in layer]
    update = make_update(workload.optimizer, [p.data for p in parameters])

    def step():
        a = x
        for i in range(0, len(parameters), 2):
            a = mygrad.matmul(a, parameters[i]) + parameters[i + 1]
            if i < len(parameters) - 2:
                a = relu(a)
        loss = softmax_crossentropy(a, y)
        loss.backward()
        update([p.grad for p in parameters])
        return loss

    return step


def scalars(workload):
    weights = [mygrad.tensor(0.5) for _ in range(workload.terms)]
    inputs = [mygrad.tensor(0.25) for _ in range(workload.terms)]

    def step():
        total = mygrad.tensor(0.0)
        for w, x in zip(weights, inputs):
            total = total + w * x
        total.backward()

    return step


def chain(workload):
    start, a, b = (mygrad.tensor(np.full(workload.size, value, np.float32)) for value in (0.5, 1e-3, 1.0))
    upstream = np.ones(workload.size, np.float32)

    def step():
        x = start
        for _ in range(workload.length // 2):
            x = x * b + a
        if workload.backward:
            x.backward(upstream)

    return step


WORKLOADS = {MLP: mlp, Scalars: scalars, Chain: chain}

if __name__ == "__main__":
    serve(WORKLOADS)
