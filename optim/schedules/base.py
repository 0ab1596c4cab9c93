"""What all learning-rate schedules share: where they are, and how rates come into an optimizer."""

import itertools
import math
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar, Literal

from autograd.extend import side_effect
from optim.optimizers.base import Optimizer
from optim.optimizers.param_group import ParamGroup
from optim.validation import is_number

Every = Literal["epoch", "step"]

_count = itertools.count()


class LRScheduler:
    """A learning rate as a function of the number t of steps: lr(t) = lr₀ · factor(t), for each parameter group from its lr₀.

    optimizer:  whose param_groups get the rates; lr₀ is what they have when the schedule is made.
    last_epoch: -1 to start; to go on without a state dict, the last t of the earlier training, and lr₀ is the groups'
                "initial_lr", which an optimizer's first schedule leaves there.
    every:      "epoch" or "step": how often `fit` calls step().

    Making a schedule sets the rates of t = 0, each step() those of the next t. If somebody else changed a rate in between, a
    person or another schedule, the schedule goes on from there in proportion.

    A schedule of one's own is a subclass with a `factor`. (PyTorch's base of this name asks for get_lr() instead.) Raises
    TypeError for anything but an optimizer, ValueError for other arguments that cannot be meant.

    >>> from autograd import Tensor
    >>> from optim import SGD, LRScheduler
    >>> class HalfEveryOtherLR(LRScheduler):
    ...     def factor(self, t):
    ...         return 0.5 ** (t % 2)
    >>> optimizer = SGD([Tensor(1.0, requires_grad=True)], lr=0.4)
    >>> schedule = HalfEveryOtherLR(optimizer)
    >>> schedule.step()
    >>> optimizer.lr, schedule.get_last_lr()
    (0.2, [0.2])
    """

    #: Whether SequentialLR and ChainedScheduler can be made of this schedule: whether it is all in `rates`.
    combinable: ClassVar[bool] = True

    def __init__(
        self, optimizer: Optimizer, last_epoch: int = -1, every: Every = "epoch", initial: Sequence[float] | None = None
    ):
        groups = self._groups(optimizer)
        self._check_whole("last_epoch", last_epoch, least=-1)
        if every not in ("epoch", "step"):
            raise self._error(f"every is 'epoch' or 'step', not {every!r}")
        if last_epoch >= 0:
            if not all("initial_lr" in group for group in groups):
                raise self._error(f"last_epoch={last_epoch} needs 'initial_lr' in each group; or go on by load_state_dict")
            initial = [group["initial_lr"] for group in groups]
        elif initial is None:
            initial = [group["lr"] for group in groups]
        self.optimizer, self.every, self._made = optimizer, every, next(_count)
        self._move(initial, last_epoch + 1)
        for group, rate in zip(groups, initial):
            group.setdefault("initial_lr", rate)

    def factor(self, t: int) -> float:
        """What lr₀ is multiplied by at step t = 0, 1, 2, …"""
        raise NotImplementedError(f"{type(self).__name__} needs a method factor(self, t)")

    def rates(self, initial: Sequence[float], t: int) -> list[float]:
        """The rates of all groups at step t, from the lr₀ of each."""
        factor = self._checked(self.factor(t), t)
        return [rate * factor for rate in initial]

    @side_effect
    def step(self) -> None:
        """Set the rates of the next t."""
        self._move(self._start(), self.last_epoch + 1)

    def get_last_lr(self) -> list[float]:
        """The rates that the schedule set last, one for each group."""
        return list(self._last_lr)

    def state_dict(self) -> dict[str, Any]:
        """Where the schedule is, in plain values; what it was made with is not part of it."""
        now = [group["lr"] for group in self.optimizer.param_groups]
        return {"last_epoch": self.last_epoch, "base_lrs": list(self.base_lrs), "last_lr": list(self._last_lr), "lr": now}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from where a state dict was taken; the optimizer's groups get the rates of that time, too.

        Raises ValueError, before anything changes, for the state of another kind of schedule or number of groups.
        """
        own, groups = self.state_dict(), self.optimizer.param_groups
        if not isinstance(state, Mapping) or own.keys() != state.keys():
            raise self._error(f"a state dict with {', '.join(own)} expected, this one has {', '.join(state) or 'nothing'}")
        if not len(state["base_lrs"]) == len(state["last_lr"]) == len(state["lr"]) == len(groups):
            raise self._error(f"the state dict is for {len(state['lr'])} parameter groups, the optimizer has {len(groups)}")
        self.last_epoch, self.base_lrs, self._last_lr = state["last_epoch"], list(state["base_lrs"]), list(state["last_lr"])
        self._set(state["lr"])

    def _start(self) -> list[float]:
        """lr₀ of each group, in proportion to what somebody else made of the rate that the schedule set last."""
        now = [group["lr"] for group in self.optimizer.param_groups]
        if len(now) != len(self.base_lrs):
            was = f"made for {len(self.base_lrs)} parameter groups"
            raise self._error(f"{was}, but the optimizer has {len(now)} by now; make another schedule")
        return [
            start if rate == last else rate * (start / last) if last else rate
            for rate, start, last in zip(now, self.base_lrs, self._last_lr)
        ]

    def _move(self, initial: Sequence[float], t: int) -> None:
        rates = self.rates(initial, t)
        self.base_lrs, self.last_epoch, self._last_lr = list(initial), t, rates
        self._set(rates)

    def _set(self, rates: Sequence[float]) -> None:
        """Give the groups what belongs to step last_epoch."""
        for group, rate in zip(self.optimizer.param_groups, rates):
            group["lr"] = rate

    def __repr__(self) -> str:
        rates = ", ".join(f"{rate:.4g}" for rate in self._last_lr)
        return f"{type(self).__name__}({self.every} {self.last_epoch}: lr {rates})"

    def _checked(self, factor: Any, t: int) -> float:
        """A factor that a function of somebody else gave: a rate below 0 would climb, nan would spoil all parameters."""
        if not (is_number(factor) and 0 <= factor < math.inf):
            raise self._error(f"the factor of the rate is a number, 0 or more and finite; at t = {t} it is {factor!r:.80}")
        return float(factor)

    # Arguments that cannot be meant

    @classmethod
    def _error(cls, sentence: str) -> ValueError:
        return ValueError(f"{cls.__name__}: {sentence}")

    @classmethod
    def _groups(cls, optimizer: Any) -> list[ParamGroup]:
        if not isinstance(optimizer, Optimizer):
            what = f"an optimizer is needed, such as SGD(model.parameters()), not {type(optimizer).__name__}"
            raise TypeError(f"{cls.__name__}: {what}")
        return optimizer.param_groups

    @classmethod
    def _per_group(cls, name: str, given: Any, optimizer: Any) -> list[Any]:
        """An option that is one value for all groups or a list with one for each."""
        count = len(cls._groups(optimizer))
        values = list(given) if isinstance(given, list | tuple) else [given] * count
        if len(values) != count:
            raise cls._error(f"{name} is one value, or one for each of {count} parameter groups, not {len(values)}")
        return values

    @classmethod
    def _check_whole(cls, name: str, value: Any, least: int = 1) -> None:
        if not isinstance(value, Integral) or value < least:
            raise cls._error(f"{name} is a whole number, at least {least}, not {value!r}")

    @classmethod
    def _check_range(cls, name: str, value: float, low: float, high: float = math.inf, above: bool = False) -> None:
        """Raise unless the value is a finite number, low ≤ value ≤ high, and low < value if `above`."""
        if not isinstance(value, Real) or not low <= value <= high or abs(value) == math.inf or (above and value == low):
            least = f"above {low:g}" if above else f"at least {low:g}"
            raise cls._error(f"{name} is a number {least}{'' if high == math.inf else f' and at most {high:g}'}, not {value!r}")
