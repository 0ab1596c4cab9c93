"""Layouts: no boxes overlap, modules stay together, no line crosses a box."""

import re
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd
import nn
from autograd.draw.clusters import clusters
from autograd.draw.layout import MAX_WIDTH, Rectangle, Sizes, built_in_layout
from autograd.draw.measure import measure
from autograd.draw.style import make_labels
from autograd.draw.vertex import Edge, Vertex

TOLERANCE = 0.2  # px, for rounding in paths


@st.composite
def graphs(draw, modules=True):
    """A graph with skip connections and modules, some called twice, and its sizes."""
    leaves = st.tuples(st.sampled_from(["input", "parameter", "constant"]), st.sampled_from([(), (2,)]))
    vertices = [Vertex(kind, i, shape=shape) for i, (kind, shape) in enumerate(draw(st.lists(leaves, min_size=1, max_size=4)))]
    path = ()
    for i in range(draw(st.integers(1, 25))):
        path = path[: draw(st.integers(0, len(path)))] + tuple(draw(st.lists(st.sampled_from("ABC"), max_size=2)))
        vertex = Vertex("operation", i, symbol="+", module=path[:4] if modules else ())
        for port in range(draw(st.integers(1, 3))):
            # Mostly a recent vertex, sometimes an old one.
            distance = draw(st.one_of(st.integers(1, 3), st.integers(1, len(vertices))))
            edge = Edge(vertices[-min(distance, len(vertices))], vertex, port)
            edge.source.uses.append(edge)
            vertex.inputs.append(edge)
        vertices.append(vertex)
    size = st.tuples(st.integers(20, 200), st.integers(20, 80))
    boxes = {id(v): tuple(map(float, draw(size))) for v in vertices}
    edges = [e for v in vertices for e in v.inputs]
    labels = {id(e): float(draw(st.integers(10, 80))) for e in edges if draw(st.booleans())}
    return vertices, Sizes(boxes, labels, down=draw(st.booleans()))


def overlap(a, b):
    return (
        a.x + a.width > b.x + TOLERANCE
        and b.x + b.width > a.x + TOLERANCE
        and a.y + a.height > b.y + TOLERANCE
        and b.y + b.height > a.y + TOLERANCE
    )


def inside(a, b):
    return (
        a.x >= b.x - TOLERANCE
        and a.y >= b.y - TOLERANCE
        and a.x + a.width <= b.x + b.width + TOLERANCE
        and a.y + a.height <= b.y + b.height + TOLERANCE
    )


def check_boxes(vertices, layout):
    picture = Rectangle(0, 0, layout.width, layout.height)
    assert all(inside(box, picture) for box in layout.boxes.values())
    for a, b in combinations(vertices, 2):
        assert not overlap(layout.boxes[id(a)], layout.boxes[id(b)])
    for cluster, frame in layout.clusters:
        assert all(
            v.module[: len(cluster.path)] == cluster.path for v in vertices if v.is_computed and id(v) in members(cluster)
        )
        for v in vertices:
            box = layout.boxes[id(v)]
            assert inside(box, frame) if id(v) in members(cluster) else not overlap(box, frame)
    for (a, a_frame), (b, b_frame) in combinations(layout.clusters, 2):
        assert inside(b_frame, a_frame) if a in b.chain else not overlap(a_frame, b_frame)


def points(path):
    """Points along an SVG path of lines and curves."""
    sampled, position = [], None
    for command, numbers in re.findall(r"([MLC])([^MLC]+)", path):
        ends = np.array([float(n) for n in numbers.split()]).reshape(-1, 2)
        if command == "M":
            position = ends[0]
        elif command == "L":
            sampled += [position + t * (ends[0] - position) for t in np.linspace(0, 1, 12)]
            position = ends[0]
        else:
            a, b, c = ends
            sampled += [
                (1 - t) ** 3 * position + 3 * t * (1 - t) ** 2 * a + 3 * t * t * (1 - t) * b + t**3 * c
                for t in np.linspace(0, 1, 12)
            ]
            position = c
    return np.array(sampled)


def members(cluster):
    return {id(v) for descendant in cluster.walk() for v in descendant.vertices}


def check_lines(vertices, sizes, layout):
    along = 1 if sizes.down else 0
    rectangles = [({id(v)}, layout.boxes[id(v)]) for v in vertices]
    rectangles += [(members(cluster), frame) for cluster, frame in layout.clusters]
    for vertex in vertices:
        for edge in vertex.inputs:
            line = points(layout.lines[id(edge)].path)
            start, end = layout.boxes[id(edge.source)], layout.boxes[id(vertex)]
            ends = (start.y + start.height, end.y) if sizes.down else (start.x + start.width, end.x)
            assert (line[0][along], line[-1][along]) == pytest.approx(ends, abs=TOLERANCE)
            x, y = line.T
            for members_of_box, box in rectangles:
                if members_of_box.isdisjoint((id(edge.source), id(vertex))):
                    across = (x > box.x + TOLERANCE) & (x < box.x + box.width - TOLERANCE)
                    assert not (across & (y > box.y + TOLERANCE) & (y < box.y + box.height - TOLERANCE)).any()


@settings(max_examples=80)
@given(graphs())
def test_built_in_layout(graph):
    vertices, sizes = graph
    layout = built_in_layout(vertices, sizes)
    check_boxes(vertices, layout)
    check_lines(vertices, sizes, layout)
    assert repr(built_in_layout(vertices, sizes).lines) == repr(layout.lines)


@settings(max_examples=40)
@given(graphs(modules=False))
def test_rows_of_a_picture_from_top_to_bottom_are_at_most_max_width_wide(graph):
    vertices, sizes = graph
    sizes.down = True
    rows = {}
    for box in built_in_layout(vertices, sizes).boxes.values():
        rows.setdefault(box.y + box.height / 2, []).append(box)
    assert all(sum(box.width for box in row) <= max(MAX_WIDTH, row[0].width) for row in rows.values())


def test_broad_tree_is_not_wide():
    vertices = [Vertex("input", i) for i in range(78)]
    level = list(vertices)
    while len(level) > 1:
        pairs = list(zip(level[::2], level[1::2]))
        level = [Vertex("operation", 0, symbol="×") for _ in pairs] + level[2 * len(pairs) :]
        for vertex, pair in zip(level, pairs):
            for port, source in enumerate(pair):
                vertex.inputs.append(Edge(source, vertex, port))
                source.uses.append(vertex.inputs[-1])
        vertices += level[: len(pairs)]
    sizes = Sizes({id(v): (130.0, 60.0) for v in vertices}, down=True)
    layout = built_in_layout(vertices, sizes)
    check_boxes(vertices, layout)
    check_lines(vertices, sizes, layout)
    assert len(vertices) == 155
    assert layout.width < 1.1 * MAX_WIDTH
    assert layout.height < 3500


def chain(n, module=lambda i: ()):
    """x, then n operations on the last result and x."""
    vertices = [Vertex("input", 0)]
    for i in range(n):
        vertex = Vertex("operation", i, symbol="×", module=module(i))
        for port, source in enumerate((vertices[-1], vertices[0])):
            vertex.inputs.append(Edge(source, vertex, port))
            source.uses.append(vertex.inputs[-1])
        vertices.append(vertex)
    return vertices, Sizes({id(v): (60.0, 40.0) for v in vertices})


def test_lines_of_a_source_with_many_uses_have_few_bends():
    vertices, sizes = chain(800)
    layout = built_in_layout(vertices, sizes)
    assert max(line.path.count("C") for line in layout.lines.values()) < 12
    assert layout.height < 800


def test_chain_is_straight():
    vertices, sizes = chain(60)
    centers = [box.y + box.height / 2 for box in built_in_layout(vertices, sizes).boxes.values()]
    assert max(centers) - min(centers) < 400


def test_long_and_deep_graphs_are_laid_out_without_recursion():
    vertices, sizes = chain(3000, module=lambda i: tuple(f"m{k}" for k in range(min(i, 20))))
    assert len(built_in_layout(vertices, sizes).clusters) == 20


def test_lines_from_above_do_not_cross_titles():
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    vertices = autograd.draw(model, np.ones((4, 2))).vertices
    sizes = measure(vertices, make_labels(vertices), health=False, down=True)
    layout = built_in_layout(vertices, sizes)
    line_points = np.concatenate([points(line.path) for line in layout.lines.values()]).T
    for cluster, frame in layout.clusters:
        left, top = frame.x + layout.titles[id(cluster)], frame.y + 4
        x, y = line_points[0] - left, line_points[1] - top
        assert not ((x > 0) & (x < sizes.title(cluster.title) - 8) & (y > 0) & (y < 10)).any()
        assert left + sizes.title(cluster.title) <= frame.x + frame.width


def test_a_module_called_twice_has_a_frame_for_each_call():
    vertices, sizes = chain(3, module=lambda i: () if i == 1 else ("Linear",))
    assert [cluster.title for cluster, _ in built_in_layout(vertices, sizes).clusters] == ["Linear", "Linear"]


def test_parameters_are_inside_the_module_that_uses_them_and_data_is_outside():
    w, x, y = (
        Vertex("parameter", 0, shape=(2, 2)),
        Vertex("frozen", 1, shape=(2,)),
        Vertex("operation", 2, module=("Net", "0: Linear")),
    )
    for port, source in enumerate((x, w)):
        y.inputs.append(Edge(source, y, port))
        source.uses.append(y.inputs[-1])
    _, cluster_of = clusters([w, x, y])
    assert cluster_of[id(w)].path == ("Net", "0: Linear")
    assert cluster_of[id(x)].path == ()
