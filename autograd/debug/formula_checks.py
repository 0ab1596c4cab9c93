"""Checks of each recorded formula by itself: linear in g, equal on arrays and on tensors; residuals equal their definitions."""

from collections.abc import Sequence
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np

from autograd.core.broadcasting import unbroadcast
from autograd.core.engine import Node
from autograd.core.grad_mode import GradMode
from autograd.core.graph import tracked
from autograd.core.tensor import Tensor
from autograd.debug.check_spec import input_name
from autograd.debug.closeness import first_difference
from autograd.debug.purity import impurity, operation_nodes
from autograd.errors import GradientError

#: The factors of f(a·g₁ + b·g₂) = a·f(g₁) + b·f(g₂). The larger term has the negative factor, so that |g| and max(g, 0) fail.
FACTORS = (0.75, -2.5)


def check_formulas(outputs: Sequence[Tensor], order: int, known_formulas: set, place: str = "") -> None:
    """Check formulas and residuals of all operations in the graph of these outputs; raise GradientError for a defect.

    order:          the order of the derivatives that a backward pass from these outputs gives.
    known_formulas: those that are checked already, for other numbers in the same shapes, dtypes and layouts; it grows.
    place:          where the inputs differ from those of the user, for the message.
    """
    rng = np.random.default_rng(order)
    keys = set()
    with np.errstate(all="ignore"), catch_warnings():
        simplefilter("ignore")
        for node in operation_nodes(outputs):
            key = _key(node)
            if key in known_formulas:
                continue
            keys.add(key)
            defect = impurity(node, rng) or _wrong_residual(node) or _wrong_formula(node, rng)
            if defect:
                suffix = f" (order {order})" if order > 1 else ""
                raise GradientError(f"{node.operation.name}: {defect}{place}{suffix}")
    known_formulas |= keys


def _key(node: Node) -> Any:
    """The operation of a node, with shapes, dtypes and strides, and with the inputs that have gradients."""
    if node.operation.is_single_use:
        return node
    inputs = [(x.value.shape, x.value.dtype) if isinstance(x, Node) else getattr(x, "shape", None) for x in node.inputs]
    strides = [getattr(value, "strides", None) for value in node.saved or ()]
    return (node.operation, node.value.shape, node.value.dtype, *inputs, *strides)


def _wrong_residual(node: Node) -> str | None:
    """The first residual that the forward function returns with another value than its definition gives."""
    operation, saved = node.operation, node.saved
    for k, (position, definition, positions) in enumerate(operation.residuals):
        if saved is None or saved[position] is None:
            continue  # no needed formula names it
        name = operation._tail[1 + k]
        expected = np.asarray(definition(*[saved[p] for p in positions]))
        actual = np.asarray(saved[position])
        text = f"wrong residual: the forward function returns {name}"
        if actual.shape != expected.shape:
            return f"{text} with shape {actual.shape}, its definition in residuals= gives shape {expected.shape}"
        index = first_difference(actual, expected, _largest(saved))
        if index is not None:
            values = (
                f"{name}{_subscript(index)} = {actual[index]:.8g}, its definition in residuals= gives {expected[index]:.8g}"
            )
            return f"wrong residual: the forward function returns {values}"
    return None


def _wrong_formula(node: Node, rng: np.random.Generator) -> str | None:
    """The first formula that is not linear in the arriving gradient, or that gives other values on tensors than on arrays."""
    shape, dtype = node.value.shape, node.value.dtype
    a, b = FACTORS
    small, large = (random_gradient(rng, shape, dtype, exponents) for exponents in ((-4, -1), (0, 2)))
    arriving = (small, large, (a * small + b * large).astype(dtype)[()])
    on_small, on_large, on_sum = (_contributions(node, g) for g in arriving)
    scale = _largest([*(node.saved or ()), arriving[2]])
    for i in on_small.keys() & on_large.keys() & on_sum.keys():
        actual = on_sum[i]
        expected = a * on_small[i] + b * on_large[i]
        index = first_difference(actual, expected, scale, ignore_nonfinite=True)
        if index is not None:
            name = input_name(node.operation, i)
            if not all(_is_repeated(node, g, first) for g, first in zip(arriving, (on_small, on_large, on_sum))):
                return f"not deterministic: the formula of {name} gives another result for the same values when it runs again"
            return (
                f"nonlinear formula: the formula of {name} is not linear in the arriving gradient g: for a = {a}, b = {b} and "
                f"random g₁, g₂, f(a·g₁ + b·g₂) is {actual[index]:.6g} at {index}, but a·f(g₁) + b·f(g₂) is "
                f"{expected[index]:.6g}; g may only be multiplied, summed and moved"
            )
    on_view = _contributions(node, view := _as_view(large))
    on_tensors = _contributions_on_tensors(node, large)
    for i, expected in on_large.items():
        name = input_name(node.operation, i)
        if i in on_view and (index := first_difference(on_view[i], expected, scale, ignore_nonfinite=True)) is not None:
            return (
                f"wrong for a memory layout: the formula of {name} gives {on_view[i][index]:.8g} at {index} where the arriving "
                f"gradient (shape {shape}) has strides {view.strides}, and {expected[index]:.8g} where it is contiguous"
            )
        if i in on_tensors and (index := first_difference(on_tensors[i], expected, scale, ignore_nonfinite=True)) is not None:
            return (
                f"different on tensors: the formula of {name} gives {expected[index]:.8g} at {index} on arrays, as in "
                f"backward(), but {on_tensors[i][index]:.8g} on tensors, as in backward(create_graph=True)"
            )
    return None


def _is_repeated(node: Node, g: Any, first: dict[int, np.ndarray]) -> bool:
    second = _contributions(node, g)
    return all(np.array_equal(first[i], second[i], equal_nan=True) for i in first.keys() & second.keys())


def _as_view(g: Any) -> Any:
    """The same gradient in memory that is contiguous in no order, with the first axis moved fastest."""
    if not g.ndim:
        return g
    return np.swapaxes(np.repeat(np.swapaxes(g, 0, -1), 2, -1)[..., ::2], 0, -1)


def _contributions(node: Node, g: Any) -> dict[int, np.ndarray]:
    """The contributions of an arriving gradient to the inputs of a node, computed on arrays."""
    return _collect(node, g, node.saved or ())


def _contributions_on_tensors(node: Node, g: Any) -> dict[int, np.ndarray]:
    """The same, computed on tensors; without those whose formula needs arrays."""
    with GradMode(True):
        try:
            saved = node.operation.saved_as_tensors(node, Tensor._wrap)
        except Exception:  # a residual's definition that needs arrays
            return {}
        return _collect(node, Tensor(g, requires_grad=True), saved)


def _collect(node: Node, g: Any, saved: Sequence) -> dict[int, np.ndarray]:
    """The contributions as the engine adds them, up to the first formula that raises an error.

    A backward pass that needs this formula raises the same error, and the check reports it there.
    """
    contributions: dict[int, np.ndarray] = {}
    try:
        for i, contribution in node.operation.contributions(g, saved, tracked(node)):
            result = unbroadcast(contribution, node.inputs[i].value, node)
            contributions[i] = np.array(result.data if isinstance(result, Tensor) else result)
    except Exception:  # the backward pass of the check raises it
        return contributions
    return contributions


def random_gradient(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any, exponents: tuple[float, float]) -> Any:
    """A random gradient of either sign, with elements of many sizes: powers of ten with these exponents."""
    real = 10 ** rng.uniform(*exponents, shape) * rng.choice([-1, 1], shape)
    if np.dtype(dtype).kind == "c":
        return (real * np.exp(1j * rng.uniform(-np.pi, np.pi, shape))).astype(dtype)[()]
    return real.astype(dtype)[()]


def _largest(values: Sequence) -> float:
    """The largest finite number in these arrays, at least 1: the scale of rounding errors."""
    sizes = [np.abs(value) for value in values if isinstance(value, np.ndarray | np.inexact) and value.dtype.kind in "fc"]
    return max([1.0, *(float(np.max(size, initial=0, where=size < np.inf)) for size in sizes)])


def _subscript(index: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, index))}]" if index else ""
