"""Forward mode: tangents carried through a recorded graph, from the oldest node to the newest.

No operation has a second formula for it. Where the Jacobian of an operation is diagonal, its own gradient formula takes the
tangent in the place of the gradient. Where the forward function is linear, it takes the tangent in the place of the input. For
any other operation the formula g ↦ gᵀJ is recorded and differentiated: its gradient with respect to g, started with t, is J t.
"""

from collections.abc import Collection, Iterable
from typing import Any
from weakref import ref

import numpy as np
from numpy import errstate

from autograd.core import in_place
from autograd.core.apply import apply_to_stand_in
from autograd.core.broadcasting import unbroadcast
from autograd.core.engine import Node, backward_pass
from autograd.core.grad_mode import GradMode, recording_backward
from autograd.core.graph import nodes_between
from autograd.core.operation import Operation
from autograd.core.tensor import Tensor
from autograd.errors import GraphError
from autograd.transforms.gradients import gradients


@errstate(all="ignore")
def forward_pass(start: dict[Node, Any], ends: Iterable[Node], records: bool = False) -> dict[Node, Any]:
    """Carry tangents forward through the graph; return those of the nodes on the way.

    start:   the tangents of the inputs: arrays or batches of them; tensors if the pass is recorded.
    ends:    the nodes of the results.
    records: compute on tensors and record the pass, so that tangents can be differentiated.

    A node that depends on no input has no tangent in the result.
    """
    tangents: dict[Any, Any] = dict(start)
    with recording_backward() if records else GradMode(False):
        for node in sorted(nodes_between(ends, start), key=lambda node: -node.number):  # numbers count down
            if node not in start:
                tangents[node] = _tangent(node, tangents, records)
    return tangents


def _tangent(node: Node, tangents: dict[Any, Any], records: bool) -> Any:
    """The tangent of a node: Σ Jᵢ tᵢ over its inputs."""
    operation, shape, dtype = node.operation, node.value.shape, node.value.dtype
    if node.saved is None:
        raise GraphError(f"{operation.name}: a backward() inside the function freed this part of its graph")
    if in_place.last_change < node.number:
        in_place.check_unmodified(node)
    has_formula = [True] * len(node.inputs) if operation.joint_formula else operation.formulas
    inputs = {
        i: tangents[source]
        for i, source in enumerate(node.inputs)
        if type(source) is Node and source in tangents and has_formula[i]
    }
    is_real = dtype.kind == "f" and all(t.dtype.kind == "f" for t in inputs.values())
    saved = operation.saved_as_tensors(node, Tensor._wrap) if records else node.saved
    if operation.structure == "elementwise" and is_real:
        total = _diagonal(operation, saved, inputs, shape)
    elif not records and _is_linear(node, inputs):
        total = _linear(node, inputs)
    else:
        total = _double_pullback(node, saved, inputs, records)
    return total if total.dtype == dtype else total.astype(dtype)


def _diagonal(operation: Operation, saved: Any, inputs: dict[int, Any], shape: tuple[int, ...]) -> Any:
    """Σ Jᵢ tᵢ where each Jacobian is diagonal, and so its own transpose."""
    total: Any = None
    for i, t in inputs.items():
        t = t if t.shape == shape else np.broadcast_to(t, shape)
        for _, product in operation.contributions(t, saved, {i}):
            total = product if total is None else total + product
    return total if total.shape == shape else np.broadcast_to(total, shape)


def _is_linear(node: Node, inputs: dict[int, Any]) -> bool:
    """Whether the forward function is linear in these inputs and the shapes of all are known: a constant may be gone."""
    if node.operation.structure != "linear" or any(isinstance(source, ref) and source() is None for source in node.inputs):
        return False
    return inputs.keys() <= node.operation.linear_inputs(len(node.inputs)).keys()


def _linear(node: Node, inputs: dict[int, Any]) -> Any:
    """Σ Jᵢ tᵢ of a forward function that is linear: its values at the tangents.

    Inputs that a formula names are factors of the input's term and keep their values; all others are terms of their own.
    """
    operation, saved = node.operation, node.saved or ()
    factors = operation.linear_inputs(len(node.inputs))
    groups = [list(inputs)] if not any(factors[i] for i in inputs) else [[i] for i in inputs]
    total: Any = None
    for group in groups:
        named = factors[group[0]]
        values = [
            inputs[k] if k in group else saved[k] if k in named else _zeros(source) for k, source in enumerate(node.inputs)
        ]
        options = node.options or {}
        try:
            product = operation.forward(*values, **options)
        except (ValueError, IndexError, TypeError) as error:
            product = apply_to_stand_in(operation, values, options, error)
        total = product if total is None else total + product
    return total[()] if type(total) is np.ndarray and total.ndim == 0 else total


def _zeros(source: Any) -> Any:
    """Zeros in the place of an input: of a node, or of a constant as `apply.constant_input` stores it."""
    if isinstance(source, ref):
        source = source()
    like = source.value if isinstance(source, Node) else source
    return np.broadcast_to(np.zeros((), getattr(like, "dtype", None)), np.shape(like))


def _double_pullback(node: Node, saved: Any, inputs: dict[int, Any], records: bool) -> Any:
    """Σ Jᵢ tᵢ as the gradient of Σ (gᵀJᵢ) tᵢ with respect to g; at g = 1, because some formulas leave out what is 0 in g."""
    operation, like = node.operation, node.value
    g = Tensor(np.ones(like.shape, like.dtype), requires_grad=True)
    products, starts = [], []
    with GradMode(True):
        for i, product in operation.contributions(g, saved, inputs):
            source = node.inputs[i]
            if isinstance(product, Tensor) and product.requires_grad:
                products.append(unbroadcast(product, source.value, node))
                starts.append(inputs[i])
    if not products:
        return Tensor(np.zeros(like.shape, like.dtype)) if records else np.zeros(like.shape, like.dtype)[()]
    if records:
        return gradients(products, [g], starts, create_graph=True)[0]
    pending: dict[Node, Any] = {}
    for product, t in zip(products, starts):
        pending[product._node] = pending[product._node] + t if product._node in pending else t
    return _pull_back(pending, g._node, like)


def _pull_back(start: dict[Node, Any], target: Any, like: Any) -> Any:
    targets: Collection[Node] = {target}
    grads = backward_pass(start, targets, within=nodes_between(start, targets))
    t = grads.get(target)
    return np.zeros(like.shape, like.dtype)[()] if t is None else t
