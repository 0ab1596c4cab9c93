"""Layered layout of one cluster: items in columns from left to right, with few crossings and short detours.

This is the method of Sugiyama, Tagawa and Toda (1981): assign layers, order each layer to avoid crossings, then place.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

CURVE_WIDTH = 36.0  # the space between columns in which lines bend, in px
ITEM_GAP = 16.0  # between items of a column
PASSAGE_HEIGHT = 4.0  # the height that a line takes in a column that it passes
MAX_COLUMNS_PASSED = 6  # a line that passes more columns goes around them
SWEEPS = 8


@dataclass(eq=False)
class Item:
    """Something that takes space in a column: a vertex, a module with its content, or a line that passes the column."""

    width: float
    height: float
    is_border: bool = False  # on the left border, where a line enters the cluster
    layer: int = 0
    x: float = 0.0  # x and y: the center
    y: float = 0.0
    left: float = 0.0  # left and right: the borders of the column
    right: float = 0.0
    #: Neighbors in other columns: the item, and how far below the center of the neighbor and of this item the line ends.
    predecessors: list[tuple["Item", float, float]] = field(default_factory=list)
    successors: list[tuple["Item", float, float]] = field(default_factory=list)


@dataclass(eq=False)
class Link:
    """A line from one item to another, or to the right border."""

    source: int  # id of the vertex it comes from: lines of one vertex share their passages
    start: Item
    end: Item | None  # None for the border
    start_offset: float = 0.0  # how far below the center of its start it begins
    end_offset: float = 0.0  # how far below the center of its end it ends
    label: float = 0.0  # the width of the label, just before the end
    passages: list[Item] = field(default_factory=list)
    lane: float | None = None  # the y at which it goes around the columns


@dataclass
class Level:
    """The columns of one cluster with all items placed; y starts at 0."""

    width: float
    height: float
    label_widths: list[float]  # for each column, the space for labels before it

    def exit_height(self, link: Link) -> float:
        """The y at which a line reaches the right border."""
        if link.lane is not None:
            return link.lane
        return link.passages[-1].y if link.passages else link.start.y + link.start_offset


def arrange(items: list[Item], links: list[Link]) -> Level:
    """Give every item its layer and position, and every link its passages; `items` is in topological order."""
    _assign_layers(items, links)
    last = max(item.layer for item in items)
    passages: dict[tuple[int, int], Item] = {}
    joined: set[tuple[int, int]] = set()
    detours = []
    for link in links:
        layers = range(link.start.layer + 1, last + 1 if link.end is None else link.end.layer)
        if len(layers) > MAX_COLUMNS_PASSED:
            detours.append(link)
            continue
        for layer in layers:
            link.passages.append(passages.setdefault((link.source, layer), Item(0.0, PASSAGE_HEIGHT, layer=layer)))
        _add_neighbors(link, joined)
    columns: list[list[Item]] = [[] for _ in range(last + 1)]
    for item in (*items, *passages.values()):
        columns[item.layer].append(item)
    label_widths = [0.0] * len(columns)
    for link in links:
        if link.end is not None:
            label_widths[link.end.layer] = max(label_widths[link.end.layer], link.label + 14 if link.label else 8)
    for column in columns:
        column.sort(key=lambda item: not item.is_border)
    _order_columns(columns)
    width = _place_columns(columns, label_widths)
    top = min(item.y - item.height / 2 for column in columns for item in column)
    for column in columns:
        for item in column:
            item.y -= top
    bottom = max(item.y + item.height / 2 for column in columns for item in column)
    return Level(width, _assign_lanes(detours, bottom, width), label_widths)


def _assign_layers(items: list[Item], links: list[Link]) -> None:
    """Place every item after its predecessors, and an item without predecessors right before its first successor."""
    starts: dict[int, list[Item]] = {}
    ends: dict[int, list[Item]] = {}
    for link in links:
        if link.end is not None:
            starts.setdefault(id(link.end), []).append(link.start)
            ends.setdefault(id(link.start), []).append(link.end)
    for item in items:
        item.layer = 1 + max((start.layer for start in starts.get(id(item), ())), default=-1)
    for item in items:
        if not item.is_border and id(item) not in starts:
            item.layer = max(0, min((end.layer for end in ends.get(id(item), ())), default=0) - 1)


def _add_neighbors(link: Link, joined: set[tuple[int, int]]) -> None:
    """Make successive items of a link neighbors, once for all links that share a passage."""
    route = [link.start, *link.passages, *([] if link.end is None else [link.end])]
    for left, right in pairwise(route):
        left_offset = link.start_offset if left is link.start else 0.0
        right_offset = link.end_offset if right is link.end else 0.0
        if right is link.end or (id(left), id(right)) not in joined:
            joined.add((id(left), id(right)))
            left.successors.append((right, right_offset, left_offset))
            right.predecessors.append((left, left_offset, right_offset))


def _order_columns(columns: list[list[Item]]) -> None:
    """Sort each column by the mean position of its neighbors, in alternating sweeps: this reduces crossings."""
    position = {id(item): float(i) for column in columns for i, item in enumerate(column)}
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for column in columns[1:] if forward else columns[-2::-1]:
            mean = {}
            for item in column:
                neighbors = item.predecessors if forward else item.successors
                if neighbors:
                    mean[id(item)] = sum(position[id(b)] + y / (2 * b.height) for b, y, _ in neighbors) / len(neighbors)
                else:
                    mean[id(item)] = position[id(item)]
            column.sort(key=lambda item: mean[id(item)])
            for i, item in enumerate(column):
                position[id(item)] = float(i)


def _place_columns(columns: list[list[Item]], label_widths: list[float]) -> float:
    """Place the columns side by side and each item near the mean height of its neighbors; returns the total width."""
    x = 0.0
    for column, label in zip(columns, label_widths):
        x += label if column is columns[0] else CURVE_WIDTH / 2 + label if x == 0 else CURVE_WIDTH + label
        width = max(item.width for item in column)
        y = 0.0
        for item in column:
            item.left, item.right = x, x + width
            item.x = x + width / 2 if item.predecessors else x + width - item.width / 2
            item.y = y + item.height / 2
            y += item.height + ITEM_GAP
        x += width
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 1
        for column in columns if forward else reversed(columns):
            desired = []
            for item in column:
                neighbors = item.predecessors if forward else item.successors
                neighbors = neighbors or (item.successors if forward else item.predecessors)
                # Only passing lines follow the offsets: boxes that follow the offsets of their inputs drift to one side.
                offsets = [y if item.height == PASSAGE_HEIGHT else 0.0 for _, y, _ in neighbors]
                heights = [neighbor.y + offset for (neighbor, _, _), offset in zip(neighbors, offsets)]
                desired.append(sum(heights) / len(neighbors) if neighbors else item.y)
            _separate(column, desired)
    return x


def _separate(column: list[Item], desired: list[float]) -> None:
    """Move the items close to their desired heights, in order and without overlap; items that collide share the shift."""
    groups: list[tuple[float, int]] = []  # the sum of the desired tops of its items, and their number
    offset = 0.0
    for item, y in zip(column, desired):
        group = (y - item.height / 2 - offset, 1)
        offset += item.height + ITEM_GAP
        while groups and groups[-1][0] * group[1] > group[0] * groups[-1][1]:
            above = groups.pop()
            group = (above[0] + group[0], above[1] + group[1])
        groups.append(group)
    offset, items = 0.0, iter(column)
    for total, count in groups:
        for _ in range(count):
            item = next(items)
            item.y = total / count + offset + item.height / 2
            offset += item.height + ITEM_GAP


def _assign_lanes(links: Iterable[Link], bottom: float, width: float) -> float:
    """Assign lanes below the columns to links that are too long, one lane for each source; returns the new bottom."""
    spans: dict[int, tuple[float, float, list[Link]]] = {}
    for link in links:
        end = width if link.end is None else link.end.left
        left, right, group = spans.get(link.source, (link.start.right, end, []))
        spans[link.source] = (min(left, link.start.right), max(right, end), [*group, link])
    lane_ends: list[float] = []  # the right end of the last span in each lane
    for left, right, group in sorted(spans.values(), key=lambda span: span[0]):
        lane = next((i for i, end in enumerate(lane_ends) if end + CURVE_WIDTH < left), len(lane_ends))
        lane_ends[lane : lane + 1] = [right]
        for link in group:
            link.lane = bottom + ITEM_GAP * (lane + 1)
    return bottom + ITEM_GAP * len(lane_ends)
