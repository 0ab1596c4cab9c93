"""The operation trace: one run of a function of tensors as a list of operations, for programs that write graphs as files.

Each operation is one call, also a fused one such as `softmax` or `lstm_states`, with all its options by name. The tensors of
the run hold stand-ins for arrays (`TracedArray`) with the values of this run. Python code that reads them is refused, because
other inputs might take another path.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from inspect import getclosurevars
from types import FunctionType, MethodType
from typing import Any
from weakref import ref

import numpy as np

from autograd.compiler.trace import SHAPE_FUNCTIONS, as_arrays, as_value_ids, release
from autograd.compiler.tracer import TracedArray, astype, copy_array, get_item, in_forward, scalar_power
from autograd.core import trace_hooks
from autograd.core.grad_mode import GradMode, innermost_mode
from autograd.core.registry import implementation, numpy_functions
from autograd.core.tensor import Tensor
from autograd.core.trees import leaves, map_leaves
from autograd.errors import TraceError, UnsupportedError
from autograd.numpy import protocol
from autograd.operations import elementwise, indexing, shape as shaping
from autograd.utils.call_stack import ENGINE, INTERNAL, Line, active_modules, user_line

#: The folders of code whose branches on values count for their callers.
TRANSPARENT = (*(f"{ENGINE}{name}" for name in ("core", "compiler", "numpy", "operators.py")), np.__path__[0])
#: The functions by which a traced array does what has no function of NumPy → the operation.
ARRAY_FUNCTIONS: dict[Callable, Callable] = {
    get_item: indexing.getitem,
    astype: shaping.astype,
    copy_array: shaping.copy,
    np.array: shaping.copy,
    scalar_power: elementwise.power,
}


@dataclass(frozen=True)
class TracedValue:
    """An array of the run: an input, a parameter, or the result of a call."""

    number: int
    shape: tuple[int, ...]
    dtype: np.dtype


@dataclass(frozen=True)
class OperationCall:
    """One call of an operation, or of a function of NumPy that has no gradient (a comparison, argmax, rounding).

    In `inputs` and `options` every array of the run is a `TracedValue`; other arrays and numbers are constants.
    """

    name: str  # such as "multiply", "lstm_states", "greater"; of a method of a ufunc, "add.reduce"
    function: Any  # the Operation, or the function itself
    inputs: tuple
    options: dict[str, Any]  # all options of an operation, defaults too
    result: Any  # a TracedValue, or a tree of them
    residuals: tuple[TracedValue, ...]  # of an operation: the intermediate results that its gradient uses
    module: str  # the path of the innermost module that runs, from the outermost; "" for the outermost or none
    module_class: type | None  # the class of that module
    line: Line  # the user's line
    has_effect: bool = False  # whether the function changes something outside of the run; it was recorded and not called
    is_random: bool = False  # whether another call gives another result


@dataclass(frozen=True)
class NamedTensor:
    """A tensor that the function uses and does not receive as an argument: a parameter, a buffer, a tensor of a closure."""

    value: TracedValue
    tensor: Tensor


@dataclass
class OperationTrace:
    """The operations of one run of a function, in order; those whose results are not used are left out.

    inputs, result: trees like the arguments and the result of the function, with a `TracedValue` for every array of the run.
    parameters:     the tensors that the function uses besides its arguments, by name.
    """

    inputs: tuple = ()
    result: Any = None
    parameters: dict[str, NamedTensor] = field(default_factory=dict)
    calls: list[OperationCall] = field(default_factory=list)


def trace_operations(function: Callable[..., Any], *args: Any) -> OperationTrace:
    """Run a function of tensors once, without gradients, and record its operations.

    function: a module, or any function; its parameters and buffers are named. Modules and tensors count that are its own, that
              its closure or its global names refer to, or that are among the arguments.
    args:     trees of tensors, arrays and other objects. The function receives a tensor for each array.

    Results of a no_grad() block and the `data` of a tensor are recorded with a `detach`. Side effects, such as updates of
    running statistics, are recorded and not made. Random generators are set back.

    Raises TraceError if Python code reads values, as `if x > 0` and `float(x)` do, or changes arrays in place: other inputs
    might give other operations.

    >>> from autograd import Tensor
    >>> from autograd.extend import trace_operations
    >>> trace = trace_operations(lambda x: (x * 2).sum(axis=0), Tensor([[1.0, 2.0]]))
    >>> for call in trace.calls:
    ...     print(call.name, call.options, call.result.shape)
    multiply {} (1, 2)
    sum {'axis': 0, 'keepdims': False} (2,)
    """
    return Recorder().run(function, args)


class WholeOperationError(TypeError):
    """A forward function reads the values of a stand-in: it is called as a whole, or it cannot be recorded."""


class Recorder:
    """Takes the part of a trace for `TracedArray`, and of the trace that the engine's hooks call."""

    def __init__(self) -> None:
        self.trace = OperationTrace()
        self.unrecorded = False  # set by no_grad()
        self._count = 0
        self._mode = GradMode(False)
        self._alive: list[ref] = []
        self._dispatching: set[Callable] = set()  # functions of NumPy whose implementation for tensors is running
        self._generators: dict[int, tuple[Any, Any]] = {}  # random generators with their states before the run
        self._paths: dict[int, dict[int, str]] = {}  # of each outermost module: the paths of its modules

    def run(self, function: Callable, args: tuple) -> OperationTrace:
        """Call the function with stand-ins and record its operations."""
        tensors = dict(named_tensors(function, args))
        originals = [(tensor, tensor._data) for tensor in tensors.values()]
        try:
            with trace_hooks.tracing(self), self._mode:
                for name, tensor in tensors.items():
                    tensor._data = self.stand_in(tensor._data)
                    self.trace.parameters[name] = NamedTensor(tensor._data.value_id, tensor)
                self._call(function, args)
        finally:
            for tensor, data in originals:
                tensor._data = data
            for generator, state in self._generators.values():
                generator.bit_generator.state = state
            release(self._alive)
        self._remove_unused()
        return self.trace

    def _call(self, function: Callable, args: tuple) -> None:
        """Call the function; on return no stand-in is alive but those that it left elsewhere."""
        stand_ins = map_leaves(self._argument, args)
        self.trace.inputs = _values(stand_ins)
        try:
            self.trace.result = _values(function(*stand_ins))
        except WholeOperationError:
            raise TraceError(f"an option of an operation depends on values ({user_line()})") from None

    def stand_in(self, data: Any) -> TracedArray:
        """A stand-in for an array or a NumPy scalar, with a new value."""
        array = TracedArray(self, TracedValue(self._count, data.shape, data.dtype), data)  # type: ignore[arg-type]
        self._count += 1
        self._alive.append(ref(array))
        return array

    def _argument(self, x: Any) -> Any:
        """An argument of the function: a tensor for a tensor or an array, any other object as it is."""
        if isinstance(x, Tensor):
            return x if isinstance(x._data, TracedArray) else Tensor._wrap(self.stand_in(x._data), None)
        return Tensor._wrap(self._traced(x), None) if isinstance(x, np.ndarray | np.generic) else x

    def _remove_unused(self) -> None:
        """Leave out the calls and the parameters that no result and no side effect depends on."""
        needed, calls = _numbers(self.trace.result), []
        for call in reversed(self.trace.calls):
            if call.has_effect or needed & _numbers((call.result, call.residuals)):
                needed |= _numbers((call.inputs, call.options))
                calls.append(call)
        self.trace.calls = calls[::-1]
        self.trace.parameters = {name: p for name, p in self.trace.parameters.items() if p.value.number in needed}

    # Calls

    def call_forward(self, operation: Any, args: tuple, options: dict) -> Any:
        """Call an operation whose inputs or options are traced, and record the call."""
        if not self._is_active():
            return operation.forward(*as_arrays(args), **as_arrays(options))
        with trace_hooks.tracing(None):
            out = operation.forward(*as_arrays(args), **as_arrays(options))
        if type(out) is complex:  # of 1j * np.float64(2)
            out = np.complex128(out)
        residuals: Sequence = ()
        if operation.residuals:
            out, *residuals = out
        result, kept = self._traced(out), tuple(map(self._traced, residuals))
        self._add(operation.name, operation, args, {**operation.defaults, **options}, result, as_value_ids(kept))
        result = self._end_gradient(result)
        return (result, *kept) if operation.residuals else result

    def call(self, function: Callable, args: tuple, options: dict) -> Any:
        """Call a function of NumPy or of an array: as an operation if there is one for it."""
        if function in SHAPE_FUNCTIONS or not self._is_active():
            return function(*as_arrays(args), **as_arrays(options))
        if in_forward():
            raise WholeOperationError
        if function is get_item and isinstance(args[0].data, np.generic) and isinstance(args[1], tuple) and not args[1]:
            return args[0]
        ours = ARRAY_FUNCTIONS.get(function) or self._implementation(function)
        if ours is not None and function not in self._dispatching:
            self._dispatching.add(function)
            try:
                # As tensors: an implementation may ask a tensor for its data, which of a stand-in are the values of this run.
                wrapped, named = map_leaves(_as_tensor, args), map_leaves(_as_tensor, _given(options))
                return map_leaves(_as_stand_in, ours(*wrapped, **named))
            except UnsupportedError:
                pass  # an option that only NumPy's function has
            finally:
                self._dispatching.discard(function)
        out = function(*as_arrays(args), **as_arrays(options))
        result = self._traced(out)
        self._add(_name(function), function, args, _given(options), result)
        return self._end_gradient(result)

    def _implementation(self, function: Any) -> Callable | None:
        """The implementation for tensors of a function of NumPy or of a method of a ufunc."""
        ufunc = getattr(function, "__self__", None)
        if isinstance(ufunc, np.ufunc):
            reduce = protocol.METHODS.get((ufunc, function.__name__))
            return None if reduce is None else lambda x, **options: self._reduce(reduce, x, **options)
        ours = implementation(function)
        if ours is None or getattr(ours, "constant", False):
            return None
        if isinstance(function, np.ufunc):
            return lambda *args, **options: ours(*args) if not options else _refuse(options)
        return lambda *args, **options: protocol.array_function(None, function, (), args, options)

    def _reduce(self, function: Callable, x: Any, axis: Any = 0, **options: Any) -> Any:
        """The reduction of a ufunc as the function of NumPy."""
        if options.pop("dtype", None) is not None or set(options) - {"keepdims"}:
            raise UnsupportedError("an option of ufuncs")
        return numpy_functions[function](x, axis=axis, **options)

    def _traced(self, result: Any) -> Any:
        """A result with stand-ins for its arrays; an array without axes becomes a scalar."""
        is_array = lambda x: isinstance(x, np.ndarray | np.generic)
        return map_leaves(lambda x: self.stand_in(x if np.ndim(x) else x[()]) if is_array(x) else x, result)

    def _add(
        self,
        name: str,
        function: Any,
        args: Sequence,
        options: dict,
        result: Any,
        residuals: tuple = (),
        **flags: bool,
    ) -> None:
        modules = active_modules()
        path = self._path(modules[0], modules[-1]) if modules else ""
        cls = type(modules[0]) if modules else None
        inputs, options, result = _values(tuple(args)), _values(options), _values(result)
        self.trace.calls.append(
            OperationCall(name, function, inputs, options, result, residuals, path, cls, user_line(), **flags)
        )

    def _path(self, module: Any, outermost: Any) -> str:
        paths = self._paths.get(id(outermost))
        if paths is None:
            paths = self._paths[id(outermost)] = {id(submodule): path for path, submodule in outermost.named_modules()}
        return paths.get(id(module), "")

    # Calls that the engine's hooks hand over

    def nondeterministic(self, function: Callable, args: tuple) -> Any:
        """Call a function whose result differs from call to call, and record the call; its generator is set back later."""
        for x in (getattr(function, "__self__", None), *args):
            if isinstance(x, np.random.Generator):
                self._generators.setdefault(id(x), (x, x.bit_generator.state))
        result = self._traced(function(*as_arrays(args)))
        self._add(_name(function), function, args, {}, result, is_random=True)
        return result

    def side_effect(self, function: Callable, args: tuple, options: dict) -> None:
        """Record a function with a side effect; it is not called."""
        args = tuple(list(arg) if isinstance(arg, Iterator) else arg for arg in args)
        self._add(_name(function), function, args, options, None, has_effect=True)

    def detach(self, data: Any) -> Any:
        """Data whose gradient ends here."""
        if not isinstance(data, TracedArray):
            return data
        result = self._traced(data.data)
        self._add("detach", detach, (data,), {}, result)
        return result

    def _end_gradient(self, result: Any) -> Any:
        """A result that is detached if a no_grad() of the function is active."""
        active = innermost_mode()
        return result if active is self._mode or active is None or active.on else map_leaves(self.detach, result)

    def read(self, tensor: Tensor) -> Any:
        """The data of a tensor, without a gradient."""
        return self.detach(tensor._data)

    def as_array(self, data: Any, copy: bool | None = None) -> Any:
        """Any data as an array; nothing is changed in place, so that a copy is the array itself."""
        data = data._data if isinstance(data, Tensor) else data
        return data if isinstance(data, TracedArray) else np.array(data, copy=copy)

    # Refusals

    def decide(self, x: TracedArray) -> bool:
        """The truth value of x for code of this project, which checks its arguments; refused for a person's code."""
        if in_forward():
            raise WholeOperationError
        frame: Any = sys._getframe(1)
        while frame.f_back is not None and frame.f_code.co_filename.startswith(TRANSPARENT):
            frame = frame.f_back
        if self._is_active() and not frame.f_code.co_filename.startswith(INTERNAL):
            self.abort("the program branches on a value, which another input may change; use np.where")
        return bool(x.data)

    def untraceable(self, reason: str, value: Any = None) -> None:
        """Refuse real arrays and Python numbers; a forward function that needs them is called as a whole."""
        if in_forward():
            raise WholeOperationError
        if self._is_active():
            self.abort(reason)

    def abort(self, reason: str, value: Any = None) -> None:
        """Refuse something that the list of operations cannot hold."""
        raise TraceError(f"{reason} ({user_line()})")

    def write(self, function: Callable, args: Sequence, options: dict, target: Any) -> None:
        """Refuse a change in place."""
        self.untraceable("an array is changed in place; compute a new one, as in x = x + y")

    def accumulate_grads(self, newest: Any, grads: dict) -> dict:
        """Refuse a backward pass that adds to `grad`."""
        self.abort("backward() changes the gradients of tensors; autograd.gradients returns them")
        return grads

    def _is_active(self) -> bool:
        return bool(trace_hooks.any_active) and trace_hooks.current.get() is self


def named_tensors(function: Any, args: tuple = ()) -> Iterator[tuple[str, Tensor]]:
    """The parameters, buffers and other tensors that a function may use besides its arguments, each once, with names."""
    seen: set[int] = {id(x) for x in leaves(args) if isinstance(x, Tensor)}
    names: set[str] = set()
    pending: list[tuple[str, Any]] = [("", function), *(("", x) for x in leaves(args) if hasattr(type(x), "named_parameters"))]
    for prefix, x in pending:  # grows
        if id(x) in seen:
            continue
        seen.add(id(x))
        if isinstance(x, Tensor):
            name = prefix or "tensor"
            while name in names:
                name += "_"
            names.add(name)
            yield name, x
        elif hasattr(type(x), "named_parameters"):
            pending += [(_join(prefix, name), p) for name, p in (*x.named_parameters(), *x.named_buffers())]
        elif isinstance(x, list | tuple | dict):
            items = x.items() if isinstance(x, dict) else enumerate(x)
            pending += [(_join(prefix, key), child) for key, child in items]
        elif isinstance(x, partial):
            pending += [(prefix, x.func), (prefix, x.args), (prefix, x.keywords)]
        elif isinstance(x, MethodType):
            pending += [(prefix, x.__self__), (prefix, x.__func__)]
        elif isinstance(x, FunctionType) and not x.__code__.co_filename.startswith(INTERNAL):
            variables = getclosurevars(x)
            pending += [(name, value) for name, value in (*variables.nonlocals.items(), *variables.globals.items())]
        elif x is getattr(function, "__self__", None) or callable(x):
            attributes = getattr(x, "__dict__", {}) if not isinstance(x, type | FunctionType) else {}
            pending += [(_join(prefix, key), child) for key, child in attributes.items()]


def detach(x: Any) -> Any:
    """A tensor, or an array, without a gradient."""
    return x.detach() if isinstance(x, Tensor) else x


def _as_tensor(x: Any) -> Any:
    return Tensor._wrap(x, None) if isinstance(x, TracedArray) else x


def _as_stand_in(x: Any) -> Any:
    return x._data if isinstance(x, Tensor) else x


def _join(prefix: str, name: Any) -> str:
    return f"{prefix}.{name}" if prefix else str(name)


def _given(options: dict) -> dict:
    """The options that are not NumPy's mark for none."""
    return {name: value for name, value in options.items() if value is not np._NoValue}


def _refuse(options: dict) -> Any:
    raise UnsupportedError(f"an option of ufuncs: {', '.join(options)}")


def _name(function: Any) -> str:
    """The name of a function; of a method of a ufunc, with the ufunc."""
    owner = getattr(function, "__self__", None)
    name = getattr(function, "__name__", type(function).__name__)
    return f"{owner.__name__}.{name}" if isinstance(owner, np.ufunc) else name


def _values(tree: Any) -> Any:
    """A tree with a `TracedValue` for each tensor and array of the run, and the data of other tensors."""
    data = map_leaves(lambda x: x._data if isinstance(x, Tensor) else x, tree)
    return as_value_ids(data)


def _numbers(tree: Any) -> set[int]:
    """The numbers of the values in a tree."""
    return {x.number for x in leaves(tree) if isinstance(x, TracedValue)}
