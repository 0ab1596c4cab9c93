"""Statements of single slides, as the notebooks correct them."""

from importlib import import_module

import numpy as np
import pytest

import nn
from autograd import Tensor
from optim import L1, L2, SGD, RMSprop


@pytest.mark.parametrize(("activation", "is_revived"), [("relu", False), ("elu", True)])
def test_a_dead_unit_has_no_gradient_and_an_elu_revives_it(activation, is_revived):
    unit = nn.Sequential(nn.Linear(3, 1, rng=0), nn.ELU() if activation == "elu" else nn.ReLU())
    unit[0].bias.data = [-5.0]  # negative for every input below
    unit(np.random.default_rng(0).uniform(-1, 1, (50, 3))).sum().backward()
    assert bool(unit[0].weight.grad.numpy().any()) == is_revived


def test_rmsprop_frees_from_the_scale_of_the_loss_but_not_from_the_learning_rate():
    def first_step(scale, lr):
        w = Tensor([3.0, -2.0], requires_grad=True)
        (scale * w * w).sum().backward()
        RMSprop([w], lr=lr).step()
        return w.numpy() - [3.0, -2.0]

    assert np.allclose(first_step(1.0, 0.01), first_step(1000.0, 0.01))
    assert np.allclose(first_step(1.0, 0.0001), first_step(1.0, 0.01) / 100)


def test_a_unit_with_a_larger_error_gets_larger_weights_if_its_output_is_too_low():
    layer = nn.Linear(2, 2, init="ones")
    optimizer = SGD(layer.parameters(), lr=0.1)
    (0.5 * (layer(np.ones((1, 2))) - [0.0, 9.0]) ** 2).sum().backward()  # errors 2 and −7
    optimizer.step()
    assert np.allclose(layer.weight, [[0.8, 1.7], [0.8, 1.7]])


def test_softmax_makes_probabilities_of_the_scores_behind_five_sigmoids():
    sigmoids, colors = np.array([0.8, 0.9, 0.7, 0.8, 0.6]), np.array([0.1, 0.6, 0.3])
    assert np.isclose(sigmoids.sum(), 3.8)
    assert np.isclose(nn.functional.softmax(np.log(sigmoids / (1 - sigmoids))).sum(), 1)
    assert np.allclose(nn.functional.softmax(np.log(colors)), colors)
    assert np.isclose(nn.functional.softmax(np.array([1.8, 0.9]))[0], nn.functional.sigmoid(0.9))


KERAS = {
    "nn": "Sequential Linear Flatten Embedding Conv2d MaxPool2d RNN LSTM GRU MSELoss L1Loss PoissonNLLLoss CrossEntropyLoss",
    "nn.functional": "relu softmax",
    "nn.init": "he_normal xavier_uniform",
    "nn.metrics": "accuracy precision",
    "optim": "SGD Adam RMSprop L1 L2 ElasticNet EarlyStopping TensorBoard fit evaluate predict",
}


@pytest.mark.parametrize("module", KERAS)
def test_the_counterparts_of_keras_exist(module):
    assert [name for name in KERAS[module].split() if not hasattr(import_module(module), name)] == []


RIDGE = np.random.default_rng(0).normal(size=(60, 30))


def steps_to_the_minimum(strength):
    """Steps of gradient descent until the weights are within 1 % of the minimum with an L2 penalty."""
    targets = RIDGE @ np.ones((30, 1))
    line = nn.Linear(30, 1, bias=False, init="zeros")
    optimizer = SGD(line.parameters(), lr=0.1, penalty=L2(strength) if strength else None)
    minimum = np.linalg.solve(RIDGE.T @ RIDGE / 60 + strength * np.eye(30), RIDGE.T @ targets / 60)
    for step in range(1000):
        if np.linalg.norm(line.weight.numpy() - minimum) < 0.01 * np.linalg.norm(minimum):
            return step
        optimizer.zero_grad()
        nn.MSELoss()(line(RIDGE), targets).backward()
        optimizer.step()
    raise AssertionError("no convergence")


def test_l2_makes_gradient_descent_converge_faster():
    assert steps_to_the_minimum(1.0) < steps_to_the_minimum(0.3) < steps_to_the_minimum(0.0)


@pytest.mark.parametrize(("penalty", "is_unique"), [(L1(0.1, proximal=True), False), (L2(0.3), True)])
def test_the_minimum_with_l1_is_not_unique_for_equal_columns(penalty, is_unique):
    twins = np.repeat(RIDGE[:, :1], 2, axis=1)
    minima = []
    for start in ([[0.0], [2.0]], [[1.5], [0.0]]):
        line = nn.Linear(2, 1, bias=False)
        line.weight.data = start
        optimizer = SGD(line.parameters(), lr=0.1, penalty=penalty)
        for _ in range(300):
            optimizer.zero_grad()
            nn.MSELoss()(line(twins), twins @ np.ones((2, 1))).backward()
            optimizer.step()
        minima.append(line.weight.numpy().copy())
    assert np.isclose(minima[0].sum(), minima[1].sum(), atol=1e-3)
    assert np.allclose(*minima, atol=1e-3) == is_unique


def test_batch_norm_depends_on_the_other_examples_in_training_only():
    layer, rng = nn.BatchNorm1d(4), np.random.default_rng(0)
    example, others = rng.normal(size=(1, 4)), [rng.normal(size=(7, 4)) for _ in range(2)]
    in_training = [layer(np.concatenate([example, batch])).numpy()[0] for batch in others]
    layer.eval()
    in_evaluation = [layer(np.concatenate([example, batch])).numpy()[0] for batch in others]
    assert not np.allclose(*in_training)
    assert np.array_equal(*in_evaluation)


def test_batch_norm_removes_shift_and_scale_of_its_inputs():
    layer, z = nn.BatchNorm1d(4, eps=0.0), RIDGE[:, :4]
    assert np.allclose(layer(z), layer(3 * z + [1.0, -2.0, 5.0, 0.0]))
