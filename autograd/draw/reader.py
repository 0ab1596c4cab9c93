"""Read a graph off its newest tensor: vertices with values and gradients, edges with local derivatives and contributions."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any
from weakref import ref

import numpy as np

from autograd.core.coercion import short_repr
from autograd.core.engine import Node, unbroadcast
from autograd.core.grad_mode import recorded_by_backward
from autograd.core.graph import nodes, tracked
from autograd.core.in_place import changed_since
from autograd.core.shape_dtype import ShapeDtype
from autograd.core.tensor import Tensor
from autograd.draw.option_format import written_options
from autograd.draw.vertex import Edge, Vertex
from autograd.draw.watch import Note, notes
from autograd.errors import GraphError


def read(tensor: Tensor, names: Mapping[str, Tensor] | Iterable[tuple[str, Tensor]] = ()) -> list[Vertex]:
    """The vertices of the graph of `tensor`, in the order in which they were computed, leaves first.

    names: names for tensors that have none, such as model.named_parameters().
    """
    if tensor._node is None:
        raise GraphError(f"{tensor._describe()} has no graph to draw: nothing it was computed from requires gradients")
    known = {id(t if t._node is None else t._node): name for name, t in _pairs(names)}
    vertices: dict[int, Vertex] = {}
    with np.errstate(all="ignore"):
        for node in nodes([tensor._node]):
            vertex = _vertex(node, known.get(id(node)))
            vertices[id(node)] = vertex
            if node.operation is not None:
                _connect(vertex, node, vertices, known)
    leaves = [vertex for vertex in vertices.values() if not vertex.is_computed]
    computed = [vertex for vertex in vertices.values() if vertex.is_computed]
    taken = {vertex.name for vertex in leaves + computed}
    free = (i for i in count(1) if f"v{i}" not in taken)
    for vertex in computed:
        vertex.number = next(free)
    for kind in {vertex.kind for vertex in leaves}:
        nameless = [vertex for vertex in leaves if vertex.kind == kind and not vertex.name and not vertex.is_number]
        for i, vertex in enumerate(nameless if len(nameless) > 1 else (), start=1):
            vertex.number = i
    return leaves + computed


def _pairs(names: Any) -> list[tuple[str, Tensor]]:
    pairs = list(names.items() if isinstance(names, Mapping) else names)
    for pair in pairs:
        match pair:
            case (str(), Tensor()):
                pass
            case _:
                raise TypeError(f"names: {short_repr(pair)} is not (name, tensor), as model.named_parameters() gives them")
    return pairs


def _vertex(node: Node, name: str | None) -> Vertex:
    operation, note = node.operation, notes.get(node, Note())
    gradient = getattr(node, "gradient", None)
    leaf = node.owner() if operation is None else None
    if leaf is not None:
        gradient = None if leaf.grad is None else leaf.grad.data
    elif note.gradient is not None:
        gradient = note.gradient
    kind = "operation" if operation is not None else "input" if leaf is None or type(leaf) is Tensor else "parameter"
    return Vertex(
        kind=kind,
        number=0,
        name=getattr(node, "name", None) or name,
        operation=operation and operation.name,
        symbol=operation and operation.symbol,
        options=written_options(node),
        shape=node.value.shape,
        dtype=node.value.dtype,
        value=_kept(node),
        gradient=gradient,
        backward=recorded_by_backward(node.number),
        module=note.module,
        line=note.line,
        node=ref(node),
    )


def _connect(vertex: Vertex, node: Node, vertices: dict[int, Vertex], known: Mapping[int, str]) -> None:
    """Add the edges that lead to a vertex, and constants on the way."""
    for port, source in enumerate(node.inputs):
        source = source() if isinstance(source, ref) else source
        start = vertices.get(id(source)) if isinstance(source, Node | Tensor) else None  # numbers stand where they are used
        if start is None:
            start = _constant(source, known)
            vertices[id(source if isinstance(source, Tensor) else start)] = start
        edge = Edge(start, vertex, port)
        vertex.operands.append(start)
        vertex.inputs.append(edge)
        start.uses.append(edge)
    layout = _layout(node)
    if layout is None:
        return
    for i, local in _local_derivatives(node, layout).items():
        vertex.inputs[i].local = local
    if vertex.gradient is not None:
        for i, part in _contributions(node, layout, vertex.gradient).items():
            vertex.inputs[i].contribution = unbroadcast(part, node.inputs[i].value, node)


def _kept(node: Node) -> Any:
    """The result of a node, if it is still there: small, saved for a gradient formula, or watched."""
    if not isinstance(node.value, ShapeDtype):
        return node.value
    place = len(node.inputs)
    saved = node.saved[place] if node.saved and len(node.saved) > place else None
    return saved if saved is not None else notes.get(node, Note()).value


def _constant(source: Any, known: Mapping[int, str]) -> Vertex:
    name = source.name or known.get(id(source)) if isinstance(source, Tensor) else None
    value = source.data if isinstance(source, Tensor) else source
    if value is None or isinstance(value, ShapeDtype):
        shape, dtype, value = getattr(value, "shape", ()), getattr(value, "dtype", None), None
    else:
        shape, dtype = np.shape(value), np.asarray(value).dtype
    return Vertex("frozen" if isinstance(source, Tensor) else "constant", 0, name, shape=shape, dtype=dtype, value=value)


def _local_derivatives(node: Node, layout: Sequence) -> dict[int, Any]:
    """∂result/∂input by the formulas at g = 1, for inputs of which each element acts on elements of the result by itself.

    There formula(g) = g × formula(1) for any g, which is tried with one that has no two equal elements.
    """
    shape, dtype = node.value.shape, node.value.dtype
    ones = _contributions(node, layout, np.ones(shape, dtype)[()])
    if shape == ():
        return ones
    probe = (1 + np.arange(np.prod(shape), dtype=dtype) / 7).reshape(shape)
    found = {}
    for i, moved in _contributions(node, layout, probe).items():
        try:
            expected = probe * ones[i]
            sizes = np.abs(expected)
            near = np.abs(moved - expected) <= 1e-4 * sizes + 1e-6 * sizes.max(initial=0, where=sizes < np.inf)
            if ((moved == expected) | near).all():
                found[i] = ones[i]
        except ValueError:  # shapes that do not meet: no element by itself
            continue
    return found


def _contributions(node: Node, layout: Sequence, g: Any) -> dict[int, Any]:
    """What the formulas make of an arriving gradient for each input, not yet summed over what was broadcast."""
    return dict(node.operation.contributions(g, layout, tracked(node)))


def _layout(node: Node) -> Sequence | None:
    """All that the formulas of a node can name, as it was when it was recorded; None if it is gone."""
    options = node.options or {}
    if any(_changed_since(source, node) for source in node.inputs) or not set(node.operation.options) <= set(options):
        return None  # what was computed with is not there any more
    if node.saved is not None:
        return node.saved
    values, out = [_input_value(source) for source in node.inputs], _kept(node)
    if out is None or any(value is None for value in values):
        return None
    return node.operation.recompute_saved(values, out, options)


def _changed_since(source: Any, node: Node) -> bool:
    source = source() if isinstance(source, ref) else source
    value = source.data if isinstance(source, Tensor) else getattr(source, "value", None)
    return getattr(source, "changed_at", 0) < node.number or changed_since(value, node.number)


def _input_value(source: Any) -> Any:
    source = source() if isinstance(source, ref) else source
    if isinstance(source, Node):
        return _kept(source)
    if isinstance(source, Tensor):
        return source.data
    if isinstance(source, list | tuple):
        return np.asarray(source)  # as the operation took it
    return None if isinstance(source, ShapeDtype) else source
