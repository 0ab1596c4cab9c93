"""Arithmetic from text is computed, or raises an error that shows the wrong part."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from autograd import Tensor
from autograd.expression import ExpressionError, evaluate


def names(**values):
    return {name: Tensor(value, requires_grad=True, name=name) for name, value in values.items()}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x**2 * y / z", 18.0),
        ("-x + +y", 1.0),
        ("(x + y) * z - 1.5", 12.5),
        ("x % z", 1.0),
        ("maximum(x, y) + minimum(x, 2)", 6.0),
        ("exp(log(x))", 3.0),
        ("clip(x, 0, 1)", 1.0),
        ("sqrt(x * x) + abs(-y) + relu(-z)", 7.0),
        (" sigmoid(x - 3) ", 0.5),
    ],
)
def test_arithmetic(text, value):
    assert evaluate(text, names(x=3.0, y=4.0, z=2.0)).item() == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("__import__('os').system('true')", "__import__"),
        ("x.__class__", "x.__class__"),
        ("x[0]", r"x\[0\]"),
        ("[x]", r"\[x\]"),
        ("x if x else x", "x if x else x"),
        ("lambda: x", "lambda: x"),
        ("x + (y := 3)", "y := 3"),
        ("x + 'a'", "'a'"),
        ("x + True", "True"),
        ("x + 1j", "1j"),
        ("x == 3", "x == 3"),
        ("x and x", "x and x"),
        ("f'{x}'", "x"),
        ("exp(x, x)", "exp takes 1 argument"),
        ("exp(*x)", r"\*x"),
        ("clip(x, min=0)", "clip"),
        ("foo(x)", "foo"),
        ("exp", "needs parentheses"),
        ("w + x", "'w' has no value"),
        ("x^2", r"\*\*"),
        ("~x", "~x"),
        ("x @ x", "x @ x"),
        ("", "not an expression"),
        ("x +", "not an expression"),
        ("x; x", "not an expression"),
        ("import os", "not an expression"),
        ("1 + 2", "none of the given names"),
        ("x\0", "null"),
        ("(" * 300 + "x" + ")" * 300, "not an expression"),
        ("x" + " + 1" * 20000, "nested too deeply"),
        ("x * 1" + "0" * 400, "too large"),
    ],
)
def test_error_shows_the_wrong_part(text, part):
    with pytest.raises(ExpressionError, match=part):
        evaluate(text, names(x=3.0))


def test_huge_powers_return_at_once():
    with np.errstate(all="ignore"):
        assert evaluate("9**9**9**9 * x", names(x=1.0)).item() == float("inf")


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="xy0123456789.+-*/%()[]{}'\"\\,_: eabl\n=#@", max_size=30))
def test_any_text_is_computed_or_raises_a_one_line_expression_error(text):
    try:
        with np.errstate(all="ignore"):
            assert isinstance(evaluate(text, names(x=2.0, y=3.0)), Tensor)
    except ExpressionError as error:
        assert "\n" not in str(error)
