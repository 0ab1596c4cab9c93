"""Assignment to elements, recorded: `x[index] = y` and NumPy's functions that write into their first argument.

A recorded assignment gives the tensor a new array and a new place in the graph, as `x = where(…)` would: what was computed
before, views included, keeps the old values. A leaf that requires gradients, a view and a plain array are refused.
"""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from autograd.core import trace_hooks
from autograd.core.coercion import is_complex
from autograd.core.grad_mode import is_grad_enabled
from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.core.tensor import Tensor, mark_dirty
from autograd.core.trees import leaves, map_leaves
from autograd.errors import DataError, InPlaceError, UnsupportedError
from autograd.operations.elementwise import select
from autograd.operations.indexing import is_basic, scatter
from autograd.operations.inputs import as_tensor_or_array


def _outside(g, index):
    """g, and 0 at the index."""
    return select(g, scatter(np.ones(g[index].shape), index, g.shape) == 0)


def _of_last(g, index):
    """g at the index; of values at equal indices only the last one is kept, so that the others get 0."""
    selected = g[index]
    if is_basic(index):
        return selected
    numbers = np.arange(selected.size).reshape(selected.shape)
    last = np.zeros(g.shape, int)
    last[index] = numbers
    return select(selected, last[index] == numbers)


@operation(lambda g, index: _outside(g, index), lambda g, index: _of_last(g, index), symbol="[ ]=")
def assign(x, y, /, index):
    """A copy of x with y at an index: out = x, then out[index] = y.

    index: as for indexing; of values at equal indices the last one counts.

    >>> from autograd import Tensor
    >>> from autograd.operations.assignment import assign
    >>> assign(Tensor([1.0, 2.0, 3.0]), 5.0, index=slice(0, 2))
    Tensor([5., 5., 3.])
    """
    out = np.array(x)
    out[index] = y
    return out if out.ndim else out[()]


def record_assignment(tensor: Tensor, index: Any, value: Any) -> None:
    """Assign to elements of a tensor, recorded: the tensor becomes the result of `assign`.

    Raises InPlaceError for a leaf that requires gradients and for a view, DataError for a tensor of integers.
    """
    name = tensor._describe()
    if tensor._node is not None and tensor._node.operation is None:
        raise InPlaceError(
            f"{name} requires gradients: an assignment to its elements is not recorded; use where() or concatenate(), "
            "assign to a copy, y = x.copy(), or assign inside `with no_grad():`"
        )
    if isinstance(tensor._data, np.ndarray) and tensor._data.base is not None:
        raise InPlaceError(
            f"{name} is a view: an assignment would have to change the tensor it shows; assign to that, or to a copy"
        )
    if tensor.dtype.kind not in "fc":
        raise DataError(f"{name} holds {tensor.dtype}: assigned floats would lose their gradient; use .astype('float64') first")
    if trace_hooks.any_active and (trace := trace_hooks.current.get()) is not None:
        trace.untraceable(f"elements of {name} were assigned")
    value = as_tensor_or_array(value)
    if is_complex(value) and not is_complex(tensor):
        raise DataError(f"{name} holds {tensor.dtype}: assigned complex numbers do not fit; use .astype('complex128') first")
    surplus = value.ndim - np.ndim(tensor._data[index])
    if surplus > 0 and set(value.shape[:surplus]) == {1}:
        value = np.reshape(value, value.shape[surplus:])
    result = assign(tensor, value, index=index)
    result.name = tensor.name
    tensor._data, tensor._node = result._data, result._node


def _is_tracked(arguments: Any) -> bool:
    return is_grad_enabled() and any(isinstance(x, Tensor) and x._node is not None for x in leaves(arguments))


def writer(function: Callable, first: str) -> Callable[[Callable], Callable]:
    """Register how a NumPy function that writes into its first argument is recorded: a decorator.

    first: the name of this argument.

    The decorated function takes NumPy's arguments, with the shape of the first one in its place, and returns the index of the
    elements that are written and their new values.
    """

    def register(selection: Callable[..., tuple[Any, Any]]) -> Callable:
        shape, *others = inspect.signature(selection).parameters.values()
        signature = inspect.Signature([shape.replace(name=first), *others])  # NumPy 2.2 has none for its builtins

        @implements(function)
        @wraps(selection)
        def write(*args: Any, **options: Any) -> None:
            bound = signature.bind(*args, **options)
            arguments = bound.arguments
            target = arguments[first]
            if not _is_tracked(arguments):
                bound.arguments = map_leaves(lambda x: x._data if isinstance(x, Tensor) else x, arguments)
                function(*bound.args, **bound.kwargs)
                mark_dirty([target] if isinstance(target, Tensor) else [])
            elif isinstance(target, Tensor):
                constants = {name: _without_graph(value) for name, value in arguments.items() if name != first}
                record_assignment(target, *selection(target.shape, **constants))
            else:
                raise UnsupportedError(
                    f"np.{function.__name__} on a plain array cannot record the gradient of a tensor; "
                    "make the array a tensor first: y = Tensor(array)"
                )

        return write

    return register


def _without_graph(x: Any) -> Any:
    """Masks and indices, which are tensors that need no gradient, as arrays; other arguments unchanged."""
    return x.numpy() if isinstance(x, Tensor) and x._node is None else x


@writer(np.copyto, "dst")
def copyto(shape, src, casting="same_kind", where=True):
    """Assign the elements of src, broadcast: dst[where] = src[where]."""
    if where is True:
        return ..., src
    mask = np.broadcast_to(where, shape)
    return mask, np.broadcast_to(src, shape)[mask]


@writer(np.put, "a")
def put(shape, ind, v, mode="raise"):
    """Assign values, repeated as often as needed, at positions of the flattened elements."""
    size, positions = int(np.prod(shape)), np.ravel(ind)[: None if np.size(v) else 0]
    if mode == "wrap":
        positions = positions % size
    elif mode == "clip":
        positions = np.clip(positions, 0, size - 1)
    else:
        positions = np.where(positions < 0, positions + size, positions)
    return np.unravel_index(positions, shape), np.resize(v, positions.size)


@writer(np.place, "arr")
def place(shape, mask, vals):
    """Assign values, one after the other and repeated as often as needed, where the mask holds."""
    mask = np.reshape(np.asarray(mask, bool), shape)
    return mask, np.resize(vals, np.count_nonzero(mask))


@writer(np.putmask, "a")
def putmask(shape, mask, values):
    """Assign the values at the same positions, repeated as often as needed, where the mask holds."""
    mask = np.reshape(np.asarray(mask, bool), shape) & (np.size(values) > 0)
    return mask, np.resize(values, shape)[mask]


@writer(np.put_along_axis, "arr")
def put_along_axis(shape, indices, values, axis=-1):
    """Assign values at one index per slice along an axis."""
    if axis is None:
        return np.unravel_index(indices, shape), values
    axis %= len(shape)
    index = [np.arange(n).reshape([-1 if i == j else 1 for j in range(len(shape))]) for i, n in enumerate(shape)]
    index[axis] = indices
    return tuple(index), values


@writer(np.fill_diagonal, "a")
def fill_diagonal(shape, val, wrap=False):
    """Assign values, repeated as often as needed, to the diagonal."""
    is_diagonal = np.zeros(shape, bool)
    np.fill_diagonal(is_diagonal, np.size(val) > 0, wrap)
    index = np.nonzero(is_diagonal)
    return index, np.resize(val, index[0].size)
