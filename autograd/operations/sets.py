"""Set functions by their values: a result holds elements of the arguments, and their gradients go to these elements.

The selection of the elements is constant almost everywhere. Of equal elements the first one gets the gradient.
"""

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autograd.core.registry import implements
from autograd.core.tensor import Tensor
from autograd.operations.inputs import as_tensor_or_array
from autograd.operations.shape import concatenate


def _values(x: Any) -> Any:
    return x.numpy() if isinstance(x, Tensor) else np.asarray(x)


def _flat(x: Any) -> Any:
    return np.reshape(as_tensor_or_array(x), -1)


@implements(np.unique)
def unique(
    ar: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    **options: Any,
) -> Any:
    """The different elements, in ascending order; arguments and further results, which are constants, as in NumPy.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.unique(Tensor([3.0, 1.0, 3.0]))
    Tensor([1., 3.])
    """
    numpy_unique: Any = np.unique
    _, index, *others = numpy_unique(_values(ar), True, return_inverse, return_counts, axis, **options)
    out = _flat(ar)[index] if axis is None else np.take(ar, index, axis)
    if return_index:
        others.insert(0, index)
    return (out, *others) if others else out


@implements(np.unique_values)
def unique_values(x: Any, /) -> Any:
    """The different elements, in the order of NumPy."""
    values, order = _values(x), np.unique_values(_values(x))
    ordered, index = np.unique(values, return_index=True, equal_nan=False)
    ranks = np.searchsorted(ordered, order)
    ranks[np.isnan(order)] = np.flatnonzero(np.isnan(ordered))
    return _flat(x)[index[ranks]]


@implements(np.unique_counts)
def unique_counts(x: Any, /) -> Any:
    """The different elements and their numbers: a named tuple."""
    values, counts = unique(x, return_counts=True, equal_nan=False)
    return UniqueCounts(values, counts)


@implements(np.unique_inverse)
def unique_inverse(x: Any, /) -> Any:
    """The different elements, and the number of the one that each element equals: a named tuple."""
    values, inverse = unique(x, return_inverse=True, equal_nan=False)
    return UniqueInverse(values, inverse)


@implements(np.unique_all)
def unique_all(x: Any, /) -> Any:
    """The different elements, their first positions, the inverse and the counts: a named tuple."""
    return UniqueAll(*unique(x, True, True, True, equal_nan=False))


UniqueCounts: Any = type(np.unique_counts(np.zeros(1)))
UniqueInverse: Any = type(np.unique_inverse(np.zeros(1)))
UniqueAll: Any = type(np.unique_all(np.zeros(1)))


@implements(np.union1d)
def union1d(ar1: Any, ar2: Any) -> Any:
    """The elements that are in one of the arrays, in ascending order.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.union1d(Tensor([2.0, 1.0]), [2.0, 3.0])
    Tensor([1., 2., 3.])
    """
    return unique(concatenate([_flat(ar1), _flat(ar2)]))


@implements(np.intersect1d)
def intersect1d(ar1: Any, ar2: Any, assume_unique: bool = False, return_indices: bool = False) -> Any:
    """The elements of the first array that are in the second one, too, in ascending order."""
    _, index1, index2 = np.intersect1d(_values(ar1), _values(ar2), assume_unique, return_indices=True)
    out = _flat(ar1)[index1]
    return (out, index1, index2) if return_indices else out


@implements(np.setdiff1d)
def setdiff1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """The elements of the first array that are not in the second one."""
    x = _flat(ar1) if assume_unique else unique(ar1)
    return x[~np.isin(_values(x), _values(ar2))]


@implements(np.setxor1d)
def setxor1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """The elements that are in exactly one of the arrays, in ascending order."""
    x, y = (_flat(ar) if assume_unique else unique(ar) for ar in (ar1, ar2))
    joined = concatenate([x, y])
    order = np.argsort(_values(joined), kind="stable")
    ordered = _values(joined)[order]
    is_new = np.ones(len(order) + 1, bool)
    is_new[1:-1] = ordered[1:] != ordered[:-1]
    return joined[order[is_new[1:] & is_new[:-1]]]


@implements(np.trim_zeros)
def trim_zeros(filt: Any, trim: str = "fb", axis: Any = None) -> Any:
    """The array without the zeros at its borders.

    trim: "f" for the front, "b" for the back, "fb" for both; axis: int, ints, or None for all axes.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.trim_zeros(Tensor([0.0, 1.0, 0.0]))
    Tensor([1.])
    """
    if trim.lower() not in ("f", "b", "fb", "bf"):
        raise ValueError(f"trim_zeros: trim is 'f', 'b' or 'fb', not {trim!r}")
    x = as_tensor_or_array(filt)
    axes = range(x.ndim) if axis is None else normalize_axis_tuple(axis, x.ndim)
    positions = np.argwhere(_values(x))
    index = [slice(None)] * x.ndim
    for i in axes:
        start, stop = (positions[:, i].min(), positions[:, i].max() + 1) if len(positions) else (0, 0)
        index[i] = slice(start if "f" in trim.lower() or not stop else None, stop if "b" in trim.lower() or not stop else None)
    return x[tuple(index)]
