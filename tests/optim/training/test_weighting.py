"""Weights of examples and classes in fit, batch_size and validation_split."""

import numpy as np
import pytest

import nn
from autograd import DataError, ShapeError
from optim import Batch, Checkpoint, CheckpointError, MiniBatch, fit
from optim.data import DataLoader, blobs
from optim.training.model import TrainingError

X, Y = blobs(n=60, classes=3, rng=0)
WEIGHTS = np.arange(60) % 4


def trained(data=(X, Y), loss=None, **options):
    """The weights after a training, and its history."""
    model = nn.MLP([2, 8, 3], rng=0)
    history = fit(model, loss or nn.CrossEntropyLoss(), data, epochs=5, rng=0, **options)
    return np.concatenate([p.numpy().ravel() for p in model.parameters()]), history


@pytest.mark.parametrize("loss", [nn.CrossEntropyLoss(), nn.functional.cross_entropy])
@pytest.mark.parametrize("compile", [False, True])
def test_a_weight_is_the_number_of_copies(loss, compile):
    copies = np.repeat(np.arange(60), WEIGHTS)
    weighted, history = trained(loss=loss, batching=Batch(), sample_weight=WEIGHTS, compile=compile)
    copied, copied_history = trained((X[copies], Y[copies]), loss=loss, batching=Batch())
    np.testing.assert_allclose(weighted, copied, rtol=1e-9)
    np.testing.assert_allclose(history["loss"], copied_history["loss"], rtol=1e-9)


def test_a_sum_is_weighted_without_division():
    loss = nn.CrossEntropyLoss(reduction="sum")
    copies = np.repeat(np.arange(60), WEIGHTS)
    _, weighted = trained(loss=loss, batching=Batch(), sample_weight=WEIGHTS)
    _, copied = trained((X[copies], Y[copies]), loss=loss, batching=Batch())
    np.testing.assert_allclose(weighted["loss"], copied["loss"], rtol=1e-6)


def test_class_weights_are_weights_of_examples():
    by_class, _ = trained(class_weight={0: 2.0, 2: 0.5})
    by_example, _ = trained(sample_weight=np.array([2.0, 1.0, 0.5])[Y])
    np.testing.assert_array_equal(by_class, by_example)
    balanced, _ = trained(class_weight="balanced")
    equal, _ = trained()  # the classes have equally many examples
    np.testing.assert_allclose(balanced, equal, rtol=1e-9)


def test_a_loss_over_several_outputs():
    model, t = nn.Linear(2, 3, rng=0), np.ones((60, 3))
    history = fit(model, nn.MSELoss(), (X, t), epochs=1, batching=Batch(), sample_weight=WEIGHTS, rng=0)
    errors = ((nn.Linear(2, 3, rng=0)(X).numpy() - t) ** 2).mean(axis=1)
    assert history["loss"][0] == pytest.approx(np.average(errors, weights=WEIGHTS))


def test_batch_size_is_a_mini_batch():
    np.testing.assert_array_equal(trained(batch_size=7)[0], trained(batching=MiniBatch(7))[0])
    with pytest.raises(TypeError, match="batch_size is short for batching"):
        trained(batch_size=7, batching=MiniBatch(7))


def test_validation_split_divides_the_examples():
    data = np.arange(60.0)[:, None]
    rows = []
    model = lambda x: (rows.append(np.sort(x[:, 0])), layer(x))[1]
    layer = nn.Linear(1, 1, rng=0)
    model.parameters = layer.parameters
    fit(model, nn.MSELoss(), (data, data), epochs=1, batching=Batch(), validation_split=0.25, rng=0)
    training, validation = rows
    assert (len(training), len(validation)) == (45, 15)
    assert sorted([*training, *validation]) == data[:, 0].tolist()


def test_validation_split_keeps_the_share_of_classes_and_the_weights():
    _, history = trained(validation_split=0.2, sample_weight=WEIGHTS, metrics={"accuracy": nn.metrics.accuracy})
    assert {"validation_loss", "validation_accuracy", "accuracy"} <= set(history)


def test_a_resumed_training_has_the_same_weights_and_split(tmp_path):
    def train(folder, epochs, weights=WEIGHTS, resume=None):
        model = nn.MLP([2, 4, 3], rng=0)
        options = {"sample_weight": weights, "validation_split": 0.2, "class_weight": "balanced", "rng": 1}
        loss, callbacks = nn.CrossEntropyLoss(), [Checkpoint(tmp_path / folder)]
        history = fit(model, loss, (X, Y), epochs=epochs, callbacks=callbacks, resume=resume, **options)
        return history["loss"], history["validation_loss"]

    uninterrupted = train("a", 4)
    train("b", 2)
    assert train("b", 4, resume=True) == uninterrupted
    with pytest.raises(CheckpointError, match="training data was 48 examples"):
        train("b", 5, WEIGHTS + 1, resume=True)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"sample_weight": [1.0]}, ShapeError, "one weight for each of the 60 examples expected, got shape"),
        ({"sample_weight": -np.ones(60)}, DataError, "must be finite and 0 or more"),
        ({"sample_weight": np.zeros(60)}, DataError, "all weights are 0"),
        ({"class_weight": "equal"}, ValueError, "class → weight or 'balanced' expected, got 'equal'"),
        ({"class_weight": {5: 1.0}}, ValueError, "no example has class 5; the classes are"),
        ({"sample_weight": WEIGHTS, "loss": lambda x, y: x.sum()}, TypeError, "weights of examples need a loss with reduction"),
        ({"sample_weight": [1.0], "validation_split": 0.5}, ShapeError, "one weight for each of the 60 examples expected"),
        ({"validation_split": 1.5}, ValueError, "a fraction such as 0.1"),
        ({"validation_split": 0.001}, TrainingError, "leaves one of the two sets empty"),
        ({"validation_split": 0.5, "validation": (X, Y)}, TypeError, "give either it or validation"),
        ({"validation_split": 0.5, "data": DataLoader((X, Y))}, TrainingError, "a DataLoader has its own examples"),
    ],
)
def test_wrong_weights_and_splits(options, error, message):
    with pytest.raises(error, match=message):
        trained(**options)
