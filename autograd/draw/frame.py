"""A picture of one moment: what is there after some steps, in the places of the whole picture."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from typing import Any

from autograd.draw.backward_steps import UNKNOWN
from autograd.draw.dot import ACTIVE, Step, notes_of
from autograd.draw.measure import measured
from autograd.draw.number_format import glance_at_gradient, summary
from autograd.draw.style import labels, on_edge, shortened
from autograd.draw.timeline import BACKWARD, FORWARD, Moment, at_first, moments
from autograd.draw.vertex import Vertex

_VERTEX = re.compile(r'id="graph-v(\d+)">.*?</g>', re.DOTALL)
_GRADIENT = re.compile(r'(class="gradient"[^>]*>)[^<]*')


def in_box(gradient: Any) -> str:
    """What stands in a vertex of a gradient so far, which may be none yet, or not known."""
    return f"grad {'–' if gradient is None else '…' if gradient is UNKNOWN else glance_at_gradient(gradient)}"


class State:
    """What is there after some steps: 0 is before all of them.

    Raises ValueError if there are not so many.
    """

    def __init__(self, vertices: list[Vertex], step: int):
        steps = moments(vertices)
        if not 0 <= step <= len(steps):
            raise ValueError(f"step {step}: this graph has {len(steps)} steps, forward and backward; 0 is before all of them")
        self.vertices = vertices
        self.active: Moment | None = steps[step - 1] if step else None
        self.has_backward = vertices[-1].gradient is not None
        done = steps[:step]
        self.computed = {id(vertex) for vertex in vertices if not vertex.is_computed}
        self.computed |= {id(moment.vertex) for moment in done if moment.phase == FORWARD}
        through = BACKWARD if self.has_backward else FORWARD
        self.passed = {id(moment.vertex) for moment in done if moment.phase == through}
        self.gradients = at_first(vertices, steps)
        for moment in done:
            self.gradients |= moment.arrived

    def copied(self) -> list[Vertex]:
        """The vertices with what is there."""
        copies = {id(v): replace(v, inputs=[], uses=[]) for v in self.vertices}
        for vertex in self.vertices:
            copy = copies[id(vertex)]
            if id(vertex) not in self.computed:
                copy.value = None
            if self.has_backward and vertex.is_tracked:
                gradient = self.gradients.get(id(vertex))
                copy.gradient = None if gradient is UNKNOWN else gradient
            for edge in vertex.inputs:
                shown = replace(edge, source=copies[id(edge.source)], target=copy)
                if id(vertex) not in self.passed:
                    shown.local = shown.contribution = None
                copy.inputs.append(shown)
                shown.source.uses.append(shown)
        return list(copies.values())

    def step(self, copies: list[Vertex], down: bool | None) -> Step:
        """What the picture of the copies as DOT takes from that of the whole graph."""
        sizes = measured(self.vertices, labels(self.vertices), False, down)
        vertices = list(zip(copies, self.vertices))
        edges = [pair for copy, vertex in vertices for pair in zip(copy.inputs, vertex.inputs)]
        active = {id(copy) for copy, vertex in vertices if self.active is not None and vertex is self.active.vertex}
        return Step(
            sizes.down,
            {id(copy): sizes.boxes[id(vertex)] for copy, vertex in vertices},
            {id(copy): on_edge(edge) for copy, edge in edges},
            active | {id(copy) for copy, edge in edges if self._is_active(edge.target, edge.source)},
            {id(copy) for copy, vertex in vertices if id(vertex) not in self.computed},
            notes_of(self.vertices),
        )

    def listed(self) -> str:
        """What is there in words."""
        words = []
        for vertex in self.vertices:
            if id(vertex) not in self.computed:
                words.append(f"{shortened(vertex.title)} is not computed yet")
            elif vertex.is_tracked:
                value = "not kept" if vertex.value is None else summary(vertex.value)
                gradient = in_box(self.gradients.get(id(vertex)) if self.has_backward else vertex.gradient)
                words.append(f"{shortened(vertex.title)} = {value}, {gradient}")
        return "; ".join(words)

    def drawn(self, svg: str) -> str:
        """The whole picture without what is not there yet, and with the step marked."""
        if self.has_backward:
            svg = _VERTEX.sub(self._with_gradient, svg)
        return svg.replace("</style>", "\n".join([*self._rules(), "</style>"]), 1)

    def _with_gradient(self, found: re.Match) -> str:
        words = in_box(self.gradients.get(id(self.vertices[int(found[1])])))
        return _GRADIENT.sub(lambda start: start[1] + escape(words), found[0])

    def _rules(self) -> Iterator[str]:
        for i, vertex in enumerate(self.vertices):
            if id(vertex) not in self.computed:
                yield f"#graph-v{i} {{ opacity: 0.4; }} #graph-v{i} .value {{ visibility: hidden; }}"
            if self.active is not None and vertex is self.active.vertex:
                yield f'#graph-v{i} rect:not([fill="none"]) {{ stroke: {ACTIVE}; stroke-width: 3.5px; }}'
            for edge in vertex.inputs:
                if id(vertex) not in self.passed:
                    yield f"#graph-e{i}-{edge.port} :is(.local, .behind) {{ visibility: hidden; }}"
                if self._is_active(edge.target, edge.source):
                    yield f"#graph-e{i}-{edge.port} .line {{ stroke: {ACTIVE}; stroke-width: 2.5px; }}"

    def _is_active(self, target: Vertex, source: Vertex) -> bool:
        if self.active is None or self.active.vertex is not target:
            return False
        return self.active.phase == FORWARD or (self.active.phase == BACKWARD and source.is_tracked)
