import tracemalloc

import numpy as np
import pytest
from hypothesis import given, strategies as st

from autograd import DataError, ShapeError, Tensor
from optim import MiniBatch
from optim.data import (
    ArrayDataset,
    DataFileError,
    DataLoader,
    StandardScaler,
    Subset,
    check_finite,
    memmap_dataset,
)

X, Y = np.arange(12.0).reshape(6, 2), np.arange(6)

# Arrays


@pytest.mark.parametrize("indices", [slice(None), slice(1, 4), [3, 0, 3], np.array([5]), 2, Y % 2 == 0, Y[:0]])
def test_indices_are_those_of_numpy(indices):
    inputs, targets = ArrayDataset(X, Y)[indices]
    np.testing.assert_array_equal(inputs, X[indices])
    np.testing.assert_array_equal(targets, Y[indices])


def test_lists_and_tensors_are_data_too():
    data = ArrayDataset(Tensor(X), Y.tolist())
    assert len(data) == 6
    np.testing.assert_array_equal(data[[1]][0], X[[1]])


def test_slices_share_the_numbers_and_guard_them():
    inputs, _ = ArrayDataset(X, Y)[:]
    assert np.shares_memory(inputs, X)
    with pytest.raises(ValueError, match="read-only"):
        inputs += 1
    assert X.flags.writeable


@pytest.mark.parametrize(
    ("inputs", "targets", "error", "message"),
    [
        (X, Y[:5], ShapeError, "6 inputs but 5 targets"),
        (X, 3.0, ShapeError, "targets: .*single number 3"),
        ([[1], [2, 3]], [0, 1], DataError, "inputs: .*different lengths"),
        (X, ["a"] * 6, DataError, "targets: numbers expected, got <U1"),
    ],
)
def test_arrays_that_are_no_examples_are_refused(inputs, targets, error, message):
    with pytest.raises(error, match=message):
        ArrayDataset(inputs, targets)


def test_repr_of_an_array_dataset():
    assert repr(ArrayDataset(X, Y)) == f"ArrayDataset(inputs (6, 2) float64, targets (6,) {Y.dtype})"


# Parts


@pytest.mark.parametrize("indices", [[4, 0, 5], Y > 2, np.array([], int), [-1, 2]])
def test_subset_is_the_data_at_its_indices(indices):
    part = Subset((X, Y), indices)
    assert len(part) == len(X[indices])
    np.testing.assert_array_equal(part[:][0], X[indices])
    np.testing.assert_array_equal(part[::-1][1], Y[indices][::-1])


def test_subset_of_a_subset():
    assert Subset(Subset((X, Y), [5, 3, 1]), [2, 0])[:][1].tolist() == [1, 5]


@pytest.mark.parametrize(
    ("indices", "message"),
    [
        ([0, 6], "index 6 is out of bounds for 6 examples"),
        ([-7], "index -7 is out of bounds"),
        ([0.5], "float64"),
        ([True], "6 booleans"),
        (3, "integers"),
    ],
)
def test_indices_of_no_examples_are_refused(indices, message):
    with pytest.raises(IndexError, match=message):
        Subset((X, Y), indices)


@pytest.mark.parametrize("data", [X, (X,), (X, Y, Y), 3, Tensor(X)])
def test_objects_that_are_no_data_sets_are_refused(data):
    with pytest.raises(DataError, match="a data set or a pair"):
        Subset(data, [0])


# On disk


@pytest.fixture
def files(tmp_path):
    np.save(tmp_path / "x.npy", X)
    np.save(tmp_path / "y.npy", Y)
    return tmp_path / "x.npy", tmp_path / "y.npy"


@pytest.mark.parametrize("indices", [slice(None), slice(1, 4), [3, 0, 3], np.array([5, -6, 2]), 2, Y % 2 == 0])
def test_rows_of_a_file_are_the_rows_of_the_array_in_memory(files, indices):
    data = memmap_dataset(*files)
    inputs, targets = data[indices]
    np.testing.assert_array_equal(inputs, X[indices])
    np.testing.assert_array_equal(targets, Y[indices])
    assert type(inputs) is np.ndarray
    assert not np.shares_memory(inputs, data.inputs)


def test_files_are_opened_for_reading_only(files):
    data = memmap_dataset(*files)
    assert not data.inputs.flags.writeable
    assert not data.in_memory
    assert repr(data) == f"ArrayDataset(inputs (6, 2) float64 on disk, targets (6,) {Y.dtype} on disk)"


def test_rows_are_read_from_front_to_back(files, monkeypatch):
    data = memmap_dataset(*files)
    requested = []

    class Spy(np.memmap):
        def __getitem__(self, indices):
            requested.append(np.asarray(indices).tolist())
            return super().__getitem__(indices)

    data.inputs = data.inputs.view(Spy)
    assert data[np.array([4, 1, 3])][0].tolist() == X[[4, 1, 3]].tolist()
    assert requested == [[1, 3, 4]]


def test_training_data_larger_than_the_memory_used(tmp_path):
    shape = (20_000, 784)
    inputs = np.lib.format.open_memmap(tmp_path / "x.npy", "w+", np.float32, shape)
    inputs[::100] = 1.0
    inputs.flush()
    np.save(tmp_path / "y.npy", np.zeros(len(inputs)))
    size = inputs.nbytes
    del inputs
    tracemalloc.start()
    try:
        data = memmap_dataset(tmp_path / "x.npy", tmp_path / "y.npy")
        check_finite(data.inputs, data.targets)
        scaler = StandardScaler.fit(data.inputs)
        steps = 0
        for batch, _ in DataLoader(Subset(data, np.arange(10_000)), MiniBatch(100), transform=scaler.apply, rng=0):
            assert batch.dtype == np.float32
            steps += 1
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert steps == 100
    assert scaler.mean[0] == pytest.approx(0.01)
    assert peak < size / 2


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda path: None, "there is no such file"),
        (lambda path: path.mkdir(), "a folder, not a file"),
        (lambda path: path.write_bytes(b"no array"), r"x\.npy: not a .npy file of np\.save"),
        (lambda path: path.write_bytes(b""), r"x\.npy: not a .npy file"),
        (lambda path: np.savez(path, X) or path.with_name("x.npy.npz").rename(path), r"x\.npy: not a .npy file"),
        (lambda path: np.save(path, np.array([None, 1])), r"x\.npy: not a .npy file"),
        (lambda path: np.save(path, np.array(["a"])), r"x\.npy: rows of numbers expected, got <U1"),
        (lambda path: np.save(path, 3.0), r"x\.npy: rows of numbers expected, got float64 of shape \(\)"),
    ],
    ids=["missing", "folder", "text", "empty", "npz", "objects", "strings", "number"],
)
def test_files_of_no_array_are_refused(tmp_path, write, message):
    write(tmp_path / "x.npy")
    np.save(tmp_path / "y.npy", Y)
    with pytest.raises(DataFileError, match=message):
        memmap_dataset(tmp_path / "x.npy", tmp_path / "y.npy")


def test_file_that_is_cut_off_is_refused(files):
    files[0].write_bytes(files[0].read_bytes()[:-1])
    with pytest.raises(DataFileError, match=r"x\.npy: not a .npy file"):
        memmap_dataset(*files)


# Numbers that are not finite


@given(st.integers(0, 49), st.integers(0, 2), st.sampled_from([np.nan, np.inf, -np.inf]))
def test_value_that_is_not_finite_is_located(row, column, value):
    x = np.zeros((50, 3))
    x[row, column] = value
    with pytest.raises(DataError, match=f"^inputs: {value} in row {row}, column {column} "):
        check_finite(x)


def test_the_first_of_several_nan_is_reported():
    x = np.zeros((5, 2))
    x[3, 0] = x[2, 1] = np.nan
    with pytest.raises(DataError, match="row 2, column 1"):
        check_finite(x)


@pytest.mark.parametrize(
    ("inputs", "targets", "message"),
    [
        (X, [0, 1, np.inf], r"targets: inf in row 2 \(counted from 0\)"),
        (np.full((2, 1, 3, 3), [[[[0]]], [[[np.nan]]]]), None, r"inputs: nan in row 1, position \(0, 0, 0\)"),
        (["a", "b"], None, "inputs: numbers expected"),
    ],
)
def test_place_of_a_target_and_of_a_pixel(inputs, targets, message):
    with pytest.raises(DataError, match=message):
        check_finite(inputs, targets)


@pytest.mark.parametrize("data", [X, Y, X.astype(np.float32), Tensor(X), np.empty((0, 3)), np.array([True]), 1.0])
def test_finite_numbers_pass(data):
    check_finite(data, data)


def test_large_arrays_are_searched_to_the_end(monkeypatch):
    monkeypatch.setattr("optim.data.datasets.CHUNK", 10)
    x = np.zeros((100, 3), np.float32)
    x[97, 2] = np.nan
    with pytest.raises(DataError, match="row 97, column 2"):
        check_finite(x)
