"""Statements of single slides, as the notebooks correct them."""

from importlib import import_module

import numpy as np
import pytest

import nn
from autograd import Tensor
from optim import SGD, RMSprop


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
