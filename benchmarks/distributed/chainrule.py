"""A rank of this library: [mpiexec -n N] python -m benchmarks.distributed.chainrule MODE [CASE …]

plain:     the steps of one process without a communicator.
compute:   the steps of one rank, which has no collective, for parts of the batch.
allreduce: the collective alone, for several sizes.
fast, ordered: the steps of all ranks in this mode of reduction, and the share of the collective.
"""

import json
import sys
import time

import numpy as np

import nn
from benchmarks.convolutions import chainrule as convolutions
from benchmarks.convolutions.workloads import ConvNet, net_inputs
from benchmarks.distributed.cases import CASES
from benchmarks.distributed.timing import time_per_step
from benchmarks.engines.chainrule import network, training_step
from benchmarks.inputs import mlp_inputs
from benchmarks.workloads import SGD_RATE
from optim import SGD, Batch
from optim.distributed import MPICommunicator, SingleProcess
from optim.training.data_parallel import DataParallel
from optim.training.plan import TrainingPlan
from optim.training.run import Run

PARTS = (1, 2, 4)  # of the batch, for the constants of the performance model
SIZES = tuple(4**k for k in range(3, 11))  # floats


class TimedCommunicator(MPICommunicator):
    """Counts the seconds in collectives."""

    def __init__(self):
        super().__init__()
        self.seconds = 0.0

    def timed(self, call, *arguments):
        start = time.perf_counter()
        result = call(*arguments)
        self.seconds += time.perf_counter() - start
        return result

    def sum(self, array):
        return self.timed(super().sum, array)

    def gather_rows(self, rows, counts):
        return self.timed(super().gather_rows, rows, counts)

    def gather(self, value):
        return self.timed(super().gather, value)

    def broadcast(self, value):
        return self.timed(super().broadcast, value)


def model_and_batch(workload):
    if isinstance(workload, ConvNet):
        x, y, *parameters = net_inputs(workload)
        return convolutions.network(workload, *parameters), x, y
    x, y, layers = mlp_inputs(workload)
    return network(workload.sizes, layers), x, y


def plain(name):
    """Seconds per step of one process."""
    case = CASES[name]
    model, x, y = model_and_batch(case.workload)
    step = training_step(model, SGD(model.parameters(), lr=SGD_RATE))
    return time_per_step(lambda: step(x, y), case.steps, lambda: None)


def compute(name):
    """Seconds per step of one rank by the number of examples, and the bytes of the gradients."""
    case, times = CASES[name], {}
    model, x, y = model_and_batch(case.workload)
    for parts in PARTS:
        examples = len(x) // parts
        step = distributed_step(model, x[:examples], y[:examples], SingleProcess(), "fast")
        times[examples] = time_per_step(step, case.steps, lambda: None)
    return {"times": times, "bytes": sum(parameter.data.nbytes for parameter in model.parameters())}


def distributed_step(model, x, y, communicator, reduction):
    """The step of `fit` on the ranks of a communicator, without the loading of data."""
    optimizer = SGD(model.parameters(), lr=SGD_RATE)
    options = {"optimizer": optimizer, "batching": Batch(), "communicator": communicator, "reduction": reduction}
    plan = TrainingPlan(model, nn.CrossEntropyLoss(), (x, y), **options)
    run = Run(plan, [], DataParallel(plan))
    step, (shards, size) = run.ranks.make_step(run, []), next(iter(run.batches()))
    return lambda: step(shards, size)


def allreduce(communicator):
    """Seconds by the number of bytes."""
    times = {}
    for size in SIZES:
        array = np.ones(size, np.float32)
        steps = max(5, min(300, 10**6 // size))
        times[array.nbytes] = time_per_step(lambda: communicator.sum(array), steps, lambda: communicator.gather(0))  # noqa: B023
    return times


def train(name, communicator, reduction):
    """Seconds per step, and the share of the collectives."""
    case = CASES[name]
    step = distributed_step(*model_and_batch(case.workload), communicator, reduction)
    in_collectives = []

    def start_block():
        communicator.comm.Barrier()
        in_collectives.append(communicator.seconds)

    seconds = time_per_step(step, case.steps, start_block)
    return {"time": seconds, "share": float(np.median(np.diff(in_collectives))) / case.steps / seconds}


def main(mode, names):
    communicator = TimedCommunicator()
    if mode == "allreduce":
        results = allreduce(communicator)
    elif mode == "compute":
        results = {name: compute(name) for name in names}
    elif mode == "plain":
        results = {name: plain(name) for name in names}
    else:
        results = {name: train(name, communicator, mode) for name in names}
    if communicator.rank == 0:
        print(json.dumps(results))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
