"""The base class of losses."""

from typing import Any, ClassVar

from autograd import DataError, ShapeError, Tensor
from nn.module.module import Module
from nn.module.parameter import Buffer
from nn.validation import with_module_name


class Loss(Module):
    """A loss with a reduction, "mean", "sum" or "none". The arguments are those of its function in nn.functional."""

    #: The score above which a single output predicts class 1, for `nn.metrics`; None for losses of other outputs.
    decision_threshold: ClassVar[float | None] = None
    #: Whether prediction and target are compared element by element, so that their shapes must be equal.
    is_elementwise: ClassVar[bool] = False

    def __init__(self, reduction: str = "mean"):
        self.reduction = reduction

    def __call__(self, *args: Any, **kwargs: Any) -> Tensor:
        try:
            return Module.__call__(self, *args, **kwargs) if kwargs or self._has_hooks else self.forward(*args)
        except (ShapeError, DataError) as error:
            raise with_module_name(self, error) from None


def as_buffer(weight: Any) -> Buffer | None:
    """Weights of classes or elements as a buffer, or None: part of the state of the loss, but not trained."""
    return None if weight is None else Buffer(weight)
