"""This library, eager, as a user writes it."""

import time

import numpy as np

import nn
from autograd import Tensor, jacobian, no_grad, relu
from benchmarks.convolutions import chainrule as convolutions
from benchmarks.gpt.chainrule import gpt
from benchmarks.inputs import (
    demo_inputs,
    demo_learning_rate,
    elementwise_input,
    jacobian_inputs,
    mlp_inputs,
    mnist_arrays,
    onnx_network,
    training_seconds,
)
from benchmarks.measurement import serve
from benchmarks.programs import program
from benchmarks.recurrent import chainrule as recurrent
from benchmarks.workloads import (
    ADAM_RATE,
    GPT,
    LSTM,
    MLP,
    MNIST,
    SGD_RATE,
    Chain,
    Demo,
    Digits,
    Elementwise,
    Forward,
    Jacobian,
    OnnxNetwork,
    Program,
    Scalars,
)
from optim import SGD, Adam, MiniBatch, fit
from optim.data import digits


def eager(step):
    """The step as it is; autograd.compile takes its place in chainrule_compiled."""
    return step


def mlp(workload, transform=eager):
    x, y, layers = mlp_inputs(workload)
    model = network(workload.sizes, layers, batch_norm=workload.batch_norm, dropout=workload.dropout)
    optimizer = Adam(model.parameters(), lr=ADAM_RATE) if workload.optimizer == "adam" else SGD(model.parameters(), lr=SGD_RATE)
    step = transform(training_step(model, optimizer))
    return lambda: step(x, y)


def network(sizes, layers, **options):
    model = nn.MLP(sizes, **options).astype("float32")
    for layer, (w, b) in zip((layer for layer in model.layers if isinstance(layer, nn.Linear)), layers):
        layer.weight = nn.Parameter(w)
        layer.bias = nn.Parameter(b)
    return model


def training_step(model, optimizer):
    loss = nn.CrossEntropyLoss()

    def step(x, y):
        optimizer.zero_grad()
        error = loss(model(x), y)
        error.backward()
        optimizer.step()
        return error

    return step


def forward(workload):
    x, _, layers = mlp_inputs(workload)
    model = network(workload.sizes, layers)

    def step():
        with no_grad():
            return model(x)

    return step


def onnx_outputs(workload):
    path, x = onnx_network(workload)
    model = nn.load_onnx(path)

    def step():
        with no_grad():
            return model(x)

    return step


def lstm(workload, transform=eager):
    return recurrent.lstm(workload, transform)


def scalars(workload):
    weights = [Tensor(0.5, requires_grad=True) for _ in range(workload.terms)]
    inputs = [Tensor(0.25, requires_grad=True) for _ in range(workload.terms)]

    def step():
        total = Tensor(0.0, requires_grad=True)
        for w, x in zip(weights, inputs):
            total = total + w * x
        total.backward()

    return step


def chain(workload):
    if workload.size:
        start, a, b = (Tensor(np.full(workload.size, value, np.float32), requires_grad=True) for value in (0.5, 1e-3, 1.0))
    else:
        start, a, b = (Tensor(value, requires_grad=True) for value in (0.5, 1e-3, 1.0))
    upstream = np.ones(workload.size, np.float32) if workload.size else None

    def step():
        x = start
        for _ in range(workload.length // 2):
            x = x * b + a
        if workload.backward:
            x.backward(upstream)

    return step


class Neuron:
    def __init__(self, parameters, inputs, has_relu):
        self.w = [next(parameters) for _ in range(inputs)]
        self.b = next(parameters)
        self.has_relu = has_relu

    def __call__(self, x):
        total = sum((w * x for w, x in zip(self.w, x)), self.b)
        return relu(total) if self.has_relu else total


def micrograd_demo(workload):
    points, labels, initial = demo_inputs(workload)
    parameters = [Tensor(value, requires_grad=True) for value in initial]
    unused = iter(parameters)
    layers = [[Neuron(unused, n, m > 1) for _ in range(m)] for n, m in ((2, 16), (16, 16), (16, 1))]
    steps = 0

    def forward_point(x):
        for layer in layers:
            x = [neuron(x) for neuron in layer]
        return x[0]

    def step():
        nonlocal steps
        scores = [forward_point(list(map(Tensor, point))) for point in points]
        losses = [relu(1 + -y * score) for y, score in zip(labels, scores)]
        total = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)
        for p in parameters:
            p.zero_grad()
        total.backward()
        for p in parameters:
            p.data -= demo_learning_rate(steps) * p.grad
        steps += 1
        return total

    return step


def elementwise(workload):
    x = elementwise_input(workload)

    def step():
        t = Tensor(x, requires_grad=True)
        (np.tanh(t) * np.exp(t) + np.sin(t)).sum().backward()
        return t.grad

    return step


def full_jacobian(workload):
    first, second, x = jacobian_inputs(workload)
    derivative = jacobian(lambda x: np.tanh(second @ np.tanh(first @ x)))
    return lambda: derivative(x)


def digits_epoch(workload, **options):
    inputs, labels = digits()
    data = (inputs.astype("float32"), labels)
    model = nn.MLP([64, 100, 10], rng=0).astype("float32")
    optimizer, loss, batching = Adam(model.parameters(), lr=ADAM_RATE), nn.CrossEntropyLoss(), MiniBatch(workload.batch)

    def run():
        start = time.perf_counter()
        fit(model, loss, data, optimizer=optimizer, batching=batching, epochs=workload.epochs, rng=0, progress=False, **options)
        return (time.perf_counter() - start) / workload.epochs

    return run


def mnist(workload, transform=eager):
    data = mnist_arrays()
    model = nn.MLP(workload.sizes, rng=0).astype("float32")
    step = transform(training_step(model, Adam(model.parameters(), lr=ADAM_RATE)))

    def accuracy(x, y):
        with no_grad():
            return (model(x).numpy().argmax(axis=1) == y).mean()

    return lambda: training_seconds(workload, data, step, accuracy)


WORKLOADS = {
    LSTM: lstm,
    MLP: mlp,
    GPT: gpt,
    Forward: forward,
    OnnxNetwork: onnx_outputs,
    Scalars: scalars,
    Chain: chain,
    Demo: micrograd_demo,
    Elementwise: elementwise,
    Jacobian: full_jacobian,
    Digits: digits_epoch,
    MNIST: mnist,
    Program: program,
    **convolutions.WORKLOADS,
}

if __name__ == "__main__":
    serve(WORKLOADS)
