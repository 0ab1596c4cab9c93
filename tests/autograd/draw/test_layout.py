"""Where the layouts put things: nothing overlaps, modules stay together, lines keep clear of boxes."""

import re
import shutil
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd
import nn
from autograd.draw.clusters import clusters
from autograd.draw.graphviz_layout import by_graphviz
from autograd.draw.layout import Place, Sizes, layered
from autograd.draw.measure import measured
from autograd.draw.style import labels
from autograd.draw.vertex import Edge, Vertex

TOUCH = 0.2  # px, for rounding in paths


@st.composite
def graphs(draw, modules=True):
    """A graph with skip connections, and with modules, which may be called again; with the sizes of everything."""
    leaves = st.tuples(st.sampled_from(["input", "parameter", "constant"]), st.sampled_from([(), (2,)]))
    vertices = [Vertex(kind, i, shape=shape) for i, (kind, shape) in enumerate(draw(st.lists(leaves, min_size=1, max_size=4)))]
    path = ()
    for i in range(draw(st.integers(1, 25))):
        path = path[: draw(st.integers(0, len(path)))] + tuple(draw(st.lists(st.sampled_from("ABC"), max_size=2)))
        vertex = Vertex("operation", i, symbol="+", module=path[:4] if modules else ())
        for port in range(draw(st.integers(1, 3))):
            # Mostly from nearby, sometimes from far back.
            back = draw(st.one_of(st.integers(1, 3), st.integers(1, len(vertices))))
            edge = Edge(vertices[-min(back, len(vertices))], vertex, port)
            edge.source.uses.append(edge)
            vertex.inputs.append(edge)
        vertices.append(vertex)
    size = st.tuples(st.integers(20, 200), st.integers(20, 80))
    boxes = {id(v): tuple(map(float, draw(size))) for v in vertices}
    edges = [e for v in vertices for e in v.inputs]
    labels = {id(e): float(draw(st.integers(10, 80))) for e in edges if draw(st.booleans())}
    return vertices, Sizes(boxes, labels, down=draw(st.booleans()))


def overlap(one, other):
    return (
        one.x + one.width > other.x + TOUCH
        and other.x + other.width > one.x + TOUCH
        and one.y + one.height > other.y + TOUCH
        and other.y + other.height > one.y + TOUCH
    )


def inside(one, other):
    return (
        one.x >= other.x - TOUCH
        and one.y >= other.y - TOUCH
        and one.x + one.width <= other.x + other.width + TOUCH
        and one.y + one.height <= other.y + other.height + TOUCH
    )


def check_places(vertices, layout):
    whole = Place(0, 0, layout.width, layout.height)
    assert all(inside(box, whole) for box in layout.boxes.values())
    for one, other in combinations(vertices, 2):
        assert not overlap(layout.boxes[id(one)], layout.boxes[id(other)])
    for cluster, frame in layout.clusters:
        assert all(
            v.module[: len(cluster.path)] == cluster.path for v in vertices if v.is_computed and id(v) in members(cluster)
        )
        for v in vertices:
            box = layout.boxes[id(v)]
            assert inside(box, frame) if id(v) in members(cluster) else not overlap(box, frame)
    for (one, frame), (other, other_frame) in combinations(layout.clusters, 2):
        assert inside(other_frame, frame) if one in other.chain else not overlap(frame, other_frame)


def points(path):
    """Points along an SVG path of lines and curves."""
    found, here = [], None
    for command, numbers in re.findall(r"([MLC])([^MLC]+)", path):
        ends = np.array([float(n) for n in numbers.split()]).reshape(-1, 2)
        if command == "M":
            here = ends[0]
        elif command == "L":
            found += [here + t * (ends[0] - here) for t in np.linspace(0, 1, 12)]
            here = ends[0]
        else:
            a, b, c = ends
            found += [
                (1 - t) ** 3 * here + 3 * t * (1 - t) ** 2 * a + 3 * t * t * (1 - t) * b + t**3 * c
                for t in np.linspace(0, 1, 12)
            ]
            here = c
    return np.array(found)


def members(cluster):
    return {id(v) for part in cluster.walk() for v in part.vertices}


def check_lines(vertices, sizes, layout):
    along = 1 if sizes.down else 0
    rectangles = [({id(v)}, layout.boxes[id(v)]) for v in vertices]
    rectangles += [(members(cluster), frame) for cluster, frame in layout.clusters]
    for vertex in vertices:
        for edge in vertex.inputs:
            way = points(layout.lines[id(edge)].path)
            start, end = layout.boxes[id(edge.source)], layout.boxes[id(vertex)]
            ends = (start.y + start.height, end.y) if sizes.down else (start.x + start.width, end.x)
            assert (way[0][along], way[-1][along]) == pytest.approx(ends, abs=TOUCH)
            x, y = way.T
            for inside, box in rectangles:
                if inside.isdisjoint((id(edge.source), id(vertex))):
                    across = (x > box.x + TOUCH) & (x < box.x + box.width - TOUCH)
                    assert not (across & (y > box.y + TOUCH) & (y < box.y + box.height - TOUCH)).any()


@settings(max_examples=80)
@given(graphs())
def test_built_in_layout(graph):
    vertices, sizes = graph
    layout = layered(vertices, sizes)
    check_places(vertices, layout)
    check_lines(vertices, sizes, layout)
    assert repr(layered(vertices, sizes).lines) == repr(layout.lines)


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
@settings(max_examples=15)
@given(graphs(modules=False))
def test_layout_by_graphviz(graph):
    vertices, sizes = graph
    layout = by_graphviz(vertices, sizes)
    assert layout is not None
    check_places(vertices, layout)
    assert set(layout.lines) == {id(edge) for vertex in vertices for edge in vertex.inputs}


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


def test_lines_that_are_used_again_and_again_have_few_bends():
    vertices, sizes = chain(800)
    layout = layered(vertices, sizes)
    assert max(line.path.count("C") for line in layout.lines.values()) < 12
    assert layout.height < 800


def test_a_chain_runs_straight_on():
    vertices, sizes = chain(60)
    middles = [box.y + box.height / 2 for box in layered(vertices, sizes).boxes.values()]
    assert max(middles) - min(middles) < 400


def test_long_and_deep_graphs_are_laid_out_without_recursion():
    vertices, sizes = chain(3000, module=lambda i: tuple(f"m{k}" for k in range(min(i, 20))))
    assert len(layered(vertices, sizes).clusters) == 20


def test_lines_that_come_in_from_above_pass_beside_the_titles():
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    vertices = autograd.draw(model, np.ones((4, 2))).vertices
    sizes = measured(vertices, labels(vertices), health=False, down=True)
    layout = layered(vertices, sizes)
    ways = np.concatenate([points(line.path) for line in layout.lines.values()]).T
    for cluster, frame in layout.clusters:
        left, top = frame.x + layout.titles[id(cluster)], frame.y + 4
        x, y = ways[0] - left, ways[1] - top
        assert not ((x > 0) & (x < sizes.title(cluster.title) - 8) & (y > 0) & (y < 10)).any()
        assert left + sizes.title(cluster.title) <= frame.x + frame.width


def test_a_module_called_twice_has_a_frame_for_each_call():
    vertices, sizes = chain(3, module=lambda i: () if i == 1 else ("Linear",))
    assert [cluster.title for cluster, _ in layered(vertices, sizes).clusters] == ["Linear", "Linear"]


def test_parameters_stand_in_the_module_that_uses_them_and_data_outside():
    w, x, y = (
        Vertex("parameter", 0, shape=(2, 2)),
        Vertex("frozen", 1, shape=(2,)),
        Vertex("operation", 2, module=("Net", "0: Linear")),
    )
    for port, source in enumerate((x, w)):
        y.inputs.append(Edge(source, y, port))
        source.uses.append(y.inputs[-1])
    _, home = clusters([w, x, y])
    assert home[id(w)].path == ("Net", "0: Linear")
    assert home[id(x)].path == ()
