"""Comparison of two traced runs of a step: a replay is generated if they made the same calls."""

from typing import Any

import numpy as np

from autograd.compiler.trace import Trace, TracedCall, value_numbers
from autograd.core.tensor import Tensor
from autograd.core.trees import leaves, tree_key


def explain_difference(first: Trace, second: Trace) -> str:
    """Why two runs do not allow a replay of the second; empty if they made the same calls."""
    first_calls, second_calls = first.needed_calls(), second.needed_calls()
    if len(first_calls) != len(second_calls):
        return f"two runs made different calls: {len(first_calls)} and {len(second_calls)}"
    for call, other in zip(first_calls, second_calls):
        if call.function != other.function or call.branch != other.branch or call.mutates != other.mutates:
            return f"two runs made different calls: {_name(call.function)} and {_name(other.function)} ({other.line})"
        if not _equal_trees((call.args, call.options, call.out), (other.args, other.options, other.out)):
            return (
                f"{_name(call.function)} received another value in the second run, "
                f"and this value does not come from the step's arguments ({other.line})"
            )
        if call.has_effect and _shapes(first, call) != _shapes(second, other):
            return f"{_name(call.function)} returned an array of another shape in the second run ({other.line})"
    if not _equal_trees(first.result, second.result):
        return "two runs returned different values that do not come from the step's arguments"
    if first.unrecorded and any(_has_new_floats(call.args, other.args) for call, other in zip(first_calls, second_calls)):
        return "each run computed anew, maybe inside no_grad(), a value that does not come from the step's arguments"
    return ""


def _shapes(trace: Trace, call: TracedCall) -> list[tuple[int, ...]]:
    return [trace.values[number].shape for number in value_numbers(call.out)]


def _has_new_floats(tree: Any, other: Any) -> bool:
    """Whether equal arguments of two runs hold floats that each run computed for itself."""
    return any(
        isinstance(x, np.ndarray | np.generic) and x is not y and x.dtype.kind == "f"
        for x, y in zip(leaves(tree), leaves(other))
    )


def _equal_trees(tree: Any, other: Any) -> bool:
    """Whether arguments or results of two runs are the same: objects identical, numbers and new arrays equal."""
    return tree_key(type, tree) == tree_key(type, other) and all(map(_equal_leaves, leaves(tree), leaves(other)))


def _equal_leaves(x: Any, other: Any) -> bool:
    if x is other:
        return True
    if isinstance(x, Tensor):  # constants that each run made for itself, such as the 1 that a backward pass starts from
        return x._node is None and other._node is None and _equal_leaves(x._data, other._data)
    if isinstance(x, np.ndarray | np.generic):
        return x.dtype == other.dtype and x.shape == other.shape and x.tobytes() == other.tobytes()
    return repr(x) == repr(other) if isinstance(x, float) else bool(x == other)


def _name(function: Any) -> str:
    return getattr(function, "__name__", repr(function))
