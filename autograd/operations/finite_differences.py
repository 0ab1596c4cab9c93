"""np.gradient: derivatives of sampled functions by central differences."""

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autograd.core.registry import implements
from autograd.errors import ShapeError
from autograd.operations.inputs import as_floating, as_tensor_or_array


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
    f = as_floating(f)
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
    f = np.moveaxis(f, axis, -1)
    h = as_tensor_or_array(spacing)
    if h.ndim:
        if h.shape != (n,):
            raise ShapeError(f"gradient: {h.size} positions do not fit axis {axis} with {n} samples (shape {f.shape})")
        h = as_floating(h)
        h = h[1:] - h[:-1]
    else:
        h = h + np.zeros(n - 1, f.dtype)
    slopes = (f[..., 1:] - f[..., :-1]) / h
    before, after = h[:-1], h[1:]
    inside = (slopes[..., :-1] * after + slopes[..., 1:] * before) / (before + after)
    first, last = slopes[..., :1], slopes[..., -1:]
    if edge_order == 2:
        first = first + (first - slopes[..., 1:2]) * (h[0] / (h[0] + h[1]))
        last = last + (last - slopes[..., -2:-1]) * (h[-1] / (h[-1] + h[-2]))
    return np.moveaxis(np.concatenate([first, inside, last], axis=-1), -1, axis)
