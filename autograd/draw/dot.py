"""A graph as DOT, the language of Graphviz."""

import importlib.util
import shutil
import subprocess
from contextlib import suppress

import graphviz

from autograd.draw import style
from autograd.draw.read import Vertex


def to_dot(vertices: list[Vertex]) -> graphviz.Digraph:
    """The graph for Graphviz, from left to right; each edge carries its local derivative."""
    dot = graphviz.Digraph(
        graph_attr={"rankdir": "LR", "bgcolor": "white", "nodesep": "0.2", "ranksep": "0.55", "ordering": "in"},
        node_attr={"shape": "box", "style": "rounded,filled", "fontname": "Helvetica", "fontsize": "11", "margin": "0.12,0.06"},
        edge_attr={
            "fontname": "Helvetica",
            "fontsize": "10",
            "color": style.MUTED,
            "fontcolor": style.MUTED,
            "arrowsize": "0.7",
        },
    )
    names = {id(vertex): f"n{i}" for i, vertex in enumerate(vertices)}
    for vertex in vertices:
        dot.node(
            names[id(vertex)],
            "\\n".join(graphviz.escape(line) for line in style.label(vertex)),
            fillcolor=style.FILL[vertex.kind],
            color=style.LINE[vertex.kind],
            penwidth="2" if vertex is vertices[-1] else "1",
        )
    for vertex in vertices:
        for edge in vertex.inputs:
            text = style.local(edge)
            attributes = {"label": f" {graphviz.escape(text)} "} if text else {}
            dot.edge(names[id(edge.source)], names[id(vertex)], **attributes)
    return dot


def render(dot: graphviz.Digraph, kind: str) -> bytes | None:
    """The picture as svg, png or pdf, by the program `dot` or else by pygraphviz; None where neither works."""
    if shutil.which("dot"):
        with suppress(graphviz.ExecutableNotFound, subprocess.CalledProcessError):
            return dot.pipe(format=kind, quiet=True)
    if importlib.util.find_spec("pygraphviz"):
        from pygraphviz import AGraph

        return AGraph(string=dot.source).draw(format=kind, prog="dot")
    return None
