"""Layouts by Graphviz: by the program `dot`, or by pygraphviz, whose wheel contains Graphviz."""

import importlib.util
import json
import shutil
import subprocess
from contextlib import suppress
from math import ceil, floor
from typing import Any

from autograd.draw.layout import EdgePath, Layout, Rectangle, Sizes, built_in_layout, vertex_depths
from autograd.draw.vertex import Vertex

MAX_LAYERS_SPANNED = 1000  # the sum over all edges; with more, `dot` takes minutes
LAYOUT_TIMEOUT, FILE_TIMEOUT = 10, 120  # seconds


def best_layout(vertices: list[Vertex], sizes: Sizes) -> Layout:
    """The layout by Graphviz if it is installed and suits the graph, else the built-in layout.

    Graphviz does not suit graphs with long edges, which take it minutes, and graphs with modules: it does not draw the frames
    of successive modules one after another.
    """
    depth = vertex_depths(vertices)
    spanned = sum(depth[id(vertex)] - depth[id(edge.source)] for vertex in vertices for edge in vertex.inputs)
    suits = spanned <= MAX_LAYERS_SPANNED and not any(vertex.module for vertex in vertices)
    layout = graphviz_layout(vertices, sizes) if suits else None
    return built_in_layout(vertices, sizes) if layout is None else layout


def graphviz_layout(vertices: list[Vertex], sizes: Sizes) -> Layout | None:
    """The layout by Graphviz, without modules; None if Graphviz is not installed or fails."""
    output = run_graphviz(_dot_source(vertices, sizes), "json", LAYOUT_TIMEOUT)
    if output is None:
        return None
    try:
        return _parse_layout(json.loads(output), vertices, sizes)
    except (KeyError, ValueError):  # some versions of Graphviz sometimes omit an edge
        return None


def run_graphviz(source: str, file_format: str, timeout: float = FILE_TIMEOUT) -> bytes | None:
    """Render DOT text as json, png or pdf; None if Graphviz is not installed, fails, or exceeds `timeout` seconds."""
    program = shutil.which("dot")
    if program:
        command = [program, f"-T{file_format}"]
        with suppress(OSError, subprocess.SubprocessError):
            return subprocess.run(command, input=source.encode(), capture_output=True, check=True, timeout=timeout).stdout
    if importlib.util.find_spec("pygraphviz"):
        with suppress(ImportError, OSError, ValueError, RuntimeError):  # the errors of a broken installation
            from pygraphviz import AGraph

            return AGraph(string=source).draw(format=file_format, prog="dot")
    return None


def _dot_source(vertices: list[Vertex], sizes: Sizes) -> str:
    """The graph as DOT with sizes only, 1 px as one point; without any text, which could break the syntax."""
    names = {id(vertex): f"n{i}" for i, vertex in enumerate(vertices)}
    rankdir, ranksep, out, into = ("TB", 0.35, "s", "n") if sizes.down else ("LR", 0.45, "e", "w")
    spacing = f"ranksep={ranksep}; nodesep=0.2; margin=0; pad=0"
    lines = [f"digraph {{ rankdir={rankdir}; {spacing}; node [shape=plain]; edge [arrowsize=0.8]"]
    for vertex in vertices:
        box = _html_label(*sizes.boxes[id(vertex)], max(1, len(vertex.inputs)), sizes.down)
        lines.append(f"{names[id(vertex)]} [label={box}]")
    for i, edge in enumerate(edge for vertex in vertices for edge in vertex.inputs):
        # A vertical line needs space between it and its label.
        label_size = (sizes.labels.get(id(edge), 0.0) + 10, 20) if sizes.down else (sizes.labels.get(id(edge), 0.0), 12)
        label = f", label={_html_label(*label_size)}" if id(edge) in sizes.labels else ""
        lines.append(f"{names[id(edge.source)]}:{out} -> {names[id(edge.target)]}:p{edge.port}:{into} [id=e{i}{label}]")
    return "\n".join([*lines, "}"])


def _html_label(width: float, height: float, ports: int = 1, across: bool = False) -> str:
    """An empty label of this size in px, with `ports` cells in a column, or in a row if `across`."""
    cell_width, cell_height = (width / ports, height) if across else (width, height / ports)
    cell_size = f'fixedsize="true" width="{floor(cell_width)}" height="{floor(cell_height)}"'
    cells = ("</tr><tr>" if not across else "").join(f'<td port="p{i}" {cell_size}></td>' for i in range(ports))
    attributes = 'border="0" cellborder="0" cellspacing="0" cellpadding="0"'
    return f'<<table {attributes} fixedsize="true" width="{ceil(width)}" height="{ceil(height)}"><tr>{cells}</tr></table>>'


def _parse_layout(output: dict[str, Any], vertices: list[Vertex], sizes: Sizes) -> Layout:
    _, _, width, height = _parse_numbers(output["bb"])
    centers = {node["name"]: _parse_numbers(node["pos"]) for node in output["objects"]}
    boxes = {}
    for i, vertex in enumerate(vertices):
        x, y = centers[f"n{i}"]
        box = sizes.boxes[id(vertex)]
        boxes[id(vertex)] = Rectangle(x - box[0] / 2, height - y - box[1] / 2, *box)
    lines = {edge["id"]: _parse_edge(edge, height) for edge in output.get("edges", ())}
    edges = [edge for vertex in vertices for edge in vertex.inputs]
    return Layout(width, height, boxes, {id(edge): lines[f"e{i}"] for i, edge in enumerate(edges)}, [], {})


def _parse_edge(edge: dict[str, Any], height: float) -> EdgePath:
    """The spline of an edge, ending at the tip of its arrow."""
    tip, first, *rest = edge["pos"].removeprefix("e,").split()
    points = [f"{x:.1f} {height - y:.1f}" for x, y in map(_parse_numbers, [first, *rest, tip])]
    x, y = _parse_numbers(edge.get("lp", first))
    return EdgePath(f"M{points[0]}C{' '.join(points[1:-1])}L{points[-1]}", (x, height - y))


def _parse_numbers(text: str) -> list[float]:
    return [float(number) for number in text.split(",")]
