"""The cases of the functions that few programs use: polynomials, histograms, sets, assignments and others."""

import numpy as np
from numpy.testing import overrides

from tests.autograd.operations.case import (
    any_shape,
    away_from_zero,
    between,
    broadcastable,
    cases,
    fixed,
    same_shape,
    well_separated,
    with_axis,
)

positive = between(0.5, 2)


def assigned(write):
    """The call that writes the second input, or parts of it, into a copy of the first."""

    def call(x, y):
        out = x.copy()
        write(out, y)
        return out

    return call


def flatten_result(f):
    """The call with the results of a tuple and of the lists in it one after the other."""

    def call(*inputs):
        return [item for result in f(*inputs) for item in (result if isinstance(result, list | tuple) else [result])]

    return call


def quotient_and_sum_of_rest(u, v):
    """How many coefficients the rest has depends on rounding."""
    quotient, rest = np.polydiv(u, v)
    return quotient, np.sum(rest)


def results(*positions):
    """Makes a call that returns the results at these positions; the others are constants."""
    return lambda f: lambda *inputs: [f(*inputs)[i] for i in positions]


distinct_integers = lambda rng, shape: 1.0 + rng.permutation(shape[0]) + rng.uniform(0.1, 0.4, shape)
coefficients = fixed(((3,), (2,)), ((2,), (3,)), ((1,), (4,)), ((2,), (2,)))
polynomial = np.polynomial.polynomial

POLYNOMIALS = [
    *cases("np.polyadd np.polysub np.polymul", coefficients, values=away_from_zero(0.5, 2)),
    *cases("np.polydiv", fixed(((5,), (3,)), ((3,), (1,)), ((2,), (2,))), quotient_and_sum_of_rest, values=positive),
    *cases("np.polyder np.polyint", fixed((4,)), wrap=lambda f: lambda p: [f(p), f(p, 2), f(p, 0)]),
    *cases("np.polyint", fixed((3,), (2,)), lambda p, k: np.polyint(p, 2, k), lambda p, k: np.polyint(p, 2, k[0])),
    *cases("np.polyval", fixed(((3,), ()), ((1,), (2,)), ((4,), (2, 2)))),
    *cases("np.polyfit", fixed(((5,), (5,)), ((4,), (4, 2))), lambda x, y: np.polyfit(x, y, 1), values=well_separated),
    *cases(
        "np.polyfit",
        fixed((6,), (6,), (6,)),
        lambda x, y, w: np.polyfit(x, y, 2, w=w, full=True)[:2],
        lambda x, y, w: np.polyfit(x, y, 1, w=w, cov=True),
        lambda x, y, w: np.polyfit(x, y, 1, cov="unscaled"),
        values=lambda rng, shape: well_separated(rng, shape) / 3 + 2,
        order=2,
    ),
    *cases("np.polyfit", fixed((5,), (5, 2)), lambda x, y: np.polyfit(x, y, 1, cov=True), values=well_separated, order=2),
    *cases("np.poly", fixed(((3,),), ((1,),), ((2, 2),), ((3, 3),)), lambda x: np.atleast_1d(np.poly(x))),
    *cases("np.roots", fixed((3,)), lambda x: np.roots(np.poly(x)), values=distinct_integers, order=2),
]
if hasattr(np.polynomial.polynomial, "polyvalnd"):  # not before NumPy 2.5
    at_pairs = lambda x, y, c: np.polynomial.polynomial.polyvalnd([x, y], c)
    POLYNOMIALS += cases("np.polynomial.polynomial.polyvalnd", fixed((3,), (3,), (2, 3)), at_pairs)
if np.polynomial.polynomial.polyval2d in overrides.get_overridable_numpy_array_functions():  # not before NumPy 2.4
    POLYNOMIALS += [
        *cases("np.polynomial.polynomial.polyval2d", fixed(((3,), (3,), (2, 3)), ((), (), (1, 2)), ((2, 2), (2, 2), (3, 1)))),
        *cases("np.polynomial.polynomial.polygrid2d", fixed(((3,), (2,), (2, 3)), ((2, 2), (1,), (2, 2)))),
    ]

HISTOGRAMS = [
    *cases("np.bincount", fixed((4,)), lambda w: np.bincount([0, 2, 2, 1], w), lambda w: np.bincount([3] * len(w), w, 6)),
    *cases("np.histogram_bin_edges", fixed(((5,),), ((2, 3),)), values=well_separated),
    *cases(
        "np.histogram",
        fixed(((6,), (6,)), ((2, 3), (2, 3))),
        lambda x, w: np.histogram(x, 3, weights=w),
        lambda x, w: np.histogram(x, 4, density=True, weights=w),
        lambda x, w: np.histogram(x, 3, (-2, 1.5), True, w)[0],
        lambda x, w: np.histogram(x, np.append(0.0, np.cumsum(w + 0.5)), density=True),
        values=lambda rng, shape: abs(well_separated(rng, shape)) + rng.uniform(0.1, 0.2, shape),
    ),
    *cases("np.histogram", fixed((9,)), lambda x: np.histogram(x, "sturges", density=True), values=well_separated),
    *cases(
        "np.histogram2d", fixed((5,), (5,), (5,)), lambda x, y, w: np.histogram2d(x, y, 2, weights=w), values=well_separated
    ),
    *cases(
        "np.histogram2d",
        fixed((5,), (5,)),
        results(1)(lambda x, y: np.histogram2d(x, y, [3, [-9.0, 0.0, 9.0]])),
        results(0, 1)(lambda x, y: np.histogram2d(x, y, [3, [-9.0, 0.0, 9.0]], density=True)),
        values=well_separated,
    ),
    *cases(
        "np.histogramdd",
        fixed((6, 3), (6,)),
        flatten_result(lambda x, w: np.histogramdd(x, (2, 3, 2), density=True, weights=w)),
        results(0)(lambda x, w: np.histogramdd([x[:, 0], w], 2, [None, (-2.0, 2.0)], density=True)),
        values=well_separated,
    ),
]

SETS = [
    *cases("np.unique np.unique_values", any_shape, values=well_separated),
    *cases("np.unique_counts np.unique_inverse np.unique_all", any_shape, wrap=results(0), values=well_separated),
    *cases(
        "np.unique",
        fixed((3, 2)),
        results(0)(lambda x: np.unique(x, return_index=True, return_inverse=True, return_counts=True)),
        lambda x: np.unique(x, axis=0),
        results(0)(lambda x: np.unique(x, axis=1, return_counts=True)),
        values=well_separated,
    ),
    *cases("np.union1d np.setdiff1d np.setxor1d", fixed(((3,), (4,)), ((2, 2), (3,))), values=well_separated),
    *cases("np.intersect1d np.setxor1d np.setdiff1d", fixed((4,)), wrap=lambda f: lambda x: f(x, x[1:]), values=well_separated),
    *cases(
        "np.intersect1d",
        fixed((4,)),
        results(0)(lambda x: np.intersect1d(x, x[1:], return_indices=True)),
        values=well_separated,
    ),
    *cases(
        "np.trim_zeros",
        fixed(((4,),), ((1,),)),
        lambda x: np.trim_zeros(np.pad(x, 2)),
        lambda x: np.trim_zeros(np.pad(x, 1), "f"),
    ),
    *cases(
        "np.trim_zeros", fixed((2, 3)), lambda x: np.trim_zeros(np.pad(x, 1)), lambda x: np.trim_zeros(np.pad(x, 1), "b", 0)
    ),
]

MASK = np.array([[True, False, True], [False, True, True]])
written = lambda f, *args, **options: assigned(lambda x, y: f(x, *args, y, **options))

ASSIGNMENTS = [
    *cases(
        "np.copyto", fixed(((2, 3), (3,)), ((2, 3), (2, 1)), ((2, 3), ())), written(np.copyto), written(np.copyto, where=MASK)
    ),
    *cases(
        "np.put",
        fixed(((2, 3), (3,)), ((2, 3), ()), ((4,), (2,))),
        written(np.put, [0, -1, 2, 0]),
        written(np.put, [7, -9, 2], mode="wrap"),
        written(np.put, [7, -9, 2], mode="clip"),
    ),
    *cases("np.place np.putmask", fixed(((2, 3), (2,)), ((2, 3), (4,))), wrap=lambda f: written(f, MASK)),
    *cases(
        "np.fill_diagonal", fixed(((2, 3), (2,)), ((3, 3), ()), ((5, 2), (3,)), ((2, 2, 2), (2,))), written(np.fill_diagonal)
    ),
    *cases("np.fill_diagonal", fixed((5, 2), (2,)), written(np.fill_diagonal, wrap=True)),
    *cases(
        "np.put_along_axis",
        fixed((2, 3), (2, 1)),
        written(np.put_along_axis, np.array([[0], [2]]), axis=1),
        written(np.put_along_axis, np.array([[1, 0, 1], [0, 1, 1]]), axis=0),
        written(np.put_along_axis, np.array([[-1], [0]]), axis=-1),
    ),
    *cases(
        "x[index]=y",
        fixed((2, 3), (3,)),
        assigned(lambda x, y: x.__setitem__(0, y)),
        assigned(lambda x, y: x.__setitem__((slice(None), slice(2)), y[1:])),
        assigned(lambda x, y: x.__setitem__([0, 0], y)),
        assigned(lambda x, y: x.__setitem__(MASK, y[0])),
        assigned(lambda x, y: x.__setitem__(..., y[None])),
    ),
]

normalized = lambda v: v / np.sum(v * v)

FUNCTIONS = [
    *cases(
        "np.apply_along_axis",
        with_axis,
        *[lambda x, i=i: np.apply_along_axis(normalized, i, x) for i in (0, -1)],
        values=positive,
    ),
    *cases(
        "np.apply_along_axis",
        fixed((2, 3, 2)),
        lambda x: np.apply_along_axis(np.sum, 1, x),
        lambda x: np.apply_along_axis(lambda v: np.outer(v, v), 0, x),
    ),
    *cases("np.apply_over_axes", fixed((2, 3, 2)), lambda x: np.apply_over_axes(np.sum, x, [0, -1])),
    *cases("np.apply_over_axes", fixed((2, 3)), lambda x: np.apply_over_axes(np.cumsum, x, 1)),
    *cases(
        "np.piecewise",
        any_shape,
        lambda x: np.piecewise(x, [x < -1, x > 0.5], [np.exp, np.sin]),
        lambda x: np.piecewise(x, [x > 0], [np.sqrt, lambda v: v**3]),
        lambda x: np.piecewise(x, [x < 1], [np.tanh, 2.0]),
        values=away_from_zero(0.1, 2),
    ),
    *cases("np.gradient", fixed(((4,),), ((2, 3),), ((3, 2, 2),))),
    *cases(
        "np.gradient", fixed((3, 4)), lambda f: np.gradient(f, 0.5, axis=1, edge_order=2), lambda f: np.gradient(f, 2.0, 0.1)
    ),
    *cases(
        "np.gradient",
        fixed((5,), (5,)),
        lambda f, x: np.gradient(f, np.cumsum(x)),
        lambda f, x: np.gradient(f, np.cumsum(x), edge_order=2),
        lambda f, x: np.gradient(f, x[0]),
        values=positive,
    ),
    *cases("np.lib.scimath.sqrt np.lib.scimath.log np.lib.scimath.log2 np.lib.scimath.log10", any_shape, values=positive),
    *cases("np.lib.scimath.arccos np.lib.scimath.arcsin np.lib.scimath.arctanh", any_shape, values=between(-0.8, 0.8)),
    *cases("np.lib.scimath.power", broadcastable(2), values=positive),
    *cases("np.lib.scimath.logn", broadcastable(2), values=between(1.2, 3)),
    *cases("np.heaviside", same_shape(2), values=away_from_zero(0.5, 2)),
    *cases("np.nextafter", any_shape, lambda x: np.nextafter(x, np.inf)),
    *cases("np.frexp", any_shape, values=between(1.1, 1.9)),
]

RARE = [*POLYNOMIALS, *HISTOGRAMS, *SETS, *ASSIGNMENTS, *FUNCTIONS]
