"""The style of all plots: colors for every kind of color vision, labeled axes, and a light grid."""

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any

import numpy as np

#: The colors of Okabe and Ito (2008), distinct for every kind of color vision; yellow, hard to see on white, is the last.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#000000", "#F0E442")
BLUE, VERMILLION, GREEN = COLORS[:3]
#: One marker for each color, so that classes differ by more than color.
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
DASHES = ("-", "--", ":", "-.")
INK, MUTED, GRID, PAPER = "#1A1A1A", "#5A5A5A", "#E2E2E2", "#FFFFFF"
FONT_SIZE, SMALL_FONT_SIZE = 12, 10  # in points
SINGLE_SIZE, ROW_WIDTH = (6.4, 4.0), 10.5  # the size of a single panel, and the width of a row of panels, in inches


def subplots(rows: int = 1, columns: int = 1, *, width: float | None = None, height: float | None = None) -> tuple[Any, Any]:
    """A figure and its axes in the project's style, like pyplot.subplots: one axes, or an array of axes.

    width, height: the size of the figure, in inches.

    Raises ImportError if matplotlib is missing.

    >>> from autograd.draw import plots
    >>> figure, (left, right) = plots.subplots(1, 2)
    >>> _ = plots.style(left, "epoch", "loss")
    >>> left.get_xlabel(), len(figure.axes)
    ('epoch', 2)
    """
    try:
        import_module("matplotlib.figure")
    except ImportError:
        raise ImportError("plots need matplotlib: pip install 'chainrule[plots]'") from None
    from autograd.draw.plots.figure import NotebookFigure

    if width is None:
        width = SINGLE_SIZE[0] if columns == 1 else ROW_WIDTH
    if height is None:
        height = rows * (SINGLE_SIZE[1] if columns == 1 else max(2.2, 0.85 * width / columns))
    figure = NotebookFigure(figsize=(width, height), dpi=100, layout="compressed", facecolor=PAPER)
    axes = figure.subplots(rows, columns, squeeze=False)
    for panel in axes.flat:
        style(panel)
    return figure, axes[0, 0] if axes.size == 1 else axes.squeeze()


def style(axes: Any, xlabel: str = "", ylabel: str = "", title: str = "", *, grid: bool = True) -> Any:
    """Apply the project's style and labels to matplotlib axes, for plots of your own; returns the axes.

    Lines drawn afterwards use COLORS. Empty labels change nothing.

    >>> from autograd.draw import plots
    >>> figure, axes = plots.subplots()
    >>> plots.style(axes, "step", "loss", "Batch gradient descent").get_title(loc="left")
    'Batch gradient descent'
    """
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(MUTED)
    axes.tick_params(which="both", color=MUTED, labelcolor=INK, labelsize=SMALL_FONT_SIZE)
    axes.grid(grid, **({"color": GRID, "linewidth": 0.8} if grid else {}))
    axes.set_axisbelow(True)
    axes.set_prop_cycle(color=COLORS)
    if xlabel:
        axes.set_xlabel(xlabel, fontsize=FONT_SIZE, color=INK)
    if ylabel:
        axes.set_ylabel(ylabel, fontsize=FONT_SIZE, color=INK)
    if title:
        axes.set_title(title, fontsize=FONT_SIZE, color=INK, loc="left")
    return axes


def legend(axes: Any, *, outside: bool = False, **options: Any) -> Any:
    """Add a legend in the project's style; returns None if nothing in the axes has a label.

    outside: place the legend on the right of the axes; a legend of more than six entries is always placed there.

    >>> from autograd.draw import plots
    >>> figure = plots.function(lambda x: x**2, (-1, 1))
    >>> plots.legend(figure.axes[0], outside=True) is None
    False
    """
    handles = options.pop("handles", None) or axes.get_legend_handles_labels()[0]
    if not handles:
        return None
    if outside or len(handles) > 6:
        options = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0), "borderaxespad": 0.0} | options
    defaults = {"frameon": True, "framealpha": 0.85, "edgecolor": "none", "fontsize": SMALL_FONT_SIZE, "labelcolor": INK}
    return axes.legend(handles=handles, **(defaults | options))


def legend_below(figure: Any, handles: Sequence[Any]) -> None:
    """Add one legend for all panels of a figure, below them."""
    entry_width = max(0.6 + 0.085 * len(handle.get_label()) for handle in handles)  # in inches, approximately
    columns = int(np.clip(figure.get_figwidth() // entry_width, 1, len(handles)))
    defaults = {"frameon": False, "fontsize": SMALL_FONT_SIZE, "labelcolor": INK}
    figure.legend(handles=list(handles), loc="outside lower center", ncols=columns, **defaults)


def get_axes(axes: Any, count: int, columns: int | None = None, unit: str = "panel", **size: float | None) -> tuple[Any, list]:
    """The figure and `count` axes to draw into: the user's axes, or new ones in rows of `columns`."""
    if axes is not None:
        panels = list(axes.flat) if isinstance(axes, np.ndarray) else list(axes) if isinstance(axes, Iterable) else [axes]
        if len(panels) != count:
            raise ValueError(f"{count} {unit}{'s' * (count != 1)} to draw, but {len(panels)} axes given")
        return panels[0].figure, panels
    columns = min(count, columns or count)
    figure, new_axes = subplots(-(-count // columns), columns, **size)
    panels = list(np.ravel(new_axes))
    for unused in panels[count:]:
        unused.remove()
    return figure, panels[:count]


def line_style(i: int) -> dict[str, str]:
    """Color and line style of the i-th line; the first 32 are distinct."""
    return {"color": COLORS[i % len(COLORS)], "linestyle": DASHES[i // len(COLORS) % len(DASHES)]}


def sequential_colors(count: int) -> list[Any]:
    """Colors from dark to light for an ordered sequence, such as layers from input to output."""
    from matplotlib import colormaps

    return [tuple(color) for color in colormaps["viridis"](np.linspace(0, 0.88, count))]


def color_map(*stops: str) -> Any:
    """A color map that interpolates between these colors."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("chainrule", stops)


def hide_axis(axes: Any, title: str = "", color: str = INK, size: float = SMALL_FONT_SIZE) -> None:
    """Remove frame, ticks and grid, for images."""
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(False)
    axes.spines[:].set_visible(False)
    if title:
        axes.set_title(title, fontsize=size, color=color, pad=3)


def color_bar(figure: Any, mappable: Any, axes: Sequence[Any], label: str, **options: Any) -> Any:
    """Add a color bar beside axes."""
    bar = figure.colorbar(mappable, ax=list(axes), **({"aspect": 30, "pad": 0.02} | options))
    bar.set_label(label, fontsize=FONT_SIZE, color=INK)
    bar.ax.tick_params(labelsize=SMALL_FONT_SIZE, color=MUTED, labelcolor=INK)
    bar.outline.set_visible(False)
    return bar
