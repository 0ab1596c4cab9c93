"""PyTorch, eager."""

import torch

from benchmarks.convolutions.workloads import ConvLayer, ConvNet, layer_inputs, net_inputs
from benchmarks.workloads import SGD_RATE


class ChannelMeans(torch.nn.Module):
    def forward(self, x):
        return x.mean(dim=(2, 3))


def network(workload, convolutions, linear):
    layers = []
    for parameters, padding in zip(convolutions, workload.padding):
        m, n = parameters[0].shape[:2]
        layers += [with_weights(torch.nn.Conv2d(n, m, workload.kernel, padding=padding), *parameters), torch.nn.ReLU()]
        layers += [torch.nn.MaxPool2d(2)] * workload.pool
    layers += [torch.nn.Flatten() if workload.pool else ChannelMeans()]
    for weight, bias in linear:
        layers += [with_weights(torch.nn.Linear(*weight.shape), weight.T, bias), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def net(workload):
    x, y, *parameters = net_inputs(workload)
    model, loss = network(workload, *parameters), torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=SGD_RATE)
    x, y = torch.from_numpy(x), torch.from_numpy(y)

    def step():
        optimizer.zero_grad()
        error = loss(model(x), y)
        error.backward()
        optimizer.step()
        return error

    return step


def with_weights(layer, weight, bias):
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(weight))
        layer.bias.copy_(torch.tensor(bias))
    return layer


def layer(workload):
    x, g, weight, bias = layer_inputs(workload)
    model = with_weights(torch.nn.Conv2d(workload.channels, workload.channels, workload.kernel, padding=1), weight, bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=SGD_RATE)
    x, g = torch.tensor(x, requires_grad=True), torch.from_numpy(g)

    def step():
        optimizer.zero_grad()
        x.grad = None
        out = model(x)
        out.backward(g)
        optimizer.step()
        return out[0, 0, 0, 0]

    return step


WORKLOADS = {ConvNet: net, ConvLayer: layer}
