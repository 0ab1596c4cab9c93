"""A drawn graph: displayed in Jupyter, saved to a file, printed as text."""

from pathlib import Path

from autograd.draw.animation import animate
from autograd.draw.backward_steps import derivative_symbol
from autograd.draw.dot import to_dot
from autograd.draw.files import save_picture
from autograd.draw.frame import FrameState
from autograd.draw.html import page_html, still_html, to_html
from autograd.draw.latex import to_latex
from autograd.draw.paths import MAX_PATHS, describe_paths, find_vertex
from autograd.draw.pdf import to_pdf
from autograd.draw.shapes import read_shapes
from autograd.draw.svg import to_svg
from autograd.draw.text import trace
from autograd.draw.timeline import frames
from autograd.draw.vertex import Vertex
from autograd.utils.atomic_files import write_text


class Graph:
    """The picture of a graph. Jupyter displays it with controls to step through it; `print` writes a trace of every step.

    health: color and mark vertices by the size of their gradients, vanishing or exploding, instead of by their suffix.
    down:   draw from top to bottom instead of from left to right; None does so only where the picture would be too wide.
    """

    def __init__(self, vertices: list[Vertex], health: bool = False, down: bool | None = None):
        self.vertices = vertices
        self.health, self.down = health, down

    @property
    def dot(self) -> str:
        """The graph as DOT, the language of Graphviz."""
        return to_dot(self.vertices, self.health, self.down).source

    @property
    def svg(self) -> str:
        """The graph as SVG."""
        return to_svg(self.vertices, health=self.health, down=self.down)

    @property
    def latex(self) -> str:
        r"""The local derivatives as LaTeX, for a document with amsmath: the formula of each edge, and its number.

        >>> import autograd
        >>> x, z = (autograd.Tensor(v, requires_grad=True, name=n) for v, n in ((36.0, "x"), (2.0, "z")))
        >>> print(autograd.draw(x / z).latex)
        \begin{align*}
          \frac{\partial v_{1}}{\partial x} &= \frac{1}{z} = 0.5 \\
          \frac{\partial v_{1}}{\partial z} &= -\frac{x}{z^{2}} = -9
        \end{align*}
        <BLANKLINE>
        """
        return to_latex(self.vertices)

    def paths(self, source: str, target: str | None = None, limit: int = MAX_PATHS) -> str:
        """All paths from one vertex to another, as text: the products of local derivatives along them, and their sum.

        source, target: titles of vertices, as in the picture; the target is the result by default.
        limit:          the number of paths that are listed; the number of all paths is stated.

        Raises ValueError for a title that the picture does not show.

        >>> import autograd
        >>> x = autograd.Tensor(3.0, requires_grad=True, name="x")
        >>> f = x * x + 2 * x
        >>> f.backward()
        >>> print(autograd.draw(f).paths("x"))
        3 paths from x to v3
        ∂v3/∂v1 × ∂v1/∂x = 1 × 3 = 3
        ∂v3/∂v1 × ∂v1/∂x = 1 × 3 = 3
        ∂v3/∂v2 × ∂v2/∂x = 1 × 2 = 2
        ∂v3/∂x = 3 + 3 + 2 = 8
        """
        ends = find_vertex(self.vertices, source), self.vertices[-1] if target is None else find_vertex(self.vertices, target)
        return "\n".join(describe_paths(self.vertices, *ends, derivative_symbol(self.vertices), limit)[1])

    @property
    def steps(self) -> int:
        """The number of steps: one for each operation, and after a backward pass its start and one more for each operation."""
        return len(frames(self.vertices))

    def at(self, step: int) -> "Graph":
        """The picture after `step` steps, with the values and gradients known by then; step 0 is before the first.

        All steps have the same layout. Raises ValueError if the graph has fewer steps.

        >>> import autograd
        >>> x = autograd.Tensor(3.0, requires_grad=True, name="x")
        >>> f = x * x
        >>> f.backward()
        >>> graph = autograd.draw(f)
        >>> for step in range(graph.steps + 1):
        ...     print(graph.at(step))
        x = 3, grad –; v1 is not computed yet
        x = 3, grad –; v1 = 9, grad –
        x = 3, grad –; v1 = 9, grad 1
        x = 3, grad 6; v1 = 9, grad 1
        """
        state = FrameState(self.vertices, step)
        return _FrameGraph(state, state.restrict(Graph(self.vertices, down=self.down).svg), self.down)

    def save(self, path: str | Path) -> None:
        """Write the picture to a file: .svg, .pdf, .html with controls, .dot, .txt, .tex (formulas); with Graphviz also .png.

        .svg, .pdf and .png show the same picture; .dot leaves the positions to the program that reads it. The file is written
        completely or not at all.

        Raises ValueError for another suffix, and RuntimeError for .png if Graphviz is not installed or fails.
        """
        others = {
            ".html": lambda: page_html(self._repr_html_()),
            ".dot": lambda: self.dot,
            ".txt": lambda: f"{self}\n",
            ".tex": lambda: self.latex,
        }
        save_picture(path, lambda: self.svg, others)

    def save_animation(self, path: str | Path, seconds: float = 1.5) -> None:
        """Write an .svg file that shows the steps one after another, again and again, without a script.

        seconds: the time of a step; the last one stays three times as long.

        Where motion is turned off the file shows the last step. The file is written completely or not at all.

        Raises ValueError for another suffix or a time that is not positive.

        >>> import os, tempfile
        >>> import autograd
        >>> x = autograd.Tensor(3.0, requires_grad=True, name="x")
        >>> f = x * x
        >>> f.backward()
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     autograd.draw(f).save_animation(os.path.join(folder, "square.svg"))
        """
        if not seconds > 0:
            raise ValueError(f"seconds: a positive time of a step expected, got {seconds!r}")
        if Path(path).suffix != ".svg":
            raise ValueError(f"{path}: an animation is an .svg file; .html has controls to step through the graph")
        write_text(path, animate([self.at(step).svg for step in range(self.steps + 1)], seconds))

    def __str__(self) -> str:
        return trace(self.vertices)

    def __repr__(self) -> str:
        return f"<graph of {len(self.vertices)} vertices>"

    def _repr_html_(self) -> str:
        return to_html(self.svg, self.vertices)

    def _repr_pdf_(self) -> bytes:
        """The picture for notebooks that are exported to LaTeX."""
        return to_pdf(read_shapes(self.svg))


class _FrameGraph(Graph):
    """A graph after one of its steps."""

    def __init__(self, state: FrameState, svg: str, down: bool | None):
        super().__init__(state.copy_vertices(), down=down)
        self._svg, self._text, self._style = svg, state.describe(), state.frame_style(self.vertices, down)

    @property
    def dot(self) -> str:
        return to_dot(self.vertices, frame=self._style).source

    @property
    def svg(self) -> str:
        return self._svg

    def at(self, step: int) -> Graph:
        raise ValueError("this graph is already the picture of one step; call at() of the whole graph instead")

    def __str__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        return still_html(self.svg)
