"""This library, with its training step compiled."""

from autograd import compile
from benchmarks.engines import chainrule
from benchmarks.measurement import serve
from benchmarks.workloads import GPT, LSTM, MLP, MNIST, Digits


def mlp(workload):
    return chainrule.mlp(workload, compile)


def gpt(workload):
    return chainrule.gpt(workload, compile)


def lstm(workload):
    return chainrule.lstm(workload, compile)


def digits_epoch(workload):
    return chainrule.digits_epoch(workload, compile=True)


def mnist(workload):
    return chainrule.mnist(workload, compile)


WORKLOADS = {LSTM: lstm, MLP: mlp, GPT: gpt, Digits: digits_epoch, MNIST: mnist}

if __name__ == "__main__":
    serve(WORKLOADS)
