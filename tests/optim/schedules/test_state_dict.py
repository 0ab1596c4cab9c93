"""Schedules continue from their state."""

import copy
import json
import pickle

import pytest

import optim
from optim import LinearLR, ReduceLROnPlateau, StepLR
from tests.optim.schedule_cases import CASES, LRS, STEPS, assert_same, chain, lrs, momenta, run, sgd, warmup_sequence

ALL = [
    *CASES,
    ("InverseTimeLR", {"gamma": 0.1}),
    ("ReduceLROnPlateau", {"patience": 3, "cooldown": 2}),
]


def advance(schedule, t):
    if isinstance(schedule, ReduceLROnPlateau):
        schedule.step(1.0 / (1 + t % 50))
    else:
        schedule.step()


@pytest.mark.parametrize("optimizer_first", [True, False])
@pytest.mark.parametrize(("name", "options"), ALL, ids=[f"{name}-{i}" for i, (name, _) in enumerate(ALL)])
def test_schedule_continues_from_a_state_with_identical_rates(name, options, optimizer_first):
    schedule = getattr(optim, name)(sgd(), **options)
    for t in range(83):
        advance(schedule, t)
    saved = json.loads(json.dumps(schedule.state_dict()))
    other = getattr(optim, name)(sgd(), **options)
    loads = [(other.optimizer, schedule.optimizer.state_dict()), (other, saved)]
    for target, state in loads if optimizer_first else reversed(loads):
        target.load_state_dict(state)
    for t in range(83, STEPS):
        assert lrs(other.optimizer) == lrs(schedule.optimizer)
        assert momenta(other.optimizer) == momenta(schedule.optimizer)
        advance(schedule, t)
        advance(other, t)


@pytest.mark.parametrize("build", [lambda o: warmup_sequence(optim, o, lambda m, o: m.StepLR(o, 9)), lambda o: chain(optim, o)])
def test_composite_continues_from_a_state_with_identical_rates(build):
    schedule, other = build(sgd()), build(sgd())
    run(schedule, 50)
    other.load_state_dict(json.loads(json.dumps(schedule.state_dict())))
    assert run(other, 100) == run(schedule, 100)


@pytest.mark.parametrize(
    ("name", "options"),
    [case for case in ALL if case[0] != "ReduceLROnPlateau"],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_last_epoch_continues_with_a_saved_optimizer(name, options):
    schedule = getattr(optim, name)(sgd(), **options)
    run(schedule, 83)
    optimizer = schedule.optimizer
    other = getattr(optim, name)(optimizer, last_epoch=82, **options)
    assert other.last_epoch == 83
    assert_same(other.get_last_lr(), schedule.get_last_lr())
    other.step()
    assert_same(lrs(optimizer), other.rates(schedule.base_lrs, 84))


def test_state_includes_rates_changed_by_another_schedule():
    optimizer = sgd()
    warm_up, plateau = LinearLR(optimizer, 0.5, total_iters=10), ReduceLROnPlateau(optimizer, patience=0)
    for _ in range(3):
        warm_up.step()
        plateau.step(1.0)
    states = warm_up.state_dict(), plateau.state_dict()
    other = sgd()
    copies = LinearLR(other, 0.5, total_iters=10), ReduceLROnPlateau(other, patience=0)
    for copy_, state in zip(copies, states):
        copy_.load_state_dict(state)
    for schedule, copy_ in zip((warm_up, plateau), copies):
        advance(schedule, 0)
        advance(copy_, 0)
    assert lrs(other) == lrs(optimizer)


def test_state_dict_is_a_copy():
    schedule = StepLR(sgd(), 10)
    state = schedule.state_dict()
    schedule.state_dict()["base_lrs"].clear()
    schedule.step()
    assert schedule.state_dict()["base_lrs"] == state["base_lrs"] == list(LRS)
    assert state["last_epoch"] == 0


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copied_schedule_sets_the_rates_of_the_copied_optimizer(duplicate):
    schedule = StepLR(sgd(), 1, gamma=0.5)
    other = duplicate(schedule)
    other.step()
    assert lrs(other.optimizer) == [0.05, 0.01]
    assert lrs(schedule.optimizer) == list(LRS)
