"""Targets of fit: single numbers beside a column of outputs, and text labels."""

import numpy as np
import pytest

import nn
from nn.metrics import accuracy, r2_score
from optim import Checkpoint, TrainingError, evaluate, fit, range_test
from optim.data import ArrayDataset, DataLoader

X = np.linspace(-1, 1, 40)[:, None]
Y = 3 * X + 1
NAMES = np.where(X[:, 0] > 0, "warm", "cold")


def trained(loss, data, **options):
    model = nn.MLP([1, 4, 1], rng=0)
    history = fit(model, loss, data, epochs=3, rng=0, **options)
    return np.concatenate([p.numpy().ravel() for p in model.parameters()]), history


@pytest.mark.parametrize("loss", [nn.MSELoss(), nn.HuberLoss(reduction="sum"), nn.L1Loss()])
@pytest.mark.parametrize("options", [{}, {"compile": True}, {"sample_weight": np.arange(40)}, {"validation_split": 0.25}])
def test_single_numbers_train_as_a_column(loss, options):
    flat, history = trained(loss, (X, Y[:, 0]), metrics={"r2": r2_score}, **options)
    column, expected = trained(loss, (X, Y), metrics={"r2": r2_score}, **options)
    np.testing.assert_array_equal(flat, column)
    assert {**history, "seconds": 0} == {**expected, "seconds": 0}


@pytest.mark.parametrize("make", [ArrayDataset, lambda x, y: DataLoader((x, y), rng=0)])
def test_every_form_of_data_has_columns(make):
    model = nn.Linear(1, 1, rng=0)
    history = fit(model, nn.MSELoss(), make(X, Y[:, 0]), epochs=1, validation=(X, Y[:, 0]))
    assert history["validation_loss"][0] == pytest.approx(evaluate(model, nn.MSELoss(), (X, Y))["loss"])


def test_evaluation_and_range_test_take_single_numbers():
    model = nn.Linear(1, 1, rng=0)
    results = [evaluate(model, nn.MSELoss(), (X, y), {"r2": r2_score}) for y in (Y, Y[:, 0])]
    assert results[0] == results[1]
    tests = [range_test(model, nn.MSELoss(), (X, y), rng=0, steps=20)["loss"] for y in (Y, Y[:, 0])]
    assert tests[0] == tests[1]


def test_the_shapes_of_other_losses_are_their_own():
    shapes = []

    def loss(prediction, target):
        shapes.append((prediction.shape, target.shape))
        return ((prediction[:, 0] - target) ** 2).mean()

    trained(loss, (X, Y[:, 0]))
    assert set(shapes) == {((32, 1), (32,)), ((8, 1), (8,))}
    with pytest.raises(Exception, match="shape"):
        fit(nn.Linear(1, 3), nn.MSELoss(), (X, Y[:, 0]))


@pytest.mark.parametrize("targets", [NAMES.astype("T"), NAMES.astype(object), NAMES.tolist(), NAMES.astype(str)])
def test_text_labels_are_the_sorted_classes(targets):
    def train(y, **options):
        model = nn.Linear(1, 2, rng=0)
        data = (X, y)
        return fit(model, nn.CrossEntropyLoss(), data, epochs=2, rng=0, validation=data, metrics={"a": accuracy}, **options)

    text, numbers = train(targets, class_weight={"warm": 2.0}), train((NAMES == "warm").astype(int), class_weight={1: 2.0})
    assert {**text, "seconds": 0} == {**numbers, "seconds": 0}
    assert text.classes == ["cold", "warm"]
    assert numbers.classes is None


def test_two_text_labels_suit_one_output():
    model = nn.Linear(1, 1, rng=0)
    history = fit(model, nn.BCEWithLogitsLoss(), (X, NAMES), epochs=200, validation_split=0.2, metrics={"a": accuracy}, rng=0)
    assert history["validation_a"][-1] > 0.8


def test_a_resumed_training_has_the_classes_of_its_data(tmp_path):
    def train(epochs, **options):
        model = nn.Linear(1, 2, rng=0)
        return fit(model, nn.CrossEntropyLoss(), (X, NAMES), epochs=epochs, rng=0, callbacks=[Checkpoint(tmp_path)], **options)

    train(1)
    assert train(2, resume=True).classes == ["cold", "warm"]


def test_wrong_labels():
    model, loss = nn.Linear(1, 2, rng=0), nn.CrossEntropyLoss()
    with pytest.raises(TrainingError, match="validation data: the label 'hot' is not among the classes of the t"):
        fit(model, loss, (X, NAMES), validation=(X[:2], ["hot", "cold"]))
    with pytest.raises(ValueError, match="class_weight: no example has class 'hot'; the classes are"):
        fit(model, loss, (X, NAMES), class_weight={"hot": 1.0})
    with pytest.raises(TrainingError, match="validation data: targets: numbers expected"):
        fit(model, loss, (X, np.zeros(40, int)), validation=(X, [None] * 40))
