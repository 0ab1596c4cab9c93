"""Cumulative sums and products, differences, and the trapezoidal rule."""

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.errors import ShapeError
from autograd.operations.inputs import as_dtype, as_tensor_or_array
from autograd.operations.padding import pad_constant
from autograd.operations.shape import reshape


def _reverse_cumsum(g, axis):
    """The cumulative sum from the end: Σ gⱼ, j ≥ i."""
    backwards = (*[slice(None)] * (axis % g.ndim), slice(None, None, -1))
    return np.cumsum(g[backwards], axis)[backwards]


@operation(lambda g, axis: _reverse_cumsum(g, axis), structure="linear")
def _cumsum(x, /, axis):
    return np.cumsum(x, axis)


@implements(np.cumsum)
def cumsum(a: Any, axis: int | None = None) -> Any:
    """Cumulative sum: outᵢ = x₀ + … + xᵢ.

    axis: int, or None for the flattened elements.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.cumsum(Tensor([1.0, 2.0, 3.0]))
    Tensor([1., 3., 6.])
    """
    return _cumsum(reshape(a, -1) if axis is None and a.ndim != 1 else a, axis=0 if axis is None else axis)


@implements(np.cumprod)
def cumprod(a: Any, axis: int | None = None) -> Any:
    """Cumulative product: outᵢ = x₀ ⋯ xᵢ, by doubling the stride; its derivatives are right also where elements are 0.

    axis: int, or None for the flattened elements.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.cumprod(Tensor([1.0, 2.0, 3.0]))
    Tensor([1., 2., 6.])
    """
    a = as_dtype(a, np.cumprod(np.ones(1, a.dtype)).dtype)  # small integer dtypes become int64, as in NumPy
    out = np.moveaxis(reshape(a, -1) if axis is None or a.ndim == 0 else a, 0 if axis is None else axis, -1)
    stride = 1
    while stride < out.shape[-1]:
        out = np.concatenate([out[..., :stride], out[..., stride:] * out[..., :-stride]], axis=-1)
        stride *= 2
    return np.moveaxis(out, -1, 0 if axis is None else axis)


def _scan_with_initial(scan: Any, initial: float, x: Any, axis: int | None, include_initial: bool) -> Any:
    if axis is None and x.ndim > 1:
        raise ShapeError(f"{scan.__name__}: an array of shape {x.shape} needs an axis; None is for vectors only")
    x = reshape(x, -1) if x.ndim == 0 else x
    axis = 0 if axis is None else axis
    out = scan(x, axis)
    if not include_initial:
        return out
    shape = tuple(1 if i == axis % x.ndim else n for i, n in enumerate(x.shape))
    return np.concatenate([np.full(shape, initial, out.dtype), out], axis)


@implements(np.cumulative_sum)
def cumulative_sum(x: Any, *, axis: int | None = None, include_initial: bool = False) -> Any:
    """Cumulative sum: outᵢ = x₀ + … + xᵢ.

    axis:            int; None for vectors only.
    include_initial: start with a 0.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.cumulative_sum(Tensor([1.0, 2.0]), include_initial=True)
    Tensor([0., 1., 3.])
    """
    return _scan_with_initial(cumsum, 0, x, axis, include_initial)


@implements(np.cumulative_prod)
def cumulative_prod(x: Any, *, axis: int | None = None, include_initial: bool = False) -> Any:
    """Cumulative product: outᵢ = x₀ ⋯ xᵢ.

    axis:            int; None for vectors only.
    include_initial: start with a 1.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.cumulative_prod(Tensor([2.0, 3.0]), include_initial=True)
    Tensor([1., 2., 6.])
    """
    return _scan_with_initial(cumprod, 1, x, axis, include_initial)


def _before_and_after(g, shape, axis):
    """gᵢ₋₁ − gᵢ, with 0 for the elements that do not exist."""
    if not shape[axis]:
        return g
    border = ((0, 0),) * axis
    after, before = ((*border, widths, *((0, 0),) * (g.ndim - axis - 1)) for widths in ((1, 0), (0, 1)))
    return pad_constant(g, widths=after) - pad_constant(g, widths=before)


@operation(lambda g, x_shape, axis: _before_and_after(g, x_shape, axis))
def _difference(x, /, axis):
    before = (slice(None),) * axis
    return x[(*before, slice(1, None))] - x[(*before, slice(None, -1))]


@implements(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """Differences of adjacent elements: outᵢ = xᵢ₊₁ − xᵢ, n times.

    prepend, append: values that are joined to a along the axis first; scalars broadcast.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.diff(Tensor([1.0, 4.0, 9.0]))
    Tensor([3., 5.])
    """
    if a.ndim == 0:
        raise ShapeError("diff: got a scalar, expected an array with at least one axis")
    pieces = [piece for piece in (prepend, a, append) if piece is not None]
    if len(pieces) > 1:
        shape = tuple(1 if i == axis % a.ndim else m for i, m in enumerate(a.shape))
        pieces = [piece if np.ndim(piece) else np.broadcast_to(piece, shape) for piece in pieces]
        a = np.concatenate(pieces, axis)
    axis = normalize_axis_index(axis, a.ndim)
    for _ in range(n):
        a = _difference(a, axis=axis)
    return a


@implements(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """Differences of adjacent elements of the flattened array: outᵢ = xᵢ₊₁ − xᵢ.

    to_begin, to_end: values before and after the differences, or None.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.ediff1d(Tensor([[1.0, 4.0], [9.0, 0.0]]))
    Tensor([ 3.,  5., -9.])
    """
    flat = np.ravel(ary)
    pieces = [np.ravel(as_tensor_or_array(piece)) for piece in (to_begin, flat[1:] - flat[:-1], to_end) if piece is not None]
    return np.concatenate([as_dtype(piece, flat.dtype) for piece in pieces] if flat.dtype.kind in "fc" else pieces)


@implements(np.trapezoid)
def trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Any:
    """Integral by the trapezoidal rule: Σ (xᵢ₊₁ − xᵢ) (yᵢ + yᵢ₊₁) / 2.

    x: the sample points, shaped like y or like its axis; None for points at distance dx.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.trapezoid(Tensor([1.0, 3.0]), dx=2.0).item()
    4.0
    """
    y = np.moveaxis(y, axis, -1)
    if x is not None:
        dx = np.diff(x) if np.ndim(x) == 1 else np.diff(np.moveaxis(x, axis, -1))
    return np.sum(dx * (y[..., 1:] + y[..., :-1]) / 2, axis=-1)
