"""All paths between two vertices: their number, the products along them, and the sum of the products."""

import json
import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd
from autograd import Tensor
from autograd.draw.paths import MAX_LINES, MAX_PATHS, count_paths, find_paths


def leaf(value, name):
    return Tensor(value, requires_grad=True, name=name)


def panel_data(graph):
    return json.loads(
        re.search(r'\{"css".*\}', graph._repr_html_().partition("(document.currentScript, ")[2].partition(", (svg")[0])[0]
    )


def chain(steps):
    """A chain in which every step doubles the number of paths."""
    x = h = leaf(1.0, "x")
    for _ in range(steps):
        h = h * 1.01 + h
    h.backward()
    return x, autograd.draw(h, limit=10**6)


def test_products_and_their_sum():
    x, y, z = leaf(3.0, "x"), leaf(4.0, "y"), leaf(2.0, "z")
    f = x**2 * y / z + x * y
    f.name = "f"
    f.backward()
    graph = autograd.draw(f)
    assert graph.paths("x").splitlines() == [
        "2 paths from x to f",
        "∂f/∂v3 × ∂v3/∂v2 × ∂v2/∂v1 × ∂v1/∂x = 1 × 0.5 × 4 × 6 = 12",
        "∂f/∂v4 × ∂v4/∂x = 1 × 4 = 4",
        "∂f/∂x = 12 + 4 = 16",
    ]
    assert graph.paths("x", "v3").splitlines()[-1] == "∂v3/∂v2 × ∂v2/∂v1 × ∂v1/∂x = 0.5 × 4 × 6 = 12"
    assert graph.paths("z", "v4") == "no path leads from z to v4"
    with pytest.raises(ValueError, match="no vertex 'w'; it has x, y, z"):
        graph.paths("w")


def test_a_start_other_than_1_is_a_factor():
    x = leaf(3.0, "x")
    f = x * x
    f.backward(5.0)
    assert autograd.draw(f).paths("x").splitlines()[1:] == [
        "∂L/∂v1 × ∂v1/∂x = 5 × 3 = 15",
        "∂L/∂v1 × ∂v1/∂x = 5 × 3 = 15",
        "∂L/∂x = 15 + 15 = 30",
    ]


def test_paths_are_counted_and_not_followed():
    _, graph = chain(200)
    text = graph.paths("x", limit=3).splitlines()
    assert text[0].replace("\u2009", "").replace(" ", "").startswith(f"{2**200}pathsfromxtov400")
    assert "the first 3 are listed" in text[0]
    assert len(text) == 5
    assert text[-1].startswith("all ")
    assert len(panel_data(chain(60)[1])["paths"]["0-180"][1]) == MAX_PATHS


def test_paths_through_a_group_are_those_of_the_summary():
    h = leaf(1.0, "x")
    for _ in range(20):
        h = h * 1.01 + h
    h.backward()
    text = autograd.draw(h, limit=5).paths("x")
    assert "in this summary" in text.splitlines()[0]
    assert "not known" in text


def test_a_picture_lists_a_bounded_number_of_paths():
    _, graph = chain(40)
    listed = panel_data(graph)["paths"].values()
    assert sum(len(paths) for _, paths in listed) < MAX_LINES + MAX_PATHS


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.booleans()), min_size=1, max_size=7), st.booleans())
def test_the_products_add_up_to_the_gradient(steps, is_array):
    start = np.array([[0.5, -1.2], [0.3, 0.8]]) if is_array else np.float64(0.7)
    x = leaf(start, "x")
    tensors = [x]
    for i, j, multiplies in steps:
        a, b = tensors[i % len(tensors)], tensors[j % len(tensors)]
        tensors.append((a @ b if is_array else a * b) if multiplies else np.tanh(a) + b)
    f = tensors[-1].sum() if is_array else tensors[-1]
    f.backward()
    vertices = autograd.draw(f, limit=10**6).vertices
    source = next(v for v in vertices if v.title == "x")
    paths = find_paths(vertices, source, vertices[-1], limit=2000)
    assert len(paths) == min(2000, count_paths(vertices, source, vertices[-1]))
    assert len({tuple(map(id, path.edges)) for path in paths}) == len(paths)
    for path in paths:
        assert path.edges[0].target is vertices[-1]
        assert path.edges[-1].source is source
        assert all(edge.source is following.target for edge, following in pairwise(path.edges))
    if len(paths) < 2000:
        total = sum(path.product for path in paths)
        np.testing.assert_allclose(total, x.grad.numpy(), rtol=1e-7, atol=1e-9 * max(1, np.max(np.abs(x.grad.numpy()))))
