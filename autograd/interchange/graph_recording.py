"""The graph of a tensor, and that of a run of a function, as a `SavedGraph`."""

import inspect
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from weakref import ref

import numpy as np

from autograd.compiler.operation_trace import TracedValue, trace_operations
from autograd.core import in_place
from autograd.core.engine import Node
from autograd.core.graph import nodes
from autograd.core.operation import Operation
from autograd.core.shape_dtype import ShapeDtype
from autograd.core.tensor import Tensor
from autograd.core.trees import leaves, map_leaves
from autograd.errors import GraphError, TraceError, UnsupportedError
from autograd.interchange.operation_names import OperationNames
from autograd.interchange.saved_graph import SavedGraph, Step, ValueName


class NameTable:
    """Names of values, each once."""

    def __init__(self) -> None:
        self._uses: Counter[str] = Counter()

    def new(self, name: str | None = None) -> ValueName:
        """A new name: the given one if it is free, else with a number."""
        base = name or "v"
        while True:
            self._uses[base] += 1
            count = self._uses[base]
            candidate = base if name and count == 1 else f"{base}{count}" if base == "v" else f"{base}_{count}"
            if candidate == base or candidate not in self._uses:
                self._uses[candidate] += candidate != base
                return ValueName(candidate)


def graph_of_tensor(tensor: Tensor, names: OperationNames) -> SavedGraph:
    """The operations that lead to a tensor; its leaves are the inputs."""
    if tensor._node is None or tensor._node.operation is None:
        raise GraphError("the tensor has no graph; compute it from tensors with requires_grad=True")
    graph, table = SavedGraph(), NameTable()
    ordered = nodes([tensor._node])
    check_names([node.operation for node in ordered if node.operation is not None], names)
    values: dict[Any, ValueName] = {}

    def add_input(x: Tensor, key: Any) -> ValueName:
        values[key] = name = table.new(x.name or "x")
        graph.inputs[name] = x
        return name

    for node in ordered:
        if node.operation is None:
            add_input(Tensor(node.value, requires_grad=True, name=getattr(node, "name", None)), node)
    for node in ordered:
        if node.operation is None:
            continue
        if in_place.last_change < node.number:
            in_place.check_unmodified(node)
        inputs: list[Any] = []
        for i, source in enumerate(node.inputs):
            constant = values[source] if isinstance(source, Node) else _constant(node, i, source)
            if isinstance(constant, Tensor):
                named = constant.name is not None
                constant = (values.get(id(constant)) or add_input(constant, id(constant))) if named else constant.data
            inputs.append(constant)
        values[node] = name = table.new(getattr(node, "name", None))
        graph.steps.append(_step(name, node.operation, tuple(inputs), node.options or {}, node.value.shape, names))
    graph.result = values[tensor._node]
    return graph


def _constant(node: Node, i: int, source: Any) -> Any:
    """A constant input of a node, which keeps large ones only where a formula needs them."""
    if isinstance(source, ref):
        source = source()
    if source is None or isinstance(source, ShapeDtype):
        position = i if node.saved is not None and i < len(node.saved) else None
        saved = node.saved[position] if node.saved is not None and position is not None else None
        if saved is None:
            raise GraphError(
                f"{node.operation.name}: the graph does not keep its constant input {i + 1}; "
                "save the function instead: save_graph(function, path, *arguments)"
            )
        return saved
    return source


def graph_of_function(function: Callable[..., Any], example: tuple, names: OperationNames) -> SavedGraph:
    """The operations of one run of a function; its arguments are the inputs."""
    example = tuple(map(_with_arrays, example))
    trace = trace_operations(function, *example)
    for call in trace.calls:
        if call.has_effect or call.is_random:
            reason = "changes something outside of the graph" if call.has_effect else "draws random numbers"
            raise TraceError(f"{call.name} {reason} ({call.line}); a model is saved in evaluation mode: call model.eval()")
    check_names([call.function for call in trace.calls], names, [str(call.line) for call in trace.calls])
    graph, table = SavedGraph(), NameTable()
    values: dict[int, ValueName] = {}
    for name, value, tensor in _arguments(function, example, trace.inputs):
        values[value.number] = label = table.new(name)
        graph.inputs[label] = tensor
    for name, parameter in trace.parameters.items():
        values[parameter.value.number] = label = table.new(name)
        graph.parameters[label] = parameter.tensor.detach() if parameter.tensor.is_leaf is False else parameter.tensor
    refer = lambda x: values[x.number] if isinstance(x, TracedValue) else x
    for call in trace.calls:
        label, shape = table.new(), None
        if isinstance(call.result, TracedValue):
            values[call.result.number], shape = label, call.result.shape
        else:
            results = [x for x in leaves(call.result) if isinstance(x, TracedValue)]
            values.update((x.number, ValueName(f"{label}.{i}")) for i, x in enumerate(results))
        options = map_leaves(refer, call.options)
        graph.steps.append(_step(label, call.function, map_leaves(refer, call.inputs), options, shape, names))
    graph.result = map_leaves(refer, trace.result)
    return graph


def _with_arrays(tree: Any) -> Any:
    """An argument with arrays in the place of numbers and of lists of numbers."""
    if isinstance(tree, dict):
        return {key: _with_arrays(child) for key, child in tree.items()}
    if isinstance(tree, list) and all(isinstance(x, int | float | complex) for x in leaves(tree)):
        return np.asarray(tree)
    if isinstance(tree, list | tuple):
        return map_leaves(_with_arrays, tree)
    return np.asarray(tree) if isinstance(tree, int | float | complex) else tree


def _arguments(function: Any, example: tuple, inputs: tuple) -> Iterator[tuple[str, TracedValue, Tensor]]:
    """The arrays among the arguments, with the names of the function's parameters; those in a tree have dotted names."""
    try:
        parameters = list(inspect.signature(getattr(function, "forward", function)).parameters)
    except (TypeError, ValueError):
        parameters = []
    names = [*parameters[: len(example)], *(f"x{i}" for i in range(len(parameters), len(example)))]
    for name, argument, value in zip(names, example, inputs):
        for suffix, x, traced in _named_leaves(argument, value):
            if isinstance(traced, TracedValue):
                yield name + suffix, traced, x if isinstance(x, Tensor) else Tensor(x)


def _named_leaves(tree: Any, values: Any, prefix: str = "") -> Iterator[tuple[str, Any, Any]]:
    if isinstance(tree, dict):
        for key in tree:
            yield from _named_leaves(tree[key], values[key], f"{prefix}.{key}")
    elif isinstance(tree, list | tuple):
        for i, (child, value) in enumerate(zip(tree, values)):
            yield from _named_leaves(child, value, f"{prefix}.{i}")
    else:
        yield prefix, tree, values


def _step(name: ValueName, function: Any, inputs: tuple, options: dict, shape: Any, names: OperationNames) -> Step:
    title = names.name(function)
    assert title is not None  # check_names
    return Step(name, title, names.functions[title], inputs, {k: x for k, x in options.items() if x is not np._NoValue}, shape)


def check_names(functions: list[Any], names: OperationNames, lines: list[str] | None = None) -> None:
    """Raise UnsupportedError for the operations that have no name in files, all of them at once."""
    unknown: dict[str, Any] = {}
    for i, function in enumerate(functions):
        if isinstance(function, Operation) and function.is_single_use:
            raise UnsupportedError(f"{function.name} records a single call and cannot run again; write it as an operation")
        if names.name(function) is None:
            title = str(getattr(function, "name", None) or getattr(function, "__name__", function))
            unknown[f"{title} ({lines[i]})" if lines else title] = None
    if unknown:
        first = next(iter(unknown)).split()[0]
        raise UnsupportedError(
            f"operations without a name in files: {', '.join(unknown)}; "
            f"your own are handed over as operations={{{first!r}: {first}}}"
        )
