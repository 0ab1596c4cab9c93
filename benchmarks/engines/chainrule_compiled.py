"""This library, with its training step compiled."""

from autograd import compile
from benchmarks.convolutions.workloads import ConvLayer, ConvNet
from benchmarks.engines import chainrule
from benchmarks.measurement import serve
from benchmarks.workloads import MLP, MNIST, Digits


def mlp(workload):
    return chainrule.mlp(workload, compile)


def digits_epoch(workload):
    return chainrule.digits_epoch(workload, compile=True)


def mnist(workload):
    return chainrule.mnist(workload, compile)


def conv_net(workload):
    return chainrule.convolutions.net(workload, compile)


def conv_layer(workload):
    return chainrule.convolutions.layer(workload, compile)


WORKLOADS = {MLP: mlp, Digits: digits_epoch, MNIST: mnist, ConvNet: conv_net, ConvLayer: conv_layer}

if __name__ == "__main__":
    serve(WORKLOADS)
