"""Data sets: n examples; `data[indices]` returns their (inputs, targets), from arrays in memory or on disk."""

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from autograd import DataError, ShapeError, Tensor
from optim.data.tables.data_frames import frame_columns, frame_library

#: Elements of an array on disk that are read at a time.
CHUNK = 2**20


class Dataset(Protocol):
    """The interface of a data set: a length, and the inputs and targets of the examples with some indices.

    >>> import numpy as np
    >>> from optim.data import DataLoader
    >>> class Squares:
    ...     def __len__(self):
    ...         return 4
    ...     def __getitem__(self, indices):
    ...         x = np.arange(4.0)[indices]
    ...         return x, x**2
    >>> inputs, targets = next(iter(DataLoader(Squares(), shuffle=False)))
    >>> inputs.tolist(), targets.tolist()
    ([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 4.0, 9.0])
    """

    def __len__(self) -> int: ...
    def __getitem__(self, indices: Any, /) -> tuple[Any, Any]: ...


class ArrayDataset:
    """Inputs and targets as arrays whose first axis is over the n examples: data[i] = (inputs[i], targets[i]).

    inputs, targets: arrays of n rows; the same array twice to train an autoencoder.

    Arrays of `np.load(path, mmap_mode="r")` stay on disk, and only the requested rows are read. Batches that are slices of an
    array in memory are read-only views.
    Raises DataError if the arrays are not numbers, ShapeError if their lengths differ. PyTorch's TensorDataset.

    >>> import numpy as np
    >>> from optim.data import ArrayDataset
    >>> data = ArrayDataset(np.arange(6.0).reshape(3, 2), [0, 1, 0])
    >>> inputs, targets = data[[2, 0]]
    >>> inputs.tolist(), targets.tolist(), len(data)
    ([[4.0, 5.0], [0.0, 1.0]], [0, 0], 3)
    """

    def __init__(self, inputs: ArrayLike, targets: ArrayLike):
        self.inputs, self.targets = as_array(inputs, "inputs"), as_array(targets, "targets")
        for array, name in ((self.inputs, "inputs"), (self.targets, "targets")):
            if not array.ndim:
                raise ShapeError(f"{name}: an array with one row per example expected, got the single number {array}")
        if len(self.inputs) != len(self.targets):
            raise ShapeError(f"{len(self.inputs)} inputs but {len(self.targets)} targets; each example needs a target")

    @property
    def in_memory(self) -> bool:
        """Whether no part of the data is on disk."""
        return not isinstance(self.inputs, np.memmap) and not isinstance(self.targets, np.memmap)

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, indices: Any) -> tuple[np.ndarray, np.ndarray]:
        return rows_of_array(self.inputs, indices), rows_of_array(self.targets, indices)

    def __repr__(self) -> str:
        arrays = ((self.inputs, "inputs"), (self.targets, "targets"))
        descriptions = (f"{name} {a.shape} {a.dtype}{' on disk' * isinstance(a, np.memmap)}" for a, name in arrays)
        return f"ArrayDataset({', '.join(descriptions)})"


class Subset:
    """Some examples of a data set, such as the training set of a split; nothing is copied. PyTorch's Subset.

    indices: integers, or a mask of n booleans.

    >>> import numpy as np
    >>> from optim.data import Subset, split
    >>> labels = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    >>> train, test = split(labels, [0.75, 0.25], rng=0)
    >>> data = Subset((np.eye(8), labels), test)
    >>> len(data), sorted(data[:][1].tolist())
    (2, [0, 1])
    """

    def __init__(self, data: Dataset | tuple[ArrayLike, ArrayLike], indices: ArrayLike):
        self.data = as_dataset(data)
        self.indices = _positions(indices, len(self.data))

    @property
    def in_memory(self) -> bool:
        """Whether no part of the data is on disk."""
        return getattr(self.data, "in_memory", False)

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, indices: Any) -> tuple[Any, Any]:
        return self.data[self.indices[indices]]

    def __repr__(self) -> str:
        return f"Subset({len(self)} of {self.data!r})"


def as_dataset(data: Any) -> Dataset:
    """The data set itself, or the ArrayDataset of a pair (inputs, targets); raises DataError for other types."""
    if isinstance(data, tuple | list):
        if len(data) != 2:
            raise DataError(
                f"a data set or a pair (inputs, targets) expected, got a {type(data).__name__} of length {len(data)}"
            )
        return ArrayDataset(*data)
    if frame_library(data):
        raise DataError(
            f"a {type(data).__name__} alone has no targets; give TableEncoder.fit(table, target=…).dataset(table), or a pair "
            "(inputs, targets) of numbers"
        )
    if isinstance(data, np.ndarray | Tensor) or not (hasattr(data, "__len__") and hasattr(data, "__getitem__")):
        raise DataError(f"a data set or a pair (inputs, targets) expected, got {type(data).__name__}")
    return data


def as_array(data: Any, name: str) -> np.ndarray:
    """The data as an array of numbers; an array on disk stays there. Raises DataError if it is not numbers.

    A DataFrame or Series of pandas or polars has numbers if its columns are numbers and booleans; nan stands for a gap.
    """
    if isinstance(data, Tensor):
        data = data.numpy()
    if frame_library(data, "Series"):
        return _frame_array(data.to_frame(), name)[:, 0]
    if frame_library(data):
        return _frame_array(data, name)
    try:
        array = data if isinstance(data, np.memmap) else np.asarray(data)
    except ValueError:
        raise DataError(f"{name}: numbers expected, got rows of different lengths") from None
    if array.dtype.kind not in "biuf":
        hint = "; TableEncoder encodes a table with text" if array.ndim == 2 else ""
        raise DataError(f"{name}: numbers expected, got {array.dtype}{hint}")
    return array


def _frame_array(frame: Any, name: str) -> np.ndarray:
    """The columns of a DataFrame as an array (n, columns); raises DataError for a column that is not numbers."""
    columns = frame_columns(frame)
    for column in columns:
        if column.kind not in ("number", "boolean"):
            raise DataError(
                f"{name}: numbers expected, but column {column.name!r} is {column.kind}; "
                "encode the table by TableEncoder.fit(table).apply(table)"
            )
    return np.stack([column.values for column in columns], axis=1) if columns else np.empty((len(frame), 0))


def chunks(array: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """The array in chunks: the index of the first row of each chunk, and its rows."""
    step = max(1, CHUNK // max(1, array[:1].size))
    for start in range(0, len(array), step):
        yield start, np.asarray(array[start : start + step])


def _positions(indices: ArrayLike, n: int) -> np.ndarray:
    """Indices of n examples, or a mask of them, as integers."""
    array = np.asarray(indices)
    if array.dtype == bool and array.shape == (n,):
        return np.flatnonzero(array)
    if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
        raise IndexError(f"indices: a 1-d array of integers or {n} booleans expected, got {array.dtype} {array.shape}")
    if array.size and not -n <= array.min() <= array.max() < n:
        raise IndexError(f"index {array[(array < -n) | (array >= n)][0]} is out of bounds for {n} examples")
    return array.astype(np.int64, copy=False)


def rows_of_array(array: np.ndarray, indices: Any) -> np.ndarray:
    """Some rows of an array, in memory."""
    if not isinstance(array, np.memmap):
        rows = array[indices]
        if isinstance(indices, slice):
            rows.flags.writeable = False  # or a transform that works in place would change the data of all epochs
        return rows
    if isinstance(indices, slice) or np.ndim(indices) != 1:
        return np.array(array[indices])
    positions = np.asarray(indices)
    if positions.dtype == bool:
        positions = np.flatnonzero(positions)
    order = np.argsort(positions % len(array))  # sequential reads are the fastest
    rows = np.empty((len(positions), *array.shape[1:]), array.dtype)
    rows[order] = array[positions[order]]
    return rows
