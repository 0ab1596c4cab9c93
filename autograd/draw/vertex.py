"""The vertices and edges of a drawn graph."""

import math
from dataclasses import dataclass, field
from typing import Any
from weakref import ref

import numpy as np

from autograd.draw.matrix_grid import Grid
from autograd.draw.number_format import format_number
from autograd.utils.call_stack import Line


@dataclass(eq=False)
class Vertex:
    """A leaf, a constant, the result of an operation or, in a summary, of several operations."""

    #: input or parameter (leaves that require a gradient), frozen (a tensor that does not), constant, operation, group
    kind: str
    number: int  # the number in its title: counted over operations, or over leaves of one role without a name
    name: str | None = None  # the tensor's name, or the name of the parameter
    operation: str | None = None
    symbol: str | None = None
    options: str = ""  # axis, shape, index …, written as in Python code
    shape: tuple[int, ...] = ()
    dtype: Any = None
    value: Any = None  # None if it was not kept
    gradient: Any = None  # None before any backward pass
    earlier_gradient: Any = None  # of a leaf, from earlier backward passes; `gradient` is its sum with `pass_gradient`
    pass_gradient: Any = None  # of a leaf, from this backward pass; None if that is `gradient`
    operands: list["Vertex"] = field(default_factory=list)  # the vertices it was computed from, also those that a summary hides
    inputs: list["Edge"] = field(default_factory=list)
    uses: list["Edge"] = field(default_factory=list)
    by_backward: bool = False  # whether a backward pass recorded it: it is part of a derivative
    module: tuple[str, ...] = ()  # the modules that computed it, from the outermost; known inside watch()
    line: Line | None = None  # the user's source line that computed it; known inside watch()
    node: ref | None = None  # the node in the engine
    operation_count: int = 1  # the number of operations that a group contains
    time: float | None = None  # in s, between the operation before and this one; known inside watch()
    shade: Any = None  # the Band that colors it instead of its kind
    grid: Grid | None = None  # its value as cells, if the picture shows matrices
    cancels: bool = False  # of a leaf: whether its gradient is a sum that is 0 up to rounding errors
    role: str = ""  # of a leaf: mask, input, or its kind; its title if it has no name
    parameters: list["Vertex"] = field(default_factory=list)  # the leaves with a gradient that a group contains

    @property
    def parameter_count(self) -> int:
        """The number of elements of a parameter, or of all parameters that a group contains."""
        if self.kind == "group":
            return sum(vertex.parameter_count for vertex in self.parameters)
        return math.prod(self.shape) if self.kind == "parameter" else 0

    @property
    def gradients(self) -> list[Any]:
        """Its gradient and those of the parameters that a group contains, by which it is colored."""
        return [self.sized_gradient, *(vertex.sized_gradient for vertex in self.parameters)]

    @property
    def derivative(self) -> Any:
        """The gradient of this backward pass, without those of earlier ones."""
        return self.gradient if self.pass_gradient is None else self.pass_gradient

    @property
    def sized_gradient(self) -> Any:
        """The gradient by which the picture is colored: 0 for a sum that is 0 up to rounding errors."""
        return 0.0 if self.cancels else self.gradient

    @property
    def title(self) -> str:
        """The name of this vertex in text: its own name, the value of a number, v1, v2, …, or its kind."""
        words = (self.name or "").split()
        if words:
            return " ".join(words)
        if self.is_number:
            return format_number(self.value)
        return f"v{self.number}" if self.is_computed else f"{self.role or self.kind} {self.number or ''}".rstrip()

    @property
    def is_number(self) -> bool:
        """Whether this is a number in an expression."""
        return not self.name and not self.is_tracked and self.shape == () and self.value is not None

    @property
    def is_computed(self) -> bool:
        """Whether this is the result of an operation or of a group."""
        return self.kind in ("operation", "group")

    @property
    def is_indexing(self) -> bool:
        """Whether this operation is indexing, x[index]."""
        return self.symbol == "[ ]" and self.options.startswith("[")

    @property
    def is_start(self) -> bool:
        """Whether the backward pass ends here: at a leaf that requires a gradient, or at a tensor given as `since`."""
        return self.kind in ("input", "parameter", "operation") and not self.inputs

    @property
    def is_tracked(self) -> bool:
        """Whether it takes a gradient."""
        return self.kind not in ("constant", "frozen")


@dataclass(eq=False)
class Edge:
    """One use of a vertex as an input of another; `x * x` has two edges from x.

    contribution = upstream × local, summed over broadcast axes, is one term of the gradient of the source.
    """

    source: Vertex
    target: Vertex
    port: int = 0  # the position among the inputs of the target
    input: int = 0  # the position among the inputs of the operation, also if the picture leaves some out
    input_name: str = ""  # the name of this input in the declaration of the operation
    local: Any = None  # ∂target/∂source of an elementwise operation, else None
    contribution: Any = None  # None before any backward pass, or if a value that the formula needs was not kept
    times: int = 1  # the number of edges that a summary shows as this one
    formula: Any = None  # the Formula of the derivative

    @property
    def broadcasts(self) -> bool:
        """Whether the source was broadcast to the shape of another input."""
        return self.local is not None and np.size(self.local) > 1 and np.shape(self.local) != self.source.shape


def gradient_leaves(vertices: list[Vertex]) -> list[Vertex]:
    """The vertices where the backward pass ends that have a gradient; then the parameters with a gradient in groups."""
    hidden = [parameter for vertex in vertices for parameter in vertex.parameters]
    return [vertex for vertex in (*(v for v in vertices if v.is_start), *hidden) if vertex.gradient is not None]
