"""Many gradients carried back at once: what a Jacobian is made of.

Reverse mode brings one gradient, a row of the Jacobian, back at a time. `BatchedGradient` stands for many: formulas compute
with it as with one gradient, and every step does them all. Where a step is unknown here, it is done row by row.
"""

from collections.abc import Callable
from functools import partial
from math import prod
from typing import Any

import numpy as np

from autograd.core import kernels
from autograd.core.apply import ARRAY_TYPES
from autograd.operations.indexing import is_basic, scatter


class BatchedGradient:
    """Arrays of one shape, stacked along a hidden first axis; `shape`, axes and indices are those of a single row."""

    __slots__ = ("data",)
    __iter__ = None
    base = None  # nothing outside the backward pass sees these, so that memory may be shared

    def __init__(self, data: np.ndarray):
        self.data = data

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of a row."""
        return self.data.shape[1:]

    @property
    def ndim(self) -> int:
        """The number of axes of a row."""
        return self.data.ndim - 1

    @property
    def size(self) -> int:
        """The number of elements of a row."""
        return prod(self.shape)

    @property
    def dtype(self) -> np.dtype:
        """The type of the elements."""
        return self.data.dtype

    @property
    def T(self) -> "BatchedGradient":  # noqa: N802  (NumPy's name)
        """Axes in reversed order."""
        return transpose(self)

    def __len__(self) -> int:
        return self.shape[0]

    def __bool__(self) -> bool:
        raise TypeError("many gradients have no truth value")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        raise TypeError("many gradients are not one array")

    def __getitem__(self, index: Any) -> "BatchedGradient":
        if is_basic(index):
            return BatchedGradient(self.data[(slice(None), *(index if isinstance(index, tuple) else (index,)))])
        return BatchedGradient(np.moveaxis(np.moveaxis(self.data, 0, -1)[_before_last(index)], -1, 0))

    def sum(self, axis: Any = None, keepdims: bool = False) -> "BatchedGradient":
        """The sum of every row over axes."""
        return batched_reduce(np.add, self, axis, keepdims)

    def copy(self) -> "BatchedGradient":
        """The same elements in memory of their own."""
        return BatchedGradient(self.data.copy())

    def view(self, dtype: Any) -> "BatchedGradient":
        """The same bytes as another dtype of the same size."""
        return BatchedGradient(self.data.view(dtype))

    def astype(self, dtype: Any) -> "BatchedGradient":
        """The same elements as another dtype."""
        return BatchedGradient(self.data.astype(dtype))

    def reshape(self, *shape: Any) -> "BatchedGradient":
        """The same elements under another shape of the rows."""
        return reshape(self, shape[0] if len(shape) == 1 else shape)

    def swapaxes(self, axis1: int, axis2: int) -> "BatchedGradient":
        """Two axes of every row exchanged."""
        return swapaxes(self, axis1, axis2)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if method == "reduce" and set(options) <= {"axis", "keepdims"}:
            return batched_reduce(ufunc, self, **{"axis": 0, **options})
        if method != "__call__" or options or ufunc.nout > 1:
            return row_by_row(getattr(ufunc, method), *inputs, **options)
        if ufunc is np.matmul:
            return matmul(*inputs)
        return batched_ufunc(ufunc, *inputs)

    def __array_function__(self, function: Callable, types: Any, args: tuple, options: dict) -> Any:
        known = BATCHED.get(function)
        return known(*args, **options) if known else row_by_row(function, *args, **options)

    def call_forward(self, forward: Callable, values: Any, options: dict) -> "BatchedGradient":
        """The result of a forward function that does not take all rows at once."""
        known = BATCHED.get(forward)
        return known(*values, **options) if known else row_by_row(forward, *values, **options)

    def _aligned(self, ndim: int) -> np.ndarray:
        """The data with rows of `ndim` axes, so that they broadcast among each other and not against the hidden axis."""
        return self.data.reshape(len(self.data), *(1,) * (ndim - self.ndim), *self.shape)

    def __add__(self, other: Any) -> Any:
        return np.add(self, other)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return np.subtract(self, other)

    def __rsub__(self, other: Any) -> Any:
        return np.subtract(other, self)

    def __mul__(self, other: Any) -> Any:
        return np.multiply(self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return np.divide(self, other)

    def __neg__(self) -> Any:
        return np.negative(self)

    def __matmul__(self, other: Any) -> Any:
        return matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return matmul(other, self)


def row_by_row(function: Callable, *args: Any, **options: Any) -> BatchedGradient:
    """What a function gives on rows that it does not know: one call for each."""
    count = len(next(x.data for x in _found((args, options))))
    return BatchedGradient(np.stack([function(*_row(args, i), **_row(options, i)) for i in range(count)]))


def _found(x: Any) -> list[BatchedGradient]:
    if isinstance(x, dict):
        x = list(x.values())
    if isinstance(x, list | tuple):
        return [rows for part in x for rows in _found(part)]
    return [x] if isinstance(x, BatchedGradient) else []


def _row(x: Any, i: int) -> Any:
    if isinstance(x, dict):
        return {name: _row(value, i) for name, value in x.items()}
    if isinstance(x, list | tuple):
        return type(x)(_row(part, i) for part in x)
    return x.data[i] if isinstance(x, BatchedGradient) else x


def batched_ufunc(function: Callable, *inputs: Any) -> BatchedGradient:
    """A function of single elements on all rows; what is not rows is the same for all."""
    ndim = max(x.ndim if isinstance(x, BatchedGradient) else np.ndim(x) for x in inputs)
    return BatchedGradient(function(*[x._aligned(ndim) if isinstance(x, BatchedGradient) else x for x in inputs]))


def batched_reduce(ufunc: np.ufunc, x: BatchedGradient, axis: Any = None, keepdims: bool = False) -> BatchedGradient:
    """A reduction of every row."""
    axes = tuple(_shifted_axis(a, x.ndim) for a in _axes(x, axis))
    reduce = kernels.sum_over_axes if ufunc is np.add else ufunc.reduce
    return BatchedGradient(reduce(x.data, axis=axes, keepdims=keepdims))


def _axes(x: BatchedGradient, axis: Any) -> Any:
    return range(x.ndim) if axis is None else axis if isinstance(axis, tuple | list) else (axis,)


def _shifted_axis(axis: int, ndim: int) -> int:
    """An axis of a row, counted with the hidden one."""
    return axis + 1 if axis >= 0 else axis + ndim + 1


def matmul(x: Any, y: Any) -> BatchedGradient:
    """Matrix products: few large ones instead of one for each row, where one of the factors is the same for all."""
    if isinstance(x, BatchedGradient) and np.ndim(y) == 2 and not isinstance(y, BatchedGradient):
        return BatchedGradient((x.data.reshape(-1, x.shape[-1]) @ y).reshape(*x.data.shape[:-1], y.shape[1]))
    if isinstance(y, BatchedGradient) and np.ndim(x) == 2 and not isinstance(x, BatchedGradient):
        return matmul(y, x.T) if y.ndim == 1 else matmul(y.swapaxes(-1, -2), x.T).swapaxes(-1, -2)
    if np.ndim(x) == 1 and isinstance(y, BatchedGradient) and y.ndim == 2 and not isinstance(x, BatchedGradient):
        return matmul(y.swapaxes(-1, -2), x[:, None])[..., 0]
    if min(x.ndim, y.ndim) < 2:
        return row_by_row(np.matmul, x, y)
    ndim = max(x.ndim, y.ndim)
    return BatchedGradient(np.matmul(*[part._aligned(ndim) if isinstance(part, BatchedGradient) else part for part in (x, y)]))


def reshape(x: BatchedGradient, shape: Any) -> BatchedGradient:
    """BatchedGradient of another shape."""
    return BatchedGradient(x.data.reshape(len(x.data), *(shape if isinstance(shape, tuple | list) else (shape,))))


def transpose(x: BatchedGradient, axes: Any = None) -> BatchedGradient:
    """The axes of every row in another order."""
    axes = range(x.ndim)[::-1] if axes is None else axes
    return BatchedGradient(x.data.transpose(0, *(_shifted_axis(a, x.ndim) for a in axes)))


def swapaxes(x: BatchedGradient, axis1: int, axis2: int) -> BatchedGradient:
    """Two axes of every row exchanged."""
    return BatchedGradient(x.data.swapaxes(_shifted_axis(axis1, x.ndim), _shifted_axis(axis2, x.ndim)))


def broadcast_to(x: BatchedGradient, shape: tuple[int, ...]) -> BatchedGradient:
    """Every row broadcast to a shape."""
    return BatchedGradient(np.broadcast_to(x._aligned(len(shape)), (len(x.data), *shape)))


def expand_dims(x: BatchedGradient, axis: Any) -> BatchedGradient:
    """New axes of size 1 in every row."""
    return BatchedGradient(x.data.reshape(len(x.data), *np.expand_dims(np.broadcast_to(0, x.shape), axis).shape))


def solve(a: Any, b: Any) -> BatchedGradient:
    """Linear equations with one matrix, solved for every row at once."""
    if isinstance(a, BatchedGradient) or np.ndim(a) != 2:
        return row_by_row(np.linalg.solve, a, b)
    first = np.moveaxis(b.data.reshape(len(b.data), b.shape[0], -1), 1, 0)
    solved = np.linalg.solve(a, first.reshape(len(first), -1)).reshape(first.shape)
    return BatchedGradient(np.moveaxis(solved, 0, 1).reshape(b.data.shape))


def cumsum(x: BatchedGradient, axis: int | None = None) -> BatchedGradient:
    """The running sum of every row."""
    flat = x.reshape(-1) if axis is None else x
    return BatchedGradient(np.cumsum(flat.data, axis=_shifted_axis(axis or 0, flat.ndim)))


def flip(x: BatchedGradient, axis: Any = None) -> BatchedGradient:
    """Every row backwards along axes."""
    return BatchedGradient(np.flip(x.data, axis=tuple(_shifted_axis(a, x.ndim) for a in _axes(x, axis))))


def roll(x: BatchedGradient, shift: Any, axis: Any = None) -> BatchedGradient:
    """Every row shifted along axes, or as a flat array."""
    if axis is None:
        return BatchedGradient(np.roll(x.data.reshape(len(x.data), x.size), shift, 1).reshape(x.data.shape))
    return BatchedGradient(np.roll(x.data, shift, tuple(_shifted_axis(a, x.ndim) for a in _axes(x, axis))))


def _before_last(index: Any) -> Any:
    """An index of a row, for data whose last axis is the hidden one: there, even several index arrays leave it alone."""
    parts = index if isinstance(index, tuple) else (index,)
    return (*parts, slice(None)) if any(part is Ellipsis for part in parts) else index


def scattered(x: BatchedGradient, index: Any, shape: tuple[int, ...]) -> BatchedGradient:
    """Every row added up at an index."""
    out = np.zeros((*shape, len(x.data)), x.dtype)
    np.add.at(out, _before_last(index), np.moveaxis(x.data, 0, -1))
    return BatchedGradient(np.moveaxis(out, -1, 0))


#: Functions that take all rows at once.
BATCHED: dict[Callable, Callable[..., Any]] = {
    np.sum: BatchedGradient.sum,
    np.where: partial(batched_ufunc, np.where),
    np.reshape: reshape,
    np.transpose: transpose,
    np.swapaxes: swapaxes,
    np.broadcast_to: broadcast_to,
    np.expand_dims: expand_dims,
    np.linalg.solve: solve,
    np.cumsum: cumsum,
    np.flip: flip,
    np.roll: roll,
    scatter.operation.forward: scattered,
    np.dot: matmul,
    np.shape: lambda x: x.shape,
    np.ndim: lambda x: x.ndim,
    np.real: lambda x: BatchedGradient(np.real(x.data)),
    np.imag: lambda x: BatchedGradient(np.imag(x.data)),
}

ARRAY_TYPES.add(BatchedGradient)  # operations that formulas call take them as they take arrays
