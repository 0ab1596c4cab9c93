"""Statements of single slides, as the notebooks correct them."""

import numpy as np
import pytest

import nn
from autograd import Tensor
from optim import RMSprop


@pytest.mark.parametrize(("activation", "is_revived"), [("relu", False), ("elu", True)])
def test_a_dead_unit_has_no_gradient_and_an_elu_revives_it(activation, is_revived):
    unit = nn.Sequential(nn.Linear(3, 1, rng=0), nn.ELU() if activation == "elu" else nn.ReLU())
    unit[0].bias.data = [-5.0]  # negative for every input below
    unit(np.random.default_rng(0).uniform(-1, 1, (50, 3))).sum().backward()
    assert bool(unit[0].weight.grad.numpy().any()) == is_revived


def test_rmsprop_frees_from_the_scale_of_the_loss_but_not_from_the_learning_rate():
    def first_steps(scale, lr):
        w = Tensor([3.0, -2.0], requires_grad=True)
        optimizer = RMSprop([w], lr=lr)
        for _ in range(5):
            optimizer.zero_grad()
            (scale * w * w).sum().backward()
            optimizer.step()
        return w.numpy() - [3.0, -2.0]

    assert np.allclose(first_steps(1.0, 0.01), first_steps(1000.0, 0.01), rtol=1e-6)
    assert np.allclose(first_steps(1.0, 0.0001), first_steps(1.0, 0.01) / 100, rtol=0.02)
