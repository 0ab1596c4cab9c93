"""The chain rule on one edge as text: in symbols, as the formula, and in numbers."""

from collections.abc import Callable, Sequence

import numpy as np

from autograd.draw.formula import UPSTREAM, Formula
from autograd.draw.number_format import summarize
from autograd.draw.style import MAX_TITLE, shorten
from autograd.draw.vertex import Edge, Vertex

MAX_ELEMENTS = 9  # all elements of arrays up to this size are written


def local_text(edge: Edge) -> str:
    """The local derivative as formula and number: `−u/z² = −9`, `Xᵀ·G`; empty if there is neither."""
    number = "" if edge.local is None else summarize(edge.local, MAX_ELEMENTS)
    formula = formula_text(edge)
    if edge.formula is not None and not edge.formula.is_number and not formula:
        formula = "see below"
    return f"{formula} = {number}" if formula and number else formula or number


def formula_text(edge: Edge) -> str:
    """The formula, where it tells more than the number."""
    return "" if edge.formula is None or edge.formula.is_number else edge.formula.text


def product_text(edge: Edge, symbol: Callable[[str], str]) -> str:
    """The contribution of an edge: `∂f/∂u × ∂u/∂x = 2 × 2·x = 2 × 6`; for large arrays without the numbers.

    symbol: the symbol of the gradient of a vertex, by its title.
    """
    source, target = (shorten(vertex.title, MAX_TITLE) for vertex in (edge.source, edge.target))
    upstream, local = symbol(target), f"∂{target}/∂{source}"
    formula = formula_text(edge)
    if edge.local is None:
        return f"{upstream} carried back by {local}{f': {formula}' * bool(formula)}"
    factor = edge.formula.write(parenthesize=True) if formula else ""
    factor = f"({factor})" if factor.startswith("−") else factor
    factors = [edge.target.gradient, edge.local]
    steps = [f"{upstream} × {local}"]
    if max(map(np.size, factors)) > MAX_ELEMENTS:
        steps += [f"{upstream} × {factor}"] * bool(factor)
    else:
        upstream_number, local_number = (summarize(factor, MAX_ELEMENTS) for factor in factors)
        steps += [f"{upstream_number} × {factor}"] * bool(factor)
        steps.append(f"{upstream_number} × {local_number}")
    return " = ".join(steps)


def remark(edge: Edge) -> str:
    """How the contribution is computed from the product; empty for a product of two numbers."""
    if edge.local is None or edge.contribution is None or edge.target.gradient is None:
        return ""
    shapes = np.shape(edge.target.gradient), np.shape(edge.local)
    remarks = ["element by element"] * (shapes != ((), ()))
    axes = summed_axes(np.broadcast_shapes(*shapes), np.shape(edge.contribution))
    if axes:
        remarks.append(f"Σ over {axes_text(axes, len(np.broadcast_shapes(*shapes)))}")
    if np.isrealobj(edge.contribution) and (np.iscomplexobj(edge.target.gradient) or np.iscomplexobj(edge.local)):
        remarks.append("real part")
    return ", ".join(remarks)


def summed_axes(shape: tuple[int, ...], source_shape: tuple[int, ...]) -> list[int]:
    """The axes along which a source was broadcast to a shape."""
    new = len(shape) - len(source_shape)
    return [*range(new), *(i + new for i, n in enumerate(source_shape) if n == 1 and shape[i + new] != 1)]


def axes_text(axes: Sequence[int], ndim: int) -> str:
    """Axes in words; the first axis of several is that of the batch."""
    if list(axes) == [0] and ndim > 1:
        return "the batch (axis 0)"
    return f"axis {axes[0]}" if len(axes) == 1 else f"axes {', '.join(map(str, axes))}"


def formula_notes(edges: Sequence[Edge], vertices: Sequence[Vertex], symbol: Callable[[str], str]) -> list[str]:
    """The names in formulas that the picture does not show, as `G = ∂L/∂v1`; and where to read a formula that is too long."""
    shown = {shorten(vertex.title, MAX_TITLE) for vertex in vertices}
    notes: dict[str, str] = {}
    for edge in edges:
        formula: Formula | None = edge.formula
        if formula is None or formula.is_number:
            continue
        if not formula.text:
            notes[formula.place] = f"formula: {formula.place}"
        for name, value in formula.symbols.items():
            if name == UPSTREAM:
                notes[name] = f"{UPSTREAM} = {symbol(shorten(edge.target.title, MAX_TITLE))}"
            elif name not in shown and not _is_numbered(name):
                notes[name] = f"{name} = {summarize(value, MAX_ELEMENTS)}"
        if formula.options:
            notes["…"] = f"…: the options of {shorten(edge.target.title, MAX_TITLE)}"
        for axis in formula.sums:
            if axis == 0 and edge.target.shape[1:]:
                notes["Σ₀"] = f"Σ₀: Σ over {axes_text([0], 2)}"
    return sorted(notes.values(), key=lambda note: not note.startswith(UPSTREAM))


def _is_numbered(name: str) -> bool:
    """Whether a name stands for a nameless leaf, as mask₂ does."""
    return any(c in "₀₁₂₃₄₅₆₇₈₉" for c in name[-1:])
