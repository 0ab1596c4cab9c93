"""Ordered sums: the same weights on every number of ranks, bit for bit, and those of one process to rounding."""

import numpy as np
import pytest

import nn
from autograd.extend import nondeterministic
from optim import SGD
from optim.distributed import SingleProcess
from tests.optim.distributed.trainings import CASES, OF_SHARDS, as_bytes, columns, largest_difference, train, train_threads


@pytest.mark.parametrize("name", CASES)
def test_any_number_of_ranks_gives_the_same_weights(name):
    weights, history = train(SingleProcess(), name)
    for size in (2, 3) if name in ("sgd", "dropout") else (2,):
        for others, other_history in train_threads(size, name):
            assert as_bytes(others) == as_bytes(weights)
            assert columns(other_history) == columns(history)


def test_four_ranks_and_another_number_of_shards():
    weights, _ = train(SingleProcess(), "dropout", shards=5)
    assert [as_bytes(others) for others, _ in train_threads(4, "dropout", shards=5)] == [as_bytes(weights)] * 4
    assert as_bytes(weights) != as_bytes(train(SingleProcess(), "dropout", shards=4)[0])


@pytest.mark.parametrize("name", [name for name in CASES if name not in OF_SHARDS])
@pytest.mark.parametrize("reduction", ["ordered", "fast"])
def test_the_weights_are_those_of_a_training_without_a_communicator(name, reduction):
    weights, history = train(None, name)
    others, other_history = train_threads(2, name, reduction=reduction)[1]
    tolerance = 1e-5 if name == "float32" else 1e-12
    assert largest_difference(weights, others) < tolerance
    for column, values in columns(history).items():
        assert other_history[column] == pytest.approx(values, rel=tolerance)


@pytest.mark.parametrize("size", [32, 7, 5])
@pytest.mark.parametrize("ranks", [1, 2, 3])
def test_synchronized_statistics_are_those_of_the_whole_batch(size, ranks):
    options = {"batch_size": size, "epochs": 2}
    weights, _ = train(None, "batch normalization", **options)
    trained = train_threads(ranks, "batch normalization", reduction="fast", sync_batch_norm=True, **options)
    for others, _ in trained:
        assert largest_difference(weights, others) < 1e-11


class Gated(nn.Module):
    """A layer whose second weight has a gradient for some batches only; a third parameter is not trained."""

    def __init__(self):
        self.always, self.sometimes = nn.Linear(2, 3, rng=0), nn.Linear(2, 3, rng=1)

    def forward(self, x):
        return self.always(x) + self.sometimes(x) if len(x) and (x[:, 0] > 1.5).any() else self.always(x)


@pytest.mark.parametrize("reduction", ["ordered", "fast"])
def test_parameters_may_lack_gradients_and_a_loss_may_have_an_axis(reduction):
    def options():
        return {
            "model": Gated,
            "optimizer": lambda model: SGD([model.always.weight, *model.sometimes.parameters()], lr=0.1),
            "loss": lambda prediction, target: nn.functional.cross_entropy(prediction, target).reshape(1),
            "epochs": 2,
        }

    weights = [train_threads(size, reduction=reduction, **options())[-1][0] for size in (1, 3)]
    assert largest_difference(*weights) < (1e-300 if reduction == "ordered" else 10)
    assert np.any(weights[0]["sometimes.weight"] != Gated().sometimes.weight.numpy())
    np.testing.assert_array_equal(weights[0]["always.bias"], Gated().always.bias.numpy())


def test_synchronized_statistics_with_weights_of_zero():
    options = {"sample_weight": np.arange(205) % 2.0, "epochs": 1, "batch_size": 5, "validation": None}
    weights, _ = train(None, "batch normalization", **options)
    for others, _ in train_threads(3, "batch normalization", reduction="fast", sync_batch_norm=True, **options):
        assert largest_difference(weights, others) < 1e-10


class Jitter(nn.Module):
    """A layer of a user, which draws from a generator of its own."""

    def __init__(self):
        self.rng = np.random.default_rng(0)

    def forward(self, x):
        return x + nondeterministic(self.rng.normal, 0, 0.1, x.shape) if self.training else x


def test_a_generator_of_a_user_is_seeded_for_each_shard():
    model = lambda: nn.Sequential(nn.Linear(2, 3, rng=0), Jitter(), nn.Dropout(0.1))
    weights, _ = train(SingleProcess(), model=model, epochs=2)
    assert [as_bytes(others) for others, _ in train_threads(2, model=model, epochs=2)] == [as_bytes(weights)] * 2


def test_the_seed_decides_about_dropout_and_augmentation():
    weights = [train(SingleProcess(), "dropout", rng=rng, epochs=1)[0] for rng in (0, 0, 1)]
    assert as_bytes(weights[0]) == as_bytes(weights[1]) != as_bytes(weights[2])
