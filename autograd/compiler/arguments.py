"""The arguments of a compiled step: their kind, and traced arrays in the places of their arrays."""

import copy
from collections.abc import Hashable
from typing import Any

import numpy as np

from autograd.compiler.trace import Trace
from autograd.core.tensor import Tensor
from autograd.core.trees import leaves, tree_key


def is_input_array(x: Any) -> bool:
    """Whether a leaf of the arguments is an array, or a tensor without gradient."""
    return isinstance(x, np.ndarray | np.generic) or (isinstance(x, Tensor) and x._node is None)


def input_arrays(args: Any) -> list[Any]:
    """The arrays in arguments, in order."""
    return [x._data if isinstance(x, Tensor) else x for x in leaves(args) if is_input_array(x)]


def argument_key(x: Any) -> Hashable:
    """A key of an argument; a replay holds for arguments with equal keys."""
    return tree_key(_leaf_key, x)


def _leaf_key(x: Any) -> Hashable:
    if is_input_array(x):
        return type(x) is Tensor, x.shape, x.dtype, (x._data if isinstance(x, Tensor) else x).strides
    if isinstance(x, bool | int | float | str) or x is None:
        return type(x), repr(x)
    return _Identity(x)


class _Identity:
    """A key that equals only the key of the same object, and keeps the object alive."""

    def __init__(self, x: Any):
        self.x = x

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and self.x is other.x

    def __hash__(self) -> int:
        return id(self.x)


class TracedArguments:
    """Arguments with traced arrays for their arrays, in lists and dicts of their own; an argument without arrays is itself."""

    def __init__(self, trace: Trace, args: tuple):
        self._trace = trace
        self._containers: dict[int, tuple] = {}  # by id of a list or dict: itself, the traced one, and what that holds
        self._tensors: dict[int, tuple[Tensor, Tensor]] = {}  # by id of a traced tensor: itself, and the argument
        self.args = tuple([self._traced(x) for x in args])
        trace.set_inputs(input_arrays(args))

    def _traced(self, x: Any) -> Any:
        if isinstance(x, Tensor) and x._node is None:
            traced = Tensor._wrap(self._trace.add_value(x._data), None)
            self._tensors[id(traced)] = traced, x
            return traced
        if is_input_array(x):
            return self._trace.add_value(x)
        if not isinstance(x, list | tuple | dict) or not any(map(is_input_array, leaves(x))):
            return x
        if isinstance(x, tuple):
            elements = [self._traced(element) for element in x]
            cls: Any = type(x)
            return cls(*elements) if hasattr(cls, "_fields") else cls(elements)
        container = copy.copy(x)
        for key in x if isinstance(x, dict) else range(len(x)):
            container[key] = self._traced(x[key])
        self._containers[id(x)] = x, container, _items(container)
        return container

    def write_back(self) -> None:
        """Repeat in the arguments the changes that the step made to their lists and dicts."""
        for container, traced, items in self._containers.values():
            current = _items(traced)
            if len(current) == len(items) and all(x is y for x, y in zip(current, items)):
                continue
            elements = [self._tensors[id(x)][1] if id(x) in self._tensors else x for x in current]
            if isinstance(container, list):
                container[:] = elements
            else:
                container.clear()
                container.update(zip(traced, elements[len(traced) :]))


def _items(container: Any) -> list[Any]:
    return [*container, *container.values()] if isinstance(container, dict) else list(container)
