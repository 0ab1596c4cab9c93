"""PyTorch with its fused Adam."""

from benchmarks.engines import pytorch
from benchmarks.measurement import serve
from benchmarks.workloads import MLP


def mlp(workload):
    return pytorch.mlp(workload, fused=True)


WORKLOADS = {MLP: mlp}

if __name__ == "__main__":
    serve(WORKLOADS)
