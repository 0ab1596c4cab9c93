"""Backprop one step at a time: what each operation hands back to each of its inputs, and what has arrived there so far."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.draw.vertex import Edge, Vertex


class Unknown:
    """Stands for a gradient of which a part has arrived that was not kept."""


UNKNOWN = Unknown()


@dataclass
class Part:
    """What one step of the backward pass does to one input: before + upstream × local = after."""

    edge: Edge
    before: Any  # the source's gradient so far; None if nothing has arrived yet
    after: Any


@dataclass
class Step:
    """The gradient of one vertex is complete, and goes on to its inputs."""

    vertex: Vertex
    parts: list[Part]  # for each input that takes a gradient


def backward(vertices: list[Vertex]) -> list[Step]:
    """The steps of the backward pass, from the newest vertex; none before any backward.

    A leaf that had a gradient before this pass starts with it. After a contribution that was not kept the sum is unknown, until
    with the last it is the gradient itself.
    """
    if all(vertex.gradient is None for vertex in vertices if vertex.is_computed):
        return []
    so_far: dict[int, Any] = {id(v): _earlier(v) for v in vertices if not v.is_computed and v.is_tracked}
    waiting = {id(vertex): len(vertex.uses) for vertex in vertices}
    steps = []
    for vertex in reversed(vertices):
        parts = []
        for edge in vertex.inputs:
            source, key = edge.source, id(edge.source)
            if not source.is_tracked:
                continue
            before, more = so_far.get(key), edge.contribution
            waiting[key] -= 1
            if before is not UNKNOWN and more is not None:
                after = more if before is None else before + more
            elif waiting[key] or source.gradient is None:
                after = UNKNOWN
            else:
                after = source.gradient
            so_far[key] = after
            parts.append(Part(edge, before, after))
        if parts:
            steps.append(Step(vertex, parts))
    return steps


def _earlier(leaf: Vertex) -> Any:
    """What a leaf's gradient was before the pass whose contributions are known; None if it was empty, or is not known."""
    if leaf.gradient is None or any(edge.contribution is None for edge in leaf.uses):
        return None
    earlier = leaf.gradient - sum(edge.contribution for edge in leaf.uses)
    size = np.max(np.abs(leaf.gradient), initial=0)
    return None if np.all(np.abs(earlier) <= 1e-9 * (1 + size)) else earlier
