"""Detection of the first nan or infinity, with the operation and the source line that it comes from."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from weakref import ref

import numpy as np

from autograd.core.engine import Node
from autograd.core.grad_mode import GradMode, on_record
from autograd.core.graph import tracked
from autograd.core.hooks import register
from autograd.core.shape_dtype import ShapeDtype
from autograd.core.tensor import Tensor
from autograd.errors import AnomalyError
from autograd.utils.call_stack import Line, user_line


@contextmanager
def detect_anomaly() -> Iterator[None]:
    """Raise an error at the first nan or infinity: a `with` block around forward and backward pass.

    Raises AnomalyError with the operation and the source line that called it: in the forward pass when the result of a
    recorded operation is not finite, in the backward pass when a gradient formula turns a finite gradient into one that
    is not. Every value and gradient is checked and every formula runs twice: use it for debugging, not for training.

    >>> from autograd import AnomalyError, Tensor, detect_anomaly
    >>> x = Tensor(0.0, requires_grad=True)
    >>> try:
    ...     with detect_anomaly():
    ...         (x + 1 - 1).sqrt().backward()
    ... except AnomalyError as error:
    ...     print(str(error).splitlines()[0])
    sqrt: its gradient formula for x gives inf, from 0.0
    """
    with on_record(_check_result), np.errstate(all="ignore"):  # NumPy's warnings would repeat the error
        yield


def _check_result(result: Tensor) -> None:
    """Check the result of a recorded operation, and its gradient once it arrives."""
    node, line = result._node, user_line()
    assert node is not None
    anomaly = _describe_nonfinite(result.data)
    if anomaly:
        raise AnomalyError(f"{node.operation.name}: the result is {anomaly}{_describe_inputs(node)}\n{line}")
    register(node, partial(_check_gradients, ref(node), line))


def _check_gradients(reference: ref, line: Line, g: Any) -> Any:
    """A hook that checks the gradient that arrives at a node, and the contributions that its formulas compute from it."""
    node: Any = reference()
    arriving = g.data if isinstance(g, Tensor) else g
    anomaly = _describe_nonfinite(arriving)
    if anomaly:
        raise AnomalyError(f"{node.operation.name}: the arriving gradient is {anomaly}\n{line}")
    with GradMode(False):
        for i, contribution in node.operation.contributions(arriving, node.saved, tracked(node)):
            anomaly = _describe_nonfinite(contribution)
            if anomaly:
                name = node.operation.inputs[i] if i < len(node.operation.inputs) else f"input {i + 1}"
                message = f"{node.operation.name}: its gradient formula for {name} gives {anomaly}{_describe_inputs(node)}"
                raise AnomalyError(f"{message}\n{line}")
    return g


def _describe_nonfinite(value: Any) -> str:
    """The first element of an array that is nan or infinite, with its index; empty if all are finite."""
    nonfinite = ~np.isfinite(value)
    if not np.any(nonfinite):
        return ""
    if np.ndim(value) == 0:
        return str(value)
    index = tuple(int(i) for i in np.argwhere(nonfinite)[0])
    return f"{value[index]} at index {index if len(index) > 1 else index[0]} of shape {np.shape(value)}"


def _describe_inputs(node: Node) -> str:
    """The values of an operation's inputs, or their shapes where the graph does not keep the values."""
    return f", from {' and '.join(map(_describe_input, node.inputs))}"


def _describe_input(source: Any) -> str:
    source = source() if isinstance(source, ref) else source
    value = source.data if isinstance(source, Tensor) else source.value if isinstance(source, Node) else source
    if value is None or isinstance(value, ShapeDtype):
        return f"shape {getattr(value, 'shape', ())}"
    value = np.asarray(value)
    if value.size <= 1:
        return str(value.item() if value.size else "nothing")
    return f"shape {value.shape} with values from {value.min():.4g} to {value.max():.4g}"
