"""Graphs of operators: what runs, and in which order. `construction` makes them, `Graph.run` runs them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from autograd import AnomalyError, DataError, ShapeError, UnsupportedError
from nn.interchange.onnx_import.families import load_families
from nn.interchange.onnx_import.limits import current_budget
from nn.interchange.onnx_import.registry import Row, find_operator, printable

Values = dict[str, Any]


@dataclass(slots=True)
class OperatorNode:
    """One operator of a graph."""

    name: str
    op_type: str
    function: Callable[..., Any]
    inputs: tuple[str, ...]  # "" for an optional input that is absent
    outputs: tuple[str, ...]
    attributes: dict[str, Any]
    buffers: tuple[int, ...] = ()
    is_random: bool = False
    graphs: dict[str, "Graph"] = field(default_factory=dict)  # attributes that are graphs
    reads: tuple[str, ...] = ()  # inputs and what the graphs read of outer values
    last_uses: tuple[str, ...] = ()  # values that no later node needs
    child: str = ""  # the attribute of the module that runs it
    key: tuple[str, str, int] | None = None  # domain, name and opset; None for a function of the model

    def __getstate__(self) -> dict[str, Any]:
        """The fields without the function, which a pickle need not contain."""
        return {item.name: getattr(self, item.name) for item in fields(self) if item.name != "function"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        self.function = call_body if self.key is None else operator_row(*self.key).function

    def set_inputs(self, inputs: Sequence[str]) -> None:
        """Set the names of the inputs, and with them `reads`."""
        captures = [name for graph in self.graphs.values() for name in graph.captures]
        self.inputs, self.reads = tuple(inputs), tuple(dict.fromkeys([*filter(None, inputs), *captures]))

    def label(self) -> str:
        """The name and the operator, for messages."""
        op_type = printable(self.op_type)
        return f"node {self.name!r:.60} ({op_type})" if self.name else f"a node {op_type}"


@dataclass(slots=True)
class Graph:
    """Nodes in an order in which they can run. Its constants are values of the file that no training changes."""

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    nodes: list[OperatorNode]
    constants: Values = field(default_factory=dict)
    captures: tuple[str, ...] = ()  # names of outer values that the nodes read

    def run(self, values: Values, call: Callable[[OperatorNode, list[Any], dict[str, Any]], Any] | None = None) -> tuple:
        """The outputs, from the values of all inputs and captures by name; `values` is changed.

        call: how a node is called, with its inputs and its attributes; its function by default.
        """
        values.update(self.constants)
        budget = current_budget()
        for node in self.nodes:
            budget.step()
            arguments = [values[name] if name else None for name in node.inputs]
            attributes = node.attributes
            if node.graphs:
                subgraphs = {key: Subgraph(graph, values) for key, graph in node.graphs.items()}
                attributes = attributes | subgraphs
            results = run_node(node, arguments, attributes, call)
            for name, result in zip(node.outputs, results):
                if name:
                    values[name] = result
                    budget.count(result)
            for name in node.last_uses:
                del values[name]
        return tuple(values[name] for name in self.outputs)


def call_body(*inputs: Any, body: Any) -> Any:
    """The operator of a function of the model; inputs that are absent in the call are None."""
    return body(*inputs, *[None] * (body.input_count - len(inputs)))


def operator_row(domain: str, name: str, opset: int) -> Row:
    """The row of an operator that is supported."""
    load_families()
    row = find_operator(domain, name, opset)
    assert row is not None
    return row


class Subgraph:
    """A graph inside a node: a function of the values of its inputs. It sees the values of the graphs around it."""

    def __init__(self, graph: Graph, outer: Mapping[str, Any]):
        self._graph, self._outer = graph, {name: outer[name] for name in graph.captures}

    def __call__(self, *inputs: Any) -> tuple:
        if len(inputs) > len(self._graph.inputs):
            raise DataError(f"a graph inside it has {len(self._graph.inputs)} inputs, got {len(inputs)}")
        current_budget().step()
        return self._graph.run(self._outer | dict(zip(self._graph.inputs, inputs)))

    @property
    def input_count(self) -> int:
        """The number of inputs."""
        return len(self._graph.inputs)

    @property
    def output_count(self) -> int:
        """The number of outputs."""
        return len(self._graph.outputs)


def run_node(node: OperatorNode, arguments: list[Any], attributes: dict[str, Any], call: Any = None) -> tuple:
    """The outputs of a node; an error of its operator names the node."""
    try:
        result = node.function(*arguments, **attributes) if call is None else call(node, arguments, attributes)
    except AnomalyError:
        raise
    except (ShapeError, UnsupportedError) as error:
        raise type(error)(_prefixed(node, error)) from None
    except (ArithmeticError, LookupError, MemoryError, TypeError, ValueError) as error:
        raise DataError(_prefixed(node, error)) from None
    results = result if type(result) is tuple else (result,)
    if len(results) < len(node.outputs):
        raise DataError(f"{node.label()} has {len(results)} outputs, but the model uses {len(node.outputs)}")
    return tuple(np.asarray(value) if issubclass(type(value), np.generic) else value for value in results)


def _prefixed(node: OperatorNode, error: Exception) -> str:
    message = " ".join(str(error).split())
    return message if message.startswith(("node ", "a node ")) else f"{node.label()}: {message or type(error).__name__}"
