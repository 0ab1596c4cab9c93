"""Facts about whole models that the notebooks show, each on a small example."""

import json
import subprocess
import sys
from functools import partial

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor
from nn.metrics import accuracy
from optim import LBFGS, Adam, Batch, evaluate, fit
from optim.data import blobs, circles, moons

RUN_WITH_NUMPY = """
import json, sys
import numpy as np

values = []
for line in json.load(sys.stdin):
    operation = line.get("operation")
    values.append(getattr(np, operation)(*[values[i] for i in line["inputs"]]) if operation else line["value"])
assert "autograd" not in sys.modules
print(values[-1])
"""


def train(model, loss, data, epochs, lr=0.03, **options):
    optimizer = Adam(model.parameters(), lr=lr)
    return fit(model, loss, data, optimizer=optimizer, batching=Batch(), epochs=epochs, progress=False, **options)


# A4, H31: a graph that is saved and run elsewhere


def test_a_saved_graph_runs_with_numpy_alone(tmp_path):
    x, y, z = (Tensor(value, requires_grad=True) for value in (3.0, 4.0, 2.0))
    vertices = autograd.draw(x**2 * y / z).vertices
    index = {id(vertex): i for i, vertex in enumerate(vertices)}
    lines = [
        {"operation": vertex.operation, "inputs": [index[id(edge.source)] for edge in vertex.inputs]}
        if vertex.operation
        else {"value": np.asarray(vertex.value).tolist()}
        for vertex in vertices
    ]
    command = [sys.executable, "-c", RUN_WITH_NUMPY]
    completed = subprocess.run(command, input=json.dumps(lines), capture_output=True, text=True, cwd=tmp_path, check=True)
    assert float(completed.stdout) == 18


# B8: layers


def test_layers_compute_z_and_a_as_in_the_lectures():
    model = nn.MLP([2, 4, 3], activation="tanh", rng=0)
    first, second = model[0], model[2]
    x = np.random.default_rng(0).normal(size=(5, 2))
    for i, example in enumerate(x):  # a column, as on the slides: z = b + Wᵀ a
        a = np.tanh(first.bias.numpy() + first.weight.numpy().T @ example)
        z = second.bias.numpy() + second.weight.numpy().T @ a
        np.testing.assert_allclose(model(x).numpy()[i], z, rtol=1e-12)


def test_deep_linear_network_is_one_linear_layer():
    deep = nn.MLP([3, 8, 8, 8, 2], activation="identity", rng=0)
    x = np.random.default_rng(0).normal(size=(20, 3))
    bias = deep(np.zeros((1, 3))).numpy()
    weight = deep(np.eye(3)).numpy() - bias
    np.testing.assert_allclose(deep(x).numpy(), x @ weight + bias, rtol=0, atol=1e-13)


def test_deep_tanh_network_is_not_linear():
    deep = nn.MLP([3, 8, 2], activation="tanh", rng=0)
    x = np.random.default_rng(0).normal(size=(20, 3))
    bias = deep(np.zeros((1, 3))).numpy()
    weight = deep(np.eye(3)).numpy() - bias
    assert np.abs(deep(x).numpy() - (x @ weight + bias)).max() > 0.1


# B9: universal approximation


def curve_loss(units, seed):
    x = np.linspace(-3, 3, 60)[:, None]
    y = np.sin(2 * x) + 0.5 * np.cos(5 * x)
    model, loss = nn.MLP([1, units, 1], activation="tanh", rng=seed), nn.MSELoss()
    optimizer = LBFGS(model.parameters(), max_iter=200, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        value = loss(model(x), y)
        value.backward()
        return value

    optimizer.step(closure)
    return loss(model(x), y).item()


def test_more_hidden_units_approximate_a_curve_better():
    loss_1, loss_4, loss_16 = (min(curve_loss(units, seed) for seed in range(3)) for units in (1, 4, 16))
    assert loss_1 > 2 * loss_4 > 20 * loss_16


@pytest.mark.parametrize("units", [10, 20, 40])
def test_twice_as_many_steep_sigmoids_halve_the_error(units):
    x = np.linspace(0, 1, 801)[:, None]

    def largest_error(units):
        knots = np.linspace(0, 1, units + 1)
        net = nn.Sequential(nn.Linear(1, units), nn.Sigmoid(), nn.Linear(units, 1))
        net[0].weight.data, net[0].bias.data = np.full((1, units), 200.0 * units), -200.0 * units * (knots[1:] + knots[:-1]) / 2
        net[2].weight.data, net[2].bias.data = np.diff(np.sin(5 * knots))[:, None], [0.0]
        return np.abs(net(x).numpy() - np.sin(5 * x)).max()

    assert largest_error(units) / largest_error(2 * units) == pytest.approx(2, rel=0.15)


# B11: the δ rules


def test_delta_rules_of_sigmoid_units_equal_autograd():
    net = nn.Sequential(nn.Linear(3, 4, rng=1), nn.Sigmoid(), nn.Linear(4, 2, rng=2), nn.Sigmoid())
    x, t = np.random.default_rng(0).normal(size=3), np.array([0.0, 1.0])
    h = net[1](net[0](x)).numpy()
    o = net(x).numpy()
    nn.SumOfSquaresLoss()(net(x), t).backward()
    delta = o * (1 - o) * (t - o)
    delta_hidden = h * (1 - h) * (net[2].weight.numpy() @ delta)
    rules = [np.outer(x, delta_hidden), delta_hidden, np.outer(h, delta), delta]
    for parameter, rule in zip(net.parameters(), rules):
        np.testing.assert_allclose(-parameter.grad.numpy(), rule, rtol=1e-12, atol=1e-15)


# C14: the task determines the output unit


def test_regression_needs_an_unbounded_output():
    x = np.linspace(-2, 2, 40)[:, None]
    losses = {}
    for name, output in {"identity": nn.Identity(), "sigmoid": nn.Sigmoid()}.items():
        model = nn.Sequential(nn.MLP([1, 16, 1], activation="tanh", rng=0), output)
        losses[name] = train(model, nn.MSELoss(), (x, 3 * x), 200)["loss"][-1]
    assert losses["identity"] < 0.01
    assert losses["sigmoid"] > 1


def test_binary_classification_by_one_sigmoid():
    points, labels = moons(100, noise=0.1, rng=0)
    model = nn.MLP([2, 16, 1], activation="tanh", rng=0)
    train(model, nn.BCEWithLogitsLoss(), (points, labels[:, None].astype(float)), 200)
    assert ((nn.functional.sigmoid(model(points)).numpy()[:, 0] > 0.5) == labels).mean() > 0.95


def test_multiclass_classification_by_softmax():
    points, labels = blobs(90, classes=3, noise=0.2, rng=0)
    model = nn.Linear(2, 3, rng=0)
    train(model, nn.CrossEntropyLoss(), (points, labels), 200)
    probabilities = nn.functional.softmax(model(points)).numpy()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert (probabilities.argmax(axis=1) == labels).mean() > 0.95


def test_multilabel_classification_needs_one_sigmoid_per_label():
    labels, inputs = np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 0.0]]), np.eye(2)
    sigmoid_model, softmax_model = nn.Linear(2, 3, init="zeros"), nn.Linear(2, 3, init="zeros")
    train(sigmoid_model, nn.BCEWithLogitsLoss(), (inputs, labels), 300, lr=0.1)
    train(softmax_model, nn.CrossEntropyLoss(), (inputs, labels / labels.sum(axis=1, keepdims=True)), 300, lr=0.1)
    np.testing.assert_allclose(nn.functional.sigmoid(sigmoid_model(inputs)).numpy(), labels, atol=0.05)
    np.testing.assert_allclose(nn.functional.softmax(softmax_model(inputs)).numpy()[0], [0.5, 0.5, 0.0], atol=0.01)


# F19: vanishing and exploding gradients


def first_to_last_gradient_ratio(**options):
    rng = np.random.default_rng(0)
    model = nn.MLP([20, *[60] * 8, 5], **({"activation": "sigmoid", "rng": 0} | options))
    nn.CrossEntropyLoss()(model(rng.normal(size=(200, 20))), rng.integers(0, 5, 200)).backward()
    norms = [np.linalg.norm(layer.weight.grad.numpy()) for layer in model if isinstance(layer, nn.Linear)]
    return norms[0] / norms[-1]


def test_gradients_vanish_through_sigmoids():
    assert first_to_last_gradient_ratio() < 1e-4


@pytest.mark.parametrize(
    "remedy",
    [{"activation": "relu"}, {"init": partial(nn.init.xavier_normal, gain=4)}, {"batch_norm": True}],
    ids=["ReLU", "initialization", "BatchNorm"],
)
def test_remedies_keep_the_gradient_of_the_first_layer(remedy):
    assert first_to_last_gradient_ratio(**remedy) > 1e-3


def test_gradients_explode_through_large_weights():
    assert first_to_last_gradient_ratio(activation="tanh", init="normal") > 10


@pytest.mark.parametrize(
    ("layer", "low", "high"),
    [
        (nn.LSTM(4, 16, forget_bias=5.0, rng=0), 0.05, 20),
        (nn.LSTM(4, 16, rng=0), 0, 1e-9),
        (nn.RNN(4, 16, rng=0), 0, 1e-9),
    ],
    ids=["LSTM that remembers", "LSTM", "RNN"],
)
def test_an_lstm_carries_the_gradient_through_100_steps(layer, low, high):
    x = Tensor(np.random.default_rng(0).normal(0, 0.01, (100, 1, 4)), requires_grad=True)
    outputs, _ = layer(x)
    outputs[-1].sum().backward()
    norms = np.linalg.norm(x.grad.numpy(), axis=2).ravel()
    assert low <= norms[:10].mean() / norms[-10:].mean() < high


# F20: initialization


@pytest.mark.parametrize("init", ["zeros", partial(nn.init.constant, value=0.1)], ids=["zeros", "constant"])
def test_equal_initial_weights_stay_equal(init):
    points, labels = blobs(60, classes=3, noise=0.2, rng=0)
    model = nn.MLP([2, 4, 3], activation="sigmoid", init=init, rng=0)
    before = model[0].weight.numpy().copy()
    train(model, nn.CrossEntropyLoss(), (points, labels), 50)
    weight = model[0].weight.numpy()
    assert np.abs(weight - before).max() > 0.1
    assert np.ptp(weight, axis=1).max() < 1e-10


def test_random_initial_weights_diverge():
    points, labels = blobs(60, classes=3, noise=0.2, rng=0)
    model = nn.MLP([2, 4, 3], activation="sigmoid", rng=0)
    train(model, nn.CrossEntropyLoss(), (points, labels), 50)
    assert np.ptp(model[0].weight.numpy(), axis=1).max() > 0.1


def last_layer_outputs(init):
    model = nn.MLP([100] * 7, activation="tanh", init=init, rng=0)
    return np.tanh(model(np.random.default_rng(0).normal(size=(200, 100))).numpy())


def test_outputs_of_six_tanh_layers_collapse_saturate_or_stay_healthy_by_initialization():
    collapsed, saturated, healthy = map(last_layer_outputs, ("uniform", "normal", "xavier_uniform"))
    assert collapsed.std() < 0.05
    assert (np.abs(saturated) > 0.95).mean() > 0.7
    assert healthy.std() > 0.2
    assert (np.abs(healthy) > 0.95).mean() < 0.05


# G24: underfitting, good fit, overfitting


def test_loss_curves_distinguish_underfitting_good_fit_and_overfitting():
    training, held_out = circles(60, noise=0.25, rng=4), circles(300, noise=0.25, rng=104)
    loss, final_losses, rises = nn.CrossEntropyLoss(), {}, {}
    models = {
        "underfit": nn.Linear(2, 2, rng=0),
        "good fit": nn.MLP([2, 4, 2], activation="tanh", rng=0),
        "overfit": nn.MLP([2, 64, 64, 2], rng=0),
    }
    for name, model in models.items():
        history = train(model, loss, training, 300, validation=held_out)
        final_losses[name] = history["loss"][-1], history["validation_loss"][-1]
        rises[name] = history["validation_loss"][-1] / min(history["validation_loss"])
    assert min(final_losses["underfit"]) > 0.5
    assert max(final_losses["good fit"]) < 0.5
    assert final_losses["overfit"][0] < 0.1
    assert rises["overfit"] > 2 > 1.2 > rises["good fit"]


def test_more_examples_reduce_the_generalization_gap():
    held_out, gaps = circles(300, noise=0.25, rng=104), []
    for n in (40, 640):
        model = nn.MLP([2, 64, 2], rng=0)
        history = train(model, nn.CrossEntropyLoss(), circles(n, noise=0.25, rng=4), 300, validation=held_out)
        gaps.append(history["validation_loss"][-1] - history["loss"][-1])
        assert evaluate(model, nn.CrossEntropyLoss(), held_out, {"accuracy": accuracy})["accuracy"] > 0.7
    assert gaps[1] < gaps[0] / 4


# H29: convolution


def test_a_convolution_learns_the_filter_that_made_its_target():
    images = np.random.default_rng(0).normal(size=(50, 1, 8, 8))
    edge = np.array([[[[-1.0, 0.0, 1.0]] * 3]])
    layer = nn.Conv2d(1, 1, 3, bias=False, rng=0)
    train(layer, nn.MSELoss(), (images, nn.functional.conv2d(images, edge)), 200, lr=0.05)
    np.testing.assert_allclose(layer.weight.numpy(), edge, atol=0.01)


def test_a_convolution_and_global_pooling_do_not_see_where_an_image_is():
    net = nn.Sequential(nn.Conv2d(1, 4, 3, padding="same", padding_mode="circular", rng=0), nn.ReLU(), nn.GlobalAvgPool2d())
    x = np.random.default_rng(0).normal(size=(5, 1, 8, 8))
    np.testing.assert_allclose(net(np.roll(x, (2, 3), axis=(2, 3))).numpy(), net(x).numpy(), rtol=1e-12)
