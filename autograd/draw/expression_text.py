"""The formula of an operation on one line, with the names of its inputs or with their values."""

from collections.abc import Sequence

from autograd.draw.style import shorten
from autograd.draw.vertex import Vertex

MAX_LENGTH, MAX_INPUTS = 40, 6
POSTFIX = "²⁻¹⁺ᵀ"  # an operation whose symbol consists of these is written after its operand, like an exponent


def expression_text(vertex: Vertex, operands: Sequence[str]) -> str:
    """The formula of a vertex for these operands: `x × y`, `x[:, 1:]` or `sum(x, axis=0)`."""
    symbol = shorten(vertex.symbol or vertex.operation or vertex.kind, MAX_LENGTH)
    options = shorten(vertex.options, MAX_LENGTH)
    if vertex.kind == "group":
        more = ", …" if len(operands) > MAX_INPUTS else ""
        return f"{symbol}{' of ' * bool(operands)}{', '.join(operands[:MAX_INPUTS])}{more}"
    if vertex.is_indexing:
        return f"{operands[0]}{options}"
    if not options and len(operands) == 2 and len(symbol) == 1 and not symbol.isalpha():
        return f"{_parenthesize(operands[0]) if symbol == '^' else operands[0]} {symbol} {operands[1]}"
    if not options and len(operands) == 1 and not symbol.strip(POSTFIX):
        return f"{_parenthesize(operands[0])}{symbol}"
    if len(operands) > 1 and " " in symbol:  # the symbol is a formula with its own letters
        symbol = vertex.operation or symbol
    more_inputs = ["…"] * (len(operands) > MAX_INPUTS)
    return f"{symbol}({', '.join([*operands[:MAX_INPUTS], *more_inputs, *[options] * bool(options)])})"


def _parenthesize(operand: str) -> str:
    """The base of an exponent: a negative operand in parentheses."""
    return f"({operand})" if operand.startswith("-") else operand
