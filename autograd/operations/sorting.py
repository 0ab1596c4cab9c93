"""Sorted elements: sort and partition. The order is a constant, so an element takes its gradient with it."""

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.operations.inputs import as_dtype, as_tensor_or_array
from autograd.operations.rearrange import ravel


def _inverse_order(order, axis):
    """For each element its position in an order along an axis."""
    positions = np.arange(order.shape[axis]).reshape(-1, *[1] * (order.ndim - 1 - axis % order.ndim))
    inverse = np.empty_like(order)
    if order.ndim == 1:
        inverse[order] = positions
    else:
        np.put_along_axis(inverse, order, np.broadcast_to(positions, order.shape), axis)
    return inverse


@operation(lambda g, order, axis: _reorder(g, order=_inverse_order(order, axis), axis=axis))  # type: ignore[has-type]
def _reorder(x, /, order, axis):
    return x[order] if order.ndim == 1 else np.take_along_axis(x, order, axis)


@implements(np.sort)
def sort(a: Any, axis: int | None = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    """Sort in ascending order; equal elements keep their order, and each keeps its gradient.

    axis: int, or None for the flattened elements.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.sort(Tensor([3.0, 1.0, 2.0]))
    Tensor([1., 2., 3.])
    """
    a, axis = (ravel(a), -1) if axis is None else (as_tensor_or_array(a), normalize_axis_index(axis, a.ndim))
    return _reorder(a, order=np.argsort(a.data, axis, stable=True), axis=axis)


@implements(np.sort_complex)
def sort_complex(a: Any) -> Any:
    """Sort as complex numbers along the last axis, by the real part and then by the imaginary part."""
    return sort(as_dtype(a, np.sort_complex(np.ones(1, a.dtype)).dtype))


@implements(np.partition)
def partition(a: Any, kth: Any, axis: int | None = -1, kind: str = "introselect", order: Any = None) -> Any:
    """Partition: the kth element at its sorted position, smaller ones before it, larger ones after it.

    axis: int, or None for the flattened elements.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.partition(Tensor([3.0, 1.0, 2.0]), 1)[1].item()
    2.0
    """
    a, axis = (ravel(a), -1) if axis is None else (as_tensor_or_array(a), normalize_axis_index(axis, a.ndim))
    return _reorder(a, order=np.argpartition(a.data, kth, axis), axis=axis)
