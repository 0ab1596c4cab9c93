"""Less of a large graph: constants hidden, only what lies between two tensors, modules and repetitions as one box each.

Every view is a list of vertices again, in order of computation, so that views combine and all pictures can draw them. What a
group takes in is a stretch of that order, so no path can leave it and come back.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from autograd.core.coercion import short_repr
from autograd.core.tensor import Tensor
from autograd.draw.clusters import comes_in
from autograd.draw.style import grouped
from autograd.draw.vertex import Edge, Vertex
from autograd.errors import GraphError

LIMIT = 300  # above this many operations a picture is summarized unless a person says otherwise
FEWEST = 3  # the first and the last, and one box for all between them
LONGEST_PERIOD = 32
MOST_DATA = 8  # so many inputs of modules stay beside a box for the modules


def without_constants(vertices: list[Vertex]) -> list[Vertex]:
    """The graph without constants and frozen tensors."""
    return _only(vertices, lambda v: v.is_tracked)


def between(vertices: list[Vertex], starts: Sequence[Tensor]) -> list[Vertex]:
    """What lies on paths from the given tensors to the result.

    Raises GraphError if the result was not computed from any of them.
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
    return _only(vertices, lambda v: id(v) in reached)


def by_modules(vertices: list[Vertex], depth: int) -> list[Vertex]:
    """Modules at this depth as one box each; 1 leaves the parts of the model, 0 the model itself.

    Raises GraphError if the graph was not watched, so that its modules are not known.
    """
    if not any(v.module or v.line for v in vertices) and any(v.is_computed for v in vertices):
        raise GraphError("depth: the modules are not known; compute the graph inside `with autograd.draw.watch():`")
    computed = [v for v in vertices if v.is_computed]
    stretches = []
    for module, members in groupby(computed, lambda v: v.module[: depth + 1] if len(v.module) > depth else ()):
        found = list(members)
        if module:
            stretches.append((module[-1], found))
    data = [v for v in vertices if not v.is_computed and comes_in(v)]
    return _grouped(vertices, stretches, data if len(data) <= MOST_DATA else ())


def without_repetition(vertices: list[Vertex]) -> list[Vertex]:
    """Operations that come again and again, in the same order and connected in the same way, as one box."""
    computed = [v for v in vertices if v.is_computed]
    place = {id(v): i for i, v in enumerate(computed)}
    looks = [_look(v, i, place) for i, v in enumerate(computed)]
    stretches, i = [], 0
    while i < len(looks):
        period, times = _repetition(looks, i)
        if times > 1 and period * times > 3:
            once = ", ".join([*(_sort(v) for v in computed[i : i + min(period, 4)]), *["…"] * (period > 4)])
            title = f"{once if period == 1 else f'({once})'} × {grouped(times)}"
            stretches.append((title, computed[i : i + period * times]))
            i += period * times
        else:
            i += 1
    return _grouped(vertices, stretches)


def summarized(vertices: list[Vertex], limit: int = LIMIT) -> list[Vertex]:
    """A graph of no more operations than the limit: modules become one box each, from the innermost, and what repeats then;
    last the middle."""
    depth = max((len(v.module) for v in vertices), default=0)
    shown = vertices
    while _operations(shown) > limit and depth > 0:
        depth -= 1
        shown = by_modules(vertices, depth)
        if _operations(shown) > limit:
            shown = without_repetition(shown)
    if _operations(shown) > limit:
        shown = without_repetition(shown)
    return shortened(shown, limit)


def _operations(vertices: list[Vertex]) -> int:
    return sum(v.is_computed for v in vertices)


def shortened(vertices: list[Vertex], limit: int = LIMIT) -> list[Vertex]:
    """The first and last operations, with one box for all between them."""
    computed = [v for v in vertices if v.is_computed]
    if len(computed) <= limit:
        return vertices
    half = (limit - 1) // 2
    middle = computed[half:-half]
    return _grouped(vertices, [(f"{grouped(sum(v.stands_for for v in middle))} more operations", middle)])


def _only(vertices: list[Vertex], wanted: Callable[[Vertex], bool]) -> list[Vertex]:
    kept = {id(v): _alone(v) for v in vertices if wanted(v)}
    for vertex in vertices:
        for edge in vertex.inputs:
            if id(edge.source) in kept and id(vertex) in kept:
                _join(edge, kept[id(edge.source)], kept[id(vertex)])
    return list(kept.values())


def _grouped(
    vertices: list[Vertex], stretches: Sequence[tuple[str, list[Vertex]]], outside: Sequence[Vertex] = ()
) -> list[Vertex]:
    """The graph with one vertex for each stretch, which takes in leaves that nothing else uses, but for those outside."""
    if not stretches:
        return vertices
    stays = {id(v) for v in outside}
    groups = {id(members[-1]): _group(title, members) for title, members in stretches}
    place: dict[int, Vertex] = {id(v): groups[id(members[-1])] for _, members in stretches for v in members}
    for vertex in vertices:
        if not vertex.is_computed and vertex.uses and id(vertex) not in stays:
            users = {id(place.get(id(edge.target), vertex)) for edge in vertex.uses}
            (only, *others) = users
            if not others and only != id(vertex):
                place[id(vertex)] = place[id(vertex.uses[0].target)]
    shown = {id(v): place[id(v)] if id(v) in place else _alone(v) for v in vertices}
    for vertex in vertices:
        for edge in vertex.inputs:
            source, target = shown[id(edge.source)], shown[id(vertex)]
            if source is not target:
                _join(edge, source, target)
    members_shown = {id(members[-1]) for _, members in stretches}
    return [shown[id(v)] for v in vertices if id(v) not in place or id(v) in members_shown]


def _alone(vertex: Vertex) -> Vertex:
    """A copy without edges; what a group is computed from is what is seen to lead to it."""
    return replace(vertex, inputs=[], uses=[], operands=[] if vertex.kind == "group" else vertex.operands)


def _group(title: str, members: list[Vertex]) -> Vertex:
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
        stands_for=sum(v.stands_for for v in members),
        module=tuple(name for name, *rest in zip(*(v.module for v in members)) if all(name == other for other in rest)),
    )


def _join(edge: Edge, source: Vertex, target: Vertex) -> None:
    grouped = "group" in (source.kind, target.kind)
    twin = next((e for e in target.inputs if e.source is source), None) if grouped else None
    if twin is not None:
        twin.times += edge.times
        known = twin.contribution is not None and edge.contribution is not None
        twin.contribution = twin.contribution + edge.contribution if known else None
        return
    local = edge.local if target.kind != "group" else None  # one step of many inside
    joined = replace(edge, source=source, target=target, port=len(target.inputs), local=local)
    source.uses.append(joined)
    target.inputs.append(joined)
    if target.kind == "group":
        target.operands.append(source)


def _look(vertex: Vertex, i: int, place: dict[int, int]) -> tuple[Any, ...]:
    """What makes two operations look the same: symbol, shape, and how far back their inputs are."""
    back = tuple(i - place[id(e.source)] if id(e.source) in place else e.source.kind for e in vertex.inputs)
    return _sort(vertex), vertex.operation, vertex.stands_for, vertex.shape, vertex.backward, back


def _sort(vertex: Vertex) -> str:
    """The symbol of an operation; of a module its class, without the path."""
    symbol = vertex.symbol or vertex.operation or ""
    return symbol.rpartition(": ")[2] if vertex.kind == "group" else symbol


def _repetition(looks: Sequence[tuple], i: int) -> tuple[int, int]:
    """The period that covers the longest stretch from i on, and how often it comes."""
    best, n = (1, 1), len(looks)
    for period in range(1, min(LONGEST_PERIOD, (n - i) // 2) + 1):
        if looks[i] != looks[i + period]:
            continue
        end = i + period
        while end < n and looks[end] == looks[end - period]:
            end += 1
        times = (end - i) // period
        if times > 1 and period * times > best[0] * best[1]:
            best = period, times
    return best
