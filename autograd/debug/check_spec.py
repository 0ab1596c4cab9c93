"""The specification of a gradient check: the function, its inputs, the tolerances, and the names in messages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from autograd.core.coercion import is_complex
from autograd.core.engine import Node
from autograd.core.operation import Operation
from autograd.core.tensor import Tensor
from autograd.core.trees import leaves

RTOL = 1e-6
LOOSE_RTOL, LOOSE_ATOL = 1e-3, 1e-5  # for formulas in float32, and of kinks


class CheckFailure(Exception):  # noqa: N818  (it becomes a GradientError once the operation that causes it is known)
    """A failed check: the message, the derivative's order, and on demand a guess at the mistake."""

    def __init__(self, message: str, guess: Callable[[], str] | None = None, order: int = 1):
        super().__init__(message)
        self.message, self.guess, self.order = message, guess, order


@dataclass(frozen=True)
class CheckOptions:
    """The options of a check, as `gradcheck` documents them."""

    order: int = 1
    eps: float = 1e-6
    atol: float | None = None
    rtol: float | None = None
    fast: bool = False
    complex_step: bool = True
    vary: bool = False
    report: Callable[[str], Any] | None = None


@dataclass(frozen=True)
class CheckSpec:
    """A check of a function's derivatives with respect to the inputs at the positions `checked`."""

    f: Callable[..., Any]
    inputs: list[Tensor]
    checked: list[int]
    options: CheckOptions

    first_order = 1  # the order of the first derivative of f

    @property
    def checked_inputs(self) -> list[Tensor]:
        """The inputs whose derivatives are checked."""
        return [self.inputs[i] for i in self.checked]

    def close(self, derivative: Any, reference: Any, scale: float = 1, noise: Any = 0) -> Any:
        """Where a derivative and its reference agree, elementwise.

        scale: a factor of the tolerances; noise: the rounding error of the reference.
        """
        rtol, atol = self.tolerances(reference)
        return np.isclose(derivative, reference, rtol=rtol * scale, atol=atol * scale + noise, equal_nan=True)

    def tolerances(self, reference: Any) -> tuple[float, float]:
        """The relative and the absolute tolerance, by default as `gradcheck` documents them."""
        options, is_float64 = self.options, all(x.dtype == np.float64 for x in self.checked_inputs)
        rtol = options.rtol if options.rtol is not None else RTOL if is_float64 else LOOSE_RTOL
        if options.atol is not None:
            return rtol, options.atol
        sizes = np.abs(reference)
        return rtol, rtol / 100 * float(np.max(sizes, initial=0, where=sizes < np.inf)) if is_float64 else LOOSE_ATOL

    def operation(self) -> tuple[Operation | None, dict]:
        """The operation that f is, with its options; None if f is more than one operation on its inputs in their order."""
        operation, options = self._operation_and_options
        return (operation, options) if operation is None or not operation.is_single_use else (None, {})

    @cached_property
    def _operation_and_options(self) -> tuple[Operation | None, dict]:
        return self._operation()

    def _operation(self) -> tuple[Operation | None, dict]:
        outputs = outputs_of(self.f, self.inputs)
        node = outputs[0]._node if len(outputs) == 1 else None
        operation = getattr(self.f, "operation", None)
        if not isinstance(operation, Operation):
            operation = node.operation if node is not None and node.operation and self._has_inputs_of(node) else None
        options = node.options if node is not None and node.options else operation.defaults if operation else {}
        return operation, options

    def _has_inputs_of(self, node: Node) -> bool:
        pairs = zip(node.inputs, self.inputs)
        return len(node.inputs) == len(self.inputs) and all(
            source is x._node if x.requires_grad else not isinstance(source, Node) for source, x in pairs
        )

    def names(self) -> list[str]:
        """The names of the inputs in messages: those of the operation, or "input 1", "input 2", …"""
        operation, _ = self.operation()
        count = range(len(self.inputs))
        return [f"input {i + 1}" if operation is None else input_name(operation, i) for i in count]

    def title(self) -> str:
        """The name of f in messages."""
        operation, _ = self.operation()
        return operation.name if operation else "the function"

    def recorded_outputs(self) -> list[Tensor]:
        """Outputs whose graph holds the operations that can cause a failure."""
        return outputs_of(self.f, self.inputs)


@dataclass(frozen=True)
class GradientSpec(CheckSpec):
    """A check of the gradients of `original` as a function: its inputs, followed by the arriving gradients."""

    original: CheckSpec

    first_order = 2

    def _operation(self) -> tuple[Operation | None, dict]:
        return None, {}

    def names(self) -> list[str]:
        """The names of the original's inputs and of the arriving gradients in messages."""
        count = len(self.original.inputs)
        inputs = [f"input {i + 1}" for i in range(count)]
        return inputs + [f"arriving gradient {k + 1}" for k in range(len(self.inputs) - count)]

    def recorded_outputs(self) -> list[Tensor]:
        """The outputs of the original function."""
        return self.original.recorded_outputs()


@dataclass(frozen=True)
class NodeSpec(CheckSpec):
    """A check of one recorded operation by itself."""

    node: Node

    def _operation(self) -> tuple[Operation | None, dict]:
        return self.node.operation, self.node.options or {}


def input_name(operation: Operation, i: int) -> str:
    """The operation's name of its input i."""
    return f"{i + 1} of xs" if operation.variadic else operation.inputs[i]


def outputs_of(f: Callable[..., Any], inputs: Sequence[Any]) -> list[Any]:
    """The outputs of f: the leaves of the tree that it returns, and the real and imaginary parts of complex ones."""
    outputs = list(leaves(f(*inputs)))
    if not any(is_complex(out) for out in outputs):
        return outputs
    return [part for out in outputs for part in ([out.real, out.imag] if is_complex(out) else [out])]
