"""What losses have in common."""

from typing import Any

from autograd import DataError, ShapeError
from nn.module.module import Module
from nn.module.parameter import Buffer
from nn.validation import told_by


class Loss(Module):
    """A loss: "mean", "sum" or "none" of what each element costs. Arguments are those of its function in nn.functional."""

    def __init__(self, reduction: str = "mean"):
        self.reduction = reduction

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        try:
            return super().__call__(*inputs, **options)
        except (ShapeError, DataError) as error:
            raise told_by(self, error) from None


def buffer_of(weight: Any) -> Buffer | None:
    """Weights of classes or elements, which belong to the state of the loss and are not learned."""
    return None if weight is None else Buffer(weight)
