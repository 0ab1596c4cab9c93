"""How gradient formulas behave, whatever their values: deterministic, pure, in their input's dtype and memory of their own."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any
from weakref import ref

import numpy as np

from autograd.core import apply
from autograd.core.engine import Node
from autograd.core.graph import nodes, tracked
from autograd.core.operation import Operation
from autograd.core.shape_dtype import ShapeDtype
from autograd.core.tensor import Tensor
from autograd.debug.diagnosis import guess_of_shape
from autograd.debug.numerical import Finding, Task, input_name, outputs_of
from autograd.errors import GradientError, InPlaceError
from autograd.transforms.gradients import gradients


def conduct(task: Task) -> None:
    """Check everything about f but the values of its derivatives; raise a Finding.

    There are two runs; between forward and backward of the second the function is called elsewhere, as real programs do.
    """
    xs, rng = [task.inputs[i] for i in task.checked], np.random.default_rng(0)
    before = [x.numpy().copy() for x in task.inputs]
    outputs = outputs_of(task.f, task.inputs)
    values = [out.numpy().copy() for out in outputs]
    for node in operations(outputs):
        complaint = misconduct(node, rng)
        if complaint:
            raise GradientError(f"{node.operation.name}: {complaint}")
    weights = [rng.uniform(0.5, 1.5, value.shape) for value in values]
    first = run_back(task, outputs, xs, weights)
    for i, (x, old) in enumerate(zip(task.inputs, before)):
        if not _same(x.numpy(), old):
            raise Finding(f"mutated input, a stale saved value for others: {task.names()[i]} is changed in place")
    again = outputs_of(task.f, task.inputs)
    if not all(_same(out.numpy(), value) for out, value in zip(again, values)):
        raise Finding("not deterministic: two runs on the same inputs give different results")
    outputs_of(task.f, [Tensor(x.numpy() + task.eps, True) if i in task.checked else x for i, x in enumerate(task.inputs)])
    second = run_back(task, again, xs, weights)
    if not all(map(_same, first, second)):
        fresh = run_back(task, outputs_of(task.f, task.inputs), xs, weights)
        if all(map(_same, first, fresh)):
            stale = "another call between forward and backward changes what the formula works on"
            raise Finding(f"stale saved value: {stale}")
        raise Finding("not deterministic: two backward passes on the same inputs give different gradients")
    for slot, i in enumerate(task.checked):
        _check_memory(task, slot, first, second[slot])
        if first[slot].dtype != task.inputs[i].dtype:
            raise Finding(f"dtype drift: {task.names()[i]} is {task.inputs[i].dtype}, its gradient {first[slot].dtype}")


def _check_memory(task: Task, slot: int, found: list[np.ndarray], later: np.ndarray) -> None:
    """A gradient's memory is its own: not an input's, another gradient's or that of the next backward pass."""
    others = [*((i, "the gradient of ", g) for i, g in zip(task.checked[:slot], found))]
    others += [(i, "", x.numpy()) for i, x in enumerate(task.inputs)]
    others += [(task.checked[slot], "the next gradient of ", later)]
    for i, what, memory in others:
        if np.may_share_memory(found[slot], memory) and np.shares_memory(found[slot], memory):
            names = task.names()
            raise Finding(f"aliased gradient: the gradient of {names[task.checked[slot]]} shares memory with {what}{names[i]}")


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    return np.array_equal(a, b, equal_nan=True)


def run_back(task: Task, outputs: list[Tensor], xs: list[Tensor], weights: list[np.ndarray]) -> list[np.ndarray]:
    """Gradients as arrays; what stops the backward pass is a finding, too."""
    smooth = [k for k, out in enumerate(outputs) if out.requires_grad]
    if not smooth:
        return [np.zeros(x.shape, x.dtype) for x in xs]
    try:
        found = gradients([outputs[k] for k in smooth], xs, [weights[k] for k in smooth])
    except InPlaceError as error:
        raise Finding(f"stale saved value: {error}") from error
    except ValueError as error:
        raise Finding(str(error), lambda: guess_of_shape(task)) from error
    return [g.numpy() for g in found]


def operations(outputs: Sequence[Tensor]) -> list[Node]:
    """The nodes of all operations that these tensors were computed by, oldest first."""
    newest = [out._node for out in outputs if out._node is not None]
    return [node for node in nodes(newest) if node.operation is not None]


def misconduct(node: Node, rng: np.random.Generator) -> str | None:
    """What the formulas of a node do to what they are given, or None if they are pure."""
    operation, before = node.operation, node.saved
    saved = [value.copy() if isinstance(value, np.ndarray) else value for value in before or ()]
    g = rng.uniform(0.5, 1.5, node.value.shape).astype(node.value.dtype)[()]
    arriving = g.copy()
    parts: list[tuple[str, Any]] = []
    try:
        with np.errstate(all="ignore"):
            for i, part in operation.contributions(g, saved, tracked(node)):
                parts.append((input_name(operation, i), part))
                if not np.array_equal(g, arriving):
                    return f"mutated gradient: {_formula(*parts[-1:])} changes the arriving gradient in place"
                if _narrower(part, g, node.inputs[i].value):
                    kind = node.inputs[i].value.dtype
                    return f"dtype drift: {_formula(*parts[-1:])} returns {part.dtype} where the input is {kind}"
    except Exception:  # the same error stops the backward pass, and is told there
        return None
    for place, (old, new) in enumerate(zip(before or (), saved)):
        if isinstance(old, np.ndarray) and not np.array_equal(old, new, equal_nan=True):
            return f"stale saved value: a formula changes the saved {_place(operation, place, len(node.inputs))} in place"
    return _shared(operation, parts, g, saved, len(node.inputs))


def _shared(operation: Operation, parts: list[tuple[str, Any]], g: Any, saved: list, count: int) -> str | None:
    """The engine copies what is passed on or a view; any other memory must be a formula's own."""
    own = [(name, part) for name, part in parts if isinstance(part, np.ndarray) and part is not g and part.base is None]
    for k, (name, part) in enumerate(own):
        for other, twin in own[:k]:
            if part is twin:
                return f"aliased gradient: the formulas of {other} and {name} return the same memory"
        for place, value in enumerate(saved):
            if part is value:
                return f"aliased gradient: the formula of {name} returns the saved {_place(operation, place, count)} itself"
    return None


def _narrower(part: Any, g: Any, like: Any) -> bool:
    """Whether precision was lost; a formula may return more than is needed, which the engine casts."""
    dtype = getattr(part, "dtype", g.dtype)
    return dtype.kind != "f" or dtype.itemsize < min(g.dtype.itemsize, like.dtype.itemsize)


def _formula(part: tuple[str, Any]) -> str:
    return f"the formula of {part[0]}"


def _place(operation: Operation, place: int, count: int) -> str:
    return input_name(operation, place) if place < count else "result" if place == count else "residual"


def lone_operations(outputs: Sequence[Tensor]) -> Iterator[tuple[Node, Callable, list[Tensor]]]:
    """Each recorded operation by itself: its node, a function that does only this, and tensors with what it was given."""
    for node in operations(outputs):
        values = [_input(node, i) for i in range(len(node.inputs))]
        if any(value is None for value in values) or node.operation.is_single_use:
            continue  # too large to be kept, and no formula asked for it; or the record of one call
        inputs = [Tensor(value, requires_grad=isinstance(source, Node)) for value, source in zip(values, node.inputs)]
        yield node, partial(apply.make_apply(node.operation), **(node.options or {})), inputs


def _input(node: Node, i: int) -> Any:
    source = node.inputs[i]
    source = source() if isinstance(source, ref) else source
    value = node.saved[i] if node.saved is not None and i < len(node.saved) else None
    if value is None:
        value = source.value if isinstance(source, Node) else source.data if isinstance(source, Tensor) else source
    return None if isinstance(value, ShapeDtype) else value


def is_stale(node: Node, inputs: Sequence[Tensor]) -> bool:
    """Whether what a node saved no longer is the result of its inputs."""
    options, place = node.options or {}, len(node.inputs)
    kept = node.saved[place] if node.saved is not None and len(node.saved) > place else None
    value = kept if kept is not None else node.value
    out = node.operation.forward(*[x.data for x in inputs], **options)
    out = out[0] if node.operation.residuals else out
    return not isinstance(value, ShapeDtype) and not np.allclose(value, out, rtol=1e-6, equal_nan=True)
