"""A plan: the trace as a function, a straight line of NumPy calls that write into buffers made once."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.trace import Trace, TracedCall, ValueId, accumulate_grads, data_of, value_numbers
from autograd.compiler.tracer import copied, put, taken, view
from autograd.core.tensor import Tensor

#: NumPy's functions, besides ufuncs and their reductions, that can write into an array they are given.
TAKE_OUT = {np.sum, np.mean, np.var, np.std, np.max, np.min, np.prod, np.cumsum, np.concatenate, np.stack, np.clip, np.dot}


#: Calls that are written as a person would: Python makes them faster than the functions they stand for.
WRITTEN: dict[Any, str] = {
    **{taken: "{0}[{1}]", put: "{0}[{1}] = {2}", copied: "{0}.copy()", view: "{0}.view({1})"},
    **{np.dot: "{0}.dot({1})", np.argmax: "{0}.argmax()", np.take: "{0}.take({1})"},
    **{np.reshape: "{0}.reshape({1})", np.transpose: "{0}.T"},
}

#: An object or dict, the name of one of its attributes or items, and the very object that this attribute must be; or a list,
#: no name, and the list that it must equal.
Guard = tuple[Any, str, Any]


class GuardError(Exception):
    """A value is true that was not when the trace was written, or the other way round."""


def explain_difference(first: Trace, second: Trace) -> str:
    """Why two runs cannot stand for all others; nothing if they did the same."""
    earlier, later = first.needed(), second.needed()
    if len(earlier) != len(later):
        return "two runs did different things"
    for one, other in zip(earlier, later):
        if one.function != other.function or one.decision != other.decision or one.written != other.written:
            return f"two runs did different things: {_name(one.function)} and {_name(other.function)}"
        if not _alike((one.args, one.options, one.out), (other.args, other.options, other.out)):
            return f"{_name(one.function)} was given something new the second time that does not come from the step's arguments"
    if not _alike(first.result, second.result):
        return "two runs returned different things that do not come from the step's arguments"
    if first.unrecorded and any(_is_new(one.args, other.args) for one, other in zip(earlier, later)):
        return "numbers that do not come from the step's arguments were computed anew, maybe inside no_grad()"
    return ""


def _is_new(one: Any, other: Any) -> bool:
    """Whether arguments hold floats that each run made for itself."""
    if isinstance(one, list | tuple):
        return any(map(_is_new, one, other))
    return isinstance(one, np.ndarray | np.generic) and one is not other and one.dtype.kind == "f"


def generate_replay(trace: Trace, inputs: Sequence[int], conditions: Sequence[Guard] = ()) -> Callable[..., Any]:
    """A function of the inputs (their places on the trace) that does what the trace says and returns the result.

    It raises GuardError, before anything else, if one of the conditions does not hold.
    """
    entries, result = sorted(trace.needed(), key=lambda entry: not entry.early), trace.result
    roots = trace.roots
    kept = {roots[number] for number in value_numbers(result)}
    last = _last_uses(entries, roots)
    lines: list[str] = []
    scope: dict[str, Any] = {"GuardError": GuardError}
    static: dict[int, Any] = {}  # arrays that stay where they are
    free: dict[tuple, list[np.ndarray]] = defaultdict(list)
    gradients = {roots[number] for number in _deposited(entries)}
    handed = {roots[number] for number in _handed(entries)}  # these may be held on to, and are made anew
    kept |= gradients
    leaves, buffers = _leaves(entries), list[np.ndarray]()
    owned: dict[int, np.ndarray] = {}
    names = {number: f"x{i}" for i, number in enumerate(inputs)}
    spared = False

    def text(x: Any) -> str:
        if isinstance(x, ValueId):
            if x.number in names:
                return names[x.number]
            return constant(static[x.number])
        if isinstance(x, list | tuple) and any(True for _ in value_numbers(x)):
            inside = ", ".join(text(part) for part in x)
            return f"[{inside}]" if isinstance(x, list) else f"({inside},)"
        return constant(x)

    def constant(x: Any) -> str:
        if x is None or type(x) in (bool, int):
            return repr(x)
        name = f"c{len(scope)}"
        for known, value in scope.items():
            if value is x:
                return known
        scope[name] = x
        return name

    def release(i: int) -> None:
        for root in [root for root, when in last.items() if when == i and root in owned and root not in kept]:
            array = owned.pop(root)
            free[array.shape, array.dtype].append(array)

    for i, entry in enumerate(entries):
        arguments = [text(x) for x in entry.args]
        options = [f"{name}={text(value)}" for name, value in entry.options.items()]
        f = constant(entry.function)
        if entry.decision is not None:
            lines.append(f"if bool({arguments[0]}) is not {entry.decision}: raise GuardError")
        elif entry.written is not None:
            target = [_out(entry.function, text(entry.written))] if isinstance(entry.function, np.ufunc) else []
            lines.append(_call_text(entry, f, arguments + target, options))
        elif entry.function is data_of:
            static[entry.out.number] = entry.args[0]._data  # which is one of the conditions
        elif entry.is_view and isinstance(entry.out, ValueId) and all(n in static for n in value_numbers(entry.args)):
            static[entry.out.number] = entry.function(*_with(entry.args, static), **_with(entry.options, static))
        elif _can_write(entry) and entry.out.number not in handed:
            number, value = entry.out.number, trace.values[entry.out.number]
            elementwise = isinstance(entry.function, np.ufunc) and entry.function.signature is None
            if elementwise:
                release(i)
            if number in gradients and not spared:
                lines.append(f"{constant(detach_from_buffers)}({constant(leaves)}, {constant(buffers)})")
                spared = True
            found = free[value.shape, value.dtype]
            array = found.pop() if found and number not in gradients else np.empty(value.shape, value.dtype)
            owned[number] = static[number] = array
            if number in gradients:
                buffers.append(array)
            out = constant(array)
            if _is_reduction(entry.function) and len(arguments) == 1 and set(entry.options) <= {"axis", "keepdims"}:
                named = {"axis": "0", "keepdims": "False", **dict(zip(entry.options, map(text, entry.options.values())))}
                call = [*arguments, named["axis"], "None", out, named["keepdims"]]
            else:
                call = [*arguments, _out(entry.function, out), *options]
            lines.append(_call_text(entry, f, call, []))
        else:
            lines.append(_targets(entry.out, names) + _call_text(entry, f, arguments, options))
        release(i)
    answer = _answer(result, text)
    checks = [_differs(constant(holder), holder, name, constant(value)) for holder, name, value in conditions]
    check = [f"if {' or '.join(checks)}: raise GuardError"] if checks else []
    body = "\n    ".join([*check, *lines, f"return {answer}"])
    parameters = ", ".join([*(names[number] for number in inputs), *(f"{name}={name}" for name in scope)])
    exec(compile(f"def replay({parameters}):\n    {body}\n", f"{__file__} (generated)", "exec"), scope)
    return scope["replay"]


def detach_from_buffers(leaves: Sequence[Any], buffers: Sequence[np.ndarray]) -> None:
    """Give gradients that were not cleared since the last run memory of their own, before their buffers are written again."""
    for leaf in leaves:
        tensor = leaf.owner()
        held = None if tensor is None else getattr(tensor, "_grad", None)
        array = held._data if isinstance(held, Tensor) else held
        if array is not None and any(np.may_share_memory(array, buffer) for buffer in buffers):
            tensor._grad = array.copy()


def _call_text(entry: TracedCall, f: str, arguments: list[str], options: list[str]) -> str:
    """A call as text."""
    form = WRITTEN.get(entry.function)
    if form is None or options or len(entry.args) != form.count("{") or not isinstance(entry.args[0], ValueId | np.ndarray):
        return f"{f}({', '.join(arguments + options)})"
    return form.format(arguments[0], ", ".join(arguments[1:])) if entry.function is np.dot else form.format(*arguments)


def _differs(text: str, holder: Any, name: str, value: str) -> str:
    """The question whether a condition does not hold any more."""
    if isinstance(holder, list):
        return f"{text} != {value}"
    return f"{text}.get({name!r}) is not {value}" if isinstance(holder, dict) else f"{text}.{name} is not {value}"


def _last_uses(entries: Sequence[TracedCall], roots: Sequence[int]) -> dict[int, int]:
    last = {}
    for i, entry in enumerate(entries):
        for number in value_numbers((entry.args, entry.options, entry.out, entry.written)):
            last[roots[number]] = i
    return last


def _deposited(entries: Sequence[TracedCall]) -> set[int]:
    return {number for entry in entries if entry.function is accumulate_grads for number in value_numbers(entry.args)}


def _handed(entries: Sequence[TracedCall]) -> set[int]:
    """What functions with effects, which may keep it, are given."""
    calls = [(entry.args, entry.options) for entry in entries if entry.effect and entry.function is not accumulate_grads]
    return set(value_numbers(calls))


def _can_write(entry: TracedCall) -> bool:
    return isinstance(entry.out, ValueId) and not entry.is_view and not entry.effect and _takes_out(entry.function)


def _leaves(entries: Sequence[TracedCall]) -> list[Any]:
    return [leaf for entry in entries if entry.function is accumulate_grads for leaf in entry.args[0]]


def _takes_out(function: Callable) -> bool:
    if isinstance(function, np.ufunc):
        return function.nout == 1
    return function in TAKE_OUT or _is_reduction(function)


def _out(function: Callable, name: str) -> str:
    """How a function is given the array for its result: by place where it may, which is read faster."""
    by_place = function is np.dot or (isinstance(function, np.ufunc) and function not in (np.maximum, np.minimum))
    return name if by_place else f"out={name}"


def _is_reduction(function: Callable) -> bool:
    return isinstance(getattr(function, "__self__", None), np.ufunc) and function.__name__ == "reduce"


def _with(x: Any, static: dict[int, Any]) -> Any:
    if isinstance(x, ValueId):
        return static[x.number]
    if isinstance(x, dict):
        return {name: _with(value, static) for name, value in x.items()}
    return type(x)(_with(part, static) for part in x) if type(x) in (list, tuple) else x


def _targets(out: Any, names: dict[int, str]) -> str:
    """The left side of an assignment, which gives new names to places."""
    if isinstance(out, ValueId):
        names[out.number] = f"v{out.number}"
        return f"{names[out.number]} = "
    if isinstance(out, tuple) and any(True for _ in value_numbers(out)):
        parts = [_targets(part, names).removesuffix(" = ") or "_" for part in out]
        return f"{', '.join(parts)}, = "
    return ""


def _answer(result: Any, text: Callable[[Any], str]) -> str:
    if isinstance(result, ValueId):
        return f"{text(result)}.copy()[()]"
    if isinstance(result, list | tuple):
        return f"({', '.join(_answer(part, text) for part in result)},)"
    return text(result)


def _alike(one: Any, other: Any) -> bool:
    """Whether arguments of two runs are the same: objects the same, numbers and new arrays equal."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_alike(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_alike, one, other))
    return not isinstance(one, Tensor) and bool(one == other)


def _name(function: Any) -> str:
    return getattr(function, "__name__", repr(function))
