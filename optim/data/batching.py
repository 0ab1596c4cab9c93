"""The three batchings: on how many examples each step of gradient descent looks."""

from collections.abc import Iterator
from typing import Any

import numpy as np


class Batching:
    """How the examples of an epoch are divided into steps; `size` examples each, the last step takes the rest."""

    size: int | None = None

    def batches(self, n: int, rng: "np.random.Generator") -> Iterator[Any]:
        """Indices of the examples of each step, shuffled anew at every call."""
        if self.size is None or self.size >= n:
            yield slice(None)
            return
        order = rng.permutation(n)
        for start in range(0, n, self.size):
            yield order[start : start + self.size]

    def in_order(self, n: int) -> Iterator[slice]:
        """The examples of each step without shuffling, for measuring and for data that is read from front to back."""
        size = self.size or max(n, 1)
        for start in range(0, n, size):
            yield slice(start, start + size)

    def steps(self, n: int) -> int:
        """Steps per epoch: ⌈n / size⌉."""
        return 1 if self.size is None else -(-n // self.size)


class Batch(Batching):
    """All examples in every step: one step per epoch.

    >>> from optim import Batch
    >>> Batch().steps(100)
    1
    """

    def __repr__(self) -> str:
        return "Batch()"


class MiniBatch(Batching):
    """`size` shuffled examples in every step.

    >>> import numpy as np
    >>> from optim import MiniBatch
    >>> [len(batch) for batch in MiniBatch(4).batches(10, np.random.default_rng(0))]
    [4, 4, 2]
    """

    def __init__(self, size: int = 32):
        if not isinstance(size, int | np.integer) or size < 1:
            raise ValueError(f"a mini-batch holds a whole number of examples, at least 1, not {size!r}")
        self.size = int(size)

    def __repr__(self) -> str:
        return f"MiniBatch({self.size})"


class Stochastic(MiniBatch):
    """One shuffled example in every step: n steps per epoch.

    >>> from optim import Stochastic
    >>> Stochastic().steps(100)
    100
    """

    def __init__(self) -> None:
        super().__init__(1)

    def __repr__(self) -> str:
        return "Stochastic()"
