"""The three batchings of gradient descent: all examples, mini-batches, or single examples per step."""

from collections.abc import Iterator
from typing import Any

import numpy as np


class Batching:
    """Divides the examples of an epoch into batches of `size` examples; the last batch has the remaining ones.

    >>> from optim import MiniBatch
    >>> [batch.tolist() for batch in map(np.arange(5).__getitem__, MiniBatch(2).in_order(5))]
    [[0, 1], [2, 3], [4]]
    """

    #: Examples per batch; None for all.
    size: int | None = None

    def batches(self, n: int, rng: "np.random.Generator") -> Iterator[Any]:
        """The indices of each batch, in a new random order at every call."""
        if self.size is None or self.size >= n:
            yield slice(None)
            return
        order = rng.permutation(n)
        for start in range(0, n, self.size):
            yield order[start : start + self.size]

    def in_order(self, n: int) -> Iterator[slice]:
        """The slices of each batch without shuffling, for evaluation and for data that is read sequentially."""
        size = self.size or max(n, 1)
        for start in range(0, n, size):
            yield slice(start, start + size)

    def steps(self, n: int) -> int:
        """Steps per epoch: ⌈n / size⌉."""
        return 1 if self.size is None else -(-n // self.size)


class Batch(Batching):
    """Batch gradient descent: all examples in every step, one step per epoch.

    >>> from optim import Batch
    >>> Batch().steps(100)
    1
    """

    def __repr__(self) -> str:
        return "Batch()"


class MiniBatch(Batching):
    """Mini-batch gradient descent: `size` shuffled examples in every step.

    >>> import numpy as np
    >>> from optim import MiniBatch
    >>> [len(batch) for batch in MiniBatch(4).batches(10, np.random.default_rng(0))]
    [4, 4, 2]
    """

    def __init__(self, size: int = 32):
        if not isinstance(size, int | np.integer) or size < 1:
            raise ValueError(f"the size of a mini-batch must be an integer, at least 1, got {size!r}")
        self.size = int(size)

    def __repr__(self) -> str:
        return f"MiniBatch({self.size})"


class Stochastic(MiniBatch):
    """Stochastic gradient descent: one shuffled example in every step, n steps per epoch.

    >>> from optim import Stochastic
    >>> Stochastic().steps(100)
    100
    """

    def __init__(self) -> None:
        super().__init__(1)

    def __repr__(self) -> str:
        return "Stochastic()"


def part_bounds(n: int, parts: int) -> list[int]:
    """The bounds of n rows in equal parts: part i has the rows from bounds[i] to bounds[i + 1].

    >>> from optim.data.batching import part_bounds
    >>> part_bounds(10, 4)
    [0, 2, 5, 7, 10]
    """
    return [n * i // parts for i in range(parts + 1)]
