"""Trainings that are stopped and resumed."""

import numpy as np

import nn
from nn.metrics import accuracy
from optim import SGD, Checkpoint, MiniBatch, fit
from optim.data import blobs

INPUTS, LABELS = blobs(90, 3, 0.8, rng=0)
EPOCHS = 6


def plain():
    model = nn.MLP([2, 8, 3], rng=0)
    return model, {"optimizer": SGD(model.parameters(), lr=0.1, momentum=0.9)}


def another_generator():
    model = nn.MLP([2, 8, 3], rng=0)
    return model, {"rng": np.random.Generator(np.random.MT19937(3))}


def train(make_model, folder, more=(), epochs=EPOCHS, **options):
    model, arguments = make_model()
    history = fit(
        model,
        nn.CrossEntropyLoss(),
        (INPUTS[:70], LABELS[:70]),
        **{
            "batching": MiniBatch(8),
            "epochs": epochs,
            "validation": (INPUTS[70:], LABELS[70:]),
            "metrics": {"accuracy": accuracy},
            "rng": 3,
            "callbacks": [*more, *([Checkpoint(folder)] if folder else [])],
            **arguments,
            **options,
        },
    )
    return {name: value.tobytes() for name, value in model.state_dict().items()}, history
