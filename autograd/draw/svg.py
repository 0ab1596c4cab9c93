"""A graph as SVG, which a page can also bring to life.

    <svg class="chainrule">
      <g class="cluster" data-module="0: Linear">                       a module
      <g class="edge" id="PREFIX-e17-0" data-source="12" data-target="17">   input 0 of vertex 17
        <path class="line"> <text class="local">
      <g class="vertex operation" id="PREFIX-v17">
        <text class="head"> <text class="shape"> <text class="value"> <text class="gradient">

Vertices count in the order of computation. Each text is an element by itself, in a box with room for other numbers.
"""

from collections.abc import Callable
from html import escape

from autograd.draw import style
from autograd.draw.health import UNKNOWN, band_of, thickness_of
from autograd.draw.layout import Layout, Line, Place, Sizes, layered
from autograd.draw.legend import legend
from autograd.draw.measure import measured
from autograd.draw.style import EDGE, LINE, SIZE, Label, width_of
from autograd.draw.vertex import Edge, Vertex

MARGIN = 12.0
BEHIND = f'rx="4" fill="{style.PAPER}"'

STYLE = f"""
.chainrule {{ font-family: 'DejaVu Sans Mono', Menlo, Consolas, monospace; background: {style.PAPER}; }}
.chainrule text {{ font-size: {SIZE}px; fill: {style.INK}; text-anchor: middle; }}
.chainrule .head {{ font-weight: bold; }}
.chainrule .shape, .chainrule .local {{ font-size: {EDGE}px; fill: {style.MUTED}; }}
.chainrule .title, .chainrule .notice, .chainrule .legend text {{ font-size: {EDGE}px; fill: {style.MUTED}; }}
.chainrule .title, .chainrule .notice, .chainrule .legend text {{ text-anchor: start; }}
.chainrule .title, .chainrule .local {{ paint-order: stroke; stroke: {style.PAPER}; stroke-width: 3px; }}
.chainrule .title, .chainrule .local {{ stroke-linejoin: round; }}
.chainrule.down .local {{ stroke-width: 8px; }}
.chainrule.health .shape {{ fill: {style.INK}; }}
.chainrule .handed-back {{ font-style: italic; }}
.chainrule .mark {{ font-weight: bold; text-anchor: end; }}
.chainrule .line {{ fill: none; stroke: {style.MUTED}; }}
.chainrule .broadcast .line {{ stroke-dasharray: 6 3; }}
.chainrule .dark text, .chainrule .dark .shape {{ fill: {style.PAPER}; }}
.chainrule .cluster rect {{ fill: {style.INK}; fill-opacity: 0.03; stroke: {style.MUTED}; stroke-opacity: 0.5; }}
"""


def to_svg(
    vertices: list[Vertex],
    place: Callable[[list[Vertex], Sizes], Layout] = layered,
    prefix: str = "graph",
    health: bool = False,
    down: bool | None = None,
) -> str:
    """The whole picture as one SVG document.

    place:  decides where everything is: `layered`, or `best`, which asks Graphviz.
    prefix: begins all ids, so that several pictures can be on one page.
    health: whether colors and marks tell where gradients vanish or explode.
    down:   whether the picture runs down, not to the right; if not given, where it would be too wide otherwise.
    """
    labels = style.labels(vertices)
    sizes = measured(vertices, labels, health, down)
    layout = place(vertices, sizes)
    notice = style.notice(vertices)
    top = MARGIN + (LINE + 4 if notice else 0)
    key, key_width, key_height = legend(vertices, layout.width, health)
    width = max(layout.width, key_width, width_of(notice, EDGE)) + 2 * MARGIN
    height = top + layout.height + 2 * MARGIN + key_height
    numbers = {id(vertex): i for i, vertex in enumerate(vertices)}
    edges = [edge for vertex in vertices for edge in vertex.inputs]
    shapes = [
        *(_cluster(cluster.path, frame) for cluster, frame in layout.clusters),
        *(_edge(edge, layout.lines[id(edge)], numbers, prefix, health) for edge in edges),
        *(
            _vertex(v, labels[id(v)], layout.boxes[id(v)], f"{prefix}-v{i}", v is vertices[-1], health)
            for i, v in enumerate(vertices)
        ),
        *(_title(cluster.title, frame, layout.titles[id(cluster)]) for cluster, frame in layout.clusters),
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chainrule{" down" * sizes.down}{" health" * health}" role="img" '
            f'aria-label="computation graph" width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">',
            f"<style>{STYLE}</style>",
            f'<defs><marker id="{prefix}-arrow" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="9" markerHeight="9" '
            f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z" fill="{style.MUTED}"/></marker></defs>',
            f'<rect width="100%" height="100%" fill="{style.PAPER}"/>',
            f'<text class="notice" x="{MARGIN:.0f}" y="{MARGIN + EDGE:.0f}">{notice}</text>' if notice else "",
            f'<g transform="translate({MARGIN:.0f} {top:.0f})">',
            *shapes,
            "</g>",
            f'<g class="legend" transform="translate({MARGIN:.0f} {top + layout.height + MARGIN:.0f})">{key}</g>',
            "</svg>\n",
        ]
    )


def _cluster(path: tuple[str, ...], frame: Place) -> str:
    whole = escape(style.shortened(" › ".join(path), style.LONGEST_TIP))
    return (
        f'<g class="cluster" data-module="{whole}"><title>{whole}</title>'
        f'<rect x="{frame.x:.1f}" y="{frame.y:.1f}" width="{frame.width:.1f}" height="{frame.height:.1f}" rx="6"/></g>'
    )


def _title(title: str, frame: Place, x: float) -> str:
    """The title of a module, beside the lines that come in."""
    return f'<text class="title" x="{frame.x + x:.1f}" y="{frame.y + 14:.1f}">{escape(style.shortened(title))}</text>'


def _vertex(vertex: Vertex, label: Label, box: Place, name: str, is_result: bool, health: bool) -> str:
    look = style.look(vertex)
    band = band_of(vertex.gradient) if health and vertex.is_tracked else UNKNOWN
    kinds = ["vertex", vertex.kind]
    kinds += [kind for kind, so in (("backward", vertex.backward), ("result", is_result), ("dark", band.dark)) if so]
    fill = f'fill="{band.fill if health else look.fill}"'
    stroke = f'stroke="{look.line}" stroke-width="{2.5 if is_result else 1.2}"'
    parts = [_rectangle(box, shift, look.corner, f"{fill} {stroke}") for shift in ((4, 2) if look.stacked else ())]
    parts.append(_rectangle(box, 0, look.corner, f'{fill} {stroke} stroke-dasharray="{look.dash or "none"}"'))
    if look.double:
        inner = Place(box.x + 3, box.y + 3, box.width - 6, box.height - 6)
        parts.append(_rectangle(inner, 0, look.corner, f'fill="none" stroke="{look.line}" stroke-width="0.8"'))
    middle = box.x + box.width / 2
    y = box.y + box.height / 2 - LINE * (len(label.lines) - 1) / 2 + SIZE * 0.35
    for kind in ("head", "shape", "value", "gradient"):
        line = getattr(label, kind)
        if line:
            parts.append(f'<text class="{kind}" x="{middle:.1f}" y="{y:.1f}">{escape(line)}</text>')
            if kind == "head" and band.mark:
                parts.append(f'<text class="mark" x="{box.x + box.width - 6:.1f}" y="{y:.1f}">{band.mark}</text>')
            y += LINE
    return f'<g class="{" ".join(kinds)}" id="{name}"><title>{escape(style.tip(vertex))}</title>{"".join(parts)}</g>'


def _rectangle(box: Place, shift: float, corner: float, looks: str) -> str:
    return (
        f'<rect x="{box.x + shift:.1f}" y="{box.y + shift:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" '
        f'rx="{corner}" {looks}/>'
    )


def _edge(edge: Edge, line: Line, numbers: dict[int, int], prefix: str, health: bool) -> str:
    text = style.on_edge(edge)
    source, target = numbers[id(edge.source)], numbers[id(edge.target)]
    width = f' style="stroke-width: {thickness_of(edge.contribution):.1f}px"' if health else ""
    x, y = line.label
    handed_back = " handed-back" if edge.local is None else ""
    label = f'<text class="local{handed_back}" x="{x:.1f}" y="{y + 3.5:.1f}">{escape(text)}</text>' if text else ""
    if text and line.is_under:
        room = width_of(text, EDGE) + 4
        label = f'<rect class="behind" x="{x - room / 2:.1f}" y="{y - 6:.1f}" width="{room:.1f}" height="12" {BEHIND}/>{label}'
    return (
        f'<g class="edge{" broadcast" if edge.broadcasts else ""}" id="{prefix}-e{target}-{edge.port}" '
        f'data-source="{source}" data-target="{target}"><title>{escape(style.tip_of_edge(edge))}</title>'
        f'<path class="line" d="{line.path}" marker-end="url(#{prefix}-arrow)"{width}/>{label}</g>'
    )
