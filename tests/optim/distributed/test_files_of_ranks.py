"""Data sets of several files on several ranks: each opens its own files, and the weights are those of one rank."""

import numpy as np
import pytest

import nn
from optim import SGD, fit
from optim.data import FileBatches, memmap_dataset
from optim.distributed import SingleProcess, run_threads

FILES, ROWS, EPOCHS = 8, 16, 2


@pytest.fixture
def paths(tmp_path):
    rng = np.random.default_rng(0)
    for i in range(FILES):
        np.save(tmp_path / f"x{i}.npy", rng.normal(size=(ROWS, 3)))
        np.save(tmp_path / f"y{i}.npy", rng.normal(size=(ROWS, 1)))
    return [[tmp_path / f"{name}{i}.npy" for i in range(FILES)] for name in "xy"]


def train(paths, communicator):
    """The weights after a training, and how often each file was opened."""
    data, model = memmap_dataset(*paths), nn.Linear(3, 1, rng=0)
    fit(
        model,
        nn.MSELoss(),
        data,
        optimizer=SGD(model.parameters(), lr=0.1),
        batching=FileBatches(data, size=32),
        epochs=EPOCHS,
        rng=0,
        communicator=communicator,
    )
    return model.weight.numpy().copy(), dict(data.opens)


@pytest.mark.parametrize("ranks", [2, 4])
def test_each_rank_opens_its_own_files_once(paths, ranks):
    expected, opens = train(paths, SingleProcess())
    assert set(opens) == {f"x{i}.npy" for i in range(FILES)}
    for rank, (weight, opens) in enumerate(run_threads(lambda communicator: train(paths, communicator), ranks)):
        own = range(FILES * rank // ranks, FILES * (rank + 1) // ranks)
        assert opens == {f"x{i}.npy": 1 for i in own}  # they stay open for the second epoch
        np.testing.assert_array_equal(weight, expected)
