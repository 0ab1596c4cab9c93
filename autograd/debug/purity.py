"""Purity of functions and gradient formulas: deterministic, without changes in place, in their input's dtype, in new memory."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any
from weakref import ref

import numpy as np

from autograd.core import apply
from autograd.core.engine import Node
from autograd.core.graph import nodes, tracked
from autograd.core.shape_dtype import ShapeDtype
from autograd.core.tensor import Tensor
from autograd.debug.check_spec import CheckFailure, CheckSpec, input_name, outputs_of
from autograd.debug.closeness import first_difference
from autograd.debug.diagnosis import guess_of_shape
from autograd.errors import GradientError, InPlaceError
from autograd.transforms.gradients import gradients

GRADIENT_FACTOR = -4096  # a power of two, so that a right gradient is exactly this many times as large


def check_purity(spec: CheckSpec) -> None:
    """Check everything about f but the values of its derivatives; raise CheckFailure or GradientError.

    There are two runs. In the second, f is also called on other inputs between the forward and the backward pass.
    """
    inputs, f, rng = spec.inputs, spec.f, np.random.default_rng(0)
    arrays = [x.numpy().copy() for x in inputs]
    outputs = outputs_of(f, inputs)
    values = [out.numpy().copy() for out in outputs]
    for node in operation_nodes(outputs):
        defect = impurity(node, rng)
        if defect:
            raise GradientError(f"{node.operation.name}: {defect}")
    grad_outputs = [rng.uniform(0.5, 1.5, value.shape) for value in values]
    first = backward_arrays(spec, outputs, grad_outputs)
    for i, (x, array) in enumerate(zip(inputs, arrays)):
        if not _identical(x.numpy(), array):
            raise CheckFailure(f"mutated input: {spec.names()[i]} is changed in place, which makes saved values stale")
    outputs_again = outputs_of(f, inputs)
    if not all(_identical(out.numpy(), value) for out, value in zip(outputs_again, values)):
        raise CheckFailure("not deterministic: two runs on the same inputs give different results")
    outputs_of(f, [Tensor(x.numpy() + spec.options.eps, True) if i in spec.checked else x for i, x in enumerate(inputs)])
    second = backward_arrays(spec, outputs_again, grad_outputs)
    if not all(map(_identical, first, second)):
        third = backward_arrays(spec, outputs_of(f, inputs), grad_outputs)
        if all(map(_identical, first, third)):
            raise CheckFailure("stale saved value: another call between forward and backward pass changes the gradient")
        raise CheckFailure("not deterministic: two backward passes on the same inputs give different gradients")
    for slot, i in enumerate(spec.checked):
        _check_memory(spec, slot, first, second[slot])
        if first[slot].dtype != inputs[i].dtype:
            raise CheckFailure(f"dtype drift: {spec.names()[i]} is {inputs[i].dtype}, its gradient {first[slot].dtype}")


def check_scaling(spec: CheckSpec) -> None:
    """Check that a scaled arriving gradient gives scaled gradients; raise CheckFailure. Hooks can make a gradient nonlinear."""
    rng, outputs = np.random.default_rng(0), outputs_of(spec.f, spec.inputs)
    grad_outputs = [rng.uniform(0.5, 1.5, out.shape) for out in outputs]
    run = lambda outputs, factor: backward_arrays(spec, outputs, [factor * g for g in grad_outputs])
    grads, scaled = run(outputs, 1), run(outputs_of(spec.f, spec.inputs), GRADIENT_FACTOR)
    for i, grad, scaled_grad in zip(spec.checked, grads, scaled):
        if first_difference(scaled_grad, GRADIENT_FACTOR * grad, ignore_nonfinite=True) is not None:
            again = [run(outputs_of(spec.f, spec.inputs), factor) for factor in (1, GRADIENT_FACTOR)]
            if not all(map(_identical, [*grads, *scaled], [*again[0], *again[1]])):
                raise CheckFailure("not deterministic: a backward pass gives another gradient when it runs again")
            raise CheckFailure(
                f"nonlinear gradient: the gradient of {spec.names()[i]} is not {GRADIENT_FACTOR} times as large "
                f"for {GRADIENT_FACTOR} times the arriving gradient; a hook or a formula changes it"
            )


def _check_memory(spec: CheckSpec, slot: int, grads: list[np.ndarray], next_grad: np.ndarray) -> None:
    """Check that a gradient shares no memory with an input, another gradient or the next backward pass's gradient."""
    others = [*((i, "the gradient of ", g) for i, g in zip(spec.checked[:slot], grads))]
    others += [(i, "", x.numpy()) for i, x in enumerate(spec.inputs)]
    others += [(spec.checked[slot], "the next gradient of ", next_grad)]
    for i, prefix, array in others:
        if np.may_share_memory(grads[slot], array) and np.shares_memory(grads[slot], array):
            names = spec.names()
            name = names[spec.checked[slot]]
            raise CheckFailure(f"aliased gradient: the gradient of {name} shares memory with {prefix}{names[i]}")


def _identical(a: np.ndarray, b: np.ndarray) -> bool:
    return np.array_equal(a, b, equal_nan=True)


def backward_arrays(
    spec: CheckSpec, outputs: list[Tensor], grad_outputs: list[np.ndarray], xs: list[Tensor] | None = None
) -> list[np.ndarray]:
    """The gradients of xs, by default the checked inputs, as arrays; raise CheckFailure for an error in the backward pass."""
    xs = spec.checked_inputs if xs is None else xs
    with_graph = [k for k, out in enumerate(outputs) if out.requires_grad]
    if not with_graph:
        return [np.zeros(x.shape, x.dtype) for x in xs]
    try:
        grads = gradients([outputs[k] for k in with_graph], xs, [grad_outputs[k] for k in with_graph])
    except InPlaceError as error:
        raise CheckFailure(f"stale saved value: {error}") from error
    except ValueError as error:
        raise CheckFailure(str(error), lambda: guess_of_shape(spec)) from error
    return [g.numpy() for g in grads]


def operation_nodes(outputs: Sequence[Tensor]) -> list[Node]:
    """The nodes of all operations in the graph of these tensors, oldest first."""
    newest = [out._node for out in outputs if out._node is not None]
    return [node for node in nodes(newest) if node.operation is not None]


def impurity(node: Node, rng: np.random.Generator) -> str | None:
    """The first defect of a node's formulas: a change of their arguments, a lost dtype, shared memory; None if pure."""
    operation, before = node.operation, node.saved
    saved = [value.copy() if isinstance(value, np.ndarray) else value for value in before or ()]
    g = rng.uniform(0.5, 1.5, node.value.shape).astype(node.value.dtype)[()]
    arriving = g.copy()
    contributions: list[tuple[str, Any]] = []
    try:
        with np.errstate(all="ignore"):
            for i, contribution in operation.contributions(g, saved, tracked(node)):
                name, value = input_name(operation, i), node.inputs[i].value
                contributions.append((name, contribution))
                if not np.array_equal(g, arriving):
                    return f"mutated gradient: the formula of {name} changes the arriving gradient in place"
                if _loses_precision(contribution, g, value):
                    dtypes = f"{contribution.dtype} where the input is {value.dtype}"
                    return f"dtype drift: the formula of {name} returns {dtypes}"
    except Exception:  # the same error stops the backward pass and is reported there
        return None
    for position, (old, new) in enumerate(zip(before or (), saved)):
        if isinstance(old, np.ndarray) and not np.array_equal(old, new, equal_nan=True):
            return f"stale saved value: a formula changes the saved {_saved_name(node, position)} in place"
    return _aliasing(node, contributions, g, saved)


def _aliasing(node: Node, contributions: list[tuple[str, Any]], g: Any, saved: list) -> str | None:
    """The formulas that return shared memory. The engine copies the arriving gradient and views, so these are excepted."""
    owning = [(name, x) for name, x in contributions if isinstance(x, np.ndarray) and x is not g and x.base is None]
    for k, (name, contribution) in enumerate(owning):
        for other_name, other in owning[:k]:
            if contribution is other:
                return f"aliased gradient: the formulas of {other_name} and {name} return the same memory"
        for position, value in enumerate(saved):
            if contribution is value:
                return f"aliased gradient: the formula of {name} returns the saved {_saved_name(node, position)} itself"
    return None


def _loses_precision(contribution: Any, g: Any, like: Any) -> bool:
    """Whether a formula returns less precision than gradient and input have; the engine casts more precision down."""
    dtype = getattr(contribution, "dtype", g.dtype)
    return dtype.kind not in "fc" or np.finfo(dtype).bits < min(np.finfo(g.dtype).bits, np.finfo(like.dtype).bits)


def _saved_name(node: Node, position: int) -> str:
    count = len(node.inputs)
    if position < count:
        return input_name(node.operation, position)
    return "result" if position == count else "residual"


def single_operations(outputs: Sequence[Tensor]) -> Iterator[tuple[Node, Callable, list[Tensor]]]:
    """Each recorded operation by itself: its node, a function that applies only this operation, and its inputs."""
    for node in operation_nodes(outputs):
        values = [_input_value(node, i) for i in range(len(node.inputs))]
        if any(value is None for value in values) or node.operation.is_single_use:
            continue  # a large value that no formula needs is not kept; a single-use operation records one call
        inputs = [Tensor(value, requires_grad=isinstance(source, Node)) for value, source in zip(values, node.inputs)]
        yield node, partial(apply.make_apply(node.operation), **(node.options or {})), inputs


def _input_value(node: Node, i: int) -> Any:
    """The value of a node's input i; None if the graph does not keep it."""
    source = node.inputs[i]
    source = source() if isinstance(source, ref) else source
    value = node.saved[i] if node.saved is not None and i < len(node.saved) else None
    if value is None:
        value = source.value if isinstance(source, Node) else source.data if isinstance(source, Tensor) else source
    return None if isinstance(value, ShapeDtype) else value


def is_stale(node: Node, inputs: Sequence[Tensor]) -> bool:
    """Whether the result that a node saved differs from its operation's result on these inputs."""
    options, position = node.options or {}, len(node.inputs)
    saved = node.saved[position] if node.saved is not None and len(node.saved) > position else None
    value = saved if saved is not None else node.value
    out = node.operation.forward(*[x.data for x in inputs], **options)
    out = out[0] if node.operation.residuals else out
    return not isinstance(value, ShapeDtype) and not np.allclose(value, out, rtol=1e-6, equal_nan=True)
