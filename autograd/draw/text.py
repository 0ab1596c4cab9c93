"""A graph as a trace that can be followed with a pencil."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.draw.backward_steps import UNKNOWN, Part, backward
from autograd.draw.expression_text import written
from autograd.draw.number_format import summary
from autograd.draw.style import notice, shortened
from autograd.draw.vertex import Vertex

MOST = 9  # arrays of up to so many elements are written out
LONGEST = 40
LEAVES = {"input": "leaf", "parameter": "parameter", "frozen": "without gradient", "constant": "constant"}


def trace(vertices: list[Vertex]) -> str:
    """Every vertex forward, every step backward: upstream × local = contribution; then the gradients that it was for.

    Where several contributions meet, they add up: before + contribution = after.
    """
    result = _title(vertices[-1])
    rows = [(_title(vertex), _computation(vertex), _value(vertex)) for vertex in vertices if not vertex.is_number]
    left = max(len(title) for title, _, _ in rows)
    middle = max(len(computation) for _, computation, _ in rows)
    lines = [notice(vertices), ""] if notice(vertices) else []
    lines += ["forward", *(f"  {title:<{left}}  {how:<{middle}}  {value}".rstrip() for title, how, value in rows)]
    if vertices[-1].gradient is None:
        return "\n".join([*lines, "", "no backward yet: gradients appear here after .backward()"])
    lines += [
        "",
        "backward",
        f"  start: ∂{result}/∂{result} = {summary(vertices[-1].gradient, MOST)}",
        *_steps(vertices, result),
    ]
    found = [vertex for vertex in vertices if vertex.is_start and vertex.gradient is not None]
    lines += ["", "gradients", *(f"  ∂{result}/∂{_title(start)} = {summary(start.gradient, MOST)}" for start in found)]
    return "\n".join(lines)


def _title(vertex: Vertex) -> str:
    return shortened(vertex.title, LONGEST)


def _computation(vertex: Vertex) -> str:
    if not vertex.is_computed:
        return LEAVES[vertex.kind]
    return written(vertex, [_title(operand) for operand in vertex.operands])


def _value(vertex: Vertex) -> str:
    shape = f"{vertex.shape} " if vertex.shape else ""
    return f"= {shape}{summary(vertex.value, MOST)}" if vertex.value is not None else f"= {shape}(not kept)"


def _steps(vertices: list[Vertex], result: str) -> Iterator[str]:
    steps = backward(vertices)
    met: set[int] = set()
    for part in (part for step in steps for part in step.parts):
        source = part.edge.source
        if id(source) not in met and part.before is not None:
            yield f"  {_title(source)} starts with {summary(part.before, MOST)}, from an earlier backward()"
        met.add(id(source))
    for step in steps:
        yield f"  through {_title(step.vertex)} = {_computation(step.vertex)}"
        yield from (f"    {_step(part, result)}" for part in step.parts)


def _step(part: Part, result: str) -> str:
    edge = part.edge
    source, target = _title(edge.source), _title(edge.target)
    if edge.contribution is None:
        known = "not kept" if edge.source.gradient is None else summary(edge.source.gradient, MOST)
        return f"→ {source}, whose gradient in all is {known}"
    contribution = summary(edge.contribution, MOST)
    arrived = f"  → {source}"
    if part.before is UNKNOWN:
        arrived += "" if part.after is UNKNOWN else f", whose gradient in all is {summary(part.after, MOST)}"
    elif part.before is not None:
        arrived += f": {summary(part.before, MOST)} + {contribution} = {summary(part.after, MOST)}"
    return f"{_product(part, f'∂{result}/∂{target}', f'∂{target}/∂{source}')} = {contribution}{arrived}"


def _product(part: Part, upstream: str, local: str) -> str:
    """The chain rule with letters, and with numbers where they can be written out."""
    edge = part.edge
    if edge.local is None:
        return f"{upstream} carried back by {local}"
    factors: list[Any] = [edge.target.gradient, edge.local]
    summed = np.shape(edge.contribution) != np.broadcast_shapes(*map(np.shape, factors))
    if max(map(np.size, factors)) > MOST:
        return f"{upstream} × {local}, element by element{' and summed over what was broadcast' * summed}"
    numbers = " × ".join(summary(factor, MOST) for factor in factors)
    return f"{upstream} × {local} = {numbers}{', summed over what was broadcast,' * summed}"
