"""Learning-rate schedules made of others: one after the other, and all at once."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from optim.optimizers.base import Optimizer
from optim.schedules.base import LRScheduler


class _Combination(LRScheduler):
    """Schedules of one optimizer, asked for their rates; they themselves stay at t = 0."""

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None, last_epoch: int = -1):
        for scheduler in schedulers:
            if not isinstance(scheduler, LRScheduler):
                raise TypeError(f"{type(self).__name__}: made of learning-rate schedules, not of {type(scheduler).__name__}")
            if not scheduler.combinable:
                raise self._error(f"{type(scheduler).__name__} cannot be combined with other schedules")
        optimizer = optimizer or schedulers[0].optimizer
        strange = [scheduler for scheduler in schedulers if scheduler.optimizer is not optimizer]
        if strange:
            raise self._error(f"the optimizer of {strange[0]!r} is another one")
        every = {scheduler.every for scheduler in schedulers}
        if len(every) > 1:
            raise self._error("some schedules are for every step and some for every epoch; make them all alike")
        self.schedulers = list(schedulers)
        # Each schedule has changed the rates when it was made: the one that was made first knows what they were before.
        initial = min(schedulers, key=lambda scheduler: scheduler._made).base_lrs
        super().__init__(optimizer, last_epoch, every.pop(), initial)


class SequentialLR(_Combination):
    """One schedule after the other, each from lr₀ and its own t = 0: lr(t) = lrᵢ(t − mᵢ₋₁) for mᵢ₋₁ ≤ t < mᵢ.

    schedulers: schedules lr₁, lr₂, … of this optimizer, from here on used by this one only.
    milestones: m₁, m₂, …, where the next one starts: one less than there are schedules; m₀ = 0.

    lr₀ is the rate before they were made. Raises TypeError for anything but schedules, ValueError for other arguments that
    cannot be meant, and for OneCycleLR and ReduceLROnPlateau, which do more than follow a formula. PyTorch's SequentialLR.

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
                f"each schedule but the first has a milestone where it starts; got {len(schedulers)} schedules "
                f"and {len(milestones)} milestones"
            )
        for milestone in milestones:
            self._check_whole("a milestone", milestone)
        if any(after <= before for before, after in pairwise(milestones)):
            raise self._error(f"milestones come in rising order, not {list(milestones)}")
        self.milestones = list(milestones)
        super().__init__(schedulers, optimizer, last_epoch)

    def rates(self, initial: Sequence[float], t: int) -> list[float]:
        i = bisect_right(self.milestones, t)
        return self.schedulers[i].rates(initial, t - self.milestones[i - 1] if i else t)


class ChainedScheduler(_Combination):
    """All schedules at once, each from what the one before makes of lr₀: for factors lr(t) = lr₀ · factor₁(t) · factor₂(t) · …

    schedulers: schedules of one optimizer, from here on used by this one only.
    optimizer:  theirs.

    lr₀ is the rate before they were made. Raises TypeError for anything but schedules, ValueError for none, for those of
    several optimizers, and for OneCycleLR and ReduceLROnPlateau. PyTorch's ChainedScheduler for factors above 0; there,
    LambdaLR and CosineAnnealingWarmRestarts undo what comes before them, and a cosine multiplies the distance to eta_min.

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
            raise self._error("at least one schedule is needed")
        super().__init__(schedulers, optimizer)

    def rates(self, initial: Sequence[float], t: int) -> list[float]:
        rates = list(initial)
        for scheduler in self.schedulers:
            rates = scheduler.rates(rates, t)
        return rates
