"""The paths of optimizers: validated, cut at the first nan or infinity, and drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.draw.plots.inputs import Range, as_array, as_dict
from autograd.draw.plots.style import COLORS, INK, PAPER, legend, legend_below
from autograd.errors import ShapeError

MAX_DISTANCE = 1e3  # points are clipped at this number of plot widths, so that drawing does not overflow
MAX_MARKERS = 60  # longer paths have no marker for every step


@dataclass
class Path:
    """The points (steps, dimensions) that an optimizer visited, all finite."""

    name: str
    points: np.ndarray
    outcome: str  # "diverges", "leaves the picture", or empty if it ends inside the plot

    @property
    def label(self) -> str:
        """The label in the legend."""
        return f"{self.name} ({self.outcome})".strip() if self.outcome else self.name


def read_paths(paths: Any, ranges: Sequence[Range]) -> list[Path]:
    """Paths from name → points, or from the points of a single path, with one dimension for each range."""
    return [_read_path(name, points, ranges) for name, points in as_dict({} if paths is None else paths).items()]


def _read_path(name: str, values: Any, ranges: Sequence[Range]) -> Path:
    points = as_array(values).astype(float)
    points = points[:, None] if points.ndim == 1 and len(ranges) == 1 else points
    if points.ndim != 2 or points.shape[1] != len(ranges) or not len(points):
        expected = "(steps,)" if len(ranges) == 1 else f"(steps, {len(ranges)})"
        raise ShapeError(f"path {name!r}: points must have shape {expected}, not {np.shape(values)}")
    finite = np.isfinite(points).all(axis=1)
    count = len(points) if finite.all() else int(finite.argmin())
    low, high = np.array(ranges).T
    end = points[count - 1] if count else low
    is_inside = (low <= end).all() and (end <= high).all()
    outcome = "diverges" if count < len(points) else "" if is_inside else "leaves the picture"
    return Path(name, clip_to_view(points[:count], low, high), outcome)


def clip_to_view(values: np.ndarray, low: Any, high: Any) -> np.ndarray:
    """Clip values to MAX_DISTANCE times the range (low, high) of the plot."""
    return np.clip(values, low - MAX_DISTANCE * (high - low), high + MAX_DISTANCE * (high - low))


def draw_path(axes: Any, path: Path, color: str, heights: np.ndarray | None = None) -> None:
    """Draw a path with a dot for every step, a ring at its start and a cross at its end.

    heights: the y of each point, for a path of one dimension.
    """
    x, y = path.points[:, 0], path.points[:, 1] if heights is None else heights
    has_markers = len(x) <= MAX_MARKERS
    axes.plot(
        x, y, color=color, linewidth=1.6, label=path.label or "path", zorder=4,
        marker="o" if has_markers else None, markersize=4, markeredgecolor=PAPER, markeredgewidth=0.4,
    )  # fmt: skip
    if len(x):
        axes.plot(x[0], y[0], "o", markersize=9, markerfacecolor=PAPER, markeredgecolor=color, markeredgewidth=2, zorder=5)
    if len(x) and not path.outcome:
        axes.plot(x[-1], y[-1], "X", markersize=11, markerfacecolor=color, markeredgecolor=PAPER, markeredgewidth=1, zorder=6)


def add_legend(figure: Any, panels: Sequence[Any], paths: Sequence[Path], separate: bool, is_own_figure: bool) -> None:
    """Add a legend of paths, ring and cross: below a figure that the plot made itself, else in the first panel."""
    from matplotlib.lines import Line2D

    if not paths:
        return
    ring = Line2D([], [], linestyle="", marker="o", markersize=8, markerfacecolor=PAPER, markeredgecolor=INK, label="start")
    cross = Line2D([], [], linestyle="", marker="X", markersize=9, markerfacecolor=INK, markeredgecolor=PAPER, label="end")
    entries = [*(() if separate else panels[0].get_legend_handles_labels()[0]), ring, cross]
    if is_own_figure:
        legend_below(figure, entries)
    else:
        legend(panels[0], handles=entries)


def path_color(i: int) -> str:
    """The color of the i-th path; not blue, the color of the surface."""
    return COLORS[1:7][i % 6]
