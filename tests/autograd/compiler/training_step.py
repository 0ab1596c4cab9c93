"""A training step and its batches, for tests of compiled steps."""

import numpy as np

import nn

rng = np.random.default_rng(0)
BATCHES = [(rng.normal(size=(12, 6)), rng.integers(3, size=12)) for _ in range(7)]


def training(make_optimizer, **options):
    """A fresh model and one step of its training."""
    model = nn.MLP([6, 10, 10, 3], rng=1, **options)
    optimizer = make_optimizer(model.parameters())
    loss = nn.CrossEntropyLoss()

    def step(x, y):
        optimizer.zero_grad()
        error = loss(model(x), y)
        error.backward()
        optimizer.step()
        return error

    return model, step
