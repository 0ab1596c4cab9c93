"""Batches for training: shuffled in every epoch, transformed, and prefetched in a thread."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from contextvars import copy_context
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from autograd import DataError
from autograd.extend import suggest_names
from optim.data.batching import Batching, MiniBatch
from optim.data.datasets import Dataset, as_dataset
from optim.data.transform import with_generator


class DataLoader:
    """An iterable over the batches (inputs, targets) of an epoch; each iteration is a new epoch. PyTorch's DataLoader.

    data:      a pair of arrays (inputs, targets), or a data set: ArrayDataset, Subset, or a class of your own.
    batching:  Batch(), Stochastic() or MiniBatch(size); default MiniBatch(32).
    transform: inputs of a batch → inputs, such as an augmentation. A function with a parameter `rng` receives the generator.
    prefetch:  number of batches that a thread prepares in advance; 0 for no thread. Default: 2 with a transform or with data
               that is not in memory, else 0.
    drop_last: whether to omit a last batch that is smaller than the others.
    shuffle:   whether to shuffle the examples in every epoch.
    rng:       generator or seed of shuffling and transforms.

    The random numbers of an epoch come from one seed that is drawn from `rng` when the epoch begins. A seed therefore gives the
    same batches with and without a thread, and an epoch that is not finished leaves `rng` in the same state as a finished one.
    An exception in a transform is raised in the loop at the position of its batch. The thread ends with the loop. A forked
    process has no threads: an iteration with prefetch that it continues raises RuntimeError, and it may start a new one.

    Raises DataError if there are no examples, or with drop_last fewer examples than a batch.

    >>> import numpy as np
    >>> from optim import MiniBatch
    >>> from optim.data import DataLoader
    >>> loader = DataLoader((np.arange(5.0), np.arange(5)), MiniBatch(2), transform=lambda x: 10 * x, rng=0)
    >>> for inputs, targets in loader:
    ...     print(inputs, targets)
    [ 0. 40.] [0 4]
    [20. 30.] [2 3]
    [10.] [1]
    >>> len(loader)
    3
    """

    @suggest_names
    def __init__(
        self,
        data: Dataset | tuple[ArrayLike, ArrayLike],
        batching: Batching | None = None,
        *,
        transform: Callable[..., Any] | None = None,
        prefetch: int | None = None,
        drop_last: bool = False,
        shuffle: bool = True,
        rng: "np.random.Generator | int | None" = None,
    ):
        self.data, self.batching, self.transform = as_dataset(data), batching or MiniBatch(), transform
        if not isinstance(self.batching, Batching):
            raise TypeError(f"batching: Batch(), Stochastic() or MiniBatch(size) expected, got {batching!r}")
        if prefetch is None:
            prefetch = 0 if transform is None and getattr(self.data, "in_memory", False) else 2
        if not isinstance(prefetch, int) or prefetch < 0:
            raise ValueError(f"prefetch must be a number of batches, 0 or more, got {prefetch!r}")
        self.prefetch, self.drop_last, self.shuffle = prefetch, drop_last, shuffle
        self.rng = np.random.default_rng(rng)
        self._transform = None if transform is None else with_generator(transform)
        if not len(self):
            few = f"{len(self.data)} examples do not fill a batch of {self.batching.size}, and drop_last omits smaller ones"
            raise DataError(few if len(self.data) else "there are no examples")

    def __len__(self) -> int:
        """The number of batches per epoch."""
        if self.drop_last and self.batching.size is not None:
            return len(self.data) // self.batching.size
        return self.batching.steps(len(self.data)) if len(self.data) else 0

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        batches = self._epoch(np.random.default_rng(self.draw_seed()))
        return prefetch(batches, self.prefetch) if self.prefetch else batches

    def draw_seed(self) -> list[int]:
        """The seed of an epoch, drawn from `rng` when the epoch begins."""
        return self.rng.integers(2**32, size=4, dtype=np.uint32).tolist()

    def index_batches(self, rng: "np.random.Generator") -> Iterator[Any]:
        """The indices of the examples of each batch of an epoch."""
        n = len(self.data)
        return islice(self.batching.batches(n, rng) if self.shuffle else self.batching.in_order(n), len(self))

    def _epoch(self, rng: "np.random.Generator") -> Iterator[tuple[Any, Any]]:
        for number, indices in enumerate(self.index_batches(rng), 1):
            try:
                inputs, targets = self.data[indices]
                inputs = self.transform_inputs(inputs, rng)
            except Exception as error:
                error.add_note(f"(in batch {number} of {len(self)})")
                raise
            yield inputs, targets

    def transform_inputs(self, inputs: Any, rng: "np.random.Generator") -> Any:
        """The inputs of a batch after the transform, if there is one; raises DataError unless it keeps the number of rows."""
        if self._transform is None:
            return inputs
        outputs = self._transform(inputs, rng)
        if np.shape(outputs)[:1] != np.shape(inputs)[:1]:
            got = "None" if outputs is None else f"shape {np.shape(outputs)}"
            raise DataError(f"the transform must return one row per example: inputs of shape {np.shape(inputs)}, got {got}")
        return outputs


def prefetch(items: Iterator[Any], depth: int) -> Iterator[Any]:
    """The items of an iterator; a thread computes up to `depth` of them in advance.

    >>> from optim.data.loader import prefetch
    >>> list(prefetch(iter("abc"), 2))
    ['a', 'b', 'c']
    """
    from concurrent.futures import ThreadPoolExecutor  # imported when first used: most loaders have no thread

    end = object()
    process, thread = os.getpid(), ThreadPoolExecutor(1, "prefetch")
    context = copy_context()  # settings of the loop such as np.errstate apply to the thread as well
    next_item = lambda: context.run(next, items, end)
    try:
        pending = deque(thread.submit(next_item) for _ in range(depth))
        while (item := pending.popleft().result()) is not end:
            pending.append(thread.submit(next_item))
            yield item
            if os.getpid() != process:
                raise RuntimeError(
                    "this iterator prefetches in a thread, which does not exist in a forked process; "
                    "start a new iteration of the DataLoader in this process, or give it prefetch=0"
                )
    finally:
        if os.getpid() == process:
            thread.shutdown(cancel_futures=True)
