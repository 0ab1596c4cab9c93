"""Optimizers, schedules, penalties and constraints print their options in one short line, however large the model is."""

import inspect

import numpy as np
import pytest

import nn
import optim
from autograd import Tensor
from optim import L1, L2, SGD, Adam, ElasticNet, MaxNorm, NonNegative, StepLR
from optim.optimizers.base import Optimizer
from optim.regularizers.parameter_filter import ParameterFilter
from optim.schedules.base import LRScheduler

MODEL = nn.MLP([64, 32, 10], rng=0)


def public(base):
    """The public classes of optim that are derived from a base class."""
    things = [getattr(optim, name) for name in optim.__all__]
    return [cls for cls in things if isinstance(cls, type) and issubclass(cls, base) and cls is not base]


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        (SGD(MODEL.parameters(), lr=0.1, momentum=0.9), "SGD(lr=0.1, momentum=0.9, 4 parameters, 2 410 elements)"),
        (Adam([Tensor(1.0, requires_grad=True)]), "Adam(lr=0.001, 1 parameter, 1 element)"),
        (
            SGD([{"params": MODEL[0].parameters()}, {"params": MODEL[2].parameters(), "lr": 1e-3}], lr=1 / 3, penalty=L2(1e-4)),
            "SGD(lr=0.3333 / 0.001, penalty=L2(0.0001), 2 groups, 4 parameters, 2 410 elements)",
        ),
        (SGD(MODEL.parameters(), maximize=True, lr=1), "SGD(lr=1, maximize=True, 4 parameters, 2 410 elements)"),
        (L2(1e-4), "L2(0.0001)"),
        (L1(0.5, proximal=True), "L1(0.5, proximal=True)"),
        (L1(0.5, on=MODEL.parameters()), "L1(0.5, on=4 parameters)"),
        (ElasticNet(0.1, beta=0.5, on=lambda w: True), "ElasticNet(0.1, beta=0.5, on=<lambda>)"),
        (MaxNorm(3), "MaxNorm(3)"),
        (NonNegative(on=[MODEL[0].weight]), "NonNegative(on=1 parameter)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_options_other_than_the_defaults_are_stated(thing, text):
    assert repr(thing) == text


@pytest.mark.parametrize("cls", public(Optimizer), ids=lambda cls: cls.__name__)
def test_every_optimizer_has_a_short_repr(cls):
    parameters = [Tensor(np.ones((100, 100)), requires_grad=True) for _ in range(50)]
    text = repr(cls(parameters))
    assert text.startswith(f"{cls.__name__}(lr=")
    assert text.endswith(", 50 parameters, 500 000 elements)")
    assert "momentum" not in text  # a default
    assert len(text) < 120
    assert "\n" not in text


@pytest.mark.parametrize("cls", public(ParameterFilter), ids=lambda cls: cls.__name__)
def test_every_penalty_and_constraint_has_a_short_repr(cls):
    required = [p for p in inspect.signature(cls).parameters.values() if p.default is p.empty]
    text = repr(cls(*[0.1] * len(required), on=[Tensor(np.ones((100, 100)), requires_grad=True) for _ in range(50)]))
    assert text == f"{cls.__name__}({'0.1, ' * len(required)}on=50 parameters)"


def test_every_schedule_of_many_groups_has_a_short_repr():
    assert public(LRScheduler)
    groups = [{"params": [Tensor(1.0, requires_grad=True)], "lr": 0.1 / (1 + i)} for i in range(100)]
    optimizer = SGD(groups)
    assert repr(StepLR(optimizer, 2)) == "StepLR(epoch 0: lr 0.1, 0.05, …, 0.001)"
    assert repr(optimizer) == "SGD(lr=0.1 / 0.05 / … / 0.001, 100 groups, 100 parameters, 100 elements)"
    assert all(cls.__repr__ is LRScheduler.__repr__ for cls in public(LRScheduler))
