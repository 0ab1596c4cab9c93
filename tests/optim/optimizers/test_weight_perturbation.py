import numpy as np
import pytest

import nn
from autograd import Tensor
from optim import SGD, WeightPerturbation

XOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
LABELS = np.array([[0.0], [1.0], [1.0], [0.0]])


def evaluations_to_learn_xor(make, seed, goal=0.01, most=10_000):
    """Evaluations of the loss until it is below the goal; a gradient counts as three."""
    model = nn.Sequential(nn.Linear(2, 16, rng=seed), nn.Tanh(), nn.Linear(16, 1, rng=seed + 100))
    optimizer = make(model.parameters(), seed)
    learns_by_gradient = isinstance(optimizer, SGD)

    def closure():
        loss = ((model(XOR) - LABELS) ** 2).mean()
        if learns_by_gradient:
            optimizer.zero_grad()
            loss.backward()
        return loss

    for used in range(0, most, 3 if learns_by_gradient else 2):
        if optimizer.step(closure).item() < goal:
            return used
    return most


def test_perturbation_needs_many_times_the_evaluations_of_backprop():
    # each at the best of several rates and scales
    makers = {
        "backprop": lambda p, seed: SGD(p, lr=0.3, momentum=0.9),
        "one weight at a time": lambda p, seed: WeightPerturbation(p, scale=1.0, rng=seed),
        "all at once": lambda p, seed: WeightPerturbation(p, lr=0.03, scale=0.01, at_once=True, rng=seed),
    }
    evaluations = {name: max(evaluations_to_learn_xor(make, seed) for seed in range(3)) for name, make in makers.items()}
    print("XOR to a loss of 0.01, evaluations:", evaluations)
    assert 5 * evaluations["backprop"] < min(evaluations["one weight at a time"], evaluations["all at once"])
    assert max(evaluations.values()) < 10_000


def test_one_weight_changes_in_a_step_and_never_for_the_worse():
    w = Tensor(np.linspace(-1, 1, 6).reshape(2, 3), requires_grad=True)
    optimizer = WeightPerturbation([w], scale=0.5, rng=0)
    losses = []
    for _ in range(100):
        before = w.numpy().copy()
        losses.append(optimizer.step(lambda: (w * w).sum()).item())
        assert np.count_nonzero(w.data != before) <= 1
    assert (np.diff(losses) <= 0).all()
    assert losses[-1] < 0.1 * losses[0]


def test_change_that_does_not_help_is_undone_exactly():
    w = Tensor(np.full(5, 1e9), requires_grad=True)
    optimizer = WeightPerturbation([w], scale=1e-3, rng=0)
    optimizer.step(lambda: Tensor(1.0))
    assert w.tolist() == [1e9] * 5


def test_expected_step_of_at_once_is_that_of_gradient_descent():
    start, slope = np.array([1.0, -2.0, 0.5]), np.array([2.0, 1.0, -3.0])
    steps = []
    w = Tensor(start, requires_grad=True)
    optimizer = WeightPerturbation([w], lr=0.1, scale=0.2, at_once=True, rng=0)
    for _ in range(4000):
        w.data = start.copy()
        optimizer.step(lambda: (w * slope).sum())
        steps.append(w.numpy() - start)
    np.testing.assert_allclose(np.mean(steps, axis=0), -0.1 * slope, atol=0.03)


def test_step_with_a_nan_loss_is_undone():
    w = Tensor([1.0, 2.0], requires_grad=True)
    for at_once in (False, True):
        losses = iter([1.0, float("nan")])
        WeightPerturbation([w], at_once=at_once, rng=0).step(lambda losses=losses: next(losses))
        assert w.tolist() == [1.0, 2.0]


def test_two_evaluations_in_a_step():
    calls = []
    w = Tensor([1.0], requires_grad=True)
    optimizer = WeightPerturbation([w], rng=0)
    for _ in range(3):
        optimizer.step(lambda: calls.append(1) or 1.0)
    assert len(calls) == optimizer.evaluations == 6


@pytest.mark.parametrize("at_once", [False, True])
def test_training_continues_identically_from_a_state_dict(at_once):
    w = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    optimizer = WeightPerturbation([w], at_once=at_once, rng=0)
    optimizer.step(lambda: (w * w).sum())
    v = Tensor(w.numpy().copy(), requires_grad=True)
    other = WeightPerturbation([v], at_once=at_once, rng=5)
    other.load_state_dict(optimizer.state_dict())
    for _ in range(5):
        optimizer.step(lambda: (w * w).sum())
        other.step(lambda: (v * v).sum())
    assert w.tolist() == v.tolist()
    assert other.evaluations == 12


def test_state_without_its_generator_is_refused():
    w = Tensor([1.0], requires_grad=True)
    state = WeightPerturbation([w], lr=0.5, rng=0).state_dict()
    del state["rng"]
    other = WeightPerturbation([w], rng=0)
    with pytest.raises(ValueError, match="one for rng"):
        other.load_state_dict(state)
    assert other.lr == 0.01


@pytest.mark.parametrize(("closure", "message"), [(None, "takes a closure"), (lambda: None, "must return the loss")])
def test_wrong_closures_are_refused(closure, message):
    with pytest.raises(TypeError, match=message):
        WeightPerturbation([Tensor([1.0], requires_grad=True)], rng=0).step(closure)
