"""A graph as SVG, drawn without Graphviz."""

from html import escape
from unicodedata import east_asian_width

from autograd.draw import style
from autograd.draw.layout import Box, Route, layered
from autograd.draw.read import Vertex

FONT = "'DejaVu Sans Mono', Menlo, Consolas, monospace"
SIZE, LINE, EDGE = 12, 16, 10  # font size, line height, font size on edges, in px
MARGIN, CURVE = 12, 44


def to_svg(vertices: list[Vertex]) -> str:
    """The whole picture as one SVG document."""
    labels = {id(v): style.label(v) for v in vertices}
    sizes = {
        id(v): (max(_width(line, SIZE) for line in labels[id(v)]) + 20, max(LINE * len(labels[id(v)]), 14 * len(v.inputs)) + 12)
        for v in vertices
    }
    texts = [style.local(edge) for v in vertices for edge in v.inputs]
    reserve = max((_width(text, EDGE) for text in texts if text), default=0) + 18
    boxes, routes = layered(vertices, sizes, CURVE + reserve, 16)
    left = min(box.x - box.width / 2 for box in boxes)
    top = min(box.y - box.height / 2 for box in boxes)
    width = max(box.x + box.width / 2 for box in boxes) - left + 2 * MARGIN
    height = max(box.y + box.height / 2 for box in boxes) - top + 2 * MARGIN
    shapes = [_edge(route, reserve) for route in routes]
    shapes += [_vertex(box, box.vertex.kind, labels[id(box.vertex)], box.vertex is vertices[-1]) for box in boxes if box.vertex]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="{left - MARGIN:.1f} {top - MARGIN:.1f} {width:.1f} {height:.1f}" font-family="{FONT}">\n'
        f'<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0L8 4L0 8z" fill="{style.MUTED}"/></marker></defs>\n'
        f'<rect x="{left - MARGIN:.1f}" y="{top - MARGIN:.1f}" width="100%" height="100%" fill="white"/>\n'
        + "\n".join(shapes)
        + "\n</svg>\n"
    )


def _width(text: str, size: int) -> float:
    """The width of a monospaced line: wide characters count twice."""
    return 0.61 * size * sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _vertex(box: Box, kind: str, lines: list[str], is_result: bool) -> str:
    x, y = box.x - box.width / 2, box.y - box.height / 2
    start = box.y - LINE * (len(lines) - 1) / 2 + SIZE * 0.35
    texts = [
        f'<text x="{box.x:.1f}" y="{start + LINE * i:.1f}" text-anchor="middle" font-size="{SIZE}" '
        f'font-weight="{"bold" if i == 0 else "normal"}" fill="{style.INK}">{escape(line)}</text>'
        for i, line in enumerate(lines)
    ]
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="7" '
        f'fill="{style.FILL[kind]}" stroke="{style.LINE[kind]}" stroke-width="{2 if is_result else 1}"/>' + "".join(texts)
    )


def _edge(route: Route, reserve: float) -> str:
    """A line that bends only in the free stretch between columns; before the target it is straight and carries the label."""
    start, *bends, end = route.boxes
    ports = len(route.edge.target.inputs)
    target_y = end.y + (route.port - (ports - 1) / 2) * min(20, (end.height - 6) / ports)
    target_x = end.x - end.width / 2
    path = [f"M{start.x + start.width / 2:.1f} {start.y:.1f}"]
    y, right = start.y, start.right
    for box, next_y in [*((bend, bend.y) for bend in bends), (end, target_y)]:
        near = box.left - reserve
        middle = (right + near) / 2
        path.append(f"L{right:.1f} {y:.1f}C{middle:.1f} {y:.1f} {middle:.1f} {next_y:.1f} {near:.1f} {next_y:.1f}")
        y, right = next_y, box.right
    path.append(f"L{target_x:.1f} {target_y:.1f}")
    curve = f'<path d="{"".join(path)}" fill="none" stroke="{style.MUTED}" marker-end="url(#arrow)"/>'
    text = style.local(route.edge)
    if not text:
        return curve
    width = _width(text, EDGE) + 4
    middle = end.left - reserve + (reserve - 8) / 2
    return (
        f'{curve}<rect x="{middle - width / 2:.1f}" y="{target_y - 6.5:.1f}" width="{width:.1f}" height="13" fill="white"/>'
        f'<text x="{middle:.1f}" y="{target_y + 3.5:.1f}" text-anchor="middle" font-size="{EDGE}" '
        f'fill="{style.MUTED}">{escape(text)}</text>'
    )
