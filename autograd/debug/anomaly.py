"""Where did the nan come from? The first value or gradient that is not finite is found, with the line of code that made it."""

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
    """Stop at the first nan or infinity: a `with` block around forward and backward pass.

    Raises AnomalyError with the operation and the source line that called it: in the forward pass when a recorded
    operation gives such a value, in the backward pass when a gradient formula makes one of a finite gradient.
    Every value and gradient is looked at and every formula runs twice: for finding mistakes, not for training.

    >>> from autograd import AnomalyError, Tensor, detect_anomaly
    >>> x = Tensor(0.0, requires_grad=True)
    >>> try:
    ...     with detect_anomaly():
    ...         (x + 1 - 1).sqrt().backward()
    ... except AnomalyError as error:
    ...     print(str(error).splitlines()[0])
    sqrt: its gradient formula for x gives inf, from 0.0
    """
    with on_record(_observe), np.errstate(all="ignore"):  # NumPy's warnings would only say the same, later
        yield


def _observe(result: Tensor) -> None:
    """Look at a value that was just computed, and stand by to look at its gradient."""
    node, line = result._node, user_line()
    assert node is not None
    bad = _not_finite(result.data)
    if bad:
        raise AnomalyError(f"{node.operation.name}: the result is {bad}{_given(node)}\n{line}")
    register(node, partial(_watch, ref(node), line))


def _watch(reference: ref, line: Line, g: Any) -> Any:
    """Look at the gradient that arrived at a node, and at what its formulas will make of it."""
    node: Any = reference()
    arriving = g.data if isinstance(g, Tensor) else g
    bad = _not_finite(arriving)
    if bad:
        raise AnomalyError(f"{node.operation.name}: the gradient that arrives is {bad}\n{line}")
    with GradMode(False):
        for i, contribution in node.operation.contributions(arriving, node.saved, tracked(node)):
            bad = _not_finite(contribution)
            if bad:
                name = node.operation.inputs[i] if i < len(node.operation.inputs) else f"input {i + 1}"
                raise AnomalyError(f"{node.operation.name}: its gradient formula for {name} gives {bad}{_given(node)}\n{line}")
    return g


def _not_finite(value: Any) -> str:
    """What is not finite in an array, and where the first such element is."""
    wrong = ~np.isfinite(value)
    if not np.any(wrong):
        return ""
    if np.ndim(value) == 0:
        return str(value)
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    return f"{value[index]} at index {index if len(index) > 1 else index[0]} of shape {np.shape(value)}"


def _given(node: Node) -> str:
    """The values an operation was given, as far as they are known."""
    values = [_range(source) for source in node.inputs]
    return f", from {' and '.join(values)}"


def _range(source: Any) -> str:
    source = source() if isinstance(source, ref) else source
    value = source.data if isinstance(source, Tensor) else source.value if isinstance(source, Node) else source
    if value is None or isinstance(value, ShapeDtype):
        return f"shape {getattr(value, 'shape', ())}"
    value = np.asarray(value)
    if value.size <= 1:
        return str(value.item() if value.size else "nothing")
    return f"shape {value.shape} with values from {value.min():.4g} to {value.max():.4g}"
