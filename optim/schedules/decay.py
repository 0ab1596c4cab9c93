"""Learning-rate schedules that fall, or rise once to warm up; each is a formula of the step t.

Names, arguments, defaults and rates are those of torch.optim.lr_scheduler; InverseTimeLR is Keras's. PyTorch multiplies the
rate of the last step; here the rate is computed from lr₀ each time, so rounding errors do not accumulate. Schedules that rise
again are in cosine.py, the one that depends on the loss is in plateau.py, and those composed of others are in composite.py.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from optim.optimizers.base import Optimizer
from optim.schedules.base import Every, LRScheduler


class LambdaLR(LRScheduler):
    """A rate by a given function: lr(t) = lr₀ · λ(t).

    lr_lambda: λ, or a list with one function per parameter group.

    Other arguments and errors are those of LRScheduler. PyTorch's LambdaLR.

    >>> from autograd import Tensor
    >>> from optim import SGD, LambdaLR
    >>> optimizer = SGD([Tensor(1.0, requires_grad=True)], lr=0.5)
    >>> schedule = LambdaLR(optimizer, lambda t: 1 / (t + 1) ** 0.5)
    >>> for _ in range(3):
    ...     schedule.step()
    >>> optimizer.lr
    0.25
    """

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]],
        last_epoch: int = -1,
        every: Every = "epoch",
    ):
        self.lr_lambda, self.lr_lambdas = lr_lambda, self._per_group("lr_lambda", lr_lambda, optimizer)
        for function in self.lr_lambdas:
            if not callable(function):
                raise self._error(f"lr_lambda must be a function of t, or a list of functions, not {function!r}")
        super().__init__(optimizer, last_epoch, every)

    def rates(self, initial: Sequence[float], t: int) -> list[float]:
        return [rate * self._check_factor(function(t), t) for rate, function in zip(initial, self.lr_lambdas)]


class ConstantLR(LRScheduler):
    """A smaller rate at the start: lr(t) = lr₀ · factor while t < total_iters, then lr₀.

    factor:      from 0 to 1.
    total_iters: number of steps with the smaller rate.

    Other arguments and errors are those of LRScheduler. PyTorch's ConstantLR.

    >>> from autograd import Tensor
    >>> from optim import SGD, ConstantLR
    >>> optimizer = SGD([Tensor(1.0, requires_grad=True)], lr=0.5)
    >>> schedule = ConstantLR(optimizer, factor=0.5, total_iters=2)
    >>> rates = []
    >>> for _ in range(3):
    ...     rates.append(optimizer.lr)
    ...     schedule.step()
    >>> rates
    [0.25, 0.25, 0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        factor: float = 1 / 3,
        total_iters: int = 5,
        last_epoch: int = -1,
        every: Every = "epoch",
    ):
        self._check_range("factor", factor, 0, 1)
        self._check_whole("total_iters", total_iters)
        self.start_factor, self.total_iters = factor, total_iters
        super().__init__(optimizer, last_epoch, every)

    def options(self) -> dict[str, Any]:
        """The arguments of the constructor by name, which a resumed training needs again."""
        return {"factor": self.start_factor, "total_iters": self.total_iters, "every": self.every}

    def factor(self, t: int) -> float:
        return self.start_factor if t < self.total_iters else 1.0


class LinearLR(LRScheduler):
    """A straight line, such as a warm-up: lr(t) = lr₀ · (a + (b − a) · min(t, T) / T).

    start_factor: a, above 0 and at most 1.
    end_factor:   b, from 0 to 1.
    total_iters:  T.

    Other arguments and errors are those of LRScheduler. PyTorch's LinearLR. Goyal et al. (2017), Accurate, large
    minibatch SGD, use it as a warm-up.

    >>> from autograd import Tensor
    >>> from optim import SGD, LinearLR
    >>> optimizer = SGD([Tensor(1.0, requires_grad=True)], lr=0.5)
    >>> schedule = LinearLR(optimizer, start_factor=0.5, total_iters=2, every="step")
    >>> rates = []
    >>> for _ in range(4):
    ...     rates.append(optimizer.lr)
    ...     schedule.step()
    >>> rates
    [0.25, 0.375, 0.5, 0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
        every: Every = "epoch",
    ):
        self._check_range("start_factor", start_factor, 0, 1, above=True)
        self._check_range("end_factor", end_factor, 0, 1)
        self._check_whole("total_iters", total_iters)
        self.start_factor, self.end_factor, self.total_iters = start_factor, end_factor, total_iters
        super().__init__(optimizer, last_epoch, every)

    def factor(self, t: int) -> float:
        return self.start_factor + (self.end_factor - self.start_factor) * min(t, self.total_iters) / self.total_iters


class StepLR(LRScheduler):
    """A drop every step_size steps: lr(t) = lr₀ · γ^⌊t / step_size⌋.

    step_size: number of steps between two drops.
    gamma:     γ, above 0.

    Other arguments and errors are those of LRScheduler. PyTorch's StepLR.

    >>> from autograd import Tensor
    >>> from optim import SGD, StepLR
    >>> optimizer = SGD([Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = StepLR(optimizer, step_size=2, gamma=0.5)
    >>> rates = []
    >>> for _ in range(5):
    ...     rates.append(optimizer.lr)
    ...     schedule.step()
    >>> rates
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1, every: Every = "epoch"):
        self._check_whole("step_size", step_size)
        self._check_range("gamma", gamma, 0, above=True)
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer, last_epoch, every)

    def factor(self, t: int) -> float:
        return self.gamma ** (t // self.step_size)


class MultiStepLR(LRScheduler):
    """A drop at every milestone: lr(t) = lr₀ · γ^(number of milestones ≤ t).

    milestones: steps t, in any order; one that occurs twice counts twice.
    gamma:      γ, above 0.

    Other arguments and errors are those of LRScheduler. PyTorch's MultiStepLR.

    >>> from autograd import Tensor
    >>> from optim import SGD, MultiStepLR
    >>> optimizer = SGD([Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = MultiStepLR(optimizer, milestones=[1, 4], gamma=0.5)
    >>> rates = []
    >>> for _ in range(5):
    ...     rates.append(optimizer.lr)
    ...     schedule.step()
    >>> rates
    [1.0, 0.5, 0.5, 0.5, 0.25]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        milestones: Iterable[int],
        gamma: float = 0.1,
        last_epoch: int = -1,
        every: Every = "epoch",
    ):
        if not isinstance(milestones, Iterable):
            raise self._error(f"milestones must be a list of whole numbers, such as [30, 60], not {milestones!r}")
        self.milestones = sorted(milestones)
        for milestone in self.milestones:
            self._check_whole("a milestone", milestone, least=0)
        self._check_range("gamma", gamma, 0, above=True)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch, every)

    def factor(self, t: int) -> float:
        return self.gamma ** bisect_right(self.milestones, t)


class ExponentialLR(LRScheduler):
    """The same factor at every step: lr(t) = lr₀ · γᵗ.

    gamma: γ, above 0. Above 1 the rate grows.

    Other arguments and errors are those of LRScheduler. PyTorch's ExponentialLR; Keras's ExponentialDecay with decay_steps=1.

    >>> from autograd import Tensor
    >>> from optim import SGD, ExponentialLR
    >>> optimizer = SGD([Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = ExponentialLR(optimizer, gamma=0.5)
    >>> for _ in range(3):
    ...     schedule.step()
    >>> optimizer.lr
    0.125
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1, every: Every = "epoch"):
        self._check_range("gamma", gamma, 0, above=True)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch, every)

    def factor(self, t: int) -> float:
        return self.gamma**t


class InverseTimeLR(LRScheduler):
    """The decaying rate of "adaptive gradient descent" in the lectures: lr(t) = lr₀ / (1 + γ t).

    gamma: γ, 0 or more. After 1/γ steps the rate is half of lr₀.

    Σ lr = ∞ and Σ lr² < ∞, the conditions of Robbins and Monro (1951), A stochastic approximation method, under which
    stochastic gradient descent converges. Other arguments and errors are those of LRScheduler. Keras's InverseTimeDecay with
    decay_rate / decay_steps for γ; PyTorch has no such schedule.

    >>> from autograd import Tensor
    >>> from optim import SGD, InverseTimeLR
    >>> optimizer = SGD([Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = InverseTimeLR(optimizer, gamma=1.0)
    >>> for _ in range(3):
    ...     schedule.step()
    >>> optimizer.lr
    0.25
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1, every: Every = "epoch"):
        self._check_range("gamma", gamma, 0)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch, every)

    def factor(self, t: int) -> float:
        return 1 / (1 + self.gamma * t)


class PolynomialLR(LRScheduler):
    """A polynomial down to 0 in T steps: lr(t) = lr₀ · (1 − min(t, T) / T)^power.

    total_iters: T.
    power:       above 0; 1 is a straight line.

    Other arguments and errors are those of LRScheduler. PyTorch's PolynomialLR; Keras's PolynomialDecay with
    end_learning_rate 0.

    >>> from autograd import Tensor
    >>> from optim import SGD, PolynomialLR
    >>> optimizer = SGD([Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = PolynomialLR(optimizer, total_iters=4, power=2)
    >>> rates = []
    >>> for _ in range(5):
    ...     rates.append(optimizer.lr)
    ...     schedule.step()
    >>> rates
    [1.0, 0.5625, 0.25, 0.0625, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        total_iters: int = 5,
        power: float = 1.0,
        last_epoch: int = -1,
        every: Every = "epoch",
    ):
        self._check_whole("total_iters", total_iters)
        self._check_range("power", power, 0, above=True)
        self.total_iters, self.power = total_iters, power
        super().__init__(optimizer, last_epoch, every)

    def factor(self, t: int) -> float:
        return (1 - min(t, self.total_iters) / self.total_iters) ** self.power
