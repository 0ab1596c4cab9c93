"""Compiled steps: a step is traced in its first runs, then replayed as a flat list of NumPy calls.

The contract: either the replay gives the bits of the eager step, or the step runs eagerly and `fallback_reason` says why, with
one warning that names the user's line. Four mechanisms keep it:

trace      every call on the step's arrays is recorded, with writes in place and the memory order of each result. The forward
           function of an operation that the trace cannot look into is recorded as one call.
observer   the user's functions are followed in their bytecode: a value that they read besides the arguments is a guard of the
           replay; a write to anything that outlives the run, random numbers, files and the clock end the trace, unless they
           stand in a function that is marked with `side_effect` or `nondeterministic`.
guards     the replay checks them before its first call; where one fails, the step is traced again.
audit      runs at growing distances (3, 4, 7, 13, 24, 45, …) are computed both ways from the same state; a difference keeps the
           eager result, ends all replays and says which value differed first.

The limit of the contract: state that the bytecode of the user's functions does not show, such as a counter inside another
package, is found by the audit alone. The results of runs 1 to 4 are always those of the eager step; a replay between two later
audits may have been wrong before the next audit finds it and says so. The audit is a safety net, not a proof.

A trace belongs to the thread that runs the step, and one thread traces at a time. Replays write into memory of their own: while
one thread is in a run, other threads run the step eagerly.
"""

from collections.abc import Callable
from functools import update_wrapper
from inspect import signature
from threading import Lock
from types import MethodType
from typing import Any

import numpy as np

from autograd.compiler.arguments import TracedArguments, argument_key
from autograd.compiler.compare import explain_difference
from autograd.compiler.guards import GuardError
from autograd.compiler.replay import Replay
from autograd.compiler.trace import Trace
from autograd.compiler.tracer import TracedArray
from autograd.core import trace_hooks
from autograd.core.grad_mode import is_grad_enabled
from autograd.core.tensor import Tensor
from autograd.core.trees import leaves, map_leaves
from autograd.utils.call_stack import warn_user

TRACING = Lock()  # one thread traces at a time: CPython 3.12 crashes when trace functions are set in several threads
MAX_TRACES = 4  # runs to trace until two in a row make the same calls, before the step falls back to eager
MAX_PENDING = 100  # kinds of arguments for which traces wait for the next run
MAX_REPLAYS = 32  # replays that are kept, one for each kind of arguments; the one that was used longest ago goes first
MAX_BYTES = 1 << 29  # memory of all replays that are kept, besides the last one
MAX_STRIKES = 8  # replays in a row that ended at once because a guard failed, before the step falls back to eager


class Compiled:
    """A step that is replayed; `fallback_reason` says why it runs eagerly, and is empty if it does not."""

    def __init__(self, step: Callable[..., Any], audit: bool = True):
        update_wrapper(self, step)
        self.step = step
        self.fallback_reason = ""
        self._audit = audit
        self._replays: dict[Any, Replay] = {}
        self._traces: dict[Any, list[Trace]] = {}
        self._calls = self._strikes = 0
        self._has_evicted = False
        self._lock = Lock()  # replays write into their own memory: one run at a time

    @property
    def nbytes(self) -> int:
        """The memory of the replays that are kept, in bytes."""
        return sum(replay.nbytes for replay in list(self._replays.values()))

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __call__(self, *args: Any, **options: Any) -> Any:
        is_traced = trace_hooks.any_active and trace_hooks.current.get() is not None
        if self.fallback_reason or is_traced or is_grad_enabled() is not True or not self._lock.acquire(False):
            return self.step(*args, **options)  # also while another thread, or this call itself, is in a run
        try:
            if options:
                bound = signature(self.step).bind(*args, **options)
                if bound.kwargs:
                    self._fall_back(f"{next(iter(bound.kwargs))} is a keyword-only argument")
                    return self.step(*args, **options)
                args = bound.args
            key = tuple([(x.shape, x.dtype, x.strides) if type(x) is np.ndarray else argument_key(x) for x in args])
            replay = self._replays.get(key)
            if replay is None:
                return self._trace(key, args)
            self._calls = replay.last_call = self._calls + 1
            replay.calls += 1
            try:
                return replay(args) if replay.calls != replay.next_audit else self._run_audit(key, replay, args)
            except GuardError as error:
                self._replays.pop(key, None)
                if error.args:  # the result of an audited run
                    return error.args[0]
                if not self._count_failure(replay):
                    return self.step(*args)
            return self._trace(key, args)
        finally:
            self._lock.release()

    def _trace(self, key: Any, args: tuple) -> Any:
        """Run the step and trace it; generate a replay once two traces in a row agree."""
        if any(isinstance(x, Tensor) and not x.is_leaf for x in leaves(args)) or not TRACING.acquire(False):
            return self.step(*args)
        try:
            trace, result = self._run_traced(args)
        finally:
            TRACING.release()
        if trace.fallback_reason:
            self._fall_back(trace.fallback_reason)
            return result
        if len(self._traces) > MAX_PENDING:
            del self._traces[next(iter(self._traces))]
        traces = self._traces.setdefault(key, [])
        difference = explain_difference(traces[-1], trace) if traces else "there is no second run yet"
        traces.append(trace)
        if not difference:
            self._replays[key] = replay = Replay(trace, args, result, self._audit)
            replay.last_call = self._calls
            self._evict(replay)
        elif len(traces) == MAX_TRACES:
            self._fall_back(difference)
        if not difference or len(traces) == MAX_TRACES:
            self._traces.pop(key, None)
        return result

    def _run_traced(self, args: tuple) -> tuple[Trace, Any]:
        trace = Trace()
        arguments = TracedArguments(trace, args)
        try:
            traced_result = trace.run(self.step, arguments.args)
            trace.result = map_leaves(lambda x: _result_id(x, trace), traced_result)
            return trace, map_leaves(_untraced, traced_result)
        finally:
            arguments.write_back()
            del arguments
            traced_result = None
            trace.release()

    def _run_audit(self, key: Any, replay: Replay, args: tuple) -> Any:
        """Run the step eagerly and compare the replay with it; a difference ends all replays."""
        result, difference = replay.audit(self.step, args)
        if difference:
            self._fall_back(f"run {replay.calls + 2} was computed both ways, and in the replay {difference}")
        else:
            self._evict(replay)
        return result

    def _count_failure(self, replay: Replay) -> bool:
        """Count a replay that a guard ended; False if too many in a row were hardly used, and the step falls back."""
        self._strikes = self._strikes + 1 if replay.calls < 3 else 0
        if self._strikes < MAX_STRIKES:
            return True
        self._fall_back(f"{replay.failed_guard()} changes from run to run")
        return False

    def _evict(self, newest: Replay) -> None:
        """Drop the replays that were used longest ago, until the others keep within the limits."""
        while len(self._replays) > 1 and (len(self._replays) > MAX_REPLAYS or self.nbytes > MAX_BYTES):
            oldest = min((key for key, replay in self._replays.items() if replay is not newest), key=self._last_call)
            del self._replays[oldest]
            if not self._has_evicted:
                self._has_evicted = True
                warn_user(
                    f"{self._name()} is called with more kinds of arguments than replays are kept ({MAX_REPLAYS}, or "
                    f"{MAX_BYTES >> 20} MB): those used longest ago are dropped and recorded again when they return"
                )

    def _last_call(self, key: Any) -> int:
        return self._replays[key].last_call

    def _fall_back(self, reason: str) -> None:
        self.fallback_reason = reason
        self._replays.clear()
        self._traces.clear()
        warn_user(f"{self._name()} is not compiled and runs eagerly: {reason}")

    def _name(self) -> str:
        return getattr(self.step, "__name__", "the step")

    def __repr__(self) -> str:
        count = f"{len(self._replays)} replay{'s' * (len(self._replays) != 1)}"
        state = f"not compiled: {self.fallback_reason}" if self.fallback_reason else count
        return f"<compiled {getattr(self.step, '__name__', 'step')}, {state}>"


def compile(step: Callable[..., Any], audit: bool = True) -> Compiled:
    """Record `step` twice, then replay its NumPy calls without building a graph; results are bit-identical.

    step:  a function or method of arrays, or of tensors without gradient, also in lists, tuples and dicts; for example one
           training step: loss, backward pass and the optimizer's update.
    audit: compute runs at growing distances (3, 4, 7, 13, 24, 45, …) both ways and compare them bit for bit; 14 of 10 000
           runs. It doubles the memory of a replay.

    Either the replay gives the bits of the eager step, or the step runs eagerly; `fallback_reason` then says why, and one
    warning names the line.

    Recorded again when one of these changes: shape, dtype or memory order of an array among the arguments, or any other
    argument; what the step reads besides them: variables, attributes, items, the values of other arrays and of tensors without
    gradient; data, `requires_grad` and hooks of parameters; layers, their hooks and options; a branch taken. The last 32
    replays are kept, up to 512 MB; the attribute `nbytes` tells their memory.

    Runs eagerly when the step writes to a variable, attribute, item or array that outlives the run, outside of a function
    marked with `autograd.extend.side_effect`; draws random numbers outside of `autograd.extend.nondeterministic`; prints, or
    reads files or the clock; converts a value to a Python number; asks for its `type`; or selects by a boolean mask. The
    functions in the user's own files are examined. State that they do not show, such as a counter inside another package, is
    found by the audit: the runs between the audit before and this one may have been wrong.

    Returned tensors have no graph. Gradients stay in the same memory from run to run.

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
    ([1.0, 3.0, 5.0, 7.0], [1.0, 3.0], <compiled slope, 1 replay>)
    """
    return Compiled(step, audit)


def _result_id(x: Any, trace: Trace) -> Any:
    """The value id of a leaf of the result; the leaf itself if it is a Python number or a string."""
    data = x._data if isinstance(x, Tensor) else x
    if isinstance(data, TracedArray):
        if isinstance(x, Tensor) and x._node is not None:
            trace.guard_graph(x._node)
        return data.value_id
    if x is not None and not isinstance(x, bool | int | float | str):
        trace.abort(f"the step returns an object of type {type(x).__name__} that it did not compute from its arguments")
        return None
    return x


def _untraced(x: Any) -> Any:
    """A leaf of the result with its array for the traced array, and without graph."""
    if isinstance(x, Tensor) and isinstance(x._data, TracedArray):
        return Tensor._wrap(x._data.data, None)
    return x.data if isinstance(x, TracedArray) else x
