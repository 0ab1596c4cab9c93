"""The operators and methods of Tensor: operations bound to the class, one table and one loop.

Tensor itself knows no operation, because operations make tensors.
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import numpy as np

from autograd.core.dlpack import dlpack, dlpack_device
from autograd.core.grad_mode import is_grad_enabled
from autograd.core.tensor import Tensor, mark_dirty
from autograd.core.tensor_hooks import register_hook, retain_grad
from autograd.errors import DataError, InPlaceError, ShapeError
from autograd.numpy.protocol import array_function, array_ufunc
from autograd.operations import complex_numbers, elementwise, indexing, matmul, reduction, shape as shaping
from autograd.utils.foreign_names import TENSOR_ATTRIBUTES, bind_foreign_attributes


def reflect(operation: Callable) -> Callable:
    """The operator for a tensor on the right side: `1 - t` calls `t.__rsub__(1)`."""
    return lambda self, other: operation(other, self)


def augment(ufunc: np.ufunc, operation: Callable) -> Callable:
    """The augmented assignment: in place on constants and inside `no_grad`, a new tensor where it is recorded."""

    def in_place(self: Tensor, other: Any) -> Tensor:
        if is_grad_enabled():
            if self._node is not None and self._node.operation is None and self._node.owner() is self:
                raise InPlaceError(
                    f"{self._describe()} requires gradients and is changed in place while operations are recorded; "
                    "update it inside `with no_grad():`, or write `y = x + …` to compute with it"
                )
            if self._node is not None or (isinstance(other, Tensor) and other._node is not None):
                return operation(self, other)
        value = other._data if isinstance(other, Tensor) else other
        try:
            if isinstance(self._data, np.ndarray):
                ufunc(self._data, value, out=self._data)
                mark_dirty((self,))
            else:
                self.data = ufunc(self._data, value, dtype=self._data.dtype)
        except ValueError as error:
            raise ShapeError(f"{self._describe()} of shape {self.shape} cannot take this in place: {error}") from None
        return self

    return in_place


def equal(self: Tensor, other: Any) -> Any:
    """Elementwise `==`; left to the other operand if that holds no numbers."""
    return elementwise.equal(self, other) if _is_comparable(other) else NotImplemented


def not_equal(self: Tensor, other: Any) -> Any:
    """Elementwise `!=`; left to the other operand if that holds no numbers."""
    return elementwise.not_equal(self, other) if _is_comparable(other) else NotImplemented


def _is_comparable(other: Any) -> bool:
    return isinstance(other, Tensor | np.ndarray | np.generic | int | float | complex | list | tuple)


def divide_with_remainder(x: Any, y: Any) -> tuple[Tensor, Tensor]:
    """The pair (x // y, x % y)."""
    return elementwise.floor_divide(x, y), elementwise.remainder(x, y)


def round_to_digits(self: Tensor, digits: int = 0) -> Tensor:
    """Elements rounded to decimals, as a constant."""
    return Tensor._wrap(np.round(self._data, digits), None)


def getitem(self: Tensor, index: Any) -> Tensor:
    """Elements at an index, as `indexing.getitem`; tensors in the index count as arrays."""
    return indexing.getitem(self, indexing.as_array_index(index))


def setitem(self: Tensor, index: Any, value: Any) -> None:
    """Assignment to elements: in place on constants and inside `no_grad`, else recorded (`operations/assignment.py`)."""
    index = indexing.as_array_index(index)
    if is_grad_enabled() and (self._node is not None or (isinstance(value, Tensor) and value._node is not None)):
        from autograd.operations.assignment import record_assignment  # imported when it is first used

        record_assignment(self, index, value)
        return
    data = self._data if isinstance(self._data, np.ndarray) else np.array(self._data)
    data[index] = value._data if isinstance(value, Tensor) else value
    if data is self._data:
        mark_dirty([indexing.region(data, index)])
    else:
        self.data = data[()]


def fill(self: Tensor, value: Any) -> None:
    """Set all elements of a constant to a value, in place."""
    setitem(self, ..., value)


def sort(self: Tensor, axis: int = -1) -> None:
    """Sort a constant in place, as NumPy's method does; np.sort gives a sorted copy and is recorded."""
    if self._node is not None and is_grad_enabled():
        raise InPlaceError(f"sorting {self._describe()} in place is not recorded; use np.sort, which gives a sorted copy")
    setitem(self, ..., np.sort(self._data, axis=axis))


def call_numpy(function: Callable) -> Callable[..., Any]:
    """The method of a tensor that calls a NumPy function, through the protocol."""

    def method(self: Tensor, *args: Any, **options: Any) -> Any:
        return function(self, *args, **options)

    return update_wrapper(method, function, ("__name__", "__qualname__", "__doc__"))


def reshape(self: Tensor, *shape: Any) -> Tensor:
    """The same elements under another shape, given as sizes or as one tuple."""
    return shaping.reshape(self, shape[0] if len(shape) == 1 else shape)


def transpose(self: Tensor, *axes: Any) -> Tensor:
    """Axes in another order, given as numbers or as one tuple; reversed by default."""
    return shaping.transpose(self, (axes[0] if len(axes) == 1 else axes) if axes else None)


def astype(self: Tensor, dtype: Any) -> Tensor:
    """The same values as another dtype; a constant if that is not a float or complex type.

    Raises DataError for complex values as real ones, of which NumPy would take the real part.
    """
    kind = np.dtype(dtype).kind
    if kind not in "biufc":
        raise DataError(f"tensors hold numbers, not {np.dtype(dtype)}")
    if self.dtype.kind == "c" and kind not in "bc":
        raise DataError(f"{self.dtype} to {np.dtype(dtype)} would drop the imaginary part; take .real, .imag or np.abs first")
    if kind in "fc":
        return shaping.astype(self, dtype)
    return Tensor._wrap(self._data.astype(dtype), None)


#: The name of an operator → the operation, and the ufunc that does the same in place.
ARITHMETIC: dict[str, tuple[Callable, np.ufunc]] = {
    "add": (elementwise.add, np.add),
    "sub": (elementwise.subtract, np.subtract),
    "mul": (elementwise.multiply, np.multiply),
    "truediv": (elementwise.divide, np.divide),
    "floordiv": (elementwise.floor_divide, np.floor_divide),
    "mod": (elementwise.remainder, np.remainder),
    "pow": (elementwise.power, np.power),
    "matmul": (matmul.matmul, np.matmul),
}
BITWISE: dict[str, Callable] = {
    "and": elementwise.bitwise_and,
    "or": elementwise.bitwise_or,
    "xor": elementwise.bitwise_xor,
}
METHODS: dict[str, Any] = {
    "__neg__": elementwise.negative,
    "__pos__": elementwise.positive,
    "__abs__": elementwise.absolute,
    "__invert__": elementwise.invert,
    "__eq__": equal,
    "__ne__": not_equal,
    "__lt__": elementwise.less,
    "__le__": elementwise.less_equal,
    "__gt__": elementwise.greater,
    "__ge__": elementwise.greater_equal,
    "__divmod__": divide_with_remainder,
    "__rdivmod__": reflect(divide_with_remainder),
    "__round__": round_to_digits,
    "__getitem__": getitem,
    "__setitem__": setitem,
    "__dlpack__": dlpack,
    "__dlpack_device__": dlpack_device,
    "__array_ufunc__": array_ufunc,
    "__array_function__": array_function,
    "exp": elementwise.exp,
    "log": elementwise.log,
    "sqrt": elementwise.sqrt,
    "sin": elementwise.sin,
    "cos": elementwise.cos,
    "tanh": elementwise.tanh,
    "sigmoid": elementwise.sigmoid,
    "relu": elementwise.relu,
    "abs": elementwise.absolute,
    "conj": elementwise.conjugate,
    "conjugate": elementwise.conjugate,
    "real": property(complex_numbers.real),
    "imag": property(complex_numbers.imag),
    "clip": elementwise.clip,
    "sum": reduction.sum,
    "mean": reduction.mean,
    "var": reduction.var,
    "std": reduction.std,
    "max": reduction.max,
    "min": reduction.min,
    "prod": reduction.prod,
    "reshape": reshape,
    "transpose": transpose,
    "astype": astype,
    "swapaxes": shaping.swapaxes,
    "squeeze": shaping.squeeze,
    "expand_dims": shaping.expand_dims,
    "broadcast_to": shaping.broadcast_to,
    "copy": shaping.copy,
    "compress": lambda self, condition, axis=None: np.compress(condition, self, axis),
    "_value": property(lambda self: self.data),  # the name by which clients of HIPS autograd read it
    "register_hook": register_hook,
    "retain_grad": retain_grad,
    "fill": fill,
    "sort": sort,
    **{
        function.__name__: call_numpy(function)
        for function in (
            *(np.all, np.any, np.argmax, np.argmin, np.argsort, np.cumprod, np.cumsum, np.diagonal, np.dot, np.nonzero),
            *(np.ravel, np.repeat, np.round, np.searchsorted, np.take, np.trace),
        )
    },
}


def bind_operators() -> None:
    """Bind the tables to Tensor."""
    for name, method in METHODS.items():
        setattr(Tensor, name, method)
    bind_foreign_attributes(Tensor, TENSOR_ATTRIBUTES)
    for name, (operation, ufunc) in ARITHMETIC.items():
        setattr(Tensor, f"__{name}__", operation)
        setattr(Tensor, f"__r{name}__", reflect(operation))
        setattr(Tensor, f"__i{name}__", augment(ufunc, operation))
    for name, operation in BITWISE.items():
        setattr(Tensor, f"__{name}__", operation)
        setattr(Tensor, f"__r{name}__", reflect(operation))


bind_operators()
