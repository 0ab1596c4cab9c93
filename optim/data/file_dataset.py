"""A data set of several files, larger than memory: blocks of rows are opened when a batch asks for them."""

import zlib
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import DataError
from optim.data.datasets import rows_of_array
from optim.data.errors import DataFileError

Arrays = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Block:
    """Consecutive rows that are opened together: a file, or a part of a file such as a row group of Parquet.

    name:    of the file, for messages.
    length:  number of rows.
    empty:   inputs and targets without rows: their dtypes, and the shapes of a row.
    open:    returns inputs and targets of all rows, in memory or as arrays on disk (np.memmap).
    version: a text that changes with the content, such as the size of the file.
    """

    name: str
    length: int
    empty: Arrays
    open: Callable[[], Arrays]
    version: str = ""


class FileDataset:
    """The examples of several files in the order of the files; a batch reads only its own rows.

    blocks:   the parts of the files, see Block. `memmap_dataset` and `parquet_dataset` make them.
    max_open: number of blocks that are open at a time; the one that was used least recently is closed first.

    A file is opened when one of its rows is requested, so a process opens only the files of its own rows. `opens` counts how
    often each block was opened. Rows in random order open blocks again and again; `FileBatches` gives an order that opens every
    block once per epoch. Raises DataError if blocks differ in the dtypes or shapes of their rows. Hugging Face's datasets and
    PyTorch's ConcatDataset also join files.

    >>> import numpy as np
    >>> from optim.data import Block, FileDataset
    >>> def block(start, stop):
    ...     rows = np.arange(start, stop)
    ...     return Block(f"rows {start}–{stop - 1}", len(rows), (rows[:0], rows[:0]), lambda: (rows, rows % 2))
    >>> data = FileDataset([block(0, 4), block(4, 6), block(6, 9)])
    >>> inputs, targets = data[[8, 0, 7]]
    >>> inputs.tolist(), targets.tolist(), dict(data.opens)
    ([8, 0, 7], [0, 0, 1], {'rows 0–3': 1, 'rows 6–8': 1})
    """

    in_memory = False

    def __init__(self, blocks: Sequence[Block], max_open: int = 16):
        if not isinstance(max_open, int | np.integer) or max_open < 1:
            raise ValueError(f"max_open must be a number of blocks, 1 or more, got {max_open!r}")
        self.blocks, self.max_open = tuple(blocks), int(max_open)
        if not self.blocks:
            raise DataError("there are no files")
        _check_rows(self.blocks)
        #: The first row of each block, and the number of all rows.
        self.starts = np.concatenate([[0], np.cumsum([block.length for block in self.blocks])])
        self.opens: Counter[str] = Counter()
        self._open: OrderedDict[int, Arrays] = OrderedDict()

    def __len__(self) -> int:
        return int(self.starts[-1])

    def __getitem__(self, indices: Any) -> tuple[Any, Any]:
        if np.ndim(indices) == 0 and not isinstance(indices, slice):
            inputs, targets = self._gather(self._positions(np.array([indices])))
            return inputs[0], targets[0]
        return self._gather(self._positions(indices))

    def _positions(self, indices: Any) -> np.ndarray:
        """The rows of an index: a slice, integers, or a mask."""
        n = len(self)
        if isinstance(indices, slice):
            return np.arange(*indices.indices(n))
        array = np.asarray(indices)
        if array.dtype == bool:
            if array.shape != (n,):
                raise IndexError(f"a mask of {n} booleans expected, got shape {array.shape}")
            return np.flatnonzero(array)
        if array.size and (array.ndim != 1 or array.dtype.kind not in "iu"):
            raise IndexError(f"a slice, integers or {n} booleans expected, got {array.dtype} of shape {array.shape}")
        if array.size and not -n <= array.min() <= array.max() < n:
            raise IndexError(f"index {array[(array < -n) | (array >= n)][0]} is out of bounds for {n} examples")
        return np.where(array < 0, array + n, array).astype(np.int64)

    def _gather(self, positions: np.ndarray) -> Arrays:
        inputs, targets = (np.empty((len(positions), *a.shape[1:]), a.dtype) for a in self.blocks[0].empty)
        numbers = np.searchsorted(self.starts, positions, side="right") - 1
        for number in np.unique(numbers):
            chosen = np.flatnonzero(numbers == number)
            block_inputs, block_targets = self._arrays(int(number))
            rows = _as_slice(positions[chosen] - self.starts[number])
            inputs[chosen] = rows_of_array(block_inputs, rows)
            targets[chosen] = rows_of_array(block_targets, rows)
        return inputs, targets

    def _arrays(self, number: int) -> Arrays:
        """The arrays of a block, opened if they are not open."""
        if number in self._open:
            self._open.move_to_end(number)
            return self._open[number]
        while len(self._open) >= self.max_open:
            self._open.popitem(last=False)
        block = self.blocks[number]
        arrays = block.open()
        for array, empty in zip(arrays, block.empty):
            if (len(array), array.shape[1:], array.dtype) != (block.length, empty.shape[1:], empty.dtype):
                raise DataFileError(f"{block.name}: the file has changed: it had {_describe(block)}")
        self.opens[block.name] += 1
        self._open[number] = arrays
        return arrays

    def close(self) -> None:
        """Close all files; a later batch opens them again."""
        self._open.clear()

    def checksum(self) -> str:
        """A text that changes with the files: their names, versions and rows. It reads nothing."""
        text = "\n".join(f"{block.name} {block.version} {_describe(block)}" for block in self.blocks)
        return f"{zlib.crc32(text.encode()):08x}"

    def __repr__(self) -> str:
        inputs, targets = (f"{(len(self), *a.shape[1:])} {a.dtype}" for a in self.blocks[0].empty)
        return f"FileDataset(inputs {inputs}, targets {targets}, {len(self.blocks)} blocks on disk)"

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"_open": OrderedDict()}  # a copy in another process opens its own files


def _check_rows(blocks: Sequence[Block]) -> None:
    first = blocks[0]
    for block in blocks:
        for array, expected, name in zip(block.empty, first.empty, ("inputs", "targets")):
            if (array.dtype, array.shape[1:]) != (expected.dtype, expected.shape[1:]):
                raise DataError(
                    f"{name}: a row of {block.name} has shape {array.shape[1:]} and dtype {array.dtype}, one of {first.name} "
                    f"{expected.shape[1:]} and {expected.dtype}; all files need the same"
                )


def _describe(block: Block) -> str:
    return f"{block.length} rows of {', '.join(f'{a.dtype} {a.shape[1:]}' for a in block.empty)}"


def _as_slice(rows: np.ndarray) -> Any:
    """Consecutive rows as a slice, which is read without a search; others as they are."""
    is_consecutive = len(rows) and rows[-1] - rows[0] == len(rows) - 1 and (np.diff(rows) == 1).all()
    return slice(int(rows[0]), int(rows[-1]) + 1) if is_consecutive else rows
