"""The program of trainings that are killed: it trains on digits with everything that has a state, and resumes."""

import sys
from pathlib import Path

import numpy as np

import nn
from autograd.extend import atomic_files
from nn.metrics import accuracy
from optim import EMA, Adam, Checkpoint, CosineAnnealingLR, EarlyStopping, LayerStatistics, MiniBatch, TensorBoard, fit
from optim.data import Noise, digits


def train(folder, epochs=300, callbacks=(), **options):
    """Train a small net; the weights it ends with are written to the folder. Returns the history."""
    images, labels = digits()
    nn.seed(1)
    layers = nn.Linear(64, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 10), nn.Dropout(0.1, rng=3)
    model = nn.Sequential(*layers)
    optimizer = Adam(model.parameters(), lr=0.01)
    history = fit(
        model,
        nn.CrossEntropyLoss(),
        (images[:600], labels[:600]),
        optimizer=optimizer,
        batching=MiniBatch(64),
        epochs=epochs,
        validation=(images[600:800], labels[600:800]),
        metrics={"accuracy": accuracy},
        schedule=CosineAnnealingLR(optimizer, T_max=290, every="epoch"),
        average=EMA(model.parameters(), decay=0.9),
        early_stopping=EarlyStopping(patience=250),
        callbacks=[Checkpoint(folder, keep=2), LayerStatistics(["gradient_norms", "histograms"]), *callbacks],
        transform=Noise(0.05),
        rng=np.random.default_rng(7),
        **options,
    )
    atomic_files.save_arrays(Path(folder) / "final.npz", model.state_dict())
    return history


if __name__ == "__main__":
    if len(sys.argv) == 2:
        train(sys.argv[1], resume=True)
    else:  # with event files, and the history to compare them with
        events, epochs = sys.argv[2:]
        train(sys.argv[1], int(epochs), [TensorBoard(events, steps=1)], resume=True).save(Path(sys.argv[1]) / "history.json")
