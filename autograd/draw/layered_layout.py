"""Layers: what is on one level of a picture in columns from left to right, with few crossings and little bending."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

CURVE = 36.0  # the room between columns in which lines bend, in px
SPACE = 16.0  # between items of a column
PASSAGE = 4.0  # the height of a line that passes a column
LONG = 6  # a line that passes more columns than this goes around them
SWEEPS = 8


@dataclass(eq=False)
class Item:
    """What takes room in a column: a vertex, a module with all that is in it, or the passage of a line."""

    width: float
    height: float
    is_border: bool = False  # where a line comes in from outside, on the left
    layer: int = 0
    x: float = 0.0
    y: float = 0.0  # of its middle
    left: float = 0.0
    right: float = 0.0  # borders of its column
    before: list[tuple["Item", float, float]] = field(default_factory=list)
    after: list[tuple["Item", float, float]] = field(default_factory=list)  # neighbors: where on them, and on this one


@dataclass(eq=False)
class Link:
    """A line from one item to another, or to the border on the right."""

    source: int  # the vertex it comes from: lines of one vertex share their way
    start: Item
    end: Item | None  # None for the border
    rise: float = 0.0  # how far below the middle of its start it leaves
    fall: float = 0.0  # how far below the middle of its end it arrives
    label: float = 0.0  # the width of what stands on it, just before its end
    passages: list[Item] = field(default_factory=list)
    lane: float | None = None  # the height at which it goes around the columns


@dataclass
class Level:
    """Columns with all items placed; y starts at 0."""

    width: float
    height: float
    free: list[float]  # for each column, how much of the room before it is kept for labels

    def end(self, link: Link) -> float:
        """Where a line reaches the border on the right."""
        if link.lane is not None:
            return link.lane
        return link.passages[-1].y if link.passages else link.start.y + link.rise


def arrange(items: list[Item], links: list[Link]) -> Level:
    """Give every item its layer and place, and every link its way; items come before those that they lead to."""
    _layers(items, links)
    last = max(item.layer for item in items)
    passages: dict[tuple[int, int], Item] = {}
    joined: set[tuple[int, int]] = set()
    around = []
    for link in links:
        between = range(link.start.layer + 1, last + 1 if link.end is None else link.end.layer)
        if len(between) > LONG:
            around.append(link)
            continue
        for layer in between:
            link.passages.append(passages.setdefault((link.source, layer), Item(0.0, PASSAGE, layer=layer)))
        _join(link, joined)
    columns: list[list[Item]] = [[] for _ in range(last + 1)]
    for item in (*items, *passages.values()):
        columns[item.layer].append(item)
    free = [0.0] * len(columns)
    for link in links:
        if link.end is not None:
            free[link.end.layer] = max(free[link.end.layer], link.label + 14 if link.label else 8)
    for column in columns:
        column.sort(key=lambda item: not item.is_border)
    _order(columns)
    width = _place(columns, free)
    top = min(item.y - item.height / 2 for column in columns for item in column)
    for column in columns:
        for item in column:
            item.y -= top
    bottom = max(item.y + item.height / 2 for column in columns for item in column)
    return Level(width, _go_around(around, bottom, width), free)


def _layers(items: list[Item], links: list[Link]) -> None:
    """Every item comes after all that lead to it; what nothing leads to, right before its first use."""
    arriving: dict[int, list[Item]] = {}
    leaving: dict[int, list[Item]] = {}
    for link in links:
        if link.end is not None:
            arriving.setdefault(id(link.end), []).append(link.start)
            leaving.setdefault(id(link.start), []).append(link.end)
    for item in items:
        item.layer = 1 + max((start.layer for start in arriving.get(id(item), ())), default=-1)
    for item in items:
        if not item.is_border and id(item) not in arriving:
            item.layer = max(0, min((end.layer for end in leaving.get(id(item), ())), default=0) - 1)


def _join(link: Link, joined: set[tuple[int, int]]) -> None:
    """Make neighbors of what a link touches, once for all links that share a way."""
    way = [link.start, *link.passages, *([] if link.end is None else [link.end])]
    for one, other in pairwise(way):
        rise = link.rise if one is link.start else 0.0
        fall = link.fall if other is link.end else 0.0
        if other is link.end or (id(one), id(other)) not in joined:
            joined.add((id(one), id(other)))
            one.after.append((other, fall, rise))
            other.before.append((one, rise, fall))


def _order(columns: list[list[Item]]) -> None:
    """Sort each column by the mean place of its neighbors, sweeping to and fro: fewer crossings."""
    place = {id(item): float(i) for column in columns for i, item in enumerate(column)}
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for column in columns[1:] if forward else columns[-2::-1]:
            mean = {}
            for item in column:
                near = item.before if forward else item.after
                if near:
                    mean[id(item)] = sum(place[id(b)] + on / (2 * b.height) for b, on, _ in near) / len(near)
                else:
                    mean[id(item)] = place[id(item)]
            column.sort(key=lambda item: mean[id(item)])
            for i, item in enumerate(column):
                place[id(item)] = float(i)


def _place(columns: list[list[Item]], free: list[float]) -> float:
    """Columns side by side, items near the middle of their neighbors without overlap; returns the width of all."""
    x = 0.0
    for column, kept in zip(columns, free):
        x += kept if column is columns[0] else CURVE / 2 + kept if x == 0 else CURVE + kept
        width = max(item.width for item in column)
        y = 0.0
        for item in column:
            item.left, item.right = x, x + width
            item.x = x + width / 2 if item.before else x + width - item.width / 2
            item.y = y + item.height / 2
            y += item.height + SPACE
        x += width
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 1
        for column in columns if forward else reversed(columns):
            wished = []
            for item in column:
                near = (item.before if forward else item.after) or (item.after if forward else item.before)
                # Only lines are straight: boxes that followed the places of their inputs would drift away to one side.
                offset = [on if item.height == PASSAGE else 0.0 for _, on, _ in near]
                wished.append(sum(b.y + on for (b, _, _), on in zip(near, offset)) / len(near) if near else item.y)
            _spread(column, wished)
    return x


def _spread(column: list[Item], wished: list[float]) -> None:
    """The places nearest to those wished for, in order and without overlap: neighbors that collide share the shift."""
    groups: list[tuple[float, int]] = []  # the sum of the tops that its items wish for, and their number
    offset = 0.0
    for item, y in zip(column, wished):
        group = (y - item.height / 2 - offset, 1)
        offset += item.height + SPACE
        while groups and groups[-1][0] * group[1] > group[0] * groups[-1][1]:
            above = groups.pop()
            group = (above[0] + group[0], above[1] + group[1])
        groups.append(group)
    offset, items = 0.0, iter(column)
    for total, count in groups:
        for _ in range(count):
            item = next(items)
            item.y = total / count + offset + item.height / 2
            offset += item.height + SPACE


def _go_around(links: Iterable[Link], bottom: float, width: float) -> float:
    """Lanes below the columns for the links that are too long; those of one vertex share one. Returns the new bottom."""
    spans: dict[int, tuple[float, float, list[Link]]] = {}
    for link in links:
        end = width if link.end is None else link.end.left
        left, right, found = spans.get(link.source, (link.start.right, end, []))
        spans[link.source] = (min(left, link.start.right), max(right, end), [*found, link])
    lanes: list[float] = []  # up to where each is taken
    for left, right, found in sorted(spans.values(), key=lambda span: span[0]):
        free = next((i for i, taken in enumerate(lanes) if taken + CURVE < left), len(lanes))
        lanes[free : free + 1] = [right]
        for link in found:
            link.lane = bottom + SPACE * (free + 1)
    return bottom + SPACE * len(lanes)
