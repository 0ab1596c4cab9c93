"""The derivatives at special points: kinks, poles, jumps, ties, nan and infinity.

test_special_points.py checks the numbers; the conventions are shown in OPERATIONS.md.
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
    """The derivatives of Σ f at one point, or at several points in one array."""

    name: str
    convention: str
    function: Callable[..., Any]
    inputs: tuple[Any, ...]
    first_derivatives: tuple[Any, ...]  # ∂ Σ f / ∂ input
    second_derivatives: tuple[Any, ...] | None  # ∂ Σ first / ∂ input; None if it does not exist or is tested elsewhere


def points(names: str, convention: str, *columns: Any, call: Any = None) -> list[Point]:
    """A point for each name. columns: inputs, first and second derivatives, each a tuple for functions of several inputs."""
    groups = [column if isinstance(column, tuple) else (column,) for column in columns]
    inputs, first_derivatives, second_derivatives = (*groups, None)[:3]
    return [
        Point(name, convention, call or function(name), inputs, first_derivatives, second_derivatives) for name in names.split()
    ]


def safe_sqrt(x):
    return np.where(x > 0, np.sqrt(np.where(x > 0, x, 1)), 0)


def norms(convention: str, x: Any, first_derivatives: Any, *orders: Any) -> list[Point]:
    return [
        point
        for ord in orders
        for name in ("np.linalg.norm", "np.linalg.matrix_norm" if np.ndim(x) == 2 else "np.linalg.vector_norm")
        for point in points(
            name, convention, x, first_derivatives, call=lambda x, ord=ord, name=name: function(name)(x, ord=ord)
        )
    ]


KINKS = [
    *points("np.absolute np.fabs", "0 at 0", [-1, 0, -0.0, 2, -inf], [-1, 0, 0, 1, -1], [0, 0, 0, 0, 0]),
    *points("autograd.relu", "0 at 0", [-1, 0, -0.0, 2, inf], [0, 0, 0, 1, 1], [0, 0, 0, 0, 0]),
    *points("np.copysign", "0 at x = 0", ([0, 3, 3], [1, -1, -0.0]), ([0, -1, -1], [0, 0, 0])),
    *points("np.clip", "1 on the bounds", [-2, -1, 0, 1, 2], [0, 1, 1, 1, 0], [0] * 5, call=lambda x: np.clip(x, -1, 1)),
    *points("np.maximum", "ties share evenly", ([1, 2, inf], [1, 3, inf]), ([0.5, 0, 0.5], [0.5, 1, 0.5])),
    *points("np.minimum", "ties share evenly", ([1, 2, inf], [1, 3, inf]), ([0.5, 1, 0.5], [0.5, 0, 0.5])),
    *points("np.fmax", "ties share evenly; 1 if the other input is nan",
        ([1, 2, nan], [1, nan, 2]), ([0.5, 1, 0], [0.5, 0, 1])),
    *points("np.fmin", "ties share evenly; 1 if the other input is nan",
        ([1, 2, nan], [1, nan, 2]), ([0.5, 1, 0], [0.5, 0, 1])),
    *points("np.max np.amax", "ties share evenly", [1, 5, 5, inf, inf], [0, 0, 0, 0.5, 0.5], [0] * 5),
    *points("np.min np.amin", "ties share evenly", [1, 1, 1, 1, 2], [0.25, 0.25, 0.25, 0.25, 0], [0] * 5),
    *points("np.ptp", "ties share evenly", [1, 3, 3, 1, 2], [-0.5, 0.5, 0.5, -0.5, 0], [0] * 5),
    *points("np.ptp", "ties share evenly", [2, 2], [0, 0]),
    *points("np.median", "of ties, the middle one in their order", [1, 1, 1], [0, 1, 0]),
    *points("np.median", "of ties, the middle one in their order", [inf, 1, 2], [0, 0, 1]),
    *points("np.quantile", "ties keep their order", [2, 2, 2], [0.5, 0.5, 0], call=lambda x: np.quantile(x, 0.25)),
    *points("np.percentile", "ties keep their order", [2, 2, 2], [0.5, 0.5, 0], call=lambda x: np.percentile(x, 25)),
    *points("np.sort", "ties keep their order", [1, 0, 1], [10, 1, 100], call=lambda x: np.sort(x) * [1, 10, 100]),
    *points("np.interp", "at a sample point the right-hand derivative, at the last the left-hand one; 0 outside",
        ([-1, 0, 2, 3], [1, 3, -1]), ([2, -2, -2, 0], [1, 1, 2]), call=lambda x, y: np.interp(x, [-1, 0, 2], y)),
    *points("np.remainder", "at a jump the right-hand derivative", ([4, -4, 1], [2, 2, inf]), ([1, 1, 1], [-2, 2, 0])),
    *points("np.fmod", "at a jump the derivative on the side away from 0", ([4, -4, 1], [2, 2, inf]), ([1, 1, 1], [-2, 2, 0])),
    *points("np.divmod", "at a jump the right-hand derivative", ([4], [2]), ([1], [-2]), call=lambda x, y: np.divmod(x, y)[1]),
    *points("np.modf", "1 at the jumps, 0 at ±∞", [-2, 0, 3, inf, -inf], [1, 1, 1, 0, 0], [0] * 5,
        call=lambda x: np.modf(x)[0]),
    *points("np.where", "0 for the branch that is not selected, or nan if its own derivative is infinite there",
        [-1, 0, 4], [0, 0, 0.25], [0, 0, -1 / 32], call=safe_sqrt),
    *points("x[index]", "an element selected twice gets the sum of both gradients", [1, 2, 3], [2, 0, 1], [0, 0, 0],
        call=lambda x: x[[0, 0, 2]]),
    *points("np.nan_to_num", "0 for replaced elements", [nan, inf, -inf, 1], [0, 0, 0, 1], [0, 0, 0, 0]),
]  # fmt: skip

POLES = [
    *points("np.sqrt", "∞ at 0", [0, inf], [inf, 0], [-inf, 0]),
    *points("np.cbrt", "∞ at 0", [0, -8, inf, -inf], [inf, 1 / 12, 0, 0], [-inf, 1 / 144, 0, 0]),
    *points("np.log", "∞ at 0", [0, inf], [inf, 0], [-inf, 0]),
    *points("np.log2 np.log10", "∞ at 0", [0, inf], [inf, 0], [-inf, 0]),
    *points("np.log1p", "∞ at −1", [-1, 0, inf], [inf, 1, 0], [-inf, -1, 0]),
    *points("np.arcsin", "∞ at ±1", [-1, 1], [inf, inf], [-inf, inf]),
    *points("np.arccos", "−∞ at ±1", [-1, 1], [-inf, -inf], [inf, -inf]),
    *points("np.arccosh", "∞ at 1", [1, inf], [inf, 0], [-inf, 0]),
    *points("np.arctanh", "∞ at ±1", [-1, 1], [inf, inf], [-inf, inf]),
    *points("np.reciprocal", "−∞ at 0", [0, inf, -inf], [-inf, 0, 0], [inf, 0, 0]),
    *points("np.divide", "∞ at y = 0", ([0, 1, 1], [2, 0, inf]), ([0.5, inf, 0], [0, -inf, 0])),
    *points(
        "np.power np.float_power",
        "the derivative of x⁰ is 0 everywhere",
        [0, 2, inf],
        [0, 0, 0],
        [0, 0, 0],
        call=lambda x: x**0,
    ),
    *points("np.power", "the derivative of x⁰ is 0 everywhere", [0, -2, inf], [1, 1, 1], [0, 0, 0], call=lambda x: x**1),
    *points("np.power", "the derivative of x⁰ is 0 everywhere", [0, -2, -inf], [0, -4, -inf], [2, 2, 2], call=lambda x: x**2),
    *points("np.power", "the derivative of x⁰ is 0 everywhere", [0, -2, -0.0], [0, 12, 0], [0, -12, 0], call=lambda x: x**3.0),
    *points("np.power", "the derivative of x⁰ is 0 everywhere", [0, inf], [inf, 0], [-inf, 0], call=lambda x: x**0.5),
    *points(
        "np.power",
        "the derivative of x⁰ is 0 everywhere",
        [0, -2, inf],
        [-inf, -0.25, 0],
        [inf, -0.25, 0],
        call=lambda x: x**-1,
    ),
    *points(
        "np.power np.float_power",
        "the derivative of 0ʸ is 0 for y ≥ 0",
        [2, 0.5, 0, inf, -1],
        [0, 0, 0, 0, -inf],
        call=lambda y: 0.0**y,
    ),
    *points("np.power", "the derivative of 0ʸ is 0 for y ≥ 0", ([0, 0, inf], [2, 0, -2]), ([0, 0, 0], [0, 0, 0])),
]

INFINITY = [
    *points("np.exp np.exp2", "", [-inf, -2000], [0, 0], [0, 0]),
    *points("np.exp np.exp2", "", [inf, 2000], [inf, inf], [inf, inf]),
    *points("np.expm1", "", [-inf, 0, inf], [0, 1, inf], [0, 1, inf]),
    *points("np.tanh np.arctan", "", [-inf, -1e300, 1e300, inf], [0, 0, 0, 0], [0, 0, 0, 0]),
    *points("np.arcsinh", "", [-inf, inf], [0, 0], [0, 0]),
    *points("autograd.sigmoid", "", [-inf, -1000, 0, 1000, inf], [0, 0, 0.25, 0, 0], [0, 0, 0, 0, 0]),
    *points("autograd.softplus", "", [-inf, -1000, 0, 1000, inf], [0, 0, 0.5, 1, 1], [0, 0, 0.25, 0, 0]),
    *points("autograd.erf autograd.erfc", "", [-inf, inf], [0, 0]),
    *points("np.sinc", "", [0, 1e-9, 1e-200], [0, -(pi**2) / 3 * 1e-9, 0], [-(pi**2) / 3] * 3),
    *points("np.logaddexp np.logaddexp2", "equal infinities share evenly",
        ([0, inf, -inf, inf, -inf, 1e3], [inf, 0, 0, inf, -inf, 1e3]),
        ([0, 1, 0, 0.5, 0.5, 0.5], [1, 0, 1, 0.5, 0.5, 0.5]), ([0] * 6, [0] * 6)),
    *points("autograd.logsumexp", "infinite elements share evenly; 0 if all are −∞",
        [[1, inf, inf], [-inf, -inf, -inf], [0, -inf, 0]], [[0, 0.5, 0.5], [0, 0, 0], [0.5, 0, 0.5]],
        call=lambda x: autograd.logsumexp(x, axis=1)),
    *points("autograd.xlogy", "0 where x = 0 and y ≤ 0", ([0, 0, 1], [0, 2, 1]), ([0, np.log(2), 0], [0, 0, 1])),
    *points("np.hypot", "0 at (0, 0)",
        ([0, 3, inf, -inf, 1], [0, 4, 1, 1, inf]), ([0, 0.6, 1, -1, 0], [0, 0.8, 0, 0, 1])),
    *points("np.arctan2", "0 at (0, 0)", ([0, 1, 0, inf, 1, inf], [0, 0, 2, 1, -inf, inf]),
        ([0, 0, 0.5, 0, 0, 0], [0, -1, 0, 0, 0, 0])),
]  # fmt: skip

SCIPY = [
    *points("scipy.special.gammainc", "", ([1, 2, 3, 1], [0, 0, 0, inf]), ([0, 0, 0, 0], [1, 0, 0, 0])),
    *points("scipy.special.gammaincc", "", ([1, 2, 1], [0, 0, inf]), ([0, 0, 0], [-1, 0, 0])),
    *points("scipy.special.betainc", "", ([1, 2, 1, 2], [1, 2, 2, 1], [0, 0, 1, 1]), ([0] * 4, [0] * 4, [1, 0, 0, 2])),
    *points("scipy.special.erfinv", "∞ at ±1", [-1, 0, 1], [inf, np.sqrt(pi) / 2, inf]),
    *points("scipy.special.erfcinv", "−∞ at 0 and 2", [0, 1, 2], [-inf, -np.sqrt(pi) / 2, -inf]),
    *points("scipy.special.ndtri", "∞ at 0 and 1", [0, 0.5, 1], [inf, np.sqrt(2 * pi), inf]),
    *points("scipy.special.ndtr", "", [-inf, 0, inf], [0, 1 / np.sqrt(2 * pi), 0]),
    *points("scipy.special.log_ndtr", "", [-1e5, 0, 1e5], [1e5 + 1e-5, np.sqrt(2 / pi), 0], [-1, -2 / pi, 0]),
    *points("scipy.special.erfcx", "", [0, 1e8], [-2 / np.sqrt(pi), -1e-16 / np.sqrt(pi)], [2, 2e-24 / np.sqrt(pi)]),
    *points("scipy.special.rgamma", "finite at the poles of Γ", [0, -1, -2], [1, -1, 2]),
    *points("scipy.special.entr", "∞ at 0, 0 below", [-1, 0, 1], [0, inf, -1]),
    *points("scipy.special.xlog1py", "0 where x = 0 and y ≤ −1", ([0, 0, 1], [-1, 1, 0]), ([0, np.log(2), 0], [0, 0, 1])),
    *points("scipy.special.rel_entr", "0 where the result is ∞", ([1, -1, 0], [1, 1, 1]), ([1, 0, 0], [-1, 0, 0])),
    *points("scipy.special.iv", "", ([1, 2], [0, 0]), ([0, 0], [0.5, 0])),
    *points("scipy.special.i0 scipy.special.i0e", "", [0], [0]),
]  # fmt: skip

SEVERAL_INPUTS = [
    *points("np.prod", "right also where elements are 0", [2, 0, 3], [0, 6, 0], [3, 5, 2]),
    *points("np.prod", "right also where elements are 0", [0, 0, 3], [0, 0, 0], [3, 3, 0]),
    *points("np.prod", "right also where elements are 0", [0, 0, 0], [0, 0, 0], [0, 0, 0]),
    *points("np.cumprod np.cumulative_prod", "right also where elements are 0", [2, 0, 3, 0], [1, 8, 0, 0], [4, 12, 2, 6]),
    *points("np.nanprod", "right also where elements are 0; 0 for nan", [2, 0, nan, 3], [0, 6, 0, 0], [3, 5, 0, 2]),
    *points("np.nancumprod", "right also where elements are 0; 0 for nan", [2, nan, 0], [2, 0, 2], [1, 0, 1]),
    *points("np.nansum np.nancumsum", "0 for nan", [nan, nan, 1], [0, 0, 1], [0, 0, 0]),
    *points("np.nanmean", "0 for nan", [1, nan, 3], [0.5, 0, 0.5], [0, 0, 0]),
    *points("np.nanmedian", "0 for nan; ties as for np.median", [1, nan, 1, 1], [0, 0, 1, 0]),
    *points("np.nanmax", "0 for nan; ties share evenly", [1, nan, 2, 2], [0, 0, 0.5, 0.5]),
    *points("np.nanmin", "0 for nan; ties share evenly", [2, nan, 1, 1], [0, 0, 0.5, 0.5]),
    *points("np.nanmax np.nanmin", "0 for nan; ties share evenly", [nan, nan], [0, 0]),
    *points("np.nanvar", "0 for nan", [2, nan, 2], [0, 0, 0], [0, 0, 0]),
    *points("np.nanstd", "0 where all elements are equal; 0 for nan", [2, nan, 2], [0, 0, 0], [0, 0, 0]),
    *points("np.var", "", [2, 2, 2], [0, 0, 0], [0, 0, 0]),
    *points("np.std", "0 where all elements are equal", [2, 2, 2], [0, 0, 0], [0, 0, 0]),
    *points("np.std", "0 where all elements are equal", [5], [0], [0]),
    *norms("0 where all elements are 0", [0, 0], [0, 0], None, 1, 2, 3, 1.5, 0.5, -1, -2, inf, -inf),
    *norms("0 where all elements are 0", [[0, 0], [0, 0]], [[0, 0], [0, 0]], "fro", "nuc", 1, -1, 2, -2, inf, -inf),
    *norms("0 where all elements are 0", [0, 2], [0, 1], None, 1, 2, 3, 1.5, inf),
    *norms("0 where all elements are 0", [0, 2], [0, 0], -1, -2, -inf),
    *norms("0 where all elements are 0", [inf, 2], [1, 0], None, 2, inf),
    *norms("0 where all elements are 0", [3, -3], [0.5, -0.5], inf, -inf),
    *points("np.linalg.det", "right also for singular matrices", [[1, 2], [2, 4]], [[4, -2], [-2, 1]], [[1, -1], [-1, 1]]),
    *points("np.linalg.cond", "0 for singular matrices", [[1, 0], [0, 0]], [[0, 0], [0, 0]]),
    *points("np.linalg.cond", "0 for singular matrices", [[1, 1], [1, 1]], [[0, 0], [0, 0]],
        call=lambda x: np.linalg.cond(x, 1)),
    *points("np.linalg.eigvalsh", "right also for equal eigenvalues", [[2, 0], [0, 2]], [[1, 0], [0, 1]]),
    *points("np.linalg.svdvals", "right also for equal singular values", [[2, 0], [0, 2]], [[1, 0], [0, 1]]),
    *points("np.linalg.eigh", "nan for vectors of equal eigenvalues", [[2, 0], [0, 2]], [[nan, nan], [nan, nan]],
        call=lambda x: np.linalg.eigh(x).eigenvectors * [[1, 2], [3, 4]]),
    *points("np.linalg.svd", "nan for vectors of equal singular values", [[2, 0], [0, 2]], [[nan, nan], [nan, nan]],
        call=lambda x: np.linalg.svd(x).U * [[1, 2], [3, 4]]),
]  # fmt: skip

POINTS = [*KINKS, *POLES, *INFINITY, *SCIPY, *SEVERAL_INPUTS]
