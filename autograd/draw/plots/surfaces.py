"""Contour plots of losses of two weights, with the paths of optimizers or with the regions of constraints."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograd.draw.number_format import format_number
from autograd.draw.plots import paths as path_plots
from autograd.draw.plots.inputs import Range, as_range, evaluate
from autograd.draw.plots.style import (
    BLUE,
    INK,
    MUTED,
    PAPER,
    ROW_WIDTH,
    SINGLE_SIZE,
    VERMILLION,
    color_bar,
    color_map,
    get_axes,
    legend,
    legend_below,
    style,
)

FULL_CIRCLE = 2 * np.pi * np.arange(720) / 720
DECADES = 4  # the decades that logarithmic levels span


def loss_surface(
    f: Callable[..., Any],
    x_range: Range,
    y_range: Range,
    paths: Any = None,
    *,
    log: bool = False,
    levels: int = 12,
    separate: bool = False,
    xlabel: str = "w₁",
    ylabel: str = "w₂",
    zlabel: str = "loss",
    title: str = "",
    resolution: int = 181,
    axes: Any = None,
) -> Any:
    """The contours of a loss of two weights, with the paths of optimizers.

    f:          loss(w₁, w₂), a function of tensors; if it is not elementwise, it is called for each point, which is slower.
    paths:      the points (steps, 2) that an optimizer visits; or name → points.
    log:        space the levels logarithmically above the minimum, for narrow valleys.
    levels:     the approximate number of levels.
    separate:   draw each path in a panel of its own.
    resolution: the number of grid points along each side.

    >>> from autograd.draw import plots
    >>> figure = plots.loss_surface(lambda x, y: x**2 + 4 * y**2, (-2, 2), (-1, 1), {"descent": [[1.5, 0.8], [1.2, 0.2]]})
    >>> [axes.get_ylabel() for axes in figure.axes]
    ['w₂', 'loss']
    """
    (left, right), (low, high) = ranges = as_range("x_range", x_range), as_range("y_range", y_range)
    all_paths = path_plots.read_paths(paths, ranges)
    x, y = np.meshgrid(np.linspace(left, right, resolution), np.linspace(low, high, resolution))
    z = np.ma.masked_invalid(evaluate(f, x, y))
    heights = contour_levels(z, levels, log)
    is_own_figure, separate = axes is None, separate and bool(all_paths)
    figure, panels = get_axes(axes, len(all_paths) if separate else 1, 4)
    for i, panel in enumerate(panels):
        style(panel, xlabel, ylabel if i == 0 else "", all_paths[i].label if separate else title, grid=False)
        contours = panel.contourf(x, y, z, heights, cmap=color_map(PAPER, "#BFD3E3", "#7C9CB8"), norm=_level_norm(heights))
        panel.contour(x, y, z, heights, colors=MUTED, linewidths=0.5, alpha=0.6)
        for j, path in enumerate(all_paths):
            if not separate or i == j:
                path_plots.draw_path(panel, path, path_plots.path_color(j))
        panel.set(xlim=(left, right), ylim=(low, high))
    path_plots.add_legend(figure, panels, all_paths, separate, is_own_figure)
    bar = color_bar(figure, contours, panels, f"{zlabel}, log-spaced" if log else zlabel)
    ticks = heights[:: 1 + len(heights) // 10]
    bar.set_ticks(ticks, labels=[format_number(int(tick) if tick == int(tick) else float(tick)) for tick in ticks], minor=False)
    bar.ax.tick_params(which="minor", length=0)
    return figure


def contour_levels(z: np.ndarray, count: int, log: bool) -> np.ndarray:
    """About `count` contour levels, round numbers: evenly spaced, or logarithmically spaced above the minimum if `log`."""
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
    heights[0], heights[-1] = min(heights[0], lowest), max(heights[-1], highest)  # rounded levels may miss them
    return heights


def _level_norm(heights: np.ndarray) -> Any:
    """A norm with the same change of color from each level to the next."""
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
    """The region R(w) ≤ t of a constraint, such as the diamond of L1 and the disk of L2, and the minimum of a loss in it.

    f:         loss(w₁, w₂), a function of tensors.
    size:      the bound t > 0 of the constraint R(w) ≤ t.
    penalties: name → R(w₁, w₂), which increases from 0 in every direction; by default L1, |w₁| + |w₂|, and L2, √(w₁² + w₂²).

    Raises ValueError for a size that is not above 0.

    >>> from autograd.draw import plots
    >>> figure = plots.constraint_regions(lambda x, y: (x - 2) ** 2 + (y - 1) ** 2, (-1.5, 3), (-1.5, 2))
    >>> [axes.get_title(loc="left") for axes in figure.axes]
    ['L1\\nw = (1, 0)', 'L2\\nw = (0.894, 0.447)']
    """
    (left, right), (low, high) = as_range("x_range", x_range), as_range("y_range", y_range)
    if not size > 0:
        raise ValueError(f"constraint_regions: size must be above 0, not {size!r}")
    penalties = penalties or {"L1": lambda x, y: np.abs(x) + np.abs(y), "L2": lambda x, y: np.sqrt(x * x + y * y)}
    x, y = np.meshgrid(np.linspace(left, right, 121), np.linspace(low, high, 121))
    z = np.ma.masked_invalid(evaluate(f, x, y))
    minimum = lowest_point(f, (left, right), (low, high))
    is_own_figure = axes is None
    width = SINGLE_SIZE[0] if len(penalties) == 1 else ROW_WIDTH
    height = (width / min(3, len(penalties)) - 0.7) * (high - low) / (right - left) + 1.4
    figure, panels = get_axes(axes, len(penalties), 3, width=width, height=height * -(-len(penalties) // 3))
    for panel, (name, penalty) in zip(panels, penalties.items()):
        edge = boundary(penalty, size, FULL_CIRCLE)
        is_inside = evaluate(penalty, *minimum[:, None]).item() <= size
        best = minimum if is_inside else lowest_on_boundary(f, penalty, size)
        lowest_loss = evaluate(f, *best[:, None]).item()
        style(panel, xlabel, ylabel if panel is panels[0] else "", f"{name}\nw = {_format_point(best)}", grid=False)
        panel.fill(*edge, facecolor=(BLUE, 0.22), edgecolor=BLUE, linewidth=2, label=f"allowed: R(w) ≤ {format_number(size)}")
        panel.contour(x, y, z, contour_levels(z, 10, True), colors=MUTED, linewidths=0.7, alpha=0.7)
        if float(z.min()) < lowest_loss < float(z.max()):
            panel.contour(x, y, z, [lowest_loss], colors=VERMILLION, linewidths=1.8)
        panel.plot([], [], color=MUTED, linewidth=0.7, label="equal loss")
        panel.axhline(0, color=INK, linewidth=0.8)
        panel.axvline(0, color=INK, linewidth=0.8)
        panel.plot(*minimum, "X", color=INK, markersize=10, markeredgecolor=PAPER, label="lowest loss", linestyle="")
        panel.plot(*best, "o", color=VERMILLION, markersize=9, markeredgecolor=PAPER, label="lowest loss allowed", linestyle="")
        panel.set(xlim=(left, right), ylim=(low, high), aspect="equal")
    if is_own_figure:
        legend_below(figure, panels[0].get_legend_handles_labels()[0])
    else:
        legend(panels[0])
    return figure


def _format_point(point: np.ndarray) -> str:
    return f"({', '.join(f'{round(float(w), 4) + 0.0:.3g}' for w in point)})"


def lowest_point(f: Callable[..., Any], x_range: Range, y_range: Range) -> np.ndarray:
    """The minimum of f in a rectangle, by repeated grid search around the lowest point."""
    low, high = np.array([x_range, y_range]).T
    center, span = (low + high) / 2, high - low
    for _ in range(8):
        sides = [np.linspace(max(c - s / 2, a), min(c + s / 2, b), 41) for c, s, a, b in zip(center, span, low, high)]
        x, y = np.meshgrid(*sides)
        index = np.ma.masked_invalid(evaluate(f, x, y)).argmin()
        center, span = np.array([x.flat[index], y.flat[index]]), span / 8
    return center


def boundary(penalty: Callable[..., Any], size: float, angles: np.ndarray) -> np.ndarray:
    """The points (2, n) in these directions where a penalty reaches `size`, by bisection along rays from 0."""
    direction = np.round(np.stack([np.cos(angles), np.sin(angles)]), 15)  # rounded, so that directions along an axis are exact
    near, far = np.zeros(angles.shape), np.ones(angles.shape)
    while (is_inside := evaluate(penalty, *(far * direction)) < size).any() and far.max() < 1e100:
        far = np.where(is_inside, 2 * far, far)
    for _ in range(60):
        middle = (near + far) / 2
        is_inside = evaluate(penalty, *(middle * direction)) <= size
        near, far = np.where(is_inside, middle, near), np.where(is_inside, far, middle)
    return far * direction


def lowest_on_boundary(f: Callable[..., Any], penalty: Callable[..., Any], size: float) -> np.ndarray:
    """The minimum of f on the boundary of a region, by repeated search over directions around the best one."""
    angles = FULL_CIRCLE
    for _ in range(6):
        edge = boundary(penalty, size, angles)
        best = int(evaluate(f, *edge).argmin())
        step = angles[1] - angles[0]
        angles = angles[best] + step * np.linspace(-1, 1, 41)
    return edge[:, best]
