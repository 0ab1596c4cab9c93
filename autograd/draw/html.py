"""A graph as HTML with controls to step through it; the HTML loads no other file.

It is an image and a script that replaces the image by a view with buttons. Where scripts do not run, as in a notebook that is
not trusted, the image stays. This module formats all text and all numbers; the script only displays them.
"""

import base64
import json
from collections.abc import Callable
from html import escape
from typing import Any

import numpy as np

from autograd.draw.backward_steps import UNKNOWN, Contribution, derivative_symbol
from autograd.draw.clusters import Cluster, clusters
from autograd.draw.derivative_text import MAX_ELEMENTS, formula_notes, local_text, product_text, remark
from autograd.draw.expression_text import expression_text
from autograd.draw.frame import gradient_text
from autograd.draw.matrix_grid import NUMBER_STRENGTH, make_grid, palette
from autograd.draw.number_format import summarize
from autograd.draw.paths import all_pairs
from autograd.draw.style import MAX_TITLE, MAX_TOOLTIP_LENGTH, count, group_digits, shorten
from autograd.draw.text import leaf_gradient_text, leaf_symbol
from autograd.draw.theme import DARK_PAPER, read_file
from autograd.draw.timeline import BACKWARD, FORWARD, Frame, frames, initial_gradients
from autograd.draw.vertex import Vertex, gradient_leaves

MAX_ROWS = 12
MAX_PANEL_CELLS = 6000  # of the matrices in the panel, all together
PAGE_THEME = f"@media screen and (prefers-color-scheme: dark) {{ body {{ background: {DARK_PAPER}; }} }}"
EMPTY, NOT_KEPT = "–", "not kept"


def to_html(svg: str, vertices: list[Vertex]) -> str:
    """An HTML element with the picture and the script that steps through it."""
    scripts = ", ".join(read_file(name) for name in ("theme.js", "viewport.js", "paths.js", "grids.js", "find.js"))
    call = f"({read_file('stepper.js')})(document.currentScript, {_to_json(_stepper_data(vertices))}, {scripts})"
    return f"<div>{image_html(svg)}\n<script>{call}</script></div>"


def still_html(svg: str) -> str:
    """An HTML element with the picture and the script by which it follows the theme of the page."""
    call = f"({read_file('still.js')})(document.currentScript, {read_file('theme.js')})"
    return f"<div>{image_html(svg)}\n<script>{call}</script></div>"


def static_html(html: str, hint: str) -> str:
    """The HTML of a picture under a line of text; beside the controls of a live notebook, a script hides both."""
    script = read_file("live.js")
    return f"<div><p>{escape(hint)}</p>{html}<script>({script})(document.currentScript)</script></div>"


def player_html(image: str, data: dict[str, Any]) -> str:
    """An HTML element with an image and the script that shows its steps by a slider; player.js describes `data`."""
    arguments = f"{_to_json({'css': read_file('stepper.css'), **data})}, {read_file('theme.js')}"
    return f"<div>{image}\n<script>({read_file('player.js')})(document.currentScript, {arguments})</script></div>"


def image_html(svg: str) -> str:
    """The picture as an <img> element, without controls."""
    content = base64.b64encode(svg.encode()).decode()
    return f'<img style="max-width: 100%" alt="computation graph" src="data:image/svg+xml;base64,{content}">'


def page_html(html: str) -> str:
    """A complete page around the HTML of a picture."""
    css = f"body {{ margin: 16px; background: white; }} {PAGE_THEME}"
    head = f'<meta charset="utf-8"><title>computation graph</title><style>{css}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>{html}</body></html>\n'


def _to_json(data: Any) -> str:
    """JSON inside a <script> element: ASCII only, and without `<`, which could end the script."""
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")


def _stepper_data(vertices: list[Vertex]) -> dict[str, Any]:
    """The argument `data` of the script; a vertex is identified by its index in `vertices`."""
    index = {id(vertex): i for i, vertex in enumerate(vertices)}
    timeline = frames(vertices)
    titles, symbol = [shorten(vertex.title, MAX_TITLE) for vertex in vertices], derivative_symbol(vertices)
    root, _ = clusters(vertices)
    return {
        "css": read_file("stepper.css"),
        "titles": titles,
        "initialGradients": {index[key]: gradient_text(gradient) for key, gradient in initial_gradients(timeline).items()},
        "symbols": [symbol(title) for title in titles],
        "emptyGradient": f"grad {EMPTY}",
        **_grid_data(vertices, symbol),
        "tracked": [i for i, vertex in enumerate(vertices) if vertex.is_tracked],
        "paths": {} if vertices[-1].gradient is None else all_pairs(vertices, symbol),
        "modules": [_module_data(cluster, index) for cluster in root.walk() if cluster.path],
        **_final_gradients(vertices, symbol),
        "steps": [_frame_data(frame, index, vertices, symbol) for frame in timeline],
    }


def _grid_data(vertices: list[Vertex], symbol: Callable[[str], str]) -> dict[str, Any]:
    """The values and gradients of vectors and matrices as grids, by vertex, and their colors; of too many the first."""
    values: dict[int, list[Any]] = {}
    gradients: dict[int, list[Any]] = {}
    cells = 0
    for i, vertex in enumerate(vertices):
        title = shorten(vertex.title, MAX_TITLE)
        for grids, caption, array in ((values, title, vertex.value), (gradients, symbol(title), vertex.derivative)):
            grid = None if array is None or cells > MAX_PANEL_CELLS else make_grid(array)
            if grid is not None:
                cells += grid.levels.size
                grids[i] = [f"{caption} {vertex.shape}", *grid.levels.shape, grid.codes, grid.texts]
    if not values and not gradients:
        return {"grids": None}
    return {"grids": {"values": values, "gradients": gradients, "palette": [palette(), palette(NUMBER_STRENGTH)]}}


def _module_data(cluster: Cluster, index: dict[int, int]) -> dict[str, Any]:
    """The index of the result of a module, and the lines of text on its cover."""
    inside = [vertex for descendant in cluster.walk() for vertex in descendant.vertices]
    computed = [vertex for vertex in inside if vertex.is_computed]
    result = max(computed, key=lambda vertex: index[id(vertex)])
    operations = sum(vertex.operation_count for vertex in computed)
    parameters = sum(vertex.parameter_count for vertex in inside)
    lines = [f"{result.shape} {result.dtype}"] * bool(result.shape) + [count(operations, "operation")]
    return {"result": index[id(result)], "lines": lines + [count(parameters, "parameter")] * bool(parameters)}


def _frame_data(frame: Frame, index: dict[int, int], vertices: list[Vertex], symbol: Callable[[str], str]) -> dict[str, Any]:
    vertex = frame.vertex
    data: dict[str, Any] = {"phase": frame.phase, "vertex": index[id(vertex)]}
    data["operands"] = [index[id(operand)] for operand in dict.fromkeys(vertex.operands) if id(operand) in index]
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


def _final_gradients(vertices: list[Vertex], symbol: Callable[[str], str]) -> dict[str, Any]:
    """The symbols and gradients of the leaves, also of those in groups."""
    if vertices[-1].gradient is None:
        return {"leaves": []}
    leaves = [[leaf_symbol(leaf, symbol), leaf_gradient_text(leaf)] for leaf in gradient_leaves(vertices)]
    more = {"moreLeaves": f"and {group_digits(len(leaves) - MAX_ROWS)} more"} if len(leaves) > MAX_ROWS else {}
    return {"leaves": leaves[:MAX_ROWS], **more}
