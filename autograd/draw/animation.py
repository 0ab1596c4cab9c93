"""The steps of a graph as one SVG that moves by itself, also where pages run no scripts: in a README, on a package index."""

import re
from collections.abc import Sequence

HOLD = 3  # the last frame is shown this many times as long as the others


def animate(frames: Sequence[str], seconds: float) -> str:
    """One SVG that shows pictures of the same size one after another, again and again.

    frames:  SVG texts with the same head, as those of `Graph.at`.
    seconds: the time of a frame; the last one stays three times as long.

    A reader who has asked for reduced motion, and a program without CSS animations, shows the last frame alone.
    """
    head, _ = _split(frames[-1])
    slots = len(frames) - 1 + HOLD
    end, last = 100 / slots, 100 * (len(frames) - 1) / slots
    rules = [
        f".step {{ visibility: hidden; animation: step {slots * seconds:g}s step-end infinite; }}",
        f"@keyframes step {{ from {{ visibility: visible; }} {end:.4f}% {{ visibility: hidden; }} }}",
        ".step:last-of-type { visibility: visible; animation-name: last; }",
        f"@keyframes last {{ from {{ visibility: hidden; }} {last:.4f}% {{ visibility: visible; }} }}",
        "@media (prefers-reduced-motion: reduce) { .step { animation: none; } }",
    ]
    rules += [f"#step-{i} {{ animation-delay: {i * seconds:g}s; }}" for i in range(1, len(frames) - 1)]
    body = "\n".join(f'<g class="step" id="step-{i}">\n{_split(frame)[1]}</g>' for i, frame in enumerate(frames))
    return head.replace("</style>", "\n".join(rules) + "\n</style>", 1) + body + "\n</svg>\n"


def _split(svg: str) -> tuple[str, str]:
    """An SVG up to its contents, and the contents with no ids, which would occur once for each frame."""
    start = svg.index('<g transform="')
    end = svg.rindex("</svg>")
    return svg[:start], re.sub(r' id="graph-[^"]*"', "", svg[start:end])
