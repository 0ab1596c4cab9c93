"""The learning-rate range test: a short training with increasing learning rates, to choose the rate of a long one."""

import copy
import math
from collections.abc import Callable, Iterable
from importlib import import_module
from itertools import chain, repeat
from numbers import Integral
from typing import Any

import numpy as np

from autograd import Tensor, gradients
from autograd.extend import suggest_names
from optim.data.batching import Batching
from optim.data.loader import DataLoader
from optim.optimizers.base import Optimizer
from optim.optimizers.sgd import SGD
from optim.schedules.decay import ExponentialLR
from optim.training.evaluation import check_loss, check_scalar
from optim.training.history import History
from optim.training.model import Model, TrainingError, set_training
from optim.training.preparation import DtypeCaster
from optim.training.step import InfiniteLossError, Step
from optim.training.targets import ColumnLoss, takes_columns
from optim.validation import as_number


class RangeTest(History):
    """The history of a range test, one row per step with the columns "lr", "loss" and "smoothed"; and its suggestion.

    >>> from optim import RangeTest
    >>> result = RangeTest()
    >>> for step, loss in enumerate((2.0, 1.9, 1.0, 0.5, 9.0)):
    ...     result.append({"lr": 10.0 ** (step - 4), "loss": loss, "smoothed": loss})
    >>> result.suggestion
    0.01
    """

    @property
    def suggestion(self) -> float | None:
        """A tenth of the learning rate at the minimum of the smoothed loss; None if the loss never decreases.

        At the minimum the rate is already almost too high; a tenth of it is a common rule of thumb. The first tenth of the
        steps is ignored, because the average of so few losses is not reliable.
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
        """A matplotlib figure of the loss over the learning rate, with the suggestion marked."""
        plots = import_module("autograd.draw.plots")  # imported when first used, so that `import optim` stays fast
        smoothed = self["smoothed"]
        low, high = min(self["loss"] + smoothed), max(smoothed[: 1 + int(np.argmin(smoothed))])
        lines = {"loss of the batch": self["loss"], "smoothed": smoothed}
        marks = {} if self.suggestion is None else {f"suggestion: {self.suggestion:.2g}": self.suggestion}
        figure = plots.curves(lines, self["lr"], xlabel="learning rate", log_x=True, marks=marks)
        (axes,) = figure.axes
        axes.lines[0].set(alpha=0.4, linewidth=1)
        margin = 0.3 * (high - low) or 1.0
        axes.set_ylim(low - margin, high + margin)  # or the diverging loss would hide all others
        plots.legend(axes, loc="lower left")
        return figure


@suggest_names
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
    """Train for a few steps with increasing learning rates and record the loss: lr(t) = low · (high / low)^(t / (steps − 1)).

    model, loss, penalty: as for `fit`; the recorded loss includes the penalty.
    data:      (inputs, targets), a data set, or a DataLoader; repeated until all steps are done.
    optimizer: default SGD(momentum=0.9). lr(t) is the rate of its first group; the other groups keep their ratio to it.
    batching:  Batch(), Stochastic() or MiniBatch(size); default MiniBatch(32). A DataLoader has its own.
    smoothing: β of the smoothed loss, the bias-corrected exponential moving average of the losses; 0 ≤ β < 1.
    rng:       generator or seed of the shuffling.

    The test ends early if the smoothed loss exceeds four times its minimum, or if the loss is nan or infinite; `stopped` then
    gives the reason. It trains a copy: model and optimizer do not change. Only the global generator of layers without their own
    generator advances.

    Returns the RangeTest: print it, look at plot(path), and train with its `suggestion` or with another rate where the loss
    decreases steeply. Raises TypeError and ValueError for wrong arguments, TypeError for a model that cannot be copied,
    TrainingError if the first loss is nan or infinite. Smith (2017), Cyclical learning rates for training neural networks; the
    defaults are those of fastai's lr_find.

    >>> import numpy as np
    >>> import nn
    >>> from optim import range_test
    >>> x = np.linspace(-1, 1, 64)[:, None]
    >>> range_test(nn.Linear(1, 1, rng=0), nn.MSELoss(), (x, 3 * x + 1), rng=0)
    RangeTest(94 steps from lr 1e-07 to 3.3; suggestion: 0.089)
    """
    check_loss(loss)
    if not 0 < low < high < math.inf:
        raise ValueError(f"low and high must satisfy 0 < low < high < inf, got low={low} and high={high}")
    if not isinstance(steps, Integral) or steps < 2:
        raise ValueError(f"steps must be an integer, at least 2, got {steps!r}")
    if not 0 <= smoothing < 1:
        raise ValueError(f"smoothing must be in [0, 1), got {smoothing}")
    if isinstance(data, DataLoader) and not (batching is None and rng is None):
        raise ValueError("the DataLoader has its own batching and rng; give them to the DataLoader")
    loader = data if isinstance(data, DataLoader) else DataLoader(data, batching, rng=rng)
    originals = [*model.parameters(), *(optimizer.parameters if optimizer else ())]
    model, loss, optimizer = _copies(model, loss, optimizer, originals)
    schedule = _increasing_rate(optimizer, low, high, steps)
    objective = Objective(loss, penalty, list(model.parameters()), originals)
    step, precision = Step(model, objective, optimizer).for_optimizer(), DtypeCaster(model)
    set_training(model)

    result, total, lowest = RangeTest(), 0.0, math.inf
    with np.errstate(all="ignore"):
        for t, (x, y) in zip(range(steps), chain.from_iterable(repeat(loader))):
            if t:
                schedule.step()
            try:
                value = as_number(step(precision.inputs(x), precision.targets(y)))
            except InfiniteLossError as error:
                if not t:
                    raise TrainingError(f"{error} before the first step; look for nan in the data and the weights") from None
                result.stopped = f"the loss became {error.value} at learning rate {optimizer.lr:.2g}"
                break
            total = smoothing * total + (1 - smoothing) * value
            smoothed = total / (1 - smoothing ** (t + 1))
            result.append({"lr": optimizer.lr, "loss": value, "smoothed": smoothed})
            if t >= steps // 10:
                lowest = min(lowest, smoothed)
                if smoothed > lowest + 3 * abs(lowest):
                    result.stopped = f"the loss rose to four times its minimum at learning rate {optimizer.lr:.2g}"
                    break
    return result


class Objective:
    """The loss of a copied model with its penalty.

    The first call raises TypeError if the value depends on `originals`, the parameters of the model that was copied.
    """

    def __init__(self, loss: Callable[[Any, Any], Tensor], penalty: Any, parameters: list[Tensor], originals: list[Tensor]):
        self.loss = ColumnLoss(loss) if takes_columns(loss) else loss
        self.penalty, self.parameters, self.originals = penalty, parameters, originals
        self.is_checked = False

    def __call__(self, prediction: Any, target: Any) -> Tensor:
        value = check_scalar(self.loss(prediction, target))
        if self.penalty is not None:
            value = value + self.penalty(self.parameters)
        if not self.is_checked:
            _check_independent(value, self.originals)
            self.is_checked = True
        return value


def _increasing_rate(optimizer: Optimizer, low: float, high: float, steps: int) -> ExponentialLR:
    """A schedule from low to high; the first group of the optimizer starts at low, the others keep their ratio to it."""
    first = optimizer.lr
    for group in optimizer.param_groups:
        group["lr"] = low * (group["lr"] / first if first else 1.0)
    return ExponentialLR(optimizer, (high / low) ** (1 / (steps - 1)))


def _copies(
    model: Model, loss: Callable[..., Tensor], optimizer: Optimizer | None, originals: list[Tensor]
) -> tuple[Model, Callable[..., Tensor], Optimizer]:
    """Copies of a model, its loss and its optimizer, which share no parameters with them."""
    try:
        model, loss, optimizer = copy.deepcopy((model, loss, optimizer))
    except Exception as error:
        raise TypeError(f"range_test trains a copy of the model, but this model cannot be copied: {error}") from error
    parameters = list(model.parameters())
    if {id(p) for p in originals} & {id(p) for p in parameters}:
        raise TypeError(
            "range_test trains a copy of the model, but the copy has the same parameters; make them attributes of the instance"
        )
    optimizer = optimizer or SGD(parameters, lr=1.0, momentum=0.9)
    if not {id(p) for p in optimizer.parameters} & {id(p) for p in parameters}:
        raise TrainingError("the optimizer holds none of the model's parameters; make it with model.parameters()")
    return model, loss, optimizer


def _check_independent(loss: Tensor, originals: list[Tensor]) -> None:
    """Raise TypeError if a loss is computed from parameters of the original model instead of its copy."""
    grads = gradients(loss, [p for p in originals if p.requires_grad], retain_graph=True)
    if any(grad.data.any() for grad in grads):
        raise TypeError(
            "range_test trains a copy of the model, but the loss is computed from parameters of the original model; "
            "give a term that depends on parameters as penalty=, a function of them"
        )
