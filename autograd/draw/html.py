"""A graph as one HTML output to step through, which needs nothing but a browser.

It is a picture, as an image that any page may show, and a script that turns it into a view with buttons. Where scripts may
not run, as in a notebook that is not trusted, the picture stays. All text and all numbers are written here.
"""

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from autograd.draw.backward_steps import UNKNOWN, Part
from autograd.draw.clusters import clusters
from autograd.draw.expression_text import written
from autograd.draw.frame import in_box
from autograd.draw.number_format import summary
from autograd.draw.style import LONGEST_TIP, grouped, shortened
from autograd.draw.timeline import BACKWARD, FORWARD, Moment, at_first, moments
from autograd.draw.vertex import Vertex

MOST = 9  # arrays of up to so many elements are written out
LONGEST, MOST_ROWS = 40, 12
NOTHING, NOT_KEPT = "–", "not kept"


def to_html(svg: str, vertices: list[Vertex]) -> str:
    """The picture with the steps that the script shows on it; nothing outside it is needed or changed."""
    return (
        f"<div>{image(svg)}\n<script>({_file('stepper.js')})(document.currentScript, {_json(_story(vertices))})</script></div>"
    )


def image(svg: str) -> str:
    """The picture by itself."""
    picture = base64.b64encode(svg.encode()).decode()
    return f'<img style="max-width: 100%" alt="computation graph" src="data:image/svg+xml;base64,{picture}">'


def page(html: str) -> str:
    """A page of its own for a picture."""
    head = '<meta charset="utf-8"><title>computation graph</title><style>body { margin: 16px; background: white; }</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>{html}</body></html>\n'


@cache
def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8").strip()


def _json(data: dict[str, Any]) -> str:
    """As JavaScript inside a page: ASCII only, and no character that could end the script."""
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")


def _story(vertices: list[Vertex]) -> dict[str, Any]:
    """All that the script shows; vertices are called by their place in the picture."""
    place = {id(vertex): i for i, vertex in enumerate(vertices)}
    steps = moments(vertices)
    whole, _ = clusters(vertices)
    inside = [list(cluster.walk()) for cluster in whole.walk()][1:]
    counts = [sum(v.stands_for for part in parts for v in part.vertices if v.is_computed) for parts in inside]
    return {
        "css": _file("stepper.css"),
        "titles": [shortened(vertex.title, LONGEST) for vertex in vertices],
        "atFirst": {place[key]: in_box(gradient) for key, gradient in at_first(vertices, steps).items()},
        "nothing": f"grad {NOTHING}",
        "operations": [f"{grouped(n)} operation{'s' * (n != 1)}" for n in counts],
        **_end(vertices),
        "steps": [_step(step, place) for step in steps],
    }


def _step(step: Moment, place: dict[int, int]) -> dict[str, Any]:
    vertex = step.vertex
    found: dict[str, Any] = {"phase": step.phase, "vertex": place[id(vertex)]}
    if step.phase == FORWARD:
        found["letters"] = written(vertex, [shortened(operand.title, LONGEST) for operand in vertex.operands])
        found["value"] = "" if vertex.value is None else summary(vertex.value, MOST)
        values = [operand.value for operand in vertex.operands]
        if all(value is not None and np.size(value) <= MOST for value in values) and vertex.kind != "group":
            found["numbers"] = written(vertex, [summary(value, MOST) for value in values])
        if vertex.shape:
            found["shape"] = f"{vertex.shape} {vertex.dtype}"
    else:
        found["upstream"] = NOT_KEPT if vertex.gradient is None else summary(vertex.gradient, MOST)
        found["gradients"] = {place[key]: in_box(gradient) for key, gradient in step.arrived.items()}
    if step.phase == BACKWARD:
        found["rows"] = [_row(part, place) for part in step.parts[:MOST_ROWS]]
        if len(step.parts) > MOST_ROWS:
            found["more"] = f"and {grouped(len(step.parts) - MOST_ROWS)} more inputs"
    if vertex.line is not None:
        found["line"] = shortened(str(vertex.line), LONGEST_TIP)
    return found


def _row(part: Part, place: dict[int, int]) -> list[Any]:
    """The source, the local derivative, the contribution, the gradient before and after, and what else is to be said."""
    edge = part.edge
    local = NOTHING if edge.local is None else summary(edge.local, MOST)
    contribution = NOT_KEPT if edge.contribution is None else summary(edge.contribution, MOST)
    return [place[id(edge.source)], local, contribution, _so_far(part.before), _so_far(part.after), _how(part)]


def _so_far(gradient: Any) -> str:
    return NOTHING if gradient is None else NOT_KEPT if gradient is UNKNOWN else summary(gradient, MOST)


def _how(part: Part) -> str:
    """How a contribution comes about where upstream and local derivative are not two numbers."""
    edge = part.edge
    if edge.local is None or edge.contribution is None or edge.target.gradient is None:
        return ""
    shapes = np.shape(edge.target.gradient), np.shape(edge.local)
    words = ["element by element"] * (shapes != ((), ()))
    words += ["summed over what was broadcast"] * (np.shape(edge.contribution) != np.broadcast_shapes(*shapes))
    return ", ".join(words)


def _end(vertices: list[Vertex]) -> dict[str, Any]:
    """The gradients that the backward pass was for."""
    if vertices[-1].gradient is None:
        return {"leaves": []}
    found = [
        [i, summary(vertex.gradient, MOST)]
        for i, vertex in enumerate(vertices)
        if vertex.is_start and vertex.gradient is not None
    ]
    more = {"moreLeaves": f"and {grouped(len(found) - MOST_ROWS)} more"} if len(found) > MOST_ROWS else {}
    return {"leaves": found[:MOST_ROWS], **more}
