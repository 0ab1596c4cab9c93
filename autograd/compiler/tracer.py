"""Traced arrays: they compute as NumPy arrays do, and the trace of the step records every operation on them."""

import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from numbers import Number
from typing import Any

import numpy as np

from autograd.core import apply, engine
from autograd.core.apply import ARRAY_TYPES
from autograd.core.tensor import Tensor
from autograd.core.trees import leaves, map_leaves
from autograd.utils.call_stack import ENGINE


@dataclass(frozen=True)
class ValueId:
    """The number of a value on a trace."""

    number: int


class TracedArray:
    """An array or NumPy scalar that records the operations on it; operations and formulas accept it as an array.

    The forward function of an operation is looked into as far as it makes NumPy calls. Where it needs a real array (for
    compiled code, for Python numbers, to write its results into scratch memory in a loop) the operation receives a TypeError
    and hands the forward function to `call_forward`, which records it as one call: a function of its arrays, called again in
    each replay. Anywhere else a conversion to a real array or to a Python number aborts the trace: the step runs on with the
    real values, but is not compiled. Once the trace is finished, or in another thread, it computes as its array does.
    """

    __slots__ = ("__weakref__", "_trace", "data", "value_id")  # `trace` is an array's method

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """The class of the array, which a step may ask for; the engine itself sees a traced array."""
        is_engine = sys._getframe(1).f_code.co_filename.startswith(ENGINE)
        return TracedArray if is_engine else type(self.data)

    def __init__(self, trace: Any, value_id: ValueId, data: Any):
        self._trace, self.value_id, self.data = trace, value_id, data

    @property
    def base(self) -> Any:
        """The array whose memory this one is a view of: the engine copies gradients that are views."""
        return self.data.base

    @property
    def shape(self) -> tuple[int, ...]:
        """The size along each axis."""
        return self.data.shape

    @shape.setter
    def shape(self, shape: Any) -> None:
        self._concrete("the shape of an array was changed in place").shape = shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.data.ndim

    @property
    def strides(self) -> tuple[int, ...]:
        """The distance in memory along each axis, by which `kernels.sum_over_axes` chooses the order of a sum."""
        return self.data.strides

    @property
    def size(self) -> int:
        """The number of elements."""
        return prod(self.data.shape)

    @property
    def nbytes(self) -> int:
        """The memory of the elements."""
        return self.data.nbytes

    @property
    def dtype(self) -> np.dtype:
        """The dtype of the elements."""
        return self.data.dtype

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

    def item(self, *index: Any) -> Any:
        """The only element, or the one at an index, as a Python number."""
        return self._concrete("a value was converted to a Python number").item(*index)

    def __round__(self, *digits: Any) -> Any:
        return round(self._concrete("a value was rounded to a Python number"), *digits)

    def __trunc__(self) -> Any:
        return int(self._concrete("a value was converted to a Python number"))

    def __format__(self, spec: str) -> str:
        return format(self._concrete("a value was converted to text"), spec)

    def __str__(self) -> str:
        return str(self._concrete("a value was converted to text"))

    def __repr__(self) -> str:
        return repr(self._concrete("a value was converted to text"))

    def __hash__(self) -> int:
        return hash(self._concrete("a value was used as a key")) if isinstance(self.data, np.generic) else object.__hash__(self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self._concrete("a value was pickled").__reduce_ex__(protocol)

    def __copy__(self) -> Any:
        is_scalar = isinstance(self.data, np.generic)
        return self if is_scalar else self._trace.call(np.copy, (self,), {"order": "K"})

    def __deepcopy__(self, memo: Any) -> Any:
        return self.__copy__()

    def __divmod__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, Tensor) else self._trace.call(np.divmod, (self, other), {})

    def __rdivmod__(self, other: Any) -> Any:
        return self._trace.call(np.divmod, (other, self), {})

    def tolist(self) -> Any:
        """The values as nested Python lists."""
        return self._concrete("values were converted to lists").tolist()

    def call_forward(self, operation: Any, values: Sequence, options: dict) -> Any:
        """Record an operation whose forward function needs real arrays as one call."""
        return self._trace.call_forward(operation, tuple(values), options)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._concrete(f"the step used the array attribute {name}, which cannot be traced"), name)

    def _concrete(self, reason: str) -> Any:
        self._trace.untraceable(reason, self)
        return self.data


def get_item(x: Any, index: Any) -> Any:
    """Return x[index]."""
    return x[index]


def set_item(x: Any, index: Any, value: Any) -> None:
    """Assign x[index] = value."""
    x[index] = value


def in_forward() -> bool:
    """Whether the forward function of an operation is running: it can be recorded as one call."""
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

    def method(self: TracedArray, axis: Any = None, *args: Any, keepdims: bool = False, **options: Any) -> Any:
        if args:  # dtype and out, in another order for each method
            name = NAMES_OF_REDUCTIONS[reduce.__self__]  # type: ignore[attr-defined]
            data = self._concrete(f"{name}() received {1 + len(args)} positional arguments")
            return getattr(data, name)(axis, *args, keepdims=keepdims, **options)
        return self._trace.call(reduce, (self,), {"axis": axis, "keepdims": keepdims, **options})

    return method


def _shape_method(function: Callable) -> Callable:
    """An array method that takes a tuple or its elements, as x.reshape((2, 3)) and x.reshape(2, 3)."""

    def method(self: TracedArray, *args: Any, **options: Any) -> Any:
        shape = args[:1] if len(args) == 1 and not isinstance(args[0], int) else (args,) if args else ()
        return self._trace.call(function, (self, *shape), options)

    return method


def _operator(ufunc: np.ufunc) -> tuple[Callable, Callable, Callable]:
    """The operator methods of a ufunc: with the traced array on the left, on the right, and in place."""

    def function(x: TracedArray, y: Any) -> Callable:
        is_scalar = isinstance(x.data, np.generic) and isinstance(y.data if isinstance(y, TracedArray) else y, Number)
        return scalar_power if is_scalar and ufunc is np.power else ufunc

    def left(self: TracedArray, other: Any) -> Any:
        if isinstance(other, Tensor):
            return NotImplemented
        return self._trace.call(function(self, other), (self, other), {})

    def right(self: TracedArray, other: Any) -> Any:
        return self._trace.call(function(self, other), (other, self), {})

    def in_place(self: TracedArray, other: Any) -> Any:
        if isinstance(self.data, np.generic):  # NumPy scalars are immutable: x += y rebinds x
            return left(self, other)
        self._trace.write(ufunc, (self, other), {}, self)
        return self

    return left, right, in_place


def scalar_power(x: Any, y: Any) -> Any:
    """Return x ** y of NumPy scalars, whose last bit may differ from that of np.power."""
    return (x[()] if isinstance(x, np.ndarray) else x) ** (y[()] if isinstance(y, np.ndarray) else y)


def astype(x: Any, dtype: Any, copy: bool = True) -> Any:
    """Convert to another dtype."""
    return x.astype(dtype, copy=copy)


def copy_array(x: Any) -> Any:
    """Copy into new memory."""
    return x.copy()


def view(x: Any, *dtype: Any) -> Any:
    """Reinterpret the bytes, as another dtype if one is given."""
    return x.view(*dtype)


METHODS: dict[str, Any] = {
    **{"mean": np.mean, "var": np.var, "std": np.std, "cumsum": np.cumsum, "clip": np.clip, "repeat": np.repeat},
    **{"argmax": np.argmax, "argsort": np.argsort, "any": np.any, "all": np.all},
    **{"take": np.take, "squeeze": np.squeeze, "swapaxes": np.swapaxes, "ravel": np.ravel},
    **{"astype": astype, "copy": copy_array, "view": view},
    **{"__neg__": np.negative, "__pos__": np.positive, "__abs__": np.absolute, "__invert__": np.invert},
}
REDUCTIONS: dict[str, Any] = {"sum": np.add, "prod": np.multiply, "max": np.maximum, "min": np.minimum}
NAMES_OF_REDUCTIONS = {ufunc: name for name, ufunc in REDUCTIONS.items()}
SHAPES: dict[str, Any] = {"reshape": np.reshape, "transpose": np.transpose}
OPERATORS: dict[str, Any] = {
    **{"add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide, "floordiv": np.floor_divide},
    **{"mod": np.remainder, "pow": np.power, "matmul": np.matmul},
    **{"and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor, "lshift": np.left_shift, "rshift": np.right_shift},
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


#: Functions that write into their first argument.
WRITERS: set[Callable] = {np.copyto, np.fill_diagonal, np.place, np.put, np.put_along_axis, np.putmask}


def written_argument(function: Any, args: Sequence, options: dict) -> Any:
    """The argument that a NumPy function writes into; None if it writes into none."""
    out = options.get("out")
    if out is not None:
        outs = [x for x in (out if isinstance(out, tuple) else (out,)) if x is not None]
        return outs[0] if len(outs) == 1 else tuple(outs)
    method = getattr(function, "__name__", "")
    if isinstance(function, np.ufunc) or isinstance(getattr(function, "__self__", None), np.ufunc):
        return args[0] if method == "at" else None
    if function in WRITERS:
        return args[0] if args else next(iter(options.values()))
    try:
        arguments = inspect.signature(function).bind(*args, **options).arguments
    except (TypeError, ValueError):  # a function without a signature, such as `np.dot`, may take its last argument as `out`
        return args[2] if function is np.dot and len(args) > 2 else None
    if arguments.get("overwrite_input") or (function is np.nan_to_num and not arguments.get("copy", True)):
        return args[0] if args else next(iter(options.values()))
    return arguments.get("out")


def with_arrays(tree: Any) -> Any:
    """Put real arrays in the places of traced ones: in lists, dicts and tensors themselves, of tuples in a new one."""
    if isinstance(tree, Tensor):
        tree._data = with_arrays(tree._data)
    elif isinstance(tree, list):
        tree[:] = map(with_arrays, tree)
    elif isinstance(tree, dict):
        tree.update({key: with_arrays(x) for key, x in tree.items()})
    elif isinstance(tree, tuple):
        return map_leaves(with_arrays, tree)
    return tree.data if isinstance(tree, TracedArray) else tree


def traced_arrays(tree: Any) -> list[TracedArray]:
    """The traced arrays in arguments or results."""
    return [leaf for leaf in leaves(tree) if isinstance(leaf, TracedArray)]


ARRAY_TYPES.add(TracedArray)  # operations accept traced arrays as arrays
