"""Matrices as grids: numbers or a heat map, in boxes, in the panel, and as plots."""

import re

import numpy as np
import pytest

import autograd
from autograd import Tensor
from autograd.draw.matrix_grid import LEVELS, NOT_FINITE, NUMBER_STRENGTH, make_grid, palette
from autograd.errors import ShapeError


def luminance(color):
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def deuteranope(color):
    """The color as a deuteranope sees it (Viénot, Brettel and Mollon 1999), linear."""
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    matrix = np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]])
    return matrix @ linear


def product():
    x, w = Tensor(np.ones((2, 3)), requires_grad=True, name="x"), Tensor(np.ones((3, 20)), requires_grad=True, name="w")
    f = (x @ w).sum()
    f.backward()
    return f


@pytest.mark.parametrize(
    ("shape", "has_numbers", "cells"),
    [
        ((6, 6), True, (6, 6)),
        ((7, 6), False, (7, 6)),
        ((3,), True, (1, 3)),
        ((40, 5), False, (16, 5)),
        ((500, 300), False, (16, 16)),
    ],
)
def test_numbers_up_to_6_by_6_then_a_heat_map(shape, has_numbers, cells):
    grid = make_grid(np.random.default_rng(0).normal(size=shape))
    assert (grid.texts is not None) is has_numbers
    assert grid.levels.shape == cells
    assert np.abs(grid.levels).max() == LEVELS
    assert len(grid.codes) == grid.levels.size


@pytest.mark.parametrize("x", [3.0, np.ones((2, 2, 2)), np.ones(1), np.zeros((0, 3)), np.array(["a", "b"])])
def test_other_arrays_have_no_grid(x):
    assert make_grid(x) is None


def test_the_scale_is_symmetric_and_marks_what_is_not_finite():
    assert make_grid(np.array([[4.0, -4.0], [0.0, 1.0]])).levels.tolist() == [[8, -8], [0, 2]]
    assert make_grid(np.array([np.inf, -1.0, np.nan])).levels.tolist() == [[NOT_FINITE, -8, NOT_FINITE]]
    assert make_grid(np.zeros((2, 2))).levels.tolist() == [[0, 0], [0, 0]]


def test_numbers_are_readable_on_every_color_and_signs_are_distinct_for_a_deuteranope():
    ink = luminance("#1A1A1A")
    assert all((luminance(color) + 0.05) / (ink + 0.05) >= 4.5 for color in palette(NUMBER_STRENGTH))
    colors = palette()
    for level in range(2, LEVELS + 1):
        negative, positive = (deuteranope(colors[LEVELS + sign * level]) for sign in (-1, 1))
        assert np.abs(negative - positive).max() > 0.03 * level


def test_boxes_have_grids_on_demand():
    f = product()
    assert 'class="value grid"' not in autograd.draw(f).svg
    svg = autograd.draw(f, matrices=True).svg
    assert svg.count('class="value grid"') == 3
    boxes = {m[1]: tuple(map(float, m.groups()[1:])) for m in re.finditer(
        r'id="(graph-v\d+)">.*?<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', svg
    )}  # fmt: skip
    for name, text in re.findall(r'id="(graph-v\d+)">(.*?</g>)</g>', svg):
        x, y, width, height = boxes[name]
        for px, py in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", text):
            assert x <= float(px) <= x + width
            assert y <= float(py) <= y + height
    assert "cells: blue negative" in svg


def test_the_panel_has_values_and_gradients():
    html = autograd.draw(product())._repr_html_()
    assert '"grids":{"values":{' in html
    assert r"\u2202v2/\u2202w (3, 20)" in html
    x = Tensor(3.0, requires_grad=True)
    assert '"grids":null' in autograd.draw(x * x)._repr_html_()


def test_plots_of_matrices():
    plots = pytest.importorskip("matplotlib") and autograd.draw.plots
    attention = np.random.default_rng(0).dirichlet(np.ones(5), size=(3, 5))
    figure = plots.matrix(attention, rows="abcde", columns="abcde", titles=["one", "two", "three"], label="attention")
    assert [axes.get_title() for axes in figure.axes[:3]] == ["one", "two", "three"]
    assert len(figure.axes[0].texts) == 25
    image = figure.axes[0].images[0]
    assert image.get_clim()[0] == -image.get_clim()[1]
    assert len(plots.matrix(np.ones((4, 2, 3, 3))).axes) == 9
    assert not plots.matrix(np.ones((7, 7))).axes[0].texts
    with pytest.raises(ShapeError, match="2 rows"):
        plots.matrix(np.ones((3, 3)), rows="ab")
    with pytest.raises(ShapeError, match="shape"):
        plots.matrix(np.ones((2, 2, 2, 2, 2)))
    with pytest.raises(ValueError, match="64"):
        plots.matrix(np.ones((65, 2, 2)))
