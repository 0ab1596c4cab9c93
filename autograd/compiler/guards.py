"""Guards: values that a step reads besides its arguments; a replay is valid while they are unchanged."""

from collections.abc import Callable
from types import CodeType
from typing import Any, NamedTuple

from autograd.compiler.trace import Trace
from autograd.core.tensor import Tensor


class GuardError(Exception):
    """A guard does not hold, or the program takes another branch than in the traced run."""


class Guard(NamedTuple):
    """An attribute of an object, or an item of a dict, that must still be `value`; or a list that must equal `value`."""

    holder: Any
    name: str  # empty for a list
    value: Any

    def failure(self, name_of: Callable[[Any], str]) -> str:
        """The source of an expression that is true if the guard does not hold; name_of(object) is an object's name in it."""
        holder, value = name_of(self.holder), name_of(self.value)
        if isinstance(self.holder, list):
            return f"{holder} != {value}"
        if isinstance(self.holder, dict):
            return f"{holder}.get({self.name!r}) is not {value}"
        return f"{holder}.{self.name} is not {value}"


def collect_guards(step: Callable, trace: Trace) -> list[Guard]:
    """The guards of a traced run: data and `requires_grad` of tensors, state of modules, closure and global names."""
    tensors = [tensor for tensor, _ in trace.tensors.values()]
    guards = [Guard(tensor, "_data", data) for tensor, data in trace.tensors.values()]
    guards += [Guard(tensor, "_node", tensor._node) for tensor in tensors]
    for module in trace.modules.values():
        guards += _guards_of_module(module)
    guards += _guards_of_closure(step) + _guards_of_globals(step)
    known = {id(tensor) for tensor in tensors}
    named = [guard.value for guard in guards if isinstance(guard.value, Tensor) and id(guard.value) not in known]
    return guards + [Guard(tensor, "_data", tensor._data) for tensor in named]


def _guards_of_module(module: Any) -> list[Guard]:
    attributes = vars(module)
    guards = [Guard(module, "training", module.training)]
    guards += [Guard(value, "", list(value)) for value in attributes.values() if isinstance(value, list)]
    for name, value in attributes.items():
        if hasattr(value, "named_modules") or (isinstance(value, Tensor) and value.requires_grad):
            guards.append(Guard(attributes, name, value))
    return guards


def _guards_of_closure(step: Callable) -> list[Guard]:
    cells = [cell for cell in getattr(step, "__closure__", None) or () if _has_value(cell)]
    return [Guard(cell, "cell_contents", cell.cell_contents) for cell in cells]


def _has_value(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018  (a name without a value yet raises)
    except ValueError:
        return False
    return True


def _guards_of_globals(step: Callable) -> list[Guard]:
    code = getattr(step, "__code__", None)
    if code is None:
        return []
    namespace: dict[str, Any] = step.__globals__
    return [Guard(namespace, name, namespace[name]) for name in sorted(_names(code)) if name in namespace]


def _names(code: CodeType) -> set[str]:
    """The global names in a function and in the functions inside it."""
    inner = [_names(constant) for constant in code.co_consts if isinstance(constant, CodeType)]
    return set(code.co_names).union(*inner)
