"""The sizes of boxes and labels in a picture, and its direction."""

import numpy as np

from autograd.draw import style
from autograd.draw.layout import Sizes, suits_left_to_right
from autograd.draw.style import EDGE_FONT_SIZE, FONT_SIZE, LINE_HEIGHT, Label, text_width
from autograd.draw.vertex import Vertex

GRID_MARGIN = 6.0  # below a matrix
GRADIENT_LENGTH, ARRAY_GRADIENT_LENGTH = 15, 30  # characters, for the running sums that the script shows
MAX_WIDTH_FOR_EDGES = 700.0  # the width up to which a box grows to separate the labels of its edges


def measure(vertices: list[Vertex], labels: dict[int, Label], health: bool, down: bool | None) -> Sizes:
    """The sizes of boxes and of labels on edges.

    down: whether the picture runs from top to bottom; None does so only where it would be too large from left to right.
    """
    texts = {id(edge): style.edge_text(edge) for vertex in vertices for edge in vertex.inputs}
    sizes = Sizes({}, {key: text_width(text, EDGE_FONT_SIZE) + 4 for key, text in texts.items() if text}, style.title_width)
    sizes.boxes = {id(vertex): _box_size(vertex, labels[id(vertex)], sizes, health) for vertex in vertices}
    sizes.down = not suits_left_to_right(vertices, sizes) if down is None else down
    if sizes.down:
        sizes.boxes = {id(vertex): _box_size(vertex, labels[id(vertex)], sizes, health) for vertex in vertices}
    return sizes


def _box_size(vertex: Vertex, label: Label, sizes: Sizes, health: bool) -> tuple[float, float]:
    """Width and height of a box: for its text, for other gradients in the same line, and for its edges."""
    width = max(text_width(line, FONT_SIZE) for line in label.lines)
    if label.gradient:
        is_array = vertex.gradient is not None and np.size(vertex.gradient) > 4
        width = max(width, text_width(" " * (ARRAY_GRADIENT_LENGTH if is_array else GRADIENT_LENGTH), FONT_SIZE))
    if health and vertex.is_tracked:
        # The mark is on the right; as much space on the left keeps the head in the center.
        width = max(width, text_width(f"{label.head}        ", FONT_SIZE))
    if vertex.shade is not None:
        width = max(width, text_width(label.head, FONT_SIZE, bold=True) + 2 * text_width(f" {vertex.shade.mark} ", FONT_SIZE))
    grid_width, grid_height = (0.0, 0.0) if vertex.grid is None else vertex.grid.size
    width, height = max(width + 20, grid_width + 16, 40), LINE_HEIGHT * len(label.lines) + 12 + grid_height
    height += GRID_MARGIN if grid_height else 0
    if not sizes.down:
        return width, max(height, 14 * len(vertex.inputs) + 12)
    slot = max((sizes.labels.get(id(edge), 0.0) for edge in vertex.inputs), default=0.0) + 6
    return max(width, min(slot * len(vertex.inputs), MAX_WIDTH_FOR_EDGES)), height
