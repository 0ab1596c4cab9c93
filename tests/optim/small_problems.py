"""Small problems: the gates of two bits, a line, and a small MLP trained on random points."""

import numpy as np

import nn
from optim import MiniBatch, fit

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
XOR, AND, OR = np.array([0, 1, 1, 0]), np.array([0, 0, 0, 1]), np.array([0, 1, 1, 1])
LINE = np.linspace(-1, 1, 20)[:, None]


def weight_bytes(model):
    return {name: value.tobytes() for name, value in model.state_dict().items()}


def train_mlp(seed=0, **options):
    model = nn.MLP([2, 8, 2], rng=seed)
    data = (np.random.default_rng(9).normal(size=(30, 2)), np.random.default_rng(9).integers(0, 2, 30))
    return model, fit(model, nn.CrossEntropyLoss(), data, epochs=5, batching=MiniBatch(7), rng=seed, **options)
