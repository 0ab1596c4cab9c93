"""Traced arrays: they compute as NumPy arrays do, and the trace of the step records every operation on them."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from autograd.core import apply, engine
from autograd.core.apply import ARRAY_TYPES
from autograd.core.tensor import Tensor
from autograd.core.trees import leaves


@dataclass(frozen=True)
class ValueId:
    """The number of a value on a trace."""

    number: int


class TracedArray:
    """An array or NumPy scalar that records the operations on it; operations and formulas accept it as an array.

    A forward function that needs a real array is recorded as one call. Any other conversion to a real array or to a Python
    number aborts the trace: the step runs on with the real values, but is not compiled.
    """

    __slots__ = ("_trace", "data", "value_id")  # `trace` is an array's method
    base = None

    def __init__(self, trace: Any, value_id: ValueId, data: Any):
        self._trace, self.value_id, self.data = trace, value_id, data

    @property
    def shape(self) -> tuple[int, ...]:
        """The size along each axis."""
        return self.data.shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.data.ndim

    @property
    def size(self) -> int:
        """The number of elements."""
        return prod(self.data.shape)

    @property
    def dtype(self) -> np.dtype:
        """The dtype of the elements."""
        return self.data.dtype

    @property
    def strides(self) -> tuple[int, ...]:
        """The distance in memory along each axis, by which `kernels.sum_over_axes` chooses the order of a sum."""
        return self.data.strides

    @property
    def T(self) -> Any:  # noqa: N802  (NumPy's name)
        """The array with its axes in reverse order."""
        return self._trace.call(np.transpose, (self,), {})

    def __len__(self) -> int:
        return len(self.data)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if any(isinstance(x, Tensor) for x in inputs):
            return NotImplemented  # the tensor's own operation runs instead
        return self._trace.call(ufunc if method == "__call__" else getattr(ufunc, method), inputs, options)

    def __array_function__(self, function: Callable, types: Any, args: tuple, options: dict) -> Any:
        if Tensor in types:
            return NotImplemented
        return self._trace.call(function, args, options)

    def __getitem__(self, index: Any) -> Any:
        return self._trace.call(get_item, (self, index), {})

    def __setitem__(self, index: Any, value: Any) -> None:
        self._trace.write(set_item, (self, index, value), {}, self)

    # Conversions: a step or a forward function needs the values themselves

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if in_forward():
            raise TypeError("this forward function needs real arrays")
        return np.array(self._concrete("a traced value was converted to an array"), dtype=dtype, copy=copy)

    def __bool__(self) -> bool:
        return self._trace.decide(self)

    def __float__(self) -> float:
        return float(self._concrete("a value was converted to a Python number"))

    def __int__(self) -> int:
        return int(self._concrete("a value was converted to a Python number"))

    def __index__(self) -> int:
        return self._concrete("a value was used as an index").__index__()

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def item(self) -> Any:
        """The only element as a Python number."""
        return self._concrete("a value was converted to a Python number").item()

    def tolist(self) -> Any:
        """The values as nested Python lists."""
        return self._concrete("values were converted to lists").tolist()

    def call_forward(self, forward: Callable, values: Sequence, options: dict) -> Any:
        """Record a forward function that needs real arrays as one call."""
        return self._trace.call(forward, tuple(values), options)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._concrete(f"the step used the array attribute {name}, which cannot be traced"), name)

    def _concrete(self, reason: str) -> Any:
        self._trace.abort(reason)
        return self.data

    def __repr__(self) -> str:
        return f"<traced {self.data!r}>"


def get_item(x: Any, index: Any) -> Any:
    """Return x[index]."""
    return x[index]


def set_item(x: Any, index: Any, value: Any) -> None:
    """Assign x[index] = value."""
    x[index] = value


def in_forward() -> bool:
    """Whether the forward function of an operation is running; it can be recorded as one call."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        module = frame.f_globals.get("__name__")
        if module == apply.__name__:
            return True
        if module == engine.__name__:
            return False
        frame = frame.f_back
    return False


def _method(function: Callable) -> Callable:
    def method(self: TracedArray, *args: Any, **options: Any) -> Any:
        return self._trace.call(function, (self, *args), options)

    return method


def _reducer(reduce: Callable) -> Callable:
    """The array method of a ufunc's reduction, which reduces over all axes by default."""

    def method(self: TracedArray, axis: Any = None, *, keepdims: bool = False, **options: Any) -> Any:
        return self._trace.call(reduce, (self,), {"axis": axis, "keepdims": keepdims, **options})

    return method


def _shape_method(function: Callable) -> Callable:
    """An array method that takes a tuple or its elements, as x.reshape((2, 3)) and x.reshape(2, 3)."""

    def method(self: TracedArray, *args: Any) -> Any:
        return self._trace.call(function, (self, args[0] if len(args) == 1 and not isinstance(args[0], int) else args), {})

    return method


def _operator(ufunc: np.ufunc) -> tuple[Callable, Callable, Callable]:
    """The operator methods of a ufunc: with the traced array on the left, on the right, and in place."""

    def left(self: TracedArray, other: Any) -> Any:
        if isinstance(other, Tensor):
            return NotImplemented
        return self._trace.call(ufunc, (self, other), {})

    def right(self: TracedArray, other: Any) -> Any:
        return self._trace.call(ufunc, (other, self), {})

    def in_place(self: TracedArray, other: Any) -> Any:
        if self.ndim == 0:  # NumPy scalars are immutable: x += y rebinds x
            return left(self, other)
        self._trace.write(ufunc, (self, other), {}, self)
        return self

    return left, right, in_place


def astype(x: Any, dtype: Any, copy: bool = True) -> Any:
    """Convert to another dtype."""
    return x.astype(dtype, copy=copy)


def copy_array(x: Any) -> Any:
    """Copy into new memory."""
    return x.copy()


def view(x: Any, dtype: Any) -> Any:
    """Reinterpret the bytes as another dtype."""
    return x.view(dtype)


METHODS: dict[str, Any] = {
    **{"mean": np.mean, "var": np.var, "std": np.std, "cumsum": np.cumsum, "clip": np.clip, "repeat": np.repeat},
    **{"argmax": np.argmax, "argsort": np.argsort, "any": np.any, "all": np.all},
    **{"take": np.take, "squeeze": np.squeeze, "swapaxes": np.swapaxes, "ravel": np.ravel},
    **{"astype": astype, "copy": copy_array, "view": view},
    **{"__neg__": np.negative, "__pos__": np.positive, "__abs__": np.absolute, "__invert__": np.invert},
}
REDUCTIONS: dict[str, Any] = {"sum": np.add, "prod": np.multiply, "max": np.maximum, "min": np.minimum}
SHAPES: dict[str, Any] = {"reshape": np.reshape, "transpose": np.transpose}
OPERATORS: dict[str, Any] = {
    **{"add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide, "floordiv": np.floor_divide},
    **{"mod": np.remainder, "pow": np.power, "matmul": np.matmul},
    **{"and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor},
}
COMPARISONS: dict[str, Any] = {
    **{"lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal, "eq": np.equal, "ne": np.not_equal}
}

for _name, _function in METHODS.items():
    setattr(TracedArray, _name, _method(_function))
for _name, _function in REDUCTIONS.items():
    setattr(TracedArray, _name, _reducer(_function.reduce))
for _name, _function in SHAPES.items():
    setattr(TracedArray, _name, _shape_method(_function))
for _name, _function in OPERATORS.items():
    for _prefix, _operator_method in zip(("", "r", "i"), _operator(_function)):
        setattr(TracedArray, f"__{_prefix}{_name}__", _operator_method)
for _name, _function in COMPARISONS.items():
    setattr(TracedArray, f"__{_name}__", _operator(_function)[0])

TracedArray.__hash__ = object.__hash__  # type: ignore[method-assign]

#: Functions whose results have shapes that depend on values.
SELECTIONS = {np.nonzero, np.flatnonzero, np.argwhere, np.unique, np.compress, np.extract, np.delete, np.bincount}


def has_shape_of_values(function: Callable, args: tuple, options: dict) -> bool:
    """Whether the shape of the result depends on values, as that of x[x > 0] does."""
    if function in SELECTIONS:
        return True
    if function is np.where:
        return len(args) == 1
    if function is np.repeat:
        return any(isinstance(x, TracedArray) for x in args[1:])
    index = args[1:] if function is get_item else options.get("index")
    return any(x.dtype == np.bool_ for x in traced_arrays(index))


def traced_arrays(tree: Any) -> list[TracedArray]:
    """The traced arrays in arguments or results."""
    return [leaf for leaf in leaves(tree) if isinstance(leaf, TracedArray)]


ARRAY_TYPES.add(TracedArray)  # operations accept traced arrays as arrays
