"""A drawn graph: it shows itself in Jupyter, saves itself, and prints itself."""

import base64
import shutil
from pathlib import Path

from autograd.draw.dot import to_dot
from autograd.draw.read import Vertex
from autograd.draw.svg import to_svg
from autograd.draw.text import trace


class Graph:
    """The picture of a graph. In Jupyter it shows itself; `print` gives a trace of every step."""

    def __init__(self, vertices: list[Vertex]):
        self.vertices = vertices

    @property
    def dot(self) -> str:
        """The graph as DOT, the language of Graphviz."""
        return to_dot(self.vertices).source

    @property
    def svg(self) -> str:
        """The graph as SVG, drawn by Graphviz where its `dot` is installed and by the built-in layout elsewhere."""
        if shutil.which("dot"):
            return to_dot(self.vertices).pipe(format="svg", encoding="utf-8")
        return to_svg(self.vertices)

    def save(self, path: str | Path) -> None:
        """Write the picture to a file: .svg, .dot, .txt, or, where Graphviz is installed, .png and .pdf.

        Raises ValueError for another suffix, RuntimeError for png or pdf without Graphviz.
        """
        path = Path(path)
        kind = path.suffix.lstrip(".")
        texts = {"svg": lambda: self.svg, "dot": lambda: self.dot, "txt": lambda: f"{self}\n"}
        if kind in texts:
            path.write_text(texts[kind](), encoding="utf-8")
        elif kind not in ("png", "pdf"):
            raise ValueError(f"{path.name}: a picture is saved as .svg, .dot, .txt, .png or .pdf")
        elif shutil.which("dot") is None:
            raise RuntimeError(f"{path.name}: .{kind} needs Graphviz (its program `dot`); .svg works without")
        else:
            path.write_bytes(to_dot(self.vertices).pipe(format=kind))

    def __str__(self) -> str:
        return trace(self.vertices)

    def __repr__(self) -> str:
        return f"<graph of {len(self.vertices)} vertices>"

    def _repr_html_(self) -> str:
        picture = base64.b64encode(self.svg.encode()).decode()
        return f'<img style="max-width: 100%" alt="computation graph" src="data:image/svg+xml;base64,{picture}">'
