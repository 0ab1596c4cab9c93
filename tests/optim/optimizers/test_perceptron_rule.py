import numpy as np
import pytest

import nn
from autograd import Tensor
from optim import SGD, PerceptronRule

INPUTS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
GATES = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "x₁ ∧ ¬x₂": [0, 0, 1, 0]}


@pytest.mark.parametrize("labels", GATES.values(), ids=GATES)
def test_single_unit_learns_separable_gates(labels):
    unit = nn.Perceptron(2)
    rule = PerceptronRule(unit.parameters())
    wrong = [rule.step(lambda: (unit.scores(INPUTS), labels)) for _ in range(20)]
    assert wrong[-1] == 0
    assert unit(INPUTS).flatten().tolist() == labels


def test_rule_does_not_converge_for_xor():
    unit = nn.Perceptron(2)
    rule = PerceptronRule(unit.parameters())
    assert all(rule.step(lambda: (unit.scores(INPUTS), [0, 1, 1, 0])) for _ in range(200))


@pytest.mark.parametrize("labels", GATES.values(), ids=GATES)
def test_rule_takes_the_steps_of_perceptron_fit(labels):
    ours, theirs = nn.Perceptron(2), nn.Perceptron(2)
    rule = PerceptronRule(ours.parameters(), lr=0.5)
    for epochs in range(1, 6):
        rule.step(lambda: (ours.scores(INPUTS), labels))
        theirs = nn.Perceptron(2)
        theirs.fit(INPUTS, labels, lr=0.5, epochs=epochs)
        np.testing.assert_allclose(ours.weight.data, theirs.weight.data, atol=1e-12)
        np.testing.assert_allclose(ours.bias.data, theirs.bias.data, atol=1e-12)


def test_rule_is_gradient_descent_with_constant_predictions():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 3)), rng.integers(2, size=(20, 2))
    start = rng.normal(size=(3, 2))
    w, v = (Tensor(start, requires_grad=True) for _ in range(2))
    PerceptronRule([w], lr=0.1).step(lambda: (x @ w, y))
    error = y - (x @ start >= 0)
    np.testing.assert_allclose(w.data, start + 0.1 * x.T @ error, rtol=1e-12)
    (-(error * (x @ v)).sum()).backward()
    SGD([v], lr=0.1).step()
    np.testing.assert_allclose(w.data, v.data, rtol=1e-12)


@pytest.mark.parametrize(
    ("returned", "error", "message"),
    [
        (lambda w: w, TypeError, "scores, a tensor, and labels"),
        (lambda w: (w.numpy(), [1]), TypeError, "scores, a tensor, and labels"),
        (lambda w: (w * 1, [1, 0]), ValueError, "as many labels"),
        (lambda w: (w * 1, [-1]), ValueError, "0 or 1, not -1"),
    ],
)
def test_wrong_closures_are_refused(returned, error, message):
    w = Tensor([1.0], requires_grad=True)
    with pytest.raises(error, match=message):
        PerceptronRule([w]).step(lambda: returned(w))
    assert w.tolist() == [1.0]
