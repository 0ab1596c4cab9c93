"""The base class of all learning-rate schedules: their current step, and the rates that they set in an optimizer."""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from autograd.extend import side_effect
from optim.optimizers.base import Optimizer
from optim.optimizers.param_group import ParamGroup
from optim.validation import KeywordHints, is_number, is_whole

Every = Literal["epoch", "step"]

_counter = itertools.count()


class LRScheduler(KeywordHints):
    """A learning rate as a function of the number t of steps: lr(t) = lr₀ · factor(t), for each parameter group from its lr₀.

    optimizer:  its param_groups receive the rates; lr₀ is their lr when the schedule is created.
    last_epoch: -1 to start. To continue a training without a state dict, its last t; lr₀ is then "initial_lr" of the groups,
                which the first schedule of an optimizer sets.
    every:      "epoch" or "step": when `fit` calls step().

    The constructor sets the rates of t = 0, and each step() those of the next t. If the user or another schedule changed a rate
    in between, later rates change in proportion.

    A new schedule implements `factor` or `rates`. (In PyTorch's class of this name that is get_lr().) Raises TypeError if
    `optimizer` is not an optimizer, ValueError for a value of another argument that is not allowed.

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

    #: Whether SequentialLR and ChainedScheduler accept this schedule: whether `rates` is all that it does.
    combinable: ClassVar[bool] = True

    def __init__(
        self, optimizer: Optimizer, last_epoch: int = -1, every: Every = "epoch", initial: Sequence[float] | None = None
    ):
        groups = self._groups(optimizer)
        self._check_whole("last_epoch", last_epoch, least=-1)
        if every not in ("epoch", "step"):
            raise self._error(f"every must be 'epoch' or 'step', not {every!r}")
        if last_epoch >= 0:
            if not all("initial_lr" in group for group in groups):
                raise self._error(
                    f"last_epoch={last_epoch} needs 'initial_lr' in each group; load_state_dict continues a schedule without it"
                )
            initial = [group["initial_lr"] for group in groups]
        elif initial is None:
            initial = [group["lr"] for group in groups]
        self.optimizer, self.every, self._creation_index = optimizer, every, next(_counter)
        self._set_step(initial, last_epoch + 1)
        for group, rate in zip(groups, initial):
            group.setdefault("initial_lr", rate)

    def factor(self, t: int) -> float:
        """The factor of lr₀ at step t = 0, 1, 2, …"""
        raise NotImplementedError(f"{type(self).__name__} needs a method factor(self, t)")

    def rates(self, initial: Sequence[float], t: int) -> list[float]:
        """The rates of all groups at step t; `initial` has the lr₀ of each."""
        factor = self._check_factor(self.factor(t), t)
        return [rate * factor for rate in initial]

    @side_effect
    def step(self) -> None:
        """Set the rates of the next t."""
        self._set_step(self._current_initial_rates(), self.last_epoch + 1)

    def get_last_lr(self) -> list[float]:
        """The rates that the schedule set last, one per group."""
        return list(self._last_lr)

    def state_dict(self) -> dict[str, Any]:
        """The step of the schedule and its rates, as plain values. Arguments of the constructor are not part of it."""
        lrs = [group["lr"] for group in self.optimizer.param_groups]
        return {"last_epoch": self.last_epoch, "base_lrs": list(self.base_lrs), "last_lr": list(self._last_lr), "lr": lrs}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from a state dict; also sets the rates of the optimizer's groups to those in it.

        Raises ValueError, before any change, if the state is that of another class or has another number of groups.
        """
        names, groups = self.state_dict().keys(), self.optimizer.param_groups
        if not isinstance(state, Mapping) or names != state.keys():
            raise self._error(f"expected a state dict with {', '.join(names)}, got one with {', '.join(state) or 'no entry'}")
        if not len(state["base_lrs"]) == len(state["last_lr"]) == len(state["lr"]) == len(groups):
            raise self._error(f"the state dict is for {len(state['lr'])} parameter groups, the optimizer has {len(groups)}")
        self.last_epoch, self.base_lrs, self._last_lr = state["last_epoch"], list(state["base_lrs"]), list(state["last_lr"])
        self._set_rates(state["lr"])

    def _current_initial_rates(self) -> list[float]:
        """lr₀ of each group, scaled by lr / last lr if lr is no longer the rate that the schedule set last."""
        lrs = [group["lr"] for group in self.optimizer.param_groups]
        if len(lrs) != len(self.base_lrs):
            expected = f"created for {len(self.base_lrs)} parameter groups"
            raise self._error(f"{expected}, but the optimizer has {len(lrs)} now; create another schedule")
        return [
            initial if lr == last else lr * (initial / last) if last else lr
            for lr, initial, last in zip(lrs, self.base_lrs, self._last_lr)
        ]

    def _set_step(self, initial: Sequence[float], t: int) -> None:
        rates = self.rates(initial, t)
        self.base_lrs, self.last_epoch, self._last_lr = list(initial), t, rates
        self._set_rates(rates)

    def _set_rates(self, rates: Sequence[float]) -> None:
        """Set the rates of the groups at step last_epoch."""
        for group, rate in zip(self.optimizer.param_groups, rates):
            group["lr"] = rate

    def __repr__(self) -> str:
        rates = ", ".join(f"{rate:.4g}" for rate in self._last_lr)
        return f"{type(self).__name__}({self.every} {self.last_epoch}: lr {rates})"

    def _check_factor(self, factor: Any, t: int) -> float:
        """The factor that a user's function returned. A negative rate would ascend, nan would make all parameters nan."""
        if not (is_number(factor) and 0 <= factor < math.inf):
            raise self._error(f"the factor of the rate must be a finite number, 0 or more, but at t = {t} it is {factor!r:.80}")
        return float(factor)

    # Checks of arguments

    @classmethod
    def _error(cls, message: str) -> ValueError:
        return ValueError(f"{cls.__name__}: {message}")

    @classmethod
    def _groups(cls, optimizer: Any) -> list[ParamGroup]:
        if not isinstance(optimizer, Optimizer):
            expected = "needs an optimizer, such as SGD(model.parameters())"
            raise TypeError(f"{cls.__name__} {expected}, not {type(optimizer).__name__}")
        return optimizer.param_groups

    @classmethod
    def _per_group(cls, name: str, value: Any, optimizer: Any) -> list[Any]:
        """The values of an argument for each group; the argument is one value for all groups or a list with one per group."""
        count = len(cls._groups(optimizer))
        values = list(value) if isinstance(value, list | tuple) else [value] * count
        if len(values) != count:
            raise cls._error(f"{name} must be one value, or one for each of {count} parameter groups, not {len(values)}")
        return values

    @classmethod
    def _check_whole(cls, name: str, value: Any, least: int = 1) -> None:
        if not is_whole(value) or value < least:
            raise cls._error(f"{name} must be a whole number, at least {least}, not {value!r}")

    @classmethod
    def _check_range(cls, name: str, value: float, low: float, high: float = math.inf, above: bool = False) -> None:
        """Raise unless the value is a finite number, low ≤ value ≤ high, and low < value if `above`."""
        if not is_number(value) or not low <= value <= high or abs(value) == math.inf or (above and value == low):
            least = f"above {low:g}" if above else f"at least {low:g}"
            raise cls._error(
                f"{name} must be a number {least}{'' if high == math.inf else f' and at most {high:g}'}, not {value!r}"
            )
