"""Operations whose forward functions the trace cannot look into are replayed as one call."""

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import Tensor, operation
from autograd.errors import ShapeError
from tests.autograd.compiler.training_steps import assert_same_training, step_of

SCRATCH = np.empty((5, 4))


@operation(lambda g, decay: decayed_sum(g[::-1], decay=decay)[::-1])
def decayed_sum(x, /, *, decay=0.5):
    """h_t = x_t + decay · h_{t-1}, written step by step into one array; its adjoint is the same from the last step on."""
    out = np.empty(x.shape)
    hidden = np.zeros(x.shape[1:])
    for t in range(len(x)):
        scaled = np.multiply(hidden, decay, out=SCRATCH[: x.shape[1], : x.shape[2]])
        hidden = x[t] + scaled
        out[t] = hidden
    return out


@operation(lambda g, n: g * n)
def repeated_sum(x, /, *, n=3):
    """x added to itself n times, in a scratch array that is written in place by array methods."""
    total = np.zeros(x.shape)
    for _ in range(n):
        total += x
    total.flat[0] += 0.0
    return total


@operation(lambda g, x: g * 2 * x)
def square_of_list(x, /):
    """x², computed from Python numbers."""
    return np.array([float(element) ** 2 for element in x.ravel().tolist()]).reshape(x.shape)


def recurrent():
    model = nn.Sequential(nn.Linear(6, 4, rng=0), nn.Linear(4, 3, rng=1))
    optimizer = optim.Adam(model.parameters(), lr=0.01)

    def step(x, y):
        optimizer.zero_grad()
        hidden = np.tanh(decayed_sum(model[0](x.reshape(4, 3, 6))))
        loss = nn.functional.cross_entropy(model[1](repeated_sum(hidden)).reshape(12, 3), y)
        loss.backward()
        optimizer.step()
        return loss

    return model, step


def test_a_scan_that_writes_slices_is_replayed():
    compiled = assert_same_training(recurrent)
    (replay,) = compiled._replays.values()
    opaque = [call.function.__name__ for call in replay._trace.needed_calls() if call.is_forward]
    assert opaque == ["decayed_sum", "repeated_sum", "decayed_sum"]
    attempts = [call for call in replay._trace.calls if call.function is np.multiply and 0.5 in call.args]
    assert not attempts  # the calls that were made before the operation was called as a whole


def test_a_forward_function_may_need_python_numbers():
    step, _ = step_of(lambda w, x: (square_of_list(w * x) * x).sum())
    compiled = autograd.compile(step)
    for k in range(6):
        x = np.array([k + 0.5, 2.0])
        assert compiled(x).item() == step(x).item()
    assert compiled.fallback_reason == ""


def test_a_forward_function_may_return_its_argument():
    same = operation(lambda g: g)(lambda x, /: np.asarray(x))

    def step(x):
        y = x * 2
        z = same(Tensor(y)).data
        y += 1
        return z * 1, x + 0.0

    compiled = autograd.compile(step)
    for k in range(6):
        for actual, expected in zip(compiled(np.full(3, k + 0.0)), step(np.full(3, k + 0.0))):
            np.testing.assert_array_equal(actual, expected)
    assert compiled.fallback_reason == ""


def test_a_result_of_another_shape_is_refused():
    positive = operation(lambda g: g)(lambda x, /: np.array([v for v in x.tolist() if v > 0]))
    compiled = autograd.compile(lambda x: positive(x * 1.0) * 2, audit=False)
    for _ in range(4):
        assert compiled(np.ones(3)).tolist() == [2.0] * 3
    with pytest.raises(ShapeError, match=r"shape \(1,\) in a replay, and \(3,\) when the step was recorded .*autograd.compile"):
        compiled(np.array([1.0, -1.0, -1.0]))
