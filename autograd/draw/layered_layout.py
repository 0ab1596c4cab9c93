"""Layered layout of one cluster: items in columns from left to right, with few crossings and short detours.

This is the method of Sugiyama, Tagawa and Toda (1981): assign layers, order each layer to avoid crossings, then place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from autograd.draw.items import ITEM_GAP, PASSAGE_HEIGHT, Item, Link, gap_after
from autograd.draw.layering import assign_layers

CURVE_WIDTH = 36.0  # the space between columns in which lines bend, in px
MAX_COLUMNS_PASSED = 6  # a line that passes more columns goes around them
SWEEPS = 8


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


def arrange(items: list[Item], links: list[Link], capacity: float | None = None) -> Level:
    """Give every item its layer and position, and every link its passages; `items` is in topological order.

    capacity: the height of a column that is full.
    """
    assign_layers(items, links, capacity)
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
    width = _place_columns(columns, label_widths, capacity is not None)
    top = min(item.y - item.height / 2 for column in columns for item in column)
    for column in columns:
        for item in column:
            item.y -= top
    bottom = max(item.y + item.height / 2 for column in columns for item in column)
    return Level(width, _assign_lanes(detours, bottom, width), label_widths)


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


def _place_columns(columns: list[list[Item]], label_widths: list[float], is_bounded: bool) -> float:
    """Place the columns side by side and each item near the mean height of its neighbors; returns the total width.

    is_bounded: keep all columns within the height of the highest, where otherwise a staircase of columns may arise.
    """
    x = bottom = 0.0
    for column, label in zip(columns, label_widths):
        x += label if column is columns[0] else CURVE_WIDTH / 2 + label if x == 0 else CURVE_WIDTH + label
        width = max(item.width for item in column)
        y = 0.0
        for item, following in zip_longest(column, column[1:]):
            item.left, item.right = x, x + width
            item.x = x + width / 2 if item.predecessors else x + width - item.width / 2
            item.y = y + item.height / 2
            y += item.height + gap_after(item, following)
        x, bottom = x + width, max(bottom, y - ITEM_GAP)
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
            _separate(column, desired, bottom if is_bounded else None)
    return x


def _separate(column: list[Item], desired: list[float], bottom: float | None) -> None:
    """Move the items close to their desired heights, in order and without overlap; items that collide share the shift.

    bottom: all items are placed between 0 and here; None for no bounds.
    """
    groups: list[tuple[float, int]] = []  # the sum of the desired tops of its items, and their number
    offsets = [0.0]
    for item, following, y in zip_longest(column, column[1:], desired):
        group = (y - item.height / 2 - offsets[-1], 1)
        offsets.append(offsets[-1] + item.height + gap_after(item, following))
        while groups and groups[-1][0] * group[1] > group[0] * groups[-1][1]:
            above = groups.pop()
            group = (above[0] + group[0], above[1] + group[1])
        groups.append(group)
    free = None if bottom is None else max(0.0, bottom - offsets[-1] + ITEM_GAP)
    places = zip(column, offsets)
    for total, count in groups:
        shift = total / count if free is None else min(max(total / count, 0.0), free)
        for _ in range(count):
            item, offset = next(places)
            item.y = shift + offset + item.height / 2


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
