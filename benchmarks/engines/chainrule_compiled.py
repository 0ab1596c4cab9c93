"""This library, with its training step compiled."""

from autograd import compile
from benchmarks.engines import chainrule
from benchmarks.measurement import serve
from benchmarks.workloads import MLP, MNIST, Digits


def mlp(work):
    return chainrule.mlp(work, compile)


def digits_epoch(work):
    return chainrule.digits_epoch(work, compile=True)


def mnist(work):
    return chainrule.mnist(work, compile)


WORKS = {MLP: mlp, Digits: digits_epoch, MNIST: mnist}

if __name__ == "__main__":
    serve(WORKS)
