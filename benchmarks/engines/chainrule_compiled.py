"""This library, with its training step compiled."""

from autograd import compile
from benchmarks.engines import chainrule
from benchmarks.measures import serve
from benchmarks.works import MLP, MNIST


def mlp(work):
    return chainrule.mlp(work, compile)


def mnist(work):
    return chainrule.mnist(work, compile)


WORKS = {MLP: mlp, MNIST: mnist}

if __name__ == "__main__":
    serve(WORKS)
