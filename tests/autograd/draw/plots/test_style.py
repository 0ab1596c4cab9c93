"""Properties of all plots: style, user's axes, and no text outside of the figure."""

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib")
from matplotlib.text import Text

from autograd.draw import plots
from autograd.draw.plots.style import COLORS, MARKERS, line_style, sequential_colors
from optim.data import moons

ROOT = Path(__file__).parents[4]


def only(figure):
    (axes,) = figure.axes
    return axes


def bowl(x, y):
    return x**2 + 10 * y**2


def test_matplotlib_is_imported_by_the_first_plot():
    program = (
        "import sys, autograd.draw.plots as plots\nassert 'matplotlib' not in sys.modules\n"
        "plots.curves([1.0, 0.5])\nassert 'matplotlib' in sys.modules and 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_missing_matplotlib_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"pip install 'chainrule\[plots\]'"):
        plots.curves([1.0])


def test_figure_is_displayed_in_jupyter_at_its_size():
    picture, size = plots.curves([1.0, 0.5])._repr_png_()
    assert picture.startswith(b"\x89PNG")
    assert size == {"width": 640, "height": 400}


def test_a_figure_can_be_pickled():
    assert only(pickle.loads(pickle.dumps(plots.curves([1.0, 0.5])))).lines[0].get_ydata().tolist() == [1.0, 0.5]


def test_style_hides_top_and_right_spines_and_draws_the_grid_behind():
    from matplotlib.figure import Figure

    axes = plots.style(Figure().subplots(), "epoch", "loss", "A run")
    assert [axes.spines[side].get_visible() for side in ("top", "right", "left", "bottom")] == [False, False, True, True]
    assert axes.get_axisbelow()
    assert axes.xaxis.get_gridlines()[0].get_visible()
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_title(loc="left")) == ("epoch", "loss", "A run")
    assert [axes.plot([0, 1])[0].get_color() for _ in COLORS] == list(COLORS)


def test_subplots_come_as_from_pyplot():
    figure, axes = plots.subplots()
    assert figure.axes == [axes]
    assert plots.subplots(1, 3)[1].shape == (3,)
    assert plots.subplots(2, 1)[1].shape == (2,)
    assert plots.subplots(2, 3)[1].shape == (2, 3)
    assert plots.subplots(width=3, height=2)[0].get_size_inches().tolist() == [3, 2]


def test_figures_have_standard_widths():
    single, row = plots.curves([1.0]), plots.descent(lambda w: w**2, (-1, 1), {"a": [1.0], "b": [1.0]}, separate=True)
    assert single.get_size_inches().tolist() == [6.4, 4.0]
    assert row.get_figwidth() == plots.subplots(1, 3)[0].get_figwidth() == 10.5


def test_colors_differ_in_lightness_or_hue_for_every_kind_of_color_vision():
    """Machado, Oliveira and Fernandes (2009): how people without one kind of cones see colors."""
    blind = {
        "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    }
    seen = np.array([[int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)] for color in COLORS])
    for matrix in blind.values():
        as_seen = seen**2.2 @ np.array(matrix).T
        distances = np.linalg.norm(as_seen[:, None] - as_seen, axis=2)
        assert distances[~np.eye(len(COLORS), dtype=bool)].min() > 0.1


def test_lines_and_markers_and_shades_are_distinct():
    assert len({tuple(line_style(i).items()) for i in range(32)}) == 32
    assert len(set(MARKERS)) == len(MARKERS) == len(COLORS) == 8
    assert len(set(sequential_colors(30))) == 30


def test_long_legends_are_outside_and_empty_ones_are_none():
    assert only(plots.curves([1.0, 2.0])).get_legend() is None
    few, many = (only(plots.curves({f"run {i}": [1.0, i] for i in range(n)})).get_legend() for n in (3, 9))
    few.figure.draw_without_rendering()
    many.figure.draw_without_rendering()
    assert few.get_window_extent().x1 < few.axes.get_window_extent().x1
    assert many.get_window_extent().x0 >= many.axes.get_window_extent().x1


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: plots.curves([1.0, 0.5], axes=axes),
        lambda axes: plots.function(np.tanh, axes=axes),
        lambda axes: plots.descent(lambda w: w**2, (-1, 1), [1.0, 0.5], axes=axes),
        lambda axes: plots.loss_surface(bowl, (-1, 1), (-1, 1), [[1, 1], [0, 0]], axes=axes),
        lambda axes: plots.constraint_regions(
            bowl, (-2, 2), (-2, 2), penalties={"L1": lambda x, y: abs(x) + abs(y)}, axes=axes
        ),
        lambda axes: plots.gradient_norms({"0.weight": [1.0]}, axes=axes),
        lambda axes: plots.gradient_norm_curves({"0.weight": [1.0, 2.0]}, axes=axes),
        lambda axes: plots.update_ratios({"0.weight": [1e-3, 1e-2]}, axes=axes),
        lambda axes: plots.activation_densities({"tanh": [0.1, -0.2, 0.9]}, axes=axes),
        lambda axes: plots.decision_regions(lambda x: x[:, 0] > 0, [[-1, 0], [1, 0]], [0, 1], axes=axes),
        lambda axes: plots.images(np.eye(4)[None], axes=axes),
        lambda axes: plots.weight_images(np.ones((4, 1)), axes=axes),
        lambda axes: plots.confusion_matrix([[3, 1], [0, 2]], axes=axes),
    ],
)
def test_every_plot_draws_into_the_axes_of_the_user(draw):
    figure, (left, right) = plots.subplots(1, 2)
    assert draw(left) is figure
    assert left.has_data()
    assert not right.has_data()


def test_wrong_number_of_axes_raises():
    _, axes = plots.subplots(1, 2)
    with pytest.raises(ValueError, match="3 panels to draw, but 2 axes given"):
        plots.function({"a": np.tanh, "b": np.sin, "c": np.cos}, axes=axes)


@pytest.mark.parametrize(
    "make",
    [
        lambda: plots.curves({f"a run with a long name, {i}": [1.0, 0.5] for i in range(9)}, title="Title"),
        lambda: plots.function({f"function {i}": np.tanh for i in range(8)}, derivatives=2),
        lambda: plots.loss_surface(bowl, (-2, 2), (-1, 1), {f"path {i}, which leaves": [[0, 0], [9, 9]] for i in range(4)}),
        lambda: plots.constraint_regions(lambda x, y: bowl(x - 1.5, y - 1), (-1.5, 2.5), (-1.5, 2)),
        lambda: plots.gradient_norms({f"a.long.path.{i}.weight": [1.0 + i] for i in range(12)}),
        lambda: plots.activation_densities({c: {f"{i} Tanh": [-1.0, 0.2, 1.0] for i in range(4)} for c in "abcd"}),
        lambda: plots.decision_regions(lambda x: x, *moons(30, rng=0), names=["the upper one", "the lower one"]),
        lambda: plots.images(np.zeros((12, 8, 8)), range(12), columns=6, title="Twelve"),
        lambda: plots.weight_images(np.ones((16, 20)), title="Weights"),
        lambda: plots.confusion_matrix(np.eye(3), ["setosa", "versicolor", "virginica"], title="Flowers"),
    ],
)
def test_no_text_is_outside_the_figure_and_no_titles_overlap(make):
    figure = make()
    figure.draw_without_rendering()
    box = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    assert min(box.x0, box.y0) > -0.03
    assert box.x1 < width + 0.03
    assert box.y1 < height + 0.03
    words = [text for axes in figure.axes for text in axes.get_children() if isinstance(text, Text) and text.get_text()]
    titles = [text.get_window_extent() for text in words if text.get_position()[1] == 1.0]
    assert not any(a.overlaps(b) for i, a in enumerate(titles) for b in titles[:i])
