"""The picture of a graph after some steps, laid out like the picture of the whole graph."""

import re
from dataclasses import replace
from html import escape
from typing import Any

from autograd.draw.backward_steps import UNKNOWN
from autograd.draw.dot import FrameStyle, caption
from autograd.draw.measure import measure
from autograd.draw.number_format import summarize, summarize_gradient
from autograd.draw.style import edge_text, make_labels, shorten
from autograd.draw.timeline import BACKWARD, FORWARD, Frame, frames, initial_gradients
from autograd.draw.vertex import Vertex

_VERTEX = re.compile(r'id="graph-v(\d+)">.*?</g>', re.DOTALL)
_CLASSES = re.compile(r'class="([^"]*)" id="graph-([^"]+)"')
_GRADIENT = re.compile(r'(class="gradient"[^>]*>)[^<]*')


def gradient_text(gradient: Any) -> str:
    """The text inside a vertex for a running sum of its gradient, which may be None or UNKNOWN."""
    return f"grad {'–' if gradient is None else '…' if gradient is UNKNOWN else summarize_gradient(gradient)}"


class FrameState:
    """The values and gradients that are known after `step` steps; 0 is before the first step.

    Raises ValueError if the graph has fewer steps.
    """

    def __init__(self, vertices: list[Vertex], step: int):
        timeline = frames(vertices)
        if not 0 <= step <= len(timeline):
            raise ValueError(
                f"step {step}: this graph has {len(timeline)} steps, forward and backward; 0 is before the first step"
            )
        self.vertices = vertices
        self.active: Frame | None = timeline[step - 1] if step else None
        self.has_backward = vertices[-1].gradient is not None
        done = timeline[:step]
        self.computed = {id(vertex) for vertex in vertices if not vertex.is_computed}
        self.computed |= {id(frame.vertex) for frame in done if frame.phase == FORWARD}
        last_phase = BACKWARD if self.has_backward else FORWARD
        self.finished = {id(frame.vertex) for frame in done if frame.phase == last_phase}
        self.gradients = initial_gradients(timeline)
        for frame in done:
            self.gradients |= frame.gradients

    def copy_vertices(self) -> list[Vertex]:
        """Copies of the vertices that hold only what is known after this step."""
        copies = {id(v): replace(v, inputs=[], uses=[]) for v in self.vertices}
        for vertex in self.vertices:
            copy = copies[id(vertex)]
            if id(vertex) not in self.computed:
                copy.value = None
            if self.has_backward and vertex.is_tracked:
                gradient = self.gradients.get(id(vertex))
                copy.gradient = None if gradient is UNKNOWN else gradient
            for edge in vertex.inputs:
                edge_copy = replace(edge, source=copies[id(edge.source)], target=copy)
                if id(vertex) not in self.finished:
                    edge_copy.local = edge_copy.contribution = None
                copy.inputs.append(edge_copy)
                edge_copy.source.uses.append(edge_copy)
        return list(copies.values())

    def frame_style(self, copies: list[Vertex], down: bool | None) -> FrameStyle:
        """The sizes and texts that DOT for the copies takes from the whole graph."""
        sizes = measure(self.vertices, make_labels(self.vertices), False, down)
        vertices = list(zip(copies, self.vertices))
        edges = [pair for copy, vertex in vertices for pair in zip(copy.inputs, vertex.inputs)]
        active = {id(copy) for copy, vertex in vertices if self.active is not None and vertex is self.active.vertex}
        return FrameStyle(
            sizes.down,
            {id(copy): sizes.boxes[id(vertex)] for copy, vertex in vertices},
            {id(copy): edge_text(edge) for copy, edge in edges},
            active | {id(copy) for copy, edge in edges if self._is_active(edge.target, edge.source)},
            {id(copy) for copy, vertex in vertices if id(vertex) not in self.computed},
            caption(self.vertices),
        )

    def describe(self) -> str:
        """All known values and gradients on one line."""
        parts = []
        for vertex in self.vertices:
            if id(vertex) not in self.computed:
                parts.append(f"{shorten(vertex.title)} is not computed yet")
            elif vertex.is_tracked:
                value = "not kept" if vertex.value is None else summarize(vertex.value)
                gradient = gradient_text(self.gradients.get(id(vertex)) if self.has_backward else vertex.gradient)
                parts.append(f"{shorten(vertex.title)} = {value}, {gradient}")
        return "; ".join(parts)

    def restrict(self, svg: str) -> str:
        """The SVG of the whole graph with unknown values hidden and the active step marked."""
        if self.has_backward:
            svg = _VERTEX.sub(self._replace_gradient, svg)
        classes = self._classes()
        return _CLASSES.sub(
            lambda group: f'class="{" ".join([group[1], *classes.get(group[2], ())])}" id="graph-{group[2]}"', svg
        )

    def _replace_gradient(self, vertex: re.Match) -> str:
        text = gradient_text(self.gradients.get(id(self.vertices[int(vertex[1])])))
        return _GRADIENT.sub(lambda start: start[1] + escape(text), vertex[0])

    def _classes(self) -> dict[str, list[str]]:
        """The classes that this step adds to the elements of vertices and edges, by id."""
        classes: dict[str, list[str]] = {}
        for i, vertex in enumerate(self.vertices):
            is_active = self.active is not None and vertex is self.active.vertex
            classes[f"v{i}"] = ["waiting"] * (id(vertex) not in self.computed) + ["active"] * is_active
            for edge in vertex.inputs:
                is_waiting = id(vertex) not in self.finished
                is_active = self._is_active(edge.target, edge.source)
                classes[f"e{i}-{edge.port}"] = ["waiting"] * is_waiting + ["active"] * is_active
        return classes

    def _is_active(self, target: Vertex, source: Vertex) -> bool:
        if self.active is None or self.active.vertex is not target:
            return False
        return self.active.phase == FORWARD or (self.active.phase == BACKWARD and source.is_tracked)
