"""The logical gates are learned, in every way a student may write it."""

import numpy as np
import pytest

import nn
from autograd import Tensor, no_grad
from nn.metrics import accuracy
from optim import SGD, Batch, MiniBatch, Stochastic, fit
from tests.optim.small_problems import AND, CORNERS, LINE, OR, XOR


def halves(prediction, target):
    """Share of predictions on the side of ½ where the target is."""
    return float(((prediction > 0.5) == (target > 0.5)).mean())


@pytest.mark.parametrize("gate", [AND, OR])
def test_single_linear_unit_learns_and_or(gate):
    unit = nn.Linear(2, 1, rng=0)
    fit(unit, nn.MSELoss(), (CORNERS, gate[:, None].astype(float)), epochs=200, batching=Batch())
    assert halves(unit(CORNERS).numpy(), gate[:, None]) == 1.0


@pytest.mark.parametrize("seed", range(5))
def test_no_linear_unit_learns_xor(seed):
    unit = nn.Linear(2, 2, rng=seed)
    history = fit(unit, nn.CrossEntropyLoss(), (CORNERS, XOR), epochs=100, metrics={"accuracy": accuracy}, rng=seed)
    assert max(history["accuracy"]) <= 0.75


def update_in_no_grad(parameters):
    with no_grad():
        for p in parameters:
            p -= 0.1 * p.grad


def update_of_data(parameters):
    for p in parameters:
        p.data -= 0.1 * p.grad.data


def update_of_data_by_a_tensor(parameters):
    for p in parameters:
        p.data -= 0.1 * p.grad


def update_by_optimizer(parameters):
    SGD(parameters, lr=0.1).step()


UPDATES = [update_in_no_grad, update_of_data, update_of_data_by_a_tensor, update_by_optimizer]


def learn_xor_by_tensors(update, epochs):
    rng = np.random.default_rng(0)
    parameters = [Tensor(rng.normal(size=shape), requires_grad=True) for shape in ((2, 8), (8,), (8, 1), (1,))]
    w1, b1, w2, b2 = parameters
    for _ in range(epochs):
        out = (CORNERS @ w1 + b1).tanh() @ w2 + b2
        loss = ((out - XOR[:, None]) ** 2).mean()
        for p in parameters:
            p.zero_grad()
        loss.backward()
        update(parameters)
    return out.numpy(), parameters


@pytest.mark.parametrize("update", UPDATES)
def test_tensors_alone_learn_xor(update):
    out, _ = learn_xor_by_tensors(update, epochs=1000)
    np.testing.assert_allclose(out, XOR[:, None], atol=0.1)


@pytest.mark.parametrize("update", UPDATES[1:])
def test_all_ways_to_write_the_update_are_the_same(update):
    _, expected = learn_xor_by_tensors(update_in_no_grad, epochs=20)
    _, trained = learn_xor_by_tensors(update, epochs=20)
    for p, q in zip(trained, expected):
        np.testing.assert_allclose(p.data, q.data, rtol=1e-13)


def test_scalar_parameters_learn_by_hand():
    w, b = Tensor(0.0, requires_grad=True), Tensor(0.0, requires_grad=True)
    for _ in range(200):
        loss = ((LINE * w + b - (3 * LINE + 1)) ** 2).mean()
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        with no_grad():
            w -= 0.5 * w.grad
        b.data -= 0.5 * b.grad.data
    assert w.item() == pytest.approx(3)
    assert b.item() == pytest.approx(1)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_model_and_optimizer_in_a_hand_written_loop_learn_xor(momentum):
    model, loss = nn.MLP([2, 8, 2], activation="tanh", rng=0), nn.CrossEntropyLoss()
    optimizer = SGD(model.parameters(), lr=0.2, momentum=momentum)
    for _ in range(300):
        optimizer.zero_grad()
        loss(model(CORNERS), XOR).backward()
        optimizer.step()
    assert model(CORNERS).numpy().argmax(axis=1).tolist() == XOR.tolist()


@pytest.mark.parametrize("batching", [Batch(), MiniBatch(2), Stochastic()])
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_fit_learns_xor(batching, activation):
    model = nn.MLP([2, 16, 2], activation=activation, rng=1)
    data = (np.tile(CORNERS, (5, 1)), np.tile(XOR, 5))
    fit(model, nn.CrossEntropyLoss(), data, epochs=400, batching=batching, rng=0)
    assert model(CORNERS).numpy().argmax(axis=1).tolist() == XOR.tolist()


def test_anything_with_parameters_can_be_trained():
    class Line:
        slope = Tensor(0.0, requires_grad=True)

        def parameters(self):
            return iter([self.slope])

        def __call__(self, x):
            return self.slope * x

    fit(Line(), nn.MSELoss(), (LINE, 2 * LINE), epochs=50, batching=Batch())
    assert Line.slope.item() == pytest.approx(2, abs=0.1)
