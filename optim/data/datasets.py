"""Data sets: n examples, of which `data[indices]` gives (inputs, targets); of arrays in memory or on disk."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from autograd import DataError, ShapeError, Tensor
from optim.data.errors import DataFileError

#: Numbers that are looked at together where a whole array is too many.
CHUNK = 2**20


class Dataset(Protocol):
    """What can be loaded: a length, and the inputs and targets of some of the examples."""

    def __len__(self) -> int: ...
    def __getitem__(self, indices: Any, /) -> tuple[Any, Any]: ...


class ArrayDataset:
    """Inputs and targets as arrays whose first axis is over the n examples: data[i] = (inputs[i], targets[i]).

    inputs, targets: arrays of n rows; the same one twice for a model that is to give back its input.

    Arrays that `np.load(path, mmap_mode="r")` opens stay on disk: only the rows asked for are read. Batches that are
    slices of an array in memory share its numbers and cannot be written to.
    Raises DataError for anything but numbers, ShapeError if an example has no target.

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
            raise ShapeError(f"{len(self.inputs)} inputs but {len(self.targets)} targets; each example needs one target")

    @property
    def in_memory(self) -> bool:
        """Whether no part of the data is on disk."""
        return not isinstance(self.inputs, np.memmap) and not isinstance(self.targets, np.memmap)

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, indices: Any) -> tuple[np.ndarray, np.ndarray]:
        return _rows(self.inputs, indices), _rows(self.targets, indices)

    def __repr__(self) -> str:
        parts = ((self.inputs, "inputs"), (self.targets, "targets"))
        told = (f"{name} {a.shape} {a.dtype}{' on disk' * isinstance(a, np.memmap)}" for a, name in parts)
        return f"Arrays({', '.join(told)})"


class Subset:
    """Some examples of a data set, such as one part of a split; nothing is copied.

    indices: positions in the data set, or a mask of booleans.

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


def memmap_dataset(inputs: str | Path, targets: str | Path) -> ArrayDataset:
    """The data set of two .npy files, which stay on disk: for data larger than memory.

    Write such files with np.save, or piece by piece into np.lib.format.open_memmap(path, "w+", dtype, shape).
    Raises DataFileError for anything but .npy files of numbers.

    >>> import os, tempfile
    >>> import numpy as np
    >>> from optim.data import memmap_dataset
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     x, y = os.path.join(folder, "x.npy"), os.path.join(folder, "y.npy")
    ...     np.save(x, np.eye(3))
    ...     np.save(y, np.arange(3))
    ...     data = memmap_dataset(x, y)
    ...     print(data, data[[2, 1]][1])
    ...     del data
    Arrays(inputs (3, 3) float64 on disk, targets (3,) int64 on disk) [2 1]
    """
    return ArrayDataset(_opened(Path(inputs)), _opened(Path(targets)))


def _opened(path: Path) -> np.memmap:
    if not path.is_file():
        raise DataFileError(f"{path}: {'this is a folder, not a file' if path.is_dir() else 'there is no such file'}")
    try:
        array = np.lib.format.open_memmap(path, mode="r")
    except Exception as error:
        raise DataFileError(f"{path.name}: not an array that np.save writes ({error})") from None
    if array.dtype.kind not in "biuf" or not array.ndim:
        raise DataFileError(f"{path.name}: rows of numbers expected, got {array.dtype} of shape {array.shape}")
    return array


def as_dataset(data: Any) -> Dataset:
    """A data set as it is, or that of a pair (inputs, targets)."""
    if isinstance(data, tuple | list):
        if len(data) != 2:
            raise DataError(f"a data set or a pair (inputs, targets) expected, got {len(data)} parts")
        return ArrayDataset(*data)
    if isinstance(data, np.ndarray | Tensor) or not (hasattr(data, "__len__") and hasattr(data, "__getitem__")):
        raise DataError(f"a data set or a pair (inputs, targets) expected, got {type(data).__name__}")
    return data


def as_array(data: Any, name: str) -> np.ndarray:
    """An array of numbers; one on disk stays there."""
    if isinstance(data, Tensor):
        data = data.numpy()
    try:
        array = data if isinstance(data, np.memmap) else np.asarray(data)
    except ValueError:
        raise DataError(f"{name}: numbers expected, got rows of different lengths") from None
    if array.dtype.kind not in "biuf":
        raise DataError(f"{name}: numbers expected, got {array.dtype}")
    return array


def chunks(array: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """An array piece by piece: the first row of a piece, and its rows."""
    step = max(1, CHUNK // max(1, array[:1].size))
    for start in range(0, len(array), step):
        yield start, np.asarray(array[start : start + step])


def _positions(indices: ArrayLike, n: int) -> np.ndarray:
    """Indices into n examples, or a mask of them, as whole numbers."""
    where = np.asarray(indices)
    if where.dtype == bool and where.shape == (n,):
        return np.flatnonzero(where)
    if where.ndim != 1 or (where.size and where.dtype.kind not in "iu"):
        raise IndexError(f"examples are chosen by a row of whole numbers or {n} booleans, not {where.dtype} {where.shape}")
    if where.size and not -n <= where.min() <= where.max() < n:
        raise IndexError(f"there is no example {where[(where < -n) | (where >= n)][0]}; there are {n}, counted from 0")
    return where.astype(np.int64, copy=False)


def _rows(array: np.ndarray, indices: Any) -> np.ndarray:
    """Some rows of an array, in memory."""
    if not isinstance(array, np.memmap):
        found = array[indices]
        if isinstance(indices, slice):
            found.flags.writeable = False  # a transform that worked in place would change the data of all epochs
        return found
    if isinstance(indices, slice) or np.ndim(indices) != 1:
        return np.array(array[indices])
    where = np.asarray(indices)
    if where.dtype == bool:
        where = np.flatnonzero(where)
    order = np.argsort(where % len(array))  # a disk is read best from front to back
    found = np.empty((len(where), *array.shape[1:]), array.dtype)
    found[order] = array[where[order]]
    return found
