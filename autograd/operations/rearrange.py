"""NumPy's functions that only move elements: each is asked to move their numbers, and then the elements follow.

One mechanism serves them all. The elements of all arrays involved are numbered from 1; NumPy's own function is called on
these numbers and so says where every element of the result comes from (0 where it filled in a zero); indexing by
that fetches the elements, whose gradient is already known. It costs an index of the size of the result.
"""

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograd.core.registry import implements
from autograd.core.tensor import Tensor
from autograd.errors import UnsupportedError
from autograd.operations.indexing import getitem, without_tensors
from autograd.operations.inputs import as_dtype
from autograd.operations.shape import concatenate, reshape, transpose


def gather_like(move: Callable[..., Any], *contents: Any) -> Any:
    """The result of `move` on the elements of `contents`, found by calling it on their numbers."""
    sources: list[Any] = []
    places = move(*[_numbered(content, sources) for content in contents])
    dtype = np.result_type(*[source if isinstance(source, int | float) else source.dtype for source in sources])
    flat = [reshape(source if isinstance(source, Tensor) else np.asarray(source, dtype), -1) for source in sources]
    return _fetched(places, concatenate([np.zeros(1, dtype), *flat]))


def _numbered(content: Any, sources: list[Any]) -> Any:
    """The content with numbers in place of its elements; the arrays, tensors and numbers found are added to `sources`."""
    if content is None:
        return None
    if isinstance(content, list | tuple):
        return type(content)(_numbered(part, sources) for part in content)
    first = 1 + sum(np.size(source) for source in sources)
    sources.append(content)
    return np.arange(first, first + np.size(content)).reshape(np.shape(content))


def _fetched(places: Any, elements: Any) -> Any:
    if isinstance(places, list | tuple):
        return type(places)(_fetched(part, elements) for part in places)
    return getitem(elements, places)


def register_movement(function: Callable, *contents: str) -> None:
    """Make NumPy's `function` work on tensors; `contents` names the arguments whose elements it moves."""
    signature = inspect.signature(function)

    @implements(function)
    def ours(*args: Any, **options: Any) -> Any:
        given = signature.bind(*args, **options).arguments
        for name in ("out", "dtype"):
            if given.pop(name, None) is not None:
                raise UnsupportedError(f"np.{function.__name__} on tensors does not take {name}")
        held = [name for name in contents if name in given]
        fixed = {name: without_tensors(value) for name, value in given.items() if name not in held}

        def move(*numbered: Any) -> Any:
            arguments = inspect.BoundArguments(signature, {**fixed, **dict(zip(held, numbered))})
            return function(*arguments.args, **arguments.kwargs)

        return gather_like(move, *[given[name] for name in held])


for _function, *_contents in (
    (np.fliplr, "m"),
    (np.flipud, "m"),
    (np.rot90, "m"),
    (np.resize, "a"),
    (np.tile, "A"),
    (np.repeat, "a"),
    (np.delete, "arr"),
    (np.take, "a"),
    (np.take_along_axis, "arr"),
    (np.compress, "a"),
    (np.extract, "arr"),
    (np.diag, "v"),
    (np.diagflat, "v"),
    (np.diagonal, "a"),
    (np.tril, "m"),
    (np.triu, "m"),
    (np.lib.stride_tricks.sliding_window_view, "x"),
    (np.split, "ary"),
    (np.array_split, "ary"),
    (np.hsplit, "ary"),
    (np.vsplit, "ary"),
    (np.dsplit, "ary"),
    (np.unstack, "x"),
    (np.dstack, "tup"),
    (np.column_stack, "tup"),
    (np.block, "arrays"),
    (np.append, "arr", "values"),
    (np.choose, "choices"),
    (np.select, "choicelist", "default"),
):
    register_movement(_function, *_contents)


def register_movement_of_each(function: Callable) -> None:
    """Make NumPy's `function` work on tensors; each of its results holds the elements of one argument, in their own dtype."""

    @implements(function)
    def ours(*arrays: Any, **options: Any) -> Any:
        blank = [np.zeros(np.shape(x), int) for x in arrays]

        def moved(i: int, numbered: Any) -> Any:
            found = function(*blank[:i], numbered, *blank[i + 1 :], **options)
            return found[i] if isinstance(found, list | tuple) else found

        parts = [gather_like(partial(moved, i), x) for i, x in enumerate(arrays)]
        found = [part if isinstance(part, Tensor) else Tensor(part) for part in parts]
        kind: Any = type(function(*blank, **options))
        return found[0] if kind is np.ndarray else kind(found)


for _each in (np.atleast_1d, np.atleast_2d, np.atleast_3d, np.broadcast_arrays, np.meshgrid):
    register_movement_of_each(_each)

MOVING_MODES = ("constant", "edge", "reflect", "symmetric", "wrap")


@implements(np.insert)
def insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    """Values inserted before positions obj; they take the dtype of an array of floats, and make one of whole numbers.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.insert(Tensor([1.0, 2.0]), 1, 5)
    Tensor([1., 5., 2.])
    """
    if hasattr(values, "dtype") and arr.dtype.kind == "f":
        values = as_dtype(values, arr.dtype)
    return gather_like(lambda a, v: np.insert(a, without_tensors(obj), v, axis), arr, values)


@implements(np.pad)
def pad(array: Any, pad_width: Any, mode: Any = "constant", **options: Any) -> Any:
    """Borders around an array, in the modes that only move elements: constant, edge, reflect, symmetric, wrap.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.pad(Tensor([1.0, 2.0]), 1, mode="edge")
    Tensor([1., 1., 2., 2.])
    """
    if mode not in MOVING_MODES or options.get("reflect_type", "even") != "even":
        raise UnsupportedError(
            f"np.pad on tensors pads by {', '.join(MOVING_MODES)}, not by {mode!r}; join borders by np.concatenate"
        )
    if mode != "constant":
        return gather_like(lambda a: np.pad(a, pad_width, mode), array)
    filling = options.get("constant_values", 0)
    if isinstance(filling, int | float | np.ndarray):
        filling = np.asarray(filling, array.dtype)
    return gather_like(lambda a, c: np.pad(a, pad_width, constant_values=c), array, filling)


@implements(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    """All elements along one axis.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.ravel(Tensor([[1.0], [2.0]]))
    Tensor([1., 2.])
    """
    return reshape(a if order != "F" else transpose(a), -1)


@implements(np.moveaxis)
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """Axes moved to other places, the rest in order.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.moveaxis(Tensor(np.zeros((2, 3, 4))), 0, -1).shape
    (3, 4, 2)
    """
    return transpose(a, _order(np.moveaxis, a, source, destination))


def _order(move: Callable, a: Any, *options: Any) -> tuple[int, ...]:
    """Where `move` puts the axes, seen on an array whose axis i has size i + 1."""
    moved = move(np.broadcast_to(0, range(1, a.ndim + 1)), *options)
    return tuple(size - 1 for size in moved.shape)


@implements(np.rollaxis)
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    """One axis rolled back before another.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.rollaxis(Tensor(np.zeros((2, 3, 4))), 2).shape
    (4, 2, 3)
    """
    return transpose(a, _order(np.rollaxis, a, axis, start))


@implements(np.matrix_transpose)
def matrix_transpose(x: Any) -> Any:
    """The last two axes exchanged: xᵀ for every matrix of a stack.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.matrix_transpose(Tensor(np.zeros((5, 2, 3)))).shape
    (5, 3, 2)
    """
    return np.swapaxes(x, -1, -2)


@implements(np.sort)
def sort(a: Any, axis: int | None = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    """Elements in ascending order; equal elements keep theirs, and each its gradient.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.sort(Tensor([3.0, 1.0, 2.0]))
    Tensor([1., 2., 3.])
    """
    a = ravel(a) if axis is None else a
    axis = -1 if axis is None else axis
    return np.take_along_axis(a, np.argsort(a.data, axis, stable=True), axis)


@implements(np.partition)
def partition(a: Any, kth: Any, axis: int | None = -1, kind: str = "introselect", order: Any = None) -> Any:
    """Elements so that the kth is in its sorted place, smaller ones before and larger ones behind it.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.partition(Tensor([3.0, 1.0, 2.0]), 1)[1].item()
    2.0
    """
    a = ravel(a) if axis is None else a
    axis = -1 if axis is None else axis
    return np.take_along_axis(a, np.argpartition(a.data, kth, axis), axis)
