"""A graph as DOT, the language of Graphviz, for other tools and for png and pdf."""

from dataclasses import dataclass

import graphviz

from autograd.draw import style
from autograd.draw.clusters import Cluster, clusters
from autograd.draw.health import UNKNOWN, band_of, thickness_of
from autograd.draw.legend import words
from autograd.draw.measure import measured
from autograd.draw.vertex import Edge, Vertex

ACTIVE, WAITING, UNSEEN = "#B5174F", "#A8A8A8", "#FFFFFF00"
PER_INCH = 88  # so many px of boxes for the font here are enough for that of Graphviz


@dataclass
class Step:
    """What the picture of one step takes from that of the whole graph, so that everything stays in its place."""

    down: bool
    boxes: dict[int, tuple[float, float]]  # the room that vertices take, in px, by id
    texts: dict[int, str]  # what will stand on edges, by id
    active: set[int]  # ids of vertices and edges to mark
    waiting: set[int]  # ids of vertices that are not computed yet
    notes: list[str]


def to_dot(
    vertices: list[Vertex], health: bool = False, down: bool | None = None, step: Step | None = None
) -> graphviz.Digraph:
    """The graph for Graphviz, options as for `to_svg`: each edge carries its local derivative, each module is a cluster."""
    whole, _ = clusters(vertices)
    labels = style.labels(vertices)
    names = {id(vertex): f"n{i}" for i, vertex in enumerate(vertices)}
    levels = list(whole.walk())
    bodies = {id(cluster): _body(cluster, i) for i, cluster in enumerate(levels)}
    for cluster in reversed(levels):
        body = bodies[id(cluster)]
        for vertex in cluster.vertices:
            look = _vertex(vertex, labels[id(vertex)], vertex is vertices[-1], health)
            body.node(names[id(vertex)], **(look | _vertex_at(step, vertex) if step else look))
        for part in cluster.parts:
            body.subgraph(bodies[id(part)])
    dot = bodies[id(whole)]
    is_down = step.down if step else measured(vertices, labels, health, down).down
    dot.attr(rankdir="TB" if is_down else "LR")
    for vertex in vertices:
        for edge in vertex.inputs:
            look = _edge(edge, health)
            dot.edge(names[id(edge.source)], names[id(vertex)], **(look | _edge_at(step, edge) if step else look))
    notes = step.notes if step else notes_of(vertices, health)
    if notes:
        dot.attr(label="".join(f"{graphviz.escape(note)}\\l" for note in notes), labeljust="l")
    return dot


def notes_of(vertices: list[Vertex], health: bool = False) -> list[str]:
    """What stands below a picture."""
    return [note for note in (style.notice(vertices), *words(vertices, health)) if note]


def _body(cluster: Cluster, i: int) -> graphviz.Digraph:
    muted = {"fontname": "Helvetica", "fontsize": "10", "color": style.MUTED, "fontcolor": style.MUTED}
    if cluster.path:
        looks = {"label": graphviz.escape(style.shortened(cluster.title)), "labeljust": "l", "style": "rounded", **muted}
        return graphviz.Digraph(f"cluster_{i}", graph_attr=looks)
    return graphviz.Digraph(
        graph_attr={"bgcolor": "white", "nodesep": "0.2", "ranksep": "0.55", "ordering": "in", **muted},
        node_attr={"fontname": "Helvetica", "fontsize": "11", "margin": "0.12,0.06"},
        edge_attr={"arrowsize": "0.7", **muted},
    )


def _vertex(vertex: Vertex, label: style.Label, is_result: bool, health: bool) -> dict[str, str]:
    look = style.look(vertex)
    band = band_of(vertex.gradient) if health and vertex.is_tracked else UNKNOWN
    lines = [graphviz.escape(line) for line in label.lines]
    if band.mark:
        lines[-1] = f"{band.mark} {lines[-1]}"
    return {
        "label": "\\n".join(lines),
        "fillcolor": band.fill if health else look.fill,
        "fontcolor": style.PAPER if band.dark else style.INK,
        "color": look.line,
        "penwidth": "2" if is_result else "1",
        **look.dot,
    }


def _edge(edge: Edge, health: bool) -> dict[str, str]:
    text = style.on_edge(edge)
    attributes = {"label": f" {graphviz.escape(text)} "} if text else {}
    if edge.broadcasts:
        attributes["style"] = "dashed"
    if health:
        attributes["penwidth"] = f"{thickness_of(edge.contribution):.1f}"
    return attributes


def _vertex_at(step: Step, vertex: Vertex) -> dict[str, str]:
    width, height = step.boxes[id(vertex)]
    found = {"width": f"{width / PER_INCH:.2f}", "height": f"{height / PER_INCH:.2f}"}
    if id(vertex) in step.active:
        found |= {"color": ACTIVE, "penwidth": "3.5"}
    if id(vertex) in step.waiting:
        found |= {"color": WAITING, "fontcolor": WAITING}
    return found


def _edge_at(step: Step, edge: Edge) -> dict[str, str]:
    now, later = style.on_edge(edge), step.texts[id(edge)]
    found = {"label": f" {graphviz.escape(later)} ", "fontcolor": UNSEEN} if later and not now else {}
    return found | ({"color": ACTIVE, "penwidth": "2.5"} if id(edge) in step.active else {})
