"""This library; `transform` is autograd.compile for compiled steps."""

from itertools import pairwise

import nn
from autograd import Tensor
from benchmarks.convolutions.workloads import ConvLayer, ConvNet, layer_inputs, net_inputs
from benchmarks.workloads import SGD_RATE
from optim import SGD


class ChannelMeans(nn.Module):
    def forward(self, x):
        return x.mean(axis=(2, 3))


def eager(step):
    return step


def network(workload, convolutions, linear):
    layers = []
    for (n, m), padding in zip(pairwise(workload.channels), workload.padding):
        layers += [nn.Conv2d(n, m, workload.kernel, padding=padding), nn.ReLU(), *[nn.MaxPool2d(2)] * workload.pool]
    layers += [nn.Flatten() if workload.pool else ChannelMeans()]
    for n, m in pairwise(workload.linear):
        layers += [nn.Linear(n, m), nn.ReLU()]
    model = nn.Sequential(*layers[:-1]).astype("float32")
    with_weights = [layer for layer in model if isinstance(layer, nn.Conv2d | nn.Linear)]
    for layer, (weight, bias) in zip(with_weights, [*convolutions, *linear], strict=True):
        layer.weight, layer.bias = nn.Parameter(weight), nn.Parameter(bias)
    return model


def net(workload, transform=eager):
    x, y, *parameters = net_inputs(workload)
    model = network(workload, *parameters)
    optimizer, loss = SGD(model.parameters(), lr=SGD_RATE), nn.CrossEntropyLoss()

    def step(x, y):
        optimizer.zero_grad()
        error = loss(model(x), y)
        error.backward()
        optimizer.step()
        return error

    step, images = transform(step), Tensor(x)
    return lambda: step(images, y)


def layer(workload, transform=eager):
    x, g, weight, bias = layer_inputs(workload)
    model = nn.Conv2d(workload.channels, workload.channels, workload.kernel, padding=1).astype("float32")
    model.weight, model.bias = nn.Parameter(weight), nn.Parameter(bias)
    optimizer = SGD(model.parameters(), lr=SGD_RATE)
    images, gradient = Tensor(x, requires_grad=True), Tensor(g)

    def step(g):
        optimizer.zero_grad()
        images.zero_grad()
        out = model(images)
        out.backward(g)
        optimizer.step()
        return out[0, 0, 0, 0]

    step = transform(step)
    return lambda: step(gradient)


WORKLOADS = {ConvNet: net, ConvLayer: layer}
