"""What the looks of a picture mean: of all kinds of vertices and marks, those that are in it."""

from collections.abc import Iterator
from html import escape

from autograd.draw import style
from autograd.draw.health import BANDS, NOT_FINITE, UNKNOWN, ZERO, band_of
from autograd.draw.style import EDGE, LINE, width_of
from autograd.draw.vertex import Vertex

SWATCH, NARROWEST = 18.0, 420.0
GAP = 14.0


def legend(vertices: list[Vertex], width: float, health: bool) -> tuple[str, float, float]:
    """The legend as SVG from (0, 0) on, in rows about as wide as the picture; its width and height."""
    entries = [
        *_kinds(vertices, health),
        *(_bands(vertices) if health else ()),
        *(("", words) for words in _edges(vertices, health)),
    ]
    room = max(width, NARROWEST)
    x = y = widest = 0.0
    shapes = []
    for swatch, words in entries:
        needed = (SWATCH + 5 if swatch else 0) + width_of(words, EDGE)
        if x and x + needed > room:
            x, y = 0.0, y + LINE
        if swatch:
            shapes.append(f'<g transform="translate({x:.1f} {y:.1f})">{swatch}</g>')
        shapes.append(f'<text x="{x + needed - width_of(words, EDGE):.1f}" y="{y + EDGE - 1:.1f}">{escape(words)}</text>')
        x += needed + GAP
        widest = max(widest, x - GAP)
    return "".join(shapes), widest, y + LINE


def words(vertices: list[Vertex], health: bool) -> list[str]:
    """What a picture without swatches has to say in words."""
    derivative = [f"dashed and violet: {style.DERIVATIVE.meaning}"] * any(v.backward and v.is_computed for v in vertices)
    marked = [band for band in (*BANDS, ZERO, NOT_FINITE) if band.mark and health]
    bands = [f"{band.mark} {band.meaning}" for band in marked]
    return [", ".join(part) for part in (derivative, bands, list(_edges(vertices, health))) if part]


def _kinds(vertices: list[Vertex], health: bool) -> Iterator[tuple[str, str]]:
    looks = {style.look(vertex).meaning: style.look(vertex) for vertex in vertices}
    for look in (*style.LOOKS.values(), style.DERIVATIVE):
        if look.meaning in looks:
            inner = f'<rect x="2" y="2" width="{SWATCH - 4}" height="6" fill="none" stroke="{look.line}" stroke-width="0.6"/>'
            fill, dash = style.PAPER if health else look.fill, look.dash or "none"
            box = f'<rect width="{SWATCH}" height="10" rx="{look.corner / 2}" fill="{fill}" stroke="{look.line}"'
            yield f'{box} stroke-dasharray="{dash}"/>{inner if look.double else ""}', look.meaning


def _bands(vertices: list[Vertex]) -> Iterator[tuple[str, str]]:
    found = {band_of(vertex.gradient) for vertex in vertices if vertex.is_tracked}
    for band in (*BANDS, ZERO, NOT_FINITE, UNKNOWN):
        if band in found or band in BANDS:
            swatch = f'<rect width="{SWATCH}" height="10" fill="{band.fill}" stroke="{style.MUTED}" stroke-width="0.6"/>'
            yield swatch, f"{band.mark} {band.meaning}".strip()


def _edges(vertices: list[Vertex], health: bool) -> Iterator[str]:
    edges = [edge for vertex in vertices for edge in vertex.inputs]
    if any(edge.local is not None for edge in edges):
        yield "number on an edge: local derivative ∂end/∂start"
    if any(edge.local is None and edge.contribution is not None for edge in edges):
        yield f"{style.HANDED_BACK} gradient handed back, where no such factor is"
    if any(edge.broadcasts for edge in edges):
        yield f"{style.BROADCAST} dashed: broadcast"
    if any(edge.times > 1 for edge in edges):
        yield "× n: stands for n edges"
    if health:
        yield "width: size of what is handed back, log scale"
