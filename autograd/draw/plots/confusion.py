"""How often classes are taken for one another."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.draw.plots.inputs import plain
from autograd.draw.plots.style import BLUE, INK, PAPER, SMALL, VERMILLION, axes_for, blend, color_bar, style
from autograd.errors import DataError, ShapeError

TICKS = (0, 0.05, 0.2, 0.5, 1)
WRITTEN = 20  # for so many classes there is room for the counts


def confusion_matrix(counts: Any, names: Sequence[Any] | None = None, *, title: str = "", axes: Any = None) -> Any:
    """How often a class, in rows, was classified as each, in columns: right ones blue, confusions vermillion.

    counts: countsᵢⱼ examples of class i were classified as j, as from `nn.metrics.confusion_matrix`.
    names:  of the classes, in their order; 0, 1, … if not given.

    A cell is shaded by its share of the examples of its true class, so that rare classes are seen as well as frequent ones;
    the number in it is the count. Raises ShapeError or DataError for anything else.

    >>> from autograd.draw import plots
    >>> figure = plots.confusion_matrix([[8, 2], [1, 9]], ["cat", "dog"])
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['8', '2', '1', '9']
    """
    n = plain(counts)
    if n.ndim != 2 or n.shape[0] != n.shape[1] or not n.size:
        raise ShapeError(f"confusion_matrix: counts (classes, classes) expected, got {n.shape}")
    if not (n >= 0).all():
        raise DataError(f"confusion_matrix: counts are from 0 up, not {n[~(n >= 0)][0]}")
    words = list(map(str, range(len(n)) if names is None else names))
    if len(words) != len(n):
        raise ShapeError(f"confusion_matrix: {len(n)} classes but {len(words)} names")
    shares = n / np.maximum(n.sum(axis=1, keepdims=True), 1e-300)
    right = np.eye(len(n), dtype=bool)
    side = float(np.clip(1.6 + 0.45 * len(n), 3.4, 8.0))
    figure, (axes,) = axes_for(axes, 1, width=side + 0.9, height=side)
    style(axes, "predicted class", "true class", title, grid=False)
    drawn = axes.imshow(np.ma.masked_where(~right, shares), cmap=blend(PAPER, BLUE), norm=_root())
    axes.imshow(np.ma.masked_where(right, shares), cmap=blend(PAPER, VERMILLION), norm=_root())
    if len(n) <= WRITTEN:
        for (i, j), count in np.ndenumerate(n):
            color = PAPER if shares[i, j] > 0.5 else INK
            axes.text(j, i, f"{count:g}" if count else "·", ha="center", va="center", fontsize=SMALL, color=color)
    long = sum(map(len, words)) > 4 * len(words)
    axes.set_xticks(range(len(n)), words, rotation=40 if long else 0, ha="right" if long else "center")
    axes.set_yticks(range(len(n)), words)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    words_of_bar = "share of the true class\n(blue right, vermillion wrong)"
    color_bar(figure, drawn, [axes], words_of_bar, ticks=TICKS, format=_percent, fraction=0.05)
    return figure


def _root() -> Any:
    """Shades in proportion to the root of the share, so that a few confusions are seen."""
    from matplotlib.colors import PowerNorm

    return PowerNorm(0.5, 0.0, 1.0)


def _percent(share: float, place: int) -> str:
    return f"{share:.0%}".replace("%", " %")
