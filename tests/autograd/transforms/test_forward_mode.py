"""Forward mode agrees with reverse mode on every operation, and nests with it."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from autograd import ShapeError, Tensor, grad, jacobian, jvp, operation, vjp
from autograd.core.trees import leaves
from tests.autograd.operations.cases import CASES

pytestmark = pytest.mark.filterwarnings("ignore:Output seems independent of input")
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def products(case, data):
    """A case's function, its inputs, random tangents, and random gradients of its differentiable results."""
    function, arrays = case.draw(data)
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    draw = lambda x: rng.normal(size=np.shape(x)) * (1 + 1j if np.iscomplexobj(getattr(x, "data", x)) else 1)
    gradients = [draw(x) for x in leaves(function(*map(Tensor, arrays)))]
    return function, arrays, list(map(draw, arrays)), gradients


def inner(xs, ys):
    return sum(float(np.real(np.sum(np.asarray(x) * np.asarray(y)))) for x, y in zip(leaves(xs), leaves(ys)))


@each_case
@settings(max_examples=2)
@given(data=st.data())
def test_forward_and_reverse_mode_are_adjoint(case, data):
    function, arrays, tangents, gradients = products(case, data)
    _, change = jvp(function, tuple(arrays), tuple(tangents))
    _, back = vjp(function, *arrays)
    assert inner(change, gradients) == pytest.approx(inner(back(gradients), tangents), rel=1e-9, abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in CASES if case.order > 1], ids=lambda case: case.name)
@settings(max_examples=2)
@given(data=st.data())
def test_forward_mode_nests_with_reverse_mode(case, data):
    function, arrays, tangents, gradients = products(case, data)

    def weighted_change(*inputs):
        changes = jvp(function, inputs, tuple(tangents))[1]
        return sum((np.real(np.sum(x * g)) for x, g in zip(leaves(changes), gradients)), start=0.0 * np.real(inputs[0]).sum())

    def weighted_gradient(*inputs):
        back = vjp(function, *inputs)[1](gradients)
        return sum((np.real(np.sum(x * t)) for x, t in zip(back, tangents)), start=0.0 * np.real(inputs[0]).sum())

    every = tuple(range(len(arrays)))
    first, second = grad(weighted_change, every)(*arrays), grad(weighted_gradient, every)(*arrays)
    for x, y in zip(first, second):
        np.testing.assert_allclose(x, y, rtol=1e-8, atol=1e-8)
    if arrays[0].size:
        _, change = jvp(weighted_gradient, tuple(arrays), tuple(tangents))
        assert float(change) == pytest.approx(inner(second, tangents), rel=1e-8, abs=1e-8)


def test_tangents_of_tangents_are_higher_derivatives():
    f = lambda x: np.sin(x) * x**3
    d = lambda f: lambda x: jvp(f, (x,), (1.0,))[1]
    expected = grad(grad(grad(f)))(0.7)
    assert d(d(d(f)))(0.7) == pytest.approx(expected)
    assert d(grad(d(f)))(0.7) == pytest.approx(expected)


def test_inner_tangents_are_not_those_of_an_outer_pass():
    outer = lambda x: x * jvp(lambda y: x + y, (1.0,), (1.0,))[1]
    assert jvp(outer, (1.0,), (1.0,))[1] == 1
    assert grad(outer)(1.0) == 1


def test_constants_that_are_gone_do_not_matter():
    joined = lambda x: np.concatenate([x, Tensor(np.zeros(200))])  # the graph holds a large constant weakly
    _, change = jvp(joined, (np.ones(2),), (np.array([1.0, 2.0]),))
    assert change.tolist() == [1, 2, *[0] * 200]


def test_results_own_their_memory():
    t = np.array([1.0, 2.0])
    _, change = jvp(lambda x: x[::-1], (np.ones(2),), (t,))
    change[:] = 0
    assert t.tolist() == [1, 2]


def test_a_tangent_of_another_shape_is_named():
    with pytest.raises(ShapeError, match=r"an argument of shape \(2,\) has a tangent of shape \(3,\)"):
        jvp(np.sin, (np.ones(2),), (np.ones(3),))


def test_operations_with_a_gradient_of_their_own_choice_keep_it():
    @operation(lambda g: g)
    def straight_through(x, /):
        return np.round(x)

    assert jvp(straight_through, (0.3,), (2.0,))[1] == 2


@pytest.mark.slow
@each_case
@settings(max_examples=2)
@given(data=st.data())
def test_columns_of_the_jacobian_are_those_of_its_rows(case, data):
    function, arrays, *_ = products(case, data)
    if any(np.iscomplexobj(np.asarray(x)) for x in function(*arrays)):  # its parts have a Jacobian each
        return
    by_columns = lambda x: [np.stack([y] * 5) for y in function(x, *arrays[1:])]
    by_rows = jacobian(lambda x: function(x, *arrays[1:]))(arrays[0])
    for columns, rows in zip(jacobian(by_columns)(arrays[0]), by_rows):
        np.testing.assert_allclose(columns, np.stack([rows] * 5), rtol=1e-9, atol=1e-9)


def test_more_results_than_arguments_are_differentiated_by_columns():
    calls = []

    @operation(lambda g, x: g * np.cos(x), structure="elementwise")
    def sine(x, /):
        calls.append(x)
        return np.sin(x)

    a = np.arange(16.0).reshape(8, 2)
    f = lambda x: sine(a @ x)
    x = np.array([0.2, 0.3])
    np.testing.assert_allclose(jacobian(f)(x), np.cos(a @ x)[:, None] * a)
    assert len(calls) == 1
