"""Losses of two weights, seen from above: the paths of optimizers on them, and the regions that penalties allow."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograd.draw.number_format import number
from autograd.draw.plots import paths as walks
from autograd.draw.plots.inputs import Range, evaluated, interval
from autograd.draw.plots.style import (
    ALONE,
    BESIDE,
    BLUE,
    INK,
    MUTED,
    PAPER,
    VERMILLION,
    axes_for,
    blend,
    color_bar,
    legend,
    legend_below,
    style,
)

AROUND = 2 * np.pi * np.arange(720) / 720
DECADES = 4  # logarithmic levels go down to this many powers of ten below the height of the surface


def loss_surface(
    f: Callable[..., Any],
    x_range: Range,
    y_range: Range,
    paths: Any = None,
    *,
    log: bool = False,
    levels: int = 12,
    apart: bool = False,
    xlabel: str = "w₁",
    ylabel: str = "w₂",
    zlabel: str = "loss",
    title: str = "",
    resolution: int = 181,
    axes: Any = None,
) -> Any:
    """A loss of two weights as contours, with the paths of optimizers on it from start to end.

    f:          loss(w₁, w₂), on tensors; if it does not work on many points at once it is called for each, which takes longer.
    paths:      points (steps, 2), from the first; or name → points.
    log:        levels that lie the closer together the closer to the lowest: for narrow valleys.
    levels:     about how many.
    apart:      a panel for each path.
    resolution: points along each side at which f is evaluated.

    >>> from autograd.draw import plots
    >>> figure = plots.loss_surface(lambda x, y: x**2 + 4 * y**2, (-2, 2), (-1, 1), {"descent": [[1.5, 0.8], [1.2, 0.2]]})
    >>> [axes.get_ylabel() for axes in figure.axes]
    ['w₂', 'loss']
    """
    (left, right), (low, high) = ranges = interval("x_range", x_range), interval("y_range", y_range)
    found = walks.read(paths, ranges)
    x, y = np.meshgrid(np.linspace(left, right, resolution), np.linspace(low, high, resolution))
    z = np.ma.masked_invalid(evaluated(f, x, y))
    heights = levels_of(z, levels, log)
    own, apart = axes is None, apart and bool(found)
    figure, panels = axes_for(axes, len(found) if apart else 1, 4)
    for i, panel in enumerate(panels):
        style(panel, xlabel, ylabel if i == 0 else "", found[i].label if apart else title, grid=False)
        drawn = panel.contourf(x, y, z, heights, cmap=blend(PAPER, "#BFD3E3", "#7C9CB8"), norm=_norm(heights))
        panel.contour(x, y, z, heights, colors=MUTED, linewidths=0.5, alpha=0.6)
        for j, path in enumerate(found):
            if not apart or i == j:
                walks.trace(panel, path, walks.color_of(j))
        panel.set(xlim=(left, right), ylim=(low, high))
    walks.key(figure, panels, found, apart, own)
    bar = color_bar(figure, drawn, panels, f"{zlabel}, log-spaced" if log else zlabel)
    ticks = heights[:: 1 + len(heights) // 10]
    bar.set_ticks(ticks, labels=[number(int(tick) if tick == int(tick) else float(tick)) for tick in ticks], minor=False)
    bar.ax.tick_params(which="minor", length=0)
    return figure


def levels_of(z: np.ndarray, count: int, log: bool) -> np.ndarray:
    """The heights of contours, round numbers: evenly spaced, or in even ratios of what lies above the lowest."""
    from matplotlib.ticker import MaxNLocator

    lowest, highest = float(z.min()), float(z.max())
    if not lowest < highest:
        return np.array([lowest, lowest + 1])
    if not log:
        heights = np.asarray(MaxNLocator(count, steps=[1, 2, 2.5, 5, 10]).tick_values(lowest, highest))
    else:
        span = highest - lowest
        inner = np.unique([float(f"{height:.0e}") for height in span * np.logspace(-DECADES, 0, count)[:-1]])
        base = 0.0 if 0 <= lowest < inner[0] else lowest
        unit = 10.0 ** (np.floor(np.log10(highest - base)) - 1)
        top = unit * (np.floor((highest - base) / unit) + 1)
        heights = base + np.concatenate([[0], inner[inner < top], [top]])
    heights[0], heights[-1] = min(heights[0], lowest), max(heights[-1], highest)  # which round numbers may miss by rounding
    return heights


def _norm(heights: np.ndarray) -> Any:
    """The same change of color from each level to the next."""
    from matplotlib.colors import BoundaryNorm

    return BoundaryNorm(heights, 256)


def constraint_regions(
    f: Callable[..., Any],
    x_range: Range,
    y_range: Range,
    size: float = 1.0,
    *,
    penalties: Mapping[str, Callable[..., Any]] | None = None,
    xlabel: str = "w₁",
    ylabel: str = "w₂",
    axes: Any = None,
) -> Any:
    """Where weights may lie under a constraint R(w) ≤ t, and the lowest loss there: L1's diamond, L2's circle.

    f:         loss(w₁, w₂), on tensors.
    size:      t of the constraint R(w) ≤ t.
    penalties: name → R(w₁, w₂), growing from 0 in every direction; L1, |w₁| + |w₂|, and L2, √(w₁² + w₂²), if not given.

    >>> from autograd.draw import plots
    >>> figure = plots.constraint_regions(lambda x, y: (x - 2) ** 2 + (y - 1) ** 2, (-1.5, 3), (-1.5, 2))
    >>> [axes.get_title(loc="left") for axes in figure.axes]
    ['L1\\nw = (1, 0)', 'L2\\nw = (0.894, 0.447)']
    """
    (left, right), (low, high) = interval("x_range", x_range), interval("y_range", y_range)
    if not size > 0:
        raise ValueError(f"constraint_regions: size is above 0, not {size!r}")
    penalties = penalties or {"L1": lambda x, y: np.abs(x) + np.abs(y), "L2": lambda x, y: np.sqrt(x * x + y * y)}
    x, y = np.meshgrid(np.linspace(left, right, 121), np.linspace(low, high, 121))
    z = np.ma.masked_invalid(evaluated(f, x, y))
    free = lowest_point(f, (left, right), (low, high))
    own = axes is None
    width = ALONE[0] if len(penalties) == 1 else BESIDE
    height = (width / min(3, len(penalties)) - 0.7) * (high - low) / (right - left) + 1.4
    figure, panels = axes_for(axes, len(penalties), 3, width=width, height=height * -(-len(penalties) // 3))
    for panel, (name, penalty) in zip(panels, penalties.items()):
        edge = boundary(penalty, size, AROUND)
        inside = evaluated(penalty, *free[:, None]).item() <= size
        best = free if inside else lowest_on_boundary(f, penalty, size)
        touching = evaluated(f, *best[:, None]).item()
        style(panel, xlabel, ylabel if panel is panels[0] else "", f"{name}\nw = {_written(best)}", grid=False)
        panel.fill(*edge, facecolor=(BLUE, 0.22), edgecolor=BLUE, linewidth=2, label=f"allowed: R(w) ≤ {number(size)}")
        panel.contour(x, y, z, levels_of(z, 10, True), colors=MUTED, linewidths=0.7, alpha=0.7)
        if float(z.min()) < touching < float(z.max()):
            panel.contour(x, y, z, [touching], colors=VERMILLION, linewidths=1.8)
        panel.plot([], [], color=MUTED, linewidth=0.7, label="equal loss")
        panel.axhline(0, color=INK, linewidth=0.8)
        panel.axvline(0, color=INK, linewidth=0.8)
        panel.plot(*free, "X", color=INK, markersize=10, markeredgecolor=PAPER, label="lowest loss", linestyle="")
        panel.plot(*best, "o", color=VERMILLION, markersize=9, markeredgecolor=PAPER, label="lowest loss allowed", linestyle="")
        panel.set(xlim=(left, right), ylim=(low, high), aspect="equal")
    if own:
        legend_below(figure, panels[0].get_legend_handles_labels()[0])
    else:
        legend(panels[0])
    return figure


def _written(point: np.ndarray) -> str:
    return f"({', '.join(f'{round(float(w), 4) + 0.0:.3g}' for w in point)})"


def lowest_point(f: Callable[..., Any], x_range: Range, y_range: Range) -> np.ndarray:
    """Where in a rectangle f is lowest, by a grid around the lowest point of a coarser one, again and again."""
    low, high = np.array([x_range, y_range]).T
    center, span = (low + high) / 2, high - low
    for _ in range(8):
        sides = [np.linspace(max(c - s / 2, a), min(c + s / 2, b), 41) for c, s, a, b in zip(center, span, low, high)]
        x, y = np.meshgrid(*sides)
        place = np.ma.masked_invalid(evaluated(f, x, y)).argmin()
        center, span = np.array([x.flat[place], y.flat[place]]), span / 8
    return center


def boundary(penalty: Callable[..., Any], size: float, angles: np.ndarray) -> np.ndarray:
    """The points (2, n) where a penalty that grows along every ray from 0 reaches a size, found by halving."""
    direction = np.round(np.stack([np.cos(angles), np.sin(angles)]), 15)  # on an axis exactly
    near, far = np.zeros(angles.shape), np.ones(angles.shape)
    while (short := evaluated(penalty, *(far * direction)) < size).any() and far.max() < 1e100:
        far = np.where(short, 2 * far, far)
    for _ in range(60):
        middle = (near + far) / 2
        within = evaluated(penalty, *(middle * direction)) <= size
        near, far = np.where(within, middle, near), np.where(within, far, middle)
    return far * direction


def lowest_on_boundary(f: Callable[..., Any], penalty: Callable[..., Any], size: float) -> np.ndarray:
    """The point of a region's boundary where f is lowest, by ever closer rays around the best one."""
    angles = AROUND
    for _ in range(6):
        edge = boundary(penalty, size, angles)
        best = int(evaluated(f, *edge).argmin())
        step = angles[1] - angles[0]
        angles = angles[best] + step * np.linspace(-1, 1, 41)
    return edge[:, best]
