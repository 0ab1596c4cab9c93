"""Learning-rate schedules along a cosine: annealing with and without restarts, and one cycle."""

import math
from collections.abc import Sequence
from typing import ClassVar, Literal

from optim.optimizers.base import Optimizer
from optim.optimizers.hyperparameters import check_option
from optim.schedules.base import Every, LRScheduler


class CosineAnnealingLR(LRScheduler):
    """Half a cosine down in T_max steps: lr(t) = η_min + (lr₀ − η_min) · (1 + cos(π t / T_max)) / 2.

    T_max:   number of steps from lr₀ down to η_min. In the next T_max steps the rate rises along the cosine back to lr₀.
    eta_min: η_min, 0 or more.

    Other arguments and errors are those of LRScheduler. PyTorch's CosineAnnealingLR; Keras's CosineDecay, which ends at T_max.
    Loshchilov and Hutter (2017), SGDR: stochastic gradient descent with warm restarts.

    >>> from autograd import Tensor
    >>> from optim import SGD, CosineAnnealingLR
    >>> optimizer = SGD([Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = CosineAnnealingLR(optimizer, T_max=4)
    >>> rates = []
    >>> for _ in range(5):
    ...     rates.append(round(optimizer.lr, 3))
    ...     schedule.step()
    >>> rates
    [1.0, 0.854, 0.5, 0.146, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_max: int,  # noqa: N803
        eta_min: float = 0.0,
        last_epoch: int = -1,
        every: Every = "epoch",
    ):
        self._check_whole("T_max", T_max)
        self._check_range("eta_min", eta_min, 0)
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer, last_epoch, every)

    def factor(self, t: int) -> float:
        return (1 + math.cos(math.pi * t / self.T_max)) / 2

    def rates(self, initial: Sequence[float], t: int) -> list[float]:
        factor = self.factor(t)
        return [self.eta_min + (rate - self.eta_min) * factor for rate in initial]


class CosineAnnealingWarmRestarts(CosineAnnealingLR):
    """Half a cosine down, then a restart at lr₀: lr(t) = η_min + (lr₀ − η_min) · (1 + cos(π T_cur / T_i)) / 2.

    T_0:     number of steps of the first descent; at the next step the rate is lr₀ again.
    T_mult:  descent i takes T_i steps, T_mult times as many as descent i − 1; T_cur is the number of steps taken in it.
    eta_min: η_min, 0 or more.

    Other arguments and errors are those of LRScheduler. PyTorch's CosineAnnealingWarmRestarts; Keras's CosineDecayRestarts with
    t_mul=1. Loshchilov and Hutter (2017), SGDR.

    >>> from autograd import Tensor
    >>> from optim import SGD, CosineAnnealingWarmRestarts
    >>> optimizer = SGD([Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = CosineAnnealingWarmRestarts(optimizer, T_0=2, T_mult=2)
    >>> rates = []
    >>> for _ in range(7):
    ...     rates.append(round(optimizer.lr, 3))
    ...     schedule.step()
    >>> rates
    [1.0, 0.5, 1.0, 0.854, 0.5, 0.146, 1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_0: int,  # noqa: N803
        T_mult: int = 1,  # noqa: N803
        eta_min: float = 0.0,
        last_epoch: int = -1,
        every: Every = "epoch",
    ):
        self._check_whole("T_0", T_0)
        self._check_whole("T_mult", T_mult)
        self.T_0, self.T_mult = T_0, T_mult
        super().__init__(optimizer, T_0, eta_min, last_epoch, every)

    def factor(self, t: int) -> float:
        length = self.T_0
        if self.T_mult == 1:
            t %= length
        while t >= length:
            t, length = t - length, length * self.T_mult
        return (1 + math.cos(math.pi * t / length)) / 2


class OneCycleLR(LRScheduler):
    """One rise and one long fall: lr from max_lr / div_factor up to max_lr, then down to almost 0. It steps after each batch.

    max_lr:           the largest rate, or a list with one per group; the groups' own lr are not used.
    total_steps:      number of steps of the whole training; or give epochs and steps_per_epoch.
    pct_start:        the fraction of the steps in which the rate rises, from 0 to 1.
    anneal_strategy:  "cos" or "linear": after the fraction s of a phase from rate a to rate b, the rate is
                      b + (a − b) · (1 + cos π s) / 2 or a + (b − a) · s.
    cycle_momentum:   change momentum, or the first of betas, in the opposite direction: from max_momentum down to base_momentum
                      and up again, in groups that have one of these options.
    base_momentum, max_momentum: one value, or a list with one per group.
    div_factor, final_div_factor: the first rate is max_lr / div_factor, the last rate is the first / final_div_factor.
    three_phase:      fall to the first rate in as many steps as the rise has, as in the paper, and to the last rate in the
                      remaining steps; pct_start is then at most ½.

    Other arguments and errors are those of LRScheduler; a step beyond total_steps raises ValueError. PyTorch's OneCycleLR.
    Smith and Topin (2018), Super-convergence: very fast training of neural networks using large learning rates.

    >>> from autograd import Tensor
    >>> from optim import SGD, OneCycleLR
    >>> optimizer = SGD([Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = OneCycleLR(optimizer, max_lr=0.5, total_steps=8, pct_start=0.5, div_factor=5)
    >>> rates = []
    >>> for _ in range(8):
    ...     rates.append(round(optimizer.lr, 3))
    ...     schedule.step()
    >>> rates
    [0.1, 0.2, 0.4, 0.5, 0.427, 0.25, 0.073, 0.0]
    """

    combinable: ClassVar[bool] = False

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | Sequence[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | Sequence[float] = 0.85,
        max_momentum: float | Sequence[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
        every: Every = "step",
    ):
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise self._error("needs total_steps, or both epochs and steps_per_epoch")
            self._check_whole("epochs", epochs)
            self._check_whole("steps_per_epoch", steps_per_epoch)
            total_steps = epochs * steps_per_epoch
        self._check_whole("total_steps", total_steps)
        self._check_range("pct_start", pct_start, 0, 0.5 if three_phase else 1)
        if anneal_strategy not in ("cos", "linear"):
            raise self._error(f"anneal_strategy must be 'cos' or 'linear', not {anneal_strategy!r}")
        max_lrs = self._per_group("max_lr", max_lr, optimizer)
        for rate in max_lrs:
            self._check_range("max_lr", rate, 0, above=True)
        self._check_range("div_factor", div_factor, 0, above=True)
        self._check_range("final_div_factor", final_div_factor, 0, above=True)
        base_momenta = self._per_group("base_momentum", base_momentum, optimizer)
        max_momenta = self._per_group("max_momentum", max_momentum, optimizer)
        for momentum in (*base_momenta, *max_momenta):
            check_option("momentum", momentum)
        self.total_steps, self.anneal_strategy, self.cycle_momentum = total_steps, anneal_strategy, cycle_momentum
        # The first, largest and last rate of each group, its smallest and largest momentum, and the phases: first step, last
        # step, indices of the rates at these steps, indices of the momenta.
        self.corners = [(rate / div_factor, rate, rate / div_factor / final_div_factor) for rate in max_lrs]
        self.momenta = list(zip(base_momenta, max_momenta))
        rise, end = pct_start * total_steps - 1, total_steps - 1
        self.phases = [(0.0, rise, (0, 1), (1, 0)), (rise, end, (1, 2), (0, 1))]
        if three_phase:
            self.phases[1:] = [(rise, 2 * rise, (1, 0), (0, 1)), (2 * rise, end, (0, 2), (1, 1))]
        self.max_lr, self.pct_start, self.three_phase = max_lr, pct_start, three_phase
        self.base_momentum, self.max_momentum = base_momentum, max_momentum
        self.div_factor, self.final_div_factor = div_factor, final_div_factor
        super().__init__(optimizer, last_epoch, every, [first for first, _, _ in self.corners])
        for group, rate in zip(optimizer.param_groups, self.base_lrs):
            group["initial_lr"] = rate

    def rates(self, initial: Sequence[float], t: int) -> list[float]:
        fraction, (a, b), _ = self._phase(t)
        return [
            rate / corner[0] * self._interpolate(corner[a], corner[b], fraction) for rate, corner in zip(initial, self.corners)
        ]

    def _set_rates(self, rates: Sequence[float]) -> None:
        super()._set_rates(rates)
        if self.cycle_momentum:
            fraction, _, (a, b) = self._phase(self.last_epoch)
            for group, bounds in zip(self.optimizer.param_groups, self.momenta):
                momentum = self._interpolate(bounds[a], bounds[b], fraction)
                if "betas" in group:
                    group["betas"] = (momentum, *group["betas"][1:])
                elif "momentum" in group:
                    group["momentum"] = momentum

    def _phase(self, t: int) -> tuple[float, tuple[int, int], tuple[int, int]]:
        """The fraction of its phase that is over at step t, and the indices of the rates and the momenta at its ends."""
        if t > self.total_steps:
            raise self._error(
                f"total_steps is {self.total_steps}, but this is step {t}; set it to the number of steps of the training"
            )
        start, end, rates, momenta = next((phase for phase in self.phases if t <= phase[1]), self.phases[-1])
        return (t - start) / (end - start) if end > start else 1.0, rates, momenta

    def _interpolate(self, first: float, last: float, fraction: float) -> float:
        if self.anneal_strategy == "linear":
            return first + (last - first) * fraction
        return last + (first - last) * (1 + math.cos(math.pi * fraction)) / 2
