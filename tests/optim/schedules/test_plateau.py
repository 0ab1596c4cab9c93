"""ReduceLROnPlateau."""

import pytest
from hypothesis import given, settings, strategies as st

import optim
from autograd import Tensor
from optim import ReduceLROnPlateau
from tests.optim.schedule_cases import STEPS, assert_same, lrs, sgd, single, torch_sgd


def plateau_pair(torch, **options):
    ours, theirs = sgd(), torch_sgd(torch)
    return ReduceLROnPlateau(ours, **options), torch.optim.lr_scheduler.ReduceLROnPlateau(theirs, **options)


@settings(max_examples=30)
@given(
    values=st.lists(st.sampled_from([0.5, 0.5 - 1e-5, 0.49, 0.3, 0.7, 0.1, float("nan")]), min_size=1, max_size=60),
    options=st.fixed_dictionaries(
        {
            "mode": st.sampled_from(["min", "max"]),
            "factor": st.sampled_from([0.1, 0.5]),
            "patience": st.integers(0, 4),
            "threshold": st.sampled_from([0.0, 1e-4, 0.1]),
            "threshold_mode": st.sampled_from(["rel", "abs"]),
            "cooldown": st.integers(0, 3),
            "min_lr": st.sampled_from([0.0, [0.01, 0.001]]),
            "eps": st.sampled_from([1e-8, 1e-3]),
        }
    ),
)
def test_plateau_agrees_with_torch(torch, values, options):
    ours, theirs = plateau_pair(torch, **options)
    for value in values:
        ours.step(value)
        theirs.step(value)
        assert_same(ours.get_last_lr(), theirs.get_last_lr())
    assert_same(lrs(ours.optimizer), lrs(theirs.optimizer))


def test_200_equal_losses_agree_with_torch(torch):
    ours, theirs = plateau_pair(torch)
    for _ in range(STEPS):
        ours.step(1.0)
        theirs.step(1.0)
        assert_same(lrs(ours.optimizer), lrs(theirs.optimizer))


def test_plateau_waits_patience_epochs_and_then_lowers():
    schedule = ReduceLROnPlateau(single(), factor=0.5, patience=2)
    rates = []
    for loss in (1.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5):
        schedule.step(loss)
        rates.append(schedule.optimizer.lr)
    assert rates == [1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25]


def test_plateau_takes_a_tensor():
    schedule = ReduceLROnPlateau(single(), patience=0)
    schedule.step(Tensor(1.0))
    schedule.step(Tensor(1.0))
    assert schedule.optimizer.lr == pytest.approx(0.1)


def test_plateau_and_warm_up_in_parallel_agree_with_torch(torch):
    ours, theirs = sgd(), torch_sgd(torch)
    pairs = [
        (module.LinearLR(optimizer, 0.1, total_iters=30), module.ReduceLROnPlateau(optimizer, factor=0.5, patience=6))
        for module, optimizer in ((optim, ours), (torch.optim.lr_scheduler, theirs))
    ]
    for t in range(100):
        theirs.step()
        for warm_up, plateau in pairs:
            warm_up.step()
            plateau.step(1.0 / (1 + min(t, 12)))
        assert_same(lrs(ours), lrs(theirs))
