"""Graphs made from the protobuf messages of an ONNX model: names, order and sizes are checked here."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from autograd import UnsupportedError
from nn.interchange.model_classes import ModelFileError
from nn.interchange.onnx_import.families import load_families
from nn.interchange.onnx_import.graph import Graph, OperatorNode, call_body
from nn.interchange.onnx_import.limits import MAX_DEPTH, MAX_NODES
from nn.interchange.onnx_import.registry import Row, find_operator, why_unsupported
from nn.interchange.onnx_import.tensors import TensorReader

LAST_OPSET = 28  # of the default domain; the operators of later ones may have other meanings
MAX_NAMES = 40  # of operators in a message
DEFAULT_NAMES = ("", "ai.onnx")  # of the default domain


class Construction:
    """Makes the graphs of a model; collects the operators that are not supported."""

    def __init__(self, model: Any, reader: TensorReader):
        load_families()
        self._reader = reader
        self._functions = {(function.domain, function.name): function for function in model.functions}
        self._unsupported: dict[str, None] = {}
        self._node_count = 0
        self._called: list[tuple[str, str]] = []  # functions that contain the current node
        self._depth = 0
        if len(self._functions) < len(model.functions):
            raise ModelFileError("the model defines a function twice")
        self.initializers = {tensor.name: reader.read(tensor) for tensor in model.graph.initializer}
        self.initializers |= {sparse.values.name: reader.read_sparse(sparse) for sparse in model.graph.sparse_initializer}
        if len(self.initializers) < len(model.graph.initializer) + len(model.graph.sparse_initializer):
            raise ModelFileError("the model has two initializers of one name")
        opsets = _opsets(model.opset_import)
        inputs = [info.name for info in model.graph.input if info.name not in self.initializers]
        self.graph = self._graph(model.graph.node, model.graph, inputs, opsets, {}, [*inputs, *self.initializers])
        if self._unsupported:
            names = [*self._unsupported]
            rest = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
            raise UnsupportedError(f"the model uses operators that are not supported: {', '.join(names[:MAX_NAMES])}{rest}")

    def _graph(
        self, nodes: Any, owner: Any, inputs: list[str], opsets: dict[str, int], attributes: dict[str, Any], defined: list[str]
    ) -> Graph:
        """A graph whose nodes read the defined names; other names are captures, for the graph around it to define.

        owner:      GraphProto or FunctionProto, whose outputs are those of the graph.
        attributes: of the function around it, by name.
        """
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ModelFileError(f"graphs and functions contain each other more than {MAX_DEPTH} deep")
        if len(set(inputs)) < len(inputs):
            raise ModelFileError(f"graph {owner.name!r:.60} has two inputs of one name")
        outputs = [output if isinstance(output, str) else output.name for output in owner.output]
        names, captures, made = set(defined), dict[str, None](), []
        produced = {name for node in nodes for name in node.output if name}
        for message in nodes:
            node = self._make_node(message, opsets, attributes)
            for name in node.reads:
                if name not in names:
                    if name in produced:
                        raise ModelFileError(f"{node.label()} reads {name!r:.60} before a node computes it, or in a cycle")
                    captures[name] = None
            for name in filter(None, node.outputs):
                if name in names:
                    raise ModelFileError(f"{node.label()} computes {name!r:.60}, which is already defined")
                names.add(name)
            made.append(node)
        for name in outputs:
            if name not in names:
                captures[name] = None
        self._depth -= 1
        graph = Graph(owner.name, tuple(inputs), tuple(outputs), made, {}, tuple(captures))
        _mark_last_uses(graph)
        if captures and self._depth == 0:
            raise ModelFileError(f"the value {next(iter(captures))!r:.60} is defined nowhere in the model")
        return graph

    def _subgraph(self, message: Any, opsets: dict[str, int], attributes: dict[str, Any]) -> Graph:
        """The graph of an attribute; its initializers are constants."""
        constants = {tensor.name: self._reader.read(tensor) for tensor in message.initializer}
        constants |= {sparse.values.name: self._reader.read_sparse(sparse) for sparse in message.sparse_initializer}
        inputs = [info.name for info in message.input if info.name not in constants]
        graph = self._graph(message.node, message, inputs, opsets, attributes, [*inputs, *constants])
        graph.constants = constants
        return graph

    def _make_node(self, message: Any, opsets: dict[str, int], attributes: dict[str, Any]) -> OperatorNode:
        self._node_count += 1
        if self._node_count > MAX_NODES:
            raise ModelFileError(f"the model has more than {MAX_NODES} nodes, those of functions counted at each call")
        domain = "" if message.domain in DEFAULT_NAMES else message.domain
        node = OperatorNode(
            message.name, message.op_type, _unsupported, tuple(message.input), _without_absent(message.output), {}
        )
        values = dict(self._attributes(node, message.attribute, opsets, attributes))
        node.graphs = {key: value for key, value in values.items() if isinstance(value, Graph)}
        node.attributes = {key: value for key, value in values.items() if key not in node.graphs}
        if (domain, message.op_type) in self._functions:
            node.graphs = {"body": self._function(node, (domain, message.op_type), values)}
            node.attributes, node.function = {}, call_body
        elif domain not in opsets:
            raise ModelFileError(f"{node.label()}: the model does not import its domain {domain!r:.60}")
        elif (row := find_operator(domain, message.op_type, opsets[domain])) is None:
            self._unsupported[why_unsupported(domain, message.op_type, opsets[domain])] = None
        else:
            node.key = domain, message.op_type, opsets[domain]
            _bind(node, row)
        node.set_inputs(node.inputs)
        return node

    def _attributes(
        self, node: OperatorNode, messages: Iterable[Any], opsets: dict[str, int], outer: dict[str, Any]
    ) -> Iterator[tuple[str, Any]]:
        """The names and values of a node's attributes."""
        seen = set()
        for message in messages:
            if message.name in seen:
                raise ModelFileError(f"{node.label()} has the attribute {message.name!r:.60} twice")
            seen.add(message.name)
            if message.ref_attr_name:  # of the function around it; absent if the call does not have it
                if message.ref_attr_name in outer:
                    yield message.name, outer[message.ref_attr_name]
            else:
                yield message.name, self._attribute(node, message, opsets, outer)

    def _attribute(self, node: OperatorNode, message: Any, opsets: dict[str, int], outer: dict[str, Any]) -> Any:
        match message.type:
            case message.FLOAT:
                return message.f
            case message.INT:
                return message.i
            case message.STRING:
                return _text(message.s)
            case message.TENSOR:
                return self._reader.read(message.t)
            case message.SPARSE_TENSOR:
                return self._reader.read_sparse(message.sparse_tensor)
            case message.GRAPH:
                return self._subgraph(message.g, opsets, outer)
            case message.TYPE_PROTO:
                return message.tp
            case message.FLOATS:
                return list(message.floats)
            case message.INTS:
                return list(message.ints)
            case message.STRINGS:
                return [_text(text) for text in message.strings]
            case message.TENSORS:
                return [self._reader.read(tensor) for tensor in message.tensors]
        raise ModelFileError(f"{node.label()}: attribute {message.name!r:.60} has an unknown type, {message.type}")

    def _function(self, node: OperatorNode, key: tuple[str, str], values: dict[str, Any]) -> Graph:
        """The body of a function of the model, with the attributes of a call."""
        if key in self._called:
            raise ModelFileError(f"function {key[1]!r:.60} calls itself")
        function = self._functions[key]
        if len(node.inputs) > len(function.input) or len(node.outputs) > len(function.output):
            raise ModelFileError(f"{node.label()} has more inputs or outputs than the function that it calls")
        opsets = _opsets(function.opset_import)
        self._called.append(key)
        attributes = dict(self._attributes(node, function.attribute_proto, opsets, {})) | values
        inputs = list(function.input)
        body = self._graph(function.node, function, inputs, opsets, attributes, inputs)
        self._called.pop()
        if body.captures:
            raise ModelFileError(f"function {key[1]!r:.60}: the value {body.captures[0]!r:.60} is defined nowhere")
        return body


def _unsupported(*inputs: Any, **attributes: Any) -> Any:
    """The function of a node until its operator is known."""
    raise UnsupportedError("not supported")


def _bind(node: OperatorNode, row: Row) -> None:
    """Set the function of a node; raises ModelFileError for inputs and attributes that the operator does not have."""
    node.attributes.pop("consumed_inputs", None)  # a hint of opset 1 about memory
    given = frozenset(node.attributes) | frozenset(node.graphs)
    while node.inputs and not node.inputs[-1]:
        node.inputs = node.inputs[:-1]
    if unknown := sorted(given - row.attributes):
        raise ModelFileError(f"{node.label()} has the unknown attribute {unknown[0]!r:.60}")
    if missing := sorted(row.required - given):
        raise ModelFileError(f"{node.label()} lacks the attribute {missing[0]!r}")
    if len(node.inputs) < row.min_inputs or (row.max_inputs is not None and len(node.inputs) > row.max_inputs):
        expected = f"{row.min_inputs} to {'any number' if row.max_inputs is None else row.max_inputs}"
        raise ModelFileError(f"{node.label()} has {len(node.inputs)} inputs, expected {expected}")
    node.function, node.buffers, node.is_random = row.function, row.buffers, row.is_random
    extra = {"opset": node.key[2] if node.key else 0, "outputs": len(node.outputs)}
    node.attributes |= {key: extra[key] for key in row.extra}


def _mark_last_uses(graph: Graph) -> None:
    """Note for each node the values that no later one reads and that the graph computes itself."""
    needed = set(graph.outputs)
    computed = {name for node in graph.nodes for name in node.outputs if name}
    for node in reversed(graph.nodes):
        names = dict.fromkeys([*node.reads, *filter(None, node.outputs)])
        node.last_uses = tuple(name for name in names if name in computed and name not in needed)
        needed |= set(node.reads)


def _opsets(imports: Any) -> dict[str, int]:
    """The version of each domain."""
    opsets = {"" if item.domain in DEFAULT_NAMES else item.domain: item.version for item in imports}
    if opsets.get("", 1) > LAST_OPSET:
        raise ModelFileError(f"the model has opset {opsets['']}; the latest that is supported is {LAST_OPSET}")
    return opsets


def _without_absent(outputs: Any) -> tuple[str, ...]:
    """The names of outputs up to the last one that is used."""
    names = tuple(outputs)
    while names and not names[-1]:
        names = names[:-1]
    return names


def _text(content: bytes) -> str | bytes:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content


def fold_constants(graph: Graph, constants: dict[str, Any]) -> None:
    """Compute the nodes whose inputs are constants, once; afterwards the graph's constants are those that it still reads.

    constants: arrays by name that no training changes.
    """
    remaining = []
    for node in graph.nodes:
        if node.is_random or not all(name in constants for name in node.reads) or _has_random(node):
            remaining.append(node)
            continue
        part = Graph(graph.name, (), tuple(filter(None, node.outputs)), [node])
        uses, node.last_uses = node.last_uses, ()
        outputs = part.run({name: constants[name] for name in node.reads})
        node.last_uses = uses
        constants |= dict(zip(part.outputs, outputs))
    graph.nodes = remaining
    _mark_last_uses(graph)
    reads = {name for node in remaining for name in node.reads} | set(graph.outputs)
    graph.constants = {name: _read_only(value) for name, value in constants.items() if name in reads}


def _has_random(node: OperatorNode) -> bool:
    return any(inner.is_random or _has_random(inner) for graph in node.graphs.values() for inner in graph.nodes)


def _read_only(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value = value.view()
        value.flags.writeable = False
    return value
