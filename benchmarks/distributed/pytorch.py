"""A rank of PyTorch's DistributedDataParallel on gloo: RANK=… WORLD_SIZE=… python -m benchmarks.distributed.pytorch CASE …"""

import json
import sys

import torch
from torch.nn.parallel import DistributedDataParallel

from benchmarks.convolutions import pytorch as convolutions
from benchmarks.convolutions.workloads import ConvNet, net_inputs
from benchmarks.distributed.cases import CASES
from benchmarks.distributed.timing import time_per_step
from benchmarks.engines.pytorch import network, training_step
from benchmarks.inputs import mlp_inputs
from benchmarks.workloads import SGD_RATE


def model_and_batch(workload):
    if isinstance(workload, ConvNet):
        x, y, *parameters = net_inputs(workload)
        return convolutions.network(workload, *parameters), x, y
    x, y, layers = mlp_inputs(workload)
    return network(layers), x, y


def main(names):
    torch.distributed.init_process_group("gloo")
    rank, ranks = torch.distributed.get_rank(), torch.distributed.get_world_size()
    results = {}
    for name in names:
        case = CASES[name]
        model, x, y = model_and_batch(case.workload)
        model = DistributedDataParallel(model)
        step = training_step(model, torch.optim.SGD(model.parameters(), lr=SGD_RATE))
        share = slice(len(x) * rank // ranks, len(x) * (rank + 1) // ranks)
        inputs, targets = torch.from_numpy(x[share]), torch.from_numpy(y[share])
        results[name] = time_per_step(lambda: step(inputs, targets), case.steps, torch.distributed.barrier)  # noqa: B023
    if rank == 0:
        print(json.dumps(results))
    torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main(sys.argv[1:])
