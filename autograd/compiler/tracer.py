"""The arrays of a step that is traced: they compute as arrays do, and everything done with them is written down."""

import sys
from collections.abc import Callable, Iterator, Sequence
from math import prod
from typing import Any

import numpy as np

from autograd.core import apply, engine
from autograd.core.apply import ARRAY_TYPES
from autograd.core.tensor import Tensor


class TracedArray:
    """An array, or NumPy scalar, with its place on the trace; formulas and forward functions take it for one.

    It is never turned into an array behind the trace's back. A forward function that needs a real one is written down as a
    whole; anywhere else the trace is told that the step cannot be held, and gives the real one.
    """

    __slots__ = ("data", "place", "trace")
    base = None

    def __init__(self, trace: Any, place: int, data: Any):
        self.trace, self.place, self.data = trace, place, data

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
        """The type of the elements."""
        return self.data.dtype

    @property
    def T(self) -> Any:  # noqa: N802  (NumPy's name)
        """Axes in reversed order."""
        return self.trace.call(np.transpose, (self,), {})

    def __len__(self) -> int:
        return len(self.data)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if any(isinstance(x, Tensor) for x in inputs):
            return NotImplemented  # the tensor's operation is what is wanted
        return self.trace.call(ufunc if method == "__call__" else getattr(ufunc, method), inputs, options)

    def __array_function__(self, function: Callable, types: Any, args: tuple, options: dict) -> Any:
        if Tensor in types:
            return NotImplemented
        return self.trace.call(function, args, options)

    def __getitem__(self, index: Any) -> Any:
        return self.trace.call(taken, (self, index), {})

    def __setitem__(self, index: Any, value: Any) -> None:
        self.trace.write(put, (self, index, value), {}, self)

    # Where a person's program, or a forward function, wants the numbers themselves

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if in_forward():
            raise TypeError("this forward function needs arrays themselves")
        return np.array(self._real("its values were asked for as an array"), dtype=dtype, copy=copy)

    def __bool__(self) -> bool:
        return self.trace.decide(self)

    def __float__(self) -> float:
        return float(self._real("a value was turned into a Python number"))

    def __int__(self) -> int:
        return int(self._real("a value was turned into a Python number"))

    def __index__(self) -> int:
        return self._real("a value was used as an index").__index__()

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def item(self) -> Any:
        """The only element as a Python number."""
        return self._real("a value was turned into a Python number").item()

    def tolist(self) -> Any:
        """The values as nested Python lists."""
        return self._real("values were turned into lists").tolist()

    def call_forward(self, forward: Callable, values: Sequence, options: dict) -> Any:
        """A forward function that needs real arrays, as one entry of the trace."""
        return self.trace.call(forward, tuple(values), options)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._real(f"an array's {name} was asked for"), name)

    def _real(self, why: str) -> Any:
        self.trace.abort(why)
        return self.data

    def __repr__(self) -> str:
        return f"<traced {self.data!r}>"


def taken(x: Any, index: Any) -> Any:
    """Elements at an index."""
    return x[index]


def put(x: Any, index: Any, value: Any) -> None:
    """Assign to elements at an index."""
    x[index] = value


def in_forward() -> bool:
    """Whether the forward function of an operation is being run, which is written down as a whole if need be."""
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
        return self.trace.call(function, (self, *args), options)

    return method


def _reducer(reduce: Callable) -> Callable:
    """The method of an array that is a ufunc's reduction, over all axes by default."""

    def method(self: TracedArray, axis: Any = None, *, keepdims: bool = False, **options: Any) -> Any:
        return self.trace.call(reduce, (self,), {"axis": axis, "keepdims": keepdims, **options})

    return method


def _shape_method(function: Callable) -> Callable:
    """A method that takes a tuple or its elements."""

    def method(self: TracedArray, *args: Any) -> Any:
        return self.trace.call(function, (self, args[0] if len(args) == 1 and not isinstance(args[0], int) else args), {})

    return method


def _operator(ufunc: np.ufunc) -> tuple[Callable, Callable, Callable]:
    """The operator of a ufunc: with the symbol at its left, at its right, and in place."""

    def left(self: TracedArray, other: Any) -> Any:
        if isinstance(other, Tensor):
            return NotImplemented
        return self.trace.call(ufunc, (self, other), {})

    def right(self: TracedArray, other: Any) -> Any:
        return self.trace.call(ufunc, (other, self), {})

    def in_place(self: TracedArray, other: Any) -> Any:
        if self.ndim == 0:  # a NumPy scalar, which an operator in place replaces
            return left(self, other)
        self.trace.write(ufunc, (self, other), {}, self)
        return self

    return left, right, in_place


def astype(x: Any, dtype: Any, copy: bool = True) -> Any:
    """The elements as another dtype."""
    return x.astype(dtype, copy=copy)


def copied(x: Any) -> Any:
    """The elements in memory of their own."""
    return x.copy()


def view(x: Any, dtype: Any) -> Any:
    """The same bytes as another dtype."""
    return x.view(dtype)


METHODS: dict[str, Any] = {
    **{"mean": np.mean, "var": np.var, "std": np.std, "cumsum": np.cumsum, "clip": np.clip, "repeat": np.repeat},
    **{"argmax": np.argmax, "argsort": np.argsort, "any": np.any, "all": np.all},
    **{"take": np.take, "squeeze": np.squeeze, "swapaxes": np.swapaxes, "ravel": np.ravel},
    **{"astype": astype, "copy": copied, "view": view},
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
    for _prefix, _made in zip(("", "r", "i"), _operator(_function)):
        setattr(TracedArray, f"__{_prefix}{_name}__", _made)
for _name, _function in COMPARISONS.items():
    setattr(TracedArray, f"__{_name}__", _operator(_function)[0])

TracedArray.__hash__ = object.__hash__  # type: ignore[method-assign]

#: Functions whose results have shapes that depend on values.
CHOOSING = {np.nonzero, np.flatnonzero, np.argwhere, np.unique, np.compress, np.extract, np.delete, np.bincount}


def chooses(function: Callable, args: tuple, options: dict) -> bool:
    """Whether the shape of the result depends on values, as that of x[x > 0] does."""
    if function in CHOOSING:
        return True
    if function is np.where:
        return len(args) == 1
    if function is np.repeat:
        return any(isinstance(x, TracedArray) for x in args[1:])
    index = args[1:] if function is taken else options.get("index")
    return any(x.dtype == np.bool_ for x in _symbols(index))


def _symbols(x: Any) -> Iterator[TracedArray]:
    if isinstance(x, TracedArray):
        yield x
    elif isinstance(x, list | tuple):
        for part in x:
            yield from _symbols(part)


ARRAY_TYPES.add(TracedArray)  # operations take symbols as they take arrays
