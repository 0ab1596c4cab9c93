"""The trace of a graph as text."""

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor
from autograd.draw import simplify
from autograd.draw.reader import read_graph
from autograd.draw.text import trace


def lines(f):
    return [line.strip() for line in str(autograd.draw(f)).splitlines()]


def test_every_step_of_the_worked_example():
    x, y, z = (Tensor(v, requires_grad=True, name=n) for v, n in ((3.0, "x"), (4.0, "y"), (2.0, "z")))
    f = x**2 * y / z
    f.name = "f"
    f.backward()
    assert (
        str(autograd.draw(f))
        == """\
forward
  x   leaf    = 3
  y   leaf    = 4
  z   leaf    = 2
  v1  x ^ 2   = 9
  v2  v1 × y  = 36
  f   v2 ÷ z  = 18

backward
  start: ∂f/∂f = 1
  through f = v2 ÷ z
    ∂f/∂f × ∂f/∂v2 = 1 × 1/z = 1 × 0.5 = 0.5  → v2
    ∂f/∂f × ∂f/∂z = 1 × (−v2/z²) = 1 × -9 = -9  → z
  through v2 = v1 × y
    ∂f/∂v2 × ∂v2/∂v1 = 0.5 × y = 0.5 × 4 = 2  → v1
    ∂f/∂v2 × ∂v2/∂y = 0.5 × v1 = 0.5 × 9 = 4.5  → y
  through v1 = x ^ 2
    ∂f/∂v1 × ∂v1/∂x = 2 × 2·x = 2 × 6 = 12  → x

gradients
  ∂f/∂x = 12
  ∂f/∂y = 4.5
  ∂f/∂z = -9"""
    )
    assert len(lines(f)) < 60  # it fits on a page
    assert max(map(len, lines(f))) < 80


@pytest.mark.parametrize(
    ("index", "text"),
    [
        (np.s_[:, 1:], "A[:, 1:]"),
        (0, "A[0]"),
        (np.s_[..., None, -1], "A[…, None, -1]"),
        (np.s_[::2, 1:3:2], "A[::2, 1:3:2]"),
        ([0, 2], "A[[0, 2]]"),
        (np.eye(3, 4) > 0, "A[mask (3, 4)]"),
        (np.zeros((2, 3), int), "A[indices (2, 3)]"),
    ],
)
def test_indices_are_written_as_in_python(index, text):
    graph = autograd.draw(Tensor(np.arange(12.0).reshape(3, 4), requires_grad=True, name="A")[index])
    assert f"v1  {text}  =" in str(graph)
    assert text[1:] in graph.dot


def test_formulas_use_mathematical_notation():
    x, b = (Tensor(np.ones((2, 2)), requires_grad=True, name=name) for name in "xb")
    formulas = {"x ^ 2": x**2, "xᵀ": x.T, "√(x)": np.sqrt(x), "linear(x, x, b)": nn.functional.linear(x, x, b)}
    for formula, result in formulas.items():
        assert f"v1 {formula} =" in " ".join(str(autograd.draw(result)).split())


def test_formulas_name_hidden_operands():
    x, y = (Tensor(v, requires_grad=True, name=n) for v, n in ((3.0, "x"), (2.0, "y")))
    u = x * y
    f = 5 * np.sin(u) * x
    f.backward()
    subgraph_trace = str(autograd.draw(f, since=u, constants=False))
    for line in ("v1  x × y    = 6", "v2  sin(v1)  = -0.2794", "v3  5 × v2   = -1.397", "v4  v3 × x   = -4.191"):
        assert f"  {line}\n" in subgraph_trace
    assert subgraph_trace.endswith("gradients\n  ∂v4/∂v1 = 14.4")  # the gradient of the start


def test_contributions_of_several_uses_are_added():
    x = Tensor([1.0, 2.0], requires_grad=True, name="x")
    f = (x * x).sum()
    f.backward()
    assert "∂v2/∂v1 × ∂v1/∂x = [1 1] × x = [1 1] × [1 2], element by element, = [1 2]  → x" in lines(f)
    assert "∂v2/∂v1 × ∂v1/∂x = [1 1] × x = [1 1] × [1 2], element by element, = [1 2]  → x: [1 2] + [1 2] = [2 4]" in lines(f)


def test_contributions_are_summed_over_broadcast_axes():
    x, b = Tensor([1.0, 2.0], requires_grad=True, name="x"), Tensor(3.0, requires_grad=True, name="b")
    f = (x * b).sum()
    f.backward()
    assert "∂v2/∂v1 × ∂v1/∂b = [1 1] × x = [1 1] × [1 2], element by element, Σ over axis 0, = 3  → b" in lines(f)


def test_second_backward_adds_to_the_gradient():
    x = Tensor(3.0, requires_grad=True, name="x")
    for _ in range(2):
        f = 5 * x
        f.backward()
    assert "x starts with 5, from an earlier backward()" in lines(f)
    assert "∂v1/∂v1 × ∂v1/∂x = 1 × 5 = 5  → x: 5 + 5 = 10" in lines(f)


def test_operations_without_a_local_derivative_show_their_contribution():
    a = Tensor([[1.0, 2.0]], requires_grad=True, name="a")
    f = (a @ np.array([[3.0, 1.0], [4.0, 2.0]])).sum()
    f.backward()
    assert "∂v2/∂v1 carried back by ∂v1/∂a: G·constantᵀ = [[4 6]]  → a" in lines(f)


def test_gradients_of_parameters_are_listed():
    w = Tensor(2.0, requires_grad=True, name="w")
    f = w * w
    f.backward()
    assert lines(f)[-2:] == ["gradients", "∂v1/∂w = 4"]


def test_trace_before_backward_says_so():
    assert "no backward yet" in str(autograd.draw(Tensor(1.0, requires_grad=True) * 2))


def test_options_are_in_the_formula():
    x = Tensor(np.ones((2, 3)), requires_grad=True, name="x")
    assert "v1  Σ(x, axis=0)  = (3,) [2 2 2]" in lines(x.sum(axis=0))


def test_options_with_arrays_and_defaults_are_short():
    x = Tensor(np.arange(12.0).reshape(4, 3), requires_grad=True, name="x")
    text = str(autograd.draw(nn.BatchNorm1d(3)(x)))
    assert ", statistics=(array (3,), array (3,)))  = " in text


def test_summary_names_the_inputs_of_a_group():
    y = Tensor(0.5, requires_grad=True, name="x")
    for _ in range(10):
        y = np.sin(y)
    y.backward()
    text = trace(simplify.group_repetitions(read_graph(y)))
    assert text.startswith("10 operations shown as 2")  # the first one uses a leaf
    assert "sin × 9 of v1  =" in text


def test_names_are_shortened_to_one_line():
    x = Tensor(1.0, requires_grad=True, name="a\nb" + 10_000 * "c")
    assert max(map(len, str(autograd.draw(x * 2)).splitlines())) < 200
