"""This library, eager, as its users write it."""

import time

import numpy as np

import nn
from autograd import Tensor, jacobian, no_grad, relu
from benchmarks.inputs import demo, demo_rate, mnist_arrays, problem, seconds_of_training, two_layers
from benchmarks.measurement import serve
from benchmarks.workloads import ADAM_RATE, MLP, MNIST, SGD_RATE, Chain, Demo, Digits, Forward, Jacobian, Scalars
from optim import SGD, Adam, MiniBatch, fit
from optim.data import digits


def as_it_is(step):
    return step


def mlp(work, compiled=as_it_is):
    x, y, layers = problem(work)
    model = network(work.sizes, layers, batch_norm=work.batch_norm, dropout=work.dropout)
    kind, rate = (Adam, ADAM_RATE) if work.optimizer == "adam" else (SGD, SGD_RATE)
    step = compiled(training_step(model, kind(model.parameters(), lr=rate)))
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


def forward(work):
    x, _, layers = problem(work)
    model = network(work.sizes, layers)

    def step():
        with no_grad():
            return model(x)

    return step


def scalars(work):
    weights = [Tensor(0.5, requires_grad=True) for _ in range(work.terms)]
    inputs = [Tensor(0.25, requires_grad=True) for _ in range(work.terms)]

    def step():
        total = Tensor(0.0, requires_grad=True)
        for w, x in zip(weights, inputs):
            total = total + w * x
        total.backward()

    return step


def chain(work):
    if work.size:
        start, a, b = (Tensor(np.full(work.size, v, np.float32), requires_grad=True) for v in (0.5, 1e-3, 1.0))
    else:
        start, a, b = (Tensor(v, requires_grad=True) for v in (0.5, 1e-3, 1.0))
    upstream = np.ones(work.size, np.float32) if work.size else None

    def step():
        x = start
        for _ in range(work.length // 2):
            x = x * b + a
        if work.backward:
            x.backward(upstream)

    return step


class Neuron:
    def __init__(self, parameters, inputs, rectified):
        self.w = [next(parameters) for _ in range(inputs)]
        self.b = next(parameters)
        self.rectified = rectified

    def __call__(self, x):
        total = sum((w * x for w, x in zip(self.w, x)), self.b)
        return relu(total) if self.rectified else total


def micrograd_demo(work):
    points, labels, numbers = demo(work)
    parameters = [Tensor(number, requires_grad=True) for number in numbers]
    left = iter(parameters)
    layers = [[Neuron(left, n, m > 1) for _ in range(m)] for n, m in ((2, 16), (16, 16), (16, 1))]
    steps = 0

    def score(x):
        for layer in layers:
            x = [neuron(x) for neuron in layer]
        return x[0]

    def step():
        nonlocal steps
        scores = [score(list(map(Tensor, point))) for point in points]
        losses = [relu(1 + -y * predicted) for y, predicted in zip(labels, scores)]
        total = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)
        for p in parameters:
            p.zero_grad()
        total.backward()
        for p in parameters:
            p.data -= demo_rate(steps) * p.grad
        steps += 1
        return total

    return step


def whole_jacobian(work):
    first, second, x = two_layers(work)
    derivative = jacobian(lambda x: np.tanh(second @ np.tanh(first @ x)))
    return lambda: derivative(x)


def digits_epoch(work, **options):
    inputs, labels = digits()
    data = (inputs.astype("float32"), labels)
    model = nn.MLP([64, 100, 10], rng=0).astype("float32")
    optimizer, loss, batching = Adam(model.parameters(), lr=ADAM_RATE), nn.CrossEntropyLoss(), MiniBatch(work.batch)

    def run():
        start = time.perf_counter()
        fit(model, loss, data, optimizer=optimizer, batching=batching, epochs=work.epochs, rng=0, progress=False, **options)
        return (time.perf_counter() - start) / work.epochs

    return run


def mnist(work, compiled=as_it_is):
    data = mnist_arrays()
    model = nn.MLP(work.sizes, rng=0).astype("float32")
    step = compiled(training_step(model, Adam(model.parameters(), lr=ADAM_RATE)))

    def accuracy(x, y):
        with no_grad():
            return (model(x).numpy().argmax(axis=1) == y).mean()

    return lambda: seconds_of_training(work, data, step, accuracy)


WORKS = {
    MLP: mlp,
    Forward: forward,
    Scalars: scalars,
    Chain: chain,
    Demo: micrograd_demo,
    Jacobian: whole_jacobian,
    Digits: digits_epoch,
    MNIST: mnist,
}

if __name__ == "__main__":
    serve(WORKS)
