"""The geometry of pictures: nothing overlaps, nothing is clipped, and a picture opens readable."""

from xml.etree import ElementTree

import pytest

from autograd.draw.layout import MAX_WIDTH
from autograd.draw.measure import measure
from autograd.draw.shapes import Box, Text, read_shapes
from autograd.draw.style import make_labels
from tests.autograd.draw.graphs import GRAPHS, make_graph

SVG = "{http://www.w3.org/2000/svg}"
VIEW_WIDTH, READABLE = 950, 0.75  # px of an output of JupyterLab, and the smallest scale of viewport.js
LINES_PASSING = 600  # px that lines beside the boxes may take


def rectangle(shape):
    if isinstance(shape, Box):
        return shape.x, shape.y, shape.x + shape.width, shape.y + shape.height
    return shape.x - shape.width / 2, shape.y - 0.8 * shape.size, shape.x + shape.width / 2, shape.y + 0.1 * shape.size


def overlaps(rectangles):
    """Pairs of rectangles that overlap, by a sweep from left to right."""
    active, pairs = [], []
    for rect, name in sorted(rectangles, key=lambda item: item[0][0]):
        active = [(other, other_name) for other, other_name in active if other[2] > rect[0] + 0.5]
        pairs += [(other_name, name) for other, other_name in active if other[3] > rect[1] + 0.5 and rect[3] > other[1] + 0.5]
        active.append((rect, name))
    return pairs


def is_inside(inner, outer):
    return (
        inner[0] >= outer[0] - 0.5 and inner[1] >= outer[1] - 0.5 and inner[2] <= outer[2] + 0.5 and inner[3] <= outer[3] + 0.5
    )


def shapes_of(element, transform):
    """The shapes of an element, at their places in the picture."""
    page = ElementTree.Element(f"{SVG}svg")
    ElementTree.SubElement(page, f"{SVG}g", transform=transform).append(element)
    return read_shapes(ElementTree.tostring(page, encoding="unicode")).shapes


@pytest.mark.parametrize("name", GRAPHS)
def test_geometry(name):
    graph = make_graph(name)
    svg = graph.svg
    picture = read_shapes(svg)
    page = (0, 0, picture.width, picture.height)
    assert all(is_inside(rectangle(shape), page) for shape in picture.shapes if isinstance(shape, Box | Text))

    root = ElementTree.fromstring(svg)
    canvas = next(group for group in root.iter(f"{SVG}g") if (group.get("transform") or "").startswith("translate"))
    boxes, labels, titles = [], [], []
    for element in canvas:
        kind = element.get("class").split()[0]
        shapes = shapes_of(element, canvas.get("transform"))
        texts = [(rectangle(shape), shape.text) for shape in shapes if isinstance(shape, Text)]
        if kind == "vertex":
            *_, front = [shape for shape in shapes if isinstance(shape, Box) and shape.fill]
            boxes.append((rectangle(front), element.get("id")))
            assert [text for rect, text in texts if not is_inside(rect, rectangle(front))] == []
        elif kind == "edge":
            labels += texts
        elif kind == "title":
            titles += texts
    assert len(boxes) == len(graph.vertices)
    assert overlaps([*boxes, *labels, *titles]) == []

    sizes = measure(graph.vertices, make_labels(graph.vertices), False, None)
    if sizes.down:
        widest_row = {}
        for (left, top, right, bottom), _ in boxes:
            row = (top + bottom) / 2
            widest_row[row] = widest_row.get(row, 0) + right - left
        assert max(widest_row.values()) <= MAX_WIDTH
        assert picture.width <= MAX_WIDTH + LINES_PASSING
    else:
        assert picture.width * READABLE <= VIEW_WIDTH + 50
