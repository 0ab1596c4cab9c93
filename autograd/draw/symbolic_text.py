"""Expressions as text and as LaTeX."""

import math
import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.draw.number_format import format_number
from autograd.draw.option_format import format_index
from autograd.draw.symbolic import (
    Call,
    Condition,
    Expression,
    Item,
    MatrixProduct,
    Number,
    Power,
    Product,
    Sum,
    Symbol,
    Transpose,
)

SUM, PRODUCT, PREFIX, POWER, ATOM = range(5)  # the precedence of operators
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
SUBSCRIPTS = str.maketrans("0123456789-", "₀₁₂₃₄₅₆₇₈₉₋")
OPERATORS = {"abs", "inv", "Σ", "Π"}  # written as an operator and not as f(x)
BESSEL = {"J", "Y", "I", "K"}  # their order, an integer, is written as an index
REDUCTIONS = {"Σ", "Π", "mean", "max", "min"}  # their axes are written as an index
#: Numbers that have a name.
CONSTANTS = {
    math.log(2): ("ln 2", r"\ln 2"),
    math.log(10): ("ln 10", r"\ln 10"),
    math.sqrt(math.pi) / 2: ("√π/2", r"\sqrt{\pi}/2"),
    math.sqrt(2 * math.pi): ("√(2π)", r"\sqrt{2\pi}"),
    math.pi / 180: ("π/180", r"\pi/180"),
    180 / math.pi: ("180/π", r"180/\pi"),
    2 / math.sqrt(math.pi): ("2/√π", r"2/\sqrt{\pi}"),
}
LATEX_SIGNS = {
    "≥": r"\geq",
    "≤": r"\leq",
    "≠": r"\neq",
    "∧": r"\wedge",
    "∨": r"\vee",
    "¬": r"\neg",
    "<": "<",
    ">": ">",
    "=": "=",
}
LATEX_FUNCTIONS = {"sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "arcsin", "arccos", "arctan", "max", "min", "det"}
GREEK = {
    "σ": r"\sigma",
    "ψ": r"\psi",
    "Γ": r"\Gamma",
    "Φ": r"\Phi",
    "Σ": r"\sum",
    "Π": r"\prod",
    "α": r"\alpha",
    "β": r"\beta",
    "γ": r"\gamma",
    "θ": r"\theta",
}


class Printer:
    """Writes expressions: this one as plain text, `LatexPrinter` as LaTeX.

    dot:      the sign between factors that are multiplied element by element.
    digits:   significant digits of numbers.
    is_brief: whether … stands for the options that a formula passes on from its operation.
    """

    def __init__(self, dot: str = "·", digits: int = 4, is_brief: bool = False):
        self.dot, self.digits, self.is_brief = dot, digits, is_brief

    times = "·"

    def write(self, x: Expression, precedence: int = SUM) -> str:
        """The text of an expression, in parentheses where it binds less than its surroundings."""
        text, own = self._text(x)
        return text if own >= precedence else self.parenthesize(text)

    def _text(self, x: Expression) -> tuple[str, int]:
        match x:
            case Number(value):
                return self.number(value)
            case Symbol(name):
                return self.symbol(name), ATOM
            case Product():
                return self._product(x)
            case Sum(terms):
                return self._sum(terms), SUM
            case Power(base, exponent):
                return self.power(base, self.write(exponent), self.write(exponent, ATOM)), POWER
            case MatrixProduct(left, right):
                right_precedence = PREFIX if isinstance(right, MatrixProduct) else PRODUCT
                return f"{self.write(left, PRODUCT)}{self.matrix_dot}{self.write(right, right_precedence)}", PRODUCT
            case Transpose(Call("inv", (matrix,))):
                return f"{self.write(matrix, ATOM)}{self.inverse_transposed}", POWER
            case Call("inv", (matrix,)):
                return f"{self.write(matrix, ATOM)}{self.superscript(-1)}", POWER
            case Transpose(matrix):
                return f"{self.write(matrix, ATOM)}{self.transposed}", POWER
            case Condition():
                return f"[{self._condition(x)}]", ATOM
            case Item(array, index):
                return f"{self.write(array, ATOM)}{self.index(index)}", ATOM
            case Call():
                return self._call(x)
        raise TypeError(x)

    minus, matrix_dot, transposed, inverse_transposed, thin, ellipsis = "−", "·", "ᵀ", "⁻ᵀ", " ", "…"

    def number(self, value: Any) -> tuple[str, int]:
        """A number, or its name."""
        value = value.item() if isinstance(value, np.generic) else value
        if isinstance(value, bool):
            return str(int(value)), ATOM
        sign, size = self._sign_and_size(value)
        if isinstance(size, complex) and size.real:
            return format_number(size, self.digits).replace("-", self.minus), SUM
        name = self.constant(size)
        text = f"{sign}{name or format_number(size, self.digits).replace('-', self.minus)}"
        return text, PRODUCT if name and not (name.startswith("√(") and not sign) else PREFIX if sign else ATOM

    def _sign_and_size(self, value: Any) -> tuple[str, Any]:
        """The minus sign of a negative number, and the number without it; of complex numbers only −1j has one."""
        value = value.item() if isinstance(value, np.generic) else value
        is_negative = (value.imag < 0 and not value.real) if isinstance(value, complex) else value < 0
        return (self.minus, -value) if is_negative else ("", value)

    def constant(self, size: float) -> str:
        """The name of a number, or nothing."""
        return CONSTANTS[size][0] if size in CONSTANTS else ""

    def symbol(self, name: str) -> str:
        """The name of a value."""
        return name

    def parenthesize(self, text: str) -> str:
        """Text in parentheses."""
        return f"({text})"

    def index(self, index: Any) -> str:
        """An index after an array; `...` for …"""
        return format_index(index)

    def power(self, base: Expression, exponent: str, grouped: str) -> str:
        """A power whose exponent is an expression."""
        return f"{self.write(base, ATOM)}^{grouped}"

    def _sum(self, terms: Sequence[Expression]) -> str:
        text = self.write(terms[0])
        for term in terms[1:]:
            part = self.write(term, PRODUCT)
            text += f" {self.minus} {part[1:]}" if part.startswith(self.minus) else f" + {part}"
        return text

    def _product(self, x: Product) -> tuple[str, int]:
        sign, size = self._sign_and_size(x.numerator)
        above = [(factor, n) for factor, n in x.factors if n > 0]
        below = [(factor, -n) for factor, n in x.factors if n < 0]
        numbers = [Number(size)] if size != 1 or not above else []
        denominators = [Number(x.denominator)] if x.denominator != 1 else []
        if not below and not denominators and len(numbers) + len(above) == 1:
            text = self._factor(*above[0], POWER) if above else self.write(numbers[0], POWER)
            return f"{sign}{text}", PREFIX if sign else POWER
        return f"{sign}{self.fraction([*numbers, *above], [*denominators, *below])}", PRODUCT

    def fraction(self, above: Sequence[Any], below: Sequence[Any]) -> str:
        """A fraction of numbers and of factors with their exponents."""
        if not below:
            return self._factors(above, PREFIX)
        denominator = self._factors(below, ATOM if len(below) == 1 else PREFIX)
        return f"{self._factors(above, PREFIX)}/{self.parenthesize(denominator) if len(below) > 1 else denominator}"

    def _factors(self, factors: Sequence[Any], precedence: int) -> str:
        """Numbers, then factors with their exponents, with the sign of their multiplication between them."""
        numbers = [self.write(x, precedence) for x in factors if isinstance(x, Number)]
        others = [self._factor(x[0], x[1], precedence) for x in factors if not isinstance(x, Number)]
        return self.times.join([*numbers, self.dot.join(others)] if others else numbers)

    def _factor(self, x: Expression, exponent: float, precedence: int) -> str:
        """A factor with a positive exponent."""
        if exponent == 1:
            return self.write(x, precedence)
        if exponent == 0.5:
            return self.root(x)
        if (
            isinstance(x, Call)
            and float(exponent).is_integer()
            and len(x.args) == 1
            and not x.options
            and x.name not in OPERATORS
        ):
            return self._call(x, self.superscript(exponent))[0]
        return f"{self.write(x, ATOM)}{self.superscript(exponent)}"

    def root(self, x: Expression) -> str:
        """A square root."""
        return f"√{self.write(x, ATOM)}"

    def superscript(self, exponent: float) -> str:
        """An exponent that is a number."""
        text = format_number(exponent, self.digits)
        return text.translate(SUPERSCRIPTS) if float(exponent).is_integer() else f"^{text}"

    def _condition(self, x: Condition) -> str:
        parts = [self._condition(y) if isinstance(y, Condition) else self.write(y) for y in x.operands]
        if x.sign in ("∧", "∨"):
            parts = [f"({part})" if isinstance(y, Condition) and y.sign in "∧∨" else part for part, y in zip(parts, x.operands)]
        if len(parts) == 1:
            return f"{self.sign(x.sign)}({parts[0]})"
        return f" {self.sign(x.sign)} ".join(parts)

    def sign(self, sign: str) -> str:
        """The sign of a condition."""
        return sign

    def _call(self, x: Call, exponent: str = "") -> tuple[str, int]:
        args = [self._condition(a) if isinstance(a, Condition) else self.write(a) if isinstance(a, Expression) else _option(a)
                for a in x.args]  # fmt: skip
        if x.name == "abs":
            return self.absolute(args[0]), ATOM
        hidden = x.hidden | x.passed_on if self.is_brief else x.hidden
        options = {option: value for option, value in x.options.items() if option not in hidden}
        name = self.function(x.name)
        order = x.args[0].value if x.name in BESSEL and isinstance(x.args[0], Number) else None
        if order is not None and float(order).is_integer():
            name, args = f"{name}{self.axes(int(order))}", args[1:]
        if x.name in REDUCTIONS:
            name += self.axes(options.pop("axis", None))
            options.pop("keepdims", None)  # the result broadcasts
            if x.name in ("Σ", "Π"):
                return f"{name}{self.thin}{self.write(x.args[0], PREFIX)}", PREFIX
        while args and x.args[len(args) - 1] is None:  # the default
            args.pop()
        options_text = [self.option(option, value) for option, value in options.items()]
        options_text += [self.ellipsis] if self.is_brief and x.passed_on else []
        return f"{name}{exponent}{self.parenthesize(', '.join([*args, *options_text]))}", ATOM

    def function(self, name: str) -> str:
        """The name of a function."""
        return name

    def option(self, name: str, value: Any) -> str:
        """An option of a function, as in Python code."""
        if isinstance(value, Expression):
            return f"{name}={self.write(value)}"
        return f"{name}={format_index(value) if name == 'index' else _option(value)}"

    def absolute(self, text: str) -> str:
        """An absolute value."""
        return f"|{text}|"

    def axes(self, axis: Any) -> str:
        """The axes of a sum, as an index."""
        axes = axis if isinstance(axis, tuple) else () if axis is None else (axis,)
        return "".join(str(a).translate(SUBSCRIPTS) for a in axes)


class LatexPrinter(Printer):
    r"""Writes expressions as LaTeX: `\frac{u}{z^{2}}`."""

    minus, matrix_dot, transposed, inverse_transposed = "-", " ", r"^{\top}", r"^{-\top}"
    thin, times, ellipsis = r"\, ", r" \cdot ", r"\ldots"

    def __init__(self, dot: str = "·", digits: int = 4, is_brief: bool = False):
        super().__init__(r" \odot " if dot == "⊙" else r" \cdot ", digits, is_brief)

    def number(self, value: Any) -> tuple[str, int]:
        text, precedence = super().number(value)
        mantissa, _, exponent = text.partition("e")
        return (rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa), precedence

    def constant(self, size: float) -> str:
        return CONSTANTS[size][1] if size in CONSTANTS else ""

    def symbol(self, name: str) -> str:
        return latex_name(name)

    def parenthesize(self, text: str) -> str:
        return rf"\left({text}\right)"

    def index(self, index: Any) -> str:
        return rf"\mathtt{{{escape_latex(format_index(index))}}}"

    def power(self, base: Expression, exponent: str, grouped: str) -> str:
        return f"{self.write(base, ATOM)}^{{{exponent}}}"

    def fraction(self, above: Sequence[Any], below: Sequence[Any]) -> str:
        if not below:
            return self._factors(above, PREFIX)
        numerator, denominator = (self._factors(part, SUM if len(part) == 1 else PREFIX) for part in (above, below))
        return rf"\frac{{{numerator}}}{{{denominator}}}"

    def root(self, x: Expression) -> str:
        return rf"\sqrt{{{self.write(x)}}}"

    def superscript(self, exponent: float) -> str:
        return f"^{{{format_number(exponent, self.digits)}}}"

    def sign(self, sign: str) -> str:
        return LATEX_SIGNS.get(sign, rf"\mathrm{{{sign}}}")

    def function(self, name: str) -> str:
        if name.rstrip("₀₁₂₃₄₅₆₇₈₉") in BESSEL:
            return latex_name(name)
        return GREEK.get(name) or (f"\\{name}" if name in LATEX_FUNCTIONS else rf"\mathrm{{{escape_latex(name)}}}")

    def option(self, name: str, value: Any) -> str:
        return rf"\mathtt{{{escape_latex(super().option(name, value))}}}"

    def absolute(self, text: str) -> str:
        return rf"\left|{text}\right|"

    def axes(self, axis: Any) -> str:
        axes = axis if isinstance(axis, tuple) else () if axis is None else (axis,)
        return f"_{{{','.join(map(str, axes))}}}" if axes else ""


def latex_name(name: str) -> str:
    """The name of a value: one letter, with trailing digits as an index; longer names upright.

    >>> latex_name("x"), latex_name("v12"), latex_name("mask₂"), latex_name("0.weight")
    ('x', 'v_{12}', '\\\\mathrm{mask}_{2}', '\\\\mathrm{0.weight}')
    """
    word = name.rstrip("₀₁₂₃₄₅₆₇₈₉")
    if word != name:
        return f"{latex_name(word)}_{{{unicodedata.normalize('NFKC', name[len(word) :])}}}"
    stem = name.rstrip("0123456789")
    if len(stem) == 1 and stem.isalpha():
        letter = GREEK.get(stem, stem)
        return f"{letter}_{{{name[1:]}}}" if len(name) > 1 else letter
    return rf"\mathrm{{{escape_latex(name)}}}"


def escape_latex(text: str) -> str:
    """Text with the characters escaped that LaTeX reads as commands."""
    escapes = {
        "\\": r"\backslash ",
        "…": r"\ldots ",
        " ": r"\ ",
        "^": r"\hat{}",
        "~": r"\sim ",
        **{c: f"\\{c}" for c in "_%&#${}"},
    }
    return "".join(escapes.get(c, c) for c in text)


def _option(value: Any) -> str:
    value = value.tolist() if isinstance(value, np.generic | np.ndarray) else value
    if isinstance(value, tuple | list):
        return f"({', '.join(map(_option, value))}{',' * (len(value) == 1)})"
    return repr(value).replace("-", "−") if not isinstance(value, str) else repr(value)
