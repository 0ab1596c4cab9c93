"""How all plots look: colors that everybody can tell apart, labeled axes, a light grid, and nothing besides."""

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any

import numpy as np

#: The colors of Okabe and Ito (2008), which differ for every kind of color vision; yellow, hard to see on white, is last.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#000000", "#F0E442")
BLUE, VERMILLION, GREEN = COLORS[:3]
#: As many markers, so that color is never all that tells classes apart.
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
DASHES = ("-", "--", ":", "-.")
INK, MUTED, GRID, PAPER = "#1A1A1A", "#5A5A5A", "#E2E2E2", "#FFFFFF"
TEXT, SMALL = 12, 10  # font sizes in points; a panel is about as wide as half a page
ALONE, BESIDE = (6.4, 4.0), 10.5  # the size of a single panel, and the width of several side by side, in inches


def subplots(rows: int = 1, columns: int = 1, *, width: float | None = None, height: float | None = None) -> tuple[Any, Any]:
    """A figure and its axes in the house style, as from pyplot's subplots: one axes, a row or column of them, or an array.

    width, height: of the figure, in inches.

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
    from autograd.draw.plots.figure import Picture

    if width is None:
        width = ALONE[0] if columns == 1 else BESIDE
    if height is None:
        height = rows * (ALONE[1] if columns == 1 else max(2.2, 0.85 * width / columns))
    figure = Picture(figsize=(width, height), dpi=100, layout="compressed", facecolor=PAPER)
    axes = figure.subplots(rows, columns, squeeze=False)
    for one in axes.flat:
        style(one)
    return figure, axes[0, 0] if axes.size == 1 else axes.squeeze()


def style(axes: Any, xlabel: str = "", ylabel: str = "", title: str = "", *, grid: bool = True) -> Any:
    """Give matplotlib axes the house style and, where they are not empty, labels: for plots of your own.

    Lines drawn afterwards take the colors of the house. Returns the axes.

    >>> from autograd.draw import plots
    >>> figure, axes = plots.subplots()
    >>> plots.style(axes, "step", "loss", "Batch gradient descent").get_title(loc="left")
    'Batch gradient descent'
    """
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(MUTED)
    axes.tick_params(which="both", color=MUTED, labelcolor=INK, labelsize=SMALL)
    axes.grid(grid, **({"color": GRID, "linewidth": 0.8} if grid else {}))
    axes.set_axisbelow(True)
    axes.set_prop_cycle(color=COLORS)
    if xlabel:
        axes.set_xlabel(xlabel, fontsize=TEXT, color=INK)
    if ylabel:
        axes.set_ylabel(ylabel, fontsize=TEXT, color=INK)
    if title:
        axes.set_title(title, fontsize=TEXT, color=INK, loc="left")
    return axes


def legend(axes: Any, *, outside: bool = False, **options: Any) -> Any:
    """The legend of axes in the house style; none if nothing in them is labeled.

    outside: on the right of the axes, where it hides nothing; so are legends of more than six entries.
    """
    handles = options.pop("handles", None) or axes.get_legend_handles_labels()[0]
    if not handles:
        return None
    if outside or len(handles) > 6:
        options = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0), "borderaxespad": 0.0} | options
    look = {"frameon": True, "framealpha": 0.85, "edgecolor": "none", "fontsize": SMALL, "labelcolor": INK}
    return axes.legend(handles=handles, **(look | options))


def legend_below(figure: Any, handles: Sequence[Any]) -> None:
    """One legend for all panels of a figure, under them."""
    widest = max(0.6 + 0.085 * len(handle.get_label()) for handle in handles)  # in inches, about
    columns = int(np.clip(figure.get_figwidth() // widest, 1, len(handles)))
    look = {"frameon": False, "fontsize": SMALL, "labelcolor": INK}
    figure.legend(handles=list(handles), loc="outside lower center", ncols=columns, **look)


def axes_for(axes: Any, count: int, columns: int | None = None, what: str = "panel", **size: float | None) -> tuple[Any, list]:
    """The figure and `count` axes to draw into: those a person gave, or new ones in rows of `columns`."""
    if axes is not None:
        given = list(axes.flat) if isinstance(axes, np.ndarray) else list(axes) if isinstance(axes, Iterable) else [axes]
        if len(given) != count:
            raise ValueError(f"{count} {what}{'s' * (count != 1)} to draw, but {len(given)} axes given")
        return given[0].figure, given
    columns = min(count, columns or count)
    figure, made = subplots(-(-count // columns), columns, **size)
    every = list(np.ravel(made))
    for unused in every[count:]:
        unused.remove()
    return figure, every[:count]


def look_of(i: int) -> dict[str, str]:
    """Color and dashes of the i-th of several lines: no two of the first 32 are alike."""
    return {"color": COLORS[i % len(COLORS)], "linestyle": DASHES[i // len(COLORS) % len(DASHES)]}


def shades(count: int) -> list[Any]:
    """Colors from dark to light for things in an order, such as layers from the input to the output."""
    from matplotlib import colormaps

    return [tuple(color) for color in colormaps["viridis"](np.linspace(0, 0.88, count))]


def blend(*stops: str) -> Any:
    """A scale of colors through these."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("house", stops)


def bare(axes: Any, title: str = "", color: str = INK, size: float = SMALL) -> None:
    """No frame, no ticks: for a picture."""
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(False)
    axes.spines[:].set_visible(False)
    if title:
        axes.set_title(title, fontsize=size, color=color, pad=3)


def color_bar(figure: Any, drawn: Any, axes: Sequence[Any], label: str, **options: Any) -> Any:
    """The scale of colors beside axes."""
    bar = figure.colorbar(drawn, ax=list(axes), **({"aspect": 30, "pad": 0.02} | options))
    bar.set_label(label, fontsize=TEXT, color=INK)
    bar.ax.tick_params(labelsize=SMALL, color=MUTED, labelcolor=INK)
    bar.outline.set_visible(False)
    return bar
