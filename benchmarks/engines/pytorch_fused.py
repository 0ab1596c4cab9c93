"""PyTorch with its fused Adam."""

from benchmarks.engines import pytorch
from benchmarks.measurement import serve
from benchmarks.workloads import MLP


def mlp(work):
    return pytorch.mlp(work, fused=True)


WORKS = {MLP: mlp}

if __name__ == "__main__":
    serve(WORKS)
