"""A step that was traced is a flat list of NumPy calls over buffers that are used again."""

import warnings
from collections.abc import Callable, Iterator
from functools import update_wrapper
from inspect import signature
from types import CodeType, MethodType
from typing import Any

import numpy as np

from autograd.compiler.codegen import Guard, GuardError, explain_difference, generate_replay
from autograd.compiler.trace import Trace, ValueId
from autograd.compiler.tracer import TracedArray
from autograd.core import hooks, trace_hooks
from autograd.core.grad_mode import is_grad_enabled, on_record
from autograd.core.tensor import Tensor

MAX_TRACES = 4  # so often a step is written down at most until two runs in a row did the same

MAX_PENDING = 100  # of so many kinds of arguments the first run is remembered until there is a second


class Compiled:
    """A step that is replayed; `fallback_reason` says why it is not, if it cannot be."""

    def __init__(self, step: Callable[..., Any]):
        update_wrapper(self, step)
        self.step = step
        self.fallback_reason = ""
        self._plans: dict[Any, Replay] = {}
        self._traces: dict[Any, list[Trace]] = {}

    def __get__(self, holder: Any, kind: Any = None) -> Any:
        return self if holder is None else MethodType(self, holder)

    def __call__(self, *args: Any, **options: Any) -> Any:
        if self.fallback_reason or is_grad_enabled() is not True or trace_hooks.trace is not None:
            return self.step(*args, **options)
        if options:
            bound = signature(self.step).bind(*args, **options)
            if bound.kwargs:
                self._refuse(f"{next(iter(bound.kwargs))} can only be given by name")
                return self.step(*args, **options)
            args = bound.args
        key = tuple([(x.shape, x.dtype) if type(x) is np.ndarray else _guard_key(x) for x in args])
        plan = self._plans.get(key)
        if plan is None:
            return self._traced(key, args)
        try:
            return plan.run(args)
        except GuardError:
            self._plans.pop(key)
        return self._traced(key, args)

    def _traced(self, key: Any, args: tuple) -> Any:
        """Run the step as it is, and write it down."""
        if any(map(_has_graph, args)):
            return self.step(*args)
        trace = Trace()
        given = [_symbol(trace, x) for x in args]
        trace.give(list(_arrays(args)))
        trace_hooks.trace = trace
        try:
            with on_record(trace.recorded):
                result = self.step(*given)
        finally:
            trace_hooks.trace = None
        trace.result = _places(result, trace)
        answer = _concrete(result)
        if trace.fallback_reason:
            self._refuse(trace.fallback_reason)
            return answer
        if len(self._traces) > MAX_PENDING:
            del self._traces[next(iter(self._traces))]
        traces = self._traces.setdefault(key, [])
        trouble = explain_difference(traces[-1], trace) if traces else "there is no second run yet"
        traces.append(trace)
        if not trouble:
            self._plans[key] = Replay(self.step, trace, args, answer)
        elif len(traces) == MAX_TRACES:
            self._refuse(trouble)
        if not trouble or len(traces) == MAX_TRACES:
            del self._traces[key]
        return answer

    def _refuse(self, why: str) -> None:
        self.fallback_reason = why
        name = getattr(self.step, "__name__", "the step")
        warnings.warn(f"{name} is not compiled, it runs as it is: {why}", stacklevel=4)

    def __repr__(self) -> str:
        count = f"{len(self._plans)} plan{'s' * (len(self._plans) != 1)}"
        state = f"not compiled: {self.fallback_reason}" if self.fallback_reason else count
        return f"<compiled {getattr(self.step, '__name__', 'step')}, {state}>"


def compile(step: Callable[..., Any]) -> Compiled:
    """The same step, of which only the first two runs are recorded; then its NumPy calls are repeated without a graph.

    step: a function of arrays, or of tensors without gradient, also in lists, tuples and dicts, that computes a loss, goes
          backward and lets an optimizer move the parameters. It may use anything; what it does beside arithmetic on its
          arguments and on tensors (counting, printing, appending) happens in the first runs only, and numbers it reads from
          elsewhere than its arguments and the names in it, such as attributes, are those of the first runs. While it is written
          down its arrays are no np.ndarray: what it asks `isinstance` is answered accordingly.

    Results are those of the step itself, bit for bit; tensors among them have no graph, and gradients stay in the same memory
    from run to run. Arguments of another shape or dtype, parameters with new data, hooks or `requires_grad`, names with other
    values, a module's `training` and its layers, and another way through an `if` are noticed, and the step is written down
    again. What cannot be held (random numbers drawn without `drawn`, values turned into Python numbers, elements chosen by a
    mask) is said in a warning and in `fallback_reason`; the step then runs as it is.

    >>> import numpy as np
    >>> import autograd
    >>> from autograd import Tensor
    >>> w = Tensor([1.0, 2.0], requires_grad=True)
    >>> @autograd.compile
    ... def slope(x):
    ...     w.zero_grad()
    ...     loss = (w * x).sum()
    ...     loss.backward()
    ...     return loss
    >>> [slope(np.array([1.0, k])).item() for k in range(4)], w.grad.tolist(), slope
    ([1.0, 3.0, 5.0, 7.0], [1.0, 3.0], <compiled slope, 1 plan>)
    """
    return Compiled(step)


class Replay:
    """What is replayed as long as everything the step reads from elsewhere is what it was."""

    def __init__(self, step: Callable, trace: Trace, args: tuple, answer: Any):
        conditions: list[Guard] = [(tensor, "_data", data) for tensor, data in trace.tensors.values()]
        conditions += [(tensor, "_node", tensor._node) for tensor, _ in trace.tensors.values()]
        for module in trace.modules.values():
            conditions.append((module, "training", module.training))
            conditions += [(part, "", list(part)) for part in vars(module).values() if isinstance(part, list)]
            for name, part in vars(module).items():
                if hasattr(part, "named_modules") or (isinstance(part, Tensor) and part.requires_grad):
                    conditions.append((vars(module), name, part))
        cells = [cell for cell in getattr(step, "__closure__", None) or () if _holds(cell)]
        conditions += [(cell, "cell_contents", cell.cell_contents) for cell in cells]
        conditions += _globals(step)
        known = {id(tensor) for tensor, _ in trace.tensors.values()}
        named = [value for _, _, value in conditions if isinstance(value, Tensor) and id(value) not in known]
        conditions += [(tensor, "_data", tensor._data) for tensor in named]
        self.leaves = [tensor._node for tensor, _ in trace.tensors.values() if tensor._node is not None]
        self.hooks = _hooks(self.leaves)
        self.replay = generate_replay(trace, range(len(trace.given)), conditions)
        self.of_arrays = all(type(x) is np.ndarray for x in args)
        self.answer = answer

    def run(self, args: tuple) -> Any:
        """The step again; raises GuardError, having done nothing, if what it reads is not what it was."""
        if hooks.any_registered and self.hooks != _hooks(self.leaves):
            raise GuardError
        with np.errstate(all="ignore"):
            values = self.replay(*(args if self.of_arrays else _arrays(args)))
        return _rebuilt(self.answer, values)


def _is_array(x: Any) -> bool:
    return isinstance(x, np.ndarray | np.generic) or (isinstance(x, Tensor) and x._node is None)


def _guard_key(x: Any) -> Any:
    """What must be the same of an argument for a plan to hold."""
    if _is_array(x):
        return type(x) is Tensor, x.shape, x.dtype
    if isinstance(x, list | tuple):
        return type(x), tuple(map(_guard_key, x))
    if isinstance(x, dict):
        return dict, tuple((name, _guard_key(part)) for name, part in x.items())
    if isinstance(x, bool | int | float | str) or x is None:
        return type(x), repr(x)
    return _Same(x)


class _Same:
    """An object that equals only itself, and lives as long as a plan for it."""

    def __init__(self, x: Any):
        self.x = x

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.x is other.x

    def __hash__(self) -> int:
        return id(self.x)


def _has_graph(x: Any) -> bool:
    if isinstance(x, dict):
        x = list(x.values())
    return any(map(_has_graph, x)) if isinstance(x, list | tuple) else isinstance(x, Tensor) and not x.is_leaf


def _holds(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018  (a name that has no value yet raises)
    except ValueError:
        return False
    return True


def _hooks(leaves: list[Any]) -> list[tuple]:
    return [tuple(getattr(leaf, "hooks", ())) for leaf in leaves]


def _symbol(trace: Trace, x: Any) -> Any:
    if isinstance(x, Tensor) and x._node is None:
        return Tensor._wrap(trace.symbol(x._data), None)
    if not any(True for _ in _arrays(x)):
        return x
    if isinstance(x, list | tuple):
        return _same_sequence_type(x, [_symbol(trace, part) for part in x])
    if isinstance(x, dict):
        return {name: _symbol(trace, part) for name, part in x.items()}
    return trace.symbol(x)


def _arrays(x: Any) -> Iterator[Any]:
    """All arrays in an argument, in order."""
    if isinstance(x, dict):
        x = list(x.values())
    if isinstance(x, list | tuple):
        for part in x:
            yield from _arrays(part)
    elif _is_array(x):
        yield x._data if isinstance(x, Tensor) else x


def _symbol_of(x: Any) -> TracedArray | None:
    x = x._data if isinstance(x, Tensor) else x
    return x if isinstance(x, TracedArray) else None


def _places(result: Any, trace: Trace) -> Any:
    """Where on the trace the results are."""
    if isinstance(result, list | tuple):
        return [_places(part, trace) for part in result]
    symbol = _symbol_of(result)
    if symbol is not None:
        if isinstance(result, Tensor) and result._node is not None:
            trace.stands_on(result._node)
        return ValueId(symbol.place)
    if result is not None and not isinstance(result, bool | int | float | str):
        trace.abort(f"it returns {type(result).__name__}, which is no result of its arguments")
        return None
    return result


def _concrete(result: Any) -> Any:
    """The results of a traced run, with arrays for symbols and without a graph."""
    if isinstance(result, list | tuple):
        return _same_sequence_type(result, [_concrete(part) for part in result])
    symbol = _symbol_of(result)
    if symbol is None:
        return result
    return Tensor._wrap(symbol.data, None) if isinstance(result, Tensor) else symbol.data


def _same_sequence_type(sequence: Any, parts: list[Any]) -> Any:
    """The parts as a list, tuple or named tuple such as this one."""
    kind = type(sequence)
    return kind(*parts) if hasattr(kind, "_fields") else kind(parts)


def _rebuilt(answer: Any, values: Any) -> Any:
    """The results of a replay, in the form of the first answer."""
    if isinstance(answer, list | tuple):
        return _same_sequence_type(answer, [_rebuilt(part, value) for part, value in zip(answer, values)])
    if isinstance(answer, Tensor):
        return Tensor._wrap(values, None)
    return answer if values is None else values


def _globals(step: Callable) -> list[tuple[dict[str, Any], str, Any]]:
    """The global names a step uses, and what they are now."""
    code = getattr(step, "__code__", None)
    if code is None:
        return []
    names: dict[str, Any] = step.__globals__
    return [(names, name, names[name]) for name in sorted(_names(code)) if name in names]


def _names(code: CodeType) -> set[str]:
    """The names in a function and in those inside it."""
    inner = [_names(part) for part in code.co_consts if isinstance(part, CodeType)]
    return set(code.co_names).union(*inner)
