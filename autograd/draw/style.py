"""How vertices, edges and modules look, whoever lays them out; never by color alone."""

from dataclasses import dataclass, replace
from typing import Any
from unicodedata import east_asian_width

import numpy as np

from autograd.draw.number_format import details, glance, glance_at_gradient, summary
from autograd.draw.vertex import Edge, Vertex

SIZE, LINE, EDGE = 12, 16, 10  # font size, line height, font size on edges, in px
INK, MUTED, PAPER = "#1A1A1A", "#5A5A5A", "#FFFFFF"
LONGEST, LONGEST_TIP = 28, 160


@dataclass(frozen=True)
class Look:
    """The looks of a kind of vertex."""

    meaning: str
    fill: str
    line: str
    corner: int = 0  # the radius of its corners
    dash: str = ""  # SVG's pattern for its border
    double: bool = False  # a second border inside
    stacked: bool = False  # more of its kind behind it

    @property
    def dot(self) -> dict[str, str]:
        """The same for Graphviz."""
        dashes = "dotted" if self.dash.startswith("1") else "dashed"
        style = ["filled", *["rounded"] * (self.corner > 0), *[dashes] * bool(self.dash)]
        shape = "box3d" if self.stacked else "box"
        return {"shape": shape, "style": ",".join(style), "peripheries": "2" if self.double else "1"}


LOOKS = {
    "input": Look("input", "#D9E8F5", "#2B6CA3"),
    "parameter": Look("parameter", "#DDF0E0", "#2E7D4F", double=True),
    "frozen": Look("tensor without gradient", "#E9E9F2", "#6A6A8A", dash="5 3"),
    "constant": Look("constant", "#F4F4F4", "#888888", dash="1.5 2.5"),
    "operation": Look("operation", "#FFF3D6", "#A8740B", corner=8),
    "group": Look("module or several operations", "#FBE3D0", "#B3541E", corner=8, stacked=True),
}
DERIVATIVE = Look("computed by a backward pass", "#EADFF5", "#6D3FA0", corner=8, dash="9 3")
BROADCAST, HANDED_BACK = "⇉", "←"


def look(vertex: Vertex) -> Look:
    """How a vertex looks by its kind."""
    found = LOOKS[vertex.kind]
    if not (vertex.backward and vertex.is_computed):
        return found
    return replace(DERIVATIVE, stacked=found.stacked, dash="" if found.stacked else DERIVATIVE.dash)


@dataclass
class Label:
    """What stands inside a vertex; a part of which nothing is known is empty."""

    head: str
    shape: str = ""
    value: str = ""
    gradient: str = ""

    @property
    def lines(self) -> list[str]:
        """All that is not empty, from the top."""
        return [line for line in (self.head, self.shape, self.value, self.gradient) if line]


def labels(vertices: list[Vertex]) -> dict[int, Label]:
    """What stands inside vertices, by id; a gradient that is not known after a backward pass is a dash, and never 0."""
    after_backward = any(vertex.gradient is not None for vertex in vertices)
    return {id(vertex): _label(vertex, after_backward) for vertex in vertices}


def _label(vertex: Vertex, after_backward: bool) -> Label:
    found = Label(shortened(_head(vertex)))
    if vertex.shape:
        found.shape = f"{vertex.shape} {vertex.dtype}"
    if vertex.stands_for > 1:
        found.shape = f"{grouped(vertex.stands_for)} operations{f', {vertex.shape}' if vertex.shape else ''}"
    if vertex.value is not None and not vertex.is_number:
        found.value = glance(vertex.value)
    if vertex.gradient is not None:
        found.gradient = f"grad {glance_at_gradient(vertex.gradient)}"
    elif after_backward and vertex.is_tracked:
        found.gradient = "grad –"
    return found


def _head(vertex: Vertex) -> str:
    if vertex.symbol is None:
        return vertex.name or vertex.title
    computation = vertex.options if vertex.is_indexing else f"{vertex.symbol} {vertex.options}".rstrip()
    return f"{vertex.name} = {computation}" if vertex.name else computation


def tip(vertex: Vertex) -> str:
    """All that is known of a vertex, for whoever points at it."""
    lines = [f"{vertex.title}: {_head(vertex)}" if vertex.is_computed else f"{vertex.title}: {look(vertex).meaning}"]
    if vertex.stands_for > 1:
        lines.append(f"{grouped(vertex.stands_for)} operations, of which the last gives")
    lines.append(f"shape {vertex.shape}, {vertex.dtype}")
    lines.append(f"value {details(vertex.value)}" if vertex.value is not None else "value not kept (inside watch() it is)")
    if vertex.gradient is not None:
        lines.append(f"gradient {details(vertex.gradient)}")
    elif vertex.is_tracked:
        lines.append("gradient not known: no backward yet, or not kept (inside watch() it is)")
    if vertex.backward and vertex.is_computed:
        lines.append(DERIVATIVE.meaning)
    if vertex.module:
        lines.append(f"in {' › '.join(vertex.module)}")
    if vertex.line is not None:
        lines.append(str(vertex.line))
    return "\n".join(shortened(line, LONGEST_TIP) for line in lines)


def on_edge(edge: Edge) -> str:
    """What stands on an edge: the local derivative, or, where there is no such factor, what is handed back, after an arrow."""
    parts = []
    if edge.local is not None:
        parts.append(_short(edge.local))
    elif edge.contribution is not None:
        parts.append(f"{HANDED_BACK} {_short(edge.contribution)}")
    if edge.broadcasts:
        parts.append(BROADCAST)
    if edge.times > 1:
        parts.append(f"× {grouped(edge.times)}")
    return " ".join(parts)


def _short(x: Any) -> str:
    return summary(x, digits=4 if np.ndim(x) == 0 else 3 if np.size(x) <= 4 else 2)


def tip_of_edge(edge: Edge) -> str:
    """All that is known of an edge."""
    source, target = shortened(edge.source.title), shortened(edge.target.title)
    lines = [f"{source} → {target}"]
    if edge.local is not None:
        lines.append(f"local derivative ∂{target}/∂{source} = {details(edge.local)}")
    if edge.contribution is not None:
        lines.append(f"contribution to the gradient of {source}: {details(edge.contribution)}")
    if edge.broadcasts:
        lines.append(f"{source} {edge.source.shape} is broadcast to {edge.target.shape}")
    if edge.times > 1:
        lines.append(f"{grouped(edge.times)} edges")
    return "\n".join(shortened(line, LONGEST_TIP) for line in lines)


def notice(vertices: list[Vertex]) -> str:
    """What a summary says of itself; empty for a whole graph."""
    shown = [vertex.stands_for for vertex in vertices if vertex.is_computed]
    return f"{grouped(sum(shown))} operations shown as {grouped(len(shown))}" if sum(shown) > len(shown) else ""


def grouped(n: int) -> str:
    """A count with a thin gap every three digits.

    >>> grouped(50000)
    '50 000'
    """
    return f"{n:,}".replace(",", " ")


def shortened(text: str, longest: int = LONGEST) -> str:
    """Any text on one line of bounded length, without its middle if need be: the ends of names tell them apart."""
    if len(text) > longest:
        text = f"{text[: (longest - 1) // 2]}…{text[-(longest // 2) :]}"
    return "".join(c if c.isprintable() else " " for c in text)


def width_of(text: str, size: float, bold: bool = False) -> float:
    """The width of a monospaced line, in px: wide characters count twice."""
    return (0.62 if bold else 0.61) * size * sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def width_of_title(text: str) -> float:
    """The width of a module's title, in px."""
    return width_of(shortened(text), 11) + 8
