"""A graph as SVG, with classes and ids by which a script can find its elements.

    <svg class="chainrule">
      <g class="cluster" data-module="0: Linear">                       a module
      <g class="edge" id="PREFIX-e17-0" data-source="12" data-target="17">   input 0 of vertex 17
        <path class="line"> <text class="local">
      <g class="vertex operation" id="PREFIX-v17">
        <text class="head"> <text class="shape"> <text class="value"> <text class="gradient">

Vertices are numbered as in `vertices`. Each text is an element of its own, in a box with space for other numbers.
"""

from html import escape

from autograd.draw import style
from autograd.draw.document import MARGIN, svg_document
from autograd.draw.health import NO_GRADIENT, edge_width, worst_band
from autograd.draw.layout import EdgePath, Rectangle, built_in_layout
from autograd.draw.legend import legend
from autograd.draw.matrix_grid import grid_svg
from autograd.draw.measure import GRID_MARGIN, measure
from autograd.draw.style import EDGE_FONT_SIZE, FONT_SIZE, LINE_HEIGHT, Label, text_width
from autograd.draw.vertex import Edge, Vertex

LABEL_BACKGROUND = f'rx="4" fill="{style.PAPER}"'


def to_svg(
    vertices: list[Vertex],
    prefix: str = "graph",
    health: bool = False,
    down: bool | None = None,
) -> str:
    """The picture of a graph as one SVG document.

    prefix: the start of all ids, so that one page can hold several pictures.
    health: color and mark vertices by the size of their gradients instead of by their kind.
    down:   draw from top to bottom instead of from left to right; None does so only where the picture would be too wide.
    """
    labels = style.make_labels(vertices)
    sizes = measure(vertices, labels, health, down)
    layout = built_in_layout(vertices, sizes)
    notice = style.summary_notice(vertices)
    top = MARGIN + (LINE_HEIGHT + 4 if notice else 0)
    key, key_width, key_height = legend(vertices, layout.width, health)
    width = max(layout.width, key_width, text_width(notice, EDGE_FONT_SIZE)) + 2 * MARGIN
    height = top + layout.height + 2 * MARGIN + key_height
    index = {id(vertex): i for i, vertex in enumerate(vertices)}
    edges = [edge for vertex in vertices for edge in vertex.inputs]
    shapes = [
        *(_cluster_svg(cluster.path, frame) for cluster, frame in layout.clusters),
        *(_edge_svg(edge, layout.lines[id(edge)], index, prefix, health) for edge in edges),
        *(
            _vertex_svg(v, labels[id(v)], layout.boxes[id(v)], f"{prefix}-v{i}", v is vertices[-1], health)
            for i, v in enumerate(vertices)
        ),
        *(_title_svg(cluster.title, frame, layout.titles[id(cluster)]) for cluster, frame in layout.clusters),
    ]
    content = [
        f'<text class="notice" x="{MARGIN:.0f}" y="{MARGIN + EDGE_FONT_SIZE:.0f}">{notice}</text>' if notice else "",
        f'<g transform="translate({MARGIN:.0f} {top:.0f})">',
        *shapes,
        "</g>",
        f'<g class="legend" transform="translate({MARGIN:.0f} {top + layout.height + MARGIN:.0f})">{key}</g>',
    ]
    return svg_document(content, width, height, prefix=prefix, classes=" ".join(["down"] * sizes.down + ["health"] * health))


def _cluster_svg(path: tuple[str, ...], frame: Rectangle) -> str:
    path_text = escape(style.shorten(" › ".join(path), style.MAX_TOOLTIP_LENGTH))
    return (
        f'<g class="cluster" data-module="{path_text}"><title>{path_text}</title>'
        f'<rect x="{frame.x:.1f}" y="{frame.y:.1f}" width="{frame.width:.1f}" height="{frame.height:.1f}" rx="6"/></g>'
    )


def _title_svg(title: str, frame: Rectangle, x: float) -> str:
    """The title of a module, placed beside the lines that enter it."""
    return f'<text class="title" x="{frame.x + x:.1f}" y="{frame.y + 14:.1f}">{escape(style.shorten(title))}</text>'


def _vertex_svg(vertex: Vertex, label: Label, box: Rectangle, name: str, is_result: bool, health: bool) -> str:
    appearance = style.vertex_style(vertex)
    band = vertex.shade or (worst_band(vertex.gradients) if health and vertex.is_tracked else NO_GRADIENT)
    is_banded = health or vertex.shade is not None
    classes = ["vertex", vertex.kind]
    flags = (
        ("backward", vertex.by_backward and vertex.is_computed),
        ("result", is_result),
        ("banded", is_banded),
        ("dark-fill", band.dark),
    )
    classes += [name for name, is_set in flags if is_set]
    fill = f'fill="{band.fill if is_banded else appearance.fill}"'
    stroke = f'stroke="{appearance.line}" stroke-width="{2.5 if is_result else 1.2}"'
    shifts = (4, 2) if appearance.stacked else ()
    shapes = [_rectangle_svg(box, shift, appearance.corner, f"{fill} {stroke}") for shift in shifts]
    shapes.append(_rectangle_svg(box, 0, appearance.corner, f'{fill} {stroke} stroke-dasharray="{appearance.dash or "none"}"'))
    if appearance.double:
        inner = Rectangle(box.x + 3, box.y + 3, box.width - 6, box.height - 6)
        shapes.append(_rectangle_svg(inner, 0, appearance.corner, f'fill="none" stroke="{appearance.line}" stroke-width="0.8"'))
    center = box.x + box.width / 2
    middle = box.y + box.height / 2
    if vertex.grid is not None:
        grid_width, grid_height = vertex.grid.size
        middle -= (grid_height + GRID_MARGIN) / 2
        top = middle + LINE_HEIGHT * len(label.lines) / 2 + 4
        shapes.append(grid_svg(vertex.grid, center - grid_width / 2, top))
    y = middle - LINE_HEIGHT * (len(label.lines) - 1) / 2 + FONT_SIZE * 0.35
    for part in ("head", "shape", "value", "gradient"):
        line = getattr(label, part)
        if line:
            shapes.append(f'<text class="{part}" x="{center:.1f}" y="{y:.1f}">{escape(line)}</text>')
            if part == "head" and band.mark:
                shapes.append(f'<text class="mark" x="{box.x + box.width - 6:.1f}" y="{y:.1f}">{band.mark}</text>')
            y += LINE_HEIGHT
    return f'<g class="{" ".join(classes)}" id="{name}"><title>{escape(style.tooltip(vertex))}</title>{"".join(shapes)}</g>'


def _rectangle_svg(box: Rectangle, shift: float, corner: float, attributes: str) -> str:
    return (
        f'<rect x="{box.x + shift:.1f}" y="{box.y + shift:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" '
        f'rx="{corner}" {attributes}/>'
    )


def _edge_svg(edge: Edge, line: EdgePath, index: dict[int, int], prefix: str, health: bool) -> str:
    text = style.edge_text(edge)
    source, target = index[id(edge.source)], index[id(edge.target)]
    width = f' style="stroke-width: {edge_width(edge.contribution):.1f}px"' if health else ""
    x, y = line.label
    css_class = " handed-back" if edge.local is None else ""
    label = f'<text class="local{css_class}" x="{x:.1f}" y="{y + 3.5:.1f}">{escape(text)}</text>' if text else ""
    if text and line.is_under:
        label_width = text_width(text, EDGE_FONT_SIZE) + 4
        place = f'x="{x - label_width / 2:.1f}" y="{y - 6:.1f}" width="{label_width:.1f}" height="12"'
        label = f'<rect class="behind" {place} {LABEL_BACKGROUND}/>{label}'
    return (
        f'<g class="edge{" broadcast" if edge.broadcasts else ""}" id="{prefix}-e{target}-{edge.port}" '
        f'data-source="{source}" data-target="{target}"><title>{escape(style.edge_tooltip(edge))}</title>'
        f'<path class="line" d="{line.path}" marker-end="url(#{prefix}-arrow)"{width}/>{label}</g>'
    )
