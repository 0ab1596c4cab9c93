"""Data sets of several files: their rows, which files are opened, and by which rank."""

import pickle
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, strategies as st

import nn
from autograd import DataError, ShapeError
from optim import SGD, MiniBatch, fit
from optim.data import Block, DataFileError, DataLoader, FileBatches, FileDataset, Subset, memmap_dataset
from optim.data.batching import part_bounds
from optim.training.checkpointing.fingerprint import data_checksum

LENGTHS = [4, 1, 7, 3]
N = sum(LENGTHS)
X, Y = np.arange(2.0 * N, dtype=np.float32).reshape(N, 2), np.arange(N)


@pytest.fixture
def paths(tmp_path):
    ends = np.cumsum(LENGTHS)
    for i, (start, end) in enumerate(zip(ends - LENGTHS, ends)):
        np.save(tmp_path / f"x{i}.npy", X[start:end])
        np.save(tmp_path / f"y{i}.npy", Y[start:end])
    return [tmp_path / f"x{i}.npy" for i in range(4)], [tmp_path / f"y{i}.npy" for i in range(4)]


def blocks(lengths):
    """Blocks of consecutive integers in memory."""
    ends = np.cumsum(lengths)

    def block(number, start, end):
        rows = np.arange(start, end)
        return Block(f"block {number}", end - start, (rows[:0], rows[:0]), lambda: (rows, -rows))

    return [block(i, end - length, end) for i, (length, end) in enumerate(zip(lengths, ends))]


INDICES = [slice(None), slice(2, 9), slice(None, None, -3), [3, 0, 3], np.array([5, -15, 2, 14]), Y % 4 == 0, Y[:0], 4, -1]


@pytest.mark.parametrize("indices", INDICES)
def test_rows_of_files_are_the_rows_of_one_array(paths, indices):
    inputs, targets = memmap_dataset(*paths)[indices]
    np.testing.assert_array_equal(inputs, X[indices])
    np.testing.assert_array_equal(targets, Y[indices])
    assert inputs.dtype == X.dtype


@given(lengths=st.lists(st.integers(0, 5), min_size=1, max_size=6), max_open=st.integers(1, 3), data=st.data())
def test_any_rows_of_any_blocks(lengths, max_open, data):
    dataset = FileDataset(blocks(lengths), max_open)
    rows = data.draw(st.lists(st.integers(0, len(dataset) - 1), max_size=9)) if len(dataset) else []
    inputs, targets = dataset[rows]
    assert inputs.tolist() == rows
    assert targets.tolist() == [-row for row in rows]


def test_files_are_opened_for_their_rows_only(paths):
    data = memmap_dataset(*paths)
    assert (len(data), data.in_memory, dict(data.opens)) == (N, False, {})
    data[[12, 0, 14]]
    assert dict(data.opens) == {"x0.npy": 1, "x3.npy": 1}
    data[:4]
    assert data.opens["x0.npy"] == 1


def test_few_files_are_open_at_a_time_and_the_oldest_is_closed():
    data = FileDataset(blocks([1] * 5), max_open=2)
    for row in (0, 1, 0, 2, 0, 1):
        data[[row]]
    assert dict(data.opens) == {"block 0": 1, "block 1": 2, "block 2": 1}
    data.close()
    data[[0]]
    assert data.opens["block 0"] == 2


def test_only_the_requested_rows_of_a_file_are_copied(paths, monkeypatch):
    requested = []

    class Spy(np.memmap):
        def __getitem__(self, indices):
            requested.append(indices if isinstance(indices, slice) else indices.tolist())
            return super().__getitem__(indices)

    data = memmap_dataset(*paths)
    monkeypatch.setattr("optim.data.memmap._open", lambda path: np.lib.format.open_memmap(path, "r").view(Spy))
    data[[11, 5, 6, 9]]
    assert requested == [[0, 1, 4, 6]] * 2
    requested.clear()
    data[6:8]
    assert requested == [slice(1, 3)] * 2


def test_a_copy_in_another_process_opens_its_own_files(paths):
    data = memmap_dataset(*paths)
    data[[0]]
    again = pickle.loads(pickle.dumps(data))
    assert again[[0]][0].tolist() == X[[0]].tolist()
    assert (data.opens["x0.npy"], again.opens["x0.npy"]) == (1, 2)


def test_no_rows_of_no_type_are_no_rows(paths):
    inputs, targets = memmap_dataset(*paths)[[]]
    assert (inputs.shape, targets.shape) == ((0, 2), (0,))


def test_repr_and_checksum_need_no_rows(paths):
    data = memmap_dataset(*paths)
    assert repr(data) == f"FileDataset(inputs (15, 2) float32, targets (15,) {Y.dtype}, 4 blocks on disk)"
    assert data_checksum(data) == data_checksum(memmap_dataset(*paths))
    assert data_checksum(data) != data_checksum(memmap_dataset(paths[0][::-1], paths[1][::-1]))
    assert not data.opens


def test_training_on_files_is_the_training_on_arrays(paths):
    weights = []
    loss = lambda prediction, y: ((prediction[:, 0] - y) ** 2).mean()
    for data in ((X, Y), memmap_dataset(*paths)):
        model = nn.Linear(2, 1, rng=0).astype("float32")
        fit(model, loss, data, optimizer=SGD(model.parameters(), lr=1e-4), batching=MiniBatch(4), epochs=2, rng=0)
        weights.append(model.weight.numpy())
    np.testing.assert_array_equal(*weights)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda x, y: memmap_dataset(x, y[:2]), DataError, "4 files of inputs but 2 of targets"),
        (lambda x, y: memmap_dataset(x, y[0]), DataError, "targets: a list of files expected.*got the file y0.npy"),
        (lambda x, y: memmap_dataset(x, y[::-1]), ShapeError, "x0.npy has 4 rows, but y3.npy 3"),
        (lambda x, y: memmap_dataset([], []), DataError, "there are no files"),
        (lambda x, y: memmap_dataset([x[0].parent / "no.npy"], y[:1]), DataFileError, "no.npy: there is no such file"),
        (
            lambda x, y: memmap_dataset([x[0], y[1]], y[:2]),
            DataError,
            r"a row of y1.npy has shape \(\) and dtype int64, one of x0.npy \(2,\) and float32",
        ),
        (lambda x, y: memmap_dataset(x, y, max_open=0), ValueError, "max_open must be a number of blocks, 1 or more, got 0"),
        (lambda x, y: memmap_dataset(x, y)[[15]], IndexError, "index 15 is out of bounds for 15 examples"),
        (lambda x, y: memmap_dataset(x, y)[[True]], IndexError, "a mask of 15 booleans expected"),
        (lambda x, y: memmap_dataset(x, y)[[0.5]], IndexError, "integers or 15 booleans expected, got float64"),
        (lambda x, y: FileBatches((X, Y)), DataError, "a FileDataset expected.* got tuple"),
        (lambda x, y: FileBatches(memmap_dataset(x, y), parts=0), ValueError, "parts must be an integer, 1 or more, got 0"),
        (lambda x, y: next(FileBatches(memmap_dataset(x, y)).batches(3, None)), DataError, "has 3 examples, but .* have 15"),
    ],
)
def test_wrong_files_and_arguments_are_refused(paths, make, error, message):
    with pytest.raises(error, match=message):
        make(*paths)


def test_a_file_that_changes_is_named(paths):
    data = memmap_dataset(*paths)
    np.save(paths[0][2], X[:3])
    with pytest.raises(DataFileError, match=r"x2.npy: the file has changed: it had 7 rows of float32 \(2,\), int64 \(\)"):
        data[:]


# Batches of files


@given(
    lengths=st.lists(st.integers(0, 12), min_size=1, max_size=8).filter(any),
    size=st.integers(1, 20),
    parts=st.integers(1, 8),
    buffer=st.integers(1, 3),
)
def test_an_epoch_of_file_batches_has_every_example_once(lengths, size, parts, buffer):
    data = FileDataset(blocks(lengths))
    batching, n = FileBatches(data, size, parts, buffer), len(data)
    batches = list(batching.batches(n, np.random.default_rng(0)))
    assert sorted(np.concatenate(batches).tolist()) == list(range(n))
    assert len(batches) == batching.steps(n)
    assert [len(batch) for batch in batches[:-1]] == [size] * (len(batches) - 1)
    for left, right in pairwise(parts_of(batches, parts)):
        assert max(left, default=-1) < min(right, default=n) or not left or not right


def parts_of(batches, parts):
    """The rows of each part of all batches."""
    return [
        [row for batch in batches for row in batch[slice(*part_bounds(len(batch), parts)[k : k + 2])].tolist()]
        for k in range(parts)
    ]


@pytest.mark.parametrize("ranks", [1, 2, 4])
def test_every_rank_opens_its_own_files_and_reads_nothing_twice(tmp_path, ranks):
    """16 files of 1 kB: a rank opens 16 / ranks of them, once per epoch, and copies its rows alone."""
    x = np.arange(16 * 32 * 8.0, dtype=np.float32).reshape(16, 32, 8)
    for i in range(16):
        np.save(tmp_path / f"x{i}.npy", x[i])
        np.save(tmp_path / f"y{i}.npy", np.arange(32))
    files = [[tmp_path / f"{name}{i}.npy" for i in range(16)] for name in "xy"]
    rows_read = []
    for rank in range(ranks):
        data = memmap_dataset(*files)
        bytes_read = 0
        for batch in FileBatches(data, size=64, parts=8).batches(len(data), np.random.default_rng(3)):
            bounds = part_bounds(len(batch), 8)
            rows = batch[bounds[8 * rank // ranks] : bounds[8 * (rank + 1) // ranks]]
            inputs, _ = data[rows]
            bytes_read += inputs.nbytes
            rows_read += rows.tolist()
        own = [f"x{i}.npy" for i in range(16 * rank // ranks, 16 * (rank + 1) // ranks)]
        assert dict(data.opens) == dict.fromkeys(own, 1)
        assert bytes_read == x.nbytes // ranks
    assert sorted(rows_read) == list(range(16 * 32))


def test_a_loader_of_file_batches_is_shuffled_by_its_seed(paths):
    data = memmap_dataset(*paths)
    epochs = [[y.tolist() for _, y in DataLoader(data, FileBatches(data, 4, parts=2), rng=seed)] for seed in (0, 0, 1)]
    assert epochs[0] == epochs[1] != epochs[2]
    assert repr(FileBatches(data, 4, 2)) == "FileBatches(15 examples, size=4, parts=2, buffer=1)"


def test_a_subset_of_files_opens_its_files_only(paths):
    data = memmap_dataset(*paths)
    assert Subset(data, [14, 13])[:][1].tolist() == [14, 13]
    assert dict(data.opens) == {"x3.npy": 1}


# Parquet


@pytest.fixture
def parquet(tmp_path):
    """Writes a table of a dictionary of columns; returns the path."""
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")

    def write(name, columns, rows=3):
        parquet.write_table(pyarrow.table(columns), tmp_path / name, row_group_size=rows)
        return tmp_path / name

    return write


def columns(start, end):
    return {"a": X[start:end, 0], "b": X[start:end, 1], "y": Y[start:end]}


@pytest.mark.parametrize("indices", INDICES)
def test_rows_of_parquet_files_are_the_rows_of_one_array(parquet, indices):
    from optim.data import parquet_dataset

    data = parquet_dataset([parquet("0.parquet", columns(0, 7)), parquet("1.parquet", columns(7, N))], target="y")
    inputs, targets = data[indices]
    np.testing.assert_array_equal(inputs, X[indices])
    np.testing.assert_array_equal(targets, Y[indices])


def test_row_groups_are_decoded_once_per_epoch(parquet):
    from optim.data import parquet_dataset

    data = parquet_dataset(parquet("0.parquet", columns(0, N)), target="y", features=["b"], max_open=4)
    loader = DataLoader(data, FileBatches(data, 2, parts=2), rng=0)
    assert sorted(y for _, targets in loader for y in targets) == list(range(N))
    assert dict(data.opens) == {f"0.parquet, row group {i}": 1 for i in range(5)}
    assert data[[3]][0].tolist() == X[[3], 1:].tolist()


def test_a_column_of_lists_of_one_size_is_a_matrix(parquet):
    import pyarrow

    from optim.data import parquet_dataset

    pixels = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(np.arange(20.0)), 4)
    data = parquet_dataset(parquet("0.parquet", {"pixels": pixels, "y": np.arange(5)}), target="y")
    assert data[[4, 1]][0].tolist() == [[16, 17, 18, 19], [4, 5, 6, 7]]
    both = parquet("1.parquet", {"pixels": pixels, "a": np.arange(5), "y": np.arange(5)})
    with pytest.raises(DataFileError, match="column 'pixels': a column of lists must be the only feature"):
        parquet_dataset(both, target="y")


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        ({"a": [1.0], "y": [0]}, {"target": "z"}, r"0\.parquet: there is no column 'z'; its columns are a, y"),
        ({"a": [1.0], "y": [0]}, {"target": "y", "features": ["b"]}, "there is no column 'b'"),
        ({"y": [0]}, {"target": "y"}, "no column besides the target 'y'"),
        ({"a": ["x"], "y": [0]}, {"target": "y"}, r"column 'a': numbers, or lists .* expected, got string"),
        ({"a": [[1.0]], "y": [0]}, {"target": "y"}, "column 'a': numbers, or lists of numbers of one fixed size, expected"),
    ],
)
def test_parquet_files_that_do_not_fit_are_refused(parquet, table, options, message):
    from optim.data import parquet_dataset

    with pytest.raises(DataFileError, match=message):
        parquet_dataset(parquet("0.parquet", table), **options)


def test_missing_values_are_located(parquet):
    from optim.data import parquet_dataset

    data = parquet_dataset(parquet("0.parquet", {"a": [1.0, 2.0, 3.0, None], "y": [0, 1, 0, 1]}), target="y")
    with pytest.raises(DataFileError, match=r"0\.parquet, row group 1, column 'a': 1 missing values"):
        data[[3]]


def test_other_files_are_no_parquet_files(parquet, tmp_path):
    from optim.data import parquet_dataset

    (tmp_path / "x.parquet").write_text("text")
    with pytest.raises(DataFileError, match=r"x\.parquet: not a Parquet file"):
        parquet_dataset([tmp_path / "x.parquet"], target="y")
    with pytest.raises(DataFileError, match="there is no such file"):
        parquet_dataset(tmp_path / "no.parquet", target="y")
    path = parquet("0.parquet", columns(0, N))
    data = parquet_dataset(path, target="y")
    path.write_bytes(b"damaged")
    with pytest.raises(DataFileError, match="row group 0: cannot be read"):
        data[[0]]


def test_parquet_without_pyarrow_names_the_extra(monkeypatch):
    from optim.data import parquet_dataset

    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    with pytest.raises(ImportError, match=r"pip install 'chainrule\[pyarrow\]'"):
        parquet_dataset("x.parquet", target="y")
