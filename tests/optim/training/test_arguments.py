"""Arguments that fit, evaluate and predict refuse, and their messages."""

import numpy as np
import pytest

import nn
from nn.metrics import accuracy
from optim import (
    EMA,
    L2,
    SGD,
    CosineAnnealingLR,
    EarlyStopping,
    TerminateOnNaN,
    TrainingError,
    evaluate,
    fit,
    predict,
)

X = np.random.default_rng(0).normal(size=(40, 3))
Y = (X[:, 0] > 0).astype(int)


def train(model=None, loss=None, **options):
    return fit(model or nn.Linear(3, 2, rng=0), loss or nn.CrossEntropyLoss(), (X, Y), **{"epochs": 1, "rng": 0} | options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": nn.MLP}, "model: a callable with parameters"),
        ({"model": lambda x: x}, "model: a callable with parameters"),
        ({"loss": nn.CrossEntropyLoss}, "loss: a function of .* expected"),
        ({"loss": "mse"}, "loss: a function of .* expected"),
        ({"optimizer": SGD}, r"optimizer: an instance such as SGD\(model.parameters\(\)\) expected"),
        ({"optimizer": "adam"}, "optimizer: an instance such as"),
        ({"schedule": CosineAnnealingLR}, "schedule: an instance such as"),
        ({"average": EMA}, "average: an instance such as EMA"),
        ({"early_stopping": 5}, "early_stopping: an instance such as"),
        ({"early_stopping": EarlyStopping}, "early_stopping: an instance such as"),
        ({"penalty": 0.1}, "penalty: a function of the parameters"),
        ({"penalty": L2}, "penalty: a function of the parameters"),
        ({"callbacks": TerminateOnNaN()}, "callbacks: a list such as"),
        ({"callbacks": [TerminateOnNaN]}, "TerminateOnNaN is a class"),
        ({"resume": 5}, "resume: True, or the path"),
        ({"metrics": accuracy}, "metrics: a dict of functions"),
        ({"metrics": [accuracy]}, "metrics: a dict of functions"),
        ({"metrics": {"accuracy": "accuracy"}}, "expected under 'accuracy'"),
    ],
)
def test_arguments_of_wrong_types_are_named(options, message):
    with pytest.raises(TypeError, match=message):
        train(**options)


@pytest.mark.parametrize("epochs", [1.5, "3", None])
def test_epochs_are_whole(epochs):
    with pytest.raises(TrainingError, match=f"epochs must be an integer, got {epochs!r}"):
        train(epochs=epochs)


@pytest.mark.parametrize("name", ["loss", "epoch", "seconds", "lr", "validation_loss"])
def test_a_metric_takes_no_column_that_is_something_else(name):
    with pytest.raises(ValueError, match=f"'{name}' is the name of another column of the history"):
        train(metrics={name: accuracy}, validation=(X, Y))


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (nn.CrossEntropyLoss(reduction="none"), r"the loss must be a single number, got shape \(32,\)"),
        (lambda prediction, target: 1.0, "the loss must be a Tensor .* got float"),
    ],
)
def test_a_loss_is_a_single_number_with_a_graph(loss, message):
    model = nn.Linear(3, 2, rng=0)
    before = model.weight.numpy().copy()
    with pytest.raises(TypeError, match=message):
        train(model, loss)
    assert np.array_equal(model.weight.numpy(), before)


def test_a_metric_is_a_single_number():
    with pytest.raises(TypeError, match="metric 'all' must be a single number"):
        train(metrics={"all": lambda predictions, targets: predictions})


@pytest.mark.parametrize("limit", ["1", (-1, 2)])
def test_limits_are_numbers(limit):
    with pytest.raises(ValueError, match="the limit of a gradient must be above 0"):
        train(clip_norm=limit)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"metrics": [accuracy]}, "metrics: a dict of functions"), ({"batching": 5}, r"MiniBatch\(size\) expected, got 5")],
)
def test_evaluate_refuses_wrong_arguments(options, message):
    with pytest.raises(TypeError, match=message):
        evaluate(nn.Linear(3, 2), nn.CrossEntropyLoss(), (X, Y), **options)


def test_evaluate_refuses_a_loss_per_example():
    with pytest.raises(TypeError, match="the loss must be a single number"):
        evaluate(nn.Linear(3, 2), nn.CrossEntropyLoss(reduction="none"), (X, Y))


def test_predict_takes_batchings():
    with pytest.raises(TypeError, match=r"MiniBatch\(size\) expected, got 5"):
        predict(nn.Linear(3, 2), X, batching=5)


def test_predict_of_a_single_example_suggests_a_batch_axis():
    model = nn.Linear(3, 2, rng=0)
    with pytest.raises(ValueError, match=r"returned shape \(2,\) for 3 rows; for a single example write x\[None\]"):
        predict(model, X[0])
    assert predict(model, X[0][None]).shape == (1, 2)
