"""Tensor: an array or a number that remembers how it was computed."""

import operator
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar
from weakref import ref

import numpy as np

from autograd.core import hooks, in_place, trace_hooks
from autograd.core.coercion import default_complex_dtype, default_dtype, new_array
from autograd.core.conversions import note_conversion
from autograd.core.engine import Node, backward_pass, next_number
from autograd.core.grad_mode import is_grad_enabled, recording_backward
from autograd.core.leaf_grads import accumulate_grad
from autograd.errors import DataError, GraphError, ShapeError
from autograd.utils.call_stack import warn_user

NUMPY_THRESHOLD, REPR_LIMIT = 1000, 200  # elements from which NumPy by default, and the text of a tensor, show only the edges


class Size(int):
    """A number of elements; PyTorch's `t.size()` is answered with the name that it has here."""

    def __call__(self, *axis: int) -> int:
        raise TypeError("size is the number of elements; write t.shape for the size along each axis")


#: Tensor and its subclasses: a look-up in a set is faster than isinstance.
TENSOR_TYPES: set[type] = set()

Unary = Callable[["Tensor"], "Tensor"]
Binary = Callable[["Tensor", Any], "Tensor"]
WithOptions = Callable[..., "Tensor"]


class Tensor:
    """An array or a number with NumPy's operations, which records how results are computed, for their gradients.

    data:          number, (nested) list, or array; copied. An array keeps its dtype, Python floats get `default_dtype`.
    requires_grad: record the operations on this tensor, so that `backward` can fill `grad`.
    dtype:         convert to this dtype.
    name:          shown in pictures and messages.

    Raises DataError for anything but numbers, or if a tensor that requires gradients does not hold floats.

    >>> from autograd import Tensor
    >>> x = Tensor(3.0, requires_grad=True, name="x")
    >>> f = x**2 + 1
    >>> f.backward()
    >>> f.item(), x.grad.item()
    (10.0, 6.0)
    """

    __slots__ = ("__weakref__", "_data", "_grad", "_name", "_node")
    _grad: Any
    _name: str | None

    def __init__(self, data: Any, requires_grad: bool = False, dtype: Any = None, name: str | None = None):
        self._data = new_array(data, dtype, requires_grad)
        self._node: Node | None = None
        self._grad = None
        if requires_grad:
            self.requires_grad = True
        if name is not None:
            self.name = name

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        TENSOR_TYPES.add(cls)

    @staticmethod
    def _wrap(data: Any, node: Node | None) -> "Tensor":
        tensor = object.__new__(Tensor)
        tensor._data = data
        tensor._node = node
        return tensor

    # What a tensor holds

    @property
    def data(self) -> Any:
        """The array or NumPy scalar itself, without a graph. An assignment replaces the values."""
        if trace_hooks.any_active and (trace := trace_hooks.current.get()) is not None:
            return trace.read(self)
        return self._data

    @data.setter
    def data(self, value: Any) -> None:
        if trace_hooks.any_active and (trace := trace_hooks.current.get()) is not None:
            trace.untraceable(f"the data of {self._describe()} was replaced")
        array = value if isinstance(value, np.ndarray | np.generic) else new_array(value, self.dtype, False)
        if array.shape != self._data.shape:
            raise ShapeError(f"{self._describe()} has shape {self._data.shape}; data of shape {array.shape} does not fit")
        if array.dtype.kind not in "biufc":
            raise DataError(f"{self._describe()} holds numbers; data of dtype {array.dtype} does not fit")
        if array.dtype.kind == "c" != self.dtype.kind:
            raise DataError(f"{self._describe()} holds {self.dtype}; complex data does not fit, make a new tensor of it")
        if array is self._data:  # `t.data += 1` changes the array in place and then assigns it
            mark_dirty([self])
        elif self._node is not None:
            if array.dtype.kind != self.dtype.kind:
                array = array.astype(self.dtype)
            self._node.value = array
            self._node.changed_at = next_number()
        self._data = array

    @property
    def grad(self) -> "Tensor | None":
        """The sum of the gradients of all backward passes since the last `zero_grad`; None before the first."""
        if trace_hooks.any_active and (trace := trace_hooks.current.get()) is not None:
            trace.abort("a gradient was read; only a function marked with `side_effect` may read it")
        grad = getattr(self, "_grad", None)
        if grad is None or isinstance(grad, Tensor):
            return grad
        self._grad = Tensor._wrap(grad, None)
        return self._grad

    @grad.setter
    def grad(self, value: Any) -> None:
        if value is not None and not isinstance(value, Tensor):
            value = Tensor(value, dtype=self.dtype)
        if value is not None and value.shape != self.shape:
            raise ShapeError(f"{self._describe()} has shape {self.shape}; a gradient of shape {value.shape} does not fit")
        self._grad = value

    @property
    def requires_grad(self) -> bool:
        """Whether operations on this tensor are recorded."""
        return self._node is not None

    @requires_grad.setter
    def requires_grad(self, on: bool) -> None:
        if not self.is_leaf:
            raise GraphError("only a leaf can start or stop requiring gradients; for a constant copy use detach()")
        if on and self._data.dtype.kind not in "fc":
            raise DataError(f"only floats have gradients, {self._describe()} holds {self._data.dtype}; use .astype('float64')")
        if on and self._node is None:
            self._node = Node(None, (), None, None, self._data)
            self._node.owner = ref(self)
            self._grad = getattr(self, "_grad", None)  # results do not have the slot filled
            if self.name is not None:
                self._node.name = self.name
        elif not on:
            self._node = None

    @property
    def is_leaf(self) -> bool:
        """Whether this tensor is not the result of a recorded operation."""
        return self._node is None or self._node.operation is None

    @property
    def name(self) -> str | None:
        """The name shown in pictures and messages."""
        return getattr(self, "_name", None)

    @name.setter
    def name(self, name: str | None) -> None:
        self._name = name
        if self._node is not None:
            self._node.name = name

    @property
    def shape(self) -> tuple[int, ...]:
        """The size along each axis."""
        return self._data.shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self._data.ndim

    @property
    def size(self) -> int:
        """The number of elements."""
        return Size(self._data.size)

    @property
    def base(self) -> Any:
        """The array whose memory the data is a view of, as in NumPy; None if the data has its own memory."""
        return self._data.base

    @property
    def dtype(self) -> np.dtype:
        """The type of the elements."""
        return self._data.dtype

    # The chain rule

    def backward(self, gradient: Any = None, *, retain_graph: bool | None = None, create_graph: bool = False) -> None:
        """Add to `grad` of every leaf the derivative of this tensor: ∂self/∂leaf, by the chain rule.

        gradient:     the gradient that the pass starts with, shaped like this tensor; 1 by default for one element.
        retain_graph: keep the graph for another backward pass; by default the value of create_graph.
        create_graph: record the computation of the gradients, so that they can be differentiated again.

        Raises GraphError if there is no graph, if it is freed, or if a tensor of several elements gets no gradient;
        InPlaceError if a value that a formula needs was changed in place.

        >>> from autograd import Tensor
        >>> x = Tensor([1.0, 2.0], requires_grad=True)
        >>> (x * x).backward([1.0, 10.0])
        >>> x.grad
        Tensor([ 2., 40.])
        """
        if self._node is None:
            raise GraphError(
                f"{self._describe()} has no graph: nothing it was computed from requires gradients; "
                "make its inputs with requires_grad=True, outside of no_grad()"
            )
        start = {self._node: initial_gradient(self, gradient, create_graph)}
        retain = create_graph if retain_graph is None else retain_graph
        if create_graph:
            with recording_backward():
                grads = backward_pass(start, retain=retain, make_tensor=Tensor._wrap)
        else:
            grads = backward_pass(start, retain=retain)
        if trace_hooks.any_active and (trace := trace_hooks.current.get()) is not None:
            grads = trace.accumulate_grads(self._node, grads)
        accumulate_grad(grads)

    def draw(self, **options: Any) -> Any:
        """The graph of this tensor as a picture: `autograd.draw(tensor, …)`."""
        return sys.modules["autograd"].draw(self, **options)  # imports drawing when it is first used

    def zero_grad(self) -> None:
        """Set `grad` to None, so that the next backward pass starts anew."""
        if trace_hooks.any_active and (trace := trace_hooks.current.get()) is not None:
            trace.side_effect(type(self).zero_grad, (self,), {})
        self._grad = None

    def detach(self) -> "Tensor":
        """The same values as a constant that shares their memory and has no graph."""
        return Tensor._wrap(self.data, None)

    # Conversion to NumPy and Python

    def item(self) -> Any:
        """The only element as a Python number."""
        if self.size != 1:
            raise ShapeError(f"item() needs exactly one element, {self._describe()} has shape {self.shape}; use tolist()")
        return self._data.item()

    def numpy(self) -> np.ndarray:
        """The values as a NumPy array that shares their memory."""
        data = self.data
        if trace_hooks.any_active and (trace := trace_hooks.current.get()) is not None:
            return trace.as_array(data)
        return np.asarray(data)

    def tolist(self) -> Any:
        """The values as nested Python lists."""
        return self._data.tolist()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if self._node is not None and is_grad_enabled():
            raise GraphError(
                f"{self._describe()} has a graph, which an array would lose; to drop the graph, call .numpy() or .detach()"
            )
        return np.array(self._data, dtype=dtype, copy=copy)

    def __float__(self) -> float:
        if self._node is not None and is_grad_enabled():
            note_conversion()
            warn_user(
                f"{self._describe()} has a graph, which a Python number loses; call .item() or .detach() if no gradient is "
                "needed, and np.stack or operations on tensors (np.sin, not math.sin) if one is"
            )
        return float(self.item())

    def __complex__(self) -> complex:
        return complex(self.item() if self.dtype.kind == "c" else float(self))

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        return operator.index(self.item())

    def __bool__(self) -> bool:
        return bool(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator["Tensor"]:
        return (self[i] for i in range(len(self)))

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec else str(self)

    def __repr__(self) -> str:
        if self.ndim == 0:
            text = repr(self.item())
        else:
            threshold = np.get_printoptions()["threshold"]
            limit = REPR_LIMIT if threshold == NUMPY_THRESHOLD else threshold  # the user's own threshold counts
            text = np.array2string(self._data, separator=", ", prefix="Tensor(", threshold=limit)
        notes = [text]
        if self.size == 0 and self.ndim > 1:
            notes.append(f"shape={self.shape}")
        if self.dtype not in (default_dtype(), default_complex_dtype(), np.dtype(np.int64), np.dtype(np.bool_)):
            notes.append(f"dtype={self.dtype}")
        if self.name is not None:
            notes.append(f"name={self.name!r}")
        if self._node is not None:
            operation = self._node.operation
            notes.append("requires_grad=True" if operation is None else f"operation={operation.name!r}")
        return f"{type(self).__name__}({', '.join(notes)})"

    def __reduce__(self) -> tuple:
        if not self.is_leaf:
            raise GraphError(f"{self._describe()} is part of a graph and cannot be copied or pickled; use detach() first")
        return _unpickle, (type(self), self._data, self.requires_grad, self.name)

    def _describe(self) -> str:
        return f"tensor {self.name!r}" if self.name is not None else "this tensor"

    # Declared here and bound in `operators.py`: the engine knows no operation.

    __add__: ClassVar[Binary]
    __radd__: ClassVar[Binary]
    __iadd__: ClassVar[Binary]
    __sub__: ClassVar[Binary]
    __rsub__: ClassVar[Binary]
    __isub__: ClassVar[Binary]
    __mul__: ClassVar[Binary]
    __rmul__: ClassVar[Binary]
    __imul__: ClassVar[Binary]
    __truediv__: ClassVar[Binary]
    __rtruediv__: ClassVar[Binary]
    __itruediv__: ClassVar[Binary]
    __floordiv__: ClassVar[Binary]
    __rfloordiv__: ClassVar[Binary]
    __ifloordiv__: ClassVar[Binary]
    __mod__: ClassVar[Binary]
    __rmod__: ClassVar[Binary]
    __imod__: ClassVar[Binary]
    __pow__: ClassVar[Binary]
    __rpow__: ClassVar[Binary]
    __ipow__: ClassVar[Binary]
    __matmul__: ClassVar[Binary]
    __rmatmul__: ClassVar[Binary]
    __imatmul__: ClassVar[Binary]
    __and__: ClassVar[Binary]
    __rand__: ClassVar[Binary]
    __or__: ClassVar[Binary]
    __ror__: ClassVar[Binary]
    __xor__: ClassVar[Binary]
    __rxor__: ClassVar[Binary]
    __lt__: ClassVar[Binary]
    __le__: ClassVar[Binary]
    __gt__: ClassVar[Binary]
    __ge__: ClassVar[Binary]
    __neg__: ClassVar[Unary]
    __pos__: ClassVar[Unary]
    __abs__: ClassVar[Unary]
    __invert__: ClassVar[Unary]
    __divmod__: ClassVar[Callable[["Tensor", Any], "tuple[Tensor, Tensor]"]]
    __rdivmod__: ClassVar[Callable[["Tensor", Any], "tuple[Tensor, Tensor]"]]
    __round__: ClassVar[WithOptions]
    __array_ufunc__: ClassVar[Callable[..., Any]]
    __array_function__: ClassVar[Callable[..., Any]]
    __getitem__: ClassVar[Binary]
    __setitem__: ClassVar[Callable[["Tensor", Any, Any], None]]
    exp: ClassVar[Unary]
    log: ClassVar[Unary]
    sqrt: ClassVar[Unary]
    sin: ClassVar[Unary]
    cos: ClassVar[Unary]
    tanh: ClassVar[Unary]
    sigmoid: ClassVar[Unary]
    relu: ClassVar[Unary]
    abs: ClassVar[Unary]
    conj: ClassVar[Unary]
    conjugate: ClassVar[Unary]
    real: ClassVar[Any]
    imag: ClassVar[Any]
    copy: ClassVar[Unary]
    all: ClassVar[WithOptions]
    any: ClassVar[WithOptions]
    argmax: ClassVar[WithOptions]
    argmin: ClassVar[WithOptions]
    argsort: ClassVar[WithOptions]
    compress: ClassVar[WithOptions]
    cumprod: ClassVar[WithOptions]
    cumsum: ClassVar[WithOptions]
    diagonal: ClassVar[WithOptions]
    dot: ClassVar[WithOptions]
    nonzero: ClassVar[Callable[["Tensor"], tuple["Tensor", ...]]]
    ravel: ClassVar[WithOptions]
    repeat: ClassVar[WithOptions]
    round: ClassVar[WithOptions]
    searchsorted: ClassVar[WithOptions]
    take: ClassVar[WithOptions]
    trace: ClassVar[WithOptions]
    fill: ClassVar[Callable[["Tensor", Any], None]]
    register_hook: ClassVar[Callable[["Tensor", Callable[["Tensor"], Any]], hooks.Handle]]
    retain_grad: ClassVar[Callable[["Tensor"], None]]
    sort: ClassVar[Callable[..., None]]
    clip: ClassVar[WithOptions]
    sum: ClassVar[WithOptions]
    mean: ClassVar[WithOptions]
    var: ClassVar[WithOptions]
    std: ClassVar[WithOptions]
    max: ClassVar[WithOptions]
    min: ClassVar[WithOptions]
    prod: ClassVar[WithOptions]
    reshape: ClassVar[WithOptions]
    transpose: ClassVar[WithOptions]
    swapaxes: ClassVar[WithOptions]
    squeeze: ClassVar[WithOptions]
    expand_dims: ClassVar[WithOptions]
    broadcast_to: ClassVar[WithOptions]
    astype: ClassVar[WithOptions]
    __hash__ = object.__hash__

    def flatten(self) -> "Tensor":
        """All elements along one axis."""
        return self.reshape(-1)

    @property
    def T(self) -> "Tensor":  # noqa: N802  (NumPy's name)
        """Axes in reversed order."""
        return self.transpose()


TENSOR_TYPES.add(Tensor)


def mark_dirty(changed: Iterable[Tensor | np.ndarray]) -> None:
    """Tell the engine that these tensors or arrays were changed in place, as an optimizer does.

    A backward pass that needs the old values then raises InPlaceError.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> from autograd.extend import mark_dirty
    >>> x = Tensor([1.0, 2.0], requires_grad=True)
    >>> y = (x * x).sum()
    >>> np.multiply(x.data, 10, out=x.data)
    array([10., 20.])
    >>> mark_dirty([x])
    >>> y.backward()
    Traceback (most recent call last):
    autograd.errors.InPlaceError: multiply: its input 1 was changed in place, but the backward pass needs the old value; \
change a copy instead, or call backward() before the change
    """
    if trace_hooks.any_active and (trace := trace_hooks.current.get()) is not None:
        trace.untraceable("an array was changed in place")
    now = next_number()
    for changed_object in changed:
        if isinstance(changed_object, Tensor):
            if changed_object._node is not None:
                changed_object._node.changed_at = now
            changed_object = changed_object._data
        in_place.record_change(changed_object, now)


def initial_gradient(tensor: Tensor, gradient: Any, create_graph: bool) -> Any:
    """The gradient that a backward pass starts with, in the tensor's shape and dtype and in memory of its own."""
    data = tensor._data
    if gradient is None:
        if data.size != 1:
            raise GraphError(
                f"backward() starts from a single number, but {tensor._describe()} has shape {tensor.shape}; "
                "reduce it first, for example with .sum(), or pass a gradient of that shape"
            )
        if data.dtype.kind == "c":
            raise GraphError(
                f"backward() starts from a real number, but {tensor._describe()} is {data.dtype}; take np.abs, .real or .imag "
                "first, pass a gradient, or use holomorphic_grad for the derivative of a holomorphic function"
            )
        ones = data.dtype.type(1) if data.ndim == 0 else np.ones(data.shape, data.dtype)
        return Tensor._wrap(ones, None) if create_graph else ones
    value = gradient._data if isinstance(gradient, Tensor) else new_array(gradient, None, False)
    if value.shape != tensor.shape:
        raise ShapeError(f"{tensor._describe()} has shape {tensor.shape}; a gradient of shape {value.shape} does not fit")
    if value.dtype.kind == "c" != tensor.dtype.kind:
        raise DataError(f"{tensor._describe()} holds {tensor.dtype}; a {value.dtype} gradient does not fit, take its real part")
    if create_graph:
        return gradient if isinstance(gradient, Tensor) else Tensor._wrap(value.astype(tensor.dtype), None)
    return value.astype(tensor.dtype)


def _unpickle(cls: type, data: Any, requires_grad: bool, name: str | None) -> Tensor:
    tensor: Tensor = object.__new__(cls)
    tensor._data, tensor._node, tensor._grad = data, None, None
    tensor.requires_grad = requires_grad
    tensor.name = name
    return tensor
