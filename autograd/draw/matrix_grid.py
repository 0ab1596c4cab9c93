"""Vectors and matrices as grids of cells: numbers up to 6 × 6, above that a heat map.

The scale is diverging and distinct for every kind of color vision: blue is negative, white 0, vermillion positive. The largest
size in the grid has the strongest color.
"""

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from autograd.draw.number_format import format_number

MAX_NUMBERS = 6  # rows and columns whose cells have numbers
MAX_CELLS = 16  # rows and columns of a heat map; of larger matrices a cell is the mean of a block
LEVELS = 8  # shades on each side of white
NEGATIVE, NEUTRAL, POSITIVE, UNKNOWN = "#0072B2", "#FFFFFF", "#D55E00", "#9A9A9A"
CELL_HEIGHT, CHARACTER, HEAT_MAP_SIDE = 15.0, 6.1, 112.0  # in px
NUMBER_STRENGTH = 0.5  # of the color under a number, so that dark text is readable on all of them
NOT_FINITE = LEVELS + 1


@dataclass(frozen=True)
class Grid:
    """A matrix as cells: the level of each from −8 to 8, and its number if they fit."""

    levels: np.ndarray  # (rows, columns); NOT_FINITE for nan and inf
    texts: list[list[str]] | None
    shape: tuple[int, ...]  # of the array

    @property
    def cell_size(self) -> tuple[float, float]:
        """The width and the height of a cell, in px."""
        if self.texts is None:
            side = max(3.0, min(12.0, HEAT_MAP_SIDE / max(self.levels.shape)))
            return side, side
        return max(len(text) for row in self.texts for text in row) * CHARACTER + 6, CELL_HEIGHT

    @property
    def size(self) -> tuple[float, float]:
        """The width and the height, in px."""
        (rows, columns), (width, height) = self.levels.shape, self.cell_size
        return columns * width, rows * height

    @property
    def codes(self) -> str:
        """The levels as one letter for each cell, row by row: `i` is 0, letters before it are negative."""
        return "".join(chr(ord("a") + LEVELS + int(level)) for level in self.levels.ravel())


def make_grid(x: Any) -> Grid | None:
    """The grid of a vector, which is a row, or of a matrix; None for other arrays.

    >>> grid = make_grid(np.array([[1.0, -0.5], [0.0, np.nan]]))
    >>> grid.levels.tolist(), grid.texts
    ([[8, -4], [0, 9]], [['1', '-0.5'], ['0', 'nan']])
    >>> make_grid(np.zeros((100, 40))).levels.shape
    (16, 16)
    """
    array = np.asarray(x)
    if array.ndim not in (1, 2) or array.size < 2 or array.dtype.kind not in "fiub":
        return None
    matrix = np.atleast_2d(array)
    texts = None
    if max(matrix.shape) <= MAX_NUMBERS:
        texts = [[format_number(x, 2) for x in row] for row in matrix]
    matrix = matrix.astype(float)
    for axis in (0, 1):
        if matrix.shape[axis] > MAX_CELLS:
            blocks = np.array_split(matrix, MAX_CELLS, axis)
            matrix = np.stack([block.mean(axis) for block in blocks], axis)
    is_finite = np.isfinite(matrix)
    largest = np.max(np.abs(matrix), initial=0, where=is_finite) or 1.0
    levels = np.where(is_finite, np.round(LEVELS * np.where(is_finite, matrix, 0) / largest), NOT_FINITE)
    return Grid(levels.astype(int), texts, array.shape)


def palette(strength: float = 1.0) -> list[str]:
    """The colors of the levels from −8 to 8, and that of values that are not finite."""
    shades = [_mix(NEUTRAL, NEGATIVE if level < 0 else POSITIVE, strength * abs(level) / LEVELS) for level in _levels()]
    return [*shades, UNKNOWN]


def _levels() -> range:
    return range(-LEVELS, LEVELS + 1)


def _mix(a: str, b: str, share: float) -> str:
    """A color between two colors."""
    pairs = ((int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(x + share * (y - x)):02X}" for x, y in pairs)


def grid_svg(grid: Grid, x: float, y: float) -> str:
    """The grid as SVG whose upper left corner is (x, y): a path for each run of cells of one color, and the numbers."""
    width, height = grid.cell_size
    colors = palette(1.0 if grid.texts is None else NUMBER_STRENGTH)
    shapes = []
    for i, row in enumerate(grid.levels):
        start = 0
        for j in range(1, len(row) + 1):
            if j == len(row) or row[j] != row[start]:
                left, right, top, bottom = x + start * width, x + j * width, y + i * height, y + (i + 1) * height
                d = f"M{left:.1f} {top:.1f} L{right:.1f} {top:.1f} L{right:.1f} {bottom:.1f} L{left:.1f} {bottom:.1f} Z"
                shapes.append(f'<path d="{d}" fill="{colors[row[start] + LEVELS]}"/>')
                start = j
    for i, texts in enumerate(grid.texts or ()):
        for j, text in enumerate(texts):
            middle, base = x + (j + 0.5) * width, y + (i + 1) * height - 4
            shapes.append(f'<text class="cell" x="{middle:.1f}" y="{base:.1f}">{escape(text)}</text>')
    (total_width, total_height) = grid.size
    border = f"M{x:.1f} {y:.1f} L{x + total_width:.1f} {y:.1f} L{x + total_width:.1f} {y + total_height:.1f} "
    border += f"L{x:.1f} {y + total_height:.1f} Z"
    shapes.append(f'<path d="{border}" fill="none" stroke="#5A5A5A" stroke-width="0.6"/>')
    return f'<g class="value grid">{"".join(shapes)}</g>'
