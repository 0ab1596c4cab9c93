"""PyTorch with its fused Adam."""

from benchmarks.engines import pytorch
from benchmarks.measures import serve
from benchmarks.works import MLP


def mlp(work):
    return pytorch.mlp(work, fused=True)


WORKS = {MLP: mlp}

if __name__ == "__main__":
    serve(WORKS)
