"""The health of gradients: colors and marks for gradients that vanish or explode in the backward pass."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Band:
    """A range of gradient sizes, with its color and mark."""

    limit: float  # the root mean square of the elements is below this
    mark: str
    fill: str
    meaning: str
    dark: bool = False  # text on a dark fill is light


# From blue to orange, which are distinct for every kind of color vision.
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
HEALTHY = next(band for band in BANDS if not band.mark)
NO_GRADIENT = Band(np.nan, "", "#FFFFFF", "no gradient")


def band_of(gradient: Any) -> Band:
    """The band of a gradient by its size.

    >>> band_of(1e-7).mark, band_of(np.ones(3)).meaning, band_of(np.zeros(3)).mark, band_of(np.nan).mark
    ('▽▽', 'healthy', '0', '!')
    """
    if gradient is None or np.size(gradient) == 0:
        return NO_GRADIENT
    size = magnitude(gradient)
    if not np.isfinite(size):
        return NOT_FINITE
    return ZERO if size == 0 else next(band for band in BANDS if size < band.limit)


def worst_band(gradients: Iterable[Any]) -> Band:
    """The band of several gradients that is farthest from healthy; those that are zero or unknown count last.

    >>> worst_band([np.ones(3), 1e-7, 0.0]).mark, worst_band([1.0, 0.0]).mark, worst_band([None, 1.0]).meaning
    ('▽▽', '0', 'healthy')
    """
    bands = [band_of(gradient) for gradient in gradients]
    order = [NOT_FINITE, *sorted(BANDS, key=lambda band: -len(band.mark))]
    order.insert(order.index(HEALTHY), ZERO)
    return next((band for band in order if band in bands), NO_GRADIENT)


def magnitude(gradient: Any) -> float:
    """The root mean square √(Σ gᵢ² / n) of the elements, without overflow or underflow."""
    sizes = np.abs(np.asarray(gradient, dtype=float))
    largest = sizes.max(initial=0.0)
    return float(largest * np.sqrt(np.mean(np.square(sizes / largest)))) if 0 < largest < np.inf else float(largest)


def edge_width(contribution: Any) -> float:
    """The width of an edge in px by the size of its contribution: 2.5 + log₁₀(size) / 3, from 0.5 to 4.5."""
    if contribution is None or np.size(contribution) == 0:
        return 1.0
    size = magnitude(contribution)
    if not np.isfinite(size):
        return 4.5
    return 0.5 if size == 0 else float(np.clip(2.5 + np.log10(size) / 3, 0.5, 4.5))
