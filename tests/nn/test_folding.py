import copy

import numpy as np
import pytest

import nn
from autograd.core.graph import nodes


def trained(model, shape, seed=0):
    """A model with random parameters and statistics, and an input."""
    rng = np.random.default_rng(seed)
    for name, tensor in [*model.named_parameters(), *model.named_buffers()]:
        low, high = (0.2, 3) if name.endswith("var") else (-2, 2)
        tensor.data = rng.uniform(low, high, tensor.shape).astype(tensor.dtype)
    return model, rng.normal(size=shape)


def class_names(model):
    return [type(module).__name__ for module in model.modules() if not isinstance(module, nn.Sequential)]


def norms(model):
    return sum(name.startswith("BatchNorm") for name in class_names(model))


def assert_same_in_evaluation(folded, model, x):
    expected = copy.deepcopy(model).eval()(x).data
    actual = folded(x).data
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-12 * abs(expected).max())


FOLDABLE = {
    "mlp": lambda: nn.MLP([4, 5, 6, 3], batch_norm=True),
    "mlp with dropout": lambda: nn.MLP([4, 5, 6, 3], "tanh", batch_norm=True, dropout=0.5),
    "no bias": lambda: nn.Sequential(nn.Linear(4, 5, bias=False), nn.BatchNorm1d(5)),
    "no weights": lambda: nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5, affine=False)),
    "eps": lambda: nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5, eps=0.5)),
    "before": lambda: nn.Sequential(nn.BatchNorm1d(4), nn.Linear(4, 5), nn.Tanh()),
    "before, no bias": lambda: nn.Sequential(nn.BatchNorm1d(4), nn.Linear(4, 5, bias=False)),
    "behind an activation": lambda: nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.BatchNorm1d(5), nn.Linear(5, 2)),
    "twice": lambda: nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.BatchNorm1d(5)),
    "on both sides": lambda: nn.Sequential(nn.BatchNorm1d(4), nn.Linear(4, 5), nn.BatchNorm1d(5)),
    "nested": lambda: nn.Sequential(
        nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.ReLU()),
        nn.Sequential(nn.Sequential(nn.BatchNorm1d(5))),
        nn.Linear(5, 2),
    ),
    "opens a nested one": lambda: nn.Sequential(
        nn.Sequential(nn.Tanh(), nn.Linear(4, 5)), nn.Sequential(nn.BatchNorm1d(5), nn.ReLU())
    ),
    "across dropout": lambda: nn.Sequential(nn.Linear(4, 5), nn.Dropout(0.5), nn.BatchNorm1d(5)),
}


@pytest.mark.parametrize("make", FOLDABLE.values(), ids=FOLDABLE)
def test_folded_model_has_no_norms_and_the_same_outputs(make):
    model, x = trained(make(), (7, 4))
    folded = nn.fold_batch_norm(model)
    assert norms(model) > 0
    assert norms(folded) == 0
    assert len(class_names(folded)) == len(class_names(model)) - norms(model)
    assert_same_in_evaluation(folded, model, x)


def operations(model, x):
    return sum(node.operation is not None for node in nodes([model(x)._node]))


@pytest.mark.parametrize("make", FOLDABLE.values(), ids=FOLDABLE)
def test_folded_model_has_fewer_operations(make):
    model, x = trained(make(), (1, 4))
    folded = nn.fold_batch_norm(model)
    assert operations(folded, x) < operations(model.eval(), x)
    assert nn.summary(folded, 4).multiply_adds < nn.summary(model, 4).multiply_adds


def test_the_formula_of_the_lecture():
    model, _ = trained(nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)), (1, 3))
    linear, norm = model
    folded = nn.fold_batch_norm(model)[0]
    scale = norm.weight.data / np.sqrt(norm.running_var.data + norm.eps)
    np.testing.assert_allclose(folded.weight.data, linear.weight.data * scale, rtol=1e-12)
    shift = (linear.bias.data - norm.running_mean.data) * scale + norm.bias.data
    np.testing.assert_allclose(folded.bias.data, shift, rtol=1e-12)


class Block(nn.Module):
    def __init__(self):
        self.body = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Tanh())
        self.norm = nn.BatchNorm1d(4)

    def forward(self, x):
        return self.norm(x + self.body(x))


class Backwards(nn.Sequential):
    def forward(self, x):
        for layer in reversed(self.layers):
            x = layer(x)
        return x


class Doubling(nn.Linear):
    def forward(self, x):
        return 2 * super().forward(x)


shared = nn.Linear(4, 4, rng=0)
shared_norm = nn.BatchNorm1d(4)
STAYS = {
    "between activations": (lambda: nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.BatchNorm1d(5), nn.Tanh()), 1),
    "alone": (lambda: nn.Sequential(nn.BatchNorm1d(4)), 1),
    "the whole model": (lambda: nn.BatchNorm1d(4), 1),
    "attribute of a module": (Block, 1),
    "inside a module": (lambda: nn.Sequential(nn.Linear(4, 4), Block(), nn.Linear(4, 2)), 1),
    "other order": (lambda: Backwards(nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 4)), 1),
    "own forward": (lambda: nn.Sequential(Doubling(4, 5), nn.BatchNorm1d(5)), 1),
    "perceptron": (lambda: nn.Sequential(nn.Perceptron(4, 5), nn.BatchNorm1d(5)), 1),
    "shared linear": (lambda: nn.Sequential(shared, nn.BatchNorm1d(4), nn.Tanh(), shared), 1),
    "shared norm": (lambda: nn.Sequential(nn.Linear(4, 4), shared_norm, nn.Linear(4, 4), shared_norm), 1),
    "classic dropout": (lambda: nn.Sequential(nn.Linear(4, 5), nn.Dropout(0.5, inverted=False), nn.BatchNorm1d(5)), 1),
    "nothing to fold": (lambda: nn.MLP([4, 5, 2]), 0),
}


@pytest.mark.parametrize(("make", "left"), STAYS.values(), ids=STAYS)
def test_other_norms_are_not_folded(make, left):
    model, x = trained(make(), (7, 4))
    folded = nn.fold_batch_norm(model)
    assert norms(folded) == left
    assert_same_in_evaluation(folded, model, x)


def test_images_keep_their_norms():
    model, x = trained(nn.Sequential(nn.BatchNorm2d(3), nn.ReLU()), (2, 3, 4, 4))
    folded = nn.fold_batch_norm(model)
    assert norms(folded) == 1
    assert_same_in_evaluation(folded, model, x)


def test_the_original_is_not_changed():
    model, _ = trained(nn.MLP([4, 5, 2], batch_norm=True), (7, 4))
    before, shown = model.state_dict(), repr(model)
    folded = nn.fold_batch_norm(model)
    assert repr(model) == shown
    assert model.state_dict().keys() == before.keys()
    assert all((model.state_dict()[name] == value).all() for name, value in before.items())
    assert all(module.training for module in model.modules())
    assert not any(module.training for module in folded.modules())
    folded[0].weight.data += 1
    assert (model[0].weight.data == before["0.weight"]).all()


def test_folded_model_still_learns():
    model, x = trained(nn.Sequential(nn.Linear(4, 5, bias=False), nn.BatchNorm1d(5)), (7, 4))
    folded = nn.fold_batch_norm(model)
    folded(x).sum().backward()
    assert [p.grad is not None for p in folded.parameters()] == [True, True]


def test_float32_stays_float32(single_precision):
    model, x = trained(nn.MLP([4, 5, 2], batch_norm=True), (7, 4))
    folded = nn.fold_batch_norm(model)
    assert {p.dtype for p in folded.parameters()} == {np.dtype(np.float32)}
    np.testing.assert_allclose(folded(x).data, model.eval()(x).data, rtol=1e-4, atol=1e-5)


def test_folding_twice_is_folding_once():
    model, _ = trained(nn.MLP([4, 5, 2], batch_norm=True), (7, 4))
    once = nn.fold_batch_norm(model)
    twice = nn.fold_batch_norm(once)
    assert repr(once) == repr(twice)
    assert all((a.data == b.data).all() for a, b in zip(once.parameters(), twice.parameters()))
