"""The gradients of one backward pass, separated from what other passes left."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.core.engine import unbroadcast
from autograd.draw.vertex import Vertex
from autograd.draw.watch import is_recorder

ROUNDING = 1e-9  # gradients are equal up to this relative error

#: The contributions of an upstream gradient to the inputs of an operation, by position.
Contributions = Callable[[Any], Mapping[int, Any]]


def complete_gradients(vertices: Sequence[Vertex], contributions: Mapping[int, Contributions]) -> None:
    """Give every result the gradient of the pass that started with the gradient of the last vertex.

    A node holds the gradient of the last pass through it, which may have started elsewhere, and a large one not at all. Where
    all contributions to a result are known, their sum is its gradient, and its own contributions follow from that.

    contributions: by id of vertex: the contributions of its operation, if its formulas can be evaluated.
    """
    for vertex in reversed(vertices[:-1]):
        terms = [edge.contribution for edge in vertex.uses]
        if not vertex.is_computed or not terms or any(term is None for term in terms) or _has_hooks(vertex):
            continue
        total = sum(terms[1:], terms[0])
        if vertex.gradient is not None and _is_close(vertex.gradient, total):
            continue
        vertex.gradient = total
        if id(vertex) in contributions:
            for i, term in contributions[id(vertex)](total).items():
                vertex.inputs[i].contribution = term


def separate_passes(leaf: Vertex) -> None:
    """Separate the gradient of a leaf into those of this backward pass and of others, if all contributions are known."""
    terms = [edge.contribution for edge in leaf.uses]
    if leaf.gradient is None or any(term is None for term in terms):
        return
    total = sum(terms)
    earlier = np.where(np.isfinite(total), leaf.gradient - total, 0)[()]  # inf − inf does not tell
    if not _is_close(earlier, 0, leaf.gradient):
        leaf.earlier_gradient, leaf.pass_gradient = earlier, total


def unbroadcast_contributions(node: Any, run: Callable[[Any], Mapping[int, Any]]) -> Contributions:
    """The contributions of a node, summed over broadcast axes."""
    return partial(_unbroadcast, node, run)


def _unbroadcast(node: Any, run: Callable[[Any], Mapping[int, Any]], gradient: Any) -> dict[int, Any]:
    return {i: unbroadcast(term, node.inputs[i].value, node) for i, term in run(gradient).items()}


def _has_hooks(vertex: Vertex) -> bool:
    """Whether a hook of the person may have changed the gradient."""
    node = vertex.node() if vertex.node is not None else None
    return any(not is_recorder(hook) for hook in getattr(node, "hooks", ()))


def _is_close(x: Any, y: Any, scale: Any = None) -> bool:
    sizes = np.abs(x if scale is None else scale)
    return bool(np.all((x == y) | (np.abs(x - y) <= ROUNDING * (1 + np.max(sizes, initial=0, where=sizes < np.inf)))))
