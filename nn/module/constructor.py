"""The arguments with which a module was constructed, for files of whole models."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from autograd.extend import suggest_names
from nn.placeholders import count_construction

F = TypeVar("F", bound=Callable[..., None])
CALL = "_constructor_call"  # a slot of modules, so that it is not among their attributes in vars()


class ConstructorCall:
    """The arguments of a constructor. Lists and dicts are copied, so that later changes of them are not seen."""

    __slots__ = ("args", "kwargs")

    def __init__(self, args: tuple, kwargs: dict[str, Any]):
        self.args = tuple(map(_shallow_copy, args))
        self.kwargs = {name: _shallow_copy(value) for name, value in kwargs.items()}

    def __repr__(self) -> str:
        return f"ConstructorCall({len(self.args)} args, {', '.join(self.kwargs) or 'no keywords'})"


def constructor_call(module: Any) -> ConstructorCall | None:
    """The arguments of a module's constructor; None if its class has no `__init__`, or is a container."""
    try:
        call: ConstructorCall = object.__getattribute__(module, CALL)  # a class may have a __getattr__ that needs attributes
    except AttributeError:
        return None
    return call


def _shallow_copy(value: Any) -> Any:
    return value.copy() if type(value) in (list, dict) else value


def record_arguments(init: F) -> F:
    """Decorate the `__init__` of a module class: the outermost one records its arguments."""
    named_init = suggest_names(init)

    @wraps(init)
    def construct(self: Any, *args: Any, **kwargs: Any) -> None:
        if constructor_call(self) is None:
            count_construction()
            object.__setattr__(self, CALL, ConstructorCall(args, kwargs))
        named_init(self, *args, **kwargs)

    return construct  # type: ignore[return-value]
