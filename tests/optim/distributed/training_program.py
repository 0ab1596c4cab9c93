"""A training on several ranks that writes checkpoints and resumes from them: training_program FOLDER EPOCHS"""

import sys
from pathlib import Path

import numpy as np

import nn
from optim import EMA, Adam, Checkpoint, fit
from optim.distributed import MPICommunicator


def main(folder: Path, epochs: int) -> None:
    communicator, rng = MPICommunicator(), np.random.default_rng(0)
    x = rng.normal(size=(300, 8))
    model = nn.MLP([8, 16, 3], dropout=0.2, rng=0)
    optimizer = Adam(model.parameters(), lr=0.01)
    fit(
        model,
        nn.CrossEntropyLoss(),
        (x, x[:, :3].argmax(axis=1)),
        optimizer=optimizer,
        average=EMA(model.parameters(), 0.9),
        batch_size=32,
        epochs=epochs,
        callbacks=[Checkpoint(folder)],
        resume=True,
        rng=1,
        communicator=communicator,
    )
    if communicator.rank == 0:
        np.save(folder / "weights.npy", np.concatenate([parameter.data.ravel() for parameter in model.parameters()]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
