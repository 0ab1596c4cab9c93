"""Jacobians: all rows at once are the rows one by one."""

import numpy as np
import pytest

import autograd
from autograd import Tensor, gradients, jacobian, operation
from autograd.transforms.batched_gradient import BatchedGradient

rng = np.random.default_rng(0)
SQUARE = rng.normal(size=(6, 6)) + 6 * np.eye(6)
STACK = rng.normal(size=(2, 3, 4))

FUNCTIONS = {
    "matrix times vector": lambda x: np.tanh(SQUARE @ x),
    "vector times matrix": lambda x: np.exp(x @ SQUARE / 9) * np.sin(x).sum(),
    "matrix products": lambda x: (x.reshape(2, 3) @ SQUARE[:3, :2]).T @ x.reshape(2, 3),
    "stacks of matrices": lambda x: x.reshape(1, 2, 3) @ STACK,
    "vector times stack": lambda x: x[:3] @ STACK,
    "reductions": lambda x: (x - x.mean()) / x.std() * np.linalg.norm(x.reshape(2, 3), axis=0).sum(),
    "shapes": lambda x: np.swapaxes(np.expand_dims(x.reshape(3, 2), 1), 0, 2).transpose(2, 0, 1) ** 2,
    "broadcasting": lambda x: x[:, None] * x + np.ones((2, 1, 1)),
    "slices": lambda x: np.concatenate([x[:3] * x[3:], x[::-2] ** 2, x[..., :2]]),
    "elements taken twice": lambda x: np.sort(x)[np.arange(12) % 5] * x[[0]],
    "index arrays apart": lambda x: x.reshape(1, 2, 3)[[0, 0], :, [2, 2]],
    "mask": lambda x: x[x.data > 0] * x.sum(),
    "branches": lambda x: np.where(x > 0, x, 0.1 * x) + np.maximum(x, 0.2) + autograd.relu(x),
    "scans": lambda x: np.cumsum(x * x) + np.cumsum(x.reshape(2, 3), axis=1).reshape(-1) + np.flip(x),
    "shifts": lambda x: np.roll(x * x, 1) + np.roll(np.roll(x.reshape(2, 3), 4), (1, -1), [0, 1]).reshape(-1),
    "linear algebra": lambda x: np.linalg.solve(SQUARE, x) + np.linalg.inv(SQUARE * x)[0],
    "einsum": lambda x: np.einsum("i,ij,j->j", x, SQUARE, x),
    "one number": lambda x: x.sum() ** 2,
    "an unused branch": lambda x: x[:0] * 2,
}


def one_by_one(f, x):
    t = Tensor(x, requires_grad=True)
    out = f(t)
    if not out.requires_grad or out.size == 0:
        return np.zeros((*out.shape, *t.shape))
    weights = np.eye(out.size).reshape(-1, *out.shape)
    rows = [gradients([out], [t], [weight], retain_graph=True)[0].numpy() for weight in weights]
    return np.reshape(rows, (*out.shape, *t.shape))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_all_rows_at_once(name):
    passes = []

    @operation(lambda g: passes.append(g) or g)
    def count_backward_passes(x, /):
        return +x

    f, x = FUNCTIONS[name], rng.normal(size=6)
    np.testing.assert_allclose(jacobian(lambda x: f(count_backward_passes(x)))(x), one_by_one(f, x), rtol=1e-12, atol=1e-14)
    assert len(passes) <= 1  # none if the result is empty


def test_independent_of_x():
    with pytest.warns(UserWarning, match="independent of input"):
        assert jacobian(lambda x: Tensor(np.ones(3)) * 2)(np.ones(6)).tolist() == np.zeros((3, 6)).tolist()


def test_a_matrix_by_a_matrix():
    x = rng.normal(size=(2, 3))
    result = jacobian(lambda x: x @ x.T)(x)
    assert result.shape == (2, 2, 2, 3)
    np.testing.assert_allclose(result, one_by_one(lambda x: x @ x.T, x))


def test_few_rows_at_a_time(monkeypatch):
    monkeypatch.setattr(autograd.transforms.jacobian, "CACHE_ELEMENTS", 40)  # 40 // 6: six rows at once, of eight
    monkeypatch.setattr(autograd.transforms.jacobian, "MIN_BATCH", 1)
    f = lambda x: np.concatenate([x, x[:2] * 2])
    np.testing.assert_array_equal(jacobian(f)(np.ones(6)), one_by_one(f, np.ones(6)))


def test_single_precision_stays():
    assert jacobian(lambda x: np.tanh(x) * 2)(np.ones(3, np.float32)).dtype == np.float32


def test_formulas_that_take_only_single_gradients():
    @operation(lambda g, x: 2 * x * np.array([float(v) for v in np.asarray(g)]))
    def square(x, /):
        return x * x

    np.testing.assert_array_equal(jacobian(square)(np.array([1.0, 2.0])), np.diag([2.0, 4.0]))


def test_no_trace_is_left_in_graphs_that_the_function_uses():
    w = Tensor([1.0, 2.0], requires_grad=True)
    shared = w * 3
    jacobian(lambda x: x * shared)(np.ones(2))
    assert not isinstance(getattr(shared._node, "gradient", None), BatchedGradient)
    assert w.grad is None
    shared.sum().backward()
    np.testing.assert_array_equal(w.grad.numpy(), [3.0, 3.0])


def test_rows_are_not_taken_for_an_array():
    rows = BatchedGradient(np.eye(3))
    for use in (bool, np.asarray, iter, float):
        with pytest.raises(TypeError):
            use(rows)
