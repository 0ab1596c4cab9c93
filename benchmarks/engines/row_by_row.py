"""A Jacobian by a Python loop over its rows, with one backward pass per row."""

import numpy as np

from autograd import Tensor, gradients
from benchmarks.inputs import jacobian_inputs
from benchmarks.measurement import serve
from benchmarks.workloads import Jacobian


def jacobian_by_rows(workload):
    first, second, start = jacobian_inputs(workload)
    basis = np.eye(workload.size)

    def jacobian():
        x = Tensor(start, requires_grad=True)
        y = np.tanh(second @ np.tanh(first @ x))
        return np.stack([gradients([y], [x], [vector], retain_graph=True)[0].numpy() for vector in basis])

    return jacobian


WORKLOADS = {Jacobian: jacobian_by_rows}

if __name__ == "__main__":
    serve(WORKLOADS)
