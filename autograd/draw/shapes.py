"""The shapes of a picture with their appearance resolved, read from its SVG: the input of all writers of other formats.

The SVG is one that this package writes: rectangles, texts and paths of lines and curves in groups, with classes that
document.STYLE describes. What the style sheet says there is said here once more, for formats that have no style sheets.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from autograd.draw import style

Point = tuple[float, float]
Curve = tuple[Point, Point, Point]  # a cubic Bézier curve from the current point: two control points and its end

SMALL_CLASSES = {"cell", "shape", "local", "title", "notice", "note"}
LEFT_CLASSES = {"title", "notice"}
_NAMESPACE = "{http://www.w3.org/2000/svg}"
_TRANSLATION = re.compile(r"translate\(([-\d.]+)[ ,]([-\d.]+)\)")
_COMMAND = re.compile(r"([MLCZz])([^MLCZz]*)")


@dataclass
class Box:
    """A rectangle; `fill` and `stroke` are hexadecimal colors or None."""

    x: float
    y: float
    width: float
    height: float
    corner: float = 0.0
    fill: str | None = None
    stroke: str | None = None
    line_width: float = 1.0
    dashes: tuple[float, ...] = ()
    fill_opacity: float = 1.0
    opacity: float = 1.0


@dataclass
class Text:
    """One line of text; x is its middle, y its baseline."""

    x: float
    y: float
    text: str
    size: float
    color: str
    is_bold: bool = False
    opacity: float = 1.0

    @property
    def width(self) -> float:
        """The width of the text, in px."""
        return style.text_width(self.text, self.size, self.is_bold)


@dataclass
class Line:
    """A path of curves, which may end in an arrow or enclose an area."""

    start: Point
    curves: list[Curve]
    stroke: str | None
    line_width: float = 1.0
    dashes: tuple[float, ...] = ()
    has_arrow: bool = False
    fill: str | None = None
    opacity: float = 1.0


@dataclass
class Picture:
    """All shapes of a picture, from back to front, and its size in px."""

    width: float
    height: float
    shapes: list[Box | Text | Line]


def read_shapes(svg: str) -> Picture:
    """The shapes of an SVG written by this package."""
    root = ElementTree.fromstring(svg)
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    shapes = list(_walk(root, (0.0, 0.0), (), 1.0))
    return Picture(width, height, [shape for shape in shapes if not _is_paper(shape)])


def _is_paper(shape: Box | Text | Line) -> bool:
    return isinstance(shape, Box) and shape.width == 0.0  # a size in percent


def _walk(element: ElementTree.Element, origin: Point, classes: tuple[str, ...], opacity: float) -> Iterator[Box | Text | Line]:
    """The shapes in an element; `classes` are those of all elements around it."""
    own = tuple((element.get("class") or "").split())
    tag = element.tag.removeprefix(_NAMESPACE)
    if tag in ("defs", "style", "title") or _is_hidden(own, classes):
        return
    translation = _TRANSLATION.match(element.get("transform") or "")
    if translation:
        origin = origin[0] + float(translation[1]), origin[1] + float(translation[2])
    if "vertex" in own and "waiting" in own:
        opacity = 0.4
    classes = (*classes, *own)
    if tag == "rect":
        yield _box(element, origin, classes, opacity)
    elif tag == "text" and element.text:
        yield _text(element, origin, own, classes, opacity)
    elif tag == "path":
        yield _line(element, origin, classes, opacity)
    for child in element:
        yield from _walk(child, origin, classes, opacity)


def _is_hidden(own: tuple[str, ...], classes: tuple[str, ...]) -> bool:
    return "later" in own or ("waiting" in classes and bool({"value", "local", "behind"} & set(own)))


def _box(element: ElementTree.Element, origin: Point, classes: tuple[str, ...], opacity: float) -> Box:
    x, y, width, height, corner = (_number(element, name) for name in ("x", "y", "width", "height", "rx"))
    box = Box(x, y, width, height, corner)
    box.x, box.y, box.opacity = box.x + origin[0], box.y + origin[1], opacity
    if "cluster" in classes:
        box.fill, box.fill_opacity, box.stroke = style.INK, 0.03, style.mix(style.MUTED, style.PAPER, 0.5)
        return box
    box.fill, box.stroke = _color(element.get("fill")), _color(element.get("stroke"))
    box.line_width, box.dashes = _number(element, "stroke-width", 1.0), _dashes(element.get("stroke-dasharray"))
    if {"vertex", "unit"} & set(classes) and "active" in classes and box.fill:
        box.stroke, box.line_width = style.ACTIVE, 3.5
    return box


def _text(element: ElementTree.Element, origin: Point, own: tuple[str, ...], classes: tuple[str, ...], opacity: float) -> Text:
    names = set(own)
    is_small = bool(names & SMALL_CLASSES) or "legend" in classes
    is_muted = is_small and "cell" not in names and not ("health" in classes and "shape" in names)
    color = style.PAPER if "dark-fill" in classes else style.MUTED if is_muted else style.INK
    text = Text(
        0.0, _number(element, "y") + origin[1], element.text or "", style.EDGE_FONT_SIZE if is_small else style.FONT_SIZE, color
    )
    text.is_bold, text.opacity = bool(names & {"head", "mark"}), opacity
    side = 0.5 if names & LEFT_CLASSES or "legend" in classes else -0.5 if "mark" in names else 0.0
    text.x = _number(element, "x") + origin[0] + side * text.width
    return text


def _line(element: ElementTree.Element, origin: Point, classes: tuple[str, ...], opacity: float) -> Line:
    start, curves = parse_path(element.get("d") or "", origin)
    line = Line(start, curves, _color(element.get("stroke")), _number(element, "stroke-width", 1.0), opacity=opacity)
    line.has_arrow = element.get("marker-end") is not None
    line.fill, line.dashes = _color(element.get("fill")), _dashes(element.get("stroke-dasharray"))
    if "line" in classes:
        line.stroke, line.fill = style.MUTED, None
        width = re.search(r"stroke-width: ([\d.]+)px", element.get("style") or "")
        line.line_width = float(width[1]) if width else 1.0
        line.dashes = (6.0, 3.0) if "broadcast" in classes else ()
        if "active" in classes:
            line.stroke, line.line_width = style.ACTIVE, 2.5
    return line


def parse_path(d: str, origin: Point = (0.0, 0.0)) -> tuple[Point, list[Curve]]:
    """The start and the curves of an SVG path of M, L and C commands; a straight line is a curve as well."""
    start = position = origin
    curves: list[Curve] = []
    for command, numbers in _COMMAND.findall(d):
        values = [float(number) for number in numbers.replace(",", " ").split()]
        points = [(x + origin[0], y + origin[1]) for x, y in zip(values[::2], values[1::2])]
        if command == "M":
            start = position = points[0]
        elif command == "L":
            curves += [(position, point, point) for point in points]
        elif command == "C":
            curves += [(points[i], points[i + 1], points[i + 2]) for i in range(0, len(points), 3)]
        else:
            curves.append((position, start, start))
        position = curves[-1][2] if curves else position
    return start, curves


def _number(element: ElementTree.Element, name: str, default: float = 0.0) -> float:
    text = element.get(name)
    return default if text is None else 0.0 if text.endswith("%") else float(text.removesuffix("px"))


def _color(text: str | None) -> str | None:
    return None if text in (None, "none") else text


def _dashes(text: str | None) -> tuple[float, ...]:
    return () if text in (None, "none") else tuple(float(number) for number in str(text).split())
