"""Learning-rate schedules composed of others: one after another, or all at once."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from optim.optimizers.base import Optimizer
from optim.schedules.base import LRScheduler


class _CompositeLR(LRScheduler):
    """A schedule that calls `rates` of other schedules of one optimizer; they themselves stay at t = 0."""

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None, last_epoch: int = -1):
        for scheduler in schedulers:
            if not isinstance(scheduler, LRScheduler):
                raise TypeError(f"{type(self).__name__} needs learning-rate schedules, not {type(scheduler).__name__}")
            if not scheduler.combinable:
                raise self._error(f"{type(scheduler).__name__} cannot be composed with other schedules")
        optimizer = optimizer or schedulers[0].optimizer
        others = [scheduler for scheduler in schedulers if scheduler.optimizer is not optimizer]
        if others:
            raise self._error(f"all schedules must have one optimizer, but {others[0]!r} has another")
        every = {scheduler.every for scheduler in schedulers}
        if len(every) > 1:
            raise self._error("all schedules must have the same every=, but some have 'step' and some 'epoch'")
        self.schedulers = list(schedulers)
        # Each constructor changed the rates; the schedule created first has the rates from before.
        initial = min(schedulers, key=lambda scheduler: scheduler._creation_index).base_lrs
        super().__init__(optimizer, last_epoch, every.pop(), initial)


class SequentialLR(_CompositeLR):
    """One schedule after another, each from lr₀ and its own t = 0: lr(t) = lrᵢ(t − mᵢ₋₁) for mᵢ₋₁ ≤ t < mᵢ.

    schedulers: schedules lr₁, lr₂, … of this optimizer. This schedule replaces them: do not call their step().
    milestones: m₁, m₂, …, the steps at which the next schedule starts, one fewer than schedules; m₀ = 0.

    lr₀ is the rate before the schedules were created. Raises TypeError for an element that is not a schedule; ValueError for
    OneCycleLR and ReduceLROnPlateau, which do more than set rates, and for other arguments that are not allowed. PyTorch's
    SequentialLR.

    >>> from autograd import Tensor
    >>> from optim import SGD, ExponentialLR, LinearLR, SequentialLR
    >>> optimizer = SGD([Tensor(1.0, requires_grad=True)], lr=0.8)
    >>> warm_up = LinearLR(optimizer, start_factor=0.25, total_iters=3)
    >>> schedule = SequentialLR(optimizer, [warm_up, ExponentialLR(optimizer, gamma=0.5)], milestones=[3])
    >>> rates = []
    >>> for _ in range(6):
    ...     rates.append(round(optimizer.lr, 3))
    ...     schedule.step()
    >>> rates
    [0.2, 0.4, 0.6, 0.8, 0.4, 0.2]
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: Sequence[LRScheduler], milestones: Sequence[int], last_epoch: int = -1
    ):
        if len(schedulers) < 1 or len(milestones) != len(schedulers) - 1:
            raise self._error(
                f"each schedule but the first needs a milestone where it starts, not {len(schedulers)} schedules "
                f"and {len(milestones)} milestones"
            )
        for milestone in milestones:
            self._check_whole("a milestone", milestone)
        if any(after <= before for before, after in pairwise(milestones)):
            raise self._error(f"milestones must be in rising order, not {list(milestones)}")
        self.milestones = list(milestones)
        super().__init__(schedulers, optimizer, last_epoch)

    def rates(self, initial: Sequence[float], t: int) -> list[float]:
        i = bisect_right(self.milestones, t)
        return self.schedulers[i].rates(initial, t - self.milestones[i - 1] if i else t)


class ChainedScheduler(_CompositeLR):
    """All schedules at once, each applied to the rates of the one before: lr(t) = lr₀ · factor₁(t) · factor₂(t) · …

    schedulers: schedules of one optimizer. This schedule replaces them: do not call their step().
    optimizer:  their optimizer.

    lr₀ is the rate before the schedules were created. Raises TypeError for an element that is not a schedule; ValueError for an
    empty list, schedules of several optimizers, OneCycleLR and ReduceLROnPlateau. It equals PyTorch's ChainedScheduler for
    factors above 0; there, LambdaLR and CosineAnnealingWarmRestarts discard the factors before them, and a cosine multiplies
    the distance to eta_min.

    >>> from autograd import Tensor
    >>> from optim import SGD, ChainedScheduler, ConstantLR, ExponentialLR
    >>> optimizer = SGD([Tensor(1.0, requires_grad=True)], lr=0.8)
    >>> schedule = ChainedScheduler([ConstantLR(optimizer, 0.5, total_iters=2), ExponentialLR(optimizer, gamma=0.5)])
    >>> rates = []
    >>> for _ in range(4):
    ...     rates.append(optimizer.lr)
    ...     schedule.step()
    >>> rates
    [0.4, 0.2, 0.2, 0.1]
    """

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None):
        if not schedulers:
            raise self._error("schedulers must have at least one schedule")
        super().__init__(schedulers, optimizer)

    def rates(self, initial: Sequence[float], t: int) -> list[float]:
        rates = list(initial)
        for scheduler in self.schedulers:
            rates = scheduler.rates(rates, t)
        return rates
