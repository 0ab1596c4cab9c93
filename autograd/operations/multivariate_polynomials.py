"""Polynomials of several variables: polyval2d, polygrid2d and polyvalnd of numpy.polynomial.polynomial."""

from typing import Any

import numpy as np
from numpy.polynomial import polynomial

from autograd.core.registry import implements
from autograd.errors import ShapeError
from autograd.operations.inputs import as_inexact, as_tensor_or_array


def _horner(c: Any, x: Any) -> Any:
    """c₀ + c₁x + … for coefficients along the first axis, at all x; the result has the shape c.shape[1:] + x.shape."""
    c = np.reshape(c, c.shape + (1,) * x.ndim)
    out = c[-1] + 0 * x
    for i in range(len(c) - 2, -1, -1):
        out = out * x + c[i]
    return out


def polyvalnd(pts: Any, c: Any) -> Any:
    """Evaluate a polynomial of several variables: Σ cᵢⱼ… xⁱ yʲ …, at points given by one array per variable."""
    points = [as_tensor_or_array(x) for x in pts]
    if len({x.shape for x in points}) > 1:
        raise ShapeError(f"polyvalnd: the points have the shapes {[x.shape for x in points]}; they need one shape")
    out = _horner(as_inexact(c), points[0])
    for x in points[1:]:
        total = out[len(out) - 1]
        for i in range(len(out) - 2, -1, -1):
            total = total * x + out[i]
        out = total
    return out


if hasattr(polynomial, "polyvalnd"):  # since NumPy 2.5
    implements(polynomial.polyvalnd)(polyvalnd)


@implements(polynomial.polyval2d)
def polyval2d(x: Any, y: Any, c: Any) -> Any:
    """Evaluate a polynomial of two variables: Σ cᵢⱼ xⁱ yʲ."""
    return polyvalnd([x, y], c)


@implements(polynomial.polygrid2d)
def polygrid2d(x: Any, y: Any, c: Any) -> Any:
    """Evaluate a polynomial of two variables on a grid: the value at all pairs of an x and a y."""
    return _horner(_horner(as_inexact(c), as_tensor_or_array(x)), as_tensor_or_array(y))
