"""A picture as PDF: one page of vector graphics with the standard fonts of PDF, so that no program and no font is needed."""

from collections.abc import Iterator
from unicodedata import normalize

from autograd.draw.shapes import Box, Line, Picture, Point, Text

POINTS = 0.75  # points in a px
ADVANCE = 0.6  # the width of a character of Courier, in sizes of the font
KAPPA = 0.5523  # the control points of a quarter of a circle
ARROW_LENGTH, ARROW_WIDTH = 9.0, 9.0

#: Characters of the font Symbol, by their code there.
_SYMBOL = {
    **dict(zip("ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
    **dict(zip("αβχδεφγηιϕκλμνοπθρστυϖωξψζ", b"abcdefghijklmnopqrstuvwxyz")),
    **dict(
        zip(
            "∂√∞≤≥≠≈≡→←↑↓⇒⇐↔∑∏∈∇∫∩∪∗−′∝",
            b"\xb6\xd6\xa5\xa3\xb3\xb9\xbb\xba\xae\xac\xad\xaf\xde\xdc\xab\xe5\xd5\xce\xd1\xf2\xc7\xc8*-\xa2\xb5",
        )
    ),
}
#: What stands for characters that neither font has.
_SUBSTITUTES = {"⇉": "⇒", "▽": "∇", "△": "Δ", "▸": ">", "▾": "v", "ᵀ": "T", "⁻": "-", "⁺": "+", "⊙": "*", "‖": "|", " ": " "}


def to_pdf(picture: Picture) -> bytes:
    """The picture as a PDF of one page, of the size of the picture. The same picture gives the same bytes."""
    opacities = sorted({opacity for shape in picture.shapes for opacity in _opacities(shape)})
    states = {opacity: f"/G{i}" for i, opacity in enumerate(opacities)}
    width, height = picture.width * POINTS, picture.height * POINTS
    commands = [f"{POINTS} 0 0 {-POINTS} 0 {height:.2f} cm 1 j"]
    for shape in picture.shapes:
        commands += {Box: _box, Text: _text, Line: _line}[type(shape)](shape, states)  # type: ignore[operator]
    content = "\n".join(commands).encode("latin-1")
    graphics_states = " ".join(f"{name} << /ca {opacity} /CA {opacity} >>" for opacity, name in states.items())
    fonts = [("Courier", "/Encoding /WinAnsiEncoding"), ("Courier-Bold", "/Encoding /WinAnsiEncoding"), ("Symbol", "")]
    resources = f"/Font << /F0 5 0 R /F1 6 0 R /F2 7 0 R >> /ExtGState << {graphics_states} >>"
    return _file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.2f} {height:.2f}] /Contents 4 0 R "
            f"/Resources << {resources} >> >>".encode(),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
            *(f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} {encoding} >>".encode() for name, encoding in fonts),
        ]
    )


def _file(objects: list[bytes]) -> bytes:
    """The objects of a PDF with header, cross-reference table and trailer."""
    content, offsets = b"%PDF-1.4\n", []
    for i, body in enumerate(objects, start=1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (i, body)
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    end = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(content)}\n%%EOF\n"
    return content + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{end}".encode()


def _opacities(shape: Box | Text | Line) -> set[float]:
    return {shape.opacity, shape.fill_opacity * shape.opacity} if isinstance(shape, Box) else {shape.opacity}


def _box(box: Box, states: dict[float, str]) -> Iterator[str]:
    if box.fill:
        yield f"q {states[box.fill_opacity * box.opacity]} gs {_rgb(box.fill)} rg {_outline(box)} f Q"
    if box.stroke and box.line_width:
        yield f"q {states[box.opacity]} gs {_pen(box.stroke, box.line_width, box.dashes)} {_outline(box)} S Q"


def _outline(box: Box) -> str:
    """The path around a rectangle with rounded corners."""
    x, y, to_x, to_y = box.x, box.y, box.x + box.width, box.y + box.height
    if not box.corner:
        return f"{x:.2f} {y:.2f} {box.width:.2f} {box.height:.2f} re"
    r = min(box.corner, box.width / 2, box.height / 2)
    k = r * (1 - KAPPA)
    corners = [
        ((to_x - r, y), (to_x - k, y), (to_x, y + k), (to_x, y + r)),
        ((to_x, to_y - r), (to_x, to_y - k), (to_x - k, to_y), (to_x - r, to_y)),
        ((x + r, to_y), (x + k, to_y), (x, to_y - k), (x, to_y - r)),
        ((x, y + r), (x, y + k), (x + k, y), (x + r, y)),
    ]
    path = [f"{x + r:.2f} {y:.2f} m"]
    for start, *curve in corners:
        path.append(f"{_point(start)} l {' '.join(map(_point, curve))} c")
    return " ".join([*path, "h"])


def _line(line: Line, states: dict[float, str]) -> Iterator[str]:
    path = " ".join([f"{_point(line.start)} m", *(f"{' '.join(map(_point, curve))} c" for curve in line.curves)])
    if line.fill:
        yield f"q {states[line.opacity]} gs {_rgb(line.fill)} rg {path} f Q"
    if line.stroke:
        yield f"q {states[line.opacity]} gs {_pen(line.stroke, line.line_width, line.dashes)} {path} S Q"
    if line.has_arrow and line.stroke and line.curves:
        tip, left, right = arrow(line)
        yield f"q {states[line.opacity]} gs {_rgb(line.stroke)} rg {_point(tip)} m {_point(left)} l {_point(right)} l h f Q"


def arrow(line: Line) -> tuple[Point, Point, Point]:
    """The corners of the arrow at the end of a line: its tip, and the two others."""
    route = [line.start, *(point for curve in line.curves for point in curve)]
    tip = route[-1]
    before = next((point for point in reversed(route) if abs(point[0] - tip[0]) + abs(point[1] - tip[1]) > 0.01), tip)
    dx, dy = tip[0] - before[0], tip[1] - before[1]
    length = max((dx * dx + dy * dy) ** 0.5, 1e-9)
    dx, dy = dx / length, dy / length
    base = tip[0] - dx * ARROW_LENGTH, tip[1] - dy * ARROW_LENGTH
    half = ARROW_WIDTH / 2
    return tip, (base[0] - dy * half, base[1] + dx * half), (base[0] + dy * half, base[1] - dx * half)


def _text(text: Text, states: dict[float, str]) -> Iterator[str]:
    """A line of text, in runs of one font; characters of Symbol are placed one by one, because their widths differ."""
    font = "/F1" if text.is_bold else "/F0"
    x, y, advance = text.x - ADVANCE * text.size * len(text.text) / 2, text.y, ADVANCE * text.size
    runs: list[tuple[float, str, bytes]] = []
    for i, character in enumerate(text.text):
        code_font, code = _encode(character)
        name = font if code_font is None else code_font
        if runs and runs[-1][1] == name == font:
            runs[-1] = (*runs[-1][:2], runs[-1][2] + code)
        else:
            runs.append((x + i * advance, name, code))
    # Courier is thin: a thin outline gives it the weight of the font on the screen.
    yield f"q {states[text.opacity]} gs {_rgb(text.color)} rg {_rgb(text.color)} RG {0.012 * text.size:.2f} w BT 2 Tr"
    for left, name, code in runs:
        yield f"{name} {text.size} Tf 1 0 0 -1 {left:.2f} {y:.2f} Tm <{code.hex()}> Tj"
    yield "ET Q"


def _encode(character: str) -> tuple[str | None, bytes]:
    """The font, or None for Courier, and the code of a character; a question mark if neither font has it."""
    for candidate in (character, _SUBSTITUTES.get(character, ""), normalize("NFKD", character)[:1]):
        if candidate in _SYMBOL and candidate:
            return "/F2", bytes([_SYMBOL[candidate]])
        try:
            if candidate:
                return None, candidate.encode("cp1252")
        except UnicodeEncodeError:
            continue
    return None, b"?"


def _pen(color: str, width: float, dashes: tuple[float, ...]) -> str:
    return f"{_rgb(color)} RG {width:.2f} w [{' '.join(map(str, dashes))}] 0 d"


def _rgb(color: str) -> str:
    return " ".join(f"{int(color[i : i + 2], 16) / 255:.3f}" for i in (1, 3, 5))


def _point(point: Point) -> str:
    return f"{point[0]:.2f} {point[1]:.2f}"
