"""Height, ticks, limits and legend of curves."""

import pytest

pytest.importorskip("matplotlib")

from autograd.draw import plots

RUNS = {"SGD": [1.0, 10.0, 100.0], "Adam": [2.0, 20.0, 200.0]}


def axes_of(**options):
    figure = plots.curves(RUNS, [1, 2, 4], **options)
    figure.canvas.draw()
    return figure.axes[0]


def labels(axis):
    return [label.get_text() for label in axis.get_ticklabels(which="both") if label.get_text()]


def test_height_is_that_of_a_new_figure():
    assert axes_of(height=2.5).figure.get_figheight() == 2.5


@pytest.mark.parametrize("log", [False, True])
def test_ticks_are_where_they_are_asked_for_and_nowhere_else(log):
    axes = axes_of(xticks=[1, 2, 4], yticks=[1, 30], log=log, log_x=log)
    assert labels(axes.xaxis) == ["1", "2", "4"]
    assert labels(axes.yaxis) == ["1", "30"]


def test_limits():
    assert axes_of(ylim=(0.0, 50.0)).get_ylim() == (0.0, 50.0)


def test_legend():
    assert axes_of(legend=False).get_legend() is None
    assert axes_of().get_legend() is not None
    assert axes_of(legend="lower left").get_legend()._loc == 3
    axes = axes_of(legend="outside")
    assert axes.get_legend().get_window_extent().x0 > axes.get_window_extent().x1
