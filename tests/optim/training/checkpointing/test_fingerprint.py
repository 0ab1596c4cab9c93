"""The fingerprint of a training: descriptions that are equal in every process and differ with every option."""

import numpy as np
import pytest

import nn
from autograd import Tensor
from optim import (
    EMA,
    L2,
    SGD,
    ChainedScheduler,
    ConstantLR,
    EarlyStopping,
    ElasticNet,
    LambdaLR,
    OneCycleLR,
    ReduceLROnPlateau,
    StepLR,
)
from optim.data import Compose, Noise
from optim.training.checkpointing.fingerprint import describe

W = Tensor([[1.0, 2.0]], requires_grad=True)


def optimizer():
    return SGD([W], lr=0.1)


def halve(t):
    return 0.5**t


def third(t):
    return 3.0**-t


DIFFERENT = {
    "number": (1, 2),
    "list": ([1, None], [1, 0]),
    "array": (np.zeros(2), np.ones(2)),
    "function": (halve, third),
    "EMA": (EMA([W], 0.9), EMA([W], 0.99)),
    "ElasticNet": (ElasticNet(0.1, 1.0), ElasticNet(0.1, 2.0)),
    "L2": (L2(0.1), L2(0.1, proximal=True)),
    "loss": (nn.HuberLoss(delta=1.0), nn.HuberLoss(delta=2.0)),
    "module": (nn.LeakyReLU(0.1), nn.LeakyReLU(0.2)),
    "transform": (Compose(Noise(0.1)), Compose(Noise(0.2))),
    "EarlyStopping": (EarlyStopping(3), EarlyStopping(3, min_delta=0.1)),
    "StepLR": (StepLR(optimizer(), 2), StepLR(optimizer(), 3)),
    "ConstantLR": (ConstantLR(optimizer(), 0.5), ConstantLR(optimizer(), 0.25)),
    "LambdaLR": (LambdaLR(optimizer(), halve), LambdaLR(optimizer(), third)),
    "OneCycleLR": (OneCycleLR(optimizer(), 1.0, 9), OneCycleLR(optimizer(), 1.0, 9, pct_start=0.5)),
    "ReduceLROnPlateau": (ReduceLROnPlateau(optimizer(), factor=0.5), ReduceLROnPlateau(optimizer(), factor=0.1)),
    "ChainedScheduler": tuple(ChainedScheduler([StepLR(optimizer(), size)]) for size in (2, 3)),
}


@pytest.mark.parametrize(("first", "second"), DIFFERENT.values(), ids=DIFFERENT)
def test_every_option_changes_the_description(first, second):
    assert describe(first) != describe(second)
    assert " at 0x" not in describe(first)


def test_parameters_and_optimizers_are_not_part_of_a_description():
    assert describe(EMA([W], 0.9)) == describe(EMA([Tensor([5.0], requires_grad=True)], 0.9))
    assert describe(StepLR(optimizer(), 2)) == "StepLR(step_size=2, gamma=0.1, last_epoch=0, every='epoch')"


def test_a_class_states_its_own_options():
    class Warp:
        def options(self):
            return {"strength": 3}

    assert describe(Warp()) == "Warp(strength=3)"


def test_an_object_without_options_is_described_by_its_class():
    assert describe(object()) == "object()"
