"""Expressions: the mathematics of a gradient formula, simplified at the values at which it was recorded.

An expression is a tree. The functions `add`, `multiply`, … build its nodes and simplify: 1 · x is x, x · x is x², x / y / y is
x / y². Products keep their factors with exponents, so that they combine.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import gcd
from typing import Any

import numpy as np


class Expression:
    """A node of an expression."""

    @cached_property
    def key(self) -> str:
        """The same text for equal expressions."""
        return repr(self)


@dataclass
class Number(Expression):
    """A number, also one that an array is filled with."""

    value: Any

    def __post_init__(self) -> None:
        if isinstance(self.value, complex | np.complexfloating) and self.value.imag == 0:
            self.value = self.value.real


@dataclass
class Symbol(Expression):
    """A value with a name."""

    name: str
    value: Any = field(repr=False)


@dataclass
class Product(Expression):
    """numerator / denominator · Π factorⁿ; the numbers are integers where both are."""

    numerator: float
    denominator: float
    factors: tuple[tuple[Expression, float], ...]


@dataclass
class Sum(Expression):
    """A sum of terms."""

    terms: tuple[Expression, ...]


@dataclass
class Power(Expression):
    """A power whose exponent is not a number."""

    base: Expression
    exponent: Expression


@dataclass
class MatrixProduct(Expression):
    """A product of vectors and matrices."""

    left: Expression
    right: Expression


@dataclass
class Transpose(Expression):
    """The transpose of a matrix, or of each matrix in a stack."""

    matrix: Expression


@dataclass
class Condition(Expression):
    """1 where a condition holds, 0 elsewhere."""

    sign: str
    operands: tuple[Expression, ...]
    function: Callable = field(repr=False)


@dataclass
class Item(Expression):
    """Elements of an array: x[index]."""

    array: Expression
    index: Any


@dataclass
class Call(Expression):
    """A function of expressions and options."""

    name: str
    args: tuple[Any, ...]
    options: Mapping[str, Any]
    function: Callable = field(repr=False)
    hidden: frozenset[str] = frozenset()  # options that have their default
    passed_on: frozenset[str] = frozenset()  # options with the value that they have in the operation of the formula


def multiply(x: Expression, y: Expression) -> Expression:
    """x · y."""
    (a, b, left), (c, d, right) = _as_product(x), _as_product(y)
    powers: dict[str, tuple[Expression, float]] = {}
    for factor, exponent in (*left, *right):
        known = powers.get(factor.key, (factor, 0.0))[1]
        powers[factor.key] = (factor, known + exponent)
    return _make_product(a * c, b * d, [(factor, n) for factor, n in powers.values() if n])


def power(x: Expression, exponent: float) -> Expression:
    """xⁿ for a number n."""
    if isinstance(x, Number):
        with np.errstate(all="ignore"):
            return Number(np.multiply(x.value, 1.0) ** exponent) if exponent != -1 else _make_product(1, x.value, [])
    numerator, denominator, factors = _as_product(x)
    is_integral = float(exponent).is_integer()
    if not is_integral and (len(factors) != 1 or (numerator, denominator) != (1, 1)):  # √(x y) is not √x √y
        return _make_product(1, 1, [(x, exponent)])
    if exponent < 0:
        numerator, denominator = denominator, numerator
    size = abs(exponent)
    if not is_integral and factors[0][1] % 2 == 0:  # √x² is |x|
        return _make_product(1, 1, [(x, exponent)])
    return _make_product(numerator**size, denominator**size, [(factor, n * exponent) for factor, n in factors])


def add(x: Expression, y: Expression) -> Expression:
    """x + y."""
    terms = [term for part in (x, y) for term in (part.terms if isinstance(part, Sum) else (part,))]
    numbers = [term.value for term in terms if isinstance(term, Number)]
    others: list[Expression] = []
    for term in terms:
        opposite = negate(term).key
        same = next((i for i, other in enumerate(others) if other.key == opposite), None)
        if same is not None:
            others.pop(same)
        elif not isinstance(term, Number):
            others.append(term)
    total = sum(numbers)
    if not others:
        return Number(total)
    if total:
        position = next(i for i, term in enumerate(terms) if isinstance(term, Number))
        others.insert(min(position, len(others)), Number(total))
    return others[0] if len(others) == 1 else Sum(tuple(others))


def negate(x: Expression) -> Expression:
    """−x."""
    return multiply(Number(-1), x)


def _as_product(x: Expression) -> tuple[float, float, tuple[tuple[Expression, float], ...]]:
    if isinstance(x, Number):
        return x.value, 1, ()
    if isinstance(x, Product):
        return x.numerator, x.denominator, x.factors
    return 1, 1, ((x, 1),)


def _make_product(numerator: float, denominator: float, factors: list[tuple[Expression, float]]) -> Expression:
    numerator, denominator = _reduce(numerator, denominator)
    if numerator == 0:
        return Number(0)
    if not factors and denominator == 1:
        return Number(numerator)
    if (numerator, denominator) == (1, 1) and len(factors) == 1 and factors[0][1] == 1:
        return factors[0][0]
    return Product(numerator, denominator, tuple(factors))


def _reduce(numerator: Any, denominator: Any) -> tuple[float, float]:
    """A fraction with integers in lowest terms, or with a denominator of 1."""
    if np.isrealobj(denominator) and denominator < 0:
        numerator, denominator = -numerator, -denominator
    if _is_integer(numerator) and _is_integer(denominator) and denominator:
        n, d = int(numerator), int(denominator)
        common = gcd(n, d)
        return n // common, d // common
    return (numerator, denominator) if _is_integer(numerator) or _is_integer(denominator) else (numerator / denominator, 1)


def _is_integer(x: Any) -> bool:
    return np.isrealobj(x) and bool(np.isfinite(x)) and float(x).is_integer() and abs(x) < 2**31


def evaluate(x: Expression) -> Any:
    """The value of an expression."""
    match x:
        case Number(value) | Symbol(_, value):
            return value
        case Product(numerator, denominator, factors):
            out = numerator / denominator
            for factor, exponent in factors:
                base = evaluate(factor)
                out = out * base**exponent if exponent > 0 else out / base**-exponent
            return out
        case Sum(terms):
            return sum(evaluate(term) for term in terms)
        case Power(base, exponent):
            return evaluate(base) ** evaluate(exponent)
        case MatrixProduct(left, right):
            return evaluate(left) @ evaluate(right)
        case Transpose(matrix):
            return np.swapaxes(evaluate(matrix), -1, -2)
        case Condition(_, operands, function):
            return np.asarray(function(*map(evaluate, operands)))
        case Item(array, index):
            return evaluate(array)[index]
        case Call(_, args, options, function):
            return function(*map(_evaluated, args), **{name: _evaluated(value) for name, value in options.items()})
    raise TypeError(x)


def _evaluated(x: Any) -> Any:
    return evaluate(x) if isinstance(x, Expression) else x


def walk(x: Expression) -> Iterator[Expression]:
    """An expression and all its parts."""
    stack: list[Any] = [x]
    while stack:
        part = stack.pop()
        if isinstance(part, Expression):
            yield part
            stack += [value for value in vars(part).values() if isinstance(value, Expression | tuple)]
            stack += [value for value in getattr(part, "options", {}).values() if isinstance(value, Expression)]
        elif isinstance(part, tuple):
            stack += part
