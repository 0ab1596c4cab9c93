"""What activations have in common: they are functions of nn.functional as modules."""

from collections.abc import Callable
from typing import Any, ClassVar

from autograd import DataError, ShapeError, Tensor
from nn.module.module import Module
from nn.validation import told_by


class OfFunction(Module):
    """A function as a module: it is given x, and then the module's attributes that `options` names, in this order."""

    function: ClassVar[Callable[..., Any]]
    options: ClassVar[tuple[str, ...]] = ()

    def forward(self, x: Any) -> Tensor:
        try:
            if not self.options:
                return self.function(x)
            return self.function(x, *[getattr(self, option) for option in self.options])
        except (ShapeError, DataError) as error:
            raise told_by(self, error) from None

    def extra_repr(self) -> str:
        return ", ".join(f"{option}={getattr(self, option)!r}" for option in self.options)


class AlongAxis(OfFunction):
    """An activation whose units along an axis depend on each other or are not treated alike.

    axis: where the units lie; PyTorch's dim.
    """

    options = ("axis",)

    def __init__(self, axis: int = -1):
        self.axis = axis
