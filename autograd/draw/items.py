"""The items and links that a layered layout places."""

from dataclasses import dataclass, field

ITEM_GAP = 16.0  # between items of a column
PASSAGE_HEIGHT, PASSAGE_GAP = 4.0, 8.0  # the height that a line takes in a column that it passes, and between two such lines


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


def gap_after(item: Item, following: Item | None) -> float:
    """The gap between two items of a column."""
    is_between_lines = following is not None and item.height == following.height == PASSAGE_HEIGHT
    return PASSAGE_GAP if is_between_lines else ITEM_GAP
