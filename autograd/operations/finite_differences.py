"""np.gradient: derivatives of sampled functions by central differences."""

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.core.tensor import Tensor
from autograd.errors import ShapeError
from autograd.operations.inputs import as_dtype, as_inexact


@implements(np.gradient)
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """Derivatives of a sampled function: (fᵢ₊₁ − fᵢ₋₁) / 2h inside, one-sided differences at both ends.

    varargs:    the distance h of the samples, one for all axes or one per axis; or per axis the positions of the samples. By
                default 1. They can have gradients, too.
    axis:       int or ints, by default all axes; several give a tuple of derivatives.
    edge_order: 1 or 2, the order of the differences at the ends.

    Raises ShapeError for too few samples and positions that do not fit.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.gradient(Tensor([1.0, 2.0, 4.0, 7.0]))
    Tensor([1. , 1.5, 2.5, 3. ])
    """
    f = as_inexact(f)
    if f.ndim == 0:
        raise ShapeError("gradient: got a scalar, expected an array with at least one axis")
    axes = tuple(range(f.ndim)) if axis is None else normalize_axis_tuple(axis, f.ndim)
    spacings = list(varargs or [1.0])
    if len(spacings) == 1 and np.ndim(spacings[0]) == 0:
        spacings *= len(axes)
    if len(spacings) != len(axes):
        raise TypeError(f"gradient: takes one distance, or one per axis ({len(axes)}), not {len(spacings)}")
    if edge_order not in (1, 2):
        raise ValueError(f"gradient: edge_order is 1 or 2, not {edge_order!r}")
    results = tuple(_along_axis(f, i, spacing, edge_order) for i, spacing in zip(axes, spacings))
    return results[0] if len(results) == 1 else results


def _along_axis(f: Any, axis: int, spacing: Any, edge_order: int) -> Any:
    n = f.shape[axis]
    if n < edge_order + 1:
        raise ShapeError(f"gradient: needs {edge_order + 1} samples along an axis, axis {axis} of shape {f.shape} has {n}")
    dtype, f = f.dtype, f if axis == f.ndim - 1 else np.moveaxis(f, axis, -1)
    if edge_order == 1 and isinstance(spacing, int | float):
        out = _even_gradient(f, h=spacing)
        return out if axis == f.ndim - 1 else np.moveaxis(out, -1, axis)
    if np.ndim(spacing) == 0:
        pieces = _of_even_samples(f, spacing, edge_order)
    else:
        x = as_inexact(spacing)
        if x.shape != (n,):
            raise ShapeError(f"gradient: positions of shape {x.shape} do not fit axis {axis} with {n} samples")
        h = x[1:] - x[:-1]
        is_even = not isinstance(x, Tensor) and np.all(h == h[0])
        pieces = _of_even_samples(f, h[0], edge_order) if is_even else _of_samples(f, h, edge_order)
    return np.moveaxis(as_dtype(np.concatenate(pieces, axis=-1), dtype), -1, axis)


@operation(lambda g, h: _even_gradient(g, h=h))  # type: ignore[has-type]
def _even_gradient_adjoint(x, /, h):
    """Each difference (fⱼ − fᵢ) / d of `_even_gradient` gives g / d to fⱼ and −g / d to fᵢ; x is g."""
    half = x / (2.0 * h)
    out = np.zeros(x.shape, half.dtype)
    out[..., 2:] = half[..., 1:-1]
    out[..., :-2] -= half[..., 1:-1]
    first, last = 2 * half[..., 0], 2 * half[..., -1]
    out[..., 0] -= first
    out[..., 1] += first
    out[..., -2] -= last
    out[..., -1] += last
    return out


@operation(lambda g, h: _even_gradient_adjoint(g, h=h), symbol="gradient")
def _even_gradient(x, /, h):
    out = np.empty(x.shape, x.dtype)
    out[..., 1:-1] = (x[..., 2:] - x[..., :-2]) / (2.0 * h)
    out[..., 0] = (x[..., 1] - x[..., 0]) / h
    out[..., -1] = (x[..., -1] - x[..., -2]) / h
    return out


def _of_even_samples(f: Any, h: Any, edge_order: int) -> list[Any]:
    """The derivative at the first sample, inside, and at the last sample, for samples at distance h."""
    inside = (f[..., 2:] - f[..., :-2]) / (2.0 * h)
    if edge_order == 1:
        return [(f[..., 1:2] - f[..., :1]) / h, inside, (f[..., -1:] - f[..., -2:-1]) / h]
    first = -1.5 / h * f[..., :1] + 2.0 / h * f[..., 1:2] + -0.5 / h * f[..., 2:3]
    last = 0.5 / h * f[..., -3:-2] + -2.0 / h * f[..., -2:-1] + 1.5 / h * f[..., -1:]
    return [first, inside, last]


def _of_samples(f: Any, h: Any, edge_order: int) -> list[Any]:
    """The same for samples at distances h (n − 1,)."""
    p, q = h[:-1], h[1:]
    inside = -q / (p * (p + q)) * f[..., :-2] + (q - p) / (p * q) * f[..., 1:-1] + p / (q * (p + q)) * f[..., 2:]
    if edge_order == 1:
        return [(f[..., 1:2] - f[..., :1]) / h[0], inside, (f[..., -1:] - f[..., -2:-1]) / h[-1]]
    p, q = h[0], h[1]
    first = -(2.0 * p + q) / (p * (p + q)) * f[..., :1] + (p + q) / (p * q) * f[..., 1:2] - p / (q * (p + q)) * f[..., 2:3]
    p, q = h[-2], h[-1]
    last = q / (p * (p + q)) * f[..., -3:-2] - (q + p) / (p * q) * f[..., -2:-1] + (2.0 * q + p) / (q * (p + q)) * f[..., -1:]
    return [first, inside, last]
