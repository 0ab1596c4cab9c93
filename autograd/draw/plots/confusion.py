"""Confusion matrices: how often a classifier takes one class for another."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.draw.plots.inputs import as_array
from autograd.draw.plots.style import (
    BLUE,
    INK,
    PAPER,
    SMALL_FONT_SIZE,
    VERMILLION,
    color_bar,
    color_map,
    get_axes,
    style,
)
from autograd.errors import DataError, ShapeError

TICKS = (0, 0.05, 0.2, 0.5, 1)
MAX_CLASSES_WRITTEN = 20  # with more classes there is no space for the counts


def confusion_matrix(counts: Any, names: Sequence[Any] | None = None, *, title: str = "", axes: Any = None) -> Any:
    """A confusion matrix: true classes in rows, predicted classes in columns; correct ones blue, confusions vermillion.

    counts: (classes, classes); countsᵢⱼ is the number of examples of class i that were classified as j, as from
            `nn.metrics.confusion_matrix`.
    names:  the names of the classes; 0, 1, … by default.

    The shade of a cell is its share of the examples of its true class, so that rare classes are as visible as frequent ones;
    the number is the count. Raises ShapeError for other shapes and DataError for negative counts.

    >>> from autograd.draw import plots
    >>> figure = plots.confusion_matrix([[8, 2], [1, 9]], ["cat", "dog"])
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['8', '2', '1', '9']
    """
    n = as_array(counts)
    if n.ndim != 2 or n.shape[0] != n.shape[1] or not n.size:
        raise ShapeError(f"confusion_matrix: counts must have shape (classes, classes), not {n.shape}")
    if not (n >= 0).all():
        raise DataError(f"confusion_matrix: counts must be at least 0, not {n[~(n >= 0)][0]}")
    names = list(map(str, range(len(n)) if names is None else names))
    if len(names) != len(n):
        raise ShapeError(f"confusion_matrix: {len(n)} classes but {len(names)} names")
    shares = n / np.maximum(n.sum(axis=1, keepdims=True), 1e-300)
    is_correct = np.eye(len(n), dtype=bool)
    side = float(np.clip(1.6 + 0.45 * len(n), 3.4, 8.0))
    figure, (axes,) = get_axes(axes, 1, width=side + 0.9, height=side)
    style(axes, "predicted class", "true class", title, grid=False)
    image = axes.imshow(np.ma.masked_where(~is_correct, shares), cmap=color_map(PAPER, BLUE), norm=_square_root_norm())
    axes.imshow(np.ma.masked_where(is_correct, shares), cmap=color_map(PAPER, VERMILLION), norm=_square_root_norm())
    if len(n) <= MAX_CLASSES_WRITTEN:
        for (i, j), count in np.ndenumerate(n):
            color = PAPER if shares[i, j] > 0.5 else INK
            axes.text(j, i, f"{count:g}" if count else "·", ha="center", va="center", fontsize=SMALL_FONT_SIZE, color=color)
    is_long = sum(map(len, names)) > 4 * len(names)
    axes.set_xticks(range(len(n)), names, rotation=40 if is_long else 0, ha="right" if is_long else "center")
    axes.set_yticks(range(len(n)), names)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    label = "share of the true class\n(blue right, vermillion wrong)"
    color_bar(figure, image, [axes], label, ticks=TICKS, format=_percent, fraction=0.05)
    return figure


def _square_root_norm() -> Any:
    """Shades proportional to the square root of the share, so that rare confusions are visible."""
    from matplotlib.colors import PowerNorm

    return PowerNorm(0.5, 0.0, 1.0)


def _percent(share: float, position: int) -> str:
    return f"{share:.0%}".replace("%", " %")
