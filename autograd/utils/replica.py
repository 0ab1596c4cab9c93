"""What a computation shares with the other ranks that compute the same step: its random numbers, and sums over ranks.

A rank of a data-parallel training computes a part of each batch. Layers draw their random numbers from `replica_generator`, so
that they depend on the part and not on the rank; synchronized layers sum their statistics by `replica_sum`. Both belong to the
current thread.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

#: Replaces an array by its sum over all ranks, in place.
Sum = Callable[[np.ndarray], None]

_generator: ContextVar[Any] = ContextVar("replica generator", default=None)
_sum: ContextVar[Sum | None] = ContextVar("replica sum", default=None)


class _SeededGenerator:
    """A generator that is made when the first number is drawn, because most models draw none."""

    def __init__(self, seed: Sequence[int]):
        self.seed = seed
        self.generator: Any = None

    def get(self) -> Any:
        if self.generator is None:
            self.generator = np.random.default_rng(self.seed)
        return self.generator


@contextmanager
def replica(seed: Sequence[int], sum_over_ranks: Sum | None = None) -> Iterator[None]:
    """Inside the block, layers draw their random numbers from one generator with this seed, whatever generator they own.

    sum_over_ranks: the function that synchronized layers sum their statistics with; None for statistics of this rank alone.

    >>> from autograd.extend import replica, replica_generator
    >>> with replica([1, 2]):
    ...     first = replica_generator().random()
    >>> with replica([1, 2]):
    ...     print(replica_generator().random() == first, replica_generator() is replica_generator())
    True True
    >>> replica_generator() is None
    True
    """
    generator, sums = _generator.set(_SeededGenerator(seed)), _sum.set(sum_over_ranks)
    try:
        yield
    finally:
        _generator.reset(generator)
        _sum.reset(sums)


def replica_generator() -> "np.random.Generator | None":
    """The generator of the current `replica`; None outside of one."""
    source = _generator.get()
    return None if source is None else source.get()


def replica_sum() -> Sum | None:
    """The sum over ranks of the current `replica`; None if there is none."""
    return _sum.get()
