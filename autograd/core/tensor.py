"""Tensor: an array or a number that remembers how it was computed."""

import operator
import sys
from collections.abc import Callable, Iterable, Iterator
from threading import Lock
from typing import Any, ClassVar
from weakref import WeakSet, ref

import numpy as np

from autograd.core import hooks, in_place, trace_hooks
from autograd.core.coercion import as_real_array
from autograd.core.engine import Node, backward_pass, next_number
from autograd.core.grad_mode import is_grad_enabled, recording_backward
from autograd.core.shape_dtype import KEEP_LIMIT
from autograd.errors import DataError, GraphError, ShapeError

#: Tensor and its subclasses: a look-up in a set is faster than isinstance.
TENSOR_TYPES: set[type] = set()

_default_dtype = np.dtype(np.float64)


def default_dtype(dtype: Any = None) -> np.dtype:
    """The dtype that Python floats and lists of them get; with an argument, choose it first.

    >>> from autograd import default_dtype
    >>> default_dtype()
    dtype('float64')
    """
    global _default_dtype
    if dtype is not None:
        chosen = np.dtype(dtype)
        if chosen.kind != "f":
            raise DataError(f"the default dtype is a float type such as 'float32' or 'float64', not '{chosen}'")
        _default_dtype = chosen
    return _default_dtype


Unary = Callable[["Tensor"], "Tensor"]
Binary = Callable[["Tensor", Any], "Tensor"]
WithOptions = Callable[..., "Tensor"]


class Tensor:
    """An array or number with the operations of NumPy and, on demand, the gradient of what was computed from it.

    data:          number, (nested) list, or array; copied. An array keeps its dtype, Python floats get `default_dtype`.
    requires_grad: record what is computed from this tensor, so that `backward` can fill `grad`.
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
        self._data = _array(data, dtype, requires_grad)
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
        """The array (or NumPy scalar) itself, outside of any graph; assigning to it replaces the values."""
        if trace_hooks.trace is not None and self._node is not None:
            return trace_hooks.trace.read(self)
        return self._data

    @data.setter
    def data(self, value: Any) -> None:
        if trace_hooks.trace is not None:
            trace_hooks.trace.untraced_change(f"the data of {self._describe()} was replaced")
        array = value if isinstance(value, np.ndarray | np.generic) else _array(value, self.dtype, False)
        if array.shape != self._data.shape:
            raise ShapeError(f"{self._describe()} has shape {self._data.shape}; data of shape {array.shape} does not fit")
        if array.dtype.kind not in "biuf":
            raise DataError(f"{self._describe()} holds numbers; data of dtype {array.dtype} does not fit")
        if self._node is not None:
            if array.dtype.kind != "f":
                array = array.astype(self.dtype)
            self._node.value = array
            self._node.changed_at = next_number()
        self._data = array

    @property
    def grad(self) -> "Tensor | None":
        """The gradient that backward passes have added up since the last `zero_grad`; None before any."""
        if trace_hooks.trace is not None:
            trace_hooks.trace.abort("a gradient was read, which may be done by what is marked with `repeated`")
        gradient = getattr(self, "_grad", None)
        if gradient is None or isinstance(gradient, Tensor):
            return gradient
        self._grad = Tensor._wrap(gradient, None)
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
        if on and self._data.dtype.kind != "f":
            raise DataError(f"only floats have gradients, {self._describe()} holds {self._data.dtype}; use .astype('float64')")
        if on and self._node is None:
            self._node = Node(None, (), None, None, self._data)
            self._node.owner = ref(self)
            if self.name is not None:
                self._node.name = self.name
        elif not on:
            self._node = None

    @property
    def is_leaf(self) -> bool:
        """Whether this tensor was made by a person and not by a recorded operation."""
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
        return self._data.size

    @property
    def base(self) -> Any:
        """The array whose memory this tensor's data is a view of, as in NumPy; None if it has its own."""
        return self._data.base

    @property
    def dtype(self) -> np.dtype:
        """The type of the elements."""
        return self._data.dtype

    # The chain rule

    def backward(self, gradient: Any = None, *, retain_graph: bool | None = None, create_graph: bool = False) -> None:
        """Add to `grad` of every leaf the derivative of this tensor: ∂self/∂leaf, by the chain rule.

        gradient:     the gradient that arrives here, shaped like this tensor; 1 if it has one element.
        retain_graph: keep the graph for another backward pass (default: the value of create_graph).
        create_graph: record the computation of the gradients, so that they can be differentiated again.

        Raises GraphError without a graph, with a freed one, or if a tensor of several elements gets no gradient;
        InPlaceError if a value that is needed was changed meanwhile.

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
                arrived = backward_pass(start, retain=retain, wrap=Tensor._wrap)
        else:
            arrived = backward_pass(start, retain=retain)
        accumulate_grad(arrived if trace_hooks.trace is None else trace_hooks.trace.accumulate_grads(self._node, arrived))

    def register_hook(self, hook: Callable[["Tensor"], Any]) -> hooks.Handle:
        """Call `hook` with the gradient that a backward pass brings here; what it returns, if not None, replaces it.

        The gradient handed over is a copy. Of several hooks each gets what the one before left; `grad` gets what all leave.
        Returns a handle whose `remove()` takes the hook off. Raises GraphError if this tensor has no graph.

        >>> from autograd import Tensor
        >>> x = Tensor(2.0, requires_grad=True)
        >>> y = x * x
        >>> handle = y.register_hook(lambda g: g * 10)
        >>> (y * 3).backward()
        >>> x.grad.item()
        120.0
        """
        node, name = self._tracked_node("a hook"), self.name
        return hooks.register(node, lambda g: _call_user_hook(hook, g, name), before_last=node in _retained)

    def retain_grad(self) -> None:
        """Keep the gradient of a tensor that was computed: later backward passes add it to `grad`, as they do for leaves.

        Raises GraphError if this tensor has no graph.

        >>> from autograd import Tensor
        >>> x = Tensor(2.0, requires_grad=True)
        >>> y = x * x
        >>> y.retain_grad()
        >>> (y * 3).backward()
        >>> y.grad.item()
        3.0
        """
        node, tensor = self._tracked_node("retain_grad()"), ref(self)
        if self.is_leaf or node in _retained:
            return
        _retained.add(node)

        def keep(g: Any) -> Any:
            kept = tensor()
            if kept is not None:
                own = Tensor._wrap(g.copy(), None) if not isinstance(g, Tensor) else g
                kept._grad = own if kept.grad is None else kept.grad + own
            return g

        hooks.register(node, keep)

    def _tracked_node(self, what: str) -> Node:
        if self._node is None:
            raise GraphError(
                f"{self._describe()} has no graph and gets no gradient that {what} could see; make it requires_grad=True"
            )
        return self._node

    def draw(self, **options: Any) -> Any:
        """The graph this tensor was computed with as a picture: `autograd.draw(tensor, …)`."""
        return sys.modules["autograd"].draw(self, **options)  # which imports drawing only now

    def zero_grad(self) -> None:
        """Forget the gradient: `grad` becomes None, and the next backward starts anew."""
        if trace_hooks.trace is not None:
            trace_hooks.trace.side_effect(type(self).zero_grad, (self,), {})
        self._grad = None

    def detach(self) -> "Tensor":
        """The same values, sharing memory, as a constant outside of any graph."""
        return Tensor._wrap(self.data, None)

    # Leaving the world of tensors

    def item(self) -> Any:
        """The only element as a Python number."""
        if self.size != 1:
            raise ShapeError(f"item() needs exactly one element, {self._describe()} has shape {self.shape}; use tolist()")
        return self._data.item()

    def numpy(self) -> np.ndarray:
        """The values as a NumPy array that shares their memory, without the graph."""
        return np.asarray(self.data)

    def tolist(self) -> Any:
        """The values as nested Python lists."""
        return self._data.tolist()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if self._node is not None and is_grad_enabled():
            raise GraphError(
                f"{self._describe()} has a graph, which an array would lose; ask for .numpy() or .detach() if that is meant"
            )
        return np.array(self._data, dtype=dtype, copy=copy)

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        return operator.index(self.item())

    def __round__(self, digits: int = 0) -> "Tensor":
        return Tensor._wrap(np.round(self._data, digits), None)

    def __bool__(self) -> bool:
        return bool(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator["Tensor"]:
        return (self[i] for i in range(len(self)))

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec else str(self)

    def __repr__(self) -> str:
        text = repr(self.item()) if self.ndim == 0 else np.array2string(self._data, separator=", ", prefix="Tensor(")
        notes = [text]
        if self.size == 0 and self.ndim > 1:
            notes.append(f"shape={self.shape}")
        if self.dtype not in (_default_dtype, np.dtype(np.int64), np.dtype(np.bool_)):
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
    copy: ClassVar[Unary]
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
    """Tell the engine that these tensors or arrays were just changed in place, as an optimizer does.

    A backward pass that still needs the old values then raises InPlaceError instead of using the new ones.
    """
    if trace_hooks.trace is not None:
        trace_hooks.trace.untraced_change("an array was changed in place")
    now = next_number()
    for one in changed:
        if isinstance(one, Tensor):
            if one._node is not None:
                one._node.changed_at = now
            one = one._data
        in_place.record_change(one, now)


def _array(data: Any, dtype: Any, requires_grad: bool) -> Any:
    """Data as a NumPy array or scalar in memory of its own."""
    array = as_real_array(data, copy=True)
    typed = isinstance(data, np.ndarray | np.generic | Tensor)
    if dtype is None and not typed and (array.dtype.kind == "f" or requires_grad):
        dtype = _default_dtype
    if dtype is not None:
        array = array.astype(dtype, copy=False)
    return array if array.ndim else array[()]


def initial_gradient(tensor: Tensor, gradient: Any, create_graph: bool) -> Any:
    """The gradient a backward pass starts with: of the tensor's shape and dtype, in memory of its own."""
    data = tensor._data
    if gradient is None:
        if data.size != 1:
            raise GraphError(
                f"backward() starts from a single number, but {tensor._describe()} has shape {tensor.shape}; "
                "reduce it first, for example with .sum(), or pass a gradient of that shape"
            )
        one = data.dtype.type(1) if data.ndim == 0 else np.ones(data.shape, data.dtype)
        return Tensor._wrap(one, None) if create_graph else one
    value = gradient._data if isinstance(gradient, Tensor) else _array(gradient, None, False)
    if value.shape != tensor.shape:
        raise ShapeError(f"{tensor._describe()} has shape {tensor.shape}; a gradient of shape {value.shape} does not fit")
    if create_graph:
        return gradient if isinstance(gradient, Tensor) else Tensor._wrap(value.astype(tensor.dtype), None)
    return value.astype(tensor.dtype)


_retained: WeakSet[Node] = WeakSet()


def _call_user_hook(hook: Callable[[Tensor], Any], g: Any, name: str | None) -> Any:
    """What a person's hook makes of a gradient: checked, and an array again where arrays travel."""
    answer = hook(g if isinstance(g, Tensor) else Tensor._wrap(g.copy(), None))
    if answer is None:
        return g
    answer = answer if isinstance(answer, Tensor) else Tensor(answer, dtype=g.dtype)
    if answer.shape != g.shape:
        raise ShapeError(f"a hook of tensor {name or ''!r} returned shape {answer.shape}, but the gradient has shape {g.shape}")
    answer = answer if answer.dtype == g.dtype else answer.astype(g.dtype)
    return answer if isinstance(g, Tensor) else answer._data.copy()  # tensors never share their gradients


_depositing = Lock()


def accumulate_grad(arrived: dict[Node, Any]) -> None:
    """Add to `grad` of each leaf what arrived: plain arrays, which `grad` makes tensors of once it is asked for."""
    with _depositing:
        for node, new in arrived.items():
            leaf = node.owner()
            if leaf is not None:
                old = leaf._grad
                if old is None:
                    leaf._grad = new
                elif type(old) is type(new):
                    leaf._grad = old + new
                elif isinstance(old, Tensor) and not isinstance(new, Tensor) and old._node is None:
                    leaf._grad = old._data + new
                else:
                    leaf._grad = old + new
            if type(new) is np.float64:  # so that a picture can show it when the tensor is gone
                node.gradient = new
            elif new.size <= KEEP_LIMIT:
                node.gradient = new._data if isinstance(new, Tensor) else new


def _unpickle(kind: type, data: Any, requires_grad: bool, name: str | None) -> Tensor:
    tensor: Tensor = object.__new__(kind)
    tensor._data, tensor._node, tensor._grad = data, None, None
    tensor.requires_grad = requires_grad
    tensor.name = name
    return tensor
