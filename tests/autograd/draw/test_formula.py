"""The formula on every edge: for every operation of OPERATIONS.md, its text evaluates to the local derivative that is shown."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import Phase, given, settings, strategies as st

import autograd
import nn
from autograd import Tensor, operation
from autograd.scipy import special
from tests.autograd.draw.formula_parser import evaluate
from tests.autograd.operations.cases import CASES
from tests.autograd.operations.test_every_operation import NEED_SCIPY


def leaf(value, name):
    return Tensor(value, requires_grad=True, name=name)


def edges(result):
    """The edges with a formula, after a backward pass that starts with numbers other than 1."""
    result.backward(np.linspace(0.5, 1.5, result.size).reshape(result.shape), retain_graph=True)
    return [edge for vertex in autograd.draw(result).vertices for edge in vertex.inputs if edge.formula is not None]


def formulas(result):
    return {(edge.target.title, edge.source.title): edge.formula.text for edge in edges(result)}


def check(edge):
    """The text, evaluated with the numbers of its names, is the local derivative or the contribution."""
    shown = edge.local if edge.formula.is_local else edge.contribution
    value = evaluate(edge.formula.write(17), edge.formula.symbols, edge.formula.options)
    value = np.asarray(value.data if isinstance(value, Tensor) else value)
    if value.size == np.size(shown):  # sums keep their axes, to broadcast
        value = value.reshape(np.shape(shown))
    np.testing.assert_allclose(np.broadcast_to(value, np.shape(shown)), shown, rtol=1e-7, atol=1e-9)


CHECKED: list[str] = []  # the cases that ran in this process
WRITTEN: dict[tuple[str, int], set[bool]] = defaultdict(set)  # by operation and input: whether the formula was short enough


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_formula_gives_the_local_derivative(case):
    if case.name in NEED_SCIPY:
        pytest.importorskip("scipy.special")

    @settings(max_examples=2, deadline=None, phases=[Phase.generate], derandomize=True, database=None)
    @given(st.data())
    def check_case(data):
        function, arrays = case.draw(data)
        tensors = [leaf(array, name) for array, name in zip(arrays, "xyzw")]
        for result in function(*tensors):
            if isinstance(result, Tensor) and result.requires_grad:
                for edge in edges(result):
                    WRITTEN[edge.target.operation, edge.input].add(edge.formula.expression is not None)
                    if edge.formula.expression is None:
                        assert ".py:" in edge.formula.place or case.name == "np.heaviside"  # which has none towards x
                    else:
                        check(edge)

    check_case()
    CHECKED.append(case.name)


#: Operations of which a formula takes more than one line, with the reason.
WITHOUT_A_LINE = {
    **dict.fromkeys(("cholesky", "eig", "eigh", "pinv", "qr", "svd"), "a decomposition"),
    **dict.fromkeys(("expm", "logm", "sqrtm", "solve_banded"), "a block matrix, a Sylvester equation, a matrix in bands"),
    **dict.fromkeys(("gammainc", "gammaincc", "betainc", "betaincc"), "integrals, and a density with values at its ends"),
    **dict.fromkeys(("iv", "ive", "stdtr"), "by the order or the degrees of freedom: a series, an integral"),
    **dict.fromkeys(("erfcx", "rgamma", "log_ndtr"), "another form where the first one loses digits"),
    **dict.fromkeys(("interpolate", "repeat"), "numbers for each element"),
    **{"characteristic_polynomial": "a recursion of matrices", "heaviside": "the jump, by the values of x"},
}


def test_only_decompositions_and_functions_in_pieces_have_no_formula_of_one_line():
    if len(CHECKED) < len(CASES):
        pytest.skip("needs the tests of all cases")
    assert {name for (name, _), written in WRITTEN.items() if written == {False}} <= set(WITHOUT_A_LINE)
    others = [written for (name, _), written in WRITTEN.items() if name not in WITHOUT_A_LINE]
    assert sum(written == {True} for written in others) >= 0.8 * len(others)


def test_special_functions_and_complex_numbers():
    pytest.importorskip("scipy.special")
    x, z = leaf(0.5, "x"), leaf(1 + 2j, "z")
    shown = lambda f: next(iter(formulas(f).values()))
    assert [shown(getattr(special, name)(x)) for name in ("j0", "j1", "gamma", "erfinv", "ndtr")] == [
        "−J₁(x)", "(J₀(x) − J₂(x))/2", "Γ(x)·ψ(x)", "(√π/2)·exp(erfinv²(x))", "exp(−x²/2)/√(2π)"
    ]  # fmt: skip
    assert (shown(np.arctan(x)), shown(special.jv(-1, x))) == ("1/(1 + x²)", "(J₋₂(x) − J₀(x))/2")
    (edge,) = edges(special.j1(x))
    assert edge.formula.latex == r"\frac{J_{0}\left(x\right) - J_{2}\left(x\right)}{2}"
    assert (shown(np.conj(z)), shown(np.imag(z)), shown(z * (2 + 1j))) == ("conj(G)", "−1j", "2+1j")
    assert shown(np.fft.fft(leaf(np.ones(3), "x"))) == "Re(fft(G, axis=0))"


def test_formulas_have_the_names_of_the_lectures():
    x, y, z = leaf(3.0, "x"), leaf(4.0, "y"), leaf(2.0, "z")
    u = x**2 * y
    u.name = "u"
    assert formulas(u / z) == {("v1", "x"): "2·x", ("u", "v1"): "y", ("u", "y"): "v1", ("v3", "u"): "1/z", ("v3", "z"): "−u/z²"}
    texts = lambda f: list(formulas(f).values())
    assert texts(np.tanh(x)) == ["1 − tanh²(x)"]
    assert texts(autograd.sigmoid(x)) == ["σ(x)·(1 − σ(x))"]
    assert texts(autograd.relu(x)) == ["[relu(x) > 0]"]
    assert texts(np.maximum(x, y)) == ["[x > y]", "[x < y]"]
    assert texts(x**y) == ["y·x^(y − 1)", "x^y·log(x)"]
    assert texts(np.arctan2(x, y)) == ["y/(x² + y²)", "−x/(y² + x²)"]


def test_the_result_is_written_with_its_own_name():
    h = np.tanh(leaf(0.5, "x"))
    h.name = "h"
    assert formulas(h) == {("h", "x"): "1 − h²"}


def test_matrix_products():
    x, w, b = leaf(np.ones((4, 3)), "X"), leaf(np.ones((3, 2)), "W"), leaf(np.zeros(2), "b")
    assert list(formulas(x @ w).values()) == ["G·Wᵀ", "Xᵀ·G"]
    assert list(formulas(nn.functional.linear(x, w, b)).values()) == ["G·Wᵀ", "Xᵀ·G", "Σ₀ G"]
    assert list(formulas(x.mean()).values()) == ["1/12"]


def test_an_operation_of_ones_own():
    @operation(lambda g, x: 3 * g * x**2, symbol="x³")
    def cube(x, /):
        return x * x * x

    x = leaf(2.0, "x")
    assert formulas(cube(x)) == {("v1", "x"): "3·x²"}


def test_options_that_are_passed_on_are_left_out_where_they_are_long():
    x, w, weight = leaf(np.ones((1, 1, 6)), "x"), leaf(np.ones((1, 1, 3)), "w"), leaf(np.ones((1, 1, 3)), "weight")
    short, long = (nn.functional.conv1d(x, kernel, stride=2, padding=1) for kernel in (w, weight))
    assert formulas(short)["v1", "x"] == "convolution_transpose(G, w, stride=2, padding=1, size=(6,))"
    assert formulas(long)["v1", "x"] == "convolution_transpose(G, weight, size=(6,), …)"
    assert "…: the options of v1" in str(autograd.draw(long))


def test_a_formula_that_is_too_long_is_named_with_its_place():
    (edge, *_) = edges(nn.functional.batch_norm(leaf(np.arange(12.0).reshape(4, 3), "x"), np.ones(3), np.zeros(3)))
    assert edge.formula.text == ""
    assert edge.formula.place.startswith("_batch_gradients, nn/functional/normalization.py:")


def test_latex():
    x, z = leaf(3.0, "x"), leaf(2.0, "z2")
    latex = lambda f: [edge.formula.latex for edge in edges(f)]
    assert latex(x / z) == [r"\frac{1}{z_{2}}", r"-\frac{x}{z_{2}^{2}}"]
    assert latex(np.sqrt(x)) == [r"\frac{1}{2 \cdot \sqrt{x}}"]
    assert latex(np.tanh(x)) == [r"1 - \tanh^{2}\left(x\right)"]
    assert latex(leaf(np.ones((2, 2)), "X") @ leaf(np.ones((2, 2)), "W")) == [r"G W^{\top}", r"X^{\top} G"]


def test_recording_a_formula_changes_nothing():
    x = leaf(np.array([1.0, 2.0]), "x")
    f = (np.tanh(x) * x).sum()
    f.backward(retain_graph=True)
    before = x.grad.numpy().copy()
    autograd.draw(f)
    f.backward()
    np.testing.assert_array_equal(x.grad.numpy(), 2 * before)
