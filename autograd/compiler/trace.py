"""The trace: every call that a step makes on arrays, in order."""

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from inspect import isfunction
from itertools import combinations, product
from typing import Any
from weakref import ref

import numpy as np

from autograd.compiler.observer import Observer
from autograd.compiler.tracer import (
    TracedArray,
    ValueId,
    has_shape_of_values,
    in_forward,
    traced_arrays,
    written_argument,
)
from autograd.core import trace_hooks
from autograd.core.apply import apply_to_stand_in
from autograd.core.engine import Node
from autograd.core.grad_mode import on_record
from autograd.core.graph import nodes
from autograd.core.leaf_grads import accumulate_grad
from autograd.core.shape_dtype import ShapeDtype
from autograd.core.tensor import Tensor
from autograd.core.trees import leaves, map_leaves
from autograd.utils.call_stack import user_frame, user_line

#: Functions that read the shape alone, which is the same in every replay.
SHAPE_FUNCTIONS = {np.shape, np.ndim, np.size}


def accumulate_grads(leaf_nodes: list[Any], gradients: list[Any]) -> None:
    """Add gradients to the `grad` of their leaves."""
    accumulate_grad(dict(zip(leaf_nodes, gradients)))


class Layout(ShapeDtype):
    """The shape, dtype and strides of an array that is not kept."""

    __slots__ = ("strides",)

    def __init__(self, array: Any):
        super().__init__(array)
        self.strides = array.strides


@dataclass
class TracedCall:
    """One call: of a NumPy function, of a whole forward function, or of a function with a side effect."""

    function: Callable
    args: tuple  # with value ids for traced arrays
    options: dict[str, Any]
    out: Any = None  # a value id, or a tree with value ids for arrays
    mutates: ValueId | None = None  # the value that the call changes in place
    has_effect: bool = False  # whether the call is made even if no other call uses its result
    branch: bool | None = None  # the truth value of the argument, if the program branched on it
    is_view: bool = False  # whether the result shares memory with an argument
    is_forward: bool = False  # whether the call is of a forward function, recorded as one call
    line: str = ""  # the user's line
    hoisted: bool = False  # whether the call leads to a branch on the step's arguments alone, and so runs before all others


@dataclass
class Trace:
    """The calls of one run of a step."""

    values: list[Layout] = field(default_factory=list)  # of each value; the trace keeps no array alive
    roots: list[int] = field(default_factory=list)  # of each value: the number of the value whose memory it views, or its own
    calls: list[TracedCall] = field(default_factory=list)
    tensors: dict[int, tuple[Tensor, Any]] = field(default_factory=dict)  # the tensors that the graph uses, with their data
    inputs: list[Any] = field(default_factory=list)  # the arrays among the step's arguments
    foreign: set[int] = field(default_factory=set)  # roots of the results of functions with a side effect
    alive: list[ref] = field(default_factory=list)  # the traced arrays
    unrecorded: bool = False  # whether the step entered no_grad()
    result: Any = None  # the tree that the step returned, with value ids for arrays
    fallback_reason: str = ""  # why this run cannot be replayed

    def __post_init__(self) -> None:
        self.observer = Observer(self.abort, self._begin_forward)
        self._forward_starts: dict[Any, tuple] = {}  # by the code of a forward function that runs

    def run(self, step: Callable, args: tuple) -> Any:
        """Call a step, trace all operations and observe what it reads and writes."""
        with trace_hooks.tracing(self), on_record(self.recorded):
            return self.observer.run(step, args)

    def add_value(self, data: Any) -> TracedArray:
        """Add a new value to the trace."""
        number = len(self.values)
        self.values.append(Layout(data))
        self.roots.append(number)
        traced = TracedArray(self, ValueId(number), data)
        self.alive.append(ref(traced))
        return traced

    def release(self) -> None:
        """Put real arrays in the places of traced ones that the user still holds after the run."""
        release(self.alive)

    def set_inputs(self, arrays: list[Any]) -> None:
        """Set the arrays among the step's arguments, which are the first values; some may view the memory of others."""
        self.inputs = arrays
        for later, earlier in combinations(range(len(arrays))[::-1], 2):
            if np.may_share_memory(arrays[later], arrays[earlier]):
                self.roots[later] = self.roots[earlier]

    def needed_calls(self) -> list[TracedCall]:
        """The calls that have an effect or that the result depends on."""
        needed = set(value_numbers(self.result))
        roots = {self.roots[number] for number in needed}
        calls = []
        for call in reversed(self.calls):
            is_needed = call.has_effect or call.branch is not None or needed & set(value_numbers(call.out))
            if is_needed or (call.mutates is not None and self.roots[call.mutates.number] in roots):
                numbers = set(value_numbers((call.args, call.options, call.mutates)))
                needed |= numbers
                roots |= {self.roots[number] for number in numbers}
                calls.append(call)
        return calls[::-1]

    def abort(self, reason: str, value: Any = None) -> None:
        """Note why this run cannot be replayed, with the user's line and its name for the value; the run itself goes on."""
        if not self.fallback_reason:
            name = "" if value is None else variable_name(value)
            self.fallback_reason = f"{reason}{f', variable {name!r}' if name else ''} ({user_line()})"

    def untraceable(self, reason: str, value: Any = None) -> None:
        """Abort because of something that cannot be traced; a forward function that does it is recorded as one call instead."""
        if in_forward():
            raise TypeError(f"this forward function needs real arrays: {reason}")
        self.abort(reason, value)

    def call(self, function: Callable, args: tuple, options: dict) -> Any:
        """Call a function and record the call."""
        if not self.is_active():
            return function(*as_arrays(args), **as_arrays(options))
        if any(x._trace is not self for x in traced_arrays((args, options))):
            self.abort("a value of an earlier run is used")
            args, options = (map_leaves(self._own, tree) for tree in (args, options))
        self._check_selection(function, args, options)
        target = written_argument(function, args, options)
        if target is not None:
            return self._call_writer(function, args, options, target)
        result = function(*as_arrays(args), **as_arrays(options))
        if function in SHAPE_FUNCTIONS:
            return result
        out = self._traced(result)
        call = TracedCall(function, as_value_ids(args), as_value_ids(options), as_value_ids(out))
        call.is_view = self._link_views(traced_arrays(out), traced_arrays((args, options)))
        self._add(call)
        return out

    def _link_views(self, outputs: list[TracedArray], inputs: list[TracedArray]) -> bool:
        """Note which results share memory with an argument; whether any does."""
        is_view = False
        for output, x in product(outputs, inputs):
            if isinstance(x.data, np.ndarray) and np.may_share_memory(output.data, x.data):
                self.roots[output.value_id.number] = self.roots[x.value_id.number]
                is_view = True
        return is_view

    def _add(self, call: TracedCall) -> None:
        call.line = str(user_line())
        self.calls.append(call)

    def _call_writer(self, function: Callable, args: tuple, options: dict, target: Any) -> Any:
        """Call a NumPy function that writes into one of its arguments."""
        name = getattr(function, "__name__", repr(function))
        if not isinstance(target, TracedArray) or not isinstance(target.data, np.ndarray):
            self.untraceable(f"{name} writes into an array that the step did not compute from its arguments")
            return function(*as_arrays(args), **as_arrays(options))
        if isinstance(function, np.ufunc):
            options = {option: value for option, value in options.items() if option != "out"}
            if len(args) > function.nin:
                args = args[: function.nin]
        result = self.write(function, args, options, target)
        return target if result is target.data else self._untraced_result(name, result)

    def _untraced_result(self, name: str, result: Any) -> Any:
        if any(isinstance(x, np.ndarray | np.generic) for x in leaves(result)):
            self.untraceable(f"{name} changes one of its arguments and returns another array")
        return result

    def write(self, function: Callable, args: tuple, options: dict, target: TracedArray) -> Any:
        """Call a function that changes a value in place and record the call."""
        if not self.is_active() or target._trace is not self:
            self.abort("a value of an earlier run is changed in place")
        if isinstance(function, np.ufunc):
            result = function(*as_arrays(args), out=target.data, **as_arrays(options))
        else:
            result = function(*as_arrays(args), **as_arrays(options))
        args, options = as_value_ids(args), as_value_ids(options)
        self._add(TracedCall(function, args, options, None, target.value_id, has_effect=self._outlives_run(target)))
        return result

    def _outlives_run(self, x: TracedArray) -> bool:
        """Whether the memory of a value belongs to an argument, to a tensor, or to a function with a side effect."""
        outside = [*self.inputs, *(data for _, data in self.tensors.values())]
        return self.roots[x.value_id.number] in self.foreign or any(np.may_share_memory(x.data, array) for array in outside)

    def is_active(self) -> bool:
        """Whether this trace records the step that runs in this thread."""
        return bool(trace_hooks.any_active) and trace_hooks.current.get() is self

    def _own(self, x: Any) -> Any:
        """The real array of a value of another trace; any other object as it is."""
        return x.data if isinstance(x, TracedArray) and x._trace is not self else x

    def decide(self, x: TracedArray) -> bool:
        """Return the truth value of x and record that the rest of this run depends on it."""
        value = bool(x.data)
        if not self.is_active():
            return value
        branch = TracedCall(bool, (x.value_id,), {}, None, branch=value)
        if any(call.has_effect and not call.is_forward for call in self.calls):
            leading = self._calls_leading_to(x)
            if leading is None:
                self.untraceable("the program branches on a value after a side effect")
            for call in (branch, *(leading or ())):
                call.hoisted = True
        self._add(branch)
        return value

    def _calls_leading_to(self, x: TracedArray) -> list[TracedCall] | None:
        """The calls that compute x; None if they read anything but the step's arguments, or read what a call changes."""
        numbers, leading = {x.value_id.number}, []
        for call in reversed(self.calls):
            if numbers & set(value_numbers(call.out)):
                if (call.has_effect and not call.is_forward) or call.function is data_of:
                    return None
                numbers |= set(value_numbers((call.args, call.options)))
                leading.append(call)
        changing = [call for call in self.calls if (call.has_effect and not call.is_forward) or call.mutates is not None]
        changed = {self.roots[k] for call in changing for k in value_numbers((call.args, call.options, call.mutates))}
        return None if changed & {self.roots[k] for k in numbers} else leading

    def as_array(self, data: Any, copy: bool | None = None) -> Any:
        """Any data as an array: a NumPy scalar becomes an array without axes."""
        if not isinstance(data, TracedArray):
            return np.array(data, copy=copy)
        if copy:
            return self.call(np.array, (data,), {})
        return data if isinstance(data.data, np.ndarray) else self.call(np.asarray, (data,), {})

    def nondeterministic(self, function: Callable, args: tuple) -> Any:
        """Call a function whose result differs from call to call, and record the call."""
        with self.observer.paused():
            out = self._traced(function(*as_arrays(args)))
        call = TracedCall(function, as_value_ids(args), {}, as_value_ids(out), has_effect=True)
        self.foreign |= {self.roots[number] for number in value_numbers(call.out)}
        self._add(call)
        return out

    def read(self, tensor: Tensor) -> Any:
        """The data of a tensor; those of a tensor with gradient may differ in the next run."""
        if tensor._node is None:
            return tensor._data
        if isinstance(tensor._data, TracedArray):
            if tensor._data._trace is self:
                return tensor._data
            tensor._data = tensor._data.data
        if tensor._node is not None and tensor._node.operation is None:  # also of a tensor that a formula received for a leaf
            leaf = tensor._node.owner()
            tensor = leaf if leaf is not None and leaf._data is tensor._data else tensor
        self.tensors[id(tensor)] = tensor, tensor._data
        out = self.add_value(tensor._data)
        self._add(TracedCall(data_of, (tensor,), {}, out.value_id))
        return out

    def recorded(self, result: Tensor) -> None:
        """Observe a recorded operation: one that reads parameters alone made its calls on real arrays, untraced."""
        node: Any = result._node
        for source in node.inputs:
            leaf = source.owner() if isinstance(source, Node) and source.operation is None else _tensor_of(source)
            if leaf is not None and not isinstance(leaf._data, TracedArray):
                self.tensors[id(leaf)] = leaf, leaf._data
                node.saved = [self.read(leaf) if value is leaf._data else value for value in node.saved]
        if not isinstance(result._data, TracedArray):
            self._trace_again(result, node)

    def _trace_again(self, result: Tensor, node: Any) -> None:
        """Repeat an operation on parameters alone with traced arrays: the next run may find other values in them."""
        self._forward_starts.clear()  # the forward function has ended, on real arrays
        operation, options = node.operation, node.options or {}
        values = [self._input(source) for source in node.inputs]
        if operation.is_single_use or any(isinstance(value, ShapeDtype) for value in values):
            self.abort(f"{operation.name} reads parameters alone, not the step's arguments, and cannot be traced")
            return
        try:
            out = operation.forward(*values, **options)
        except (ValueError, IndexError, TypeError) as error:
            out = apply_to_stand_in(operation, values, options, error)
        residuals: Any = ()
        if operation.residuals:
            out, *residuals = out
        tracked = sum(isinstance(source, Node) << i for i, source in enumerate(node.inputs))
        if not operation.variadic and operation.joint_formula is None:
            tracked &= sum(1 << i for i, formula in enumerate(operation.formulas) if formula is not None)
        node.saved = operation.layout(values, out, residuals, options)
        for position in operation.positions_not_saved(tracked, len(values)):
            node.saved[position] = None
        result._data = out

    def _input(self, source: Any) -> Any:
        """The value of a node's input, traced if it is a parameter; ShapeDtype if the graph does not keep it."""
        if isinstance(source, Node):
            leaf = source.owner() if source.operation is None else None
            return ShapeDtype(source.value) if leaf is None else self.read(leaf)
        tensor = _tensor_of(source)
        if tensor is not None:
            return tensor._data
        return ShapeDtype(np.zeros(0)) if callable(source) else source

    def _undo_attempt(self, forward: Callable) -> None:
        """Forget the calls and reads of a forward function that could not be looked into: a replay calls it as a whole."""
        start = self._forward_starts.pop(getattr(forward, "__code__", None), None)
        if start is not None:
            call_count, observed, self.fallback_reason = start
            del self.calls[call_count:]
            self.observer.forget(observed)

    def _begin_forward(self, code: Any) -> None:
        """Note where the trace stands when the forward function of an operation begins."""
        self._forward_starts[code] = len(self.calls), self.observer.count(), self.fallback_reason

    def _check_selection(self, function: Callable, args: tuple, options: dict) -> None:
        if has_shape_of_values(function, args, options):
            self.abort("elements are selected by their values, and another run may select another number of them")

    def call_forward(self, operation: Any, args: tuple, options: dict) -> Any:
        """Call a forward function that the trace cannot look into on real arrays, and record it as one call."""
        forward = operation.forward
        if not self.is_active():
            return forward(*as_arrays(args), **as_arrays(options))
        self._check_selection(forward, args, options)
        self._undo_attempt(forward)
        return self.side_effect(forward, args, options, is_forward=True)

    def side_effect(self, function: Callable, args: tuple, options: dict, is_forward: bool = False) -> Any:
        """Call a function with a side effect on real arrays and record it as one call."""
        args = tuple(list(arg) if isinstance(arg, Iterator) else arg for arg in args)
        if any(isfunction(arg) for arg in (*args, *options.values())):
            self.abort("a side effect received a function, which sees the values of this run only")
        with trace_hooks.tracing(None), self.observer.paused():
            result = function(*as_arrays(args), **as_arrays(options))
        out = self._traced(np.float64(result) if type(result) is float else result)
        call = TracedCall(function, as_value_ids(args), as_value_ids(options), as_value_ids(out), has_effect=True)
        call.is_forward = is_forward
        self._link_views(traced_arrays(out), traced_arrays((args, options)))
        if not is_forward:
            self.foreign |= {self.roots[number] for number in value_numbers(call.out)}
        self._add(call)
        return out

    def accumulate_grads(self, newest: Any, grads: dict[Any, Any]) -> dict[Any, Any]:
        """Record that gradients from the node `newest` are added to those of their leaves; return them as real arrays."""
        self.guard_graph(newest)
        if any(isinstance(g, Tensor) for g in grads.values()):
            self.abort("the backward pass was itself recorded (create_graph=True)")
            return {node: Tensor._wrap(as_arrays(g._data), g._node) for node, g in grads.items()}
        leaf_nodes, arrays = list(grads), list(grads.values())
        args = leaf_nodes, as_value_ids(arrays)
        self._add(TracedCall(accumulate_grads, args, {}, has_effect=True))
        return dict(zip(leaf_nodes, as_arrays(arrays)))

    def guard_graph(self, newest: Any) -> None:
        """Note the tensors that a graph was computed from: once their data is replaced, the trace does not hold."""
        for node in nodes([newest]):
            tensors = [node.owner()] if node.operation is None else [_tensor_of(source) for source in node.inputs]
            for tensor in tensors:
                if tensor is not None and not isinstance(tensor._data, TracedArray):
                    self.tensors[id(tensor)] = tensor, tensor._data

    def _traced(self, result: Any) -> Any:
        """A result with traced arrays for its arrays."""
        return map_leaves(lambda x: self.add_value(x) if isinstance(x, np.ndarray | np.generic) else x, result)


def release(references: list[ref]) -> None:
    """Put real arrays in the places of the traced arrays that are still referred to."""
    survivors = [x for x in (reference() for reference in references) if x is not None]
    references.clear()
    if survivors:
        for holder in gc.get_referrers(*survivors):
            _replace_traced(holder)


def _replace_traced(holder: Any) -> None:
    """Put real arrays in the places of traced ones in a tensor, a list, a dict or an object."""
    if isinstance(holder, Tensor) and isinstance(holder._data, TracedArray):
        holder._data = holder._data.data
    elif isinstance(holder, list):
        holder[:] = [x.data if isinstance(x, TracedArray) else x for x in holder]
    elif isinstance(holder, dict):
        for key in [key for key, value in holder.items() if isinstance(value, TracedArray)]:
            holder[key] = holder[key].data


def variable_name(value: Any) -> str:
    """The user's name for an array, or for a tensor with it, in the frame of the user's line; empty if it has none."""
    for name, x in user_frame().f_locals.items():
        if x is value or (isinstance(x, Tensor) and x._data is value):
            return name
    return ""


def _tensor_of(source: Any) -> Tensor | None:
    """The tensor that a node's input is or refers to weakly."""
    source = source() if callable(source) and not isinstance(source, Tensor) else source
    return source if isinstance(source, Tensor) else None


def data_of(tensor: Tensor) -> Any:
    """Return the current data of a tensor."""
    return tensor._data


def _is_numpy(function: Callable) -> bool:
    module = getattr(function, "__module__", None) or "numpy"
    return module.split(".")[0] == "numpy" or module == TracedArray.__module__


def as_arrays(tree: Any) -> Any:
    """Replace traced arrays by their arrays."""
    return map_leaves(lambda x: x.data if isinstance(x, TracedArray) else x, tree)


def as_value_ids(tree: Any) -> Any:
    """Replace traced arrays by their value ids."""
    return map_leaves(lambda x: x.value_id if isinstance(x, TracedArray) else x, tree)


def value_numbers(tree: Any) -> Iterator[int]:
    """Iterate over the numbers of the value ids in a tree."""
    return (leaf.number for leaf in leaves(tree) if isinstance(leaf, ValueId))
