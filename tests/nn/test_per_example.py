"""Gradients of single examples in one pass equal those of a loop."""

import numpy as np
import pytest

import nn
from autograd import ShapeError, UnsupportedError, gradients


def one_at_a_time(model, loss, x, y):
    names, parameters = zip(*((name, p) for name, p in model.named_parameters() if p.requires_grad))
    rows = [gradients(loss(model(x[i : i + 1]), y[i : i + 1]).sum(), parameters) for i in range(len(x))]
    return {name: np.stack([row[i].numpy() for row in rows]) for i, name in enumerate(names)}


class Shared(nn.Module):
    """One layer called twice, on sequences, beside one that is not called."""

    def __init__(self):
        self.layer, self.unused = nn.Linear(3, 3), nn.Linear(2, 2)

    def forward(self, x):
        return np.tanh(self.layer(np.sin(self.layer(x))))


MODELS = {
    "mlp": (lambda: nn.MLP([3, 5, 4, 2], "gelu"), (6, 3), (6, 2)),
    "without bias": (lambda: nn.Sequential(nn.Linear(3, 4, bias=False), nn.Tanh(), nn.Linear(4, 2)), (6, 3), (6, 2)),
    "shared, sequences": (Shared, (4, 5, 3), (4, 5, 3)),
    "batch norm in evaluation": (
        lambda: nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4, affine=False), nn.Linear(4, 2)).eval(),
        (6, 3),
        (6, 2),
    ),
    "no examples": (lambda: nn.MLP([3, 5, 2]), (0, 3), (0, 2)),
}


@pytest.mark.parametrize("name", MODELS)
def test_equal_to_a_loop(name):
    make, *shapes = MODELS[name]
    model, rng = make(), np.random.default_rng(0)
    x, y = (rng.normal(size=shape) for shape in shapes)
    together = nn.per_example_gradients(model, nn.MSELoss(reduction="none"), x, y)
    if not len(x):
        assert {name: g.shape for name, g in together.items()} == {n: (0, *p.shape) for n, p in model.named_parameters()}
        return
    alone = one_at_a_time(model, nn.MSELoss(reduction="none"), x, y)
    assert list(together) == list(alone)
    for name, g in alone.items():
        np.testing.assert_allclose(together[name], g, rtol=1e-12, atol=1e-14)


def test_frozen_parameters_are_left_out():
    model = nn.MLP([3, 4, 2])
    model[0].weight.requires_grad = False
    names = nn.per_example_gradients(model, nn.MSELoss(reduction="none"), np.ones((2, 3)), np.ones((2, 2)))
    assert list(names) == ["0.bias", "2.weight", "2.bias"]
    assert not model[2]._forward_hooks


def test_refusals_name_the_layer():
    x, y, loss = np.ones((2, 3)), np.ones((2, 4)), nn.MSELoss(reduction="none")
    with pytest.raises(UnsupportedError, match=r"BatchNorm1d.*1.*in training mode every example depends on the whole batch"):
        nn.per_example_gradients(nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4)), loss, x, y)
    with pytest.raises(UnsupportedError, match=r"LayerNorm.*1.*knows the parameters of Linear layers, not weight"):
        nn.per_example_gradients(nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4)), loss, x, y)
    with pytest.raises(ShapeError, match=r"the loss gave shape \(\) for 2 examples.*reduction='none'"):
        nn.per_example_gradients(nn.Linear(3, 4), nn.MSELoss(), x, y)
