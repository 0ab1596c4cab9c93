"""The health of gradients: whether they vanish or explode on their way back, by color and by a mark."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Band:
    """Gradients of similar size."""

    below: float  # the root mean square of their elements
    mark: str
    fill: str
    meaning: str
    dark: bool = False  # so that text on it is light


# From blue to orange, which every kind of color vision tells apart, through what is healthy.
BANDS = (
    Band(1e-9, "▽▽▽", "#5E9BD1", "vanishing: below 1e-9"),
    Band(1e-6, "▽▽", "#93BFE6", "below 1e-6"),
    Band(1e-3, "▽", "#CADFF3", "below 1e-3"),
    Band(1e2, "", "#F7F6EF", "healthy"),
    Band(1e4, "△", "#FBDDB5", "exploding: above 100"),
    Band(1e7, "△△", "#F4B669", "above 1e4"),
    Band(np.inf, "△△△", "#E58A2E", "above 1e7"),
)
ZERO = Band(0.0, "0", "#BDBDBD", "zero")
NOT_FINITE = Band(np.nan, "!", "#3A0A2A", "nan or inf", dark=True)
UNKNOWN = Band(np.nan, "", "#FFFFFF", "no gradient")


def band_of(gradient: Any) -> Band:
    """How healthy a gradient is.

    >>> band_of(1e-7).mark, band_of(np.ones(3)).meaning, band_of(np.zeros(3)).mark, band_of(np.nan).mark
    ('▽▽', 'healthy', '0', '!')
    """
    if gradient is None or np.size(gradient) == 0:
        return UNKNOWN
    size = magnitude(gradient)
    if not np.isfinite(size):
        return NOT_FINITE
    return ZERO if size == 0 else next(found for found in BANDS if size < found.below)


def magnitude(gradient: Any) -> float:
    """The root mean square of the elements, which does not grow with their number; never overflows or underflows."""
    sizes = np.abs(np.asarray(gradient, dtype=float))
    largest = sizes.max(initial=0.0)
    return float(largest * np.sqrt(np.mean(np.square(sizes / largest)))) if 0 < largest < np.inf else float(largest)


def thickness_of(contribution: Any) -> float:
    """The width of an edge by the size of what it hands back, on a log scale: 2.5 px at 1, three decades a pixel."""
    if contribution is None or np.size(contribution) == 0:
        return 1.0
    size = magnitude(contribution)
    if not np.isfinite(size):
        return 4.5
    return 0.5 if size == 0 else float(np.clip(2.5 + np.log10(size) / 3, 0.5, 4.5))
