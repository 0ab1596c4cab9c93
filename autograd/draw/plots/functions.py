"""Functions of one variable, with their derivatives or with the steps of gradient descent."""

import warnings
from collections.abc import Callable
from textwrap import fill
from typing import Any

import numpy as np

from autograd.draw.plots import paths as path_plots
from autograd.draw.plots.inputs import Range, as_dict, as_range, evaluate, evaluation_mode
from autograd.draw.plots.style import (
    BLUE,
    FONT_SIZE,
    GREEN,
    INK,
    MUTED,
    SMALL_FONT_SIZE,
    VERMILLION,
    get_axes,
    legend,
    style,
)
from autograd.transforms.functional import elementwise_grad

POINTS = 801
LINE_STYLES = ((BLUE, "-", 2.4), (VERMILLION, "--", 2.0), (GREEN, ":", 2.2))
PRIMES = ("", "′", "″")


def function(
    f: Any, x_range: Range = (-5.0, 5.0), *, derivatives: int = 1, title: str | None = None, columns: int = 4, axes: Any = None
) -> Any:
    """A function of one variable, such as an activation, and its derivatives f′ and f″ by autograd.

    f:           a function of a tensor; or name → function for one panel each, in rows of `columns`.
    derivatives: the number of derivatives, 0 to 2.
    title:       the title of the panel; the name of the function by default.

    A jump is drawn as a gap, not as a vertical line. Raises ValueError for more derivatives, and for an empty range.

    >>> import numpy as np
    >>> from autograd.draw import plots
    >>> figure = plots.function(np.tanh, (-3, 3))
    >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    ['f(x)', 'f′(x)']
    """
    if derivatives not in (0, 1, 2):
        raise ValueError(f"derivatives must be 0, 1 or 2, not {derivatives!r}")
    functions = as_dict(f, getattr(f, "__name__", type(f).__name__).replace("<lambda>", ""))
    x = np.linspace(*as_range("x_range", x_range), POINTS)
    figure, panels = get_axes(axes, len(functions), columns)
    per_row = min(columns, len(functions))
    ylabel = ", ".join(f"f{prime}(x)" for prime in PRIMES[: derivatives + 1])
    for i, (panel, (name, derivative)) in enumerate(zip(panels, functions.items())):
        style(panel, "x" if i + per_row >= len(panels) else "", ylabel if i % per_row == 0 else "")
        panel_title = name if title is None else title
        panel.set_title(
            fill(panel_title, 92 // per_row), fontsize=FONT_SIZE if per_row < 4 else SMALL_FONT_SIZE, color=INK, loc="left"
        )
        panel.axhline(0, color=MUTED, linewidth=0.8)
        panel.axvline(0, color=MUTED, linewidth=0.8)
        with evaluation_mode(derivative), warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Output seems independent of input")  # a constant slope has slope 0
            for order, (color, dashes, width) in enumerate(LINE_STYLES[: derivatives + 1]):
                at, y = insert_gaps(derivative, x, evaluate(derivative, x))
                panel.plot(at, y, color=color, linestyle=dashes, linewidth=width, label=f"f{PRIMES[order]}(x)")
                derivative = elementwise_grad(derivative)
        panel.set_xlim(x[0], x[-1])
        if i == 0:
            legend(panel)
    return figure


def descent(
    f: Callable[..., Any],
    x_range: Range,
    paths: Any = None,
    *,
    separate: bool = False,
    xlabel: str = "w",
    ylabel: str = "loss",
    title: str = "",
    axes: Any = None,
) -> Any:
    """A loss of one weight, with the steps of gradient descent.

    f:        loss(w), a function of a tensor.
    paths:    the weights (steps,) that an optimizer visits; or name → weights, such as one path for each learning rate.
    separate: draw each path in a panel of its own.

    If a path diverges or ends outside of the plot, its label says so.

    >>> from autograd.draw import plots
    >>> figure = plots.descent(lambda w: w**2, (-2, 2), {"η = 0.1": [1.5, 1.2, 0.96], "η = 1.1": [1.5, -1.8, 2.16]})
    >>> [text.get_text() for text in figure.legends[0].get_texts()]
    ['η = 0.1', 'η = 1.1 (leaves the picture)', 'start', 'end']
    """
    low, high = as_range("x_range", x_range)
    x = np.linspace(low, high, POINTS)
    at, y = insert_gaps(f, x, evaluate(f, x))
    all_paths = path_plots.read_paths(paths, [(low, high)])
    is_own_figure, separate = axes is None, separate and bool(all_paths)
    figure, panels = get_axes(axes, len(all_paths) if separate else 1, 4)
    for i, panel in enumerate(panels):
        style(panel, xlabel, ylabel if i == 0 else "", all_paths[i].label if separate else title)
        panel.plot(at, y, color=INK, linewidth=1.6)
        panel.set_xlim(low, high)
        bottom, top = panel.get_ylim()
        panel.set_ylim(bottom, top)
        for j, path in enumerate(all_paths):
            if not separate or i == j:
                heights = evaluate(f, path.points[:, 0])
                path_plots.draw_path(panel, path, path_plots.path_color(j), path_plots.clip_to_view(heights, bottom, top))
    path_plots.add_legend(figure, panels, all_paths, separate, is_own_figure)
    return figure


def insert_gaps(f: Callable[..., Any], x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points of a curve with a gap where f jumps or is not finite; a jump is found by bisection of each steep interval."""
    y = np.where(np.isfinite(y), y, np.nan)
    with np.errstate(all="ignore"):
        steps = np.abs(np.diff(y))
        steep = np.flatnonzero(steps > 0.02 * np.ptp(y[np.isfinite(y)])) if np.isfinite(y).any() else np.array([], int)
        left, right, below, above = x[steep], x[steep + 1], y[steep], y[steep + 1]
        for _ in range(40 if steep.size else 0):
            middle = (left + right) / 2
            value = evaluate(f, middle)
            is_left_half = np.abs(value - below) >= np.abs(above - value)
            left, below = np.where(is_left_half, left, middle), np.where(is_left_half, below, value)
            right, above = np.where(is_left_half, middle, right), np.where(is_left_half, value, above)
        is_jump = np.abs(above - below) > 0.5 * steps[steep]
    positions = np.repeat(steep[is_jump] + 1, 3)
    gap = np.full(int(is_jump.sum()), np.nan)
    extra_x = np.stack([left[is_jump], left[is_jump], right[is_jump]], axis=1).ravel()
    extra_y = np.stack([below[is_jump], gap, above[is_jump]], axis=1).ravel()
    return np.insert(x, positions, extra_x), np.insert(y, positions, extra_y)
