"""The audit: a run is computed eagerly and by the replay, from the same state, and compared bit for bit.

The eager run counts. What it hands to the outside (arguments of side effects, gradients, random draws) is recorded, and the
replay runs afterwards in memory of its own: in place of each side effect the record is compared and played back.
"""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.lib.array_utils import byte_bounds

from autograd.compiler.codegen import Codegen
from autograd.compiler.guards import GuardError
from autograd.compiler.trace import Trace, TracedCall, accumulate_grads
from autograd.core import trace_hooks
from autograd.core.tensor import Tensor
from autograd.core.trees import leaves


class DifferenceError(Exception):
    """The replay differs from the eager run."""


@dataclass
class Effect:
    """One call of the eager run that a replay repeats: what it received, what it left there, and its result."""

    function: Callable
    before: list[Any]
    after: list[Any]
    result: Any
    state: list[Any] | None = None  # copies of the arrays that the replay reads, after the call


@dataclass
class Recorder:
    """Stands in the place of a trace while the step runs on real arrays, and records its effects."""

    state: Callable[[int], list[Any] | None]  # of the number of effects so far: copies of what the replay reads
    effects: list[Effect] = field(default_factory=list)
    unrecorded: bool = False

    def read(self, tensor: Tensor) -> Any:
        """The data of a tensor."""
        return tensor._data

    def as_array(self, data: Any, copy: bool | None = None) -> Any:
        """Any data as an array."""
        return np.array(data, copy=copy)

    def abort(self, reason: str, value: Any = None) -> None:
        """Nothing: this run is not traced."""

    def untraceable(self, reason: str, value: Any = None) -> None:
        """Nothing: this run is not traced."""

    def paused(self) -> Any:
        """Nothing is observed."""
        return nullcontext()

    def nondeterministic(self, function: Callable, args: tuple) -> Any:
        """Call a function and record the call."""
        return self.side_effect(function, args, {})

    def side_effect(self, function: Callable, args: tuple, options: dict) -> Any:
        """Call a function and record the call."""
        args = tuple(list(arg) if isinstance(arg, Iterator) else arg for arg in args)
        before = _copies((args, options))
        with trace_hooks.tracing(None):
            result = function(*args, **options)
        self._add(function, before, _copies((args, options)), result)
        return result

    def accumulate_grads(self, newest: Any, grads: dict[Any, Any]) -> dict[Any, Any]:
        """Record gradients that are added to those of leaves."""
        self._add(accumulate_grads, _copies(list(grads.values())), [], list(grads))
        return grads

    def _add(self, function: Callable, before: list[Any], after: list[Any], result: Any) -> None:
        self.effects.append(Effect(function, before, after, result, self.state(len(self.effects))))


class Audit:
    """Compares eager runs with the replay of a trace."""

    def __init__(self, trace: Trace):
        self._clones: dict[int, tuple[np.ndarray, np.ndarray]] = {}  # by id of an array that the replay reads
        codegen = Codegen(trace, self._clone, self._stub)
        self._replay = codegen.generate(())
        self.nbytes = codegen.pool.nbytes + sum(clone.nbytes for _, clone in self._clones.values())
        calls = codegen.calls
        is_effect = [_is_recorded(call) for call in calls]
        last_read = max((i for i, call in enumerate(calls) if not call.has_effect), default=0)
        self._reading_effects = sum(is_effect[:last_read])  # only the state after these matters to the replay
        self._played: list[Effect] = []
        self._position = 0

    def run(self, step: Callable, args: tuple, arrays: list[Any]) -> tuple[Any, str]:
        """Run the step eagerly; return its result, and what differs in the replay, which is empty if nothing does.

        Raises GuardError, after the eager run, with its result as argument, if the replay does not hold for these arguments.
        """
        copies = [_clone(array) for array in arrays]
        for array, clone in self._clones.values():
            np.copyto(clone, array)
        recorder = Recorder(lambda count: self._state() if count < self._reading_effects else None)
        with trace_hooks.tracing(recorder):
            result = step(*args)
        self._played, self._position = recorder.effects, 0
        try:
            with np.errstate(all="ignore"):
                values = self._replay(*copies)
        except GuardError:
            raise GuardError(result) from None
        except DifferenceError as difference:
            return result, str(difference)
        except Exception as error:
            return result, f"{type(error).__name__} is raised: {error}"
        finally:
            self._played = []
        return result, self._difference(recorder, result, values, arrays, copies)

    def _difference(self, recorder: Recorder, result: Any, values: Any, arrays: list[Any], copies: list[Any]) -> str:
        if self._position < len(recorder.effects):
            return f"the step calls {_name(recorder.effects[self._position].function)}, the replay does not"
        expected = list(leaves(result)) if isinstance(result, list | tuple | dict) else [result]
        actual = list(values) if isinstance(result, list | tuple | dict) else [values]
        if len(expected) != len(actual) or not all(map(_equal, expected, actual)):
            return "the result differs"
        return "" if all(map(_equal, arrays, copies)) else "an argument that is changed in place differs"

    def _state(self) -> list[Any]:
        return [array.copy() for array, _ in self._clones.values()]

    def _clone(self, x: Any) -> Any:
        if not isinstance(x, np.ndarray):
            return x
        if id(x) not in self._clones:
            self._clones[id(x)] = x, _clone(x)
        return self._clones[id(x)][1]

    def _stub(self, call: TracedCall) -> Callable:
        """The function that stands in the place of that of a call with an effect."""
        if not _is_recorded(call):
            return call.function

        def play(*args: Any, **options: Any) -> Any:
            line = f" ({call.line})" if call.line else ""
            if self._position == len(self._played) or self._played[self._position].function != call.function:
                raise DifferenceError(f"the replay calls {_name(call.function)}, the step does not{line}")
            effect = self._played[self._position]
            self._position += 1
            if call.function is accumulate_grads:
                nodes, gradients = args
                if len(nodes) != len(effect.result) or any(a is not b for a, b in zip(nodes, effect.result)):
                    raise DifferenceError(f"the gradients of other tensors are computed{line}")
                for node, gradient, expected in zip(nodes, gradients, effect.before):
                    if not _equal(expected, gradient):
                        raise DifferenceError(f"the gradient of {_describe(node)} differs{line}")
                return None
            received = [x for x in leaves((args, options)) if isinstance(x, np.ndarray | np.generic)]
            if len(received) != len(effect.before) or not all(map(_equal, effect.before, received)):
                raise DifferenceError(f"{_name(call.function)} receives other values{line}")
            for array, content in zip(received, effect.after):
                if isinstance(array, np.ndarray) and array.flags.writeable:
                    np.copyto(array, content)
            for (_, clone), content in zip(self._clones.values(), effect.state or ()):
                np.copyto(clone, content)
            return effect.result

        return play


def _is_recorded(call: TracedCall) -> bool:
    """Whether an eager run sees the call: one with an effect, but no forward function or change of an argument."""
    return call.has_effect and not call.is_forward and call.mutates is None


def _copies(tree: Any) -> list[Any]:
    return [x.copy() for x in leaves(tree) if isinstance(x, np.ndarray | np.generic)]


def _clone(array: Any) -> Any:
    """A copy with the same strides: NumPy's results depend on them."""
    if not isinstance(array, np.ndarray):
        return array
    low, high = byte_bounds(array)
    memory = np.empty(high - low, np.uint8)
    offset = array.__array_interface__["data"][0] - low
    clone: np.ndarray = np.ndarray(array.shape, array.dtype, memory, offset, array.strides)
    np.copyto(clone, array)
    return clone


def _equal(x: Any, y: Any) -> bool:
    """Whether two values are the same bits, or nan in the same places."""
    x, y = (value._data if isinstance(value, Tensor) else value for value in (x, y))
    if not isinstance(x, np.ndarray | np.generic | float) or not isinstance(y, np.ndarray | np.generic | float):
        return x is y or (type(x) is type(y) and bool(x == y))
    x, y = np.asarray(x), np.asarray(y)
    if x.dtype != y.dtype or x.shape != y.shape:
        return False
    if x.tobytes() == y.tobytes():
        return True
    has_nan = x.dtype.kind == "f" and np.array_equal(np.isnan(x), np.isnan(y)) and np.isnan(x).any()
    return bool(has_nan) and np.where(np.isnan(x), 0, x).tobytes() == np.where(np.isnan(y), 0, y).tobytes()


def _name(function: Any) -> str:
    return getattr(function, "__name__", repr(function))


def _describe(node: Any) -> str:
    return f"tensor {node.name!r}" if getattr(node, "name", None) else f"a tensor of shape {node.value.shape}"
