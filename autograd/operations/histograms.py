"""Histograms: counts are constant almost everywhere; gradients flow through the weights and the edges of the bins."""

import operator
from typing import Any

import numpy as np

from autograd.core.coercion import refuse_complex
from autograd.core.registry import implements
from autograd.core.tensor import Tensor
from autograd.errors import ShapeError
from autograd.operations import reduction
from autograd.operations.indexing import scatter
from autograd.operations.inputs import as_dtype, as_floating, as_inexact, as_tensor_or_array
from autograd.operations.numeric import linspace


def _values(x: Any) -> np.ndarray:
    return x.numpy() if isinstance(x, Tensor) else np.asarray(x)


@implements(np.bincount)
def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    """The sum of the weights of each number: outₙ = Σ wᵢ with xᵢ = n; without weights the count.

    x:         integers (n,) from 0; weights: floats (n,).
    minlength: the least length of the result.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.bincount([0, 2, 2], Tensor([1.0, 2.0, 3.0]))
    Tensor([1., 0., 5.])
    """
    numbers = _values(x)
    numbers = numbers if numbers.size else numbers.astype(int)
    counts = np.bincount(numbers, minlength=minlength)
    if weights is None or not numbers.size:
        return counts
    weights = as_floating(weights, "bincount")
    if weights.shape != numbers.shape:
        raise ShapeError(f"bincount: weights of shape {weights.shape} do not fit the numbers of shape {numbers.shape}")
    return scatter(weights, numbers, (len(counts),))


@implements(np.histogram_bin_edges)
def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    """The edges of the bins: evenly spaced from the smallest to the largest element; their number is a constant.

    bins:  the number of bins, the name of a rule for it as in NumPy, or the edges themselves.
    range: (lowest edge, highest edge), by default of the elements.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.histogram_bin_edges(Tensor([1.0, 5.0, 3.0]), 2)
    Tensor([1., 3., 5.])
    """
    refuse_complex(a, "histogram_bin_edges")
    edges = np.histogram_bin_edges(_values(a), _constant_bins(bins), range, None if weights is None else _values(weights))
    return _recorded_edges(np.ravel(as_tensor_or_array(a)), bins, range, edges)


def _constant_bins(bins: Any) -> Any:
    return bins if isinstance(bins, str | int) or np.ndim(bins) == 0 else _values(bins)


def _recorded_edges(x: Any, bins: Any, limits: Any, edges: np.ndarray) -> Any:
    """The edges, recorded where they depend on the elements of x or on given edges."""
    if not isinstance(bins, str) and np.ndim(bins):
        return as_tensor_or_array(bins)
    if limits is not None:
        return linspace(*limits, len(edges)) if any(isinstance(limit, Tensor) for limit in limits) else edges
    if not isinstance(x, Tensor) or not x.size:
        return edges
    first, last = reduction.min(x), reduction.max(x)
    border = 0.5 * (first.item() == last.item())
    return linspace(first - border, last + border, len(edges))


def _bin_numbers(x: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The number of the bin of each element; −1 and the number of bins for those outside. The last bin includes its end."""
    numbers = np.searchsorted(edges, x, "right") - 1
    return np.where(x == edges[-1], len(edges) - 2, np.where(np.isnan(x), -1, numbers))


@implements(np.histogram)
def histogram(a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """Histogram of the flattened elements: the sum of the weights in each bin, and the edges.

    bins, range: as for `np.histogram_bin_edges`.
    density:     divide by the total and by the widths of the bins.
    weights:     shaped like a; their gradient is that of the bin.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.histogram([1.0, 2.0, 5.0], 2, weights=Tensor([1.0, 2.0, 3.0]))[0]
    Tensor([3., 3.])
    """
    refuse_complex(a, "histogram")
    edges_now = np.histogram_bin_edges(
        _values(a), _constant_bins(bins), _constants(range), None if weights is None else _values(weights)
    )
    edges = _recorded_edges(np.ravel(as_tensor_or_array(a)), bins, range, edges_now)
    out, edges = _histogram([np.ravel(_values(a))], [edges_now], [edges], density, weights)
    return out, edges[0]


def _constants(limits: Any) -> Any:
    return None if limits is None else tuple(float(_values(limit)) for limit in limits)


def _histogram(columns: list, edges_now: list, edges: list, density: Any, weights: Any) -> Any:
    """The histogram of points, given by their coordinates, with respect to bins given by their edges in each dimension."""
    shape = tuple(len(e) - 1 for e in edges_now)
    numbers = [_bin_numbers(x, e) for x, e in zip(columns, edges_now)]
    inside = np.logical_and.reduce([(n >= 0) & (n < size) for n, size in zip(numbers, shape)])
    flat = np.ravel_multi_index([n[inside] for n in numbers], shape)
    size = int(np.prod(shape))
    if weights is None:
        out: Any = np.bincount(flat, minlength=size).reshape(shape)
    else:
        weights = np.ravel(as_tensor_or_array(weights))
        if weights.shape != inside.shape:
            raise ShapeError(f"histogram: {weights.size} weights do not fit {inside.size} elements")
        out = np.reshape(scatter(weights[inside], flat, (size,)), shape)
    if density:
        total = np.sum(out)
        for axis, e in enumerate(edges):
            widths = np.diff(as_inexact(e))
            out = out / np.reshape(widths, [-1 if i == axis else 1 for i in np.arange(len(shape))])
        out = out / total
    return out, edges


@implements(np.histogramdd)
def histogramdd(sample: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """Histogram of points in several dimensions: the sum of the weights in each bin, and a list of edges per dimension.

    sample:  the points (n, d), or a list of d arrays (n,), one per dimension.
    bins:    the number of bins, or one number or array of edges per dimension.
    range:   None, or (lowest edge, highest edge) or None per dimension.
    density, weights: as for `np.histogram`.
    """
    if not isinstance(sample, list | tuple):
        sample = np.atleast_2d(as_tensor_or_array(sample))
        sample = [sample[:, i] for i in np.arange(sample.shape[1])]
    columns = [as_tensor_or_array(x) for x in sample]
    for x in columns:
        refuse_complex(x, "histogramdd")
    dtype = np.result_type(*[x.dtype for x in columns])
    columns = [as_dtype(x, dtype) for x in columns]
    weights = None if weights is None else as_inexact(weights)
    per_dimension = list(bins) if hasattr(bins, "__len__") else [bins] * len(columns)
    if len(per_dimension) != len(columns):
        raise ShapeError(f"histogramdd: {len(per_dimension)} bins do not fit {len(columns)} dimensions")
    limits = [None] * len(columns) if range is None else list(range)
    edges_now, edges = [], []
    for x, b, limit in zip(columns, per_dimension, limits):
        number = b if np.ndim(b) else operator.index(b)
        edges_now.append(np.histogram_bin_edges(_values(x), _constant_bins(number), _constants(limit)))
        edges.append(_recorded_edges(x, number, limit, edges_now[-1]))
    out, edges = _histogram([_values(x) for x in columns], edges_now, edges, density, weights)
    return (out if isinstance(out, Tensor) else out.astype(float)), edges


@implements(np.histogram2d)
def histogram2d(x: Any, y: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """Histogram of points in the plane: (histogram, edges of x, edges of y); arguments as for `np.histogramdd`.

    bins: a number, an array of edges for both axes, or one of these for each axis.
    """
    are_edges = hasattr(bins, "__len__") and len(bins) not in (1, 2)
    out, edges = histogramdd([x, y], [bins, bins] if are_edges else bins, range, density, weights)
    return out, *edges
