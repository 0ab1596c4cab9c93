"""One training step: from a batch to updated parameters."""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import autograd
from autograd import Tensor
from autograd.extend import side_effect
from optim.optimizers.base import Optimizer
from optim.regularizers.clipping import clip_grad_norm, clip_grad_value
from optim.training.evaluation import check_scalar
from optim.training.model import Model
from optim.training.run import Run


class InfiniteLossError(Exception):
    """The loss of a batch is nan or infinite; no parameter has changed."""

    def __init__(self, value: float):
        super().__init__(f"the loss is {value}")
        self.value = value


class Step:
    """The training step of an optimizer: `step`, or `step_by_closure` for an optimizer that computes the loss itself.

    penalty:          a function of the parameters that is added to the loss.
    on_grad_computed: functions that are called after every backward pass, before the optimizer uses the gradients.

    Both methods take a batch (inputs, targets) and return the loss before the update, without the penalty. They raise
    InfiniteLossError, before a parameter changes, if the loss is nan or infinite.
    """

    def __init__(
        self,
        model: Model,
        loss: Callable[[Any, Any], Tensor],
        optimizer: Optimizer,
        penalty: Callable[[Iterable[Tensor]], Tensor] | None = None,
        on_grad_computed: Sequence[Callable[[], Any]] = (),
    ):
        self.model, self.loss, self.optimizer, self.penalty = model, loss, optimizer, penalty
        self.on_grad_computed = on_grad_computed
        self.parameters = list(model.parameters())
        optimized = set(map(id, optimizer.parameters))
        self.frozen = [parameter for parameter in self.parameters if id(parameter) not in optimized]

    def for_optimizer(self) -> Callable[[Any, Any], Tensor]:
        """The method that fits the optimizer: `step`, unless its class overrides Optimizer.step."""
        return self.step if type(self.optimizer).step is Optimizer.step else self.step_by_closure

    def step(self, x: Any, y: Any) -> Tensor:
        """The step of an optimizer that needs only gradients."""
        loss = check_scalar(self.loss(self.model(x), y))
        _check_finite(loss.data)
        self.backward(loss)
        self.optimizer.step()
        return loss

    def step_by_closure(self, x: Any, y: Any) -> Tensor:
        """The step of an optimizer that takes the loss as a function and may call it several times."""
        losses: list[Tensor] = []

        def closure() -> Tensor:
            losses.append(check_scalar(self.loss(self.model(x), y)))
            _check_finite(losses[0].data)
            return self.backward(losses[-1])

        self.optimizer.step(closure)
        return losses[0]

    def backward(self, loss: Tensor) -> Tensor:
        """Compute the gradients of the loss with the penalty, and return that sum."""
        self.optimizer.zero_grad()
        for parameter in self.frozen:
            parameter.zero_grad()
        if self.penalty is not None:
            loss = loss + self.penalty(self.parameters)
        loss.backward()
        for call in self.on_grad_computed:
            call()
        return loss


def make_step(run: Run, on_grad_computed: Sequence[Callable[[], Any]]) -> Callable[[Any, Any], Tensor]:
    """The step of a run as a function of a batch; gradients are clipped and the step compiled as its plan says."""
    plan, parameters = run.plan, run.optimizer.parameters
    calls: list[Callable[[], Any]] = [side_effect(call) for call in on_grad_computed]
    if plan.clip_norm is not None:
        calls.append(partial(clip_grad_norm, parameters, plan.clip_norm))
    if plan.clip_value is not None:
        calls.append(partial(clip_grad_value, parameters, plan.clip_value))
    step = Step(run.model, run.step_loss, run.optimizer, plan.penalty, calls).for_optimizer()
    return autograd.compile(step) if plan.compile else step


@side_effect
def _check_finite(value: Any) -> None:
    if not math.isfinite(value.item()):
        raise InfiniteLossError(value.item())
