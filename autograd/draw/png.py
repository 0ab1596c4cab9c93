"""A picture as PNG, rendered by Graphviz at the positions of the picture: by its program `neato`, or by pygraphviz."""

import importlib.util
import shutil
import subprocess
from contextlib import suppress

import graphviz

from autograd.draw.pdf import arrow
from autograd.draw.shapes import Box, Line, Picture, Point, Text
from autograd.draw.style import FONT_FAMILY

TIMEOUT = 120  # seconds
POINTS = 0.75  # points in a px
SIGNATURE = b"\x89PNG"
ARROW = {"arrowhead": "normal", "arrowsize": "0.68"}
PIXEL_RATIO = 2.0  # pixels of the image for one px of the picture


def to_png(picture: Picture) -> bytes | None:
    """The picture as PNG; None if Graphviz is not installed, fails, or takes longer than TIMEOUT seconds."""
    source = _pinned_dot(picture)
    program = shutil.which("neato")
    if program:
        with suppress(OSError, subprocess.SubprocessError):
            command = [program, "-n2", "-Tpng"]
            process = subprocess.run(command, input=source.encode(), capture_output=True, check=True, timeout=TIMEOUT)
            if process.stdout.startswith(SIGNATURE):
                return process.stdout
    if importlib.util.find_spec("pygraphviz"):
        with suppress(ImportError, OSError, ValueError, RuntimeError):  # the errors of a broken installation
            from pygraphviz import AGraph

            return AGraph(string=source).draw(format="png", prog="nop2")
    return None


def _pinned_dot(picture: Picture) -> str:
    """A graph whose nodes are the boxes and texts, and whose edges are the lines, all at fixed positions."""
    dot = graphviz.Digraph(
        graph_attr={
            "bgcolor": "white",
            "dpi": f"{96 * PIXEL_RATIO:.0f}",
            "pad": "0",
            "margin": "0",
            "outputorder": "edgesfirst",
        },
        node_attr={"label": "", "fixedsize": "true", "margin": "0", "fontname": FONT_FAMILY},
        edge_attr={"arrowhead": "none"},
    )
    page = Box(0.0, 0.0, picture.width, picture.height)
    dot.node("page", _attributes={"style": "invis", **_place(page, picture.height)})
    for end in ("start", "end"):
        dot.node(end, _attributes={"style": "invis", **_place(Box(0.0, 0.0, 1.0, 1.0), picture.height)})
    for i, shape in enumerate(picture.shapes):
        if isinstance(shape, Line):
            _add_line(dot, shape, picture.height)
        else:
            make_attributes = _box_attributes if isinstance(shape, Box) else _text_attributes
            dot.node(f"n{i}", _attributes=make_attributes(shape, picture.height))  # type: ignore[arg-type]
    return dot.source


def _place(box: Box, height: float) -> dict[str, str]:
    x, y = box.x + box.width / 2, height - box.y - box.height / 2
    size = {"width": f"{box.width * POINTS / 72:.4f}", "height": f"{box.height * POINTS / 72:.4f}"}
    return {"pos": f"{x * POINTS:.2f},{y * POINTS:.2f}!", "shape": "box", **size}


def _box_attributes(box: Box, height: float) -> dict[str, str]:
    styles = ["filled", *["rounded"] * (box.corner > 0)]
    if box.dashes:
        styles.append("dotted" if box.dashes[0] < 2 else "dashed")
    return {
        **_place(box, height),
        "shape": "ellipse" if 2 * box.corner >= min(box.width, box.height) else "box",
        "style": ",".join(styles),
        "fillcolor": _with_opacity(box.fill, box.fill_opacity * box.opacity),
        "color": _with_opacity(box.stroke, box.opacity),
        "penwidth": f"{box.line_width * POINTS if box.stroke else 0:.2f}",
    }


def _text_attributes(text: Text, height: float) -> dict[str, str]:
    # Graphviz warns of a node without space for its label; the space that is not needed is not visible.
    line = Box(text.x - text.width / 2 - 8, text.y - 1.25 * text.size, text.width + 16, 1.8 * text.size)
    return {
        **_place(line, height),
        "shape": "plaintext",
        "label": graphviz.escape(text.text),
        "fontname": f"{FONT_FAMILY} Bold" if text.is_bold else FONT_FAMILY,
        "fontsize": f"{text.size * POINTS:.2f}",
        "fontcolor": _with_opacity(text.color, text.opacity),
    }


def _add_line(dot: graphviz.Digraph, line: Line, height: float) -> None:
    if not line.curves:
        return
    if line.stroke:
        attributes = {"color": _with_opacity(line.stroke, line.opacity), "penwidth": f"{line.line_width * POINTS:.2f}"}
        style = {"style": "dashed"} if line.dashes else {}
        dot.edge("start", "end", _attributes={"pos": _spline(line, height), **attributes, **style})
    if line.has_arrow:  # Graphviz draws it at the end of a short line from its base to its tip
        tip, *corners = ((x * POINTS, (height - y) * POINTS) for x, y in arrow(line))
        base = _pair(((corners[0][0] + corners[1][0]) / 2, (corners[0][1] + corners[1][1]) / 2))
        attributes = {"color": _with_opacity(line.stroke, line.opacity), "penwidth": "0.5"} | ARROW
        dot.edge("start", "end", _attributes={"pos": f"e,{_pair(tip)} {base} {base} {base} {base}", **attributes})


def _spline(line: Line, height: float) -> str:
    points = [line.start, *(point for curve in line.curves for point in curve)]
    return " ".join(_pair((x * POINTS, (height - y) * POINTS)) for x, y in points)


def _pair(point: Point) -> str:
    return f"{point[0]:.2f},{point[1]:.2f}"


def _with_opacity(color: str | None, opacity: float) -> str:
    return "#FFFFFF00" if color is None else f"{color}{round(255 * opacity):02X}"
