"""Windows over a long sequence."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

import nn
import optim
from autograd import DataError
from optim.data import DataLoader, Windows


@given(
    size=st.integers(1, 30),
    length=st.integers(1, 8),
    step=st.integers(1, 5),
    shift=st.integers(0, 4),
    features=st.sampled_from([(), (2,)]),
)
def test_windows_are_slices_of_the_sequence(size, length, step, shift, features):
    sequence = np.random.default_rng(0).normal(size=(size, *features))
    if size < length + shift:
        with pytest.raises(DataError, match=f"takes {length + shift} elements, the sequence has {size}"):
            Windows(sequence, length, step, shift)
        return
    data = Windows(sequence, length, step, shift)
    starts = range(0, size - length - shift + 1, step)
    assert len(data) == len(starts)
    inputs, targets = data[np.arange(len(data))]
    for x, y, start in zip(inputs, targets, starts, strict=True):
        np.testing.assert_array_equal(x, sequence[start : start + length])
        np.testing.assert_array_equal(y, sequence[start + shift : start + shift + length])


def test_windows_share_the_memory_of_the_sequence_and_cannot_change_it():
    sequence = np.arange(10_000)
    data = Windows(sequence, 100)
    assert np.shares_memory(data.inputs, sequence)
    assert np.shares_memory(data[10:20][1], sequence)
    assert not data[:5][0].flags.writeable
    assert not np.shares_memory(data[[1, 2]][0], sequence)


def test_a_sequence_on_disk_stays_there(tmp_path):
    np.save(tmp_path / "tokens.npy", np.arange(50, dtype=np.uint16))
    data = Windows(np.load(tmp_path / "tokens.npy", mmap_mode="r"), 4)
    assert not data.in_memory
    inputs, targets = data[[3, 0]]
    np.testing.assert_array_equal(inputs, [[3, 4, 5, 6], [0, 1, 2, 3]])
    np.testing.assert_array_equal(targets, inputs + 1)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Windows(np.arange(5), 0), ValueError, "length must be an integer, 1 or more, got 0"),
        (lambda: Windows(np.arange(5), 2, step=0), ValueError, "step must be an integer, 1 or more"),
        (lambda: Windows(np.arange(5), 2, shift=-1), ValueError, "shift must be an integer, 0 or more"),
        (lambda: Windows(np.arange(5), 2.5), ValueError, "length must be an integer"),
        (lambda: Windows(5, 1), DataError, "a sequence .* expected, got the single number 5"),
        (lambda: Windows("abc", 1), DataError, "sequence: numbers expected"),
        (lambda: Windows(np.array([1.0, np.nan, 2.0]), 1), DataError, "nan in row 1"),
    ],
)
def test_invalid_arguments_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_a_model_learns_to_continue_a_sequence():
    t = np.arange(400)
    data = Windows(np.stack([np.sin(t / 5), np.cos(t / 5)], 1), length=4)
    model = nn.Linear(2, 2, rng=0)
    optimizer = optim.Adam(model.parameters(), lr=0.05)
    history = optim.fit(model, nn.MSELoss(), data, optimizer=optimizer, epochs=20, rng=0, progress=False)
    assert history["loss"][-1] < 1e-4 < history["loss"][0]
    inputs, targets = next(iter(DataLoader(data, optim.MiniBatch(8), rng=0)))
    assert inputs.shape == targets.shape == (8, 4, 2)
