"""Functions of functions: apply_along_axis, apply_over_axes and piecewise; they call the person's function on tensors."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autograd.core.registry import implements
from autograd.core.tensor import Tensor
from autograd.core.trees import map_leaves
from autograd.errors import DataError
from autograd.operations.inputs import as_dtype, as_tensor_or_array
from autograd.operations.shape import concatenate, stack


@implements(np.apply_along_axis)
def apply_along_axis(func1d: Callable, axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """The results of a function of vectors, called on each slice along an axis; they take the place of the axis.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.apply_along_axis(lambda row: row / np.sum(row), 1, Tensor([[1.0, 3.0], [1.0, 1.0]]))
    Tensor([[0.25, 0.75],
            [0.5 , 0.5 ]])
    """
    arr = as_tensor_or_array(arr)
    axis = normalize_axis_index(axis, arr.ndim)
    moved = np.moveaxis(arr, axis, -1)
    results = [func1d(moved[index], *args, **kwargs) for index in np.ndindex(*moved.shape[:-1])]
    if not results:
        raise ValueError(f"apply_along_axis: there is no slice to call the function on, the shape is {arr.shape}")
    out = stack([as_tensor_or_array(result) for result in results])
    shape = out.shape[1:]
    out = np.reshape(out, moved.shape[:-1] + shape)
    first = out.ndim - len(shape)
    return np.moveaxis(out, range(first, out.ndim), range(axis, axis + len(shape)))


@implements(np.apply_over_axes)
def apply_over_axes(func: Callable, a: Any, axes: Any) -> Any:
    """The result of func(a, axis) for one axis after the other; an axis that it removes is kept with size 1."""
    out = as_tensor_or_array(a)
    ndim = out.ndim
    for axis in np.atleast_1d(axes).tolist():
        axis += ndim if axis < 0 else 0
        result = func(out, axis)
        if result.ndim not in (out.ndim, out.ndim - 1):
            raise ValueError(f"apply_over_axes: the function removes one axis or none, it made {result.ndim} of {out.ndim}")
        out = result if result.ndim == out.ndim else np.expand_dims(result, axis)
    return out


@implements(np.piecewise)
def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    """For each element the function, or the value, of the last condition that holds; 0 where none does.

    condlist: boolean arrays; one function more than conditions is called where none holds.
    funclist: functions, called on the selected elements alone, or values.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> x = Tensor([-1.0, 4.0])
    >>> np.piecewise(x, [x > 0], [np.sqrt, 0.0])
    Tensor([0., 2.])
    """
    x = as_tensor_or_array(x)
    condlist = map_leaves(lambda c: c.numpy() if isinstance(c, Tensor) else c, condlist)
    is_single = np.isscalar(condlist) or (not isinstance(condlist[0], list | np.ndarray) and x.ndim != 0)
    conditions = np.asarray([condlist] if is_single else condlist, bool)
    if len(funclist) not in (len(conditions), len(conditions) + 1):
        n = len(conditions)
        raise ValueError(f"piecewise: {n} conditions need {n} or {n + 1} functions, got {len(funclist)}")
    function_of = np.zeros(x.shape, int) if len(funclist) == len(conditions) else np.full(x.shape, len(funclist))
    for i, condition in enumerate(conditions):
        function_of[condition] = i + 1
    pieces, positions = [np.zeros(1, x.dtype)], np.zeros(x.shape, int)
    for i, function in enumerate(funclist):
        selected = function_of == i + 1
        count = int(np.count_nonzero(selected))
        if count:
            values = function(x[selected], *args, **kw) if callable(function) else function
            positions[selected] = np.arange(count) + sum(len(piece) for piece in pieces)
            pieces.append(np.broadcast_to(as_tensor_or_array(values), (count,)))
    out = concatenate(pieces)[positions]
    if x.dtype.kind not in "fc" and isinstance(out, Tensor) and out.requires_grad:
        raise DataError(f"piecewise: results for {x.dtype} are {x.dtype}, which have no gradient; use x.astype('float64')")
    out = as_dtype(out, x.dtype)
    return Tensor(out) if isinstance(x, Tensor) and not isinstance(out, Tensor) else out
