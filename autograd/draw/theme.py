"""The dark theme of pictures: colors for the same styles on dark paper, as rules that only screens follow.

The colors in the SVG itself are those of the light theme: print and programs without style sheets show the light picture.
"""

from functools import cache
from pathlib import Path

from autograd.draw import style

#: The class of a vertex, and its fill and border on dark paper.
DARK_VERTICES = {
    "input": ("#1B3247", "#6FB1E8"),
    "parameter": ("#1C3A28", "#6CC690"),
    "frozen": ("#2A2A38", "#A2A2C8"),
    "constant": ("#262626", "#9A9A9A"),
    "operation": ("#3B2F12", "#E0AE4A"),
    "group": ("#442917", "#EE9560"),
    "backward": ("#33264A", "#B795E6"),
}
DARK_POSITIVE, DARK_NEGATIVE = "#56B4E9", "#FF9A4D"
DARK_INK, DARK_MUTED, DARK_PAPER, DARK_ACTIVE = "#ECECEC", "#B4B8BE", "#16181B", "#FF6D9D"


@cache
def dark_theme() -> str:
    """The style sheet by which an SVG follows the theme of the browser, unless a script has given it the class `light`.

    theme.js makes a style sheet for the class `dark` from it.
    """
    root = ".chainrule:not(.light)"
    rules = [
        (".paper", f"fill: {DARK_PAPER}"),
        ("text", f"fill: {DARK_INK}"),
        (":is(.shape, .local, .title, .notice, .note, .name, .legend text)", f"fill: {DARK_MUTED}"),
        (":is(.title, .local)", f"stroke: {DARK_PAPER}"),
        (".behind", f"fill: {DARK_PAPER}"),
        (".line", f"stroke: {DARK_MUTED}"),
        (".arrow", f"fill: {DARK_MUTED}"),
        (".cluster rect", f"fill: {DARK_INK}; stroke: {DARK_MUTED}"),
    ]
    for name, (fill, line) in DARK_VERTICES.items():
        boxes = f":is(.{name}, .key-{name})"
        rules += [(f"{boxes} rect", f"stroke: {line}"), (f'{boxes}:not(.banded) rect:not([fill="none"])', f"fill: {fill}")]
    rules.append((".grid text", f"fill: {style.INK}"))  # so are those of matrices
    rules.append((".banded:not(.dark-fill) text", f"fill: {style.INK}"))  # the colors of health are the same in both themes
    rules += [
        (".positive", f"stroke: {DARK_POSITIVE}"),
        (".negative", f"stroke: {DARK_NEGATIVE}"),
        (':is(.vertex, .unit).active rect:not([fill="none"])', f"stroke: {DARK_ACTIVE}"),
        (".edge.active .line", f"stroke: {DARK_ACTIVE}"),
    ]
    texts = [f"{root} {{ background: {DARK_PAPER}; }}", *(f"{root} {name} {{ {value}; }}" for name, value in rules)]
    return "\n".join(["@media screen and (prefers-color-scheme: dark) {", *texts, "}"])


@cache
def read_file(name: str) -> str:
    """The text of a script or a style sheet of this package, without comments and indentation."""
    lines = (line.strip() for line in Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))
