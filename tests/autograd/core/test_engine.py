"""The chain rule as a mechanism: order, accumulation, freeing, higher orders."""

import gc
import weakref
from threading import Thread

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from autograd import GraphError, ShapeError, Tensor, enable_grad, gradients, is_grad_enabled, no_grad, operation
from autograd.core.graph import nodes


def leaf(value, **options):
    return Tensor(value, requires_grad=True, **options)


@pytest.fixture
def without_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_worked_example():
    x, y, z = (leaf(v, name=n) for v, n in ((3.0, "x"), (4.0, "y"), (2.0, "z")))
    f = x**2 * y / z
    f.backward()
    assert (f.item(), x.grad.item(), y.grad.item(), z.grad.item()) == (18.0, 12.0, 4.5, -9.0)


def test_million_additions_differentiate_and_are_freed_without_collector(without_collector):
    x = leaf(1.0)
    y = x
    for _ in range(1_000_000):
        y = y + 1.0
    oldest = weakref.ref(x._node)
    y.backward()
    assert (y.item(), x.grad.item()) == (1_000_001, 1)
    del x, y
    assert oldest() is None


def test_doubling_a_thousand_times_runs_each_formula_once():
    calls = 0

    def counted(g):
        nonlocal calls
        calls += 1
        return g

    @operation(counted, lambda g: g)
    def plus(x, y, /):
        return x + y

    x = y = leaf(1.0)
    for _ in range(1000):
        y = plus(y, y)
    y.backward()
    assert (calls, x.grad.item()) == (1000, 2.0**1000)


def test_square_by_multiplication_has_two_edges():
    a = leaf(3.0)
    b = a * a
    assert [source is a._node for source in b._node.inputs] == [True, True]
    b.backward()
    assert a.grad.item() == 6


def test_graph_frees_with_its_last_tensor(without_collector):
    x = leaf(np.ones(3))
    y = (x * 2).exp().sum()
    recorded = [weakref.ref(node) for node in nodes([y._node]) if node.operation is not None]
    del y
    assert len(recorded) == 3
    assert all(node() is None for node in recorded)


def test_graph_of_gradients_frees_without_collector(without_collector):
    x = leaf(2.0)
    y = x**3
    y.backward(create_graph=True)
    node = weakref.ref(y._node)
    del y
    x.zero_grad()
    assert node() is None
    node = weakref.ref(x._node)
    (x**2).backward(create_graph=True)
    del x
    assert node() is None


def test_large_intermediate_values_go_after_backward():
    x = leaf(np.ones(1000))
    middle = x.exp()
    value = weakref.ref(middle.data)
    y = (middle * middle).sum()
    del middle
    assert value() is not None
    y.backward()
    assert value() is None


def test_only_needed_values_are_kept():
    x, constant = leaf(np.ones(1000)), np.ones(1000)
    kept = (x + constant)._node
    assert not any(value is not None for value in kept.saved)
    kept = (x * constant)._node
    assert [value is not None for value in kept.saved] == [False, True, False]
    kept = x.exp()._node
    assert [value is not None for value in kept.saved] == [False, True]


def test_formulas_of_constants_never_run():
    def forbidden(g):
        raise AssertionError

    @operation(lambda g: g, forbidden)
    def first(x, y, /):
        return x + y

    x = leaf(1.0)
    first(x, Tensor(2.0)).backward()
    assert x.grad.item() == 1


def test_gradients_accumulate_over_backwards_until_zeroed():
    x = leaf(3.0)
    for expected in (6, 12):
        (x * x).backward()
        assert x.grad.item() == expected
    x.zero_grad()
    assert x.grad is None
    (x * x).backward()
    assert x.grad.item() == 6


def test_gradient_is_not_changed_in_place_by_the_next_backward():
    x = leaf(np.ones(2))
    (x * x).sum().backward()
    first = x.grad
    (x * x).sum().backward()
    assert (first.tolist(), x.grad.tolist()) == ([2, 2], [4, 4])


def test_second_backward_over_freed_graph_names_the_way_out():
    x = leaf(3.0)
    y = x * x
    y.backward()
    with pytest.raises(GraphError, match=r"multiply.*retain_graph=True"):
        y.backward()
    assert x.grad.item() == 6


def test_retained_graph_can_be_gone_through_again():
    x = leaf(3.0)
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.item() == 12


def test_backward_needs_a_graph_and_a_scalar():
    with pytest.raises(GraphError, match=r"no graph.*requires_grad=True"):
        Tensor(1.0).backward()
    with pytest.raises(GraphError, match=r"\(2,\).*sum\(\)"):
        (leaf([1.0, 2.0]) * 2).backward()
    with pytest.raises(ShapeError, match=r"\(2,\).*\(3,\)"):
        (leaf([1.0, 2.0]) * 2).backward([1.0, 2.0, 3.0])


def test_backward_from_a_leaf_gives_one():
    x = leaf(3.0)
    x.backward()
    assert x.grad.item() == 1


def test_leaves_never_share_the_memory_of_their_gradients():
    x, y = leaf(np.zeros(3)), leaf(np.zeros(3))
    start = np.ones(3)
    (x + y).backward(start)
    x.grad.data += 1
    assert (y.grad.tolist(), start.tolist()) == ([1, 1, 1], [1, 1, 1])


def test_gradient_of_a_broadcast_view_can_be_changed():
    x = leaf(np.zeros((2, 3)))
    x.sum().backward()
    x.grad.data *= 2
    assert x.grad.tolist() == [[2, 2, 2], [2, 2, 2]]


def test_third_derivative_by_repeated_backward():
    x = leaf(2.0)
    y = x**4
    for expected in (32, 48, 48):
        x.zero_grad()
        y.backward(create_graph=True)
        y = x.grad
        assert y.item() == expected


def test_gradient_of_a_gradient_accumulates_into_grad():
    x = leaf(3.0)
    (slope,) = gradients(x**3, [x], create_graph=True)
    (slope**2).backward()
    assert x.grad.item() == 2 * 27 * 18


def test_gradients_of_intermediate_tensors():
    x = leaf(2.0)
    middle = x * x
    out = middle * 3
    assert [g.item() for g in gradients(out, [middle, x])] == [3, 12]
    assert x.grad is None


def test_gradients_of_several_weighted_outputs():
    x = leaf([1.0, 2.0])
    (gradient,) = gradients([x * 2, x * x], [x], [[1.0, 1.0], [0.0, 1.0]])
    assert gradient.tolist() == [2, 6]


def test_independent_input_gets_zeros():
    x, other = leaf(2.0), leaf([1.0, 1.0])
    assert gradients(x * x, [other])[0].tolist() == [0, 0]


def test_gradients_take_a_single_input_and_refuse_a_constant():
    x, c = leaf([1.0, 2.0]), Tensor(3.0)
    assert gradients((x * x).sum(), x)[0].tolist() == [2, 4]
    with pytest.raises(GraphError, match="input 2"):
        gradients((x * c).sum(), [x, c])


def test_gradients_of_intermediates_have_memory_of_their_own():
    x = leaf([1.0, 2.0])
    a, b = x * 2, x * 3
    for_a, for_b = gradients((a + b).sum(), [a, b])
    for_a.data[0] = 9
    assert for_b.tolist() == [1, 1]


def test_backward_in_threads_loses_nothing():
    x = leaf([1.0])
    threads = [Thread(target=lambda: [(x * 2).sum().backward() for _ in range(200)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert x.grad.item() == 1600


def test_no_grad_records_nothing_and_nests():
    x = leaf(1.0)
    with no_grad():
        assert not (x * 2).requires_grad
        with enable_grad():
            assert (x * 2).requires_grad
        assert not is_grad_enabled()
    assert (x * 2).requires_grad


def test_no_grad_ends_with_an_exception_and_decorates():
    @no_grad()
    def double(x):
        return x * 2

    @no_grad
    def triple(x):
        return x * 3

    assert not double(leaf(1.0)).requires_grad
    assert not triple(leaf(1.0)).requires_grad
    with pytest.raises(KeyError), no_grad():
        raise KeyError
    assert is_grad_enabled()


def test_detach_cuts_the_graph():
    x = leaf(3.0)
    (x * x.detach()).backward()
    assert x.grad.item() == 3


def test_formula_of_a_wrong_shape_is_refused_with_both_shapes():
    @operation(lambda g, x: g * np.ones(3))
    def wrong(x, /):
        return x.sum()

    with pytest.raises(ShapeError, match=r"wrong.*\(3,\).*\(2,\)"):
        wrong(leaf(np.ones(2))).backward()


def test_formula_naming_the_unknown_is_refused_at_once():
    with pytest.raises(TypeError, match=r"thing.*out.*color"):

        @operation(lambda g, color: g)
        def thing(x, /):
            return x

    with pytest.raises(TypeError, match="2 inputs"):

        @operation(lambda g: g)
        def pair(x, y, /):
            return x


def test_a_gradient_that_is_not_needed_is_not_computed_by_a_joint_formula():
    computed = []

    def gradient_of_y(g, x):
        computed.append("y")
        return g * x

    @operation(joint_formula=lambda g, x, y: (g * y, lambda: gradient_of_y(g, x)))
    def product(x, y, /):
        return x * y

    x, y = Tensor(2.0, requires_grad=True), Tensor(3.0)
    product(x, y).backward()
    assert (x.grad.item(), computed) == (3.0, [])
    y.requires_grad = True
    (slope,) = gradients(product(x, y), [y], create_graph=True)
    assert (slope.item(), computed) == (2.0, ["y"])
    assert gradients(slope, [x])[0].item() == 1.0


def test_joint_formula_serves_both_orders():
    @operation(joint_formula=lambda g, x, y: (g * y, g * x))
    def product(x, y, /):
        return x * y

    x, y = leaf(3.0), leaf(4.0)
    by_x, by_y = gradients(product(x, y), [x, y], create_graph=True)
    assert (by_x.item(), by_y.item(), gradients(by_x, [y])[0].item()) == (4, 3, 1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("+-*"), st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=25))
def test_random_programs_match_forward_mode(program):
    values = [leaf(v) for v in (0.5, -1.5, 2.0)]
    duals = [(t.item(), np.eye(3)[i]) for i, t in enumerate(values)]
    leaves = list(values)
    for sign, i, j in program:
        x, y = values[i % len(values)], values[j % len(values)]
        (a, da), (b, db) = duals[i % len(duals)], duals[j % len(duals)]
        if sign == "+":
            values.append(x + y)
            duals.append((a + b, da + db))
        elif sign == "-":
            values.append(x - y)
            duals.append((a - b, da - db))
        else:
            values.append((x * y) * 0.5)
            duals.append((a * b * 0.5, 0.5 * (da * b + a * db)))
    found = [g.item() for g in gradients(values[-1], leaves)]
    np.testing.assert_allclose(found, duals[-1][1], rtol=1e-9, atol=1e-9)


def test_error_in_a_user_forward_shows_its_line():
    @operation(lambda g: g)
    def broken(x, /):
        return x + object()  # the line to be shown

    with pytest.raises(TypeError, match="broken") as caught:
        broken(leaf(1.0))
    assert "the line to be shown" in str(caught.traceback[-1].statement)
