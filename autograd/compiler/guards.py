"""Guards: values that a step reads besides its arguments; a replay is valid while they are unchanged."""

from collections.abc import Callable, Iterable
from operator import is_
from typing import Any, NamedTuple

import numpy as np

from autograd.core.tensor import Tensor


class GuardError(Exception):
    """A guard does not hold, or the program takes another branch than in the traced run."""


class Guard(NamedTuple):
    """An attribute of an object that must still be `value`; a function of a class is compared with `function`."""

    holder: Any
    name: str
    value: Any
    function: Any = None

    def key(self) -> tuple:
        """What equals the key of a guard of the same attribute."""
        return id(self.holder), self.name

    def failure(self, name_of: Callable[[Any], str]) -> str:
        """The source of an expression that is true if the guard does not hold; name_of(object) is an object's name in it."""
        attribute = f"{name_of(self.holder)}.{self.name}"
        if self.function is not None:
            return f"{attribute} is not {name_of(self.function)}"
        return _differs(attribute, self.value, name_of)

    def __str__(self) -> str:
        return f"{type(self.holder).__name__}.{self.name}"


class ItemGuard(NamedTuple):
    """An item of a dict or a list, or a global variable, that must still be `value`."""

    holder: Any
    name: Any
    value: Any

    def key(self) -> tuple:
        return id(self.holder), "[]", type(self.name), self.name

    def failure(self, name_of: Callable[[Any], str]) -> str:
        key = repr(self.name) if type(self.name) in (str, int) else name_of(self.name)
        return _differs(f"{name_of(self.holder)}[{key}]", self.value, name_of)

    def __str__(self) -> str:
        return f"{self.name!r}"


class ContentGuard(NamedTuple):
    """A container whose elements must still be the same."""

    holder: Any
    value: tuple

    def key(self) -> tuple:
        return id(self.holder), "contents"

    def failure(self, name_of: Callable[[Any], str]) -> str:
        holder, value = name_of(self.holder), name_of(self.value)
        if not isinstance(self.holder, list):
            return f"{name_of(_contents_differ)}({holder}, {value})"
        are_identical = f"{name_of(all)}({name_of(map)}({name_of(is_)}, {holder}, {value}))"
        return f"(len({holder}) != {len(self.value)} or not {are_identical}) and {name_of(_contents_differ)}({holder}, {value})"

    def __str__(self) -> str:
        return f"the elements of a {type(self.holder).__name__}"


class ArrayGuard(NamedTuple):
    """An array whose elements must still be the same bytes."""

    holder: np.ndarray
    value: bytes

    def key(self) -> tuple:
        return id(self.holder), "bytes"

    def failure(self, name_of: Callable[[Any], str]) -> str:
        return f"{name_of(self.holder)}.tobytes() != {name_of(self.value)}"

    def __str__(self) -> str:
        return f"the values of an array of shape {self.holder.shape}"


def _differs(expression: str, value: Any, name_of: Callable[[Any], str]) -> str:
    """The source of the test whether an expression is another object than the value; equal numbers and texts do not differ."""
    failure = f"{expression} is not {name_of(value)}"
    if isinstance(value, bool) or not isinstance(value, int | float | str | bytes | tuple | np.generic):
        return failure
    return f"({failure} and {name_of(_values_differ)}({expression}, {name_of(value)}))"


def _values_differ(x: Any, value: Any) -> bool:
    """Whether two numbers, texts or tuples of them differ in type or in value; nan equals nan."""
    if x is value:
        return False
    if type(x) is not type(value):
        return True
    if isinstance(x, tuple):
        return len(x) != len(value) or any(map(_values_differ, x, value))
    return not isinstance(x, int | float | str | bytes | np.generic) or repr(x) != repr(value)


def _contents_differ(container: Any, value: tuple) -> bool:
    if len(container) != len(value):
        return True
    elements = container.items() if isinstance(container, dict) else container
    return any(map(_values_differ, elements, value))


def collect_guards(
    tensors: Iterable[tuple[Tensor, Any]], observed: Iterable[Any], constants: Iterable[tuple[Tensor, Any]]
) -> list:
    """The guards of a traced run.

    tensors:   those that the graph uses, with their data.
    observed:  the guards of what the step read.
    constants: tensors that the step read, with their data; where a tensor has no gradient, its values are guarded, too.
    """
    guards: dict[tuple, Any] = {}
    for tensor, data in tensors:
        for guard in (Guard(tensor, "_data", data), Guard(tensor, "_node", tensor._node)):
            guards.setdefault(guard.key(), guard)
    for guard in observed:
        guards.setdefault(guard.key(), guard)
    for tensor, data in constants:
        if tensor._data is not data:  # a side effect gives this tensor new data in every run, such as a running mean
            continue
        known: list[Any] = [Guard(tensor, "_node", tensor._node), Guard(tensor, "_data", data)]
        if tensor._node is None and isinstance(data, np.ndarray):
            known.append(ArrayGuard(data, data.tobytes()))
        for guard in known:
            guards.setdefault(guard.key(), guard)
    return list(guards.values())
