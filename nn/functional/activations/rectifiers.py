"""Piecewise linear rectifiers. The modules of these names state derivative, range, continuity and saturation."""

from typing import Any

import numpy as np

from autograd import ShapeError, Tensor, operation, relu, where
from autograd.extend import nondeterministic, refuse_complex
from nn.functional.activations.along_axis import broadcast_along, size_along
from nn.functional.validation import as_floats
from nn.random import Rng, generator

__all__ = ["apl", "brelu", "leaky_relu", "prelu", "relu", "rrelu"]


def brelu(x: Any, axis: int = 1) -> Tensor:
    """Bipolar rectified linear unit, for unit i along the axis: max(x, 0) if i mod 2 = 0 else min(x, 0).

    Raises ShapeError if x has no such axis.

    >>> import nn
    >>> nn.functional.brelu([[-1.0, -1.0, 2.0, 2.0]]).tolist()
    [[0.0, -1.0, 2.0, 0.0]]
    """
    x = as_floats("brelu", x)
    units = size_along("brelu", x, axis)
    is_even = np.arange(units).reshape([-1 if i == axis % x.ndim else 1 for i in range(x.ndim)]) % 2 == 0
    return where(where(is_even, x <= 0, x >= 0), 0, x)


@operation(lambda g, x, negative_slope: where(x > 0, g, negative_slope * g))
def leaky_relu(x, /, negative_slope=0.01):
    """Leaky rectified linear unit: x if x > 0 else negative_slope·x, elementwise.

    >>> import nn
    >>> nn.functional.leaky_relu([-100.0, 2.0]).tolist()
    [-1.0, 2.0]
    """
    refuse_complex(x)
    return np.where(x > 0, x, negative_slope * x)[()]


def prelu(x: Any, weight: Any, axis: int = 1) -> Tensor:
    """Parametric rectified linear unit: x if x > 0 else weight·x.

    weight: a single slope, or one slope for each unit along the axis; it receives a gradient.

    Raises ShapeError if the numbers of slopes and units differ.

    >>> import nn
    >>> nn.functional.prelu([[-1.0, -1.0]], [0.25, 0.5]).tolist()
    [[-0.25, -0.5]]
    """
    x = as_floats("prelu", x)
    return where(x > 0, x, broadcast_along("prelu", as_floats("prelu", weight), x, axis) * where(x > 0, 0, x))


def _slopes(rng, lower, upper, shape):
    return generator(rng).uniform(lower, upper, shape)


def rrelu(x: Any, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, rng: Rng = None) -> Tensor:
    """Randomized leaky rectified linear unit: x if x > 0 else s·x, elementwise.

    In training, s is drawn from U(lower, upper) for each element; otherwise it is (lower + upper) / 2.
    rng: generator or seed; the global generator, which nn.seed resets, by default.

    Raises ValueError if lower exceeds upper.

    >>> import nn
    >>> nn.functional.rrelu([-8.0, 2.0], lower=0.0, upper=0.5).tolist()
    [-2.0, 2.0]
    """
    if not lower <= upper:
        raise ValueError(f"rrelu: lower must not exceed upper, got {lower} and {upper}")
    x = as_floats("rrelu", x)
    slope = nondeterministic(_slopes, rng, lower, upper, x.shape).astype(x.dtype) if training else (lower + upper) / 2
    return where(x > 0, x, slope * x)


def apl(x: Any, a: Any, b: Any, axis: int = 1) -> Tensor:
    """Adaptive piecewise linear unit: max(x, 0) + Σ(a·max(b − x, 0)), summed over hinges.

    a, b: slopes and positions of the hinges, (hinges, units), or (hinges, 1) if all units share them; they receive gradients.

    Raises ShapeError for other shapes of a and b, or if x has another number of units along the axis.

    >>> import nn
    >>> nn.functional.apl([[-1.0, 1.0]], a=[[0.5], [-0.25]], b=[[0.0], [3.0]]).tolist()
    [[-0.5, 0.5]]
    """
    x, a, b = as_floats("apl", x), as_floats("apl", a), as_floats("apl", b)
    if a.ndim != 2 or a.shape != b.shape:
        raise ShapeError(f"apl: got slopes and positions of shapes {a.shape} and {b.shape}, expected (hinges, units) for both")
    a, b = broadcast_along("apl", a, x, axis), broadcast_along("apl", b, x, axis)
    return relu(x) + (a * relu(b - x)).sum(axis=0)
