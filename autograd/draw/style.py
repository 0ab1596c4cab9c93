"""The appearance and the texts of vertices, edges and modules, for all outputs; no meaning depends on color alone."""

from dataclasses import dataclass, replace
from typing import Any
from unicodedata import east_asian_width

import numpy as np

from autograd.draw.number_format import describe, format_number, summarize, summarize_gradient, summarize_value
from autograd.draw.vertex import Edge, Vertex

FONT_SIZE, LINE_HEIGHT, EDGE_FONT_SIZE = 12, 16, 10  # in px
FONT_FAMILY = "DejaVu Sans Mono"
INK, MUTED, PAPER = "#1A1A1A", "#5A5A5A", "#FFFFFF"
ACTIVE = "#B5174F"  # the step that is shown
POSITIVE, NEGATIVE = "#0072B2", "#C04E00"  # distinct for every kind of color vision
MAX_LENGTH, MAX_TITLE, MAX_TOOLTIP_LENGTH = 28, 40, 160
MAX_PARAMETERS = 8  # in the tooltip of a group


@dataclass(frozen=True)
class VertexStyle:
    """The appearance of one kind of vertex."""

    meaning: str
    fill: str
    line: str
    corner: int = 0  # the radius of the corners, in px
    dash: str = ""  # the stroke-dasharray of the border
    double: bool = False  # a second border inside
    stacked: bool = False  # a second box behind it

    @property
    def dot(self) -> dict[str, str]:
        """The same appearance as attributes of Graphviz."""
        dashes = "dotted" if self.dash.startswith("1") else "dashed"
        style = ["filled", *["rounded"] * (self.corner > 0), *[dashes] * bool(self.dash)]
        shape = "box3d" if self.stacked else "box"
        return {"shape": shape, "style": ",".join(style), "peripheries": "2" if self.double else "1"}


VERTEX_STYLES = {
    "input": VertexStyle("input", "#D9E8F5", "#2B6CA3"),
    "parameter": VertexStyle("parameter", "#DDF0E0", "#2E7D4F", double=True),
    "frozen": VertexStyle("tensor without gradient", "#E9E9F2", "#6A6A8A", dash="5 3"),
    "constant": VertexStyle("constant", "#F4F4F4", "#888888", dash="1.5 2.5"),
    "operation": VertexStyle("operation", "#FFF3D6", "#A8740B", corner=8),
    "group": VertexStyle("module or several operations", "#FBE3D0", "#B3541E", corner=8, stacked=True),
}
DERIVATIVE = VertexStyle("computed by a backward pass", "#EADFF5", "#6D3FA0", corner=8, dash="9 3")
BROADCAST_MARK, CONTRIBUTION_MARK = "⇉", "←"


def vertex_style(vertex: Vertex) -> VertexStyle:
    """The appearance of a vertex by its kind."""
    base = VERTEX_STYLES[vertex.kind]
    if not (vertex.by_backward and vertex.is_computed):
        return base
    return replace(DERIVATIVE, stacked=base.stacked, dash="" if base.stacked else DERIVATIVE.dash)


@dataclass
class Label:
    """The lines of text inside a vertex; an unknown one is empty."""

    head: str
    shape: str = ""
    value: str = ""
    gradient: str = ""

    @property
    def lines(self) -> list[str]:
        """The lines that are not empty, from the top."""
        return [line for line in (self.head, self.shape, self.value, self.gradient) if line]


def make_labels(vertices: list[Vertex]) -> dict[int, Label]:
    """The text inside vertices, by id; after a backward pass an unknown gradient is a dash, not 0."""
    after_backward = any(vertex.gradient is not None for vertex in vertices)
    return {id(vertex): _make_label(vertex, after_backward) for vertex in vertices}


def _make_label(vertex: Vertex, after_backward: bool) -> Label:
    label = Label(shorten(_head(vertex)))
    if vertex.shape:
        label.shape = f"{vertex.shape} {vertex.dtype}"
    if vertex.operation_count > 1:
        label.shape = count(vertex.operation_count, "operation") + (f", {vertex.shape}" if vertex.shape else "")
    if vertex.parameters:
        label.shape = f"{label.shape}, {count(vertex.parameter_count, 'parameter')}".removeprefix(", ")
    if vertex.value is not None and not vertex.is_number:
        label.value = summarize_value(vertex.value)
    if vertex.gradient is not None:
        label.gradient = f"grad {summarize_gradient(vertex.gradient)}"
    elif after_backward and vertex.is_tracked:
        label.gradient = "grad –"
    return label


def _head(vertex: Vertex) -> str:
    if vertex.symbol is None:
        return vertex.name or vertex.title
    computation = vertex.options if vertex.is_indexing else f"{vertex.symbol} {vertex.options}".rstrip()
    return f"{vertex.name} = {computation}" if vertex.name else computation


def tooltip(vertex: Vertex) -> str:
    """All that is known of a vertex, shown while the mouse points at it."""
    lines = [f"{vertex.title}: {_head(vertex)}" if vertex.is_computed else f"{vertex.title}: {vertex_style(vertex).meaning}"]
    if vertex.operation_count > 1:
        lines.append(f"{group_digits(vertex.operation_count)} operations; the last one has")
    lines.append(f"shape {vertex.shape}, {vertex.dtype}")
    lines.append(f"value {describe(vertex.value)}" if vertex.value is not None else "value not kept (inside watch() it is)")
    if vertex.gradient is not None:
        lines.append(f"gradient {describe(vertex.gradient)}")
        if vertex.earlier_gradient is not None:
            lines.append(f"of which {describe(vertex.earlier_gradient)} from an earlier backward()")
        if vertex.cancels:
            lines.append("0 up to rounding errors: the terms of its sum cancel")
    elif vertex.is_tracked:
        lines.append("gradient not known: no backward yet, or not kept (inside watch() it is)")
    lines += [f"{p.title} {p.shape}, gradient {_describe_gradient(p)}" for p in vertex.parameters[:MAX_PARAMETERS]]
    if len(vertex.parameters) > MAX_PARAMETERS:
        lines.append(f"and {count(len(vertex.parameters) - MAX_PARAMETERS, 'more parameter')}")
    if vertex.time is not None:
        lines.append(f"computed {format_number(1e3 * vertex.time)} ms after the operation before")
    if vertex.by_backward and vertex.is_computed:
        lines.append(DERIVATIVE.meaning)
    if vertex.module:
        lines.append(f"in {' › '.join(vertex.module)}")
    if vertex.line is not None:
        lines.append(str(vertex.line))
    return "\n".join(shorten(line, MAX_TOOLTIP_LENGTH) for line in lines)


def _describe_gradient(vertex: Vertex) -> str:
    """The gradient of a vertex in words."""
    return "not known" if vertex.gradient is None else describe(vertex.gradient)


def edge_text(edge: Edge) -> str:
    """The label of an edge: the local derivative or, if there is none, an arrow and the contribution to the gradient."""
    parts = []
    if edge.local is not None:
        parts.append(_summarize_short(edge.local))
    elif edge.contribution is not None:
        parts.append(f"{CONTRIBUTION_MARK} {_summarize_short(edge.contribution)}")
    if edge.broadcasts:
        parts.append(BROADCAST_MARK)
    if edge.times > 1:
        parts.append(f"({group_digits(edge.times)} edges)")
    return " ".join(parts)


def _summarize_short(x: Any) -> str:
    return summarize(x, digits=4 if np.ndim(x) == 0 else 3 if np.size(x) <= 4 else 2)


def edge_tooltip(edge: Edge) -> str:
    """All that is known of an edge, shown while the mouse points at it."""
    source, target = shorten(edge.source.title), shorten(edge.target.title)
    lines = [f"{source} → {target}"]
    if edge.local is not None:
        formula = "" if edge.formula is None or edge.formula.is_number else f"{edge.formula.text or edge.formula.place} = "
        lines.append(f"local derivative ∂{target}/∂{source} = {formula}{describe(edge.local)}")
    if edge.contribution is not None:
        formula = ""
        if edge.local is None and edge.formula is not None:
            formula = f"{edge.formula.text or edge.formula.place} = "
        lines.append(f"contribution to the gradient of {source}: {formula}{describe(edge.contribution)}")
        if edge.local is None and "G" in formula and edge.formula.text:
            lines.append(f"G: the gradient of {target}")
    if edge.broadcasts:
        lines.append(f"{source} {edge.source.shape} is broadcast to {edge.target.shape}")
    if edge.times > 1:
        lines.append(f"{group_digits(edge.times)} edges")
    return "\n".join(shorten(line, MAX_TOOLTIP_LENGTH) for line in lines)


def summary_notice(vertices: list[Vertex]) -> str:
    """The number of operations in a graph and in its summary; empty for a whole graph."""
    counts = [vertex.operation_count for vertex in vertices if vertex.is_computed]
    return f"{group_digits(sum(counts))} operations shown as {group_digits(len(counts))}" if sum(counts) > len(counts) else ""


def group_digits(n: int) -> str:
    """A count with a thin space between groups of three digits.

    >>> group_digits(50000)
    '50 000'
    """
    return f"{n:,}".replace(",", " ")


def count(n: int, noun: str) -> str:
    """A count with its noun.

    >>> count(1, "operation"), count(12, "parameter")
    ('1 operation', '12 parameters')
    """
    return f"{group_digits(n)} {noun}{'s' * (n != 1)}"


def shorten(text: str, max_length: int = MAX_LENGTH) -> str:
    """Text on one line of bounded length; a long text loses its middle, because names often differ at their ends."""
    if len(text) > max_length:
        text = f"{text[: (max_length - 1) // 2]}…{text[-(max_length // 2) :]}"
    return "".join(c if c.isprintable() else " " for c in text)


def text_width(text: str, size: float, bold: bool = False) -> float:
    """The width of a monospaced line, in px; wide characters count twice."""
    return (0.62 if bold else 0.61) * size * sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def mix(color: str, other: str, share: float) -> str:
    """A hexadecimal color between two others; `share` is that of the first.

    >>> mix("#000000", "#FFFFFF", 0.5)
    '#808080'
    """
    parts = ((int(color[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02X}" for a, b in parts)


def title_width(text: str) -> float:
    """The width of a module's title, in px."""
    return text_width(shorten(text), 11) + 8
