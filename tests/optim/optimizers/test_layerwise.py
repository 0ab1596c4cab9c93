"""LARS, LAMB and Lion, which PyTorch lacks, against the recurrences of their papers."""

import numpy as np
import pytest

from autograd import Tensor
from optim import LAMB, LARS, SGD, Lion
from tests.optim.pytorch_pair import WEIGHTS

NORM = np.linalg.norm


def assert_follows(optimizer, parameters, update, steps=200):
    """Run the optimizer and the recurrence on the same quadratic, and compare the positions after every step."""
    centers = [np.cos(np.arange(p.size)).reshape(p.shape) for p in parameters]
    positions, states = [p.numpy().copy() for p in parameters], [{} for _ in parameters]
    for t in range(1, steps + 1):
        for i, (p, center) in enumerate(zip(parameters, centers)):
            p.grad = p.numpy() - center
            positions[i] = update(positions[i], positions[i] - center, states[i], t)
        optimizer.step()
        for p, position in zip(parameters, positions):
            np.testing.assert_allclose(p.data, position, rtol=1e-9, atol=1e-9)


def weight_tensors():
    return [Tensor(w, requires_grad=True) for w in WEIGHTS]


@pytest.mark.parametrize(("momentum", "decay", "trust"), [(0.9, 5e-4, 1e-3), (0.0, 0.0, 0.1), (0.5, 0.1, 0.01)])
def test_lars_follows_algorithm_1(momentum, decay, trust):
    def update(w, g, state, t):
        rate = trust * NORM(w) / (NORM(g) + decay * NORM(w))
        state["v"] = momentum * state.get("v", 0) + 0.5 * rate * (g + decay * w)
        return w - state["v"]

    parameters = weight_tensors()
    optimizer = LARS(parameters, lr=0.5, momentum=momentum, weight_decay=decay, trust_coefficient=trust)
    assert_follows(optimizer, parameters, update)


def test_lars_without_trust_is_sgd():
    ours, theirs = weight_tensors(), weight_tensors()
    optimizers = (
        LARS(ours, lr=0.1, momentum=0.9, weight_decay=0.1, trust_coefficient=None),
        SGD(theirs, lr=0.1, momentum=0.9, weight_decay=0.1),
    )
    for _ in range(20):
        for parameters, optimizer in zip((ours, theirs), optimizers):
            for p in parameters:
                p.grad = p.numpy() - 1
            optimizer.step()
    for p, q in zip(ours, theirs):
        np.testing.assert_allclose(p.data, q.data, rtol=1e-12)


def test_step_is_the_same_fraction_of_the_norm_of_each_tensor():
    for optimizer in (
        lambda p: LARS(p, lr=0.5, trust_coefficient=0.1, weight_decay=0),
        lambda p: LAMB(p, lr=0.05, weight_decay=0),
    ):
        a, b = Tensor([3.0, 4.0], requires_grad=True), Tensor([[30.0], [40.0]], requires_grad=True)
        a.grad, b.grad = [1e-2, 2e-2], [[1e5], [-3e5]]
        optimizer([a, b]).step()
        assert NORM(a.data - [3, 4]) == pytest.approx(0.25)
        assert NORM(b.data - [[30], [40]]) == pytest.approx(2.5)


@pytest.mark.parametrize("optimizer_class", [LARS, LAMB])
def test_weights_of_zero_move(optimizer_class):
    w = Tensor([0.0, 0.0], requires_grad=True)
    w.grad = [1.0, -1.0]
    optimizer_class([w], lr=0.1, weight_decay=0).step()
    np.testing.assert_allclose(w.data, [-0.1, 0.1], rtol=1e-5)


@pytest.mark.parametrize("optimizer_class", [LARS, LAMB])
def test_gradients_of_zero_keep_the_weights(optimizer_class):
    w = Tensor([1.0, 2.0], requires_grad=True)
    w.grad = [0.0, 0.0]
    optimizer_class([w], lr=0.1, weight_decay=0).step()
    assert w.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("dtype", "scale"), [(np.float32, 1e25), (np.float32, 1e-25), (np.float64, 1e200), (np.float64, 1e-200)]
)
def test_norms_are_right_where_squares_overflow_and_underflow(dtype, scale):
    w = Tensor(np.array([3 * scale, 4 * scale], dtype), requires_grad=True)
    w.grad = np.array([0, 5 * scale], dtype)
    LARS([w], lr=1.0, trust_coefficient=0.1, weight_decay=0).step()
    np.testing.assert_allclose(w.data / dtype(scale), [3.0, 3.5], rtol=1e-6)
    w.grad = np.array([1.0, 0.0], dtype)
    LAMB([w], lr=0.1, weight_decay=0).step()
    np.testing.assert_allclose(w.data / dtype(scale), [3.0 - 0.1 * np.hypot(3.0, 3.5), 3.5], rtol=1e-6)


@pytest.mark.parametrize(("betas", "decay"), [((0.9, 0.999), 0.01), ((0.8, 0.99), 0.0)])
def test_lamb_follows_algorithm_2(betas, decay):
    def update(w, g, state, t):
        state["m"] = betas[0] * state.get("m", 0) + (1 - betas[0]) * g
        state["v"] = betas[1] * state.get("v", 0) + (1 - betas[1]) * g**2
        r = state["m"] / (1 - betas[0] ** t) / (np.sqrt(state["v"] / (1 - betas[1] ** t)) + 1e-6)
        return w - 1e-3 * NORM(w) / NORM(r + decay * w) * (r + decay * w)

    parameters = weight_tensors()
    assert_follows(LAMB(parameters, lr=1e-3, betas=betas, weight_decay=decay), parameters, update)


@pytest.mark.parametrize(("betas", "decay"), [((0.9, 0.99), 0.0), ((0.8, 0.95), 0.1)])
def test_lion_follows_algorithm_2(betas, decay):
    def update(w, g, state, t):
        m = state.get("m", 0)
        state["m"] = betas[1] * m + (1 - betas[1]) * g
        return w - 1e-3 * (np.sign(betas[0] * m + (1 - betas[0]) * g) + decay * w)

    parameters = weight_tensors()
    assert_follows(Lion(parameters, lr=1e-3, betas=betas, weight_decay=decay), parameters, update)
