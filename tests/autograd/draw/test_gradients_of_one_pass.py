"""A picture states the gradient of the drawn backward pass, beside what earlier passes left in .grad, and names its start."""

import json
import re

import numpy as np
import pytest

from autograd import Tensor, draw
from autograd.__main__ import main


def variable(value, name="x"):
    return Tensor(value, requires_grad=True, name=name)


def named(tensor, name):
    tensor.name = name
    return tensor


def final_lines(graph):
    return str(graph).partition("\ngradients\n")[2].splitlines()


def panel_data(graph):
    return json.loads(re.search(r'\{"css".*\}', graph._repr_html_())[0])


@pytest.mark.parametrize("passes", [1, 2, 3, 5])
@pytest.mark.parametrize(
    ("value", "gradient"), [(3.0, "6"), (0.5, "1"), ([1.0, 2.0], "[2 4]"), (np.zeros((1, 2)), "[[0 0]]")], ids=str
)
def test_gradient_is_that_of_the_last_pass_however_many_there_were(passes, value, gradient):
    x = variable(value)
    f = named(x * x, "f")
    for _ in range(passes):
        f.backward(np.ones(f.shape), retain_graph=True)
    graph = draw(f)
    (line,), (_, text) = final_lines(graph), panel_data(graph)["leaves"][0]
    for shown in (line, f"  ∂f/∂x = {text}"):
        assert shown.startswith(f"  ∂f/∂x = {gradient}")
        assert ("from an earlier backward()" in shown) == (passes > 1 and bool(np.any(x.numpy())))


def test_accumulated_gradient_is_stated_with_both_parts():
    x = variable(3.0)
    f = named(x * x, "f")
    for _ in range(2):
        f.backward(retain_graph=True)
    assert final_lines(draw(f)) == ["  ∂f/∂x = 6; with 6 from an earlier backward(), .grad is 12"]


def test_gradients_of_another_graph_are_earlier_ones():
    x = variable(3.0)
    (5 * x).backward()
    f = named(x * x, "f")
    f.backward()
    assert final_lines(draw(f)) == ["  ∂f/∂x = 6; with 5 from an earlier backward(), .grad is 11"]


@pytest.mark.parametrize(
    "expression", ["1/x", "log(x)", "1/x + x", "sqrt(x) * x", "x / x", "1/x**2", "(1/x) * (1/x)", "1/x - 1/x"]
)
def test_infinite_gradients_are_not_taken_for_earlier_ones(expression, capsys):
    assert main([expression, "x=0"]) == 0
    out = capsys.readouterr().out
    assert "earlier backward()" not in out
    assert "starts with" not in out


def test_finite_elements_beside_infinite_ones_still_tell_earlier_passes():
    x = variable([0.0, 2.0])
    with np.errstate(divide="ignore"):
        f = named(1 / x, "f")
        for _ in range(2):
            f.backward(np.ones(2), retain_graph=True)
        assert final_lines(draw(f)) == [
            "  ∂f/∂x = [-inf -0.25]; with [0 -0.25] from an earlier backward(), .grad is [-inf -0.5]"
        ]


@pytest.mark.parametrize(("seed", "is_loss"), [(1.0, False), (5.0, True), (0.0, True), (-1.0, True)])
def test_start_other_than_1_is_the_gradient_of_an_unknown_loss(seed, is_loss):
    x = variable(3.0)
    z = named(x * 2, "z")
    z.backward(seed)
    graph = draw(z)
    numerator = "L" if is_loss else "z"
    text = str(graph)
    assert f"start: ∂{numerator}/∂z = {seed:g}" in text
    assert f"  ∂{numerator}/∂x = {2 * seed:g}" in text
    assert f"∂{numerator}/∂z × ∂z/∂x = {seed:g} × 2" in text
    assert ("∂z/∂z" in text) is not is_loss
    assert panel_data(graph)["symbols"] == [f"∂{numerator}/∂{vertex.title}" for vertex in graph.vertices]


def test_vector_that_starts_with_ones_keeps_its_name():
    z = named(variable([1.0, 2.0]) * 2, "z")
    z.backward(np.ones(2), retain_graph=True)
    assert "start: ∂z/∂z = [1 1]" in str(draw(z))
    z.backward([1.0, 2.0])
    assert "start: ∂L/∂z = [1 2]" in str(draw(z))
