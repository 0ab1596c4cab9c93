"""A graph as LaTeX: the values of the forward pass, then the chain rule of every step of the backward pass."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.draw.backward_steps import backward_steps, derivative_symbol
from autograd.draw.number_format import summarize
from autograd.draw.style import MAX_TITLE, shorten
from autograd.draw.symbolic_text import escape_latex, latex_name
from autograd.draw.vertex import Edge, Vertex

MAX_ELEMENTS = 4


def to_latex(vertices: list[Vertex]) -> str:
    r"""The derivatives of a graph as an align* environment of amsmath: one line for each edge that carries a gradient.

    A line is the local derivative as formula and number; where there is none, the contribution as a formula of the gradient G.
    """
    lines = [line for step in backward_steps(vertices) for line in _step_lines(step.vertex, vertices)]
    if not lines:
        lines = [line for vertex in reversed(vertices) for line in _step_lines(vertex, vertices)]
    body = " \\\\\n".join(f"  {line}" for line in lines)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}\n"


def _step_lines(vertex: Vertex, vertices: list[Vertex]) -> Iterator[str]:
    numerator = latex_name(derivative_symbol(vertices)("").removeprefix("∂").partition("/")[0])
    target = latex_name(shorten(vertex.title, MAX_TITLE))
    for edge in vertex.inputs:
        if not edge.source.is_tracked:
            continue
        source = latex_name(shorten(edge.source.title, MAX_TITLE))
        if edge.local is not None:
            yield rf"\frac{{\partial {target}}}{{\partial {source}}} &= {' = '.join(_sides(edge, edge.local))}"
        else:
            symbol = rf"\frac{{\partial {numerator}}}{{\partial {source}}}"
            note = rf", \quad G = \frac{{\partial {numerator}}}{{\partial {target}}}" * bool(
                edge.formula and edge.formula.latex
            )
            yield rf"{symbol} &\leftarrow {' = '.join(_sides(edge, edge.contribution))}{note}"


def _sides(edge: Edge, value: Any) -> list[str]:
    """The formula and the number."""
    formula = edge.formula
    sides = []
    if formula is not None and not formula.is_number:
        sides.append(formula.latex or rf"\text{{{escape_latex(formula.place)}}}")
    if value is not None and np.size(value) <= MAX_ELEMENTS:
        sides.append(_number(value))
    return sides or [r"\ldots"]


def _number(value: Any) -> str:
    array = np.asarray(value)
    if array.ndim == 0:
        return _scientific(summarize(array))
    rows = array.reshape(1, -1) if array.ndim == 1 else array.reshape(-1, array.shape[-1])
    body = r" \\ ".join(" & ".join(_scientific(summarize(x)) for x in row) for row in rows)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"


def _scientific(text: str) -> str:
    mantissa, _, exponent = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent.lstrip("+-").isdigit() else text
