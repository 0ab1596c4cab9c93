"""A Jacobian by a Python loop over its rows, one backward pass for each."""

import numpy as np

from autograd import Tensor, gradients
from benchmarks.inputs import two_layers
from benchmarks.measurement import serve
from benchmarks.workloads import Jacobian


def loop(work):
    first, second, start = two_layers(work)
    weights = np.eye(work.size)

    def jacobian():
        x = Tensor(start, requires_grad=True)
        y = np.tanh(second @ np.tanh(first @ x))
        return np.stack([gradients([y], [x], [weight], retain_graph=True)[0].numpy() for weight in weights])

    return jacobian


WORKS = {Jacobian: loop}

if __name__ == "__main__":
    serve(WORKS)
