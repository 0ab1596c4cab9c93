"""Recurrent operations compared with their cells, applied step by step."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import nn
from autograd import DataError, ShapeError, Tensor, gradcheck, hessian
from nn import functional as F  # noqa: N812
from tests.nn.derivatives import value_and_two_derivatives

#: The function of all steps, that of one step, the number of gates and of states.
RECURRENCES = {
    "rnn": (F.rnn, F.rnn_cell, 1, 1),
    "rnn with relu": (partial(F.rnn, nonlinearity="relu"), partial(F.rnn_cell, nonlinearity="relu"), 1, 1),
    "gru": (F.gru, F.gru_cell, 3, 1),
    "lstm": (F.lstm, F.lstm_cell, 4, 2),
}
each_recurrence = pytest.mark.parametrize("name", RECURRENCES)


def as_tuple(x):
    return x if isinstance(x, tuple) else (x,)


def joined(outputs, last):
    """Outputs and last states as rows of one tensor."""
    return np.concatenate([outputs, *[state[None] for state in as_tuple(last)]])


def fused(name, lengths=None, reverse=False):
    function, _, _, states = RECURRENCES[name]

    def call(x, *values):
        hx, weights = values[:states], values[states:]
        return joined(*function(x, hx if states > 1 else hx[0], *weights, lengths=lengths, reverse=reverse))

    return call


def step_by_step(name, lengths=None, reverse=False):
    _, cell, _, count = RECURRENCES[name]

    def call(x, *values):
        states, weights = values[:count], values[count:]
        steps = x.shape[0]
        outputs = [None] * steps
        for t in reversed(range(steps)) if reverse else range(steps):
            new = as_tuple(cell(x[t], states if count > 1 else states[0], *weights))
            runs = np.ones(x.shape[1], bool) if lengths is None else t < np.asarray(lengths)
            states = tuple(np.where(runs[:, None], a, b) for a, b in zip(new, states))
            outputs[t] = np.where(runs[:, None], states[0], 0)
        return joined(np.stack(outputs), states)

    return call


def sample(name, steps=3, n=3, inputs=2, hidden=2, seed=0, dtype=np.float64):
    _, _, gates, states = RECURRENCES[name]
    rng, width = np.random.default_rng(seed), gates * hidden
    shapes = [(steps, n, inputs), *[(n, hidden)] * states, (inputs, width), (hidden, width), (width,), (width,)]
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


@each_recurrence
@settings(max_examples=15)
@given(
    steps=st.integers(1, 5),
    n=st.integers(1, 3),
    hidden=st.integers(1, 3),
    has_lengths=st.booleans(),
    reverse=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_all_steps_at_once_and_step_by_step_agree_to_second_order(name, steps, n, hidden, has_lengths, reverse, seed):
    lengths = np.random.default_rng(seed).integers(1, steps + 1, n) if has_lengths else None
    values = sample(name, steps, n, 2, hidden, seed)
    actual = value_and_two_derivatives(fused(name, lengths, reverse), values)
    for value, expected in zip(actual, value_and_two_derivatives(step_by_step(name, lengths, reverse), values)):
        np.testing.assert_allclose(value, expected, rtol=1e-8, atol=1e-9 * max(1, abs(expected).max()))


@each_recurrence
@pytest.mark.parametrize("lengths", [None, [3, 1, 2]], ids=["full", "lengths"])
@pytest.mark.parametrize("reverse", [False, True], ids=["forward", "reverse"])
def test_formulas_agree_with_finite_differences_to_second_order(name, lengths, reverse):
    inputs = [Tensor(value, requires_grad=True) for value in sample(name)]
    assert gradcheck(fused(name, lengths, reverse), inputs, order=2)


@each_recurrence
def test_third_order_agrees_with_finite_differences(name):
    assert gradcheck(fused(name), [Tensor(value, requires_grad=True) for value in sample(name, 2, 1, 1, 2)], order=3)


@each_recurrence
def test_steps_of_many_blocks_agree_with_the_cell(name):
    """The slopes of large steps are computed in several blocks."""
    values = sample(name, steps=5, n=300, inputs=2, hidden=64)
    grads = []
    for function in (fused(name, np.arange(300) % 5 + 1), step_by_step(name, np.arange(300) % 5 + 1)):
        inputs = [Tensor(value, requires_grad=True) for value in values]
        (function(*inputs) ** 2).sum().backward()
        grads.append([x.grad.numpy() for x in inputs])
    for value, expected in zip(*grads):
        np.testing.assert_allclose(value, expected, rtol=1e-9, atol=1e-9 * abs(expected).max())


@each_recurrence
def test_hessian_of_the_recurrent_weights_is_that_of_the_cell(name):
    values = sample(name, steps=2, n=2)
    actual, expected = (
        hessian(lambda w, f=function: (f(*values[:-3], w, *values[-2:]) ** 2).sum())(values[-3])
        for function in (fused(name), step_by_step(name))
    )
    np.testing.assert_allclose(actual, expected, rtol=1e-9, atol=1e-9)


@each_recurrence
def test_float32_stays_float32(name):
    inputs = [Tensor(value, requires_grad=True) for value in sample(name, dtype=np.float32)]
    out = fused(name)(*inputs)
    out.sum().backward()
    assert {out.dtype, *(x.grad.dtype for x in inputs)} == {np.dtype(np.float32)}


@each_recurrence
def test_only_inputs_that_require_gradients_receive_them(name):
    count = len(sample(name))
    for learned in range(count):
        inputs = [Tensor(value, requires_grad=i == learned) for i, value in enumerate(sample(name))]
        fused(name)(*inputs).sum().backward()
        assert [x.grad is not None for x in inputs] == [i == learned for i in range(count)]


@each_recurrence
def test_inputs_are_not_changed_and_gradients_share_no_memory(name):
    values = sample(name)
    inputs = [Tensor(value, requires_grad=True) for value in values]
    fused(name)(*inputs).sum().backward()
    for value, expected in zip(values, sample(name)):
        np.testing.assert_array_equal(value, expected)
    grads = [x.grad.data for x in inputs]
    assert not any(np.shares_memory(a, b) for i, a in enumerate(grads) for b in grads[:i])


@each_recurrence
def test_inputs_may_have_any_memory_order(name):
    x, *rest = sample(name)
    expected = fused(name)(Tensor(x), *rest).numpy()
    for turned in (np.asfortranarray(x), np.swapaxes(np.ascontiguousarray(np.swapaxes(x, 0, 1)), 0, 1)):
        np.testing.assert_allclose(fused(name)(Tensor(turned), *rest).numpy(), expected, rtol=1e-12, atol=1e-14)


@each_recurrence
@pytest.mark.parametrize("lengths", [None, []], ids=["full", "lengths"])
def test_empty_batch(name, lengths):
    inputs = [Tensor(value, requires_grad=True) for value in sample(name, n=0)]
    out = fused(name, lengths)(*inputs)
    assert out.shape[1:] == (0, 2)
    out.sum().backward()
    assert [x.grad.shape for x in inputs] == [x.shape for x in inputs]
    assert all((x.grad.numpy() == 0).all() for x in inputs)


@each_recurrence
def test_large_inputs_saturate_without_overflow(name):
    x, *rest = sample(name)
    with np.errstate(all="raise", under="ignore"):
        out = fused(name)(Tensor(1e4 * x, requires_grad=True), *rest)
        out.sum().backward()
    assert np.isfinite(out.numpy()).all()


@each_recurrence
@pytest.mark.parametrize(
    ("lengths", "error", "message"),
    [
        ([3, 4, 1], DataError, "got the length 4, expected 1 to 3"),
        ([3, 0, 1], DataError, "got the length 0, expected 1 to 3"),
        ([3, -1, 1], DataError, "got the length -1, expected 1 to 3"),
        ([3, 1], ShapeError, r"got lengths of shape \(2,\), expected one for each of the 3 sequences"),
        ([1.0, 2.0, 3.0], DataError, "got lengths of float64, expected integers"),
        ([True, True, True], DataError, "got lengths of bool, expected integers"),
    ],
)
def test_lengths_that_do_not_fit_are_refused(name, lengths, error, message):
    with pytest.raises(error, match=f"^{name.split()[0]}: {message}"):
        fused(name, lengths)(*sample(name))


@each_recurrence
def test_shapes_that_do_not_fit_are_refused(name):
    function, _, gates, states = RECURRENCES[name]
    short = name.split()[0]
    x, *rest = sample(name)
    hx, weights = rest[:states], rest[states:]
    hx = hx if states > 1 else hx[0]
    with pytest.raises(ShapeError, match=rf"^{short}: got an input of shape \(3, 3, 5\), expected \(steps, n, 2\)"):
        function(np.ones((3, 3, 5)), hx, *weights)
    with pytest.raises(ShapeError, match=rf"^{short}: got an input of shape \(0, 3, 2\), .* with 1 step or more"):
        function(x[:0], hx, *weights)
    with pytest.raises(ShapeError, match=rf"^{short}: got an initial state of shape \(3, 2\), expected \(1, 2\)"):
        function(x[:, :1], hx, *weights)
    with pytest.raises(ShapeError, match=rf"^{short}: got a bias of shape \(1,\), expected \({2 * gates},\)"):
        function(x, hx, *weights[:3], np.ones(1))
    with pytest.raises(ShapeError, match=rf"^{short}: got weights .* \(hidden, {gates} · hidden\)"):
        function(x, hx, weights[0], np.ones((3, 2)))


def test_another_nonlinearity_is_refused():
    with pytest.raises(ValueError, match="rnn: nonlinearity must be 'tanh' or 'relu', not 'sigmoid'"):
        F.rnn(np.ones((2, 1, 1)), None, np.ones((1, 1)), np.ones((1, 1)), nonlinearity="sigmoid")


def test_functions_take_lists():
    out, (h, _) = nn.functional.lstm([[[1.0]]], None, np.ones((1, 4)), np.ones((1, 4)))
    assert out.tolist() == [h.tolist()]
