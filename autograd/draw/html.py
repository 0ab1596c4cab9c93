"""A graph as HTML with controls to step through it; the HTML loads no other file.

It is an image and a script that replaces the image by a view with buttons. Where scripts do not run, as in a notebook that is
not trusted, the image stays. This module formats all text and all numbers; the script only displays them.
"""

import base64
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from autograd.draw.backward_steps import UNKNOWN, Contribution, derivative_symbol
from autograd.draw.clusters import clusters
from autograd.draw.derivative_text import MAX_ELEMENTS, formula_notes, local_text, product_text, remark
from autograd.draw.expression_text import expression_text
from autograd.draw.frame import gradient_text
from autograd.draw.number_format import summarize
from autograd.draw.style import MAX_TITLE, MAX_TOOLTIP_LENGTH, group_digits, shorten
from autograd.draw.text import leaf_gradient_text, leaf_symbol
from autograd.draw.timeline import BACKWARD, FORWARD, Frame, frames, initial_gradients
from autograd.draw.vertex import Vertex

MAX_ROWS = 12
EMPTY, NOT_KEPT = "–", "not kept"


def to_html(svg: str, vertices: list[Vertex]) -> str:
    """An HTML element with the picture and the script that steps through it."""
    data = _to_json(_stepper_data(vertices))
    return f"<div>{image_html(svg)}\n<script>({_read_file('stepper.js')})(document.currentScript, {data})</script></div>"


def image_html(svg: str) -> str:
    """The picture as an <img> element, without controls."""
    content = base64.b64encode(svg.encode()).decode()
    return f'<img style="max-width: 100%" alt="computation graph" src="data:image/svg+xml;base64,{content}">'


def page_html(html: str) -> str:
    """A complete page around the HTML of a picture."""
    head = '<meta charset="utf-8"><title>computation graph</title><style>body { margin: 16px; background: white; }</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>{html}</body></html>\n'


@cache
def _read_file(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8").strip()


def _to_json(data: dict[str, Any]) -> str:
    """JSON inside a <script> element: ASCII only, and without `<`, which could end the script."""
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")


def _stepper_data(vertices: list[Vertex]) -> dict[str, Any]:
    """The argument `data` of the script; a vertex is identified by its index in `vertices`."""
    index = {id(vertex): i for i, vertex in enumerate(vertices)}
    timeline = frames(vertices)
    titles, symbol = [shorten(vertex.title, MAX_TITLE) for vertex in vertices], derivative_symbol(vertices)
    root, _ = clusters(vertices)
    modules = [list(cluster.walk()) for cluster in root.walk()][1:]
    counts = [sum(v.operation_count for c in module for v in c.vertices if v.is_computed) for module in modules]
    return {
        "css": _read_file("stepper.css"),
        "titles": titles,
        "initialGradients": {index[key]: gradient_text(gradient) for key, gradient in initial_gradients(timeline).items()},
        "symbols": [
            symbol(title) if vertex.is_computed else leaf_symbol(vertex, symbol) for vertex, title in zip(vertices, titles)
        ],
        "emptyGradient": f"grad {EMPTY}",
        "operations": [f"{group_digits(n)} operation{'s' * (n != 1)}" for n in counts],
        **_final_gradients(vertices),
        "steps": [_frame_data(frame, index, vertices, symbol) for frame in timeline],
    }


def _frame_data(frame: Frame, index: dict[int, int], vertices: list[Vertex], symbol: Callable[[str], str]) -> dict[str, Any]:
    vertex = frame.vertex
    data: dict[str, Any] = {"phase": frame.phase, "vertex": index[id(vertex)]}
    if frame.phase == FORWARD:
        data["formula"] = expression_text(vertex, [shorten(operand.title, MAX_TITLE) for operand in vertex.operands])
        data["value"] = "" if vertex.value is None else summarize(vertex.value, MAX_ELEMENTS)
        values = [operand.value for operand in vertex.operands]
        if all(value is not None and np.size(value) <= MAX_ELEMENTS for value in values) and vertex.kind != "group":
            data["numbers"] = expression_text(vertex, [summarize(value, MAX_ELEMENTS) for value in values])
        if vertex.shape:
            data["shape"] = f"{vertex.shape} {vertex.dtype}"
    else:
        data["upstream"] = NOT_KEPT if vertex.gradient is None else summarize(vertex.gradient, MAX_ELEMENTS)
        data["gradients"] = {index[key]: gradient_text(gradient) for key, gradient in frame.gradients.items()}
    if frame.phase == BACKWARD:
        data["rows"] = [_table_row(contribution, index, symbol) for contribution in frame.contributions[:MAX_ROWS]]
        data["notes"] = formula_notes([contribution.edge for contribution in frame.contributions[:MAX_ROWS]], vertices, symbol)
        if len(frame.contributions) > MAX_ROWS:
            data["moreRows"] = f"and {group_digits(len(frame.contributions) - MAX_ROWS)} more inputs"
    if vertex.line is not None:
        data["line"] = shorten(str(vertex.line), MAX_TOOLTIP_LENGTH)
    return data


def _table_row(contribution: Contribution, index: dict[int, int], symbol: Callable[[str], str]) -> list[Any]:
    """The source, the local derivative, the contribution, the gradient before and after, and the chain rule in full."""
    edge = contribution.edge
    term = NOT_KEPT if edge.contribution is None else summarize(edge.contribution, MAX_ELEMENTS)
    before, after = _sum_text(contribution.before), _sum_text(contribution.after)
    how = remark(edge)
    chain_rule = f"{product_text(edge, symbol)} = {term}{f'  ({how})' * bool(how)}"
    return [index[id(edge.source)], local_text(edge) or EMPTY, term, before, after, chain_rule]


def _sum_text(gradient: Any) -> str:
    return EMPTY if gradient is None else NOT_KEPT if gradient is UNKNOWN else summarize(gradient, MAX_ELEMENTS)


def _final_gradients(vertices: list[Vertex]) -> dict[str, Any]:
    """The gradients of the leaves."""
    if vertices[-1].gradient is None:
        return {"leaves": []}
    leaves = [
        [i, leaf_gradient_text(vertex)] for i, vertex in enumerate(vertices) if vertex.is_start and vertex.gradient is not None
    ]
    more = {"moreLeaves": f"and {group_digits(len(leaves) - MAX_ROWS)} more"} if len(leaves) > MAX_ROWS else {}
    return {"leaves": leaves[:MAX_ROWS], **more}
