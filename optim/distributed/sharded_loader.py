"""The part of each batch that a rank computes: a batch is cut into shards, and each rank has adjacent shards."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

import numpy as np

from optim.data.loader import DataLoader, prefetch

#: The smallest shard of a batch with more examples than that: batch normalization needs two.
SMALLEST_SHARD = 2


class Shard(NamedTuple):
    """Some examples of a batch.

    number:  of the shard in its batch.
    share:   the share of its examples in the batch.
    scale:   1, or 1 / n if n ranks have the same shard.
    seed:    of the random numbers that the model draws.
    """

    number: int
    inputs: Any
    targets: Any
    share: float
    scale: float
    seed: list[int]


class BatchSize(NamedTuple):
    """The size of a whole batch.

    shards:   their number.
    examples: their number, or the sum of their weights.
    """

    shards: int
    examples: float


def shard_bounds(examples: int, shards: int) -> list[int]:
    """Where a batch is cut: shard i has the examples from bounds[i] to bounds[i + 1] − 1.

    The sizes differ by at most one. A small batch has fewer shards, of at least two examples each.

    >>> from optim.distributed.sharded_loader import shard_bounds
    >>> shard_bounds(10, 4), shard_bounds(5, 4), shard_bounds(1, 4)
    ([0, 2, 5, 7, 10], [0, 2, 5], [0, 1])
    """
    count = min(shards, max(1, examples // SMALLEST_SHARD))
    return [examples * i // count for i in range(count + 1)]


def shards_of_rank(shards: int, rank: int, size: int) -> range:
    """The numbers of the shards that a rank computes.

    >>> from optim.distributed.sharded_loader import shards_of_rank
    >>> [list(shards_of_rank(8, rank, 3)) for rank in range(3)]
    [[0, 1], [2, 3, 4], [5, 6, 7]]
    """
    return range(shards * rank // size, shards * (rank + 1) // size)


class ShardedLoader:
    """The shards of a rank in each batch of a DataLoader; each iteration is a new epoch.

    loader:          of the whole batches; its `rng` has the same state on all ranks.
    rank, size:      of the communicator.
    shards:          the number of shards of a batch.
    count_examples:  a function of the indices of a batch; len by default.
    inputs, targets: functions that convert the inputs and targets of a shard.
    joint:           whether all ranks take part in every batch: in a batch with fewer shards than ranks, each rank then has the
                     whole batch.
    reseeded:        a function of a seed: a block in which generators that the transform owns have it.

    A rank reads only its own examples, and those once. The batches are those of the loader. The random numbers of a shard
    depend on the seed of the epoch, the batch and the shard.

    >>> import numpy as np
    >>> from optim import MiniBatch
    >>> from optim.data import DataLoader
    >>> from optim.distributed.sharded_loader import ShardedLoader
    >>> data = DataLoader((np.arange(6.0), np.arange(6)), MiniBatch(6), shuffle=False)
    >>> for rank in range(2):
    ...     for shards, size in ShardedLoader(data, rank, 2, shards=3):
    ...         print([shard.inputs.tolist() for shard in shards], size.examples)
    [[0.0, 1.0]] 6
    [[2.0, 3.0], [4.0, 5.0]] 6
    """

    def __init__(
        self,
        loader: DataLoader,
        rank: int,
        size: int,
        shards: int,
        count_examples: Callable[[Any], float] | None = None,
        inputs: Callable[[Any], Any] = lambda x: x,
        targets: Callable[[Any], Any] = lambda y: y,
        joint: bool = False,
        reseeded: Callable[[list[int]], AbstractContextManager[Any]] = nullcontext,
    ):
        self.loader, self.rank, self.size, self.shards, self.joint = loader, rank, size, shards, joint
        self._count_examples, self._inputs, self._targets, self._reseeded = count_examples, inputs, targets, reseeded

    def __iter__(self) -> Iterator[tuple[list[Shard], BatchSize]]:
        batches = self._epoch(self.loader.draw_seed())
        return prefetch(batches, self.loader.prefetch) if self.loader.prefetch else batches

    def _epoch(self, seed: list[int]) -> Iterator[tuple[list[Shard], BatchSize]]:
        n = len(self.loader.data)
        for number, indices in enumerate(self.loader.index_batches(np.random.default_rng(seed)), 1):
            if isinstance(indices, slice):
                start, stop, _ = indices.indices(n)
                indices = range(start, stop)
            try:
                shards, count = self._shards(indices, [*seed, number])
            except Exception as error:
                error.add_note(f"(in batch {number} of {len(self.loader)})")
                raise
            examples = len(indices) if self._count_examples is None else self._count_examples(_selection(indices))
            yield shards, BatchSize(count, examples)

    def _shards(self, indices: Any, seed: list[int]) -> tuple[list[Shard], int]:
        """The shards of this rank, and the number of all."""
        bounds = shard_bounds(len(indices), self.shards)
        numbers = shards_of_rank(len(bounds) - 1, self.rank, self.size)
        scale = 1.0
        if self.joint and len(bounds) <= self.size:
            bounds, numbers, scale = [0, len(indices)], range(1), 1 / self.size
        if not numbers:
            return [], len(bounds) - 1
        first = bounds[numbers[0]]
        inputs, targets = self.loader.data[_selection(indices[first : bounds[numbers[-1] + 1]])]
        shards = []
        for number in numbers:
            rows = slice(bounds[number] - first, bounds[number + 1] - first)
            transform = np.random.default_rng([*seed, number, 0]) if self.loader.transform is not None else None
            if transform is None:
                x = inputs[rows]
            else:
                with self._reseeded([*seed, number, 0]):
                    x = self.loader.transform_inputs(inputs[rows], transform)
            y = tuple(array[rows] for array in targets) if isinstance(targets, tuple) else targets[rows]
            share = scale * (rows.stop - rows.start) / len(indices)
            shards.append(Shard(number, self._inputs(x), self._targets(y), share, scale, [*seed, number, 1]))
        return shards, len(bounds) - 1


def _selection(indices: Any) -> Any:
    """Indices as they are, a range as a slice, which reads sequentially."""
    return slice(indices.start, indices.stop) if isinstance(indices, range) else indices
