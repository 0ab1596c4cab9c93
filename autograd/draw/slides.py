"""A picture with steps: elements appear one after another, and each step has a caption.

An element of the SVG belongs to steps by its attributes, right after its class:

    <g class="unit" data-from="2" data-at="2 5">    appears at step 2, is marked at steps 2 and 5
"""

import re
from collections.abc import Sequence
from pathlib import Path

from autograd.draw.files import save_picture
from autograd.draw.html import image_html, page_html, player_html, still_html
from autograd.draw.pdf import to_pdf
from autograd.draw.shapes import read_shapes

_ELEMENT = re.compile(r'class="([^"]*)" data-from="(\d+)"(?: data-at="([\d ]*)")?')


class Slides:
    """An SVG picture whose elements appear step by step. Jupyter displays it with a slider.

    svg:      the picture after the last step.
    captions: one line of text for each step, the first one for the picture before step 1.
    """

    def __init__(self, svg: str, captions: Sequence[str]):
        self.svg, self.captions = svg, list(captions)

    @property
    def steps(self) -> int:
        """The number of the last step; 0 for a picture without steps."""
        return len(self.captions) - 1

    def at(self, step: int) -> "Slides":
        """The picture at one step. Raises ValueError if there are fewer steps."""
        if not 0 <= step <= self.steps:
            raise ValueError(f"step {step}: this picture has the steps 0 to {self.steps}")

        def mark(element: re.Match) -> str:
            later = " later" if int(element[2]) > step else ""
            active = " active" if str(step) in (element[3] or "").split() else ""
            return f'class="{element[1]}{later}{active}"'

        return Slides(_ELEMENT.sub(mark, self.svg), self.captions[step : step + 1])

    def save(self, path: str | Path) -> None:
        """Write the picture to a file: .svg, .pdf, .html with its steps, .txt with the captions; with Graphviz also .png.

        The file is written completely or not at all.

        Raises ValueError for another suffix, and RuntimeError for .png if Graphviz is not installed or fails.
        """
        others = {".html": lambda: page_html(self._repr_html_()), ".txt": lambda: f"{self}\n"}
        save_picture(path, lambda: self.svg, others)

    def __str__(self) -> str:
        return "\n".join(self.captions)

    def __repr__(self) -> str:
        return f"<picture of {self.steps + 1} steps>"

    def _repr_html_(self) -> str:
        image = image_html(self.svg)
        return player_html(image, {"captions": self.captions}) if self.steps else still_html(self.svg)

    def _repr_pdf_(self) -> bytes:
        """The picture for notebooks that are exported to LaTeX."""
        return to_pdf(read_shapes(self.svg))
