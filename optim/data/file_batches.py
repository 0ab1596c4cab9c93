"""Mini-batches of files: every part of a batch comes from its own range of rows, and every file is opened once per epoch."""

from collections.abc import Iterator

import numpy as np

from autograd import DataError
from optim.data.batching import MiniBatch, part_bounds
from optim.data.file_dataset import FileDataset


class FileBatches(MiniBatch):
    """Mini-batches of a FileDataset that are shuffled in every epoch without opening a file twice.

    data:   the data set.
    size:   examples per batch.
    parts:  the equal parts of a batch, each from its own range of the rows. A training on several ranks cuts a batch into as
            many parts, 8 by default, so a rank opens only the files of its own parts.
    buffer: blocks whose rows are shuffled together: the larger, the more random the batches.

    In each part the blocks come in random order, `buffer` at a time, with their rows shuffled. A batch lies in at most
    2 · buffer blocks per part: with parts · 2 · buffer ≤ data.max_open on one rank, every block is opened once per epoch. In
    evaluation the order is that of the files. Hugging Face's IterableDataset.shuffle(buffer_size) and tf.data's interleave with
    shuffle also shuffle files, then rows.

    Raises DataError in an epoch of another data set.

    >>> import numpy as np
    >>> from optim.data import Block, FileBatches, FileDataset
    >>> def block(start):
    ...     rows = np.arange(start, start + 3)
    ...     return Block(f"rows {start}–{start + 2}", 3, (rows[:0], rows[:0]), lambda: (rows, rows))
    >>> data = FileDataset([block(start) for start in (0, 3, 6, 9)])
    >>> [batch.tolist() for batch in FileBatches(data, size=4, parts=2).batches(12, np.random.default_rng(0))]
    [[2, 0, 6, 7], [1, 5, 8, 10], [4, 3, 11, 9]]
    """

    def __init__(self, data: FileDataset, size: int = 32, parts: int = 8, buffer: int = 1):
        super().__init__(size)
        if not isinstance(data, FileDataset):
            raise DataError(f"FileBatches: a FileDataset expected, such as that of parquet_dataset, got {type(data).__name__}")
        for name, value in (("parts", parts), ("buffer", buffer)):
            if not isinstance(value, int | np.integer) or value < 1:
                raise ValueError(f"{name} must be an integer, 1 or more, got {value!r}")
        self.starts, self.parts, self.buffer = data.starts, int(parts), int(buffer)

    def batches(self, n: int, rng: "np.random.Generator") -> Iterator[np.ndarray]:
        """The indices of each batch: its parts one after the other."""
        if n != self.starts[-1]:
            raise DataError(f"FileBatches: the data set has {n} examples, but the files have {self.starts[-1]}")
        assert self.size is not None
        sizes = [min(self.size, n - start) for start in range(0, n, self.size)]
        bounds = np.array([part_bounds(size, self.parts) for size in sizes])  # of each part in each batch
        lengths = np.diff(bounds, axis=1)
        ends = np.cumsum(lengths.sum(axis=0))
        orders = [self._shuffle(end - length, end, rng) for length, end in zip(lengths.sum(axis=0), ends)]
        firsts = np.cumsum(lengths, axis=0) - lengths
        for first, length in zip(firsts, lengths):
            yield np.concatenate([order[i : i + k] for order, i, k in zip(orders, first, length)])

    def _shuffle(self, start: int, end: int, rng: "np.random.Generator") -> np.ndarray:
        """The rows from start to end: their blocks in random order, the rows of `buffer` blocks shuffled together."""
        inside = self.starts[(self.starts > start) & (self.starts < end)]
        bounds = np.concatenate([[start], inside, [end]])
        ranges = [np.arange(bounds[i], bounds[i + 1]) for i in rng.permutation(len(bounds) - 1)]
        groups = [np.concatenate(ranges[i : i + self.buffer]) for i in range(0, len(ranges), self.buffer)]
        return np.concatenate([rng.permutation(group) for group in groups])

    def __repr__(self) -> str:
        return f"FileBatches({self.starts[-1]} examples, size={self.size}, parts={self.parts}, buffer={self.buffer})"
