"""Statements of the lectures that the notebooks test, each on a small example."""

import inspect
from functools import partial

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import Tensor
from nn.metrics import accuracy
from optim import SGD, Batch, MiniBatch, fit, flat_grad, minimize
from optim.data import circles, digits


def test_accuracy_of_a_perceptron_rises_then_falls_and_averaged_weights_keep_it():
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 2, (30, 560))
    inputs = rng.normal(size=(30, 560, 2)) + (2 * labels[..., None] - 1) * (1.0, 0.0)
    last, averaged = np.zeros(30), 0.0
    for x, y in zip(inputs, labels):
        unit, total = nn.Perceptron(2), 0.0
        for epoch in range(30):
            unit.fit(x[:60], y[:60], epochs=1)
            weights = np.append(unit.weight.numpy(), unit.bias.numpy())
            total = total + weights
            last[epoch] += ((x[60:] @ weights[:2] + weights[2] >= 0) == y[60:]).mean() / 30
        averaged += ((x[60:] @ total[:2] + total[2] >= 0) == y[60:]).mean() / 30
    best = last.argmax()
    assert 0 < best < 8
    assert last[0] + 0.03 < last[best] > last[15:].mean() + 0.02
    assert averaged > last[best] - 0.01


class WithShortcut(nn.Module):
    def __init__(self):
        self.deep, self.direct = nn.MLP([2, 4, 4, 1], rng=0), nn.Linear(2, 1, rng=0)

    def forward(self, x):
        return self.deep(x) + self.direct(x)


def test_a_shortcut_does_not_change_the_longest_path():
    def longest(model):
        layers = {}
        for vertex in autograd.draw(model, np.zeros((3, 2)), depth=2).vertices:
            deepest = max((layers[id(edge.source)] for edge in vertex.inputs), default=0)
            layers[id(vertex)] = deepest + ("Linear" in " ".join(vertex.module[-1:]))
        return max(layers.values())

    assert [longest(model) for model in (nn.Linear(2, 1), nn.MLP([2, 4, 4, 1]), WithShortcut())] == [1, 3, 3]


def test_depth_does_not_replace_width():
    x, y = circles(200, noise=0.05, rng=0)

    def score(sizes):
        model = nn.MLP([2, *sizes, 1], activation="tanh", rng=0)
        optimizer = optim.Adam(model.parameters(), lr=0.03)
        fit(
            model,
            nn.BCEWithLogitsLoss(),
            (x, y[:, None] * 1.0),
            optimizer=optimizer,
            batching=Batch(),
            epochs=200,
            progress=False,
        )
        return ((model(x).numpy()[:, 0] > 0) == y).mean()

    assert score([8]) > 0.98 > 0.9 > score([1, 1, 1])


def test_a_step_has_as_many_operations_for_one_example_as_for_all():
    w, x = Tensor(1.0, requires_grad=True), np.arange(50.0)
    counts = {
        size: sum(v.is_computed for v in autograd.draw(((w * x[:size] - 1) ** 2).mean()).vertices) for size in (1, 16, 50)
    }
    assert len(set(counts.values())) == 1


def test_a_measure_is_invisible_to_squares_and_to_no_sigmoids():
    rng = np.random.default_rng(0)
    z = rng.normal(0, 3, (500, 1)) * np.linspace(-2, 2, 5) - rng.normal(0, 3, (500, 1))
    measure = np.array([1.0, -3.0, 3.0, -1.0, 0.0])
    assert np.allclose(z**2 @ measure, 0, atol=1e-9)
    assert np.linalg.svd(1 / (1 + np.exp(-z)), compute_uv=False)[-1] > 0.1
    assert np.linalg.svd(np.maximum(z, 0), compute_uv=False)[-1] > 0.1


def test_descent_takes_its_gradient_from_anywhere():
    def bowl(w):
        return ((w - np.array([1.0, -2.0])) ** 2 * [1.0, 4.0]).sum()

    w = np.zeros(2)
    for _ in range(20):
        w = w - 0.1 * np.array([(bowl(w + h) - bowl(w - h)) / 2e-6 for h in 1e-6 * np.eye(2)])
    assert np.allclose(minimize(bowl, [0.0, 0.0], lr=0.1, steps=20).point, w, atol=1e-7)


def test_optimizers_have_the_options_that_are_counted():
    options = {
        optim.SGD: {"lr", "momentum"},
        optim.RMSprop: {"lr", "alpha"},
        optim.AdamW: {"lr", "betas", "weight_decay"},
        optim.LARS: {"lr", "momentum", "weight_decay", "trust_coefficient"},
    }
    for optimizer, names in options.items():
        assert names <= set(inspect.signature(optimizer.__init__).parameters)
    assert inspect.signature(optim.RMSprop.__init__).parameters["momentum"].default == 0


def test_adagrad_learns_rare_features_sooner():
    def error(factory):
        rng, w = np.random.default_rng(0), Tensor(np.zeros(8), requires_grad=True)
        optimizer, inputs = factory([w]), (rng.random((1000, 8)) < 0.5 ** np.arange(8)).astype(float)
        for x, target in zip(inputs, inputs.sum(axis=1) + rng.normal(size=1000)):
            w.grad = (x @ w.numpy() - target) * x
            optimizer.step()
        return ((w.numpy() - 1) ** 2).mean()

    assert error(partial(optim.Adagrad, lr=0.5)) < min(error(partial(SGD, lr=lr)) for lr in (0.02, 0.05, 0.1, 0.2))


def test_sgd_leaves_a_sharp_minimum_and_adam_stays():
    def two_minima(w):
        return -np.log(np.exp(-25 * w**2) + np.exp(-((w - 3) ** 2) / 2))

    ends = [minimize(two_minima, 0.2, partial(rule, lr=0.1), steps=60).point.item() for rule in (SGD, optim.Adam)]
    assert ends == pytest.approx([3.0, 0.0], abs=0.05)


def test_few_steps_of_a_large_batch_learn_less():
    images, labels = digits()

    def score(size):
        model = nn.MLP([64, 32, 10], rng=0)
        optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
        options = {"batching": MiniBatch(size), "epochs": 3, "rng": 0, "progress": False}
        return fit(model, nn.CrossEntropyLoss(), (images, labels), optimizer=optimizer, metrics={"a": accuracy}, **options)[
            "a"
        ][-1]

    assert score(32) > 0.95 > 0.6 > score(1797)


def test_600_epochs_from_three_starts():
    x, y = circles(100, noise=0.05, rng=0)
    losses = {}
    for name, init in {"zeros": "zeros", "large": partial(nn.init.normal, std=10.0), "He": "he_normal"}.items():
        model = nn.MLP([2, 10, 5, 1], activation="relu", init=init, rng=3)
        options = {"optimizer": SGD(model.parameters(), lr=0.05), "batching": Batch(), "epochs": 600, "progress": False}
        losses[name] = fit(model, nn.BCEWithLogitsLoss(), (x, y[:, None] * 1.0), **options)["loss"]
    assert losses["zeros"][-1] == pytest.approx(np.log(2))
    assert losses["large"][0] > 100
    assert losses["He"][-1] < 0.2


def test_weights_of_size_a_hundredth_vanish_with_depth():
    images, labels = digits()

    def gradient(depth, init):
        model = nn.MLP([64, *[64] * depth, 10], init=init, rng=0)
        nn.CrossEntropyLoss()(model(images[:200]), labels[:200]).backward()
        return np.abs(flat_grad([model[0].weight])).max()

    small = partial(nn.init.normal, std=0.01)
    assert gradient(1, small) > 1e-5
    assert gradient(8, small) < 1e-8 < 1e-4 < gradient(8, "he_normal")
