"""Functions of one variable: with their derivatives, and with the path of gradient descent on them."""

from collections.abc import Callable
from textwrap import fill
from typing import Any

import numpy as np

from autograd.draw.plots import paths as walks
from autograd.draw.plots.inputs import Range, evaluated, evaluation, interval, named
from autograd.draw.plots.style import BLUE, GREEN, INK, MUTED, SMALL, TEXT, VERMILLION, axes_for, legend, style
from autograd.transforms.functional import elementwise_grad

POINTS = 801
LOOKS = ((BLUE, "-", 2.4), (VERMILLION, "--", 2.0), (GREEN, ":", 2.2))
PRIMES = ("", "′", "″")


def function(
    f: Any, x_range: Range = (-5.0, 5.0), *, derivatives: int = 1, title: str | None = None, columns: int = 4, axes: Any = None
) -> Any:
    """A function of one number and its derivatives by autograd, such as an activation: f, f′ and, if wanted, f″.

    f:           a function on tensors, or name → function: a panel for each, in rows of `columns`.
    derivatives: how many, 0 to 2.
    title:       of a single panel; the name of the function if not given.

    A jump is drawn as a gap, and not as a vertical line.

    >>> import numpy as np
    >>> from autograd.draw import plots
    >>> figure = plots.function(np.tanh, (-3, 3))
    >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    ['f(x)', 'f′(x)']
    """
    if derivatives not in (0, 1, 2):
        raise ValueError(f"derivatives: 0, 1 or 2 can be drawn, not {derivatives!r}")
    functions = named(f, getattr(f, "__name__", type(f).__name__).replace("<lambda>", ""))
    x = np.linspace(*interval("x_range", x_range), POINTS)
    figure, panels = axes_for(axes, len(functions), columns)
    across = min(columns, len(functions))
    what = ", ".join(f"f{prime}(x)" for prime in PRIMES[: derivatives + 1])
    for i, (panel, (name, one)) in enumerate(zip(panels, functions.items())):
        style(panel, "x" if i + across >= len(panels) else "", what if i % across == 0 else "")
        words = name if title is None else title
        panel.set_title(fill(words, 92 // across), fontsize=TEXT if across < 4 else SMALL, color=INK, loc="left")
        panel.axhline(0, color=MUTED, linewidth=0.8)
        panel.axvline(0, color=MUTED, linewidth=0.8)
        with evaluation(one):
            for order, (color, dashes, width) in enumerate(LOOKS[: derivatives + 1]):
                at, y = with_gaps(one, x, evaluated(one, x))
                panel.plot(at, y, color=color, linestyle=dashes, linewidth=width, label=f"f{PRIMES[order]}(x)")
                one = elementwise_grad(one)
        panel.set_xlim(x[0], x[-1])
        if i == 0:
            legend(panel)
    return figure


def descent(
    f: Callable[..., Any],
    x_range: Range,
    paths: Any = None,
    *,
    apart: bool = False,
    xlabel: str = "w",
    ylabel: str = "loss",
    title: str = "",
    axes: Any = None,
) -> Any:
    """A loss of one weight, and the steps of gradient descent on it.

    f:     loss(w), on tensors.
    paths: weights (steps,), from the first; or name → weights, say one for each learning rate or optimizer.
    apart: a panel for each path.

    The label of a path whose end is not in the picture says why.

    >>> from autograd.draw import plots
    >>> figure = plots.descent(lambda w: w**2, (-2, 2), {"η = 0.1": [1.5, 1.2, 0.96], "η = 1.1": [1.5, -1.8, 2.16]})
    >>> [text.get_text() for text in figure.legends[0].get_texts()]
    ['η = 0.1', 'η = 1.1 (leaves the picture)', 'start', 'end']
    """
    low, high = interval("x_range", x_range)
    x = np.linspace(low, high, POINTS)
    at, y = with_gaps(f, x, evaluated(f, x))
    found = walks.read(paths, [(low, high)])
    own, apart = axes is None, apart and bool(found)
    figure, panels = axes_for(axes, len(found) if apart else 1, 4)
    for i, panel in enumerate(panels):
        style(panel, xlabel, ylabel if i == 0 else "", found[i].label if apart else title)
        panel.plot(at, y, color=INK, linewidth=1.6)
        panel.set_xlim(low, high)
        bottom, top = panel.get_ylim()
        panel.set_ylim(bottom, top)
        for j, path in enumerate(found):
            if not apart or i == j:
                heights = evaluated(f, path.points[:, 0])
                walks.trace(panel, path, walks.color_of(j), walks.bounded(heights, bottom, top))
    walks.key(figure, panels, found, apart, own)
    return figure


def with_gaps(f: Callable[..., Any], x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A curve with a gap wherever f jumps, or is not finite: each steep step is halved until it is seen to be smooth or not."""
    y = np.where(np.isfinite(y), y, np.nan)
    with np.errstate(all="ignore"):
        steps = np.abs(np.diff(y))
        steep = np.flatnonzero(steps > 0.02 * np.ptp(y[np.isfinite(y)])) if np.isfinite(y).any() else np.array([], int)
        left, right, below, above = x[steep], x[steep + 1], y[steep], y[steep + 1]
        for _ in range(40 if steep.size else 0):
            middle = (left + right) / 2
            value = evaluated(f, middle)
            first = np.abs(value - below) >= np.abs(above - value)
            left, below = np.where(first, left, middle), np.where(first, below, value)
            right, above = np.where(first, middle, right), np.where(first, value, above)
        jumps = np.abs(above - below) > 0.5 * steps[steep]
    places = np.repeat(steep[jumps] + 1, 3)
    gap = np.full(int(jumps.sum()), np.nan)
    extra_x = np.stack([left[jumps], left[jumps], right[jumps]], axis=1).ravel()
    extra_y = np.stack([below[jumps], gap, above[jumps]], axis=1).ravel()
    return np.insert(x, places, extra_x), np.insert(y, places, extra_y)
