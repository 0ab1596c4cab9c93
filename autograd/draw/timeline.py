"""A graph over time: the forward pass computes values one by one, then the backward pass adds up gradients."""

from dataclasses import dataclass, field
from typing import Any

from autograd.draw.backward_steps import Contribution, backward_steps
from autograd.draw.vertex import Vertex

FORWARD, SEED, BACKWARD = "forward", "start", "backward"


@dataclass
class Frame:
    """One step: a value is computed, or a gradient is complete and passes through its operation."""

    phase: str  # FORWARD, SEED (the initial gradient of the backward pass), BACKWARD
    vertex: Vertex
    contributions: list[Contribution] = field(default_factory=list)  # one for each input that takes a gradient
    gradients: dict[int, Any] = field(default_factory=dict)  # by id of vertex: the new running sums, or UNKNOWN


def frames(vertices: list[Vertex]) -> list[Frame]:
    """All steps, forward and then backward; only the forward ones before any backward pass."""
    result = vertices[-1]
    timeline = [Frame(FORWARD, vertex) for vertex in vertices if vertex.is_computed]
    if result.gradient is None:
        return timeline
    timeline.append(Frame(SEED, result, gradients={id(result): result.gradient}))
    for step in backward_steps(vertices):
        gradients = {} if step.vertex.gradient is None else {id(step.vertex): step.vertex.gradient}
        gradients |= {id(contribution.edge.source): contribution.after for contribution in step.contributions}
        timeline.append(Frame(BACKWARD, step.vertex, step.contributions, gradients))
    return timeline


def initial_gradients(timeline: list[Frame]) -> dict[int, Any]:
    """The gradients, by id of vertex, before the backward pass."""
    gradients: dict[int, Any] = {}
    for frame in timeline:
        for contribution in frame.contributions:
            gradients.setdefault(id(contribution.edge.source), contribution.before)
    return {key: gradient for key, gradient in gradients.items() if gradient is not None}
