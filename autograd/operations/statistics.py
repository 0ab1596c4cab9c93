"""Statistics composed of reductions: ranges, averages, quantiles, covariances, and functions that ignore nan."""

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autograd.core.registry import implements
from autograd.errors import UnsupportedError
from autograd.operations import reduction
from autograd.operations.elementwise import conj, square_of_abs, where
from autograd.operations.inputs import as_dtype, as_floating, as_tensor_or_array
from autograd.operations.scan import cumprod, cumsum


@implements(np.ptp)
def ptp(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Range: max x − min x; equal extreme elements share the gradient evenly.

    axis, keepdims: as for `np.sum`.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.ptp(Tensor([1.0, 5.0, 2.0])).item()
    4.0
    """
    return reduction.max(a, axis, keepdims) - reduction.min(a, axis, keepdims)


@implements(np.average)
def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Any:
    """Weighted mean: Σ w x / Σ w.

    axis, keepdims: as for `np.sum`.
    weights:        shaped like a, or a vector along the axis; None for equal weights.
    returned:       return (mean, Σ w).

    Raises ZeroDivisionError if the weights add up to 0.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.average(Tensor([1.0, 4.0]), weights=[3.0, 1.0]).item()
    1.75
    """
    a, has_weights = as_tensor_or_array(a), weights is not None
    if axis is not None:
        normalize_axis_tuple(axis, a.ndim)  # raises the error of an axis that does not exist
    weights = as_tensor_or_array(weights) if has_weights else np.ones(a.shape, a.dtype)
    weights = as_dtype(weights, np.result_type(a.dtype, weights.dtype, np.float16 if a.dtype.kind == "f" else np.float64))
    if weights.shape != a.shape:
        shape = [1] * a.ndim
        shape[axis] = -1
        weights = np.reshape(weights, shape)
    total = np.sum(np.broadcast_to(weights, a.shape), axis=axis, keepdims=keepdims)
    if has_weights and np.any(np.equal(total, 0)):
        raise ZeroDivisionError("average: the weights add up to 0; they need a sum other than 0")
    mean = np.sum(a * weights, axis=axis, keepdims=keepdims) / total
    return (mean, total) if returned else mean


def _quantile(a: Any, q: Any, axis: Any, keepdims: bool) -> Any:
    """Linear interpolation of the sorted elements at position q (n − 1)."""
    if isinstance(axis, tuple):
        raise UnsupportedError("quantiles on tensors take one axis or None, not a tuple; reshape first")
    a = as_floating(a, "quantile")
    flat = np.ravel(a) if axis is None else np.moveaxis(a, axis, -1)
    ordered = np.sort(flat, axis=-1)
    position = np.asarray(q, dtype=a.dtype) * (ordered.shape[-1] - 1)
    lower_index = np.floor(position).astype(int)
    upper_index = np.minimum(lower_index + 1, ordered.shape[-1] - 1)
    lower, upper = ordered[..., lower_index], ordered[..., upper_index]
    fraction = np.asarray(position - lower_index, a.dtype)
    out = lower + (upper - lower) * fraction
    if np.any(fraction == 0):
        out = where(fraction == 0, lower, out)  # the upper element gets no gradient, also of an infinite one
    q_ndim = np.ndim(q)
    if not np.all(np.isfinite(ordered)):  # ∞ − ∞ is nan here; nan is sorted to the end, and makes every result nan
        has_nan = np.expand_dims(np.isnan(ordered[..., -1]), tuple(range(-q_ndim, 0)))
        out = where((lower == upper) | (fraction == 0), lower, lower * (1 - fraction) + upper * fraction)
        out = where(has_nan, np.nan, out)
    if q_ndim:
        out = np.moveaxis(out, range(-q_ndim, 0), range(q_ndim))
    if keepdims:
        reduced_shape = (1,) * a.ndim if axis is None else tuple(1 if i == axis % a.ndim else n for i, n in enumerate(a.shape))
        out = np.reshape(out, (*np.shape(q), *reduced_shape))
    return out


@implements(np.quantile)
def quantile(a: Any, q: Any, axis: Any = None, *, method: str = "linear", keepdims: bool = False) -> Any:
    """Quantile: the sorted elements at position q (n − 1), by linear interpolation.

    q:    fractions from 0 to 1, of any shape; the axes of q come first in the result.
    axis: int, or None for all elements.

    Equal elements keep their order, and each gets the gradient of its position. Raises UnsupportedError for another method.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.quantile(Tensor([1.0, 2.0, 4.0]), 0.75).item()
    3.0
    """
    if method != "linear":
        raise UnsupportedError(f"quantiles on tensors support method 'linear' only, got {method!r}")
    return _quantile(a, q, axis, keepdims)


@implements(np.percentile)
def percentile(a: Any, q: Any, axis: Any = None, *, method: str = "linear", keepdims: bool = False) -> Any:
    """Percentile: the quantile q / 100, by linear interpolation; arguments as for `np.quantile`.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.percentile(Tensor([1.0, 2.0, 4.0]), 75).item()
    3.0
    """
    return quantile(a, np.asarray(q) / 100, axis, method=method, keepdims=keepdims)


@implements(np.median)
def median(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Median: the middle element of the sorted ones, or the mean of the two middle elements.

    axis: int, or None for all elements.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.median(Tensor([5.0, 1.0, 2.0, 3.0])).item()
    2.5
    """
    if _is_empty_along(a, axis):
        return reduction.mean(as_floating(a, "median"), axis, keepdims)  # nan, with NumPy's warning
    return _quantile(a, 0.5, axis, keepdims)


def _is_empty_along(a: Any, axis: Any) -> bool:
    """Whether results of a reduction over an axis, or over all for None, come from no elements."""
    return 0 in (a.shape if axis is None else [a.shape[i] for i in normalize_axis_tuple(axis, a.ndim)])


@implements(np.cov)
def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
) -> Any:
    """Covariance matrix: (x − x̄)(x − x̄)ᵀ / (n − ddof), of complex numbers with the conjugate of the second factor.

    m:        variables in rows (k, n), or in columns if rowvar is False.
    y:        more variables, or None.
    ddof:     1 by default, or 0 if bias is True.
    fweights: how often each observation counts (n,): ints, constants.
    aweights: how much each observation weighs (n,): constants.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.cov(Tensor([[1.0, 3.0], [2.0, 6.0]])).tolist()
    [[2.0, 4.0], [4.0, 8.0]]
    """
    rows = [np.atleast_2d(array) if rowvar or array.ndim == 1 else array.T for array in (m, y) if array is not None]
    x = np.concatenate(rows, axis=0)
    ddof = (0 if bias else 1) if ddof is None else ddof
    if fweights is None and aweights is None:
        centered = x - x.mean(axis=1, keepdims=True)
        return np.squeeze(centered @ conj(centered.T) / (x.shape[1] - ddof))
    np.cov(np.zeros(x.shape), fweights=fweights, aweights=aweights)  # raises NumPy's errors of weights that do not fit
    repeats, importance = (np.ones(x.shape[1]) if w is None else np.asarray(w, float) for w in (fweights, aweights))
    weights = repeats * importance
    total = np.sum(weights)
    centered = x - np.sum(x * weights, axis=1, keepdims=True) / total
    factor = total - ddof * np.sum(weights * importance) / total
    return np.squeeze((centered * weights) @ conj(centered.T) / factor)


@implements(np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: bool = True) -> Any:
    """Correlation matrix: Cᵢⱼ / √(Cᵢᵢ Cⱼⱼ), with C = cov(x, y, rowvar).

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.corrcoef(Tensor([[1.0, 3.0, 2.0], [2.0, 6.0, 4.0]])).numpy().round(6).tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    c = np.atleast_2d(cov(x, y, rowvar))
    std = np.sqrt(np.real(np.diagonal(c)))
    return np.squeeze(c / np.expand_dims(std, 1) / std)


# Functions that ignore nan


def _replace_nan(a: Any, value: float) -> Any:
    return where(np.isnan(a), value, a)


def _nan_where_all_nan(out: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """out, and nan where all elements of a are nan."""
    all_nan = np.all(np.isnan(a.data), axis=axis, keepdims=keepdims)
    return where(all_nan, np.nan, out) if np.any(all_nan) else out


def _count_valid(a: Any, axis: Any) -> Any:
    count = np.sum(~np.isnan(a.data), axis=axis, keepdims=True)
    return count.astype(a.dtype) if a.dtype.kind in "fc" else count


@implements(np.nansum)
def nansum(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Sum without nan: Σ x; the gradient of nan is 0.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.nansum(Tensor([1.0, np.nan, 2.0])).item()
    3.0
    """
    return reduction.sum(_replace_nan(a, 0), axis, keepdims)


@implements(np.nanprod)
def nanprod(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Product without nan: Π x; the gradient of nan is 0."""
    return reduction.prod(_replace_nan(a, 1), axis, keepdims)


@implements(np.nancumsum)
def nancumsum(a: Any, axis: Any = None) -> Any:
    """Cumulative sum without nan, which counts as 0."""
    return cumsum(_replace_nan(a, 0), axis)


@implements(np.nancumprod)
def nancumprod(a: Any, axis: Any = None) -> Any:
    """Cumulative product without nan, which counts as 1."""
    return cumprod(_replace_nan(a, 1), axis)


@implements(np.nanmax)
def nanmax(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Largest element without nan: max x; equal largest elements share the gradient evenly."""
    return _nan_where_all_nan(reduction.max(_replace_nan(a, -np.inf), axis, keepdims), a, axis, keepdims)


@implements(np.nanmin)
def nanmin(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Smallest element without nan: min x; equal smallest elements share the gradient evenly."""
    return _nan_where_all_nan(reduction.min(_replace_nan(a, np.inf), axis, keepdims), a, axis, keepdims)


@implements(np.nanmean)
def nanmean(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Mean without nan: Σ x / n; the gradient of nan is 0.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.nanmean(Tensor([1.0, np.nan, 2.0])).item()
    1.5
    """
    out = reduction.sum(_replace_nan(a, 0), axis, True) / _count_valid(a, axis)
    return out if keepdims else np.squeeze(out, axis)


@implements(np.nanvar)
def nanvar(a: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
    """Variance without nan: Σ |x − mean|² / (n − ddof)."""
    deviation = where(np.isnan(a), 0, a - nanmean(a, axis, keepdims=True))
    out = reduction.sum(square_of_abs(deviation), axis, True) / np.real(_count_valid(a, axis) - ddof)
    return out if keepdims else np.squeeze(out, axis)


@implements(np.nanstd)
def nanstd(a: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
    """Standard deviation without nan: √(Σ |x − mean|² / (n − ddof)); where all elements are equal its gradient is 0."""
    variance = nanvar(a, axis, ddof, keepdims)
    return where(variance == 0, 0, np.sqrt(where(variance == 0, 1, variance)))


@implements(np.nanmedian)
def nanmedian(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Median without nan; equal elements keep their order.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.nanmedian(Tensor([1.0, np.nan, 2.0, 9.0])).item()
    2.0
    """
    if _is_empty_along(a, axis):
        return reduction.mean(a, axis, keepdims)  # nan, with NumPy's warning
    flat = np.reshape(a, (-1,)) if axis is None else np.moveaxis(a, axis, -1)
    count = np.sum(~np.isnan(flat.data), axis=-1, keepdims=True)
    ordered = np.sort(flat, axis=-1)
    middle = [np.take_along_axis(ordered, np.maximum(position, 0), -1) for position in ((count - 1) // 2, count // 2)]
    out = ((middle[0] + middle[1]) / 2)[..., 0]
    if keepdims:
        out = np.reshape(out, (1,) * a.ndim) if axis is None else np.expand_dims(out, axis)
    return out


@implements(np.nanquantile)
def nanquantile(a: Any, q: Any, axis: Any = None, *, method: str = "linear", keepdims: bool = False) -> Any:
    """Quantile without nan; arguments as for `np.quantile`.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.nanquantile(Tensor([1.0, np.nan, 2.0, 4.0]), 0.75).item()
    3.0
    """
    if method != "linear":
        raise UnsupportedError(f"quantiles on tensors support method 'linear' only, got {method!r}")
    if isinstance(axis, tuple):
        raise UnsupportedError("quantiles on tensors take one axis or None, not a tuple; reshape first")
    a, fractions = as_floating(a, "nanquantile"), np.asarray(q)
    if not a.size:
        return reduction.mean(a, axis, keepdims)  # as in NumPy, whatever the shape of q
    flat = np.reshape(a, -1) if axis is None else np.moveaxis(a, axis, -1)
    ordered = np.sort(flat, axis=-1)
    valid = np.sum(~np.isnan(ordered.data), axis=-1, keepdims=True)
    position = (np.ravel(fractions) * np.maximum(valid - 1, 0)).astype(a.dtype)
    lower_index = np.floor(position).astype(int)
    fraction = (position - lower_index).astype(a.dtype)
    upper_index = np.minimum(lower_index + 1, np.maximum(valid - 1, 0))
    lower, upper = (np.take_along_axis(ordered, index, -1) for index in (lower_index, upper_index))
    out = where(fraction == 0, lower, lower + (upper - lower) * fraction)
    out = np.reshape(np.moveaxis(out, -1, 0), fractions.shape + out.shape[:-1])
    if not keepdims:
        return out
    if axis is None:
        return np.reshape(out, fractions.shape + (1,) * a.ndim)
    return np.expand_dims(out, axis if axis < 0 else axis + fractions.ndim)  # the axes of q come first


@implements(np.nanpercentile)
def nanpercentile(a: Any, q: Any, axis: Any = None, *, method: str = "linear", keepdims: bool = False) -> Any:
    """Percentile without nan: the quantile q / 100; arguments as for `np.quantile`."""
    return nanquantile(a, np.asarray(q) / 100, axis, method=method, keepdims=keepdims)
