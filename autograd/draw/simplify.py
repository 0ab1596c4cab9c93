"""Smaller versions of a graph: without constants, only between two tensors, or with modules and repetitions as one box each.

Each function takes and returns a list of vertices in order of computation, so that they combine. A group is a segment of this
order, so no path leaves a group and enters it again.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from autograd.core.coercion import short_repr
from autograd.core.tensor import Tensor
from autograd.draw.clusters import is_data
from autograd.draw.style import group_digits
from autograd.draw.vertex import Edge, Vertex
from autograd.errors import GraphError

DEFAULT_LIMIT = 300  # larger graphs are summarized by default
MIN_LIMIT = 3  # the first operation, the last, and one box for all between them
MAX_PERIOD = 32
MAX_DATA_INPUTS = 8  # up to this number, data inputs of modules stay outside the boxes of the modules


def drop_constants(vertices: list[Vertex]) -> list[Vertex]:
    """The graph without constants and frozen tensors."""
    return _filter_vertices(vertices, lambda v: v.is_tracked)


def keep_between(vertices: list[Vertex], starts: Sequence[Tensor]) -> list[Vertex]:
    """The vertices on paths from these tensors to the result.

    Raises TypeError for anything but tensors, and GraphError if the result was not computed from any of them.
    """
    for start in starts:
        if not isinstance(start, Tensor):
            raise TypeError(f"since: {short_repr(start)} ({type(start).__name__}) is not a tensor")
    nodes = {start._node for start in starts if start._node is not None}
    reached = {id(v) for v in vertices if v.node is not None and v.node() in nodes}
    if not reached:
        raise GraphError("the result was not computed from any of the tensors given as `since`")
    for vertex in vertices:
        if any(id(edge.source) in reached for edge in vertex.inputs):
            reached.add(id(vertex))
    return _filter_vertices(vertices, lambda v: id(v) in reached)


def group_modules(vertices: list[Vertex], depth: int) -> list[Vertex]:
    """The graph with one box for each module at this depth; 0 is the model itself, 1 its direct children.

    Raises GraphError if the modules are not known, because the graph was not computed inside watch().
    """
    if not any(v.module or v.line for v in vertices) and any(v.is_computed for v in vertices):
        raise GraphError("depth: the modules are not known; compute the graph inside `with autograd.draw.watch():`")
    computed = [v for v in vertices if v.is_computed]
    segments = []
    for module, members in groupby(computed, lambda v: v.module[: depth + 1] if len(v.module) > depth else ()):
        if module:
            segments.append((module[-1], list(members)))
    data = [v for v in vertices if not v.is_computed and is_data(v)]
    return _group_segments(vertices, segments, data if len(data) <= MAX_DATA_INPUTS else ())


def group_repetitions(vertices: list[Vertex]) -> list[Vertex]:
    """The graph with one box for each repetition: the same operations in the same order, connected in the same way."""
    computed = [v for v in vertices if v.is_computed]
    position = {id(v): i for i, v in enumerate(computed)}
    signatures = [_signature(v, i, position) for i, v in enumerate(computed)]
    segments, i = [], 0
    while i < len(signatures):
        period, times = _find_repetition(signatures, i)
        if times > 1 and period * times > 3:
            unit = ", ".join([*(_symbol(v) for v in computed[i : i + min(period, 4)]), *["…"] * (period > 4)])
            title = f"{unit if period == 1 else f'({unit})'} × {group_digits(times)}"
            segments.append((title, computed[i : i + period * times]))
            i += period * times
        else:
            i += 1
    return _group_segments(vertices, segments)


def summarize(vertices: list[Vertex], limit: int = DEFAULT_LIMIT) -> list[Vertex]:
    """The graph with at most `limit` operations: group modules, from the innermost, then repetitions, then the middle."""
    depth = max((len(v.module) for v in vertices), default=0)
    shown = vertices
    while _count_operations(shown) > limit and depth > 0:
        depth -= 1
        shown = group_modules(vertices, depth)
        if _count_operations(shown) > limit:
            shown = group_repetitions(shown)
    if _count_operations(shown) > limit:
        shown = group_repetitions(shown)
    return group_middle(shown, limit)


def _count_operations(vertices: list[Vertex]) -> int:
    return sum(v.is_computed for v in vertices)


def group_middle(vertices: list[Vertex], limit: int = DEFAULT_LIMIT) -> list[Vertex]:
    """The graph with its first and last operations, and one box for all between them."""
    computed = [v for v in vertices if v.is_computed]
    if len(computed) <= limit:
        return vertices
    half = (limit - 1) // 2
    middle = computed[half:-half]
    return _group_segments(vertices, [(f"{group_digits(sum(v.operation_count for v in middle))} more operations", middle)])


def _filter_vertices(vertices: list[Vertex], condition: Callable[[Vertex], bool]) -> list[Vertex]:
    copies = {id(v): _copy_without_edges(v) for v in vertices if condition(v)}
    for vertex in vertices:
        for edge in vertex.inputs:
            if id(edge.source) in copies and id(vertex) in copies:
                _add_edge(edge, copies[id(edge.source)], copies[id(vertex)])
    return list(copies.values())


def _group_segments(
    vertices: list[Vertex], segments: Sequence[tuple[str, list[Vertex]]], outside: Sequence[Vertex] = ()
) -> list[Vertex]:
    """The graph with one vertex for each segment and the leaves that only this segment uses, except those in `outside`."""
    if not segments:
        return vertices
    outside_ids = {id(v) for v in outside}
    groups = {id(members[-1]): _make_group(title, members) for title, members in segments}
    group_of: dict[int, Vertex] = {id(v): groups[id(members[-1])] for _, members in segments for v in members}
    for vertex in vertices:
        if not vertex.is_computed and vertex.uses and id(vertex) not in outside_ids:
            users = {id(group_of.get(id(edge.target), vertex)) for edge in vertex.uses}
            (only, *others) = users
            if not others and only != id(vertex):
                group_of[id(vertex)] = group_of[id(vertex.uses[0].target)]
                if vertex.is_tracked:
                    group_of[id(vertex)].parameters.append(vertex)
    shown = {id(v): group_of[id(v)] if id(v) in group_of else _copy_without_edges(v) for v in vertices}
    for vertex in vertices:
        for edge in vertex.inputs:
            source, target = shown[id(edge.source)], shown[id(vertex)]
            if source is not target:
                _add_edge(edge, source, target)
    last_members = {id(members[-1]) for _, members in segments}
    return [shown[id(v)] for v in vertices if id(v) not in group_of or id(v) in last_members]


def _copy_without_edges(vertex: Vertex) -> Vertex:
    """A copy without edges; the operands of a group are added with its edges."""
    return replace(vertex, inputs=[], uses=[], operands=[] if vertex.kind == "group" else vertex.operands)


def _make_group(title: str, members: list[Vertex]) -> Vertex:
    last = members[-1]
    return replace(
        last,
        kind="group",
        operation="group",
        symbol=title,
        options="",
        operands=[],
        inputs=[],
        uses=[],
        line=None,
        operation_count=sum(v.operation_count for v in members),
        parameters=[parameter for v in members for parameter in v.parameters],
        module=tuple(name for name, *rest in zip(*(v.module for v in members)) if all(name == other for other in rest)),
    )


def _add_edge(edge: Edge, source: Vertex, target: Vertex) -> None:
    has_group = "group" in (source.kind, target.kind)
    twin = next((e for e in target.inputs if e.source is source), None) if has_group else None
    if twin is not None:
        twin.times += edge.times
        known = twin.contribution is not None and edge.contribution is not None
        twin.contribution = twin.contribution + edge.contribution if known else None
        return
    local = edge.local if target.kind != "group" else None  # the derivative of one operation inside the group
    copy = replace(edge, source=source, target=target, port=len(target.inputs), local=local)
    source.uses.append(copy)
    target.inputs.append(copy)
    if target.kind == "group":
        target.operands.append(source)


def _signature(vertex: Vertex, i: int, position: dict[int, int]) -> tuple[Any, ...]:
    """Equal for operations that repeat: symbol, shape, and the distance to their inputs."""
    distances = tuple(i - position[id(e.source)] if id(e.source) in position else e.source.kind for e in vertex.inputs)
    return _symbol(vertex), vertex.operation, vertex.operation_count, vertex.shape, vertex.by_backward, distances


def _symbol(vertex: Vertex) -> str:
    """The symbol of an operation; the class of a module, without its path."""
    symbol = vertex.symbol or vertex.operation or ""
    return symbol.rpartition(": ")[2] if vertex.kind == "group" else symbol


def _find_repetition(signatures: Sequence[tuple], i: int) -> tuple[int, int]:
    """The period of the longest repetition that starts at i, and its number of repeats."""
    best, n = (1, 1), len(signatures)
    for period in range(1, min(MAX_PERIOD, (n - i) // 2) + 1):
        if signatures[i] != signatures[i + period]:
            continue
        end = i + period
        while end < n and signatures[end] == signatures[end - period]:
            end += 1
        times = (end - i) // period
        if times > 1 and period * times > best[0] * best[1]:
            best = period, times
    return best
