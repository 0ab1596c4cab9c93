"""The frame around the shapes of a picture: one SVG document with its style sheet, for the light and the dark theme."""

from collections.abc import Iterable

from autograd.draw import style
from autograd.draw.style import EDGE_FONT_SIZE, FONT_SIZE
from autograd.draw.theme import dark_theme

MARGIN = 12.0

STYLE = f"""
.chainrule {{ font-family: '{style.FONT_FAMILY}', Menlo, Consolas, monospace; background: {style.PAPER}; }}
.chainrule text {{ font-size: {FONT_SIZE}px; fill: {style.INK}; text-anchor: middle; }}
.chainrule .head {{ font-weight: bold; }}
.chainrule :is(.shape, .local, .title, .notice, .note, .legend text) {{ font-size: {EDGE_FONT_SIZE}px; fill: {style.MUTED}; }}
.chainrule :is(.title, .notice, .legend text) {{ text-anchor: start; }}
.chainrule :is(.title, .local) {{ paint-order: stroke; stroke: {style.PAPER}; stroke-width: 3px; stroke-linejoin: round; }}
.chainrule.down .local {{ stroke-width: 8px; }}
.chainrule.health .shape, .chainrule .banded .shape {{ fill: {style.INK}; }}
.chainrule .handed-back {{ font-style: italic; }}
.chainrule .cell {{ font-size: {EDGE_FONT_SIZE}px; }}
.chainrule .mark {{ font-weight: bold; text-anchor: end; }}
.chainrule .line {{ fill: none; stroke: {style.MUTED}; }}
.chainrule .broadcast .line {{ stroke-dasharray: 6 3; }}
.chainrule .dark-fill text, .chainrule .dark-fill .shape {{ fill: {style.PAPER}; }}
.chainrule .vertex.waiting {{ opacity: 0.4; }}
.chainrule .waiting .value, .chainrule .edge.waiting :is(.local, .behind), .chainrule .later {{ visibility: hidden; }}
.chainrule :is(.vertex, .unit).active rect:not([fill="none"]) {{ stroke: {style.ACTIVE}; stroke-width: 3.5px; }}
.chainrule .edge.active .line {{ stroke: {style.ACTIVE}; stroke-width: 2.5px; }}
.chainrule .cluster rect {{ fill: {style.INK}; fill-opacity: 0.03; stroke: {style.MUTED}; stroke-opacity: 0.5; }}
"""


def svg_document(
    shapes: Iterable[str],
    width: float,
    height: float,
    *,
    prefix: str = "graph",
    classes: str = "",
    label: str = "computation graph",
) -> str:
    """One SVG document around shapes; an arrow at the end of a line is the marker `PREFIX-arrow`."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="{f"chainrule {classes}".rstrip()}" role="img" '
            f'aria-label="{label}" width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">',
            f"<style>{STYLE}{dark_theme()}</style>",
            f'<defs><marker id="{prefix}-arrow" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="9" markerHeight="9" '
            'markerUnits="userSpaceOnUse" orient="auto">'
            f'<path class="arrow" d="M0 0L8 4L0 8z" fill="{style.MUTED}"/></marker></defs>',
            f'<rect class="paper" width="100%" height="100%" fill="{style.PAPER}"/>',
            *shapes,
            "</svg>\n",
        ]
    )
