"""A drawn graph: it shows itself in Jupyter, saves itself, and prints itself."""

from pathlib import Path

from autograd.draw.dot import to_dot
from autograd.draw.frame import State
from autograd.draw.graphviz_layout import best, run
from autograd.draw.html import image, page, to_html
from autograd.draw.svg import to_svg
from autograd.draw.text import trace
from autograd.draw.timeline import moments
from autograd.draw.vertex import Vertex


class Graph:
    """The picture of a graph. In Jupyter it shows itself, to step through; `print` gives a trace of every step.

    health: whether colors and marks tell where gradients vanish or explode, instead of what a vertex is.
    down:   whether the picture runs down, not to the right; if not given, where it would be too wide otherwise.
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
        """The graph as SVG, laid out by Graphviz or pygraphviz where installed and by the built-in layout elsewhere."""
        return to_svg(self.vertices, best, health=self.health, down=self.down)

    @property
    def steps(self) -> int:
        """How many steps it takes: one for each operation and, after a backward, its start and one for each operation again."""
        return len(moments(self.vertices))

    def at(self, step: int) -> "Graph":
        """The picture after so many steps, with everything in its place: values and gradients so far, and this step marked.

        Raises ValueError if there are not so many steps; 0 is before all of them.

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
        state = State(self.vertices, step)
        return _Still(state, state.drawn(Graph(self.vertices, down=self.down).svg), self.down)

    def save(self, path: str | Path) -> None:
        """Write the picture to a file: .svg, .html to step through, .dot, .txt, or, with Graphviz, .png and .pdf.

        Raises ValueError for another suffix, RuntimeError for png or pdf without Graphviz.
        """
        path = Path(path)
        kind = path.suffix.lstrip(".").lower()
        if kind in ("png", "pdf"):
            content = run(self.dot, kind)
            if content is None:
                raise RuntimeError(
                    f"{path.name}: .{kind} needs Graphviz (pip install 'chainrule[draw]'), which is not there or gave up; "
                    ".svg works without"
                )
        elif kind in ("svg", "html", "dot", "txt"):
            texts = {
                "svg": lambda: self.svg,
                "html": lambda: page(self._repr_html_()),
                "dot": lambda: self.dot,
                "txt": lambda: f"{self}\n",
            }
            content = texts[kind]().encode()
        else:
            raise ValueError(f"{path.name}: a picture is saved as .svg, .html, .dot, .txt, .png or .pdf")
        path.write_bytes(content)

    def __str__(self) -> str:
        return trace(self.vertices)

    def __repr__(self) -> str:
        return f"<graph of {len(self.vertices)} vertices>"

    def _repr_html_(self) -> str:
        return to_html(self.svg, self.vertices)


class _Still(Graph):
    """A graph at one of its steps."""

    def __init__(self, state: State, svg: str, down: bool | None):
        super().__init__(state.copied(), down=down)
        self._svg, self._words, self._step = svg, state.listed(), state.step(self.vertices, down)

    @property
    def dot(self) -> str:
        return to_dot(self.vertices, step=self._step).source

    @property
    def svg(self) -> str:
        return self._svg

    def at(self, step: int) -> Graph:
        raise ValueError("this is the picture of one step; ask the whole graph for another")

    def __str__(self) -> str:
        return self._words

    def _repr_html_(self) -> str:
        return image(self.svg)
