"""The backward pass, one step at a time: the contribution of each operation to each of its inputs, and the running sums."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.draw.style import MAX_TITLE, shorten
from autograd.draw.vertex import Edge, Vertex


class UnknownGradient:
    """Stands for a running sum of which at least one term was not kept."""


UNKNOWN = UnknownGradient()


@dataclass
class Contribution:
    """One term of a gradient: before + upstream × local = after."""

    edge: Edge
    before: Any  # the running sum of the source's gradient; None if it has no term yet
    after: Any


@dataclass
class BackwardStep:
    """The gradient of one vertex is complete; its contributions are added to the gradients of its inputs."""

    vertex: Vertex
    contributions: list[Contribution]  # one for each input that takes a gradient


def backward_steps(vertices: list[Vertex]) -> list[BackwardStep]:
    """The steps of the backward pass, from the result to the leaves; empty before any backward pass.

    A leaf that has a gradient of an earlier pass starts with that gradient. The running sum is UNKNOWN after a contribution
    that was not kept. After the last contribution it is the gradient of the vertex.
    """
    if all(vertex.gradient is None for vertex in vertices if vertex.is_computed):
        return []
    sums: dict[int, Any] = {id(v): v.earlier_gradient for v in vertices if not v.is_computed and v.is_tracked}
    pending = {id(vertex): len(vertex.uses) for vertex in vertices}
    steps = []
    for vertex in reversed(vertices):
        contributions = []
        for edge in vertex.inputs:
            source, key = edge.source, id(edge.source)
            if not source.is_tracked:
                continue
            before, term = sums.get(key), edge.contribution
            pending[key] -= 1
            if before is not UNKNOWN and term is not None:
                after = term if before is None else before + term
            elif pending[key] or source.gradient is None:
                after = UNKNOWN
            else:
                after = source.gradient
            sums[key] = after
            contributions.append(Contribution(edge, before, after))
        if contributions:
            steps.append(BackwardStep(vertex, contributions))
    return steps


def derivative_symbol(vertices: list[Vertex]) -> Callable[[str], str]:
    """The symbol of a gradient by the title of its vertex.

    It is ∂result/∂vertex if the backward pass starts with ones, else ∂L/∂vertex for an unknown L with ∂L/∂result = that start.
    """
    result = vertices[-1]
    starts_with_ones = result.gradient is None or np.all(np.asarray(result.gradient) == 1)
    numerator = shorten(result.title, MAX_TITLE) if starts_with_ones else "L"
    return lambda title: f"∂{numerator}/∂{title}"
