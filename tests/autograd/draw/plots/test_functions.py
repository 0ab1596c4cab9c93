"""Plots of curves over epochs, and of functions of one variable."""

import numpy as np
import pytest

pytest.importorskip("matplotlib")

import nn
from autograd import ShapeError, Tensor
from autograd.draw import plots
from autograd.draw.plots.functions import insert_gaps
from autograd.draw.plots.inputs import evaluate


def only(figure):
    (axes,) = figure.axes
    return axes


def labels(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def bowl(x, y):
    return x**2 + 10 * y**2


@pytest.mark.parametrize("values", [[1.0, 1e304], [1e-320, 1.7e308], [1e-320, 1e149], [1e160, 1e300]], ids=str)
def test_curves_up_to_the_largest_float_can_be_drawn_on_a_logarithmic_axis(values):
    axes = only(plots.curves(values, log=True))
    axes.figure.draw_without_rendering()
    assert axes.get_ylim()[1] >= min(max(values), 1e150)


def test_curves_have_the_given_values():
    axes = only(plots.curves({"SGD": [3.0, 2.0, 1.0], "Adam": np.array([3.0, 1.0])}, ylabel="cost", log=True))
    assert labels(axes) == ["SGD", "Adam"]
    assert [line.get_xdata().tolist() for line in axes.lines] == [[1, 2, 3], [1, 2]]
    assert axes.lines[0].get_ydata().tolist() == [3.0, 2.0, 1.0]
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_yscale()) == ("epoch", "cost", "log")


def test_curves_have_the_colors_of_another_picture():
    axes = plots.curves({"SGD": [1.0, 0.5], "Adam": [1.0, 0.2]}, colors=plots.COLORS[1:7]).axes[0]
    assert [line.get_color() for line in axes.lines] == list(plots.COLORS[1:3])


def test_curves_over_a_logarithmic_x_axis():
    rates = [1e-4, 1e-3, 1e-2, 0.1]
    figure = plots.curves({"MLP": [2.0, 0.9, 0.3, 1.5]}, rates, xlabel="learning rate", log_x=True)
    axes = only(figure)
    figure.draw_without_rendering()
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")
    assert axes.lines[0].get_xdata().tolist() == rates
    assert only(plots.curves([1.0, 0.5])).get_xscale() == "linear"
    with pytest.raises(ValueError, match="MLP: log_x=True needs x > 0, not x = 0"):
        plots.curves({"MLP": [1.0, 2.0]}, [0.0, 0.1], log_x=True)


def test_curves_of_tensors():
    w = Tensor(2.0, requires_grad=True)
    assert only(plots.curves([w * w, w])).lines[0].get_ydata().tolist() == [4.0, 2.0]


def test_columns_of_a_run_share_its_color_and_have_their_own_dashes():
    runs = {name: {"training": [1.0, 0.5], "validation": [1.1, 0.9]} for name in ("with", "without")}
    axes = only(plots.curves(runs))
    a, b, c, d = axes.lines
    assert labels(axes) == ["with, training", "with, validation", "without, training", "without, validation"]
    assert a.get_color() == b.get_color() != c.get_color() == d.get_color()
    assert a.get_linestyle() == c.get_linestyle() != b.get_linestyle() == d.get_linestyle()


def test_repetitions_are_a_median_and_a_band():
    axes = only(plots.curves({"five seeds": np.array([[1.0, 2.0], [3.0, 4.0], [11.0, 0.0]])}))
    assert axes.lines[0].get_ydata().tolist() == [3.0, 2.0]
    corners = axes.collections[0].get_paths()[0].vertices
    assert corners[:, 1].min() == 0.0
    assert corners[:, 1].max() == 11.0


def test_label_of_a_curve_says_that_it_is_not_finite():
    axes = only(plots.curves({"η = 3": [1.0, 10.0, np.inf, np.nan]}))
    assert labels(axes) == ["η = 3 (not finite)"]
    assert np.isnan(axes.lines[0].get_ydata()).tolist() == [False, False, True, True]


def test_positions_by_run_and_marks():
    figure = plots.curves(
        {"batch": [1, 2], "stochastic": [1, 2]}, x={"batch": [10, 20], "stochastic": [1, 2]}, marks={"best": 10}
    )
    axes = only(figure)
    assert [line.get_xdata().tolist() for line in axes.lines[:2]] == [[10, 20], [1, 2]]
    assert axes.lines[2].get_xdata() == [10, 10]
    assert axes.texts[0].get_text() == "best"


@pytest.mark.parametrize(("values", "x"), [(np.zeros((2, 2, 2)), None), ([1.0, 2.0], [1.0])])
def test_error_names_the_curve_of_wrong_shape(values, x):
    with pytest.raises(ShapeError, match="SGD"):
        plots.curves({"SGD": values}, x)


def test_function_and_derivatives_are_those_of_autograd():
    axes = only(plots.function(np.tanh, (-2, 2), derivatives=2))
    x = axes.lines[2].get_xdata()
    for line, expected in zip(axes.lines[2:], (np.tanh(x), 1 - np.tanh(x) ** 2, -2 * np.tanh(x) * (1 - np.tanh(x) ** 2))):
        assert line.get_xdata() == pytest.approx(x)
        assert line.get_ydata() == pytest.approx(expected, abs=1e-12)
    assert labels(axes) == ["f(x)", "f′(x)", "f″(x)"]
    assert axes.get_xlim() == (-2, 2)
    assert axes.get_title(loc="left") == "tanh"
    assert len({(line.get_color(), line.get_linestyle()) for line in axes.lines[2:]}) == 3


def test_every_function_has_a_panel_with_its_name_and_is_evaluated_in_evaluation_mode():
    noisy = nn.RReLU()
    figure = plots.function({"RReLU": noisy, "ReLU": nn.ReLU()}, columns=2)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["RReLU", "ReLU"]
    slope = figure.axes[0].lines[3].get_ydata()
    assert len(np.unique(slope[np.isfinite(slope)])) == 2
    assert noisy.training


def test_unused_panels_of_a_grid_are_removed():
    assert len(plots.function({str(i): np.sin for i in range(5)}, columns=3).axes) == 5


@pytest.mark.parametrize("position", [0.0, 0.3, 1 / 3])
def test_jump_is_a_gap_at_its_position(position):
    x = np.linspace(-1, 1, 101)

    def step(x):
        return np.where(x > position, 1.0, 0.0)

    positions, y = insert_gaps(step, x, evaluate(step, x))
    (gap,) = np.flatnonzero(np.isnan(y))
    assert positions[gap - 1] == pytest.approx(position, abs=1e-9)
    assert positions[gap + 1] == pytest.approx(position, abs=1e-9)
    assert (y[gap - 1], y[gap + 1]) == (0.0, 1.0)
    assert (np.diff(positions) >= 0).all()


@pytest.mark.parametrize("f", [np.tanh, lambda x: np.tanh(300 * x), np.abs, lambda x: x**9])
def test_steep_continuous_function_has_no_gap(f):
    x = np.linspace(-1, 1, 101)
    assert len(insert_gaps(f, x, evaluate(f, x))[0]) == 101


def test_values_that_are_not_finite_are_omitted():
    axes = only(plots.function(np.log, (-1, 1)))
    assert np.isnan(axes.lines[2].get_ydata()[:400]).all()


def test_only_two_derivatives_can_be_drawn():
    with pytest.raises(ValueError, match="0, 1 or 2"):
        plots.function(np.tanh, derivatives=3)


@pytest.mark.parametrize("ends", [(1, 1), (2, -2), (0, np.inf), (1, 2, 3)])
def test_range_needs_low_below_high(ends):
    with pytest.raises(ValueError, match="x_range: a range is"):
        plots.function(np.tanh, ends)


def test_elementwise_and_other_functions_are_evaluated_at_every_point():
    grid = np.meshgrid(np.linspace(-1, 1, 4), np.linspace(0, 2, 3))
    data = np.array([1.0, 2.0, 3.0])

    def loss(a, b):  # not elementwise: one call with the grid fails or sums over the grid
        return ((a * data + b) ** 2).sum()

    def branching(a, b):
        return a if a > 0 else b * 2

    assert evaluate(bowl, *grid) == pytest.approx(grid[0] ** 2 + 10 * grid[1] ** 2)
    assert evaluate(loss, *grid) == pytest.approx(((grid[0][..., None] * data + grid[1][..., None]) ** 2).sum(axis=2))
    assert evaluate(branching, *grid) == pytest.approx(np.where(grid[0] > 0, grid[0], 2 * grid[1]))
    assert evaluate(lambda a, b: 3.0, *grid).tolist() == np.full((3, 4), 3.0).tolist()


def test_function_of_the_right_shape_that_is_not_elementwise_is_evaluated_point_by_point():
    x = np.linspace(0, 1, 3)
    assert evaluate(lambda w: w - w.sum(), x) == pytest.approx(np.zeros(3))


def test_function_must_return_one_number():
    with pytest.raises(ShapeError, match=r"must return one number for each point, not an array of shape \(2,\)"):
        plots.loss_surface(lambda x, y: np.stack([x, y]), (0, 1), (0, 1))


def test_error_in_a_function_is_raised():
    with pytest.raises(ZeroDivisionError):
        plots.descent(lambda w: 1 // 0, (0, 1))
