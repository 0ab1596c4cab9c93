"""Read the graph of a tensor: vertices with values and gradients, edges with local derivatives and contributions."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Any
from weakref import ref

import numpy as np

from autograd.core.coercion import short_repr
from autograd.core.engine import Node
from autograd.core.grad_mode import recorded_by_backward
from autograd.core.graph import nodes, tracked
from autograd.core.in_place import changed_since
from autograd.core.shape_dtype import ShapeDtype
from autograd.core.tensor import Tensor
from autograd.draw.option_format import format_options
from autograd.draw.passes import Contributions, complete_gradients, separate_passes, unbroadcast_contributions
from autograd.draw.vertex import Edge, Vertex
from autograd.draw.watch import NodeRecord, node_records
from autograd.errors import GraphError


def read_graph(tensor: Tensor, names: Mapping[str, Tensor] | Iterable[tuple[str, Tensor]] = ()) -> list[Vertex]:
    """The vertices of the graph of `tensor`, leaves first, then results in order of computation.

    names: names for tensors without a name, such as model.named_parameters().

    Raises GraphError if `tensor` has no graph.
    """
    if tensor._node is None:
        raise GraphError(f"{tensor._describe()} has no graph to draw: no tensor that it was computed from requires a gradient")
    names_by_id = {id(t if t._node is None else t._node): name for name, t in _name_pairs(names)}
    vertices: dict[int, Vertex] = {}
    contributions: dict[int, Contributions] = {}
    with np.errstate(all="ignore"):
        for node in nodes([tensor._node]):
            vertex = _make_vertex(node, names_by_id.get(id(node)))
            vertices[id(node)] = vertex
            if node.operation is not None:
                _add_edges(vertex, node, vertices, names_by_id)
                saved = saved_values(node)
                if saved is not None:
                    contributions[id(vertex)] = unbroadcast_contributions(node, partial(_contributions, node, saved))
                    _add_derivatives(vertex, node, saved, contributions[id(vertex)])
        leaves = [vertex for vertex in vertices.values() if not vertex.is_computed]
        computed = [vertex for vertex in vertices.values() if vertex.is_computed]
        complete_gradients(leaves + computed, contributions)
        for leaf in leaves:
            separate_passes(leaf)
    taken = {vertex.name for vertex in leaves + computed}
    free = (i for i in count(1) if f"v{i}" not in taken)
    for vertex in computed:
        vertex.number = next(free)
    for leaf in leaves:
        leaf.role = _role(leaf)
    for role in {leaf.role for leaf in leaves}:
        nameless = [leaf for leaf in leaves if leaf.role == role and not leaf.name and not leaf.is_number]
        for i, leaf in enumerate(nameless if len(nameless) > 1 else (), start=1):
            leaf.number = i
    return leaves + computed


def _role(leaf: Vertex) -> str:
    """The part that a leaf plays in its operations: mask, input, or that of its kind."""
    if leaf.is_tracked or leaf.shape == ():
        return leaf.kind
    if leaf.dtype == bool or all(use.input_name in ("mask", "condition") for use in leaf.uses):
        return "mask"
    return "input" if any(use.port == 0 for use in leaf.uses) else leaf.kind


def _name_pairs(names: Any) -> list[tuple[str, Tensor]]:
    pairs = list(names.items() if isinstance(names, Mapping) else names)
    for pair in pairs:
        match pair:
            case (str(), Tensor()):
                pass
            case _:
                raise TypeError(f"names: {short_repr(pair)} is not (name, tensor), as model.named_parameters() yields")
    return pairs


def _make_vertex(node: Node, name: str | None) -> Vertex:
    operation, record = node.operation, node_records.get(node, NodeRecord())
    gradient = getattr(node, "gradient", None)
    leaf = node.owner() if operation is None else None
    if leaf is not None:
        gradient = None if leaf.grad is None else leaf.grad.data
    elif record.gradient is not None:
        gradient = record.gradient
    kind = "operation" if operation is not None else "input" if leaf is None or type(leaf) is Tensor else "parameter"
    return Vertex(
        kind=kind,
        number=0,
        name=getattr(node, "name", None) or name,
        operation=operation and operation.name,
        symbol=operation and operation.symbol,
        options=format_options(node),
        shape=node.value.shape,
        dtype=node.value.dtype,
        value=_stored_value(node),
        gradient=gradient,
        by_backward=recorded_by_backward(node.number),
        module=record.module,
        line=record.line,
        time=record.time,
        node=ref(node),
    )


def _add_edges(vertex: Vertex, node: Node, vertices: dict[int, Vertex], names: Mapping[int, str]) -> None:
    """Add the edges from the inputs of a node to its vertex, and vertices for constants."""
    input_names = dict(enumerate(() if node.operation.variadic else node.operation.inputs))
    for port, source in enumerate(node.inputs):
        source = source() if isinstance(source, ref) else source
        # Each use of a number is a vertex of its own.
        start = vertices.get(id(source)) if isinstance(source, Node | Tensor) else None
        if start is None:
            start = _make_constant(source, names, _recorded_input(node, port))
            vertices[id(source if isinstance(source, Tensor) else start)] = start
        edge = Edge(start, vertex, port, port, input_names.get(port, ""))
        vertex.operands.append(start)
        vertex.inputs.append(edge)
        start.uses.append(edge)


def _add_derivatives(vertex: Vertex, node: Node, saved: Sequence, contributions: Contributions) -> None:
    """Add the local derivatives and the contributions to the edges from the inputs of a node."""
    for i, local in _local_derivatives(node, saved).items():
        vertex.inputs[i].local = local
    if vertex.gradient is not None:
        for i, term in contributions(vertex.gradient).items():
            vertex.inputs[i].contribution = term


def _stored_value(node: Node) -> Any:
    """The result of a node if it was kept: because it is small, saved for a gradient formula, or computed inside watch()."""
    if not isinstance(node.value, ShapeDtype):
        return node.value
    position = len(node.inputs)
    saved = node.saved[position] if node.saved and len(node.saved) > position else None
    return saved if saved is not None else node_records.get(node, NodeRecord()).value


def _recorded_input(node: Node, port: int) -> Any:
    """The value of an input that was saved for a gradient formula; kept until the backward pass, inside watch() longer."""
    saved = node.saved if node.saved is not None else node_records.get(node, NodeRecord()).saved
    return saved[port] if saved is not None and port < len(node.inputs) and node.operation.inputs else None


def _make_constant(source: Any, names: Mapping[int, str], recorded: Any) -> Vertex:
    name = source.name or names.get(id(source)) if isinstance(source, Tensor) else None
    value = source.data if isinstance(source, Tensor) else source
    if isinstance(value, ShapeDtype) and isinstance(recorded, np.ndarray) and recorded.shape == value.shape:
        value = recorded
    if value is None or isinstance(value, ShapeDtype):
        shape, dtype, value = getattr(value, "shape", ()), getattr(value, "dtype", None), None
    else:
        shape, dtype = np.shape(value), np.asarray(value).dtype
    return Vertex("frozen" if isinstance(source, Tensor) else "constant", 0, name, shape=shape, dtype=dtype, value=value)


def _local_derivatives(node: Node, saved: Sequence) -> dict[int, Any]:
    """∂result/∂input = formula(1), for inputs on which the result depends element by element.

    The gradient formula of such an input satisfies formula(g) = g × formula(1). This is tested with a g of distinct elements,
    of complex results with complex ones.
    """
    shape, dtype = node.value.shape, node.value.dtype
    ones = _contributions(node, saved, np.ones(shape, dtype)[()])
    if shape == () and dtype.kind != "c":
        return ones
    probe = (1 + np.arange(np.prod(shape), dtype=dtype) / 7).reshape(shape)
    probe = probe * dtype.type(1 + 0.5j) if dtype.kind == "c" else probe
    derivatives = {}
    for i, actual in _contributions(node, saved, probe).items():
        try:
            expected = probe * ones[i]
            sizes = np.abs(expected)
            close = np.abs(actual - expected) <= 1e-4 * sizes + 1e-6 * sizes.max(initial=0, where=sizes < np.inf)
            if ((actual == expected) | close).all():
                derivatives[i] = ones[i]
        except ValueError:  # the shapes do not broadcast: not elementwise
            continue
    return derivatives


def _contributions(node: Node, saved: Sequence, g: Any) -> dict[int, Any]:
    """The gradient formulas for an upstream gradient g, by position of the input, not yet summed over broadcast axes."""
    return dict(node.operation.contributions(g, saved, tracked(node)))


def saved_values(node: Node) -> Sequence | None:
    """The values that the gradient formulas of a node use; None if one was not kept or was modified after recording."""
    options = node.options or {}
    if any(_is_modified(source, node) for source in node.inputs) or not set(node.operation.options) <= set(options):
        return None
    saved = node.saved if node.saved is not None else node_records.get(node, NodeRecord()).saved
    if saved is not None:
        return saved
    values, out = [_input_value(source) for source in node.inputs], _stored_value(node)
    values = [getattr(source, "value", source) if value is None else value for value, source in zip(values, node.inputs)]
    if out is None:
        out = node.value
    operation, has_all = node.operation, not any(isinstance(value, ShapeDtype | ref) for value in (*values, out))
    if has_all:
        return operation.recompute_saved(values, out, options)
    if operation.residuals or any(isinstance(value, ref) for value in values):
        return None
    layout = operation.layout(values, out, (), options)
    not_needed = operation.positions_not_saved(sum(1 << i for i in tracked(node)), len(values))
    needed = [value for position, value in enumerate(layout) if position not in not_needed]
    return None if any(isinstance(value, ShapeDtype) for value in needed) else layout


def _is_modified(source: Any, node: Node) -> bool:
    source = source() if isinstance(source, ref) else source
    value = source.data if isinstance(source, Tensor) else getattr(source, "value", None)
    return getattr(source, "changed_at", 0) < node.number or changed_since(value, node.number)


def _input_value(source: Any) -> Any:
    source = source() if isinstance(source, ref) else source
    if isinstance(source, Node):
        return _stored_value(source)
    if isinstance(source, Tensor):
        return source.data
    if isinstance(source, list | tuple):
        return np.asarray(source)  # as the operation converted it
    return None if isinstance(source, ShapeDtype) else source
