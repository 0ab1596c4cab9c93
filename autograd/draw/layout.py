"""Where to put the vertices when Graphviz is not there: in layers from left to right, with few crossings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from autograd.draw.read import Edge, Vertex

SWEEPS = 8


@dataclass
class Box:
    """A vertex, or a bend of an edge that crosses a layer, with its place in the picture."""

    vertex: Vertex | None
    layer: int
    width: float
    height: float
    x: float = 0.0
    y: float = 0.0  # x and y of its middle
    left: float = 0.0
    right: float = 0.0  # borders of its whole column
    before: list[tuple["Box", float]] = field(default_factory=list)
    after: list[tuple["Box", float]] = field(default_factory=list)  # neighbours, and where on them: −½ top … ½ bottom


@dataclass
class Route:
    """An edge as the boxes it passes, from its source over its bends to its target."""

    edge: Edge
    port: int  # which input of the target, from the top
    boxes: list[Box]


def layered(
    vertices: list[Vertex], sizes: Mapping[int, tuple[float, float]], gap: float, space: float
) -> tuple[list[Box], list[Route]]:
    """Boxes and routes of a graph.

    sizes: id of vertex → width and height; gap: between layers; space: between boxes of a layer.
    """
    layers = _layers(vertices)
    boxes = {id(v): Box(v, layers[id(v)], *sizes[id(v)]) for v in vertices}
    everything = list(boxes.values())
    routes = []
    for vertex in vertices:
        for port, edge in enumerate(vertex.inputs):
            start, end = boxes[id(edge.source)], boxes[id(vertex)]
            bends = [Box(None, layer, 0, 14) for layer in range(start.layer + 1, end.layer)]
            everything += bends
            path = [start, *bends, end]
            where = (port + 0.5) / len(vertex.inputs) - 0.5
            for one, next_ in pairwise(path):
                one.after.append((next_, where if next_ is end else 0.0))
                next_.before.append((one, 0.0))
            routes.append(Route(edge, port, path))
    columns: list[list[Box]] = [[] for _ in range(max(layers.values()) + 1)]
    for box in everything:
        columns[box.layer].append(box)
    _order(columns)
    _place(columns, gap, space)
    return everything, routes


def _layers(vertices: list[Vertex]) -> dict[int, int]:
    """A layer for each vertex: operations after all their inputs, leaves right before their first use."""
    layers = {id(v): 0 for v in vertices}
    for vertex in vertices:  # in order of computation, so inputs come first
        if vertex.inputs:
            layers[id(vertex)] = 1 + max(layers[id(edge.source)] for edge in vertex.inputs)
    uses: dict[int, int] = {}
    for vertex in vertices:
        for edge in vertex.inputs:
            first = layers[id(vertex)] - 1
            uses[id(edge.source)] = min(uses.get(id(edge.source), first), first)
    for vertex in vertices:
        if not vertex.inputs:
            layers[id(vertex)] = uses.get(id(vertex), 0)
    return layers


def _order(columns: list[list[Box]]) -> None:
    """Sort each column by the mean place of its neighbours, sweeping to and fro: fewer crossings."""
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for column in columns[1:] if forward else columns[-2::-1]:
            other = columns[column[0].layer + (-1 if forward else 1)] if column else []
            place = {id(box): i for i, box in enumerate(other)}
            mean = {}
            for i, box in enumerate(column):
                near = [place[id(b)] + where for b, where in (box.before if forward else box.after)]
                mean[id(box)] = sum(near) / len(near) if near else i
            column.sort(key=lambda box: mean[id(box)])


def _place(columns: list[list[Box]], gap: float, space: float) -> None:
    """Give every box its place: columns side by side, boxes near the middle of their neighbours without overlap."""
    x = 0.0
    for column in columns:
        width = max((box.width for box in column), default=0)
        for box in column:
            box.x, box.left, box.right = x + width / 2, x, x + width
        x += width + gap
        y = 0.0
        for box in column:
            box.y = y + box.height / 2
            y += box.height + space
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 1
        for column in columns if forward else reversed(columns):
            wished = []
            for box in column:
                near = (box.before if forward else box.after) or (box.after if forward else box.before)
                wished.append(sum(b.y + where * b.height for b, where in near) / len(near) if near else box.y)
            _spread(column, wished, space)


def _spread(column: list[Box], wished: list[float], space: float) -> None:
    """The places nearest to those wished for, in order and without overlap: neighbours that collide share the shift."""
    groups: list[tuple[float, list[Box], list[float]]] = []  # mean top of the group, its boxes, each one's wished top
    offset = 0.0
    tops = []
    for box, y in zip(column, wished):
        tops.append(y - box.height / 2 - offset)
        offset += box.height + space
    for box, top in zip(column, tops):
        group = (top, [box], [top])
        while groups and groups[-1][0] > group[0]:
            _, earlier, wishes = groups.pop()
            wishes = wishes + group[2]
            group = (sum(wishes) / len(wishes), earlier + group[1], wishes)
        groups.append(group)
    offset = 0.0
    for top, boxes, _ in groups:
        for box in boxes:
            box.y = top + offset + box.height / 2
            offset += box.height + space
