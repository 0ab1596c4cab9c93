"""The positions of everything in a picture, and the built-in layout, which arranges modules from the innermost outward.

Pictures run from left to right, or from top to bottom if they would be too wide. The layout of a cluster always runs from left
to right; for a picture from top to bottom, x and y are swapped.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from autograd.draw.clusters import Cluster, clusters
from autograd.draw.items import ITEM_GAP, PASSAGE_HEIGHT, Item, Link
from autograd.draw.layered_layout import CURVE_WIDTH, Level, arrange
from autograd.draw.vertex import Edge, Vertex

PADDING, TITLE_HEIGHT, INDENT = 10.0, 16.0, 8.0  # inside the frame of a module: on all sides, for its title, and before it
MAX_WIDTH = 1200.0  # a picture that would be wider runs from top to bottom, in rows of at most this width
MAX_HEIGHT = 1600.0  # a picture from left to right that would be higher runs from top to bottom
LABEL_HEIGHT = 12.0  # the height of the label of an edge


@dataclass
class Sizes:
    """The sizes of boxes and texts, in px."""

    boxes: dict[int, tuple[float, float]]  # by id of vertex
    labels: dict[int, float] = field(default_factory=dict)  # by id of edge: the width of its label
    title: Callable[[str], float] = lambda text: 7.0 * len(text)  # the width of a module's title
    down: bool = False  # whether the picture runs from top to bottom


@dataclass
class Rectangle:
    """A rectangle: its upper left corner and its size."""

    x: float
    y: float
    width: float
    height: float


@dataclass
class EdgePath:
    """The line of an edge as the `d` of an SVG path, and the center of its label."""

    path: str
    label: tuple[float, float]
    is_under: bool = False  # whether the line passes behind the label


@dataclass
class Layout:
    """The positions of everything in a picture whose upper left corner is (0, 0)."""

    width: float
    height: float
    boxes: dict[int, Rectangle]  # by id of vertex
    lines: dict[int, EdgePath]  # by id of edge
    clusters: list[tuple[Cluster, Rectangle]]  # each before its children
    titles: dict[int, float]  # by id of cluster: the distance of the title from the left side of its frame


def vertex_depths(vertices: list[Vertex]) -> dict[int, int]:
    """The length of the longest path to each vertex, by id; a leaf comes right before its first use."""
    depth: dict[int, int] = {}
    for vertex in vertices:
        depth[id(vertex)] = max((depth[id(edge.source)] + 1 for edge in vertex.inputs), default=0)
    for vertex in vertices:
        if not vertex.inputs:
            depth[id(vertex)] = min((depth[id(edge.target)] - 1 for edge in vertex.uses), default=0)
    return depth


def suits_left_to_right(vertices: list[Vertex], sizes: Sizes) -> bool:
    """Whether a picture from left to right would be at most MAX_WIDTH wide and MAX_HEIGHT high."""
    depth = vertex_depths(vertices)
    widths: dict[int, float] = {}
    heights: dict[int, float] = {}
    for vertex in vertices:
        label = max((sizes.labels.get(id(edge), 0.0) for edge in vertex.inputs), default=0.0)
        box_width, height = sizes.boxes[id(vertex)]
        width = box_width + label + (2 * CURVE_WIDTH if vertex.module else CURVE_WIDTH)
        column = depth[id(vertex)]
        widths[column] = max(widths.get(column, 0.0), width)
        heights[column] = heights.get(column, 0.0) + height + ITEM_GAP
    return sum(widths.values()) <= MAX_WIDTH and max(heights.values()) <= MAX_HEIGHT


Endpoint = Vertex | Cluster | None  # the end of a line inside a cluster: a vertex, a child cluster, or None for the border


def built_in_layout(vertices: list[Vertex], sizes: Sizes) -> Layout:
    """The built-in layout: each module is arranged by itself and is then one item of the cluster around it."""
    root, cluster_of = clusters(vertices)
    all_clusters = list(root.walk())
    layouts = {id(cluster): _ClusterLayout(cluster, sizes) for cluster in all_clusters}
    sections = {id(edge): _sections(edge, cluster_of) for vertex in vertices for edge in vertex.inputs}
    for vertex in vertices:
        for edge in vertex.inputs:
            for cluster, start, end in sections[id(edge)]:
                layouts[id(cluster)].add_section(edge, start, end)
    order = {id(vertex): i for i, vertex in enumerate(vertices)}
    for cluster in reversed(all_clusters):
        layouts[id(cluster)].arrange(order, layouts)
    for cluster in all_clusters[1:]:
        layouts[id(cluster)].move_into(layouts[id(cluster.chain[-2])].items[id(cluster)])
    boxes = {id(vertex): _rectangle(layouts[id(cluster_of[id(vertex)])].items[id(vertex)], sizes.down) for vertex in vertices}
    lines = {}
    for vertex in vertices:
        for edge in vertex.inputs:
            paths = [layouts[id(cluster)].section_path(edge, end) for cluster, _, end in sections[id(edge)]]
            label = layouts[id(cluster_of[id(vertex)])].label_center(edge)
            lines[id(edge)] = EdgePath("M" + "L".join(paths), label, sizes.down)
    frames = [(cluster, _rectangle(layouts[id(cluster)].frame, sizes.down)) for cluster in all_clusters]
    titles = {key: layout.title_offset() for key, layout in layouts.items()}
    return Layout(frames[0][1].width, frames[0][1].height, boxes, lines, frames[1:], titles)


def _sections(edge: Edge, cluster_of: dict[int, Cluster]) -> list[tuple[Cluster, Endpoint, Endpoint]]:
    """The clusters that an edge crosses, from its source to its target, with its start and end inside each."""
    source_chain, target_chain = cluster_of[id(edge.source)].chain, cluster_of[id(edge.target)].chain
    common = sum(a is b for a, b in zip(source_chain, target_chain))
    starts: list[Endpoint] = [*source_chain[common:], edge.source]
    ends: list[Endpoint] = [*target_chain[common:], edge.target]
    leaving: list[tuple[Cluster, Endpoint, Endpoint]] = [(c, s, None) for c, s in zip(source_chain[common:], starts[1:])]
    entering: list[tuple[Cluster, Endpoint, Endpoint]] = [(c, None, e) for c, e in zip(target_chain[common:], ends[1:])]
    return [*reversed(leaving), (source_chain[common - 1], starts[0], ends[0]), *entering]


def _rectangle(item: Item, down: bool) -> Rectangle:
    x, y, width, height = item.x - item.width / 2, item.y - item.height / 2, item.width, item.height
    return Rectangle(y, x, height, width) if down else Rectangle(x, y, width, height)


class _ClusterLayout:
    """The layout of one cluster: its items and the lines between them."""

    def __init__(self, cluster: Cluster, sizes: Sizes):
        self.cluster, self.sizes, self.down = cluster, sizes, sizes.down
        self.sections: dict[tuple[int, ...], tuple[Edge, Endpoint, Endpoint]] = {}
        self.links: dict[tuple[int, ...], Link] = {}
        self.items: dict[int, Item] = {}  # by id of vertex or child cluster
        self.borders: dict[int, Item] = {}  # by id of source: where its lines enter the cluster
        self.level: Level
        self.frame: Item

    def add_section(self, edge: Edge, start: Endpoint, end: Endpoint) -> None:
        """Add the section of an edge inside this cluster. Edges of one source share a line up to the last section."""
        self.sections[_link_key(edge, end)] = edge, start, end

    def arrange(self, order: dict[int, int], layouts: dict[int, "_ClusterLayout"]) -> None:
        """Place all items; the children of this cluster are already arranged."""
        sizes = [
            (order[id(vertex)], id(vertex), self._transpose(*self.sizes.boxes[id(vertex)])) for vertex in self.cluster.vertices
        ]
        for child in self.cluster.children:
            frame = layouts[id(child)].frame
            sizes.append((order[id(child.first_vertex)], id(child), (frame.width, frame.height)))
        self.items = {key: Item(*size) for _, key, size in sorted(sizes)}
        for key, (edge, start, end) in self.sections.items():
            self.links[key] = self._make_link(edge, start, end, layouts)
        capacity = MAX_WIDTH - 2 * PADDING * len(self.cluster.path) if self.down else None
        self.level = arrange([*self.borders.values(), *self.items.values()], list(self.links.values()), capacity)
        width, height = self._transpose(self.level.width, self.level.height)
        if self.cluster.path:
            self._move(*self._transpose(PADDING, PADDING + TITLE_HEIGHT))
            width, height = max(width, self.sizes.title(self.cluster.title)) + 2 * PADDING, height + 2 * PADDING + TITLE_HEIGHT
        self.frame = Item(*self._transpose(width, height))
        self.frame.x, self.frame.y = self.frame.width / 2, self.frame.height / 2

    def _transpose(self, x: float, y: float) -> tuple[float, float]:
        return (y, x) if self.down else (x, y)

    def _make_link(self, edge: Edge, start: Endpoint, end: Endpoint, layouts: dict[int, "_ClusterLayout"]) -> Link:
        source = edge.source
        if start is None:
            link = Link(id(source), self.borders.setdefault(id(source), Item(0.0, PASSAGE_HEIGHT, is_border=True)), None)
        else:
            link = Link(id(source), self.items[id(start)], None)
        if isinstance(start, Cluster):
            child = layouts[id(start)]
            link.start_offset = child.level.exit_height(child.links[_link_key(edge, None)]) - child.frame.height / 2
        if end is not None:
            link.end = self.items[id(end)]
        if isinstance(end, Cluster):
            child = layouts[id(end)]
            link.end_offset = child.borders[id(source)].y - child.frame.height / 2
        elif link.end is not None:
            ports, height = len(edge.target.inputs), link.end.height - 6
            link.end_offset = (edge.port - (ports - 1) / 2) * (height / ports if self.down else min(20.0, height / ports))
            if id(edge) in self.sizes.labels:
                link.label = LABEL_HEIGHT if self.down else self.sizes.labels[id(edge)]
        return link

    def move_into(self, item: Item) -> None:
        """Move all items from (0, 0) to the position of this cluster inside its parent."""
        self.frame = item
        self._move(item.x - item.width / 2, item.y - item.height / 2)

    def _move(self, x: float, y: float) -> None:
        passages = {id(item): item for link in self.links.values() for item in link.passages}
        for item in (*self.items.values(), *self.borders.values(), *passages.values()):
            item.x, item.left, item.right, item.y = item.x + x, item.left + x, item.right + x, item.y + y
        for link in self.links.values():
            link.lane = None if link.lane is None else link.lane + y

    def title_offset(self) -> float:
        """The distance of the title from the left side, chosen so that no line from above crosses it, if possible."""
        top, x, width = self.frame.y - self.frame.height / 2, INDENT, self.sizes.title(self.cluster.title)
        for line in sorted(border.y - top for border in self.borders.values() if self.down):
            if x - 6 < line < x + width:
                x = line + 6
        return x if x + width < self.frame.height or not self.down else INDENT

    def section_path(self, edge: Edge, end: Endpoint) -> str:
        """The line of an edge inside this cluster: it bends only between columns and ends in a straight part."""
        link = self.links[_link_key(edge, end)]
        x = self.frame.x - self.frame.width / 2 if link.start.is_border else link.start.x + link.start.width / 2
        y, right = link.start.y + link.start_offset, link.start.right
        path = [self._point(x, y), "L", self._point(right, y)]
        if link.lane is not None:
            path.append(self._bend(right, y, right + CURVE_WIDTH / 2, link.lane))
            y = link.lane
            if link.end is not None:
                right = link.end.left - self.level.label_widths[link.end.layer] - CURVE_WIDTH
                path += ["L", self._point(right, y)]
        for item in link.passages:
            path += [
                self._bend(right, y, item.left - self.level.label_widths[item.layer], item.y),
                "L",
                self._point(item.right, item.y),
            ]
            y, right = item.y, item.right
        if link.end is None:
            path += ["L", self._point(self.frame.x + self.frame.width / 2, y)]
        else:
            end_y = link.end.y + link.end_offset
            path.append(self._bend(right, y, link.end.left - self.level.label_widths[link.end.layer], end_y))
            path += ["L", self._point(link.end.x - link.end.width / 2, end_y)]
        return "".join(path)

    def _bend(self, x: float, y: float, to_x: float, to_y: float) -> str:
        if abs(to_y - y) < 0.1:
            return f"L{self._point(to_x, to_y)}"
        middle = (x + to_x) / 2
        return f"C{self._point(middle, y)} {self._point(middle, to_y)} {self._point(to_x, to_y)}"

    def _point(self, x: float, y: float) -> str:
        return f"{y:.1f} {x:.1f}" if self.down else f"{x:.1f} {y:.1f}"

    def label_center(self, edge: Edge) -> tuple[float, float]:
        """The center of an edge's label, just before the target: above a horizontal line, on a vertical one."""
        link = self.links[_link_key(edge, edge.target)]
        assert link.end is not None
        x, y = link.end.left - 10 - link.label / 2, link.end.y + link.end_offset
        return (y, x) if self.down else (x, y - 8)


def _link_key(edge: Edge, end: Endpoint) -> tuple[int, ...]:
    return (id(edge),) if isinstance(end, Vertex) else (id(edge.source), id(end))
