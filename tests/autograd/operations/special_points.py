"""Kinks, corners, poles, jumps, ties, nan and infinity: what the derivatives are there.

The numbers are proven in test_special_points.py; the words stand on the page OPERATIONS.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd
from tests.autograd.operations.case import function

inf, nan, pi = np.inf, np.nan, np.pi


@dataclass(frozen=True)
class Point:
    """The derivatives of Σ f at one place, or at several side by side."""

    name: str
    words: str
    call: Callable[..., Any]
    at: tuple[Any, ...]  # the inputs
    slopes: tuple[Any, ...]  # ∂ Σ f / ∂ input
    bends: tuple[Any, ...] | None  # ∂ Σ slopes / ∂ input; None where it does not exist, or is proven elsewhere


def at(names: str, words: str, *columns: Any, call: Any = None) -> list[Point]:
    """Points for each name: inputs, slopes and perhaps bends, each a column for one input or a tuple of columns."""
    parts = [column if isinstance(column, tuple) else (column,) for column in columns]
    inputs, slopes, bends = (*parts, None)[:3]
    return [Point(name, words, call or function(name), inputs, slopes, bends) for name in names.split()]


def guarded(x):
    return np.where(x > 0, np.sqrt(np.where(x > 0, x, 1)), 0)


def norms(words: str, x: Any, slopes: Any, *orders: Any) -> list[Point]:
    return [
        point
        for ord in orders
        for name in ("np.linalg.norm", "np.linalg.matrix_norm" if np.ndim(x) == 2 else "np.linalg.vector_norm")
        for point in at(name, words, x, slopes, call=lambda x, ord=ord, name=name: function(name)(x, ord=ord))
    ]


KINKS = [
    *at("np.absolute np.fabs", "0 at 0", [-1, 0, -0.0, 2, -inf], [-1, 0, 0, 1, -1], [0, 0, 0, 0, 0]),
    *at("autograd.relu", "0 at 0", [-1, 0, -0.0, 2, inf], [0, 0, 0, 1, 1], [0, 0, 0, 0, 0]),
    *at("np.copysign", "0 at x = 0", ([0, 3, 3], [1, -1, -0.0]), ([0, -1, -1], [0, 0, 0])),
    *at("np.clip", "1 on the bounds", [-2, -1, 0, 1, 2], [0, 1, 1, 1, 0], [0] * 5, call=lambda x: np.clip(x, -1, 1)),
    *at("np.maximum", "ties share evenly", ([1, 2, inf], [1, 3, inf]), ([0.5, 0, 0.5], [0.5, 1, 0.5])),
    *at("np.minimum", "ties share evenly", ([1, 2, inf], [1, 3, inf]), ([0.5, 1, 0.5], [0.5, 0, 0.5])),
    *at("np.fmax", "ties share evenly; beside nan all for the number", ([1, 2, nan], [1, nan, 2]), ([0.5, 1, 0], [0.5, 0, 1])),
    *at("np.fmin", "ties share evenly; beside nan all for the number", ([1, 2, nan], [1, nan, 2]), ([0.5, 1, 0], [0.5, 0, 1])),
    *at("np.max np.amax", "ties share evenly", [1, 5, 5, inf, inf], [0, 0, 0, 0.5, 0.5], [0] * 5),
    *at("np.min np.amin", "ties share evenly", [1, 1, 1, 1, 2], [0.25, 0.25, 0.25, 0.25, 0], [0] * 5),
    *at("np.ptp", "ties share evenly", [1, 3, 3, 1, 2], [-0.5, 0.5, 0.5, -0.5, 0], [0] * 5),
    *at("np.ptp", "ties share evenly", [2, 2], [0, 0]),
    *at("np.median", "ties: the one in the middle of their order", [1, 1, 1], [0, 1, 0]),
    *at("np.median", "ties: the one in the middle of their order", [inf, 1, 2], [0, 0, 1]),
    *at("np.quantile", "ties count in their order", [2, 2, 2], [0.5, 0.5, 0], call=lambda x: np.quantile(x, 0.25)),
    *at("np.percentile", "ties count in their order", [2, 2, 2], [0.5, 0.5, 0], call=lambda x: np.percentile(x, 25)),
    *at("np.sort", "ties keep their order", [1, 0, 1], [10, 1, 100], call=lambda x: np.sort(x) * [1, 10, 100]),
    *at("np.interp", "on a point the slope on its right; on the last, on its left; 0 outside",
        ([-1, 0, 2, 3], [1, 3, -1]), ([2, -2, -2, 0], [1, 1, 2]), call=lambda x, y: np.interp(x, [-1, 0, 2], y)),
    *at("np.remainder", "at a jump as on its right", ([4, -4, 1], [2, 2, inf]), ([1, 1, 1], [-2, 2, 0])),
    *at("np.fmod", "at a jump as on its outer side", ([4, -4, 1], [2, 2, inf]), ([1, 1, 1], [-2, 2, 0])),
    *at("np.divmod", "at a jump as on its right", ([4], [2]), ([1], [-2]), call=lambda x, y: np.divmod(x, y)[1]),
    *at("np.modf", "1 at the jumps, 0 at ±∞", [-2, 0, 3, inf, -inf], [1, 1, 1, 0, 0], [0] * 5, call=lambda x: np.modf(x)[0]),
    *at("np.where", "0 for what is not taken, or nan if its own slope is infinite: guard it", [-1, 0, 4], [0, 0, 0.25],
        [0, 0, -1 / 32], call=guarded),
    *at("x[index]", "an element taken twice gets both gradients", [1, 2, 3], [2, 0, 1], [0, 0, 0], call=lambda x: x[[0, 0, 2]]),
    *at("np.nan_to_num", "0 where it replaces", [nan, inf, -inf, 1], [0, 0, 0, 1], [0, 0, 0, 0]),
]  # fmt: skip

INFINITE_SLOPES = [
    *at("np.sqrt", "∞ at 0", [0, inf], [inf, 0], [-inf, 0]),
    *at("np.cbrt", "∞ at 0", [0, -8, inf, -inf], [inf, 1 / 12, 0, 0], [-inf, 1 / 144, 0, 0]),
    *at("np.log", "∞ at 0", [0, inf], [inf, 0], [-inf, 0]),
    *at("np.log2 np.log10", "∞ at 0", [0, inf], [inf, 0], [-inf, 0]),
    *at("np.log1p", "∞ at −1", [-1, 0, inf], [inf, 1, 0], [-inf, -1, 0]),
    *at("np.arcsin", "∞ at ±1", [-1, 1], [inf, inf], [-inf, inf]),
    *at("np.arccos", "−∞ at ±1", [-1, 1], [-inf, -inf], [inf, -inf]),
    *at("np.arccosh", "∞ at 1", [1, inf], [inf, 0], [-inf, 0]),
    *at("np.arctanh", "∞ at ±1", [-1, 1], [inf, inf], [-inf, inf]),
    *at("np.reciprocal", "−∞ at 0", [0, inf, -inf], [-inf, 0, 0], [inf, 0, 0]),
    *at("np.divide", "∞ at y = 0", ([0, 1, 1], [2, 0, inf]), ([0.5, inf, 0], [0, -inf, 0])),
    *at("np.power np.float_power", "x⁰ has slope 0 everywhere", [0, 2, inf], [0, 0, 0], [0, 0, 0], call=lambda x: x**0),
    *at("np.power", "x⁰ has slope 0 everywhere", [0, -2, inf], [1, 1, 1], [0, 0, 0], call=lambda x: x**1),
    *at("np.power", "x⁰ has slope 0 everywhere", [0, -2, -inf], [0, -4, -inf], [2, 2, 2], call=lambda x: x**2),
    *at("np.power", "x⁰ has slope 0 everywhere", [0, -2, -0.0], [0, 12, 0], [0, -12, 0], call=lambda x: x**3.0),
    *at("np.power", "x⁰ has slope 0 everywhere", [0, inf], [inf, 0], [-inf, 0], call=lambda x: x**0.5),
    *at("np.power", "x⁰ has slope 0 everywhere", [0, -2, inf], [-inf, -0.25, 0], [inf, -0.25, 0], call=lambda x: x**-1),
    *at("np.power np.float_power", "0ʸ has slope 0 for y ≥ 0", [2, 0.5, 0, inf, -1], [0, 0, 0, 0, -inf], call=lambda y: 0.0**y),
    *at("np.power", "0ʸ has slope 0 for y ≥ 0", ([0, 0, inf], [2, 0, -2]), ([0, 0, 0], [0, 0, 0])),
]

FAR_OUT = [
    *at("np.exp np.exp2", "", [-inf, -2000], [0, 0], [0, 0]),
    *at("np.exp np.exp2", "", [inf, 2000], [inf, inf], [inf, inf]),
    *at("np.expm1", "", [-inf, 0, inf], [0, 1, inf], [0, 1, inf]),
    *at("np.tanh np.arctan", "", [-inf, -1e300, 1e300, inf], [0, 0, 0, 0], [0, 0, 0, 0]),
    *at("np.arcsinh", "", [-inf, inf], [0, 0], [0, 0]),
    *at("autograd.sigmoid", "", [-inf, -1000, 0, 1000, inf], [0, 0, 0.25, 0, 0], [0, 0, 0, 0, 0]),
    *at("autograd.softplus", "", [-inf, -1000, 0, 1000, inf], [0, 0, 0.5, 1, 1], [0, 0, 0.25, 0, 0]),
    *at("autograd.erf autograd.erfc", "", [-inf, inf], [0, 0]),
    *at("np.sinc", "", [0, 1e-9, 1e-200], [0, -(pi**2) / 3 * 1e-9, 0], [-(pi**2) / 3] * 3),
    *at("np.logaddexp np.logaddexp2", "equal infinities share evenly",
        ([0, inf, -inf, inf, -inf, 1e3], [inf, 0, 0, inf, -inf, 1e3]),
        ([0, 1, 0, 0.5, 0.5, 0.5], [1, 0, 1, 0.5, 0.5, 0.5]), ([0] * 6, [0] * 6)),
    *at("autograd.logsumexp", "infinite elements share evenly; 0 if all are −∞",
        [[1, inf, inf], [-inf, -inf, -inf], [0, -inf, 0]], [[0, 0.5, 0.5], [0, 0, 0], [0.5, 0, 0.5]],
        call=lambda x: autograd.logsumexp(x, axis=1)),
    *at("autograd.xlogy", "0 where x = 0 and y ≤ 0", ([0, 0, 1], [0, 2, 1]), ([0, np.log(2), 0], [0, 0, 1])),
    *at("np.hypot", "0 at the corner (0, 0)",
        ([0, 3, inf, -inf, 1], [0, 4, 1, 1, inf]), ([0, 0.6, 1, -1, 0], [0, 0.8, 0, 0, 1])),
    *at("np.arctan2", "0 at the origin, which has no direction", ([0, 1, 0, inf, 1, inf], [0, 0, 2, 1, -inf, inf]),
        ([0, 0, 0.5, 0, 0, 0], [0, -1, 0, 0, 0, 0])),
]  # fmt: skip

SEVERAL = [
    *at("np.prod", "right where elements are 0", [2, 0, 3], [0, 6, 0], [3, 5, 2]),
    *at("np.prod", "right where elements are 0", [0, 0, 3], [0, 0, 0], [3, 3, 0]),
    *at("np.prod", "right where elements are 0", [0, 0, 0], [0, 0, 0], [0, 0, 0]),
    *at("np.cumprod np.cumulative_prod", "right where elements are 0", [2, 0, 3, 0], [1, 8, 0, 0], [4, 12, 2, 6]),
    *at("np.nanprod", "right where elements are 0; 0 for nan", [2, 0, nan, 3], [0, 6, 0, 0], [3, 5, 0, 2]),
    *at("np.nancumprod", "right where elements are 0; 0 for nan", [2, nan, 0], [2, 0, 2], [1, 0, 1]),
    *at("np.nansum np.nancumsum", "0 for nan", [nan, nan, 1], [0, 0, 1], [0, 0, 0]),
    *at("np.nanmean", "0 for nan", [1, nan, 3], [0.5, 0, 0.5], [0, 0, 0]),
    *at("np.nanmedian", "0 for nan; ties as for np.median", [1, nan, 1, 1], [0, 0, 1, 0]),
    *at("np.nanmax", "0 for nan; ties share evenly", [1, nan, 2, 2], [0, 0, 0.5, 0.5]),
    *at("np.nanmin", "0 for nan; ties share evenly", [2, nan, 1, 1], [0, 0, 0.5, 0.5]),
    *at("np.nanmax np.nanmin", "0 for nan; ties share evenly", [nan, nan], [0, 0]),
    *at("np.nanvar", "0 for nan", [2, nan, 2], [0, 0, 0], [0, 0, 0]),
    *at("np.nanstd", "0 where all elements are equal; 0 for nan", [2, nan, 2], [0, 0, 0], [0, 0, 0]),
    *at("np.var", "", [2, 2, 2], [0, 0, 0], [0, 0, 0]),
    *at("np.std", "0 where all elements are equal", [2, 2, 2], [0, 0, 0], [0, 0, 0]),
    *at("np.std", "0 where all elements are equal", [5], [0], [0]),
    *norms("0 where all elements are 0", [0, 0], [0, 0], None, 1, 2, 3, 1.5, 0.5, -1, -2, inf, -inf),
    *norms("0 where all elements are 0", [[0, 0], [0, 0]], [[0, 0], [0, 0]], "fro", "nuc", 1, -1, 2, -2, inf, -inf),
    *norms("0 where all elements are 0", [0, 2], [0, 1], None, 1, 2, 3, 1.5, inf),
    *norms("0 where all elements are 0", [0, 2], [0, 0], -1, -2, -inf),
    *norms("0 where all elements are 0", [inf, 2], [1, 0], None, 2, inf),
    *norms("0 where all elements are 0", [3, -3], [0.5, -0.5], inf, -inf),
    *at("np.linalg.det", "right for singular matrices", [[1, 2], [2, 4]], [[4, -2], [-2, 1]], [[1, -1], [-1, 1]]),
    *at("np.linalg.cond", "0 for singular matrices", [[1, 0], [0, 0]], [[0, 0], [0, 0]]),
    *at("np.linalg.cond", "0 for singular matrices", [[1, 1], [1, 1]], [[0, 0], [0, 0]], call=lambda x: np.linalg.cond(x, 1)),
    *at("np.linalg.eigvalsh", "right where eigenvalues are equal", [[2, 0], [0, 2]], [[1, 0], [0, 1]]),
    *at("np.linalg.svdvals", "right where singular values are equal", [[2, 0], [0, 2]], [[1, 0], [0, 1]]),
    *at("np.linalg.eigh", "nan for vectors of equal eigenvalues", [[2, 0], [0, 2]], [[nan, nan], [nan, nan]],
        call=lambda x: np.linalg.eigh(x).eigenvectors * [[1, 2], [3, 4]]),
    *at("np.linalg.svd", "nan for vectors of equal singular values", [[2, 0], [0, 2]], [[nan, nan], [nan, nan]],
        call=lambda x: np.linalg.svd(x).U * [[1, 2], [3, 4]]),
]  # fmt: skip

POINTS = [*KINKS, *INFINITE_SLOPES, *FAR_OUT, *SEVERAL]
