"""Arithmetic expressions from text, parsed and computed on tensors; no text is executed as Python code."""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograd.core.tensor import Tensor
from autograd.operations import elementwise

OPERATORS: dict[type, Callable] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}

#: The functions of expressions, with their number of arguments.
FUNCTIONS: dict[str, tuple[Callable, int]] = {
    "exp": (elementwise.exp, 1),
    "log": (elementwise.log, 1),
    "sqrt": (elementwise.sqrt, 1),
    "sin": (elementwise.sin, 1),
    "cos": (elementwise.cos, 1),
    "tanh": (elementwise.tanh, 1),
    "sigmoid": (elementwise.sigmoid, 1),
    "relu": (elementwise.relu, 1),
    "abs": (elementwise.absolute, 1),
    "maximum": (elementwise.maximum, 2),
    "minimum": (elementwise.minimum, 2),
    "clip": (elementwise.clip, 3),
}


class ExpressionError(ValueError):
    """An expression is not arithmetic; the message shows the wrong part."""


def evaluate(text: str, names: Mapping[str, Tensor]) -> Tensor:
    """Compute an expression of numbers, names, + - * / % **, parentheses and the functions in FUNCTIONS.

    names: name → tensor; at least one must occur in the expression and require a gradient.

    Raises ExpressionError for anything else; its message shows the wrong part.

    >>> from autograd import Tensor
    >>> from autograd.expression import evaluate
    >>> evaluate("2 * x + 1", {"x": Tensor(3.0, requires_grad=True)}).item()
    7.0
    """
    try:
        tree = ast.parse(text.strip(), mode="eval")
        result = _compute(tree.body, text.strip(), names)
    except SyntaxError as error:
        raise ExpressionError(f"{_shorten(text)!r} is not an expression ({error.msg}); an example: x**2 * y / z") from None
    except (RecursionError, MemoryError):
        raise ExpressionError("the expression is nested too deeply") from None
    except ValueError as error:
        raise error if isinstance(error, ExpressionError) else ExpressionError(f"{_shorten(text)!r}: {error}") from None
    if not isinstance(result, Tensor) or not result.requires_grad:
        raise ExpressionError(f"{_shorten(text)!r} contains none of the given names, so it has no derivative")
    return result


def _compute(node: ast.AST, text: str, names: Mapping[str, Tensor]) -> Any:
    source = _shorten(ast.get_source_segment(text, node) or text)
    match node:
        case ast.BinOp(left, sign, right) if type(sign) in OPERATORS:
            return OPERATORS[type(sign)](_compute(left, text, names), _compute(right, text, names))
        case ast.BinOp(op=ast.BitXor()):
            raise ExpressionError(f"{source!r}: a power is written **, for example x**2")
        case ast.UnaryOp(sign, operand) if type(sign) in OPERATORS:
            return OPERATORS[type(sign)](_compute(operand, text, names))
        case ast.Constant(int() | float() as value) if not isinstance(value, bool):
            return _number(value, source)
        case ast.Name(name) if name in names:
            return names[name]
        case ast.Name(name) if name in FUNCTIONS:
            raise ExpressionError(f"{source!r} is a function and needs parentheses, for example {name}(x)")
        case ast.Name():
            known = f"; the names with values are {', '.join(names)}" if names else ""
            raise ExpressionError(f"{source!r} has no value{known}; add for example {source}=1")
        case ast.Call(ast.Name(name), args, []) if name in FUNCTIONS:
            function, count = FUNCTIONS[name]
            if len(args) != count:
                raise ExpressionError(f"{source!r}: {name} takes {count} argument{'s' * (count > 1)}, not {len(args)}")
            return _call_function(function, [_compute(arg, text, names) for arg in args], source)
        case ast.Call(ast.Name(name)) if name not in FUNCTIONS:
            raise ExpressionError(f"{source!r}: there is no function {name!r}; the functions are {', '.join(FUNCTIONS)}")
    raise ExpressionError(f"{source!r} is not arithmetic; allowed are numbers, names, + - * / % **, and {', '.join(FUNCTIONS)}")


def _call_function(function: Callable, args: list, source: str) -> Any:
    if any(isinstance(arg, Tensor) and arg.requires_grad for arg in args[1:]) and function is elementwise.clip:
        raise ExpressionError(f"{source!r}: the bounds of clip must be numbers")
    return function(*args)


def _number(value: float, source: str) -> Any:
    """A NumPy number: its arithmetic returns inf or nan where Python's raises or does not end."""
    try:
        return np.float64(value)
    except OverflowError:
        raise ExpressionError(f"{source!r} is too large for a number") from None


def _shorten(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
