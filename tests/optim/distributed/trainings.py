"""Trainings that are the same on one and on several ranks."""

import numpy as np

import nn
from optim import EMA, L2, SGD, Adam, CosineAnnealingLR, StepLR, fit
from optim.data import Noise, blobs, digits
from optim.distributed import run_threads

INPUTS, LABELS = blobs(205, 3, 0.8, rng=0)


def mlp(**options):
    return nn.MLP([2, 8, 3], rng=0, **options)


def cnn():
    generators = [np.random.default_rng(seed) for seed in range(2)]
    return nn.Sequential(
        nn.Conv2d(1, 3, 3, rng=generators[0]),
        nn.BatchNorm2d(3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(27, 10, rng=generators[1]),
    )


def images():
    pixels, labels = digits()
    return pixels[:70].reshape(-1, 1, 8, 8) / 16, labels[:70]


CASES = {
    "sgd": {},
    "adam": {"optimizer": lambda model: Adam(model.parameters(), lr=0.01)},
    "clipping and a penalty": {"clip_norm": 0.5, "clip_value": 0.2, "penalty": L2(1e-3)},
    "a penalty of the optimizer": {"optimizer": lambda model: SGD(model.parameters(), lr=0.1, penalty=L2(1e-3))},
    "a schedule": {"schedule": lambda optimizer: StepLR(optimizer, 3)},
    "a schedule of steps": {"schedule": lambda optimizer: CosineAnnealingLR(optimizer, 50, every="step")},
    "an average": {"average": lambda model: EMA(model.parameters(), 0.9)},
    "weights of classes": {"class_weight": {0: 2.0, 2: 0.5}},
    "compiled": {"compile": True},
    "float32": {"model": lambda: mlp().astype("float32")},
    "a sum": {"loss": nn.CrossEntropyLoss(reduction="sum"), "optimizer": lambda model: SGD(model.parameters(), lr=1e-3)},
    "a weighted mean": {"loss": nn.CrossEntropyLoss(weight=[1.0, 0.2, 3.0], ignore_index=1)},
    "dropout": {"model": lambda: mlp(dropout=0.3)},
    "augmentation": {"transform": Noise(0.1)},
    "batch normalization": {"model": lambda: mlp(batch_norm=True)},
    "a convolutional network": {"model": cnn, "data": images()},
}
#: The trainings whose random numbers or statistics are those of a shard: other ones without a communicator.
OF_SHARDS = ("dropout", "augmentation", "batch normalization", "a convolutional network")


def train(communicator, name="sgd", **more):
    """The weights after 49 or 50 steps, as a dict of arrays, and the history."""
    options = {**CASES[name], **more}
    model = options.pop("model", mlp)()
    optimizer = options.pop("optimizer", lambda model: SGD(model.parameters(), lr=0.1, momentum=0.9))(model)
    for part, owner in (("schedule", optimizer), ("average", model)):
        if part in options:
            options[part] = options[part](owner)
    loss, data = options.pop("loss", nn.CrossEntropyLoss()), options.pop("data", (INPUTS, LABELS))
    settings = {"epochs": 7 if len(data[1]) == 205 else 16, "rng": 0, "batch_size": 32, "validation": data} | options
    history = fit(model, loss, data, optimizer=optimizer, communicator=communicator, **settings)
    return dict(model.state_dict()), history


def train_threads(size, *args, **options):
    """The weights and histories of all ranks."""
    return run_threads(lambda communicator: train(communicator, *args, **options), size)


def as_bytes(weights):
    return {name: array.tobytes() for name, array in weights.items()}


def columns(history):
    return {name: values for name, values in history.items() if name != "seconds"}


def largest_difference(weights, others):
    """The largest difference of an element, relative to the largest element of its array; noise below 1e-3 is not divided."""
    return max(np.abs(w - others[name]).max() / max(np.abs(w).max(), 1e-3) for name, w in weights.items())
