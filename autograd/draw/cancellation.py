"""Gradients that are 0 in theory: sums whose terms cancel, of which only rounding errors remain.

A bias before batch normalization is one: the normalization subtracts it again.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.draw.formula import add_formulas
from autograd.draw.symbolic import Call, Expression, Item, MatrixProduct, Number, Product, Sum, Symbol, Transpose, evaluate
from autograd.draw.vertex import Edge, Vertex

ERRORS = 32  # the rounding errors, in units of the last place of the largest terms, that a sum that is 0 may have


def mark_cancellations(vertices: Sequence[Vertex], hidden: bool = False) -> None:
    """Mark the leaves whose gradient is not larger than the rounding errors of the sum that it is.

    hidden: mark also the parameters that groups contain.
    """
    leaves = [vertex for vertex in vertices if vertex.kind in ("input", "parameter")]
    if hidden:
        inside = [parameter for vertex in vertices for parameter in vertex.parameters]
        add_formulas(list({id(use.target): use.target for leaf in inside for use in leaf.uses}.values()))
        leaves += inside
    with np.errstate(all="ignore"):
        for leaf in leaves:
            if leaf.gradient is not None and leaf.uses and np.any(leaf.gradient):
                leaf.cancels = all(map(_cancels, leaf.uses)) and leaf.earlier_gradient is None


def _cancels(edge: Edge) -> bool:
    if edge.contribution is None or edge.formula is None or edge.target.gradient is None:
        return False
    if edge.local is not None:
        sizes = np.abs(edge.target.gradient * edge.local)
        is_sum = np.shape(sizes) != edge.source.shape
        largest = np.max(sizes, initial=0)
    else:
        is_sum = edge.formula.expression is not None
        largest = np.max(_sizes(edge.formula.expression), initial=0) if is_sum else 0
    eps = np.finfo(np.asarray(edge.contribution).dtype).eps
    return is_sum and bool(np.max(np.abs(edge.contribution), initial=0) <= ERRORS * eps * largest < np.inf)


def _sizes(x: Expression) -> Any:
    """The sum of the sizes of the terms that an expression adds up."""
    match x:
        case Number(value) | Symbol(_, value):
            return np.abs(value)
        case Product(numerator, denominator, factors):
            out = abs(numerator / denominator)
            for factor, exponent in factors:
                out = out * _sizes(factor) ** exponent if exponent > 0 else out * np.abs(evaluate(factor)) ** exponent
            return out
        case Sum(terms):
            return sum(_sizes(term) for term in terms)
        case MatrixProduct(left, right):
            return _sizes(left) @ _sizes(right)
        case Transpose(matrix):
            return np.swapaxes(_sizes(matrix), -1, -2)
        case Item(array, index):
            return _sizes(array)[index]
        case Call("Σ", (Expression() as terms,), options, function):
            return function(_sizes(terms), **options)
    return np.abs(evaluate(x))
