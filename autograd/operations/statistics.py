"""Statistics composed of the reductions: ranges, averages, quantiles, covariances, and their forms that leave nan out."""

from typing import Any

import numpy as np

from autograd.core.registry import implements
from autograd.errors import UnsupportedError
from autograd.operations import reduction
from autograd.operations.elementwise import where
from autograd.operations.inputs import as_dtype, as_floating, as_tensor_or_array
from autograd.operations.scan import cumprod, cumsum


@implements(np.ptp)
def ptp(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Range: largest minus smallest element.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.ptp(Tensor([1.0, 5.0, 2.0])).item()
    4.0
    """
    return reduction.max(a, axis, keepdims) - reduction.min(a, axis, keepdims)


@implements(np.average)
def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Any:
    """Weighted mean: Σ w x / Σ w.

    Raises ZeroDivisionError where the weights add up to 0.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.average(Tensor([1.0, 4.0]), weights=[3.0, 1.0]).item()
    1.75
    """
    a, weighted = as_tensor_or_array(a), weights is not None
    weights = as_tensor_or_array(weights) if weighted else np.ones(a.shape, a.dtype)
    weights = as_dtype(weights, np.result_type(a.dtype, weights.dtype, np.float16 if a.dtype.kind == "f" else np.float64))
    if weights.shape != a.shape:
        shape = [1] * a.ndim
        shape[axis] = -1
        weights = np.reshape(weights, shape)
    total = np.sum(np.broadcast_to(weights, a.shape), axis=axis, keepdims=keepdims)
    if weighted and np.any(np.equal(total, 0)):
        raise ZeroDivisionError("average: the weights add up to 0")
    mean = np.sum(a * weights, axis=axis, keepdims=keepdims) / total
    return (mean, total) if returned else mean


def _quantile(a: Any, q: Any, axis: Any, keepdims: bool) -> Any:
    """Linear interpolation between the sorted elements on both sides of place q (n − 1)."""
    if isinstance(axis, tuple):
        raise UnsupportedError("quantiles on tensors go along one axis or over all; reshape first")
    a = as_floating(a)
    flat = np.ravel(a) if axis is None else np.moveaxis(a, axis, -1)
    ordered = np.sort(flat, axis=-1)
    place = np.asarray(q, dtype=a.dtype) * (ordered.shape[-1] - 1)
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, ordered.shape[-1] - 1)
    lower, upper = ordered[..., below], ordered[..., above]
    share = np.asarray(place - below, a.dtype)
    out = lower + (upper - lower) * share
    ranks = np.ndim(q)
    if not np.all(np.isfinite(ordered)):  # ∞ − ∞ would be nan; and nan, sorted to the end, makes all results nan
        unknown = np.expand_dims(np.isnan(ordered[..., -1]), tuple(range(-ranks, 0)))
        out = where((lower == upper) | (share == 0), lower, lower * (1 - share) + upper * share)
        out = where(unknown, np.nan, out)
    if ranks:
        out = np.moveaxis(out, range(-ranks, 0), range(ranks))
    if keepdims:
        kept = (1,) * a.ndim if axis is None else tuple(1 if i == axis % a.ndim else n for i, n in enumerate(a.shape))
        out = np.reshape(out, (*np.shape(q), *kept))
    return out


@implements(np.quantile)
def quantile(a: Any, q: Any, axis: Any = None, *, method: str = "linear", keepdims: bool = False) -> Any:
    """The value below which a share q of the elements lies, by linear interpolation.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.quantile(Tensor([1.0, 2.0, 4.0]), 0.75).item()
    3.0
    """
    if method != "linear":
        raise UnsupportedError(f"quantiles on tensors are by method 'linear', not {method!r}")
    return _quantile(a, q, axis, keepdims)


@implements(np.percentile)
def percentile(a: Any, q: Any, axis: Any = None, *, method: str = "linear", keepdims: bool = False) -> Any:
    """The value below which q per cent of the elements lie, by linear interpolation.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.percentile(Tensor([1.0, 2.0, 4.0]), 75).item()
    3.0
    """
    return quantile(a, np.asarray(q) / 100, axis, method=method, keepdims=keepdims)


@implements(np.median)
def median(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The middle element, or the mean of the two in the middle.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.median(Tensor([5.0, 1.0, 2.0, 3.0])).item()
    2.5
    """
    return _quantile(a, 0.5, axis, keepdims)


@implements(np.cov)
def cov(m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: int | None = None) -> Any:
    """Covariance matrix of variables in rows: (x − x̄)(x − x̄)ᵀ / (n − 1).

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.cov(Tensor([[1.0, 3.0], [2.0, 6.0]])).tolist()
    [[2.0, 4.0], [4.0, 8.0]]
    """
    rows = [np.atleast_2d(part) if rowvar or part.ndim == 1 else part.T for part in (m, y) if part is not None]
    x = np.concatenate(rows, axis=0)
    centered = x - x.mean(axis=1, keepdims=True)
    ddof = (0 if bias else 1) if ddof is None else ddof
    return np.squeeze(centered @ centered.T / (x.shape[1] - ddof))


@implements(np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: bool = True) -> Any:
    """Correlation matrix of variables in rows: covariance divided by both standard deviations.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.corrcoef(Tensor([[1.0, 3.0, 2.0], [2.0, 6.0, 4.0]])).numpy().round(6).tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    c = np.atleast_2d(cov(x, y, rowvar))
    spread = np.sqrt(np.diagonal(c))
    return np.squeeze(c / np.expand_dims(spread, 1) / spread)


# Without nan


def _filled(a: Any, value: float) -> Any:
    return where(np.isnan(a), value, a)


def _known(out: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """The result, and nan where all elements are."""
    unknown = np.all(np.isnan(a.data), axis=axis, keepdims=keepdims)
    return where(unknown, np.nan, out) if np.any(unknown) else out


def _counted(a: Any, axis: Any) -> Any:
    counts = np.sum(~np.isnan(a.data), axis=axis, keepdims=True)
    return counts.astype(a.dtype) if a.dtype.kind == "f" else counts


@implements(np.nansum)
def nansum(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Sum of the elements that are not nan.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.nansum(Tensor([1.0, np.nan, 2.0])).item()
    3.0
    """
    return reduction.sum(_filled(a, 0), axis, keepdims)


@implements(np.nanprod)
def nanprod(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Product of the elements that are not nan."""
    return reduction.prod(_filled(a, 1), axis, keepdims)


@implements(np.nancumsum)
def nancumsum(a: Any, axis: Any = None) -> Any:
    """Running sum that leaves nan out."""
    return cumsum(_filled(a, 0), axis)


@implements(np.nancumprod)
def nancumprod(a: Any, axis: Any = None) -> Any:
    """Running product that leaves nan out."""
    return cumprod(_filled(a, 1), axis)


@implements(np.nanmax)
def nanmax(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Largest element that is not nan; ties share the gradient."""
    return _known(reduction.max(_filled(a, -np.inf), axis, keepdims), a, axis, keepdims)


@implements(np.nanmin)
def nanmin(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Smallest element that is not nan; ties share the gradient."""
    return _known(reduction.min(_filled(a, np.inf), axis, keepdims), a, axis, keepdims)


@implements(np.nanmean)
def nanmean(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Mean of the elements that are not nan.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.nanmean(Tensor([1.0, np.nan, 2.0])).item()
    1.5
    """
    out = reduction.sum(_filled(a, 0), axis, True) / _counted(a, axis)
    return out if keepdims else np.squeeze(out, axis)


@implements(np.nanvar)
def nanvar(a: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
    """Variance of the elements that are not nan."""
    deviation = where(np.isnan(a), 0, a - nanmean(a, axis, keepdims=True))
    out = reduction.sum(deviation * deviation, axis, True) / (_counted(a, axis) - ddof)
    return out if keepdims else np.squeeze(out, axis)


@implements(np.nanstd)
def nanstd(a: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
    """Standard deviation of the elements that are not nan; its gradient at equal values is 0."""
    variance = nanvar(a, axis, ddof, keepdims)
    return where(variance == 0, 0, np.sqrt(where(variance == 0, 1, variance)))


@implements(np.nanmedian)
def nanmedian(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Median of the elements that are not nan.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.nanmedian(Tensor([1.0, np.nan, 2.0, 9.0])).item()
    2.0
    """
    flat = np.reshape(a, (-1,)) if axis is None else np.moveaxis(a, axis, -1)
    count = np.sum(~np.isnan(flat.data), axis=-1, keepdims=True)
    ordered = np.sort(flat, axis=-1)
    middle = [np.take_along_axis(ordered, np.maximum(place, 0), -1) for place in ((count - 1) // 2, count // 2)]
    out = ((middle[0] + middle[1]) / 2)[..., 0]
    if keepdims:
        out = np.reshape(out, (1,) * a.ndim) if axis is None else np.expand_dims(out, axis)
    return out
