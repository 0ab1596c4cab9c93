"""Colors, marks and line widths of gradients that vanish or explode."""

import re

import numpy as np
import pytest
from hypothesis import given, strategies as st

import autograd
import nn
from autograd import Tensor
from autograd.draw import Graph
from autograd.draw.health import BANDS, NO_GRADIENT, NOT_FINITE, ZERO, band_of, edge_width, magnitude, worst_band
from autograd.draw.reader import read_graph


@pytest.mark.parametrize(
    ("gradient", "mark"),
    [
        (1.0, ""), (0.01, ""), (1e-4, "▽"), (1e-8, "▽▽"), (-1e-12, "▽▽▽"), (1e-320, "▽▽▽"),
        (1e3, "△"), (-1e5, "△△"), (1e300, "△△△"),
        (0.0, "0"), (np.zeros(3), "0"), (np.nan, "!"), (np.array([1.0, np.inf]), "!"), (np.full(4, 1e200), "△△△"), (None, ""),
    ],
)  # fmt: skip
def test_marks(gradient, mark):
    assert band_of(gradient).mark == mark


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20))
def test_magnitude_is_the_root_mean_square(elements):
    assert magnitude(np.array(elements)) == pytest.approx(np.sqrt(np.mean(np.square(elements))), rel=1e-9, abs=1e-150)


def test_bands_differ_by_more_than_color():
    bands = [*BANDS, ZERO, NOT_FINITE]
    assert len({band.mark for band in bands}) == len(bands)
    assert len({band.fill for band in (*bands, NO_GRADIENT)}) == len(bands) + 1


def test_edge_width_increases_with_the_contribution():
    widths = [edge_width(size) for size in (0.0, 1e-6, 1e-3, 1.0, 1e3, np.inf)]
    assert widths == sorted(widths)
    assert widths[0] > 0


def test_vanishing_shows_layer_by_layer():
    rng = np.random.default_rng(0)
    x = Tensor(rng.normal(size=(4, 8)), requires_grad=True, name="x")
    h = x
    for _ in range(12):
        h = 1 / (1 + np.exp(-(h @ Tensor(rng.normal(size=(8, 8)) / 4, requires_grad=True))))
    f = (h**2).mean()
    f.backward()
    graph = Graph(read_graph(f), health=True)
    marks = [len(mark) for mark in re.findall('class="mark"[^>]*>(▽+)<', graph.svg)]
    assert max(marks) == 3
    assert "▽▽▽ vanishing" in graph.svg
    assert "▽▽▽ vanishing" in graph.dot
    assert len(set(re.findall("penwidth=([0-9.]+)", graph.dot))) > 5


def test_zero_and_nan_have_different_marks():
    x, y = Tensor(0.0, requires_grad=True, name="x"), Tensor(-1.0, requires_grad=True, name="y")
    with np.errstate(all="ignore"):
        f = x * x + np.sqrt(y)
        f.backward()
        svg = Graph(read_graph(f), health=True).svg
    assert {">0</text>", ">!</text>"} <= set(re.findall('class="mark"[^>]*(>[^<]*</text>)', svg))


def test_without_health_there_are_no_marks():
    x = Tensor(1e-9, requires_grad=True)
    f = x * x
    f.backward()
    assert 'class="mark"' not in Graph(read_graph(f)).svg


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_bias_before_batch_normalization_is_zero_and_does_not_vanish(dtype):
    rng = np.random.default_rng(0)
    model = nn.Sequential(nn.Linear(8, 16, rng=rng), nn.BatchNorm1d(16), nn.Tanh(), nn.Linear(16, 1, rng=rng)).astype(dtype)
    with autograd.draw.watch():
        loss = (model(rng.normal(size=(64, 8)).astype(dtype)) ** 2).mean()
    loss.backward()
    leaves = {v.title: v for v in autograd.draw(loss, names=model.named_parameters(), health=True).vertices if v.is_start}
    assert np.any(model[0].bias.grad.numpy())
    assert {title for title, leaf in leaves.items() if leaf.cancels} == {"0.bias"}
    assert band_of(leaves["0.bias"].sized_gradient).mark == "0"


def test_a_small_gradient_that_is_no_rounding_error_vanishes():
    b = Tensor(np.zeros(3), requires_grad=True, name="b")
    f = ((np.ones((4, 3)) * b) * 1e-12).sum()
    f.backward()
    (leaf,) = [v for v in autograd.draw(f).vertices if v.title == "b"]
    assert band_of(leaf.sized_gradient).meaning.startswith("vanishing")


def test_module_is_colored_by_its_parameters_too():
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    model[0].weight.data *= 1e3  # saturates tanh: the gradient of the first layer vanishes
    with autograd.draw.watch():
        loss = (model(Tensor([[1.0, 2.0]])) ** 2).mean()
    loss.backward()
    graph = autograd.draw(loss, names=model.named_parameters(), depth=1, health=True)
    first = next(vertex for vertex in graph.vertices if vertex.symbol == "0: Linear")
    assert {parameter.name for parameter in first.parameters} == {"0.weight", "0.bias"}
    assert first.parameter_count == 9
    first.gradient = np.ones((1, 3))
    assert worst_band(first.gradients) is worst_band(parameter.gradient for parameter in first.parameters)
    assert worst_band(first.gradients).mark
    text = str(graph)
    assert "∂v5/∂0.weight" in text
    assert "9 parameters" in graph.svg
