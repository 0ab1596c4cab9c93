"""MyGrad, with its guarding of memory switched off, as its documentation advises for speed."""

import mygrad
import numpy as np
from mygrad.nnet.activations import relu
from mygrad.nnet.losses import softmax_crossentropy

from benchmarks.inputs import problem
from benchmarks.measurement import serve
from benchmarks.reference_updates import updater
from benchmarks.workloads import MLP, Chain, Scalars

mygrad.turn_memory_guarding_off()


def mlp(work):
    x, y, layers = problem(work)
    parameters = [mygrad.tensor(part) for layer in layers for part in layer]
    update = updater(work.optimizer, [p.data for p in parameters])

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


def scalars(work):
    weights = [mygrad.tensor(0.5) for _ in range(work.terms)]
    inputs = [mygrad.tensor(0.25) for _ in range(work.terms)]

    def step():
        total = mygrad.tensor(0.0)
        for w, x in zip(weights, inputs):
            total = total + w * x
        total.backward()

    return step


def chain(work):
    start, a, b = (mygrad.tensor(np.full(work.size, value, np.float32)) for value in (0.5, 1e-3, 1.0))
    upstream = np.ones(work.size, np.float32)

    def step():
        x = start
        for _ in range(work.length // 2):
            x = x * b + a
        if work.backward:
            x.backward(upstream)

    return step


WORKS = {MLP: mlp, Scalars: scalars, Chain: chain}

if __name__ == "__main__":
    serve(WORKS)
