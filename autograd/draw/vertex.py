"""The vertices and edges of a drawn graph."""

from dataclasses import dataclass, field
from typing import Any
from weakref import ref

import numpy as np

from autograd.draw.number_format import number
from autograd.utils.call_stack import Line


@dataclass(eq=False)
class Vertex:
    """A leaf, a constant, the result of an operation, or, in a summary, of several."""

    kind: str  # input or parameter (leaves that require gradients), frozen (a tensor that does not), constant, operation, group
    number: int  # its place in the order of computation; of leaves, among the nameless of its kind if there are several
    name: str | None = None  # given by a person, or the name of a parameter
    operation: str | None = None
    symbol: str | None = None
    options: str = ""  # axis, shape, index …, as a person would write them
    shape: tuple[int, ...] = ()
    dtype: Any = None
    value: Any = None  # None if it was not kept
    gradient: Any = None  # None before any backward
    operands: list["Vertex"] = field(default_factory=list)  # what it was computed from, also where a view does not show it
    inputs: list["Edge"] = field(default_factory=list)
    uses: list["Edge"] = field(default_factory=list)
    backward: bool = False  # whether it was itself recorded by a backward pass: part of a derivative
    module: tuple[str, ...] = ()  # the modules it was computed in, from the outermost; known if the graph was watched
    line: Line | None = None  # a person's own line that computed it; known if the graph was watched
    node: ref | None = None  # what it was read from
    stands_for: int = 1  # how many operations a group is made of

    @property
    def title(self) -> str:
        """How text refers to this vertex: by its name, the value of a plain number, v and its number, or its kind."""
        words = (self.name or "").split()
        if words:
            return " ".join(words)
        if self.is_number:
            return number(self.value)
        return f"v{self.number}" if self.is_computed else f"{self.kind} {self.number or ''}".rstrip()

    @property
    def is_number(self) -> bool:
        """Whether this is a plain number in an expression."""
        return not self.name and not self.is_tracked and self.shape == () and self.value is not None

    @property
    def is_computed(self) -> bool:
        """Whether this is the result of operations."""
        return self.kind in ("operation", "group")

    @property
    def is_indexing(self) -> bool:
        """Whether this takes elements by index."""
        return self.symbol == "[ ]" and self.options.startswith("[")

    @property
    def is_start(self) -> bool:
        """Whether gradients end here: at a leaf that requires them, or where a person wants to begin."""
        return self.kind in ("input", "parameter", "operation") and not self.inputs

    @property
    def is_tracked(self) -> bool:
        """Whether it gets a gradient."""
        return self.kind not in ("constant", "frozen")


@dataclass(eq=False)
class Edge:
    """One use of a vertex as an input of another; `x * x` uses x twice.

    contribution = upstream × local, summed over what was broadcast, is this use's part of the source's gradient.
    """

    source: Vertex
    target: Vertex
    port: int = 0  # which input of the target
    local: Any = None  # ∂target/∂source, where each element of the target depends on one of the source by itself
    contribution: Any = None  # None before any backward, and where what the formula needs is gone
    times: int = 1  # how many edges a summary shows as this one

    @property
    def broadcasts(self) -> bool:
        """Whether the source was stretched to meet another input."""
        return self.local is not None and np.size(self.local) > 1 and np.shape(self.local) != self.source.shape
