"""Plots of losses: the paths of optimizers, and the regions of constraints."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

pytest.importorskip("matplotlib")

from autograd import ShapeError, grad
from autograd.draw import plots
from autograd.draw.plots.surfaces import boundary, contour_levels, lowest_point


def only(figure):
    (axes,) = figure.axes
    return axes


def bowl(x, y):
    return x**2 + 10 * y**2


def test_descent_marks_every_step_on_the_curve():
    axes = only(plots.descent(lambda w: w**2, (-2, 2), {"η = 0.3": [1.5, 0.6, 0.24]}))
    _, path, start, end = axes.lines
    assert path.get_ydata() == pytest.approx([2.25, 0.36, 0.0576])
    assert (start.get_xdata()[0], end.get_xdata()[0]) == (1.5, 0.24)
    assert (start.get_marker(), end.get_marker()) == ("o", "X")
    assert axes.get_xlim() == (-2, 2)


def test_titles_describe_the_end_of_a_path():
    paths = {"right": [1.0, 0.1], "too large": [1.0, -3.0], "much too large": [1.0, -1e200, np.nan], "lost": [np.nan]}
    figure = plots.descent(lambda w: w**2, (-2, 2), paths, separate=True)
    figure.draw_without_rendering()
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["right", "too large (leaves the picture)", "much too large (diverges)", "lost (diverges)"]
    ends = [sum(line.get_marker() == "X" for line in axes.lines) for axes in figure.axes]
    assert ends == [1, 0, 0, 0]


def test_a_path_needs_as_many_dimensions_as_its_surface():
    with pytest.raises(ShapeError, match=r"path 'SGD': points must have shape \(steps, 2\), not \(3,\)"):
        plots.loss_surface(bowl, (-1, 1), (-1, 1), {"SGD": [1.0, 2.0, 3.0]})
    with pytest.raises(ShapeError, match=r"points must have shape \(steps,\)"):
        plots.descent(np.square, (-1, 1), np.ones((3, 2)))


def test_surface_shows_paths_from_start_to_end_inside_its_ranges():
    start = np.array([1.8, 0.8])
    slope = grad(lambda w: bowl(w[0], w[1]))
    paths = {}
    for rate in (0.01, 0.09):
        points = [start]
        for _ in range(10):
            points.append(points[-1] - rate * slope(points[-1]))
        paths[f"η = {rate}"] = points
    figure = plots.loss_surface(bowl, (-2, 2), (-1, 1), paths)
    axes, bar = figure.axes
    assert (axes.get_xlim(), axes.get_ylim()) == ((-2, 2), (-1, 1))
    assert (axes.get_xlabel(), axes.get_ylabel(), bar.get_ylabel()) == ("w₁", "w₂", "loss")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["η = 0.01", "η = 0.09", "start", "end"]
    assert axes.lines[0].get_xydata() == pytest.approx(np.array(paths["η = 0.01"]))
    assert axes.lines[0].get_color() != axes.lines[3].get_color()
    assert axes.lines[1].get_xydata()[0].tolist() == [1.8, 0.8]


def test_paths_side_by_side_share_surface_and_scale():
    figure = plots.loss_surface(bowl, (-2, 2), (-1, 1), {"a": [[1, 1]], "b": [[0, 1]], "c": [[0, 0]]}, separate=True)
    *panels, bar = figure.axes
    assert [axes.get_title(loc="left") for axes in panels] == ["a", "b", "c"]
    assert {(axes.get_xlim(), axes.get_ylim()) for axes in panels} == {((-2, 2), (-1, 1))}
    assert bar.get_ylabel() == "loss"


@settings(max_examples=30)
@given(st.floats(-50, 50), st.floats(0.01, 1e6), st.booleans())
def test_levels_cover_the_surface_and_rise(lowest, span, log):
    z = lowest + span * np.linspace(0, 1, 20) ** 2
    levels = contour_levels(z, 12, log)
    assert (np.diff(levels) > 0).all()
    assert levels[0] <= z.min() + 1e-9 * span
    assert levels[-1] >= z.max()
    assert 4 <= len(levels) <= 20


def test_logarithmic_levels_lie_closer_near_the_lowest():
    gaps = np.diff(contour_levels(np.linspace(0, 1000, 50), 12, True))
    assert gaps[-1] > 100 * gaps[0]


def test_a_flat_surface_and_one_with_holes_can_be_drawn():
    plots.loss_surface(lambda x, y: 0 * x + 1, (0, 1), (0, 1), log=True).draw_without_rendering()
    plots.loss_surface(lambda x, y: np.log(x) + y, (-1, 1), (0, 1)).draw_without_rendering()


def test_minimum_in_the_diamond_has_a_zero_and_in_the_disk_has_none():
    figure = plots.constraint_regions(lambda x, y: (x - 2) ** 2 + (y - 0.5) ** 2, (-1.5, 3), (-1.5, 2))
    diamond, circle = (axes.lines[-1].get_xydata()[0] for axes in figure.axes)
    assert diamond.tolist() == [1, 0]
    assert circle == pytest.approx(np.array([2, 0.5]) / np.sqrt(4.25), abs=1e-5)
    free = next(line for line in figure.axes[0].lines if line.get_label() == "lowest loss")
    assert free.get_xydata()[0] == pytest.approx([2, 0.5], abs=1e-4)


def test_inactive_constraint_does_not_move_the_minimum():
    figure = plots.constraint_regions(lambda x, y: (x - 0.2) ** 2 + y**2, (-2, 2), (-2, 2), size=3)
    for axes in figure.axes:
        assert axes.lines[-1].get_xydata()[0] == pytest.approx([0.2, 0], abs=1e-4)


def test_boundary_of_an_elastic_net_has_its_size_everywhere():
    angles = np.linspace(0, 6, 50)
    x, y = boundary(lambda x, y: 0.5 * (x * x + y * y) + np.abs(x) + np.abs(y), 2.5, angles)
    assert 0.5 * (x**2 + y**2) + abs(x) + abs(y) == pytest.approx(np.full(50, 2.5))
    assert np.arctan2(y, x) % (2 * np.pi) == pytest.approx(angles)


def test_lowest_point_of_a_narrow_valley():
    point = lowest_point(lambda x, y: (x - 0.123) ** 2 + 50 * (y + 0.77) ** 2, (-2, 2), (-1, 1))
    assert point == pytest.approx([0.123, -0.77], abs=1e-5)


def test_size_of_a_constraint_is_positive():
    with pytest.raises(ValueError, match="size"):
        plots.constraint_regions(bowl, (-1, 1), (-1, 1), size=0)
