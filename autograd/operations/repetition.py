"""Repetition of elements: repeat and tile; the gradient of an element is the sum over its copies."""

from typing import Any

import numpy as np

from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.operations.inputs import as_tensor_or_array
from autograd.operations.rearrange import gather_like
from autograd.operations.shape import reshape


def _sum_of_copies(g, shape, repeats, axis):
    """The sum over `repeats` adjacent elements along an axis."""
    axis %= len(shape)
    return np.sum(np.reshape(g, (*shape[: axis + 1], repeats, *shape[axis + 1 :])), axis=axis + 1)


@operation(lambda g, x_shape, repeats, axis: _sum_of_copies(g, x_shape, repeats, axis))
def _repeat(x, /, repeats, axis):
    return x.repeat(repeats, axis)


@implements(np.repeat)
def repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    """Each element several times: outᵢ = a⌊i/n⌋.

    repeats: how often, for all elements, or for each along the axis; axis: int, or None for the flattened elements.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.repeat(Tensor([1.0, 2.0]), 2)
    Tensor([1., 1., 2., 2.])
    """
    a, counts = as_tensor_or_array(a), np.asarray(getattr(repeats, "data", repeats) if hasattr(repeats, "_node") else repeats)
    if counts.size != 1 or counts.dtype.kind not in "iu":
        return gather_like(lambda numbers: np.repeat(numbers, counts, axis), a)
    if axis is None or a.ndim == 0:
        a, axis = reshape(a, -1), 0
    return _repeat(a, repeats=int(counts.reshape(())), axis=axis)


def _sum_of_tiles(g, shape, reps):
    """The sum over the copies of an array of this shape."""
    sizes = [size for pair in zip(reps, shape) for size in pair]
    return np.sum(np.reshape(g, sizes), axis=tuple(range(0, len(sizes), 2)))


@operation(lambda g, x_shape, reps: _sum_of_tiles(g, x_shape, reps))
def _tile(x, /, reps):
    return np.tile(x, reps)


@implements(np.tile)
def tile(A: Any, reps: Any) -> Any:  # noqa: N803  (NumPy's name)
    """Copies of an array side by side; reps: how many along each axis, new first axes included.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.tile(Tensor([1.0, 2.0]), 2)
    Tensor([1., 2., 1., 2.])
    """
    a, reps = as_tensor_or_array(A), tuple(int(n) for n in np.ravel(reps))
    ndim = max(a.ndim, len(reps))
    a = reshape(a, (1,) * (ndim - a.ndim) + a.shape) if a.ndim < ndim else a
    return _tile(a, reps=(1,) * (ndim - len(reps)) + reps)
