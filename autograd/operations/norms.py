"""Norms of vectors and matrices; at 0, where a norm has a kink, its gradient is 0."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.errors import ShapeError
from autograd.operations.elementwise import conj, cosine, square_of_abs
from autograd.operations.inputs import as_inexact
from autograd.operations.products import axes_last
from autograd.operations.reduction import broadcast_back, count, keepdims_shape


def _euclidean_gradient(g, x, out, shape, axis):
    """g · x̄ / ‖x‖; 0 where all elements are 0."""
    if np.ndim(out) == 0 and 0 < out < np.inf:
        return conj(x) * (g / out)
    if np.all((out != 0) & np.isfinite(out)):
        return conj(x) * broadcast_back(g / out, shape, axis)
    return broadcast_back(g, shape, axis) * cosine(conj(x), broadcast_back(out, shape, axis))


@operation(
    lambda g, x, out, x_shape, axis: _euclidean_gradient(g, x, out, x_shape, axis),
    symbol="‖ ‖",
)
def _euclidean_norm(x, /, axis):
    return np.sqrt(np.add.reduce(square_of_abs(x), axis=axis))


def _max_or_zero(x, axis):
    """The largest of nonnegative elements; 0 of no elements."""
    return np.max(x, axis=axis) if count(x.shape, axis) else np.sum(x, axis=axis)


def _vector_norm(x, ord, axis):
    """The vector norm over the flattened axes."""
    if ord is None or ord == 2:
        return _euclidean_norm(x, axis=axis)
    if isinstance(ord, str):
        raise ValueError(f"norm: ord {ord!r} is for matrices and needs two axes; for vectors ord is a number")
    if ord == np.inf:
        return _max_or_zero(np.abs(x), axis)
    if ord == -np.inf:
        return np.min(np.abs(x), axis=axis)
    if ord == 0:
        return np.sum((x != 0).astype(np.finfo(x.dtype).dtype), axis=axis)
    if ord == 1:
        return np.sum(np.abs(x), axis=axis)
    size = np.abs(x)
    at_corner = (np.all if ord > 0 else np.any)(x == 0, axis=axis, keepdims=True)
    total = np.sum(np.where(at_corner, 1, size) ** ord, axis=axis)
    return np.where(np.squeeze(at_corner, axis), 0, total ** (1 / ord))


def _matrix_norm(x, ord):
    """The matrix norm over the last two axes."""
    if ord in (None, "fro", "f"):
        return _euclidean_norm(x, axis=(-2, -1))
    if ord in (1, -1):
        return (_max_or_zero if ord == 1 else np.min)(np.sum(np.abs(x), axis=-2), axis=-1)
    if ord in (np.inf, -np.inf):
        return (_max_or_zero if ord > 0 else np.min)(np.sum(np.abs(x), axis=-1), axis=-1)
    reductions: dict[Any, Callable] = {2: _max_or_zero, -2: np.min, "nuc": np.sum}
    if ord not in reductions:
        raise ValueError(f"norm: for matrices ord is 'fro', 'nuc', inf, -inf, 1, -1, 2 or -2, not {ord!r}")
    return reductions[ord](np.abs(np.linalg.svdvals(x)), axis=-1)


@implements(np.linalg.norm)
def norm(x, ord=None, axis=None, keepdims=False):
    """Norm of vectors, (Σ |xᵢ|ᵖ)^(1/p) with p = ord, or of matrices; its gradient at 0 is 0.

    ord:      for vectors a number or ±inf; for matrices "fro", "nuc", ±1, ±2, ±inf; None is √Σ x² of any x.
    axis:     one axis for vectors, two for matrices, None for all axes.
    keepdims: keep the reduced axes with size 1.

    Raises ValueError for an unknown ord, ShapeError for a number of axes that ord does not allow.

    >>> from autograd import Tensor
    >>> from autograd.operations.norms import norm
    >>> norm(Tensor([3.0, 4.0])).item()
    5.0
    """
    x = as_inexact(x)
    axes = tuple(range(x.ndim)) if axis is None else normalize_axis_tuple(axis, x.ndim)
    if len(axes) == 1 or (axis is None and ord is None):
        out = _vector_norm(x, ord, axes)
    elif len(axes) == 2:
        out = _matrix_norm(axes_last(x, axes), ord)
    else:
        raise ShapeError(f"norm: ord {ord!r} needs one axis for vectors or two for matrices, got {len(axes)} (shape {x.shape})")
    return np.reshape(out, keepdims_shape(x.shape, axes)) if keepdims else out


@implements(np.linalg.vector_norm)
def vector_norm(x, /, *, axis=None, keepdims=False, ord=2):
    """Vector norm: (Σ |xᵢ|ᵖ)^(1/p) with p = ord, over any number of axes; its gradient at 0 is 0."""
    x = as_inexact(x)
    axes = tuple(range(x.ndim)) if axis is None else normalize_axis_tuple(axis, x.ndim)
    out = _vector_norm(x, ord, axes)
    return np.reshape(out, keepdims_shape(x.shape, axes)) if keepdims else out


@implements(np.linalg.matrix_norm)
def matrix_norm(x, /, *, keepdims=False, ord="fro"):
    """Matrix norm over the last two axes; ord as for `norm`."""
    return norm(x, ord, (-2, -1), keepdims)


@implements(np.linalg.cond)
def cond(x, p=None):
    """Condition number: ‖x‖ ‖x⁻¹‖.

    p: the order of the norm, as for `norm`; None is 2, the ratio of the largest to the smallest singular value.

    At a singular x it is inf, with gradient 0.

    >>> from autograd import Tensor
    >>> from autograd.operations.norms import cond
    >>> cond(Tensor([[4.0, 0.0], [0.0, 2.0]])).item()
    2.0
    """
    x = as_inexact(x)
    if p not in (None, 2, -2):
        is_singular = np.linalg.slogdet(x).sign == 0
        regular = np.where(np.expand_dims(is_singular, (-2, -1)), np.eye(x.shape[-1], dtype=x.dtype), x)
        return np.where(is_singular, np.inf, norm(x, p, (-2, -1)) * norm(np.linalg.inv(regular), p, (-2, -1)))
    s = np.linalg.svdvals(x)
    numerator, denominator = (s[..., -1], s[..., 0]) if p == -2 else (s[..., 0], s[..., -1])
    return np.where(denominator == 0, np.inf, numerator / np.where(denominator == 0, 1, denominator))
