"""A graph as DOT, the language of Graphviz, for other tools."""

from dataclasses import dataclass

import graphviz

from autograd.draw import style
from autograd.draw.clusters import Cluster, clusters
from autograd.draw.health import NO_GRADIENT, edge_width, worst_band
from autograd.draw.legend import legend_lines
from autograd.draw.measure import measure
from autograd.draw.vertex import Edge, Vertex

PENDING, INVISIBLE = "#A8A8A8", "#FFFFFF00"
PIXELS_PER_INCH = 88  # px of an SVG box for each inch of a Graphviz box: Graphviz's font is narrower


@dataclass
class FrameStyle:
    """The sizes and texts that the picture of one step takes from the whole graph, so that nothing moves between steps."""

    down: bool
    boxes: dict[int, tuple[float, float]]  # by id of vertex: width and height, in px
    edge_texts: dict[int, str]  # by id of edge: its text after the last step
    active: set[int]  # ids of vertices and edges that the step marks
    pending: set[int]  # ids of vertices that are not computed yet
    caption_lines: list[str]


def to_dot(
    vertices: list[Vertex], health: bool = False, down: bool | None = None, frame: FrameStyle | None = None
) -> graphviz.Digraph:
    """The graph for Graphviz, with the options of `to_svg`; edge labels are local derivatives, modules are clusters."""
    root, _ = clusters(vertices)
    labels = style.make_labels(vertices)
    names = {id(vertex): f"n{i}" for i, vertex in enumerate(vertices)}
    all_clusters = list(root.walk())
    subgraphs = {id(cluster): _make_subgraph(cluster, i) for i, cluster in enumerate(all_clusters)}
    for cluster in reversed(all_clusters):
        subgraph = subgraphs[id(cluster)]
        for vertex in cluster.vertices:
            attributes = _vertex_attributes(vertex, labels[id(vertex)], vertex is vertices[-1], health)
            subgraph.node(names[id(vertex)], **(attributes | _vertex_in_frame(frame, vertex) if frame else attributes))
        for child in cluster.children:
            subgraph.subgraph(subgraphs[id(child)])
    dot = subgraphs[id(root)]
    is_down = frame.down if frame else measure(vertices, labels, health, down).down
    dot.attr(rankdir="TB" if is_down else "LR")
    for vertex in vertices:
        for edge in vertex.inputs:
            attributes = _edge_attributes(edge, health)
            dot.edge(
                names[id(edge.source)], names[id(vertex)], **(attributes | _edge_in_frame(frame, edge) if frame else attributes)
            )
    caption_lines = frame.caption_lines if frame else caption(vertices, health)
    if caption_lines:
        dot.attr(label="".join(f"{graphviz.escape(line)}\\l" for line in caption_lines), labeljust="l")
    return dot


def caption(vertices: list[Vertex], health: bool = False) -> list[str]:
    """The lines of text below a picture."""
    return [line for line in (style.summary_notice(vertices), *legend_lines(vertices, health)) if line]


def _make_subgraph(cluster: Cluster, i: int) -> graphviz.Digraph:
    muted = {"fontname": style.FONT_FAMILY, "fontsize": "10", "color": style.MUTED, "fontcolor": style.MUTED}
    if cluster.path:
        attributes = {"label": graphviz.escape(style.shorten(cluster.title)), "labeljust": "l", "style": "rounded", **muted}
        return graphviz.Digraph(f"cluster_{i}", graph_attr=attributes)
    return graphviz.Digraph(
        graph_attr={"bgcolor": "white", "nodesep": "0.2", "ranksep": "0.55", "ordering": "in", **muted},
        node_attr={"fontname": style.FONT_FAMILY, "fontsize": "11", "margin": "0.12,0.06"},
        edge_attr={"arrowsize": "0.7", **muted},
    )


def _vertex_attributes(vertex: Vertex, label: style.Label, is_result: bool, health: bool) -> dict[str, str]:
    attributes = style.vertex_style(vertex)
    band = vertex.shade or (worst_band(vertex.gradients) if health and vertex.is_tracked else NO_GRADIENT)
    lines = [graphviz.escape(line) for line in label.lines]
    if band.mark:
        lines[-1] = f"{band.mark} {lines[-1]}"
    return {
        "label": "\\n".join(lines),
        "fillcolor": band.fill if health or vertex.shade else attributes.fill,
        "fontcolor": style.PAPER if band.dark else style.INK,
        "color": attributes.line,
        "penwidth": "2" if is_result else "1",
        **attributes.dot,
    }


def _edge_attributes(edge: Edge, health: bool) -> dict[str, str]:
    text = style.edge_text(edge)
    attributes = {"label": f" {graphviz.escape(text)} "} if text else {}
    if edge.broadcasts:
        attributes["style"] = "dashed"
    if health:
        attributes["penwidth"] = f"{edge_width(edge.contribution):.1f}"
    return attributes


def _vertex_in_frame(frame: FrameStyle, vertex: Vertex) -> dict[str, str]:
    width, height = frame.boxes[id(vertex)]
    attributes = {"width": f"{width / PIXELS_PER_INCH:.2f}", "height": f"{height / PIXELS_PER_INCH:.2f}"}
    if id(vertex) in frame.active:
        attributes |= {"color": style.ACTIVE, "penwidth": "3.5"}
    if id(vertex) in frame.pending:
        attributes |= {"color": PENDING, "fontcolor": PENDING}
    return attributes


def _edge_in_frame(frame: FrameStyle, edge: Edge) -> dict[str, str]:
    now, final = style.edge_text(edge), frame.edge_texts[id(edge)]
    attributes = {"label": f" {graphviz.escape(final)} ", "fontcolor": INVISIBLE} if final and not now else {}
    return attributes | ({"color": style.ACTIVE, "penwidth": "2.5"} if id(edge) in frame.active else {})
