"""What an operation computes, in one line: with the names of its inputs, or with their values."""

from collections.abc import Sequence

from autograd.draw.style import shortened
from autograd.draw.vertex import Vertex

LONGEST, MOST_INPUTS = 40, 6
BEHIND = "²⁻¹⁺ᵀ"  # symbols of these stand behind their input, as exponents do


def written(vertex: Vertex, operands: Sequence[str]) -> str:
    """The computation of a vertex with these operands: `x × y`, `x[:, 1:]`, or `sum(x, axis=0)`."""
    symbol = shortened(vertex.symbol or vertex.operation or vertex.kind, LONGEST)
    options = shortened(vertex.options, LONGEST)
    if vertex.kind == "group":
        more = ", …" if len(operands) > MOST_INPUTS else ""
        return f"{symbol}{' of ' * bool(operands)}{', '.join(operands[:MOST_INPUTS])}{more}"
    if vertex.is_indexing:
        return f"{operands[0]}{options}"
    if not options and len(operands) == 2 and len(symbol) == 1 and not symbol.isalpha():
        return f"{_base(operands[0]) if symbol == '^' else operands[0]} {symbol} {operands[1]}"
    if not options and len(operands) == 1 and not symbol.strip(BEHIND):
        return f"{_base(operands[0])}{symbol}"
    if len(operands) > 1 and " " in symbol:  # a formula with letters of its own
        symbol = vertex.operation or symbol
    more_inputs = ["…"] * (len(operands) > MOST_INPUTS)
    return f"{symbol}({', '.join([*operands[:MOST_INPUTS], *more_inputs, *[options] * bool(options)])})"


def _base(operand: str) -> str:
    """What an exponent stands behind."""
    return f"({operand})" if operand.startswith("-") else operand
