"""An optimizer and PyTorch's of the same name side by side on three problems."""

from dataclasses import dataclass
from typing import Any

import numpy as np

import optim
from autograd import Tensor

RNG = np.random.default_rng(0)
INPUTS, TARGETS = RNG.normal(size=(10, 3)), RNG.normal(size=(10, 2))
WEIGHTS = [RNG.normal(size=shape) for shape in ((3, 4), (4,), (4, 2), (2,))]


@dataclass
class Problem:
    start: list[np.ndarray]
    loss: Any  # of the parameters, a function that makes constants, and tanh

    def parameters(self, make_tensor=lambda array: Tensor(array, requires_grad=True)):
        return [make_tensor(array) for array in self.start]


def quadratic(parameters, constant, tanh):
    x, y = parameters
    return (constant(np.array([1.0, 10.0, 0.1])) * (x - 1) ** 2).sum() / 2 + y * x[0] + y * y


def rosenbrock(parameters, constant, tanh):
    x, y = parameters
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def network(parameters, constant, tanh):
    w1, b1, w2, b2 = parameters
    return ((tanh(constant(INPUTS) @ w1 + b1) @ w2 + b2 - constant(TARGETS)) ** 2).mean()


PROBLEMS = {
    "quadratic": Problem([np.array([3.0, -2.0, 5.0]), np.array(0.5)], quadratic),
    "rosenbrock": Problem([np.array(-1.2), np.array(1.0)], rosenbrock),
    "network": Problem(WEIGHTS, network),
}


class PyTorchPair:
    """Our optimizer and PyTorch's on the same problem; `options` for both, `groups` with options of each parameter."""

    def __init__(self, torch, name, problem, groups=None, **options):
        self.torch, self.problem = torch, PROBLEMS[problem]
        self.ours = self.problem.parameters()
        self.theirs = self.problem.parameters(lambda array: torch.tensor(array, requires_grad=True))
        self.optimizers = [
            getattr(module, name)(self.param_groups(parameters, groups), **options)
            for module, parameters in ((optim, self.ours), (torch.optim, self.theirs))
        ]

    @staticmethod
    def param_groups(parameters, groups):
        return [{"params": [p], **options} for p, options in zip(parameters, groups)] if groups else parameters

    def backward(self):
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        self.problem.loss(self.ours, lambda array: array, Tensor.tanh).backward()
        self.problem.loss(self.theirs, self.torch.tensor, self.torch.tanh).backward()

    def step(self):
        for optimizer in self.optimizers:
            optimizer.step()

    def take_steps(self, steps=200):
        for _ in range(steps):
            self.backward()
            self.step()
        return self

    def assert_equal(self, tolerance=1e-9):
        changed = [not np.array_equal(p.data, start) for p, start in zip(self.ours, self.problem.start)]
        assert any(changed)
        for p, q in zip(self.ours, self.theirs):
            np.testing.assert_allclose(p.data, q.detach().numpy(), rtol=tolerance, atol=tolerance)
