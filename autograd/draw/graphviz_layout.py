"""Where Graphviz would put the vertices: by the program `dot`, or by pygraphviz, which brings its own."""

import importlib.util
import json
import shutil
import subprocess
from contextlib import suppress
from math import ceil, floor
from typing import Any

from autograd.draw.layout import Layout, Line, Place, Sizes, depths, layered
from autograd.draw.vertex import Vertex

LONG = 1000  # the layers that all edges pass together; with more, `dot` takes minutes
PATIENCE, PATIENCE_FOR_FILES = 10, 120  # seconds


def best(vertices: list[Vertex], sizes: Sizes) -> Layout:
    """The layout by Graphviz where it is installed, and the built-in one elsewhere.

    The built-in one also for graphs with long edges, which take Graphviz minutes, and for those with modules, which it puts
    beside and not behind each other.
    """
    depth = depths(vertices)
    passed = sum(depth[id(vertex)] - depth[id(edge.source)] for vertex in vertices for edge in vertex.inputs)
    suits = passed <= LONG and not any(vertex.module for vertex in vertices)
    found = by_graphviz(vertices, sizes) if suits else None
    return layered(vertices, sizes) if found is None else found


def by_graphviz(vertices: list[Vertex], sizes: Sizes) -> Layout | None:
    """The layout by Graphviz, without modules; None where there is none, or where it fails."""
    answer = run(_source(vertices, sizes), "json", PATIENCE)
    if answer is None:
        return None
    try:
        return _read(json.loads(answer), vertices, sizes)
    except (KeyError, ValueError):  # some versions lose an edge now and then
        return None


def run(source: str, kind: str, patience: float = PATIENCE_FOR_FILES) -> bytes | None:
    """What Graphviz makes of DOT text, as json, png or pdf; None where it is not installed, fails, or takes too long."""
    program = shutil.which("dot")
    if program:
        command = [program, f"-T{kind}"]
        with suppress(OSError, subprocess.SubprocessError):
            return subprocess.run(command, input=source.encode(), capture_output=True, check=True, timeout=patience).stdout
    if importlib.util.find_spec("pygraphviz"):
        with suppress(ImportError, OSError, ValueError, RuntimeError):  # all that a broken installation may raise
            from pygraphviz import AGraph

            return AGraph(string=source).draw(format=kind, prog="dot")
    return None


def _source(vertices: list[Vertex], sizes: Sizes) -> str:
    """The graph with nothing but sizes, in points of 1 px, so that nobody's text can disturb it."""
    names = {id(vertex): f"n{i}" for i, vertex in enumerate(vertices)}
    runs, ranksep, out, into = ("TB", 0.35, "s", "n") if sizes.down else ("LR", 0.45, "e", "w")
    lines = [
        f"digraph {{ rankdir={runs}; ranksep={ranksep}; nodesep=0.2; margin=0; pad=0; node [shape=plain]; edge [arrowsize=0.8]"
    ]
    for vertex in vertices:
        box = _table(*sizes.boxes[id(vertex)], max(1, len(vertex.inputs)), sizes.down)
        lines.append(f"{names[id(vertex)]} [label={box}]")
    for i, edge in enumerate(edge for vertex in vertices for edge in vertex.inputs):
        # Beside a line that runs down a text needs some space.
        room = (sizes.labels.get(id(edge), 0.0) + 10, 20) if sizes.down else (sizes.labels.get(id(edge), 0.0), 12)
        label = f", label={_table(*room)}" if id(edge) in sizes.labels else ""
        lines.append(f"{names[id(edge.source)]}:{out} -> {names[id(edge.target)]}:p{edge.port}:{into} [id=e{i}{label}]")
    return "\n".join([*lines, "}"])


def _table(width: float, height: float, ports: int = 1, across: bool = False) -> str:
    """A label that says nothing and takes this room, with ports below or beside each other."""
    cell_width, cell_height = (width / ports, height) if across else (width, height / ports)
    room = f'fixedsize="true" width="{floor(cell_width)}" height="{floor(cell_height)}"'
    cells = ("</tr><tr>" if not across else "").join(f'<td port="p{i}" {room}></td>' for i in range(ports))
    looks = 'border="0" cellborder="0" cellspacing="0" cellpadding="0"'
    return f'<<table {looks} fixedsize="true" width="{ceil(width)}" height="{ceil(height)}"><tr>{cells}</tr></table>>'


def _read(found: dict[str, Any], vertices: list[Vertex], sizes: Sizes) -> Layout:
    _, _, width, height = _numbers(found["bb"])
    middles = {thing["name"]: _numbers(thing["pos"]) for thing in found["objects"]}
    boxes = {}
    for i, vertex in enumerate(vertices):
        x, y = middles[f"n{i}"]
        box = sizes.boxes[id(vertex)]
        boxes[id(vertex)] = Place(x - box[0] / 2, height - y - box[1] / 2, *box)
    lines = {edge["id"]: _line(edge, height) for edge in found.get("edges", ())}
    edges = [edge for vertex in vertices for edge in vertex.inputs]
    return Layout(width, height, boxes, {id(edge): lines[f"e{i}"] for i, edge in enumerate(edges)}, [], {})


def _line(edge: dict[str, Any], height: float) -> Line:
    """The spline of an edge, up to the tip of its arrow."""
    tip, first, *rest = edge["pos"].removeprefix("e,").split()
    points = [f"{x:.1f} {height - y:.1f}" for x, y in map(_numbers, [first, *rest, tip])]
    x, y = _numbers(edge.get("lp", first))
    return Line(f"M{points[0]}C{' '.join(points[1:-1])}L{points[-1]}", (x, height - y))


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]
