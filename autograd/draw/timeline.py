"""A graph in time: values appear one operation after another, and then, backward, gradients grow."""

from dataclasses import dataclass, field
from typing import Any

from autograd.draw.backward_steps import Part, backward
from autograd.draw.vertex import Vertex

FORWARD, SEED, BACKWARD = "forward", "start", "backward"


@dataclass
class Moment:
    """One step: the value of a vertex is there, or its gradient is complete and goes on to its inputs."""

    phase: str  # FORWARD, SEED (the gradient that the backward pass starts with), BACKWARD
    vertex: Vertex
    parts: list[Part] = field(default_factory=list)  # for each input that takes a gradient
    arrived: dict[int, Any] = field(default_factory=dict)  # by id of vertex: the new gradients so far, or UNKNOWN


def moments(vertices: list[Vertex]) -> list[Moment]:
    """All steps, forward and then backward; only forward ones before any backward."""
    result = vertices[-1]
    found = [Moment(FORWARD, vertex) for vertex in vertices if vertex.is_computed]
    if result.gradient is None:
        return found
    found.append(Moment(SEED, result, arrived={id(result): result.gradient}))
    for step in backward(vertices):
        arrived = {} if step.vertex.gradient is None else {id(step.vertex): step.vertex.gradient}
        arrived |= {id(part.edge.source): part.after for part in step.parts}
        found.append(Moment(BACKWARD, step.vertex, step.parts, arrived))
    return found


def at_first(vertices: list[Vertex], steps: list[Moment]) -> dict[int, Any]:
    """The gradients, by id of vertex, that were there before the backward pass."""
    found: dict[int, Any] = {}
    for step in steps:
        for part in step.parts:
            found.setdefault(id(part.edge.source), part.before)
    return {key: gradient for key, gradient in found.items() if gradient is not None}
