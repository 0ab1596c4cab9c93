"""Matrices as grids: weights, attention weights, embeddings, filters."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.draw.matrix_grid import MAX_NUMBERS
from autograd.draw.number_format import format_number
from autograd.draw.plots.inputs import as_array
from autograd.draw.plots.style import (
    BLUE,
    FONT_SIZE,
    INK,
    MUTED,
    PAPER,
    SMALL_FONT_SIZE,
    VERMILLION,
    color_bar,
    color_map,
    get_axes,
)
from autograd.errors import ShapeError

MAX_MATRICES, MAX_LABELS = 64, 40
CELL, MIN_SIDE, MAX_SIDE = 0.28, 1.3, 6.5  # the side of a cell, and the smallest and largest side of a matrix, in inches
NUMBER_CELL = 0.52  # the width of a cell with a number


def matrix(
    x: Any,
    *,
    rows: Sequence[Any] | None = None,
    columns: Sequence[Any] | None = None,
    titles: Sequence[Any] | None = None,
    label: str = "",
    numbers: bool | None = None,
    across: int = 4,
    title: str = "",
    axes: Any = None,
) -> Any:
    """A matrix, or several on one scale, as grids of cells: blue is negative, white 0, vermillion positive.

    x:       (m, n); or (k, m, n), such as the attention weights of k heads; or filters (out, in, height, width), one matrix for
             each pair; or a vector (n,), one row.
    rows, columns: the names of rows and columns, such as the tokens of attention weights or the words of embeddings.
    titles:  the titles of several matrices.
    label:   the label of the color bar.
    numbers: write the numbers into the cells; None does so up to 6 × 6.
    across:  the number of matrices in a row of the figure.

    Raises ShapeError for other shapes and for names that do not fit, and ValueError for more than 64 matrices.

    >>> import numpy as np
    >>> from autograd.draw import plots
    >>> figure = plots.matrix(np.eye(3), rows="abc", columns="xyz")
    >>> [text.get_text() for text in figure.axes[0].texts[:3]]
    ['1', '0', '0']
    >>> len(plots.matrix(np.ones((2, 8, 8)), titles=["head 1", "head 2"]).axes)  # and the color bar
    3
    """
    array = as_array(x).astype(float)
    matrices = _as_matrices(array)
    count, m, n = matrices.shape
    if count > MAX_MATRICES:
        raise ValueError(f"matrix: at most {MAX_MATRICES} matrices can be shown at once, not {count}; pass a slice")
    for name, names, size in (("rows", rows, m), ("columns", columns, n), ("titles", titles, count)):
        if names is not None and len(names) != size:
            raise ShapeError(f"matrix: {len(names)} {name} for an array of shape {array.shape}; expected {size}")
    has_numbers = max(m, n) <= MAX_NUMBERS if numbers is None else numbers
    if titles is None and count > 1:
        titles = (
            [f"{i}, {j}" for i in range(array.shape[0]) for j in range(array.shape[1])] if array.ndim == 4 else range(count)
        )
    panel_width, panel_height = (
        float(np.clip(size * cell, MIN_SIDE, MAX_SIDE)) for size, cell in ((n, NUMBER_CELL if has_numbers else CELL), (m, CELL))
    )
    across = min(across, count)
    height = -(-count // across) * (panel_height + 0.5) + (0.4 if title else 0.2)
    figure, panels = get_axes(axes, count, across, "matrix", width=across * (panel_width + 0.5) + 1.2, height=max(1.6, height))
    largest = float(np.max(np.abs(matrices), initial=0, where=np.isfinite(matrices))) or 1.0
    colors = color_map(BLUE, PAPER, VERMILLION).with_extremes(bad=MUTED)
    for i, (panel, values) in enumerate(zip(panels, matrices)):
        image = panel.imshow(values, cmap=colors, vmin=-largest, vmax=largest, aspect="auto" if has_numbers else "equal")
        _name_axes(panel, rows, columns)
        if has_numbers:
            _write_numbers(panel, values, largest)
        if titles is not None:
            panel.set_title(str(titles[i]), fontsize=SMALL_FONT_SIZE, color=INK, pad=3)
    color_bar(figure, image, panels, label)
    if title and axes is None:
        figure.suptitle(title, fontsize=FONT_SIZE, color=INK, x=0.01, ha="left")
    return figure


def _as_matrices(array: np.ndarray) -> np.ndarray:
    """Several matrices (k, m, n)."""
    if not array.size or array.ndim not in (1, 2, 3, 4):
        raise ShapeError(
            f"matrix: x must have shape (n,), (m, n), (k, m, n) or (out, in, height, width) and elements, not {array.shape}"
        )
    return array.reshape(-1, *(array.shape[-2:] if array.ndim > 1 else (1, array.size)))


def _name_axes(panel: Any, rows: Sequence[Any] | None, columns: Sequence[Any] | None) -> None:
    """The names of rows and columns; of many only some."""
    panel.grid(False)
    panel.tick_params(length=0, labelsize=SMALL_FONT_SIZE)
    panel.spines[:].set(visible=True, color=MUTED, linewidth=0.6)
    for names, axis in ((rows, panel.yaxis), (columns, panel.xaxis)):
        step = 1 if names is None else -(-len(names) // MAX_LABELS)
        positions = [] if names is None else list(range(0, len(names), step))
        axis.set_ticks(positions, [str(names[i]) for i in positions] if names is not None else [])
    if columns is not None and max((len(str(name)) for name in columns), default=0) > 3:
        panel.tick_params(axis="x", rotation=90)


def _write_numbers(panel: Any, values: np.ndarray, largest: float) -> None:
    for (i, j), value in np.ndenumerate(values):
        is_dark = abs(value) > 0.6 * largest
        text = format_number(value, 2)
        panel.text(j, i, text, ha="center", va="center", fontsize=SMALL_FONT_SIZE, color=PAPER if is_dark else INK)
