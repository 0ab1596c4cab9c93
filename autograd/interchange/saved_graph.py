"""A graph as data: inputs, operations by name, and the result; it runs again at other inputs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from autograd.core.coercion import short_repr
from autograd.core.operation import Operation
from autograd.core.tensor import Tensor
from autograd.core.trees import map_leaves
from autograd.errors import DataError, GraphError, ShapeError

#: The largest array that a graph from a file may compute: 2 GiB of float64.
MAX_ELEMENTS = 2**28


class ValueName(str):
    """The name of an input, a parameter or a result, in the inputs and options of operations."""

    __slots__ = ()


@dataclass(frozen=True)
class Step:
    """One operation of a graph."""

    name: str  # of the result; of each of several results: name.0, name.1 …
    title: str  # the name of the operation in a file
    function: Callable[..., Any]
    inputs: tuple  # a ValueName for each value of the graph, or a constant
    options: dict[str, Any]
    shape: tuple[int, ...] | None = None  # of the result, if it is one array

    def __str__(self) -> str:
        show = lambda x: x if isinstance(x, ValueName) else short_repr(x)
        inputs, options = list(map(show, self.inputs)), [f"{name}={show(value)}" for name, value in self.options.items()]
        return f"{self.name} = {self.title}({', '.join(inputs + options)})"


@dataclass
class SavedGraph:
    """The operations of a function, as `load_graph` reads them; calling it runs them.

    inputs:     the tensors of the arguments by name, with the values of the saved run.
    parameters: the other tensors that the function used.
    steps:      the operations in order.
    result:     the name of the result, or lists, tuples and dicts of names.

    Arguments are numbers, arrays or tensors, by position or by name; those that are left out keep their values. The results are
    tensors with a graph of their own, which can be differentiated and drawn.
    """

    inputs: dict[str, Tensor] = field(default_factory=dict)
    parameters: dict[str, Tensor] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    result: Any = None

    def __call__(self, *args: Any, **named: Any) -> Any:
        values: dict[str, Any] = {**self.parameters, **self.inputs, **self._given(args, named)}
        for step in self.steps:
            replace = lambda x: values[x] if isinstance(x, ValueName) else x
            inputs, options = map_leaves(replace, step.inputs), map_leaves(replace, _as_tree(step.options))
            options = {name: _from_tree(option) for name, option in options.items()}
            _check_size(step, inputs)
            out = step.function(*inputs, **options)
            if isinstance(out, tuple | list):
                values.update((f"{step.name}.{i}", item) for i, item in enumerate(out))
            else:
                values[step.name] = out
        return map_leaves(lambda x: values[x] if isinstance(x, ValueName) else x, self.result)

    def _given(self, args: tuple, named: dict[str, Any]) -> dict[str, Any]:
        """The arguments of a call by name, as tensors."""
        if len(args) > len(self.inputs):
            raise TypeError(f"the graph has {len(self.inputs)} inputs ({', '.join(self.inputs)}), but {len(args)} were given")
        given = dict(zip(self.inputs, args))
        for name, value in named.items():
            if name in given:
                raise TypeError(f"input {name!r} is given twice")
            if name not in self.inputs and name not in self.parameters:
                known = ", ".join((*self.inputs, *self.parameters))
                raise TypeError(f"the graph has no input {name!r}; it has {known}")
            given[name] = value
        return {name: x if isinstance(x, Tensor) else Tensor(x) for name, x in given.items()}

    def __str__(self) -> str:
        tensors = [f"{name}: {x.dtype} {x.shape}" for name, x in (*self.inputs.items(), *self.parameters.items())]
        return "\n".join((*tensors, *map(str, self.steps)))


def _as_tree(options: dict[str, Any]) -> dict[str, Any]:
    """Options with slices as trees, because a bound may be a value of the graph."""

    def convert(x: Any) -> Any:
        if isinstance(x, slice):
            return {"slice": [x.start, x.stop, x.step]}
        if isinstance(x, tuple) and not hasattr(x, "_fields"):
            return tuple(map(convert, x))
        return x

    return {name: convert(option) for name, option in options.items()}


def _from_tree(option: Any) -> Any:
    if isinstance(option, dict) and list(option) == ["slice"]:
        return slice(*option["slice"])
    if isinstance(option, tuple) and not hasattr(option, "_fields"):
        return tuple(map(_from_tree, option))
    return option


def _check_size(step: Step, inputs: tuple) -> None:
    """Raise DataError for a result that exceeds MAX_ELEMENTS, as far as it can be foreseen from the inputs."""
    shapes = [np.shape(x) for x in inputs if not isinstance(x, list | tuple)]
    declared = getattr(step.function, "operation", None)
    count = sum(prod(shape) for shape in shapes)
    try:
        if declared is None or declared.variadic or not shapes:
            pass
        elif _is_elementwise(declared):
            count = prod(np.broadcast_shapes(*shapes))
        elif declared.name == "matmul" and len(shapes) == 2 and min(map(len, shapes)) > 0:
            x, y = shapes
            batch = np.broadcast_shapes(x[:-2], y[:-2])
            count = prod((*batch, *x[-2:-1], *(y[-1:] if len(y) > 1 else ())))
    except ValueError as error:
        raise ShapeError(f"{step}: {error}") from None
    if count > MAX_ELEMENTS:
        raise DataError(f"{step}: a result of {count} elements; the limit is {MAX_ELEMENTS}")


def _is_elementwise(declared: Operation) -> bool:
    return getattr(declared, "structure", None) == "elementwise"


def check_references(graph: SavedGraph) -> None:
    """Raise GraphError unless names are unique and every one is that of an input or of an earlier result."""
    known: set[str] = set()

    def add(name: str) -> None:
        if name in known:
            raise GraphError(f"{name!r} names two values")
        known.add(name)

    def check(x: Any) -> None:
        if isinstance(x, ValueName) and x not in known and x.rpartition(".")[0] not in known:
            raise GraphError(f"{x!r} is used before it is computed")

    for name in (*graph.inputs, *graph.parameters):
        add(name)
    for step in graph.steps:
        map_leaves(check, (step.inputs, _as_tree(step.options)))
        add(step.name)
    map_leaves(check, graph.result)
