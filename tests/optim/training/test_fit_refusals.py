"""Trainings that are refused or fail, and their messages."""

import numpy as np
import pytest

import nn
from optim import SGD, Batch, Stochastic, TrainingError, accuracy, evaluate, fit
from tests.optim.small_problems import LINE, weight_bytes


def diverge(lr=1e6, **options):
    model = nn.MLP([1, 8, 1], rng=0)
    with np.errstate(all="ignore"):
        fit(model, nn.MSELoss(), (LINE, LINE), optimizer=SGD(model.parameters(), lr=lr), epochs=100, **options)


def test_divergence_names_epoch_and_learning_rate():
    with pytest.raises(TrainingError, match=r"nan or infinite in epoch \d+; .*last finite loss .* learning rate below 1e\+06"):
        diverge()


def test_divergence_in_the_first_epoch_is_named_too():
    with pytest.raises(TrainingError, match=r"nan or infinite in epoch 1;"):
        diverge(1e30, batching=Stochastic())


def test_divergence_is_reported_once_and_without_warnings():
    model = nn.MLP([1, 8, 1], rng=0)
    with pytest.raises(TrainingError, match="learning rate"):
        fit(model, nn.MSELoss(), (LINE, LINE), optimizer=SGD(model.parameters(), lr=1e6), epochs=100)


def test_divergence_in_the_very_last_step_is_noticed():
    model = nn.Linear(1, 1, rng=0)
    optimizer = SGD(model.parameters(), lr=1e250)
    with pytest.raises(TrainingError, match="epoch 1"), np.errstate(all="ignore"):
        fit(model, nn.MSELoss(), (LINE, 1e100 * LINE), optimizer=optimizer, batching=Batch(), epochs=1)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize(("position", "name"), [(0, "inputs"), (1, "targets")])
def test_nan_in_the_data_is_found_before_training(position, name, bad):
    model = nn.Linear(1, 1, rng=0)
    before = weight_bytes(model)
    data = [LINE.copy(), LINE.copy()]
    data[position][3] = bad
    with pytest.raises(TrainingError, match=rf"training data: {name}: {bad} in row 3, column 0 \(counted from 0\)"):
        fit(model, nn.MSELoss(), tuple(data))
    with pytest.raises(TrainingError, match=rf"validation data: {name}: {bad} in row 3, column 0"):
        fit(model, nn.MSELoss(), (LINE, LINE), validation=tuple(data))
    assert weight_bytes(model) == before


def test_nan_of_a_transform_is_reported_as_such():
    with pytest.raises(TrainingError, match="a batch of epoch 1 contains nan or infinity: inputs: nan in row 0"):
        fit(nn.Linear(1, 1), nn.MSELoss(), (LINE, LINE), transform=lambda x: x * np.nan)


def test_no_examples_are_refused():
    with pytest.raises(TrainingError, match="no examples"):
        fit(nn.Linear(1, 1), nn.MSELoss(), (LINE[:0], LINE[:0]))


def test_targets_must_be_as_many_as_inputs():
    with pytest.raises(TrainingError, match="training data: 20 inputs but 19 targets"):
        fit(nn.Linear(1, 1), nn.MSELoss(), (LINE, LINE[1:]))


def test_validation_is_checked_before_training():
    model = nn.Linear(1, 1, rng=0)
    before = weight_bytes(model)
    with pytest.raises(TrainingError, match="validation data: 20 inputs but 19 targets"):
        fit(model, nn.MSELoss(), (LINE, LINE), validation=(LINE, LINE[1:]))
    assert weight_bytes(model) == before


@pytest.mark.parametrize(
    ("scores", "labels", "share"),
    [([[0.1, 0.9], [0.8, 0.2]], [1, 0], 1.0), ([[0.1, 0.9], [0.8, 0.2]], [0, 1], 0.0), ([[0, 1, 2]] * 4, [2, 1, 2, 2], 0.75)],
)
def test_accuracy_is_the_share_of_right_answers(scores, labels, share):
    assert accuracy(np.array(scores), np.array(labels)) == share


def test_accuracy_refuses_labels_that_would_be_compared_with_every_answer():
    with pytest.raises(ValueError, match=r"\(4, 1\)"):
        accuracy(np.eye(4), np.arange(4)[:, None])


def test_evaluate_measures_loss_and_metrics():
    model = nn.Sequential()
    measured = evaluate(model, nn.MSELoss(), (np.ones((2, 1)), np.zeros((2, 1))), {"largest": lambda p, t: p.max()})
    assert measured == {"loss": 1.0, "largest": 1.0}


@pytest.mark.parametrize(
    "data", [([[1.0], [1.0, 2.0]], [1.0, 2.0]), (["a", "b"], [1.0, 2.0]), (LINE,)], ids=["ragged", "text", "single"]
)
def test_data_that_are_not_pairs_of_numbers_are_refused(data):
    with pytest.raises(TrainingError, match="training data: "):
        fit(nn.Linear(1, 1), nn.MSELoss(), data)


def test_optimizer_of_other_parameters_is_refused():
    with pytest.raises(TrainingError, match=r"model\.parameters"):
        fit(nn.Linear(1, 1), nn.MSELoss(), (LINE, LINE), optimizer=SGD(nn.Linear(1, 1).parameters()))
