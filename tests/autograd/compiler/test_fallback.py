"""Steps that cannot be compiled run eagerly and state the reason."""

from itertools import count

import numpy as np

import autograd
from autograd import Tensor, gradients, no_grad
from tests.autograd.compiler.training_steps import hidden_state, run_fallback


def test_fallback_reasons():
    w = Tensor([1.0, 2.0], requires_grad=True)
    generator = np.random.default_rng(0)
    xs = [np.array([1.0, k]) for k in range(6)]

    def as_number(x):
        return (w * x).sum().item()

    assert run_fallback(as_number, *xs, reason="Python number") == [1.0 + 2 * k for k in range(6)]

    def as_array(x):
        return np.asarray((w * x).numpy()) + 1

    assert [y.tolist() for y in run_fallback(as_array, *xs, reason="array")] == [[2.0, 1 + 2.0 * k] for k in range(6)]

    def reads_gradients(x):
        w.zero_grad()
        (w * x).sum().backward()
        with no_grad():
            return (w.grad * 2).tolist()

    assert run_fallback(reads_gradients, *xs, reason="gradient was read") == [[2.0, 2.0 * k] for k in range(6)]

    def in_place(x):
        with no_grad():
            w.data = w.data * 2
        return (w * x).sum()

    assert [y.item() for y in run_fallback(in_place, *xs, reason="was replaced")] == [
        2.0 ** (k + 1) * (1 + 2 * k) for k in range(6)
    ]

    def random(x):
        return (w * x).sum() * generator.random()

    run_fallback(random, *xs, reason="draws random numbers")

    def higher_order(x):
        (slope,) = gradients((w * w * x).sum(), [w], create_graph=True)
        slope.sum().backward(create_graph=True)
        return slope

    w.data = np.array([1.0, 2.0])
    assert [y.tolist() for y in run_fallback(higher_order, *xs, reason="create_graph")] == [[2.0, 4.0 * k] for k in range(6)]


def test_values_computed_inside_no_grad_fall_back():
    w = Tensor([1.0, 2.0], requires_grad=True)

    def step(x):
        with no_grad():
            norm = w * w
        return (w * x * norm).sum()

    xs = [np.ones(2)] * 5
    assert [y.item() for y in run_fallback(step, *xs, reason="no_grad")] == [9.0] * 5


def test_returned_python_numbers_that_change_fall_back():
    draw = hidden_state(count(1))

    def counted(x):
        return (x * 2).sum(), draw()

    assert [n for _, n in run_fallback(counted, *[np.ones(2)] * 5, reason="returned different")] == [1, 2, 3, 4, 5]


def test_arrays_changed_in_place_by_the_step():
    @autograd.compile
    def cleared(x):
        total = x.sum()
        x[...] = 0
        return total

    @autograd.compile
    def through_a_view(x):
        y = x * 2
        part = y[:1]
        part += 5
        y[1:][...] = 0
        return y

    for k in range(5):
        x = np.full(2, float(k))
        assert through_a_view(x).tolist() == [2.0 * k + 5, 0]
        assert cleared(x) == 2.0 * k
        assert x.tolist() == [0, 0]

    def branches(x):
        x += 1
        return -x.sum() if x[0] > 3 else x.sum()

    xs = [np.full(2, float(k)) for k in (0, 0, 0, 5, 0)]
    assert run_fallback(branches, *xs, reason="after a side effect") == [2, 2, 2, -12, 2]
    assert [x[0] for x in xs] == [1, 1, 1, 6, 1]


def test_selection_by_a_mask_falls_back():
    w = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    xs = [np.array(x) for x in ([1.0, 3.0, 4.0], [1.0, 3.0, 4.0], [1.0, 1.0, 4.0], [1.0, 1.0, 1.0])]
    expected = [36.0, 36.0, 24.0, 0.0]
    assert [y.item() for y in run_fallback(lambda x: (w * x)[x > 2].sum() * 2, *xs, reason="selected")] == expected
    assert [y.item() for y in run_fallback(lambda x: w[x > 2].sum(), *xs, reason="")] == [5.0, 5.0, 3.0, 0.0]
    assert [y.item() for y in run_fallback(lambda x: (w[0] * x[np.nonzero(x > 2)[0]]).sum(), *xs, reason="selected")] == [
        7,
        7,
        4,
        0,
    ]


def test_array_methods_that_cannot_be_traced_fall_back():
    assert run_fallback(lambda x: x.flatten().dot(x), *[np.ones(2)] * 3, reason="flatten") == [2.0] * 3


def test_methods_with_the_name_of_an_attribute_of_traced_arrays():
    assert run_fallback(lambda x: x.trace() * 1, *[np.eye(2)] * 3, reason="trace") == [2.0] * 3
