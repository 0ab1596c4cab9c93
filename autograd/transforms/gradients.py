"""Gradients as values: those of chosen inputs, returned instead of added to `grad`."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.core.engine import backward_pass
from autograd.core.grad_mode import GradMode, recording_backward
from autograd.core.tensor import Tensor, initial_gradient
from autograd.errors import GraphError


def gradients(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Any = None,
    *,
    retain_graph: bool | None = None,
    create_graph: bool = False,
) -> list[Tensor]:
    """The derivatives of outputs with respect to inputs: Σ grad_output · ∂output/∂input, one for each input.

    grad_outputs: the gradient that each output starts with, shaped like it; 1 by default for outputs of one element.
    retain_graph: keep the graph for another pass; by default the value of create_graph.
    create_graph: return gradients that can be differentiated again.

    An input on which no output depends gets zeros. Raises GraphError if no output has a graph, or if an input does not
    require gradients.

    >>> from autograd import Tensor, gradients
    >>> x = Tensor(2.0, requires_grad=True)
    >>> (slope,) = gradients(x**3, [x], create_graph=True)
    >>> (curvature,) = gradients(slope, [x])
    >>> slope.item(), curvature.item()
    (12.0, 12.0)
    """
    if isinstance(outputs, Tensor):
        outputs, grad_outputs = [outputs], [grad_outputs]
    if isinstance(inputs, Tensor):
        inputs = [inputs]
    constant = [i for i, x in enumerate(inputs) if not x.requires_grad]
    if constant:
        raise GraphError(
            f"input {constant[0] + 1} does not require gradients; make it with requires_grad=True before computing"
        )
    start: dict[Any, Any] = {}
    for output, grad_output in zip(outputs, [None] * len(outputs) if grad_outputs is None else grad_outputs, strict=True):
        if output.requires_grad:
            g = initial_gradient(output, grad_output, create_graph)
            start[output._node] = start[output._node] + g if output._node in start else g
    if not start:
        raise GraphError("none of the outputs has a graph: make the inputs with requires_grad=True, outside of no_grad()")
    nodes = [x._node for x in inputs]
    retain = create_graph if retain_graph is None else retain_graph
    with recording_backward() if create_graph else GradMode(False):
        grads = backward_pass(start, {n for n in nodes if n}, retain, Tensor._wrap if create_graph else None)
    return [_as_tensor(x, grads.get(x._node), create_graph) for x in inputs]  # type: ignore[arg-type]


def _as_tensor(x: Tensor, g: Any, create_graph: bool) -> Tensor:
    """The gradient of x as a tensor with memory of its own; zeros if there is none."""
    if g is None:
        return Tensor._wrap(np.zeros(x.shape, x.dtype)[()], None)
    if create_graph:
        return g
    return Tensor._wrap(g if x.is_leaf else g.copy(), None)
