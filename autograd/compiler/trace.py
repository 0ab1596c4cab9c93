"""The trace: what a traced step does to arrays, call by call, in order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from inspect import isfunction
from itertools import combinations, product
from typing import Any

import numpy as np

from autograd.compiler.tracer import TracedArray, chooses, in_forward
from autograd.core import trace_hooks
from autograd.core.apply import apply_to_stand_in
from autograd.core.engine import Node
from autograd.core.graph import nodes
from autograd.core.shape_dtype import ShapeDtype
from autograd.core.tensor import Tensor, accumulate_grad
from autograd.utils.call_stack import active_modules

#: Functions that ask for nothing but shapes, which do not change while a plan holds.
OF_SHAPES = {np.shape, np.ndim, np.size}


def accumulate_grads(leaves: list[Any], gradients: list[Any]) -> None:
    """Add gradients to those of their leaves."""
    accumulate_grad(dict(zip(leaves, gradients)))


@dataclass(frozen=True)
class ValueId:
    """A value on the trace, by its number."""

    number: int


@dataclass
class TracedCall:
    """One call: of a NumPy function, of a forward function as a whole, or of something with an effect."""

    function: Callable
    args: tuple  # with places for values on the trace
    options: dict[str, Any]
    out: Any = None  # a place, or a tuple of places and of what is no array
    written: ValueId | None = None  # the value that the call changes in place
    effect: bool = False  # whether it must be made even if nobody asks for its result
    decision: bool | None = None  # what the value was when the program asked whether it is true
    is_view: bool = False  # whether the result shares memory with an argument
    early: bool = False  # whether it belongs to a decision by the step's arguments alone, which can be made before all else


@dataclass
class Trace:
    """One run of a step, written down."""

    values: list[ShapeDtype] = field(default_factory=list)  # of each place: shape and dtype; the trace keeps no array alive
    roots: list[int] = field(default_factory=list)  # of each place: the one whose memory it views, itself if none
    entries: list[TracedCall] = field(default_factory=list)
    tensors: dict[int, tuple[Tensor, Any]] = field(default_factory=dict)  # what the graph stood on, and its data
    modules: dict[int, Any] = field(default_factory=dict)
    given: list[Any] = field(default_factory=list)  # the arrays among the step's arguments
    unrecorded: bool = False  # whether something was computed inside `no_grad`
    result: Any = None  # the places of what the run gave, and what of it is no array
    fallback_reason: str = ""  # why this run cannot be repeated from the trace

    def symbol(self, data: Any) -> TracedArray:
        """A new value on the trace."""
        self.values.append(ShapeDtype(data))
        self.roots.append(len(self.roots))
        return TracedArray(self, len(self.values) - 1, data)

    def give(self, arrays: list[Any]) -> None:
        """Note the arrays among the step's arguments, which have the first places; some may view the memory of others."""
        self.given = arrays
        for later, earlier in combinations(range(len(arrays))[::-1], 2):
            if np.may_share_memory(arrays[later], arrays[earlier]):
                self.roots[later] = self.roots[earlier]

    def needed(self) -> list[TracedCall]:
        """The entries that have an effect, or lead to something that is asked for."""
        asked = set(value_numbers(self.result))
        found = []
        for entry in reversed(self.entries):
            made = set(value_numbers(entry.out))
            if entry.effect or entry.decision is not None or entry.written is not None or made & asked:
                asked |= set(value_numbers((entry.args, entry.options, entry.written)))
                found.append(entry)
        return found[::-1]

    def abort(self, why: str) -> None:
        """The run goes on, but it cannot be repeated."""
        self.fallback_reason = self.fallback_reason or why

    def changed(self, what: str) -> None:
        """Something was changed that the trace cannot follow; inside a forward function, that is then called as a whole."""
        if in_forward():
            raise TypeError(f"this forward function needs arrays themselves: {what}")
        self.abort(what)

    def call(self, function: Callable, args: tuple, options: dict) -> Any:
        """Make a call and write it down."""
        if chooses(function, args, options):
            self.abort("elements are chosen by a condition, and another run may choose another number of them")
        if not _is_numpy(function):
            return self.repeated(function, args, options)
        result = function(*as_arrays(args), **as_arrays(options))
        if function in OF_SHAPES:
            return result
        for module in active_modules()[-1:]:
            if id(module) not in self.modules:
                self.modules |= {id(part): part for _, part in module.named_modules() if hasattr(part, "training")}
        if options.get("out") is not None:
            self.abort("a result was written into an array that is not the step's own")
            return result
        out = self._wrapped(result)
        entry = TracedCall(function, as_value_ids(args), as_value_ids(options), as_value_ids(out))
        inputs = [x.data for x in _symbols((args, options)) if isinstance(x.data, np.ndarray)]
        entry.is_view = any(np.may_share_memory(part.data, array) for part in _symbols(out) for array in inputs)
        if entry.is_view:
            for part, symbol in product(_symbols(out), _symbols((args, options))):
                if np.may_share_memory(part.data, symbol.data):
                    self.roots[part.place] = self.roots[symbol.place]
        self.entries.append(entry)
        return out

    def write(self, function: Callable, args: tuple, options: dict, target: TracedArray) -> None:
        """Make a call that changes a value in place, and write it down."""
        if isinstance(function, np.ufunc):
            function(*as_arrays(args), out=target.data)
        else:
            function(*as_arrays(args), **as_arrays(options))
        outside = any(np.may_share_memory(target.data, array) for array in self.given)
        written = ValueId(target.place)
        self.entries.append(TracedCall(function, as_value_ids(args), as_value_ids(options), None, written, effect=outside))

    def decide(self, symbol: TracedArray) -> bool:
        """Whether a value is true, which the rest of this run depends on."""
        value = bool(symbol.data)
        entry = TracedCall(bool, (ValueId(symbol.place),), {}, None, decision=value)
        if any(earlier.effect for earlier in self.entries):
            leading = self._leading_to(symbol)
            if leading is None:
                self.abort("the program decides by a value after something was changed")
            for one in (entry, *(leading or ())):
                one.early = True
        self.entries.append(entry)
        return value

    def _leading_to(self, symbol: TracedArray) -> list[TracedCall] | None:
        """The calls that made a value, if of nothing but the step's arguments, which nothing has changed."""
        asked, leading = {symbol.place}, []
        for entry in reversed(self.entries):
            if asked & set(value_numbers(entry.out)):
                if entry.effect or entry.function is data_of:
                    return None
                asked |= set(value_numbers((entry.args, entry.options)))
                leading.append(entry)
        changing = [entry for entry in self.entries if entry.effect or entry.written is not None]
        changed = {self.roots[k] for entry in changing for k in value_numbers((entry.args, entry.options, entry.written))}
        return None if changed & {self.roots[k] for k in asked} else leading

    def drawn(self, function: Callable, args: tuple) -> Any:
        """The result of a function that gives another one every time."""
        out = self._wrapped(function(*as_arrays(args)))
        self.entries.append(TracedCall(function, as_value_ids(args), {}, as_value_ids(out), effect=True))
        return out

    def read(self, tensor: Tensor) -> Any:
        """The data of a tensor with a gradient, which the next run may find changed."""
        if isinstance(tensor._data, TracedArray):
            return tensor._data
        self.tensors[id(tensor)] = tensor, tensor._data
        out = self.symbol(tensor._data)
        self.entries.append(TracedCall(data_of, (tensor,), {}, as_value_ids(out)))
        return out

    def recorded(self, result: Tensor) -> None:
        """Look at an operation of the step: what it computes of parameters alone, the trace does not see."""
        node: Any = result._node
        for source in node.inputs:
            leaf = source.owner() if isinstance(source, Node) and source.operation is None else _tensor(source)
            if leaf is not None and not isinstance(leaf._data, TracedArray):
                self.tensors[id(leaf)] = leaf, leaf._data
                node.saved = [self.read(leaf) if value is leaf._data else value for value in node.saved]
        if not isinstance(result._data, TracedArray):
            self._again(result, node)

    def _again(self, result: Tensor, node: Any) -> None:
        """Compute with parameters alone once more, as symbols: the next run may find them changed."""
        operation, options = node.operation, node.options or {}
        values = [self._input(source) for source in node.inputs]
        if operation.is_single_use or any(isinstance(value, ShapeDtype) for value in values):
            self.abort(f"{operation.name} computes with parameters alone, not with the step's arguments")
            return
        try:
            out = operation.forward(*values, **options)
        except (ValueError, IndexError, TypeError) as error:
            out = apply_to_stand_in(operation, values, options, error)
        extra: Any = ()
        if operation.residuals:
            out, *extra = out
        smooth = sum(isinstance(source, Node) << i for i, source in enumerate(node.inputs))
        if not operation.variadic and operation.joint_formula is None:
            smooth &= sum(1 << i for i, _, _, _ in operation.rules)
        node.saved = operation.layout(values, out, extra, options)
        for place in operation.positions_not_saved(smooth, len(values)):
            node.saved[place] = None
        result._data = out

    def _input(self, source: Any) -> Any:
        if isinstance(source, Node):
            leaf = source.owner() if source.operation is None else None
            return ShapeDtype(source.value) if leaf is None else self.read(leaf)
        tensor = _tensor(source)
        if tensor is not None:
            return tensor._data
        return ShapeDtype(np.zeros(0)) if callable(source) else source

    def repeated(self, function: Callable, args: tuple, options: dict) -> Any:
        """A call with an effect outside of the trace; it is made with real arrays, and not looked into."""
        args = tuple(list(arg) if isinstance(arg, Iterator) else arg for arg in args)
        if any(isfunction(arg) for arg in (*args, *options.values())):
            self.abort("an update was given a function, which may look at this run's values only")
        trace_hooks.trace = None
        try:
            result = function(*as_arrays(args), **as_arrays(options))
        finally:
            trace_hooks.trace = self
        out = self._wrapped(np.float64(result) if type(result) is float else result)
        self.entries.append(TracedCall(function, as_value_ids(args), as_value_ids(options), as_value_ids(out), effect=True))
        return out

    def deposit(self, node: Any, arrived: dict[Any, Any]) -> dict[Any, Any]:
        """Write down that these gradients are added to those of their leaves; returns them as real arrays."""
        self.stands_on(node)
        if any(isinstance(g, Tensor) for g in arrived.values()):
            self.abort("gradients were recorded themselves (create_graph=True)")
            return {node: Tensor._wrap(as_arrays(g._data), g._node) for node, g in arrived.items()}
        leaves, gradients = list(arrived), list(arrived.values())
        self.entries.append(TracedCall(accumulate_grads, (leaves, as_value_ids(gradients)), {}, effect=True))
        return dict(zip(leaves, as_arrays(gradients)))

    def stands_on(self, newest: Any) -> None:
        """Remember which tensors a graph was computed from: if their data is replaced, the trace does not hold."""
        for node in nodes([newest]):
            found = [node.owner()] if node.operation is None else [_tensor(source) for source in node.inputs]
            for tensor in found:
                if tensor is not None and not isinstance(tensor._data, TracedArray):
                    self.tensors[id(tensor)] = tensor, tensor._data

    def _wrapped(self, result: Any) -> Any:
        if isinstance(result, np.ndarray | np.generic):
            return self.symbol(result)
        if isinstance(result, tuple | list):
            return tuple(self._wrapped(part) for part in result)
        return result


def _tensor(source: Any) -> Tensor | None:
    source = source() if callable(source) and not isinstance(source, Tensor) else source
    return source if isinstance(source, Tensor) else None


def data_of(tensor: Tensor) -> Any:
    """What a tensor holds now."""
    return tensor._data


def _is_numpy(function: Callable) -> bool:
    return (getattr(function, "__module__", None) or "numpy").split(".")[0] in ("numpy",) or _is_own(function)


def _is_own(function: Callable) -> bool:
    return getattr(function, "__module__", None) == TracedArray.__module__


def as_arrays(x: Any) -> Any:
    """Symbols as the arrays they stand for."""
    if isinstance(x, TracedArray):
        return x.data
    if isinstance(x, dict):
        return {name: as_arrays(value) for name, value in x.items()}
    if type(x) in (list, tuple):
        return type(x)(as_arrays(part) for part in x)
    return x


def as_value_ids(x: Any) -> Any:
    """Symbols as their places."""
    if isinstance(x, TracedArray):
        return ValueId(x.place)
    if isinstance(x, dict):
        return {name: as_value_ids(value) for name, value in x.items()}
    if type(x) in (list, tuple):
        return type(x)(as_value_ids(part) for part in x)
    return x


def value_numbers(x: Any) -> Iterator[int]:
    """The numbers of all places in arguments."""
    if isinstance(x, ValueId):
        yield x.number
    elif isinstance(x, dict):
        yield from value_numbers(list(x.values()))
    elif isinstance(x, list | tuple):
        for part in x:
            yield from value_numbers(part)


def _symbols(x: Any) -> Iterator[TracedArray]:
    if isinstance(x, TracedArray):
        yield x
    elif isinstance(x, dict):
        yield from _symbols(list(x.values()))
    elif isinstance(x, list | tuple):
        for part in x:
            yield from _symbols(part)
