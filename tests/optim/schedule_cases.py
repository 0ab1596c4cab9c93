"""Schedules as test cases, and the rates that they set in the groups of an optimizer."""

import math

import numpy as np

from autograd import Tensor
from optim import SGD

LRS = (0.1, 0.02)
STEPS = 200
CASES = [
    ("LambdaLR", {"lr_lambda": lambda t: 1 / math.sqrt(1 + t)}),
    ("LambdaLR", {"lr_lambda": [lambda t: 0.9**t, lambda t: t / 7]}),
    ("ConstantLR", {}),
    ("ConstantLR", {"factor": 0.2, "total_iters": 30}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 0.01, "end_factor": 0.7, "total_iters": 150}),
    ("LinearLR", {"start_factor": 1.0, "end_factor": 0.0, "total_iters": 50}),
    ("StepLR", {"step_size": 30}),
    ("StepLR", {"step_size": 1, "gamma": 0.99}),
    ("MultiStepLR", {"milestones": [150, 20, 90, 20], "gamma": 0.3}),
    ("ExponentialLR", {"gamma": 0.97}),
    ("PolynomialLR", {}),
    ("PolynomialLR", {"total_iters": 199, "power": 0.9}),
    ("PolynomialLR", {"total_iters": 300, "power": 2.0}),
    ("CosineAnnealingLR", {"T_max": 30}),
    ("CosineAnnealingLR", {"T_max": 200, "eta_min": 0.001}),
    ("CosineAnnealingLR", {"T_max": 7, "eta_min": 0.03}),
    ("CosineAnnealingWarmRestarts", {"T_0": 7}),
    ("CosineAnnealingWarmRestarts", {"T_0": 3, "T_mult": 2, "eta_min": 0.001}),
    ("CosineAnnealingWarmRestarts", {"T_0": 1, "T_mult": 3}),
    ("OneCycleLR", {"max_lr": 0.1, "total_steps": STEPS}),
    ("OneCycleLR", {"max_lr": [0.1, 0.5], "epochs": 5, "steps_per_epoch": 40, "anneal_strategy": "linear"}),
    ("OneCycleLR", {"max_lr": 0.3, "total_steps": 205, "three_phase": True, "pct_start": 0.4, "div_factor": 10.0}),
    ("OneCycleLR", {"max_lr": 0.3, "total_steps": STEPS, "pct_start": 0.0, "base_momentum": [0.5, 0.7], "max_momentum": 0.9}),
    ("OneCycleLR", {"max_lr": 0.3, "total_steps": STEPS, "pct_start": 0.5, "final_div_factor": 10.0, "cycle_momentum": False}),
]


def groups(make):
    return [{"params": [make([1.0, 2.0])], "lr": lr} for lr in LRS]


def sgd(momentum=0.9):
    return SGD(groups(lambda values: Tensor(values, requires_grad=True)), lr=1.0, momentum=momentum)


def single(lr=1.0):
    return SGD([Tensor([1.0], requires_grad=True)], lr=lr)


def torch_sgd(torch):
    return torch.optim.SGD(groups(lambda values: torch.tensor(values, requires_grad=True)), lr=1.0, momentum=0.9)


def lrs(optimizer):
    return [group["lr"] for group in optimizer.param_groups]


def momenta(optimizer):
    return [group["momentum"] for group in optimizer.param_groups]


def run(schedule, steps):
    """The rates at t = 0, 1, …, steps."""
    rates = [lrs(schedule.optimizer)]
    for _ in range(steps):
        schedule.step()
        rates.append(lrs(schedule.optimizer))
    return rates


def assert_same(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=0)


def warmup_sequence(module, optimizer, last):
    schedules = [
        module.LinearLR(optimizer, start_factor=0.1, total_iters=20),
        module.CosineAnnealingLR(optimizer, T_max=60, eta_min=0.001),
        last(module, optimizer),
    ]
    return module.SequentialLR(optimizer, schedules, milestones=[20, 80])


def chain(module, optimizer):
    schedules = [
        module.ConstantLR(optimizer, 0.1, total_iters=20),
        module.ExponentialLR(optimizer, 0.99),
        module.StepLR(optimizer, 30, gamma=0.5),
        module.LinearLR(optimizer, 0.2, total_iters=50),
        module.CosineAnnealingLR(optimizer, T_max=400),
    ]
    return module.ChainedScheduler(schedules)
