"""A graph as data: inputs, operations by name, and the result; it runs again at other inputs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.core.coercion import short_repr
from autograd.core.tensor import Tensor
from autograd.core.trees import leaves, map_leaves
from autograd.errors import DataError, GraphError, ShapeError, UnsupportedError
from autograd.interchange.size_limits import count_elements

#: The elements that a run of a graph may compute: 2 GiB of float64, or so many times its tensors and arguments if that is more.
MAX_ELEMENTS, FACTOR = 2**28, 64


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

    inputs:       the tensors of the arguments by name, with the values of the saved run.
    parameters:   the other tensors that the function used.
    steps:        the operations in order.
    result:       the name of the result, or lists, tuples and dicts of names.
    max_elements: the elements that a run may compute; more raise DataError before memory is allocated. None for 2²⁸, or 64
                  times those of the tensors if that is more.

    Arguments are numbers, arrays or tensors, by position or by name; those that are left out keep their values. The results are
    tensors with a graph of their own, which can be differentiated and drawn.
    """

    inputs: dict[str, Tensor] = field(default_factory=dict)
    parameters: dict[str, Tensor] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    result: Any = None
    max_elements: int | None = None

    def __call__(self, *args: Any, **named: Any) -> Any:
        values: dict[str, Any] = {**self.parameters, **self.inputs, **self._given(args, named)}
        content = sum(x.size for x in values.values())
        limit, count = max(MAX_ELEMENTS, FACTOR * content) if self.max_elements is None else self.max_elements, 0

        def replace(x: Any) -> Any:
            if isinstance(x, ValueName) and x not in values:
                raise GraphError(f"{x!r} is none of the results of its operation")
            return values[x] if isinstance(x, ValueName) else x

        for step in self.steps:
            inputs, options = map_leaves(replace, step.inputs), map_leaves(replace, _as_tree(step.options))
            options = {name: _from_tree(option) for name, option in options.items()}
            out = _run(step, inputs, options, limit - count)
            count += _new_elements(out)
            if isinstance(out, tuple | list):
                values.update((f"{step.name}.{i}", item) for i, item in enumerate(out))
            else:
                values[step.name] = out
        as_tensor = lambda x: Tensor(x) if isinstance(x, np.ndarray | np.generic) else x
        return map_leaves(lambda x: replace(x) if isinstance(x, ValueName) else as_tensor(x), self.result)

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


def _run(step: Step, inputs: tuple, options: dict[str, Any], limit: int) -> Any:
    """The result of a step; raises DataError, before memory is allocated, if it has more elements than the limit."""
    plain = lambda x: x.data if isinstance(x, Tensor) else x
    try:
        count = count_elements(step.title, step.function, inputs, map_leaves(plain, options))
        if count > limit:
            raise DataError(f"a result of {count} elements; the limit is {limit} (max_elements)")
        return step.function(*inputs, **options)
    except (DataError, GraphError, ShapeError, UnsupportedError) as error:
        raise type(error)(f"{step!s:.200}: {error}") from None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise DataError(f"{step!s:.200}: {type(error).__name__}: {error}") from None


def _new_elements(tree: Any) -> int:
    """The elements of results that are no views."""
    arrays = [x.data if isinstance(x, Tensor) else x for x in leaves(tree)]
    return sum(x.size for x in arrays if isinstance(x, np.ndarray) and x.base is None)


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
