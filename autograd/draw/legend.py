"""The legend of a picture: the meaning of the vertex styles and marks that occur in it."""

from collections.abc import Iterator
from html import escape

from autograd.draw import style
from autograd.draw.health import BANDS, NO_GRADIENT, NOT_FINITE, ZERO, worst_band
from autograd.draw.style import EDGE_FONT_SIZE, LINE_HEIGHT, text_width
from autograd.draw.vertex import Vertex

SWATCH, MIN_WIDTH = 18.0, 420.0
ENTRY_GAP = 14.0


def legend(vertices: list[Vertex], width: float, health: bool) -> tuple[str, float, float]:
    """The legend as SVG whose upper left corner is (0, 0), in rows of about `width`; then its width and height."""
    entries = [
        *_vertex_entries(vertices, health),
        *(_band_entries(vertices) if health else ()),
        *_shade_entries(vertices),
        *(("", text) for text in _edge_lines(vertices, health)),
    ]
    max_width = max(width, MIN_WIDTH)
    x = y = legend_width = 0.0
    shapes = []
    for swatch, text in entries:
        entry_width = (SWATCH + 5 if swatch else 0) + text_width(text, EDGE_FONT_SIZE)
        if x and x + entry_width > max_width:
            x, y = 0.0, y + LINE_HEIGHT
        if swatch:
            shapes.append(f'<g transform="translate({x:.1f} {y:.1f})">{swatch}</g>')
        text_x = x + entry_width - text_width(text, EDGE_FONT_SIZE)
        shapes.append(f'<text x="{text_x:.1f}" y="{y + EDGE_FONT_SIZE - 1:.1f}">{escape(text)}</text>')
        x += entry_width + ENTRY_GAP
        legend_width = max(legend_width, x - ENTRY_GAP)
    return "".join(shapes), legend_width, y + LINE_HEIGHT


def legend_lines(vertices: list[Vertex], health: bool) -> list[str]:
    """The legend as lines of text, for pictures without swatches."""
    derivative = [f"dashed and violet: {style.DERIVATIVE.meaning}"] * any(v.by_backward and v.is_computed for v in vertices)
    bands = [f"{band.mark} {band.meaning}" for band in (*BANDS, ZERO, NOT_FINITE) if band.mark and health]
    return [", ".join(entries) for entries in (derivative, bands, list(_edge_lines(vertices, health))) if entries]


def _vertex_entries(vertices: list[Vertex], health: bool) -> Iterator[tuple[str, str]]:
    meanings = {style.vertex_style(vertex).meaning for vertex in vertices}
    for name, entry in (*style.VERTEX_STYLES.items(), ("backward", style.DERIVATIVE)):
        if entry.meaning in meanings:
            inner = f'<rect x="2" y="2" width="{SWATCH - 4}" height="6" fill="none" stroke="{entry.line}" stroke-width="0.6"/>'
            fill, dash = style.PAPER if health else entry.fill, entry.dash or "none"
            box = f'<rect width="{SWATCH}" height="10" rx="{entry.corner / 2}" fill="{fill}" stroke="{entry.line}"'
            swatch = f'{box} stroke-dasharray="{dash}"/>{inner if entry.double else ""}'
            yield f'<g class="key-{name}{" banded" * health}">{swatch}</g>', entry.meaning


def _band_entries(vertices: list[Vertex]) -> Iterator[tuple[str, str]]:
    bands = {worst_band(vertex.gradients) for vertex in vertices if vertex.is_tracked}
    for band in (*BANDS, ZERO, NOT_FINITE, NO_GRADIENT):
        if band in bands or band in BANDS:
            swatch = f'<rect width="{SWATCH}" height="10" fill="{band.fill}" stroke="{style.MUTED}" stroke-width="0.6"/>'
            yield swatch, f"{band.mark} {band.meaning}".strip()


def _shade_entries(vertices: list[Vertex]) -> Iterator[tuple[str, str]]:
    """The darkest shade and its meaning, if vertices are colored by size or time."""
    shades = [vertex.shade for vertex in vertices if vertex.shade is not None]
    if shades:
        darkest = max(shades, key=lambda shade: shade.limit)
        swatch = f'<rect width="{SWATCH}" height="10" fill="{darkest.fill}" stroke="{style.MUTED}" stroke-width="0.6"/>'
        yield f'<g class="banded">{swatch}</g>', darkest.meaning


def _edge_lines(vertices: list[Vertex], health: bool) -> Iterator[str]:
    edges = [edge for vertex in vertices for edge in vertex.inputs]
    if any(edge.local is not None for edge in edges):
        yield "number on an edge: local derivative ∂end/∂start"
    if any(edge.local is None and edge.contribution is not None for edge in edges):
        yield f"{style.CONTRIBUTION_MARK} contribution to the gradient (no local derivative)"
    if any(edge.broadcasts for edge in edges):
        yield f"{style.BROADCAST_MARK} dashed: broadcast"
    if any(edge.times > 1 for edge in edges):
        yield "(n edges): one line for n edges"
    if any(vertex.grid is not None for vertex in vertices):
        yield "cells: blue negative, white 0, orange positive; strongest: the largest size in the matrix"
    if health:
        yield "width: size of the contribution, log scale"
