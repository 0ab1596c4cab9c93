"""Which nodes a backward pass recorded."""

from collections import deque

import numpy as np
import pytest
from hypothesis import given, strategies as st

from autograd import Tensor, gradients
from autograd.core import grad_mode
from autograd.core.engine import next_number
from autograd.core.grad_mode import recorded_by_backward, recording_backward


@pytest.fixture(autouse=True)
def _no_passes_of_other_tests(monkeypatch):
    monkeypatch.setattr(grad_mode, "_backward_passes", deque(maxlen=1000))


# A program is a list of nodes (None) and of backward passes, which are programs themselves.
programs = st.recursive(st.just([]), lambda inner: st.lists(st.none() | inner, max_size=5), max_leaves=30)


def run(program, inside, expected):
    for part in program:
        if part is None:
            expected[next_number()] = inside
        else:
            with recording_backward():
                run(part, True, expected)


@given(programs)
def test_nodes_of_sequential_and_nested_passes_differ_from_the_others(program):
    grad_mode._backward_passes.clear()
    expected = {}
    run(program, False, expected)
    assert {number: recorded_by_backward(number) for number in expected} == expected


def test_only_the_last_thousand_passes_are_known():
    numbers = []
    for _ in range(1001):
        with recording_backward():
            numbers.append(next_number())
    assert [recorded_by_backward(number) for number in (numbers[0], numbers[1], numbers[-1])] == [False, True, True]


def test_a_derivative_is_recorded_by_backward_and_its_function_is_not():
    x = Tensor(2.0, requires_grad=True)
    y = np.tanh(x * x)
    (derivative,) = gradients(y, [x], create_graph=True)
    assert recorded_by_backward(derivative._node.number)
    assert not recorded_by_backward(y._node.number)
    assert not recorded_by_backward((derivative * 2)._node.number)
