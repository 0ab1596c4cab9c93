"""The local derivative of an operation as mathematics: its gradient formula, recorded with the person's names."""

import inspect
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograd.compiler.tracer import TracedArray
from autograd.core.coercion import is_complex
from autograd.core.engine import Node, unbroadcast
from autograd.core.operation import Operation
from autograd.draw.formula_recorder import BUILDERS, Recorder, expression_of, is_letter, is_short
from autograd.draw.reader import saved_values
from autograd.draw.style import MAX_TITLE, shorten
from autograd.draw.symbolic import Call, Expression, Number, Symbol, evaluate, walk
from autograd.draw.symbolic_text import SUBSCRIPTS, LatexPrinter, Printer
from autograd.draw.vertex import Edge, Vertex

MAX_LENGTH = 60  # characters; of a longer formula the place is shown
UPSTREAM = "G"
#: Forward functions that the derivative is written with, although the result has a name: −x/y², not −f/y.
ARITHMETIC = {operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.neg, operator.pos}
ARITHMETIC |= {np.reciprocal, np.square}  # type: ignore[arg-type]
ROUNDING = 1e-6  # the formula is shown if it gives the derivative up to this relative error; float32 has 7 digits


@dataclass(frozen=True)
class Formula:
    """The derivative of an operation with respect to one input, or the place of a formula that is too long to show."""

    place: str  # the file and line of the gradient formula, and its name
    expression: Expression | None = None
    #: Whether it is the local derivative. Otherwise it is the contribution to the gradient, a formula of the gradient G that
    #: arrives, as Xᵀ·G is.
    is_local: bool = True
    #: The options of the operation if the formula is too long with them: … stands for those that it passes on.
    options: Mapping[str, Any] | None = None

    @property
    def text(self) -> str:
        """The formula as text: −u/z²; empty if it is too long."""
        return "" if self.expression is None else self.write()

    @property
    def latex(self) -> str:
        r"""The formula as LaTeX: -\frac{u}{z^{2}}; empty if it is too long."""
        return "" if self.expression is None else self._printer(LatexPrinter).write(self.expression)

    @property
    def is_number(self) -> bool:
        """Whether the formula is a number and tells no more than the derivative."""
        return isinstance(self.expression, Number)

    @property
    def symbols(self) -> dict[str, Any]:
        """The values of all names in the formula; G is the gradient that arrives."""
        parts = () if self.expression is None else walk(self.expression)
        return {part.name: part.value for part in parts if isinstance(part, Symbol)}

    @property
    def sums(self) -> list[Any]:
        """The axes of the sums in the formula; None for a sum over all elements."""
        parts = () if self.expression is None else walk(self.expression)
        return [part.options.get("axis") for part in parts if isinstance(part, Call) and part.name == "Σ"]

    def write(self, digits: int = 4, parenthesize: bool = False) -> str:
        """The formula as text with this number of digits, in parentheses where it is a factor and needs them."""
        assert self.expression is not None
        return self._printer(Printer, digits).write(self.expression, 1 if parenthesize else 0)

    def _printer(self, printer: Callable[..., Any], digits: int = 4) -> Any:
        return printer("·" if self.is_local else "⊙", digits, self.options is not None)


def add_formulas(vertices: Sequence[Vertex]) -> None:
    """Set the formula of every edge that carries a gradient from an operation."""
    for vertex in vertices:
        node = vertex.node() if vertex.node is not None else None
        if vertex.kind != "operation" or node is None or not any(edge.source.is_tracked for edge in vertex.inputs):
            continue
        edges = [edge for edge in vertex.inputs if edge.source.is_tracked]
        with np.errstate(all="ignore"):
            for edge, formula in zip(edges, _formulas(vertex, node, edges)):
                edge.formula = formula


def _formulas(vertex: Vertex, node: Node, edges: Sequence[Edge]) -> list[Formula]:
    operation: Operation = node.operation
    places = [_place(operation, edge.input) for edge in edges]
    saved = None if operation.is_single_use else saved_values(node)
    if saved is None:
        return [Formula(place) for place in places]
    expressions: dict[tuple[int, bool], Expression | None] = {}
    formulas = []
    for edge, place in zip(edges, places):
        key = edge.input, edge.local is not None
        if key not in expressions:
            expressions[key] = _record(vertex, node, saved, edge)
        expression = expressions[key]
        options = node.options if expression is not None and not _is_writable(expression) else None
        formulas.append(Formula(place, expression, edge.local is not None, options))
    return formulas


def _record(vertex: Vertex, node: Node, saved: Sequence, edge: Edge) -> Expression | None:
    """The formula of one edge; None if it cannot be written on one line, or does not give the derivative."""
    operation, shape, dtype = node.operation, node.value.shape, node.value.dtype
    recorder = Recorder(node.options)
    upstream = np.ones(shape, dtype)[()] if vertex.gradient is None or edge.local is not None else vertex.gradient
    start = Number(1) if edge.local is not None else Symbol(UPSTREAM, upstream)
    try:
        stand_ins = _stand_ins(recorder, vertex, operation, saved)
        contributions = operation.contributions(recorder.stand_in(start, upstream), stand_ins, {edge.input})
        out = dict(contributions)[edge.input]
        expression, data = expression_of(out), out.data if isinstance(out, TracedArray) else out
        if edge.local is None:
            expression = _summed(expression, np.shape(data), edge.source.shape)
        if len(Printer(is_brief=True).write(expression)) > MAX_LENGTH:
            return None
        expected = dict(operation.contributions(upstream, saved, {edge.input}))[edge.input]
        if edge.local is None:
            expected = unbroadcast(expected, node.inputs[edge.input].value, node)
            if is_complex(data) and not is_complex(expected):
                expression = Call("Re", (expression,), {}, np.real)
        noise = 100 * np.finfo(dtype).eps * np.max(np.abs(upstream), initial=0)
        return expression if _is_close(evaluate(expression), expected, noise) else None
    except Exception:  # besides UnwritableError: a formula of a user's own may raise anything on stand-ins
        return None


def _is_writable(expression: Expression) -> bool:
    """Whether a formula is short enough with all options."""
    passed_on = [part.options[name] for part in walk(expression) if isinstance(part, Call) for name in part.passed_on]
    return all(map(is_short, passed_on)) and len(Printer().write(expression)) <= MAX_LENGTH


def _is_close(actual: Any, expected: Any, noise: float) -> bool:
    try:
        actual = np.broadcast_to(actual, np.shape(expected))
    except ValueError:
        return False
    sizes = np.abs(expected)
    largest = np.max(sizes, initial=0, where=np.isfinite(sizes))
    return bool(
        np.all((actual == expected) | (np.abs(actual - expected) <= ROUNDING * (sizes + largest) + noise) | np.isnan(expected))
    )


def _stand_ins(recorder: Recorder, vertex: Vertex, operation: Operation, saved: Sequence) -> list:
    """The saved values with stand-ins for inputs, result and residuals; numbers, shapes and options as they are."""
    count = len(vertex.operands)
    names = [*map(_symbol_name, vertex.operands), "", *(name for name in operation.residual_names)]
    stand_ins = list(saved)
    for i, (value, name) in enumerate(zip(saved, names)):
        if not isinstance(value, np.ndarray | np.generic):
            continue
        if i < count and not vertex.operands[i].is_number:
            stand_ins[i] = recorder.stand_in(Symbol(name, value), value)
        elif i == count:
            stand_ins[i] = recorder.stand_in(_result(vertex, operation, value), value)
        elif i > count:
            stand_ins[i] = recorder.stand_in(Symbol(name, value), value)
    return stand_ins


def _symbol_name(vertex: Vertex) -> str:
    """The name of a vertex in a formula: its title, with the number of a nameless leaf as an index: mask₂."""
    stem, _, number = vertex.title.partition(" ")
    is_numbered = not vertex.name and number.isdigit()
    return f"{stem}{number.translate(SUBSCRIPTS)}" if is_numbered else shorten(vertex.title, MAX_TITLE)


def _result(vertex: Vertex, operation: Operation, value: Any) -> Expression:
    """The result by the person's name for it; else as the function of its inputs."""
    operands = [Number(v.value) if v.is_number else Symbol(_symbol_name(v), v.value) for v in vertex.operands]
    known = all(isinstance(x, Number) or x.value is not None for x in operands)
    build = BUILDERS.get(operation.forward)
    if known and build is not None and (operation.forward in ARITHMETIC or not vertex.name):
        return build(*operands)
    if vertex.name or len(operands) > 2 or not known or vertex.options or operation.variadic:
        return Symbol(shorten(vertex.title, MAX_TITLE), value)
    name = operation.symbol if operation.symbol.isalpha() or is_letter(operation.symbol) else operation.name
    return Call(name, tuple(operands), {}, lambda *values: value)


def _summed(expression: Expression, shape: tuple[int, ...], source_shape: tuple[int, ...]) -> Expression:
    """The sum over the axes along which the source was broadcast."""
    new = len(shape) - len(source_shape)
    axes = [*range(new), *(i + new for i, n in enumerate(source_shape) if n == 1 and shape[i + new] != 1)]
    if not axes:
        return expression
    axis: Mapping[str, Any] = {} if len(axes) == len(shape) else {"axis": axes[0] if len(axes) == 1 else tuple(axes)}
    return Call("Σ", (expression,), axis, np.sum)


def _place(operation: Operation, i: int) -> str:
    """The name of a gradient formula and its line in the source."""
    formula: Any = operation.source or (operation.joint_formula[0] if operation.joint_formula else operation.formulas[i])
    formula = inspect.unwrap(formula)
    code = getattr(formula, "__code__", None)
    name = getattr(formula, "__qualname__", "<lambda>").rpartition("<locals>.")[2]
    title = operation.name if name == "<lambda>" else name
    if code is None:
        return title
    path = Path(code.co_filename)
    return f"{title}, {'/'.join(path.parts[-3:])}:{code.co_firstlineno}"
