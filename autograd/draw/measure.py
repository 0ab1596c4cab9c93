"""How much room things take in a picture, and which way it runs."""

import numpy as np

from autograd.draw import style
from autograd.draw.layout import Sizes, too_wide
from autograd.draw.style import EDGE, LINE, SIZE, Label, width_of
from autograd.draw.vertex import Vertex

CHARACTERS, CHARACTERS_OF_ARRAYS = 15, 30  # room for the gradients that a script shows while they add up
MOST_FOR_EDGES = 700.0  # how wide a box gets so that what stands on its edges has room


def measured(vertices: list[Vertex], labels: dict[int, Label], health: bool, down: bool | None) -> Sizes:
    """The room that boxes and what stands on edges take.

    down: whether the picture runs down, not to the right; if None, where it would be too wide otherwise.
    """
    texts = {id(edge): style.on_edge(edge) for vertex in vertices for edge in vertex.inputs}
    sizes = Sizes({}, {key: width_of(text, EDGE) + 4 for key, text in texts.items() if text}, style.width_of_title)
    sizes.boxes = {id(vertex): _box(vertex, labels[id(vertex)], sizes, health) for vertex in vertices}
    sizes.down = too_wide(vertices, sizes) if down is None else down
    if sizes.down:
        sizes.boxes = {id(vertex): _box(vertex, labels[id(vertex)], sizes, health) for vertex in vertices}
    return sizes


def _box(vertex: Vertex, label: Label, sizes: Sizes, health: bool) -> tuple[float, float]:
    """Width and height of a box: room for its text, for other gradients in its place, and for its edges."""
    width = max(width_of(line, SIZE) for line in label.lines)
    if label.gradient:
        is_array = vertex.gradient is not None and np.size(vertex.gradient) > 4
        width = max(width, width_of(" " * (CHARACTERS_OF_ARRAYS if is_array else CHARACTERS), SIZE))
    if health and vertex.is_tracked:
        width = max(
            width, width_of(f"{label.head}        ", SIZE)
        )  # and a mark on both sides, so that the head is in the middle
    width, height = max(width + 20, 40), LINE * len(label.lines) + 12
    if not sizes.down:
        return width, max(height, 14 * len(vertex.inputs) + 12)
    slot = max((sizes.labels.get(id(edge), 0.0) for edge in vertex.inputs), default=0.0) + 6
    return max(width, min(slot * len(vertex.inputs), MOST_FOR_EDGES)), height
