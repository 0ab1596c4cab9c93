"""Functions of NumPy that only move elements: block, delete, insert, take, resize and others.

One mechanism serves them all. The elements of the arguments are numbered from 1, and NumPy's function is called on these
numbers. In its result each number is the source of one element, and 0 is a zero that NumPy filled in. Indexing by the result
gathers the elements; the gradient is that of indexing. The cost is an index array of the size of the result.
"""

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from autograd.core.registry import implements
from autograd.core.tensor import Tensor
from autograd.errors import UnsupportedError
from autograd.operations.indexing import as_array_index, getitem
from autograd.operations.inputs import as_dtype
from autograd.operations.shape import concatenate, reshape, transpose


def gather_like(move: Callable[..., Any], *arguments: Any) -> Any:
    """The result of `move` on the elements of the arguments; `move` is called on their numbers only."""
    sources: list[Any] = []
    indices = move(*[_number_elements(argument, sources) for argument in arguments])
    dtype = np.result_type(*[source if isinstance(source, int | float | complex) else source.dtype for source in sources])
    flat = [reshape(source if isinstance(source, Tensor) else np.asarray(source, dtype), -1) for source in sources]
    return _gather(concatenate([np.zeros(1, dtype), *flat]), indices)


def _number_elements(argument: Any, sources: list[Any]) -> Any:
    """The argument with a number in place of each element; its arrays, tensors and scalars are appended to `sources`."""
    if argument is None:
        return None
    if isinstance(argument, list | tuple):
        return type(argument)(_number_elements(item, sources) for item in argument)
    start = 1 + sum(np.size(source) for source in sources)
    sources.append(argument)
    return np.arange(start, start + np.size(argument)).reshape(np.shape(argument))


def _gather(elements: Any, indices: Any) -> Any:
    """The elements at an index array, or at each of several in a list or tuple."""
    if isinstance(indices, list | tuple):
        return type(indices)(_gather(elements, item) for item in indices)
    return getitem(elements, indices)


def register_movement(function: Callable, *moved: str) -> None:
    """Make NumPy's `function` work on tensors; `moved` are the names of the arguments with the elements that it moves."""
    signature = inspect.signature(function)

    @implements(function)
    def movement(*args: Any, **options: Any) -> Any:
        arguments = signature.bind(*args, **options).arguments
        for name in ("out", "dtype"):
            if arguments.pop(name, None) is not None:
                raise UnsupportedError(f"np.{function.__name__} on tensors does not take {name}")
        names = [name for name in moved if name in arguments]
        constants = {name: as_array_index(value) for name, value in arguments.items() if name not in names}

        def move(*numbers: Any) -> Any:
            bound = inspect.BoundArguments(signature, {**constants, **dict(zip(names, numbers))})
            return function(*bound.args, **bound.kwargs)

        return gather_like(move, *[arguments[name] for name in names])


for _function, *_moved in (
    (np.resize, "a"),
    (np.delete, "arr"),
    (np.take, "a"),
    (np.take_along_axis, "arr"),
    (np.compress, "a"),
    (np.extract, "arr"),
    (np.lib.stride_tricks.sliding_window_view, "x"),
    (np.dstack, "tup"),
    (np.block, "arrays"),
    (np.choose, "choices"),
    (np.select, "choicelist", "default"),
):
    register_movement(_function, *_moved)


def register_movement_of_each(function: Callable) -> None:
    """Make NumPy's `function` work on tensors; each result holds the elements of one argument, with their dtype."""

    @implements(function)
    def movement(*arrays: Any, **options: Any) -> Any:
        zeros = [np.zeros(np.shape(x), int) for x in arrays]

        def move(i: int, numbers: Any) -> Any:
            out = function(*zeros[:i], numbers, *zeros[i + 1 :], **options)
            return out[i] if isinstance(out, list | tuple) else out

        results = [gather_like(partial(move, i), x) for i, x in enumerate(arrays)]
        tensors = [result if isinstance(result, Tensor) else Tensor(result) for result in results]
        result_type: Any = type(function(*zeros, **options))
        return tensors[0] if result_type is np.ndarray else result_type(tensors)


for _each in (np.broadcast_arrays, np.meshgrid):
    register_movement_of_each(_each)


@implements(np.insert)
def insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    """Insert values before positions.

    obj:    int, ints or slice: positions along the axis.
    values: an array that broadcasts to the inserted elements; it is cast to the dtype of arr if that is a float dtype.
    axis:   int, or None for the flattened elements.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.insert(Tensor([1.0, 2.0]), 1, 5)
    Tensor([1., 5., 2.])
    """
    if hasattr(values, "dtype") and arr.dtype.kind in "fc":
        values = as_dtype(values, arr.dtype)
    return gather_like(lambda a, v: np.insert(a, as_array_index(obj), v, axis), arr, values)


@implements(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    """Flatten: all elements along one axis.

    order: "C" for rows first, "F" for columns first.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.ravel(Tensor([[1.0], [2.0]]))
    Tensor([1., 2.])
    """
    return reshape(a if order != "F" else transpose(a), -1)


@implements(np.moveaxis)
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """Move axes to other positions; the others keep their order.

    source, destination: int or sequences of ints.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.moveaxis(Tensor(np.zeros((2, 3, 4))), 0, -1).shape
    (3, 4, 2)
    """
    origins = normalize_axis_tuple(source, a.ndim, "source")
    targets = normalize_axis_tuple(destination, a.ndim, "destination")
    if len(origins) != len(targets):
        raise ValueError(f"moveaxis: {len(origins)} axes need as many positions, got {len(targets)}")
    order = [i for i in range(a.ndim) if i not in origins]
    for target, origin in sorted(zip(targets, origins)):
        order.insert(target, origin)
    return transpose(a, order)


@implements(np.rollaxis)
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    """Move one axis before the axis `start`.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.rollaxis(Tensor(np.zeros((2, 3, 4))), 2).shape
    (4, 2, 3)
    """
    axis, start = normalize_axis_index(axis, a.ndim), start + a.ndim if start < 0 else start
    if not 0 <= start <= a.ndim:
        raise np.exceptions.AxisError(f"rollaxis: start is from {-a.ndim} to {a.ndim}, got {start}")
    order = [i for i in range(a.ndim) if i != axis]
    order.insert(start - (axis < start), axis)
    return transpose(a, order)
