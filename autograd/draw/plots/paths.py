"""The paths of optimizers: read, cut where they stop being numbers, and drawn from start to end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.draw.plots.inputs import Range, named, plain
from autograd.draw.plots.style import COLORS, INK, PAPER, legend, legend_below
from autograd.errors import ShapeError

FAR = 1e3  # so many widths of the picture away nothing can be told apart, and drawing would overflow
DOTS = 60  # longer paths are drawn without a dot for every step


@dataclass
class Path:
    """What an optimizer visited: points (steps, dimensions), all finite."""

    name: str
    points: np.ndarray
    fate: str  # why its end is not in the picture, if it is not

    @property
    def label(self) -> str:
        """What the legend says."""
        return " ".join(part for part in (self.name, self.fate and f"({self.fate})") if part)


def read(paths: Any, ranges: Sequence[Range]) -> list[Path]:
    """Paths by name, or a single one, of as many dimensions as there are ranges."""
    return [_read(name, points, ranges) for name, points in named({} if paths is None else paths).items()]


def _read(name: str, given: Any, ranges: Sequence[Range]) -> Path:
    points = plain(given).astype(float)
    points = points[:, None] if points.ndim == 1 and len(ranges) == 1 else points
    if points.ndim != 2 or points.shape[1] != len(ranges) or not len(points):
        wanted = "(steps,)" if len(ranges) == 1 else f"(steps, {len(ranges)})"
        raise ShapeError(f"path {name!r}: points {wanted} expected, got shape {np.shape(given)}")
    finite = np.isfinite(points).all(axis=1)
    count = len(points) if finite.all() else int(finite.argmin())
    low, high = np.array(ranges).T
    ended = points[count - 1] if count else low
    inside = (low <= ended).all() and (ended <= high).all()
    fate = "diverges" if count < len(points) else "" if inside else "leaves the picture"
    return Path(name, bounded(points[:count], low, high), fate)


def bounded(values: np.ndarray, low: Any, high: Any) -> np.ndarray:
    """Values that are not too far outside of what is seen, between low and high, to be drawn."""
    return np.clip(values, low - FAR * (high - low), high + FAR * (high - low))


def trace(axes: Any, path: Path, color: str, heights: np.ndarray | None = None) -> None:
    """Draw a path, in one dimension at these heights: a dot for every step, a ring at its start, a cross at its end."""
    x, y = path.points[:, 0], path.points[:, 1] if heights is None else heights
    few = len(x) <= DOTS
    axes.plot(
        x, y, color=color, linewidth=1.6, label=path.label or "path", zorder=4,
        marker="o" if few else None, markersize=4, markeredgecolor=PAPER, markeredgewidth=0.4,
    )  # fmt: skip
    if len(x):
        axes.plot(x[0], y[0], "o", markersize=9, markerfacecolor=PAPER, markeredgecolor=color, markeredgewidth=2, zorder=5)
    if len(x) and not path.fate:
        axes.plot(x[-1], y[-1], "X", markersize=11, markerfacecolor=color, markeredgecolor=PAPER, markeredgewidth=1, zorder=6)


def key(figure: Any, panels: Sequence[Any], found: Sequence[Path], apart: bool, own: bool) -> None:
    """Say which path is which and what ring and cross mean: under a figure of our own, else in the first panel."""
    from matplotlib.lines import Line2D

    if not found:
        return
    ring = Line2D([], [], linestyle="", marker="o", markersize=8, markerfacecolor=PAPER, markeredgecolor=INK, label="start")
    cross = Line2D([], [], linestyle="", marker="X", markersize=9, markerfacecolor=INK, markeredgecolor=PAPER, label="end")
    entries = [*(() if apart else panels[0].get_legend_handles_labels()[0]), ring, cross]
    if own:
        legend_below(figure, entries)
    else:
        legend(panels[0], handles=entries)


def color_of(i: int) -> str:
    """The color of the i-th path, leaving out blue, in which losses are shaded."""
    return COLORS[1:7][i % 6]
