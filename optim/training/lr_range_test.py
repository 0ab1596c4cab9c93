"""The learning-rate range test: a short training at growing rates shows which of them are worth a long one."""

import copy
import math
from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from itertools import chain, repeat
from numbers import Integral
from typing import Any

import numpy as np

from autograd import Tensor, gradients
from optim.data.batching import Batching
from optim.data.loader import DataLoader
from optim.optimizers.base import Optimizer
from optim.optimizers.sgd import SGD
from optim.schedules.decay import ExponentialLR
from optim.training.history import History
from optim.training.model import Model, TrainingError


class RangeTest(History):
    """What a range test saw, one row per step: the columns "lr", "loss" and "smoothed"; and what it suggests.

    >>> from optim import RangeTest
    >>> seen = RangeTest()
    >>> for step, loss in enumerate((2.0, 1.9, 1.0, 0.5, 9.0)):
    ...     seen.append({"lr": 10.0 ** (step - 4), "loss": loss, "smoothed": loss})
    >>> seen.suggestion
    0.01
    """

    @property
    def suggestion(self) -> float | None:
        """A tenth of the rate at which the smoothed loss was lowest; None if it never fell.

        At the lowest point the rate is already about to be too high; a tenth is the field's rule of thumb. The first tenth
        of the steps does not count, because so few losses make no average.
        """
        first = len(self) // 10
        smoothed = self["smoothed"][first:]
        lowest = int(np.argmin(smoothed))
        return self["lr"][first + lowest] / 10 if lowest else None

    def __repr__(self) -> str:
        if not self.rows:
            return "RangeTest(no steps)"
        rates = self["lr"]
        suggestion = "none" if self.suggestion is None else f"{self.suggestion:.2g}"
        return f"RangeTest({len(self)} steps from lr {rates[0]:.2g} to {rates[-1]:.2g}; suggestion: {suggestion})"

    def figure(self) -> Any:
        """The loss over the rate, and the suggestion: a matplotlib figure that shows itself in Jupyter."""
        plots = import_module("autograd.draw.plots")  # drawing is imported when there is something to draw
        smoothed = self["smoothed"]
        low, high = min(self["loss"] + smoothed), max(smoothed[: 1 + int(np.argmin(smoothed))])
        lines = {"loss of the batch": self["loss"], "smoothed": smoothed}
        marks = {} if self.suggestion is None else {f"suggestion: {self.suggestion:.2g}": self.suggestion}
        figure = plots.curves(lines, self["lr"], xlabel="learning rate", log_x=True, marks=marks)
        (axes,) = figure.axes
        axes.lines[0].set(alpha=0.4, linewidth=1)
        margin = 0.3 * (high - low) or 1.0
        axes.set_ylim(low - margin, high + margin)  # the loss that explodes would hide all others
        plots.legend(axes, loc="lower left")
        return figure


def range_test(
    model: Model,
    loss: Callable[[Any, Any], Tensor],
    data: Any,
    *,
    optimizer: Optimizer | None = None,
    low: float = 1e-7,
    high: float = 10.0,
    steps: int = 100,
    batching: Batching | None = None,
    penalty: Callable[[Iterable[Tensor]], Tensor] | None = None,
    smoothing: float = 0.9,
    rng: "np.random.Generator | int | None" = None,
) -> RangeTest:
    """Train for a few steps at growing rates, and watch the loss: lr(t) = low · (high / low)^(t / (steps − 1)).

    model, loss, penalty: as for `fit`.
    data:      (inputs, targets), a data set, or a DataLoader; epochs follow each other for as long as it takes.
    optimizer: default SGD(momentum=0.9). The rate is that of its first group, the others keep their ratio to it.
    batching:  Batch(), Stochastic() or MiniBatch(size), the default with 32; a DataLoader has its own.
    smoothing: β of the smoothed loss, an average over the steps with weights falling by β, from 0 (none) to below 1.
    rng:       generator or seed of the shuffling.

    The test ends early where the smoothed loss rises above four times its lowest value or the loss is no number any more, which
    `stopped` then says. It trains a copy: the model and the optimizer stay as they are, whatever happens; only the common
    generator of layers without one of their own goes on.

    Returns the RangeTest: print it, look at plot(path), and train at its `suggestion` or at another rate where the loss falls
    steeply. Raises ValueError for arguments that cannot be meant, TypeError for a model that cannot be copied, TrainingError if
    there is no loss to watch. Smith (2017), Cyclical learning rates for training neural networks; defaults of fastai's lr_find.

    >>> import numpy as np
    >>> import nn
    >>> from optim import range_test
    >>> x = np.linspace(-1, 1, 64)[:, None]
    >>> range_test(nn.Linear(1, 1, rng=0), nn.MSELoss(), (x, 3 * x + 1), rng=0)
    RangeTest(94 steps from lr 1e-07 to 3.3; suggestion: 0.089)
    """
    if not 0 < low < high < math.inf:
        raise ValueError(f"the test goes from a low rate above 0 to a higher one, not from {low} to {high}")
    if not isinstance(steps, Integral) or steps < 2:
        raise ValueError(f"a test takes a whole number of steps, at least 2, not {steps!r}")
    if not 0 <= smoothing < 1:
        raise ValueError(f"smoothing is from 0 to below 1, not {smoothing}")
    if isinstance(data, DataLoader) and not (batching is None and rng is None):
        raise ValueError("a DataLoader has its own batching and rng; give them to it")
    loader = data if isinstance(data, DataLoader) else DataLoader(data, batching, rng=rng)
    own = [*model.parameters(), *(optimizer.parameters if optimizer else ())]
    model, loss, optimizer = _copies(model, loss, optimizer, own)
    parameters = list(model.parameters())
    first = optimizer.lr
    for group in optimizer.param_groups:
        group["lr"] = low * (group["lr"] / first if first else 1.0)
    schedule = ExponentialLR(optimizer, (high / low) ** (1 / (steps - 1)))
    if hasattr(model, "train"):
        model.train()

    def evaluated(x: Any, y: Any, check: bool) -> Tensor:
        optimizer.zero_grad()
        error = loss(model(_cast(x, parameters[0])), _cast(y, parameters[0]))
        error = error if penalty is None else error + penalty(parameters)
        if check:
            _check_apart(error, own)
        error.backward()
        return error

    seen, total, lowest = RangeTest(), 0.0, math.inf
    with np.errstate(all="ignore"):
        for t, (x, y) in zip(range(steps), chain.from_iterable(repeat(loader))):
            if t:
                schedule.step()
            value = float(optimizer.step(partial(evaluated, x, y, check=not t)))
            if not math.isfinite(value):
                if not t:
                    raise TrainingError(f"the loss is {value} before any step; look for nan in the data and the weights")
                seen.stopped = f"the loss became {value} at learning rate {optimizer.lr:.2g}"
                break
            total = smoothing * total + (1 - smoothing) * value
            smoothed = total / (1 - smoothing ** (t + 1))
            seen.append({"lr": optimizer.lr, "loss": value, "smoothed": smoothed})
            if t >= steps // 10:
                lowest = min(lowest, smoothed)
                if smoothed > lowest + 3 * abs(lowest):
                    seen.stopped = f"the loss rose to four times its lowest at learning rate {optimizer.lr:.2g}"
                    break
    return seen


def _copies(
    model: Model, loss: Callable, optimizer: Optimizer | None, own: list[Tensor]
) -> tuple[Model, Callable[..., Tensor], Optimizer]:
    """A model, its loss and its optimizer that may be changed: they share nothing with what they are copies of."""
    try:
        model, loss, optimizer = copy.deepcopy((model, loss, optimizer))
    except Exception as error:
        raise TypeError(f"range_test trains a copy of the model, but this one cannot be copied: {error}") from error
    parameters = list(model.parameters())
    if {id(p) for p in own} & {id(p) for p in parameters}:
        raise TypeError(
            "range_test trains a copy of the model, but its copy has the same parameters; keep them in the instance"
        )
    optimizer = optimizer or SGD(parameters, lr=1.0, momentum=0.9)
    if not {id(p) for p in optimizer.parameters} & {id(p) for p in parameters}:
        raise TrainingError("the optimizer holds none of the model's parameters; make it with model.parameters()")
    return model, loss, optimizer


def _cast(array: Any, like: Tensor) -> Any:
    """An array; floats in the dtype of the parameters, anything else as it is."""
    array = array.numpy() if isinstance(array, Tensor) else np.asarray(array)
    return array.astype(like.dtype, copy=False) if array.dtype.kind == "f" else array


def _check_apart(error: Tensor, own: list[Tensor]) -> None:
    """Raise if the loss was computed from parameters of the model itself and not of its copy."""
    found = gradients(error, [p for p in own if p.requires_grad], retain_graph=True)
    if any(g.data.any() for g in found):
        raise TypeError(
            "range_test trains a copy of the model, but the loss is computed from parameters of the model itself; "
            "give what depends on parameters as penalty=, a function of them"
        )
