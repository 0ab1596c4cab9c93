"""Reductions and scans of scalars, of arrays without elements and of one element: results and errors are those of NumPy."""

import warnings

import numpy as np
import pytest

from autograd import ShapeError, Tensor, gradients

SHAPES = [(), (1,), (0,), (1, 1), (0, 3), (3, 0), (2, 0, 1), (1, 2)]
ONE_AXIS = [{}, *[{"axis": axis} for axis in (None, 0, -1, 1, -2, 5)]]
SEVERAL_AXES = [*ONE_AXIS, *[{"axis": axis} for axis in ((), (0,), (-1,), (0, 1), (0, -1), (0, 0), (5,))]]


def with_keepdims(all_options):
    return [*all_options, *[{**options, "keepdims": True} for options in all_options]]


NAMES = {
    "reductions": "sum mean var std prod max min ptp average amax amin all any",
    "reductions without nan": "nansum nanprod nanmax nanmin nanmean nanvar nanstd",
    "reductions over one axis": "median nanmedian argmax argmin",
    "scans": "cumsum cumprod nancumsum nancumprod cumulative_sum cumulative_prod sort argsort trapezoid diff flip",
}
OPTIONS = {
    **dict.fromkeys(NAMES["reductions"].split(), with_keepdims(SEVERAL_AXES)),
    **dict.fromkeys(NAMES["reductions without nan"].split(), with_keepdims(SEVERAL_AXES)),
    **dict.fromkeys(NAMES["reductions over one axis"].split(), with_keepdims(ONE_AXIS)),
    **dict.fromkeys(NAMES["scans"].split(), ONE_AXIS),
}


def call(function, *args, **options):
    """The result, or the error."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return function(*args, **options)
        except Exception as error:
            return error


def difference_from_numpy(function, array, options):
    """How the result or the error on a tensor differs from NumPy's, or None."""
    expected, x = call(function, array, **options), Tensor(array, requires_grad=True)
    result = call(function, x, **options)
    if function is np.average and isinstance(expected, ZeroDivisionError):
        return None  # NumPy divides by the number of results, also where there are none
    if isinstance(expected, Exception) or isinstance(result, Exception):
        allowed = (ShapeError, type(expected)) if isinstance(expected, Exception) else ()
        return None if isinstance(result, allowed) else f"{result!r}, not {expected!r}"
    if np.shape(result) != np.shape(expected) or not np.array_equal(getattr(result, "data", result), expected, equal_nan=True):
        return f"{result!r}, not {expected!r}"
    return gradient_difference(function, x, result, options) if getattr(result, "requires_grad", False) else None


def first_gradient(output, x, create_graph=False):
    return gradients(output, [x], np.ones(output.shape), create_graph=create_graph)[0]


def gradient_difference(function, x, result, options):
    """How the gradient of Σ result differs from finite differences, or None; it can be differentiated again."""
    first = call(first_gradient, result, x, create_graph=True)
    if isinstance(first, Exception):
        return f"gradient: {first!r}"
    if first.requires_grad:
        second = call(first_gradient, first, x)
        if getattr(second, "shape", None) != x.shape:
            return f"second derivative: {second!r}"
    if first.shape != x.shape:
        return f"gradient: {first!r}"
    if x.size and np.isfinite(result.numpy()).all():
        slope = [np.sum(call(function, x.numpy() + step, **options)) / 2e-6 for step in (1e-6, -1e-6)]
        if not np.isclose(first.numpy().sum(), slope[0] - slope[1], rtol=1e-6, atol=1e-6):
            return f"gradient: {first!r}, not {slope[0] - slope[1]:g}"
    return None


@pytest.mark.parametrize("name", OPTIONS)
def test_results_errors_and_gradients_are_those_of_numpy(name):
    differences = []
    for shape in SHAPES:
        array = np.linspace(0.5, 2, int(np.prod(shape))).reshape(shape)
        for options in OPTIONS[name]:
            difference = difference_from_numpy(getattr(np, name), array, options)
            if difference:
                differences.append(f"{name} of shape {shape}, {options}: {difference}")
    assert not differences, "\n".join(differences)
