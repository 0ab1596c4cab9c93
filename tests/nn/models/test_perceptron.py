import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import nn
from autograd import DataError, ShapeError, Tensor

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
GATES = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "and not": [0, 0, 1, 0], "nand": [1, 1, 1, 0], "never": [0, 0, 0, 0]}


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("lr", [1, 0.1])
def test_linearly_separable_gates_are_learned(gate, lr):
    unit = nn.Perceptron(2)
    learned = unit.fit(CORNERS, GATES[gate], lr=lr)
    assert learned.converged
    assert learned.mistakes == 0
    assert unit(CORNERS).flatten().tolist() == GATES[gate]


@pytest.mark.parametrize("epochs", [0, 1, 7, 100])
def test_xor_does_not_converge(epochs):
    unit = nn.Perceptron(2)
    learned = unit.fit(CORNERS, [0, 1, 1, 0], epochs=epochs)
    assert not learned.converged
    assert learned.epochs == epochs
    assert learned.mistakes == (unit(CORNERS).flatten().data != [0, 1, 1, 0]).sum() > 0


@settings(max_examples=25)
@given(seed=st.integers(0, 1000), features=st.integers(1, 4))
def test_linearly_separable_classes_are_learned(seed, features):
    rng = np.random.default_rng(seed)
    normal, x = rng.normal(size=features), rng.uniform(-1, 1, (60, features))
    distance = x @ normal / np.linalg.norm(normal) + 0.1
    x, y = x[abs(distance) > 0.1], distance[abs(distance) > 0.1] > 0
    unit = nn.Perceptron(features)
    assert unit.fit(x, y, epochs=100_000).converged
    assert (unit(x).flatten().data == y).all()


def test_one_epoch_is_the_rule_of_the_lecture():
    """Δw = η Σ (y − ŷ) x, where the bias is the weight of a constant input 1."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 3)), rng.integers(0, 2, 20)
    unit = nn.Perceptron(3, init="normal", rng=1)
    weight, predicted = unit.weight.data.copy(), unit(x).flatten().data
    unit.fit(x, y, lr=0.5, epochs=1)
    change = 0.5 * sum((y[i] - predicted[i]) * x[i] for i in range(20))
    np.testing.assert_allclose(unit.weight.data[:, 0], weight[:, 0] + change, rtol=1e-12)
    np.testing.assert_allclose(unit.bias.data, 0.5 * (y - predicted).sum(), rtol=1e-12)


def test_the_rule_is_a_gradient_step_on_the_scores():
    """The rule is a gradient descent step on the cost Σ (ŷ − y) s with constant ŷ − y."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 3)), rng.integers(0, 2, (20, 2))
    by_rule, by_gradient = (nn.Perceptron(3, 2, init="normal", rng=1) for _ in range(2))
    by_rule.fit(x, y, lr=0.1, epochs=1)
    ((by_gradient(x).detach() - y) * by_gradient.scores(x)).sum().backward()
    for ours, p in zip(by_rule.parameters(), by_gradient.parameters()):
        np.testing.assert_allclose(ours.data, p.data - 0.1 * p.grad.data, rtol=1e-12)


def test_scores_learn_by_gradient_and_any_loss():
    unit = nn.Perceptron(2)
    for _ in range(100):
        unit.zero_grad()
        (np.log1p(np.exp(unit.scores(CORNERS))) - unit.scores(CORNERS) * [[0], [0], [0], [1]]).sum().backward()
        for p in unit.parameters():
            p.data = p.data - p.grad.data
    assert unit(CORNERS).flatten().tolist() == GATES["and"]


def test_the_step_is_1_from_the_threshold_on():
    unit = nn.Perceptron(1)
    unit.load_state_dict({"weight": [[1.0]], "bias": [-10.0]})
    assert unit([[9.9], [10.0], [10.1]]).tolist() == [[0.0], [1.0], [1.0]]
    assert not unit([[9.9]]).requires_grad
    assert unit.scores([[9.9]]).requires_grad


def test_several_outputs_learn_at_once():
    unit = nn.Perceptron(2, 2)
    y = np.stack([GATES["and"], GATES["or"]], axis=1)
    assert unit.fit(CORNERS, y).converged
    assert unit(CORNERS).tolist() == y.tolist()


def test_fit_without_mistakes_keeps_the_weights():
    unit = nn.Perceptron(2)
    unit.fit(CORNERS, GATES["or"])
    before = unit.state_dict()
    again = unit.fit(CORNERS, GATES["or"])
    assert (again.converged, again.epochs) == (True, 0)
    assert all((unit.state_dict()[name] == value).all() for name, value in before.items())


@pytest.mark.parametrize("y", [[0, 1, 1, 1], [False, True, True, True], np.array([0.0, 1, 1, 1]), Tensor([[0], [1], [1], [1]])])
def test_labels_may_have_any_dtype(y):
    assert nn.Perceptron(2).fit(CORNERS.tolist(), y).converged


def test_float32_stays_float32(single_precision):
    unit = nn.Perceptron(2)
    unit.fit(CORNERS, GATES["and"])
    assert {p.dtype for p in unit.parameters()} == {np.dtype(np.float32)}
    assert unit(CORNERS.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("y", [[0, 1], np.zeros((4, 2)), np.zeros((4, 1, 1))])
def test_labels_of_another_shape_are_rejected(y):
    with pytest.raises(ShapeError, match=rf"^Perceptron: .*\(4, 2\).*{np.shape(y)[-1]}.*\(n, 2\) and \(n, 1\)"):
        nn.Perceptron(2).fit(CORNERS, y)


@pytest.mark.parametrize("y", [[-1, 1, 1, 1], [0, 1, 2, 0], [0.5, 0, 0, 1]])
def test_labels_other_than_0_and_1_are_rejected_without_a_change(y):
    unit = nn.Perceptron(2)
    with pytest.raises(DataError, match=r"^Perceptron: labels must be 0 or 1, not (-1|2|0\.5)"):
        unit.fit(CORNERS, y)
    assert not unit.weight.data.any()


@pytest.mark.parametrize(("x", "y"), [(CORNERS, ["no", "no", "no", "yes"]), ([["a", "b"]], [1])])
def test_examples_and_labels_are_numbers(x, y):
    with pytest.raises(DataError, match=r"^Perceptron: expected numbers, got"):
        nn.Perceptron(2).fit(x, y)


def test_another_number_of_features_is_rejected_by_path():
    with pytest.raises(ShapeError, match=r"^Perceptron '0': .*\(4, 2\).*3"):
        nn.Sequential(nn.Perceptron(3))(CORNERS)


@pytest.mark.parametrize("options", [{"lr": 0}, {"lr": -1}, {"epochs": -1}])
def test_invalid_options_are_rejected(options):
    with pytest.raises(ValueError, match=rf"{next(iter(options))}.*{next(iter(options.values()))}"):
        nn.Perceptron(2).fit(CORNERS, GATES["and"], **options)


def test_sizes_below_one_are_rejected():
    with pytest.raises(ValueError, match=r"Perceptron.*0"):
        nn.Perceptron(0)


def test_repr_shows_the_sizes():
    assert repr(nn.Perceptron(2)) == "Perceptron(2, 1)"
