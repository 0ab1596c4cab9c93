"""Reductions over all axes, one axis, or a tuple of axes."""

from math import prod as product

import numpy as np

from autograd.core import kernels
from autograd.core.coercion import refuse_complex
from autograd.core.operation import operation
from autograd.operations.elementwise import conj, select


def keepdims_shape(shape, axis):
    """The shape of a reduction over `axis` with keepdims=True."""
    axes = _axes(shape, axis)
    return tuple(1 if i in axes else n for i, n in enumerate(shape))


def broadcast_back(g, shape, axis):
    """Broadcast g, shaped like the result of a reduction over `axis`, to the shape of its input."""
    if type(g) in kernels.ARRAY_TYPES:
        return kernels.broadcast(g if axis is None else g.reshape(keepdims_shape(shape, axis)), shape)
    return np.broadcast_to(np.reshape(g, keepdims_shape(shape, axis)), shape)


def count(shape, axis):
    """The number of elements that each result of a reduction over `axis` comes from."""
    return product(shape[i] for i in _axes(shape, axis))


def _axes(shape, axis):
    if axis is None or not shape:  # NumPy reduces a scalar over axis 0 and −1 as over no axis
        return range(len(shape))
    return {a % len(shape) for a in (axis if isinstance(axis, tuple) else (axis,))}


@operation(lambda g, x_shape, axis: broadcast_back(g, x_shape, axis), symbol="Σ", numpy=np.sum, structure="linear")
def sum(x, /, axis=None, keepdims=False):
    """Sum: Σ x.

    axis:     int, tuple of ints, or None for all axes.
    keepdims: keep the reduced axes with size 1.

    More than 2048 float16 or float32 terms along strided axes are added in blocks, more accurately than NumPy adds them.

    >>> from autograd import Tensor
    >>> Tensor([[1.0, 2.0], [3.0, 4.0]]).sum(axis=0)
    Tensor([4., 6.])
    """
    if getattr(x, "size", 0) > kernels.MAX_SEQUENTIAL_TERMS:
        return kernels.sum_over_axes(x, axis, keepdims)
    return np.add.reduce(x, axis=axis, keepdims=keepdims)


def _divide(g, n):
    """g / n; in float16 a large n itself would be infinite."""
    return g / n if n <= 2**15 or g.dtype != np.float16 else g / 2**8 / (n / 2**8)


@operation(
    lambda g, x_shape, axis: broadcast_back(_divide(g, count(x_shape, axis)), x_shape, axis), numpy=np.mean, structure="linear"
)
def mean(x, /, axis=None, keepdims=False):
    """Arithmetic mean: Σ x / n.

    axis, keepdims: as for `sum`.

    >>> from autograd import Tensor
    >>> Tensor([[1.0, 2.0], [3.0, 6.0]]).mean().item()
    3.0
    """
    axes = kernels.sequential_axes(x, axis)
    if axes is None:
        return np.mean(x, axis=axis, keepdims=keepdims)
    out = _blocked_mean(x, axes).astype(x.dtype, copy=False)
    return out if keepdims else np.squeeze(out, axes)[()]


def _blocked_mean(x, axes):
    """The mean of many small floats, in float32; the axes are kept with size 1."""
    total = kernels.blocked_sum(x, axes)
    return np.reshape(total / np.float32(count(x.shape, axes)), keepdims_shape(x.shape, axes))


def _center(x, axis):
    """x − mean(x)."""
    return x - mean(x, axis=axis, keepdims=True)


@operation(
    lambda g, x, x_shape, axis, ddof: (
        broadcast_back(_divide(2 * g, count(x_shape, axis) - ddof), x_shape, axis) * conj(_center(x, axis))
    ),
    numpy=np.var,
)
def var(x, /, axis=None, ddof=0, keepdims=False):
    """Variance: Σ |x − mean|² / (n − ddof).

    axis, keepdims: as for `sum`.
    ddof:           0 divides by n; 1 gives the unbiased estimate.

    >>> from autograd import Tensor
    >>> Tensor([1.0, 3.0]).var().item()
    1.0
    """
    axes = kernels.sequential_axes(x, axis)
    if axes is None:
        return _in_single(np.var, x, axis, ddof, keepdims)
    out = _blocked_var(x, axes, ddof).astype(x.dtype, copy=False)
    return out if keepdims else np.squeeze(out, axes)[()]


def _in_single(function, x, axis, ddof, keepdims):
    """np.var or np.std; float16 in float32, because squares above 65504 are infinite in float16."""
    if getattr(x, "dtype", None) != np.float16:
        return function(x, axis=axis, ddof=ddof, keepdims=keepdims)
    return function(x, axis=axis, ddof=ddof, keepdims=keepdims, dtype=np.float32).astype(np.float16)


def _blocked_var(x, axes, ddof):
    """The variance of many small floats, in float32; the axes are kept with size 1."""
    n = count(x.shape, axes)
    centered = x - _blocked_mean(x, axes)
    return _blocked_mean(centered * centered, axes) * np.float32(n / (n - ddof))


# `out + (out == 0)` avoids 0 / 0: where all elements are equal, the deviations and the gradient are 0.
@operation(
    lambda g, x, out, x_shape, axis, ddof: (
        broadcast_back(_divide(g / (out + (out == 0)), count(x_shape, axis) - ddof), x_shape, axis) * conj(_center(x, axis))
    ),
    numpy=np.std,
)
def std(x, /, axis=None, ddof=0, keepdims=False):
    """Standard deviation: √(Σ |x − mean|² / (n − ddof)); where all elements are equal its gradient is 0.

    axis, ddof, keepdims: as for `var`.

    >>> from autograd import Tensor
    >>> Tensor([1.0, 3.0]).std().item()
    1.0
    """
    axes = kernels.sequential_axes(x, axis)
    if axes is None:
        return _in_single(np.std, x, axis, ddof, keepdims)
    out = np.sqrt(_blocked_var(x, axes, ddof)).astype(x.dtype, copy=False)
    return out if keepdims else np.squeeze(out, axes)[()]


def _share_among_ties(g, x, out, shape, axis):
    """g / k for the k elements that equal the result, 0 for the others."""
    kept = keepdims_shape(shape, axis)
    is_result = x == np.reshape(out, kept)
    share = np.reshape(g, kept) / is_result.sum(axis=axis, keepdims=True)
    return select(np.broadcast_to(share, shape), is_result)


@operation(lambda g, x, out, x_shape, axis: _share_among_ties(g, x, out, x_shape, axis), numpy=np.max)
def max(x, /, axis=None, keepdims=False):
    """Largest element: max x; equal largest elements share the gradient evenly.

    axis, keepdims: as for `sum`.

    >>> from autograd import Tensor
    >>> x = Tensor([1.0, 5.0, 5.0], requires_grad=True)
    >>> x.max().backward()
    >>> x.grad
    Tensor([0. , 0.5, 0.5])
    """
    refuse_complex(x)
    return np.maximum.reduce(x, axis=axis, keepdims=keepdims)


@operation(lambda g, x, out, x_shape, axis: _share_among_ties(g, x, out, x_shape, axis), numpy=np.min)
def min(x, /, axis=None, keepdims=False):
    """Smallest element: min x; equal smallest elements share the gradient evenly.

    axis, keepdims: as for `sum`.

    >>> from autograd import Tensor
    >>> Tensor([[3.0, 1.0], [2.0, 4.0]]).min(axis=1)
    Tensor([1., 2.])
    """
    refuse_complex(x)
    return np.minimum.reduce(x, axis=axis, keepdims=keepdims)


def _products_along_last_axis(x):
    """For each element the product of the others along the last axis, by recursion on pairs; right at zeros."""
    n = x.shape[-1]
    if n == 1:
        return np.ones(x.shape)
    half = n // 2
    left, right, rest = x[..., :half], x[..., half : 2 * half], x[..., 2 * half :]
    others = _products_along_last_axis(np.concatenate([left * right, rest], axis=-1))
    pairs = others[..., :half]
    return np.concatenate([pairs * right, pairs * left, others[..., half:]], axis=-1)


def _product_of_others(x, out, shape, axis):
    """For each element xᵢ the product of the others over the axes: Π xⱼ, j ≠ i; out / xᵢ where no element is 0."""
    if np.all((out != 0) & np.isfinite(out)):
        return broadcast_back(out, shape, axis) / x
    axes = sorted(_axes(shape, axis))
    order = [i for i in range(len(shape)) if i not in axes] + axes
    moved = np.transpose(x, order)
    flat = np.reshape(moved, (*moved.shape[: len(shape) - len(axes)], count(shape, axis)))
    return np.transpose(np.reshape(_products_along_last_axis(flat), moved.shape), np.argsort(order)) if flat.size else x


@operation(
    lambda g, x, out, x_shape, axis: broadcast_back(g, x_shape, axis) * _product_of_others(x, out, x_shape, axis),
    symbol="Π",
    numpy=np.prod,
)
def prod(x, /, axis=None, keepdims=False):
    """Product: Π x; its derivatives are right also where elements are 0.

    axis, keepdims: as for `sum`.

    >>> from autograd import Tensor
    >>> x = Tensor([2.0, 0.0, 3.0], requires_grad=True)
    >>> x.prod().backward()
    >>> x.grad
    Tensor([0., 6., 0.])
    """
    return np.multiply.reduce(x, axis=axis, keepdims=keepdims)
