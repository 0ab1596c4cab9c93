"""Schedules: their formulas, their use, and their errors."""

import math

import pytest
from hypothesis import given, settings, strategies as st

from autograd import Tensor
from optim import (
    SGD,
    ChainedScheduler,
    ConstantLR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    InverseTimeLR,
    LambdaLR,
    LinearLR,
    LRScheduler,
    MultiStepLR,
    OneCycleLR,
    PolynomialLR,
    ReduceLROnPlateau,
    SequentialLR,
    StepLR,
)
from tests.optim.schedule_cases import LRS, assert_same, lrs, momenta, run, sgd, single

# Formulas


@settings(max_examples=20)
@given(gamma=st.floats(0, 10), t=st.integers(0, 1000))
def test_inverse_time_divides_by_one_plus_gamma_t(gamma, t):
    optimizer = sgd()
    schedule = InverseTimeLR(optimizer, gamma)
    assert schedule.rates(LRS, t) == pytest.approx([lr / (1 + gamma * t) for lr in LRS], rel=1e-12)


def test_inverse_time_is_half_after_one_over_gamma_steps():
    schedule = InverseTimeLR(single(), gamma=0.1)
    assert run(schedule, 10)[-1] == [0.5]


def test_nested_composites_follow_their_formula():
    optimizer = sgd()
    warm_up = LinearLR(optimizer, 0.5, total_iters=4)
    decay = ChainedScheduler([ExponentialLR(optimizer, 0.9), StepLR(optimizer, 5, gamma=0.1)])
    seen = run(SequentialLR(optimizer, [warm_up, decay], milestones=[4]), 20)
    expected = [0.5 + 0.5 * t / 4 for t in range(4)] + [0.9**t * 0.1 ** (t // 5) for t in range(17)]
    assert_same(seen, [[lr * factor for lr in LRS] for factor in expected])


def test_chained_schedules_apply_to_the_rates_of_the_one_before():
    optimizer = single()
    schedule = ChainedScheduler([CosineAnnealingLR(optimizer, 10, eta_min=0.1), ExponentialLR(optimizer, 0.9)])
    for t, (lr,) in enumerate(run(schedule, 40)):
        assert lr == pytest.approx((0.1 + 0.9 * (1 + math.cos(math.pi * t / 10)) / 2) * 0.9**t, rel=1e-12)


def test_composite_starts_from_the_rates_before_its_schedules_were_created():
    for first, second in ((0, 1), (1, 0)):
        optimizer = single(0.5)
        schedules = [ConstantLR(optimizer, 0.1, total_iters=2), LinearLR(optimizer, 0.2, total_iters=2)]
        SequentialLR(optimizer, [schedules[first], schedules[second]], milestones=[2])
        assert optimizer.lr == pytest.approx(0.5 * (0.1, 0.2)[first])


def test_schedules_created_in_any_order_are_composed_from_the_same_initial_rates():
    optimizer = single(0.5)
    decay = LambdaLR(optimizer, lambda t: 0.25)
    warm_up = LinearLR(optimizer, 0.5, total_iters=2)
    assert [lr for (lr,) in run(SequentialLR(optimizer, [warm_up, decay], [2]), 3)] == [0.25, 0.375, 0.125, 0.125]


def test_new_schedule_starts_from_the_current_rates():
    optimizer = single(1.0)
    run(ExponentialLR(optimizer, 0.5), 3)
    assert run(StepLR(optimizer, 1, gamma=0.1), 1) == [[0.125], [0.0125]]
    optimizer.lr = 2.0
    schedules = [ConstantLR(optimizer, 0.5, total_iters=1), ExponentialLR(optimizer, 0.5)]
    assert run(SequentialLR(optimizer, schedules, [1]), 2) == [[1.0], [2.0], [1.0]]


def test_rate_set_where_it_was_zero_is_a_new_initial_rate():
    optimizer = single(1.0)
    schedule = LambdaLR(optimizer, lambda t: t / 4)
    assert optimizer.lr == 0
    optimizer.param_groups[0]["lr"] = 8.0
    assert run(schedule, 2)[1:] == [[2.0], [4.0]]


def test_rounding_errors_do_not_accumulate():
    schedule = ExponentialLR(single(1.0), 0.999)
    run(schedule, 10_000)
    assert schedule.optimizer.lr == 0.999**10_000


# Use


def test_optimizer_steps_with_the_scheduled_rates():
    a, b = Tensor([0.0], requires_grad=True), Tensor([0.0], requires_grad=True)
    optimizer = SGD([{"params": [a]}, {"params": [b], "lr": 2.0}], lr=1.0)
    schedule = ExponentialLR(optimizer, 0.5)
    for _ in range(3):
        a.grad, b.grad = [-1.0], [-1.0]
        optimizer.step()
        schedule.step()
    assert (a.item(), b.item()) == (1.75, 3.5)


def test_constructor_sets_the_first_rates():
    optimizer = sgd()
    schedule = LinearLR(optimizer, start_factor=0.5)
    assert lrs(optimizer) == schedule.get_last_lr() == [0.05, 0.01]
    assert [group["initial_lr"] for group in optimizer.param_groups] == list(LRS)
    assert schedule.last_epoch == 0


def test_get_last_lr_returns_a_copy():
    schedule = StepLR(sgd(), 10)
    schedule.get_last_lr().clear()
    assert schedule.get_last_lr() == list(LRS)


def test_schedules_step_every_epoch_by_default_and_one_cycle_every_step():
    assert StepLR(sgd(), 10).every == ReduceLROnPlateau(sgd()).every == "epoch"
    assert OneCycleLR(sgd(), 0.1, total_steps=10).every == "step"
    optimizer = sgd()
    warm_up, decay = LinearLR(optimizer, every="step"), ExponentialLR(optimizer, 0.9, every="step")
    assert SequentialLR(optimizer, [warm_up, decay], [5]).every == "step"


def test_subclass_needs_only_factor():
    class SawTooth(LRScheduler):
        def factor(self, t):
            return 1 - t % 4 / 4

    assert run(SawTooth(single()), 5) == [[1.0], [0.75], [0.5], [0.25], [1.0], [0.75]]
    with pytest.raises(NotImplementedError, match="factor"):
        LRScheduler(single())


def test_repr_shows_step_and_rates():
    schedule = StepLR(sgd(), 10)
    schedule.step()
    assert repr(schedule) == "StepLR(epoch 1: lr 0.1, 0.02)"


# Errors


@pytest.mark.parametrize(
    ("schedule", "options", "message"),
    [
        (StepLR, {"step_size": 0}, r"StepLR: step_size .* at least 1, not 0"),
        (StepLR, {"step_size": 2.5}, r"whole number.*2\.5"),
        (StepLR, {"step_size": 3, "gamma": 0}, r"gamma must be a number above 0, not 0"),
        (StepLR, {"step_size": 3, "gamma": "x"}, r"gamma .* not 'x'"),
        (StepLR, {"step_size": 3, "last_epoch": -2}, r"last_epoch .* at least -1, not -2"),
        (StepLR, {"step_size": 3, "last_epoch": 4}, r"initial_lr"),
        (StepLR, {"step_size": 3, "every": "batch"}, r"'epoch' or 'step', not 'batch'"),
        (MultiStepLR, {"milestones": [3, -1]}, r"milestone .* not -1"),
        (ExponentialLR, {"gamma": math.nan}, r"gamma .* not nan"),
        (ExponentialLR, {"gamma": math.inf}, r"gamma .* not inf"),
        (InverseTimeLR, {"gamma": -0.1}, r"gamma .* at least 0, not -0\.1"),
        (ConstantLR, {"factor": 1.5}, r"factor .* at least 0 and at most 1, not 1\.5"),
        (ConstantLR, {"total_iters": 0}, r"total_iters"),
        (LinearLR, {"start_factor": 0}, r"start_factor .* above 0 and at most 1"),
        (LinearLR, {"end_factor": 2}, r"end_factor"),
        (PolynomialLR, {"power": -1}, r"power"),
        (CosineAnnealingLR, {"T_max": 0}, r"T_max"),
        (CosineAnnealingLR, {"T_max": 10, "eta_min": -1}, r"eta_min"),
        (CosineAnnealingWarmRestarts, {"T_0": 0}, r"T_0"),
        (CosineAnnealingWarmRestarts, {"T_0": 3, "T_mult": 0.5}, r"T_mult"),
        (LambdaLR, {"lr_lambda": [abs]}, r"one for each of 2 parameter groups, not 1"),
        (LambdaLR, {"lr_lambda": 0.5}, r"function of t"),
        (OneCycleLR, {"max_lr": 0.1}, r"needs total_steps, or both"),
        (OneCycleLR, {"max_lr": 0.1, "epochs": 3}, r"needs total_steps, or both"),
        (OneCycleLR, {"max_lr": 0.0, "total_steps": 10}, r"max_lr"),
        (OneCycleLR, {"max_lr": [0.1] * 3, "total_steps": 10}, r"max_lr .* 2 parameter groups, not 3"),
        (OneCycleLR, {"max_lr": 0.1, "total_steps": 10, "pct_start": 2}, r"pct_start"),
        (OneCycleLR, {"max_lr": 0.1, "total_steps": 10, "pct_start": 0.6, "three_phase": True}, r"pct_start .* at most 0\.5"),
        (OneCycleLR, {"max_lr": 0.1, "total_steps": 10, "anneal_strategy": "cosine"}, r"'cos' or 'linear', not 'cosine'"),
        (OneCycleLR, {"max_lr": 0.1, "total_steps": 10, "max_momentum": 1.5}, r"momentum"),
        (OneCycleLR, {"max_lr": 0.1, "total_steps": 10, "div_factor": 0}, r"div_factor"),
        (ReduceLROnPlateau, {"mode": "lowest"}, r"'min' or 'max', not 'lowest'"),
        (ReduceLROnPlateau, {"factor": 1.0}, r"factor"),
        (ReduceLROnPlateau, {"patience": -1}, r"patience"),
        (ReduceLROnPlateau, {"threshold": 1.0}, r"relative threshold"),
        (ReduceLROnPlateau, {"threshold_mode": "relative"}, r"'rel' or 'abs'"),
        (ReduceLROnPlateau, {"min_lr": [0.1]}, r"min_lr .* 2 parameter groups, not 1"),
    ],
)
def test_invalid_argument_is_refused_before_any_change(schedule, options, message):
    optimizer = sgd()
    before = [{k: v for k, v in group.items() if k != "params"} for group in optimizer.param_groups]
    with pytest.raises(ValueError, match=message):
        schedule(optimizer, **options)
    assert [{k: v for k, v in group.items() if k != "params"} for group in optimizer.param_groups] == before


def test_schedule_without_an_optimizer_is_refused():
    with pytest.raises(TypeError, match=r"StepLR needs an optimizer, such as .*, not list"):
        StepLR([Tensor(1.0, requires_grad=True)], 3)


def test_step_after_the_end_of_the_cycle_is_refused_and_changes_nothing():
    schedule = OneCycleLR(sgd(), 0.1, total_steps=10)
    run(schedule, 10)
    before = schedule.state_dict(), momenta(schedule.optimizer)
    with pytest.raises(ValueError, match=r"total_steps is 10, but this is step 11"):
        schedule.step()
    assert (schedule.state_dict(), momenta(schedule.optimizer)) == before


def test_schedules_of_several_optimizers_cannot_be_composed():
    a, b = sgd(), sgd()
    with pytest.raises(ValueError, match="another"):
        SequentialLR(a, [StepLR(a, 3), StepLR(b, 3)], [5])
    with pytest.raises(ValueError, match="another"):
        ChainedScheduler([StepLR(a, 3), StepLR(b, 3)])
    with pytest.raises(ValueError, match="another"):
        ChainedScheduler([StepLR(a, 3)], b)


@pytest.mark.parametrize(
    ("count", "milestones", "message"),
    [
        (2, [], "2 schedules and 0 milestones"),
        (0, [], "0 schedules"),
        (3, [5, 5], "rising"),
        (3, [9, 5], "rising"),
        (2, [0], "milestone .* at least 1"),
    ],
)
def test_milestones_must_fit_the_schedules(count, milestones, message):
    optimizer = sgd()
    with pytest.raises(ValueError, match=message):
        SequentialLR(optimizer, [StepLR(optimizer, 3) for _ in range(count)], milestones)


def test_schedules_that_do_more_than_set_rates_cannot_be_composed():
    optimizer = sgd()
    for schedule in (ReduceLROnPlateau(optimizer), OneCycleLR(optimizer, 0.1, total_steps=5)):
        with pytest.raises(ValueError, match=f"{type(schedule).__name__} cannot be composed"):
            ChainedScheduler([StepLR(optimizer, 3), schedule])
    with pytest.raises(ValueError, match="some have 'step' and some 'epoch'"):
        ChainedScheduler([StepLR(optimizer, 3), StepLR(optimizer, 3, every="step")])
    with pytest.raises(ValueError, match="at least one"):
        ChainedScheduler([])
    with pytest.raises(TypeError, match="needs learning-rate schedules, not function"):
        ChainedScheduler([lambda t: 1.0])


def test_state_that_does_not_fit_is_refused_and_changes_nothing():
    schedule = StepLR(sgd(), 3)
    before = schedule.state_dict()
    with pytest.raises(ValueError, match="1 parameter groups, the optimizer has 2"):
        schedule.load_state_dict(StepLR(single(), 3).state_dict())
    with pytest.raises(ValueError, match="state dict with last_epoch"):
        schedule.load_state_dict({})
    with pytest.raises(ValueError, match="best"):
        ReduceLROnPlateau(sgd()).load_state_dict(before)
    assert schedule.state_dict() == before


def test_step_after_a_group_was_added_is_refused():
    optimizer = sgd()
    schedule = StepLR(optimizer, 3)
    optimizer.add_param_group({"params": [Tensor(1.0, requires_grad=True)]})
    with pytest.raises(ValueError, match="created for 2 parameter groups, but the optimizer has 3"):
        schedule.step()


@pytest.mark.parametrize("factor", [-1.0, float("nan"), float("inf"), "a", None])
def test_invalid_factor_is_refused(factor):
    class ConstantFactorLR(LRScheduler):
        def factor(self, t):
            return factor

    for make in (ConstantFactorLR, lambda optimizer: LambdaLR(optimizer, lambda t: factor)):
        with pytest.raises(ValueError, match="the factor of the rate must be a finite number, 0 or more, but at t = 0 it is"):
            make(SGD([Tensor([1.0], requires_grad=True)], lr=0.1))


def test_milestones_must_be_a_list():
    with pytest.raises(ValueError, match="milestones must be a list of whole numbers"):
        MultiStepLR(SGD([Tensor([1.0], requires_grad=True)], lr=0.1), 5)
