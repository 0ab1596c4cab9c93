"""Schedules, sequences and chains of schedules against PyTorch's."""

import inspect

import pytest

import optim
from optim import OneCycleLR
from tests.optim.schedule_cases import CASES, STEPS, assert_same, chain, lrs, momenta, run, sgd, torch_sgd, warmup_sequence

NAMES = [f"{name}-{i}" for i, (name, _) in enumerate(CASES)]


def run_torch(optimizer, *schedules, steps=STEPS):
    rates = [lrs(optimizer)]
    for _ in range(steps):
        optimizer.step()
        for schedule in schedules:
            schedule.step()
        rates.append(lrs(optimizer))
    return rates


@pytest.mark.parametrize(("name", "options"), CASES, ids=NAMES)
def test_200_steps_of_two_groups_agree_with_torch(torch, name, options):
    theirs = torch_sgd(torch)
    expected = run_torch(theirs, getattr(torch.optim.lr_scheduler, name)(theirs, **options))
    ours = sgd()
    assert_same(run(getattr(optim, name)(ours, **options), STEPS), expected)
    assert_same(momenta(ours), momenta(theirs))


@pytest.mark.parametrize(
    "name", sorted({name for name, _ in CASES} | {"ReduceLROnPlateau", "SequentialLR", "ChainedScheduler"})
)
def test_arguments_and_defaults_are_those_of_torch(torch, name):
    theirs = inspect.signature(getattr(torch.optim.lr_scheduler, name)).parameters
    ours = inspect.signature(getattr(optim, name)).parameters
    expected = [(n, p.default) for n, p in theirs.items()]
    assert [(n, p.default) for n, p in ours.items() if n != "every"] == expected


@pytest.mark.parametrize("options", [{}, {"anneal_strategy": "linear"}, {"three_phase": True}], ids=str)
def test_momentum_of_one_cycle_agrees_with_torch_at_every_step(torch, options):
    ours, theirs = sgd(), torch_sgd(torch)
    schedule = OneCycleLR(ours, 0.1, total_steps=30, base_momentum=[0.5, 0.8], max_momentum=[0.9, 0.95], **options)
    expected = torch.optim.lr_scheduler.OneCycleLR(
        theirs, 0.1, total_steps=30, base_momentum=[0.5, 0.8], max_momentum=[0.9, 0.95], **options
    )
    for _ in range(30):
        assert_same(momenta(ours), momenta(theirs))
        theirs.step()
        schedule.step()
        expected.step()


def test_one_cycle_changes_the_first_of_betas():
    optimizer = sgd()
    for group in optimizer.param_groups:
        group["betas"] = (0.9, 0.999)
    schedule = OneCycleLR(optimizer, 0.1, total_steps=10, pct_start=0.5)
    assert [group["betas"] for group in optimizer.param_groups] == [(0.95, 0.999)] * 2
    for _ in range(4):
        schedule.step()
    assert [group["betas"] for group in optimizer.param_groups] == [(0.85, 0.999)] * 2


def test_one_cycle_ignores_groups_without_momentum():
    optimizer = sgd()
    for group in optimizer.param_groups:
        group.pop("momentum", None)
    OneCycleLR(optimizer, 0.1, total_steps=10).step()
    assert not {"momentum", "betas"} & optimizer.param_groups[0].keys()


@pytest.mark.parametrize(
    "last",
    [
        lambda module, optimizer: module.ConstantLR(optimizer, 0.5, total_iters=10),
        lambda module, optimizer: module.CosineAnnealingWarmRestarts(optimizer, 9, T_mult=2),
        lambda module, optimizer: module.PolynomialLR(optimizer, total_iters=100, power=2.0),
    ],
)
def test_sequences_agree_with_torch(torch, last):
    theirs = torch_sgd(torch)
    expected = run_torch(theirs, warmup_sequence(torch.optim.lr_scheduler, theirs, last))
    assert_same(run(warmup_sequence(optim, sgd(), last), STEPS), expected)


def test_chains_of_factors_agree_with_torch(torch):
    theirs = torch_sgd(torch)
    expected = run_torch(theirs, chain(torch.optim.lr_scheduler, theirs))
    assert_same(run(chain(optim, sgd()), STEPS), expected)


def parallel_schedules(module, optimizer):
    return [
        module.LinearLR(optimizer, 0.2, total_iters=50),
        module.MultiStepLR(optimizer, [40, 90]),
        module.PolynomialLR(optimizer, total_iters=300),
    ]


def test_parallel_schedules_multiply_as_in_torch(torch):
    ours, theirs = sgd(), torch_sgd(torch)
    expected = run_torch(theirs, *parallel_schedules(torch.optim.lr_scheduler, theirs))
    schedules = parallel_schedules(optim, ours)
    rates = [lrs(ours)]
    for _ in range(STEPS):
        for schedule in schedules:
            schedule.step()
        rates.append(lrs(ours))
    assert_same(rates, expected)


@pytest.mark.parametrize("name", ["StepLR", "ExponentialLR", "LinearLR", "PolynomialLR", "CosineAnnealingLR"])
def test_rates_changed_by_the_user_scale_later_rates_as_in_torch(torch, name):
    options = {"T_max": 150} if name == "CosineAnnealingLR" else dict(CASES)[name]
    ours, theirs = sgd(), torch_sgd(torch)
    schedule, expected = getattr(optim, name)(ours, **options), getattr(torch.optim.lr_scheduler, name)(theirs, **options)
    for t in range(100):
        for optimizer in (ours, theirs):
            if t in (2, 60):
                optimizer.param_groups[1]["lr"] *= 3
        theirs.step()
        schedule.step()
        expected.step()
        assert_same(lrs(ours), lrs(theirs))


def test_rates_changed_by_the_user_scale_later_rates_of_one_cycle():
    plain, changed = (OneCycleLR(sgd(), 0.1, total_steps=30) for _ in range(2))
    for schedule in (plain, changed):
        run(schedule, 5)
    changed.optimizer.param_groups[1]["lr"] *= 3
    assert_same(run(changed, 25)[1:], [[first, 3 * second] for first, second in run(plain, 25)[1:]])
