"""Functions that only move elements: views, Jacobians, compiled steps, refused modes."""

import numpy as np
import pytest

import autograd
from autograd import Tensor, UnsupportedError, gradcheck, hessian, jacobian, no_grad


@pytest.fixture
def x():
    return Tensor(np.random.default_rng(0).uniform(-2, 2, (2, 3)), requires_grad=True)


@pytest.mark.parametrize("values", [[2.0, 0.0, 3.0, 0.0], [0.0, 0.0], [5.0]])
def test_cumulative_product_with_zeros_to_third_order(values):
    gradcheck(np.cumprod, [Tensor(values, requires_grad=True)], order=3)


def test_padding_modes_that_compute_new_values_are_refused(x):
    with pytest.raises(UnsupportedError, match="'mean'"):
        np.pad(x, 1, mode="mean")


DIRECT = {
    "flip": lambda x: np.flip(x),
    "flip along an axis": lambda x: np.flip(x, -1),
    "roll": lambda x: np.roll(x, 4),
    "roll along axes": lambda x: np.roll(x, (1, -1), (0, 1)),
    "hstack": lambda x: np.hstack([x, 2 * x[:, :1]]),
    "hstack of vectors": lambda x: np.hstack([x[0], x[1], x[0, 0]]),
    "vstack": lambda x: np.vstack([x[0], x, 3 * x[:1]]),
    "rows of a tensor": lambda x: np.vstack(x) + np.hstack(x).reshape(2, 3),
}


def test_flip_is_a_view_as_in_numpy(x):
    out = np.flip(x, 0)
    assert np.shares_memory(out.numpy(), x.numpy())
    with no_grad():
        x[0, 0] = 7.0
    assert out.numpy()[1, 0] == 7
    out.sum().backward()
    assert x.grad.tolist() == [[1, 1, 1], [1, 1, 1]]


@pytest.mark.parametrize("name", DIRECT)
def test_jacobians_and_hessians_of_direct_movements(name, x):
    move, array = DIRECT[name], x.numpy()
    columns = [np.asarray(move(basis)).reshape(-1) for basis in np.eye(6).reshape(6, 2, 3)]
    np.testing.assert_array_equal(jacobian(move)(array).reshape(-1, 6), np.stack(columns, 1))
    np.testing.assert_allclose(
        hessian(lambda x: (move(x) ** 2).sum() / 2)(array).reshape(6, 6), np.array(columns) @ np.transpose(columns), atol=1e-15
    )


@pytest.mark.parametrize("name", DIRECT)
def test_compiled_steps_with_direct_movements(name, x):
    def step(array):
        x.zero_grad()
        loss = (np.tanh(DIRECT[name](x)) ** 2).sum() * array
        loss.backward()
        return loss

    compiled = autograd.compile(step)
    for factor in np.arange(1.0, 5.0):
        expected, gradient = step(factor).numpy(), x.grad.numpy().copy()
        np.testing.assert_array_equal(compiled(factor).numpy(), expected)
        np.testing.assert_array_equal(x.grad.numpy(), gradient)
    assert compiled.fallback_reason == ""
