"""Where everything is in a picture, and the built-in way to find it: modules from the innermost, each in layers.

Pictures run to the right or, if that is too long to read, down. Levels always run to the right: those of a picture that runs
down are mirrored at the diagonal when they are read.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from autograd.draw.clusters import Cluster, clusters
from autograd.draw.layered_layout import CURVE, PASSAGE, Item, Level, Link, arrange
from autograd.draw.vertex import Edge, Vertex

PADDING, TITLE, INDENT = 10.0, 16.0, 8.0  # inside the rectangle of a module: around, above for its title, and before it
WIDEST = 1200.0  # a picture that would be wider than this runs down
LABEL = 12.0  # the height of what stands on an edge


@dataclass
class Sizes:
    """How much room things take, in px."""

    boxes: dict[int, tuple[float, float]]  # by id of vertex
    labels: dict[int, float] = field(default_factory=dict)  # by id of edge: the width of what stands on it
    title: Callable[[str], float] = lambda text: 7.0 * len(text)  # the width of a module's title
    down: bool = False  # which way the picture runs


@dataclass
class Place:
    """A rectangle: its upper left corner and its size."""

    x: float
    y: float
    width: float
    height: float


@dataclass
class Line:
    """The way of an edge as the `d` of an SVG path, and the middle of what stands on it."""

    path: str
    label: tuple[float, float]
    is_under: bool = False  # whether it passes behind what stands on it


@dataclass
class Layout:
    """Where everything is, from (0, 0) on."""

    width: float
    height: float
    boxes: dict[int, Place]  # by id of vertex
    lines: dict[int, Line]  # by id of edge
    clusters: list[tuple[Cluster, Place]]  # the outer before the inner
    titles: dict[int, float]  # how far from the left of its cluster a title begins, by id of cluster


def depths(vertices: list[Vertex]) -> dict[int, int]:
    """How many edges the longest way to each vertex has, by id; leaves count as what stands right before their first use."""
    depth: dict[int, int] = {}
    for vertex in vertices:
        depth[id(vertex)] = max((depth[id(edge.source)] + 1 for edge in vertex.inputs), default=0)
    for vertex in vertices:
        if not vertex.inputs:
            depth[id(vertex)] = min((depth[id(edge.target)] - 1 for edge in vertex.uses), default=0)
    return depth


def too_wide(vertices: list[Vertex], sizes: Sizes) -> bool:
    """Whether a picture to the right would be too wide for a page."""
    depth = depths(vertices)
    widths: dict[int, float] = {}
    for vertex in vertices:
        label = max((sizes.labels.get(id(edge), 0.0) for edge in vertex.inputs), default=0.0)
        width = sizes.boxes[id(vertex)][0] + label + (2 * CURVE if vertex.module else CURVE)
        widths[depth[id(vertex)]] = max(widths.get(depth[id(vertex)], 0.0), width)
    return sum(widths.values()) > WIDEST


End = Vertex | Cluster | None  # where a line ends inside a cluster; None for the border


def layered(vertices: list[Vertex], sizes: Sizes) -> Layout:
    """The built-in layout: each module is laid out by itself and is then one item of what is around it."""
    whole, home = clusters(vertices)
    every = list(whole.walk())
    levels = {id(cluster): _Level(cluster, sizes) for cluster in every}
    ways = {id(edge): _way(edge, home) for vertex in vertices for edge in vertex.inputs}
    for vertex in vertices:
        for edge in vertex.inputs:
            for cluster, start, end in ways[id(edge)]:
                levels[id(cluster)].crossed(edge, start, end)
    order = {id(vertex): i for i, vertex in enumerate(vertices)}
    for cluster in reversed(every):
        levels[id(cluster)].arrange(order, levels)
    for cluster in every[1:]:
        levels[id(cluster)].move_into(levels[id(cluster.chain[-2])].items[id(cluster)])
    boxes = {id(vertex): _placed(levels[id(home[id(vertex)])].items[id(vertex)], sizes.down) for vertex in vertices}
    lines = {}
    for vertex in vertices:
        for edge in vertex.inputs:
            parts = [levels[id(cluster)].path(edge, end) for cluster, _, end in ways[id(edge)]]
            lines[id(edge)] = Line("M" + "L".join(parts), levels[id(home[id(vertex)])].label(edge), sizes.down)
    frames = [(cluster, _placed(levels[id(cluster)].frame, sizes.down)) for cluster in every]
    titles = {key: level.beginning() for key, level in levels.items()}
    return Layout(frames[0][1].width, frames[0][1].height, boxes, lines, frames[1:], titles)


def _way(edge: Edge, home: dict[int, Cluster]) -> list[tuple[Cluster, End, End]]:
    """The clusters that an edge crosses, from its source outwards and in to its target; where it starts and ends in each."""
    out, into = home[id(edge.source)].chain, home[id(edge.target)].chain
    common = sum(one is other for one, other in zip(out, into))
    starts: list[End] = [*out[common:], edge.source]
    ends: list[End] = [*into[common:], edge.target]
    leaving: list[tuple[Cluster, End, End]] = [(c, start, None) for c, start in zip(out[common:], starts[1:])]
    entering: list[tuple[Cluster, End, End]] = [(c, None, end) for c, end in zip(into[common:], ends[1:])]
    return [*reversed(leaving), (out[common - 1], starts[0], ends[0]), *entering]


def _placed(item: Item, down: bool) -> Place:
    x, y, width, height = item.x - item.width / 2, item.y - item.height / 2, item.width, item.height
    return Place(y, x, height, width) if down else Place(x, y, width, height)


class _Level:
    """A cluster while it is laid out: its items and the lines between them."""

    def __init__(self, cluster: Cluster, sizes: Sizes):
        self.cluster, self.sizes, self.down = cluster, sizes, sizes.down
        self.crossing: dict[tuple[int, ...], tuple[Edge, End, End]] = {}
        self.links: dict[tuple[int, ...], Link] = {}
        self.items: dict[int, Item] = {}  # by id of vertex or part
        self.borders: dict[int, Item] = {}  # where lines come in, by id of the vertex they come from
        self.level: Level
        self.frame: Item

    def crossed(self, edge: Edge, start: End, end: End) -> None:
        """Note that an edge passes here. Those of one source share a line, except for the last stretch to their target."""
        self.crossing[_key(edge, end)] = edge, start, end

    def arrange(self, order: dict[int, int], levels: dict[int, "_Level"]) -> None:
        """Place all items; the parts of this cluster have been arranged before."""
        found = [
            (order[id(vertex)], id(vertex), self._turned(*self.sizes.boxes[id(vertex)])) for vertex in self.cluster.vertices
        ]
        for part in self.cluster.parts:
            frame = levels[id(part)].frame
            found.append((order[id(part.first)], id(part), (frame.width, frame.height)))
        self.items = {key: Item(*size) for _, key, size in sorted(found)}
        for key, (edge, start, end) in self.crossing.items():
            self.links[key] = self._link(edge, start, end, levels)
        self.level = arrange([*self.borders.values(), *self.items.values()], list(self.links.values()))
        width, height = self._turned(self.level.width, self.level.height)
        if self.cluster.path:
            self._move(*self._turned(PADDING, PADDING + TITLE))
            width, height = max(width, self.sizes.title(self.cluster.title)) + 2 * PADDING, height + 2 * PADDING + TITLE
        self.frame = Item(*self._turned(width, height))
        self.frame.x, self.frame.y = self.frame.width / 2, self.frame.height / 2

    def _turned(self, x: float, y: float) -> tuple[float, float]:
        return (y, x) if self.down else (x, y)

    def _link(self, edge: Edge, start: End, end: End, levels: dict[int, "_Level"]) -> Link:
        source = edge.source
        if start is None:
            link = Link(id(source), self.borders.setdefault(id(source), Item(0.0, PASSAGE, is_border=True)), None)
        else:
            link = Link(id(source), self.items[id(start)], None)
        if isinstance(start, Cluster):
            inner = levels[id(start)]
            link.rise = inner.level.end(inner.links[_key(edge, None)]) - inner.frame.height / 2
        if end is not None:
            link.end = self.items[id(end)]
        if isinstance(end, Cluster):
            inner = levels[id(end)]
            link.fall = inner.borders[id(source)].y - inner.frame.height / 2
        elif link.end is not None:
            ports, room = len(edge.target.inputs), link.end.height - 6
            link.fall = (edge.port - (ports - 1) / 2) * (room / ports if self.down else min(20.0, room / ports))
            if id(edge) in self.sizes.labels:
                link.label = LABEL if self.down else self.sizes.labels[id(edge)]
        return link

    def move_into(self, item: Item) -> None:
        """Move all from (0, 0) to where the cluster around has placed this one."""
        self.frame = item
        self._move(item.x - item.width / 2, item.y - item.height / 2)

    def _move(self, x: float, y: float) -> None:
        passages = {id(item): item for link in self.links.values() for item in link.passages}
        for item in (*self.items.values(), *self.borders.values(), *passages.values()):
            item.x, item.left, item.right, item.y = item.x + x, item.left + x, item.right + x, item.y + y
        for link in self.links.values():
            link.lane = None if link.lane is None else link.lane + y

    def beginning(self) -> float:
        """How far from the left the title begins: where no line comes in from above, if there is such a place."""
        start, x, width = self.frame.y - self.frame.height / 2, INDENT, self.sizes.title(self.cluster.title)
        for line in sorted(border.y - start for border in self.borders.values() if self.down):
            if x - 6 < line < x + width:
                x = line + 6
        return x if x + width < self.frame.height or not self.down else INDENT

    def path(self, edge: Edge, end: End) -> str:
        """The part of an edge's way that lies here: bent only between columns, and straight before its target."""
        link = self.links[_key(edge, end)]
        x = self.frame.x - self.frame.width / 2 if link.start.is_border else link.start.x + link.start.width / 2
        y, right = link.start.y + link.rise, link.start.right
        path = [self._point(x, y), "L", self._point(right, y)]
        if link.lane is not None:
            path.append(self._bend(right, y, right + CURVE / 2, link.lane))
            y = link.lane
            if link.end is not None:
                right = link.end.left - self.level.free[link.end.layer] - CURVE
                path += ["L", self._point(right, y)]
        for item in link.passages:
            path += [
                self._bend(right, y, item.left - self.level.free[item.layer], item.y),
                "L",
                self._point(item.right, item.y),
            ]
            y, right = item.y, item.right
        if link.end is None:
            path += ["L", self._point(self.frame.x + self.frame.width / 2, y)]
        else:
            target = link.end.y + link.fall
            path.append(self._bend(right, y, link.end.left - self.level.free[link.end.layer], target))
            path += ["L", self._point(link.end.x - link.end.width / 2, target)]
        return "".join(path)

    def _bend(self, x: float, y: float, to_x: float, to_y: float) -> str:
        if abs(to_y - y) < 0.1:
            return f"L{self._point(to_x, to_y)}"
        middle = (x + to_x) / 2
        return f"C{self._point(middle, y)} {self._point(middle, to_y)} {self._point(to_x, to_y)}"

    def _point(self, x: float, y: float) -> str:
        return f"{y:.1f} {x:.1f}" if self.down else f"{x:.1f} {y:.1f}"

    def label(self, edge: Edge) -> tuple[float, float]:
        """The middle of what stands on an edge, just before its target: over its line, or on it if it runs down."""
        link = self.links[_key(edge, edge.target)]
        assert link.end is not None
        x, y = link.end.left - 10 - link.label / 2, link.end.y + link.fall
        return (y, x) if self.down else (x, y - 8)


def _key(edge: Edge, end: End) -> tuple[int, ...]:
    return (id(edge),) if isinstance(end, Vertex) else (id(edge.source), id(end))
