"""A step of a training: from a batch to moved parameters."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import autograd
from autograd import Tensor
from autograd.extend import side_effect
from optim.optimizers.base import Optimizer
from optim.regularizers.clipping import clip_grad_norm, clip_grad_value
from optim.training.evaluation import check_scalar
from optim.training.run import Run


class InfiniteLossError(Exception):
    """The loss of a batch is nan or infinite; no parameter has moved."""


class Step:
    """Steps of a run's optimizer: `step`, or `step_by_closure` for an optimizer that computes the loss itself.

    on_grad_computed: called in each step once the gradients are there, before they are clipped.

    Both take a batch (inputs, targets) and give the loss before the step, without the penalty; they raise InfiniteLossError
    before anything moves if that is no number.
    """

    def __init__(self, run: Run, on_grad_computed: Sequence[Callable[[], Any]] = ()):
        plan = run.plan
        self.model, self.loss, self.penalty, self.optimizer = run.model, run.loss, plan.penalty, run.optimizer
        self.parameters = run.parameters
        moved = set(map(id, run.optimizer.parameters))
        self.not_moved = [parameter for parameter in run.parameters if id(parameter) not in moved]
        self.on_grad_computed: list[Callable[[], Any]] = [side_effect(call) for call in on_grad_computed]
        if plan.clip_norm is not None:
            self.on_grad_computed.append(partial(clip_grad_norm, run.optimizer.parameters, plan.clip_norm))
        if plan.clip_value is not None:
            self.on_grad_computed.append(partial(clip_grad_value, run.optimizer.parameters, plan.clip_value))

    def step(self, x: Any, y: Any) -> Tensor:
        """A step of an optimizer that needs gradients only."""
        loss = check_scalar(self.loss(self.model(x), y))
        _refuse_infinite(loss.data)
        self.backward(loss)
        self.optimizer.step()
        return loss

    def step_by_closure(self, x: Any, y: Any) -> Tensor:
        """A step of an optimizer that is given the loss as a function, which it may call several times."""
        losses: list[Tensor] = []

        def closure() -> Tensor:
            losses.append(check_scalar(self.loss(self.model(x), y)))
            _refuse_infinite(losses[0].data)
            return self.backward(losses[-1])

        self.optimizer.step(closure)
        return losses[0]

    def backward(self, loss: Tensor) -> Tensor:
        """Compute the gradients by which the parameters move; the loss with the penalty."""
        self.optimizer.zero_grad()
        for parameter in self.not_moved:
            parameter.zero_grad()
        if self.penalty is not None:
            loss = loss + self.penalty(self.parameters)
        loss.backward()
        for call in self.on_grad_computed:
            call()
        return loss


def make_step(run: Run, on_grad_computed: Sequence[Callable[[], Any]]) -> Callable[[Any, Any], Tensor]:
    """The step of a run as a function of a batch, compiled if the plan says so."""
    steps = Step(run, on_grad_computed)
    step = steps.step if type(run.optimizer).step is Optimizer.step else steps.step_by_closure
    return autograd.compile(step) if run.plan.compile else step


@side_effect
def _refuse_infinite(value: Any) -> None:
    if not math.isfinite(value.item()):
        raise InfiniteLossError
