"""State that a user hides from the ranks: generators in lists and losses, counters in buffers, options of a partial loss."""

from functools import partial

import numpy as np
import pytest

import nn
from autograd.extend import nondeterministic
from optim import SGD
from optim.distributed import SingleProcess, run_threads
from tests.optim.distributed.trainings import INPUTS, LABELS, as_bytes, largest_difference, train


class Noisy(nn.Module):
    """A layer whose generator is in a list, and which counts its calls."""

    def __init__(self):
        self.linear, self.generators, self.calls = nn.Linear(2, 3, rng=0), [np.random.default_rng(0)], nn.Buffer(np.array(0))

    def forward(self, x):
        if not self.training:
            return self.linear(x)
        self.calls.data = self.calls.data + 1
        return self.linear(x + nondeterministic(self.generators[0].normal, 0, 0.1, x.shape))


class NoisyLoss:
    reduction = "mean"

    def __init__(self):
        self.rng = np.random.default_rng(0)

    def __call__(self, prediction, target):
        return nn.functional.cross_entropy(prediction + self.rng.normal(0, 0.1, prediction.shape), target)


class NoisyInputs:
    def __init__(self):
        self.rng = np.random.default_rng(0)

    def __call__(self, x):
        return x + self.rng.normal(0, 0.1, x.shape)


def train_noisy(communicator):
    options = {"model": Noisy, "loss": NoisyLoss(), "transform": NoisyInputs()}
    return train(communicator, epochs=2, validation=None, **options)[0]


def test_generators_and_counters_are_those_of_the_batch():
    weights = train_noisy(SingleProcess())
    assert weights["calls"] == 14
    assert [as_bytes(others) for others in run_threads(train_noisy, 3)] == [as_bytes(weights)] * 3


CROSS_ENTROPY = nn.functional.cross_entropy


@pytest.mark.parametrize(
    "options",
    [
        {"loss": partial(CROSS_ENTROPY, reduction="sum"), "optimizer": lambda model: SGD(model.parameters(), lr=1e-3)},
        {"loss": partial(CROSS_ENTROPY, weight=np.array([1.0, 5.0, 0.2]))},
        {"loss": CROSS_ENTROPY, "data": (INPUTS, np.where(np.arange(205) % 3, LABELS, -100))},
        {"sample_weight": (np.arange(205) % 9 == 0).astype(float), "batch_size": 4},
    ],
    ids=["sum", "weight", "ignored labels", "batches of weight 0"],
)
def test_options_of_the_loss_count_in_every_shard(options):
    weights, history = train(None, epochs=2, **options)
    others, other_history = train(SingleProcess(), epochs=2, **options)
    assert largest_difference(weights, others) < 1e-11
    assert other_history["validation_loss"] == pytest.approx(history["validation_loss"], rel=1e-11)
