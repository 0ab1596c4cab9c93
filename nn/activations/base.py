"""The base classes of activations: modules that call a function of nn.functional."""

from collections.abc import Callable
from typing import Any, ClassVar

from autograd import DataError, ShapeError, Tensor
from nn.module.module import Module
from nn.validation import with_module_name


class FunctionModule(Module, records_arguments=False):
    """A function as a module: it computes function(x, *options), where `options` names attributes of the module."""

    function: ClassVar[Callable[..., Any]]
    options: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        """Without arguments; it is here to answer the arguments of other libraries."""

    def forward(self, x: Any) -> Tensor:
        try:
            if not self.options:
                return self.function(x)
            return self.function(x, *[getattr(self, option) for option in self.options])
        except (ShapeError, DataError) as error:
            raise with_module_name(self, error) from None

    def extra_repr(self) -> str:
        return ", ".join(f"{option}={getattr(self, option)!r}" for option in self.options)


class AxisModule(FunctionModule):
    """An activation that depends on the position along an axis or on all elements along it.

    axis: the unit axis; PyTorch's dim.
    """

    options = ("axis",)

    def __init__(self, axis: int = -1):
        self.axis = axis
