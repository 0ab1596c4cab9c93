"""Batches for training: shuffled anew every epoch, transformed, and made ahead of time in a thread."""

from collections import deque
from collections.abc import Callable, Iterator
from contextvars import copy_context
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from autograd import DataError
from optim.data.batching import Batching, MiniBatch
from optim.data.datasets import Dataset, as_dataset
from optim.data.transform import with_generator


class DataLoader:
    """The batches (inputs, targets) of an epoch, as often as it is iterated over.

    data:      a pair of arrays (inputs, targets) or a data set (Arrays, Subset, mapped, or your own).
    batching:  Batch(), Stochastic() or MiniBatch(size), the default with 32.
    transform: inputs of a batch → inputs, such as an augmentation; one with a parameter `rng` is given the generator.
    prefetch:  how many batches a thread makes ahead; by default 2 where there is something to wait for (a transform,
               data that is not in memory) and 0, no thread, elsewhere.
    drop_last: leave out a last batch that is short.
    shuffle:   False takes the examples in order.
    rng:       generator or seed of shuffling and transforms.

    All randomness of an epoch comes from one number drawn from `rng` when it begins. So a seed gives the same batches
    with and without a thread, and an epoch that is given up leaves `rng` as a whole one does. What a transform raises is
    raised where the batch would have come; the thread ends with the loop, however that ends.

    Raises DataError if there are no examples, or fewer than a batch with drop_last.

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
            raise TypeError(f"batching: Batch(), Stochastic() or MiniBatch(size) expected, not {batching!r}")
        if prefetch is None:
            prefetch = 0 if transform is None and getattr(self.data, "in_memory", False) else 2
        if not isinstance(prefetch, int) or prefetch < 0:
            raise ValueError(f"prefetch is a number of batches, 0 or more, not {prefetch!r}")
        self.prefetch, self.drop_last, self.shuffle = prefetch, drop_last, shuffle
        self.rng = np.random.default_rng(rng)
        self._transform = None if transform is None else with_generator(transform)
        if not len(self):
            few = f"{len(self.data)} examples do not fill one batch of {self.batching.size}, and drop_last leaves it out"
            raise DataError(few if len(self.data) else "there are no examples")

    def __len__(self) -> int:
        """Batches, which are steps, per epoch."""
        if self.drop_last and self.batching.size is not None:
            return len(self.data) // self.batching.size
        return self.batching.steps(len(self.data)) if len(self.data) else 0

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        seed = self.rng.integers(2**32, size=4, dtype=np.uint32)
        batches = self._epoch(np.random.default_rng(seed))
        return prefetch(batches, self.prefetch) if self.prefetch else batches

    def _epoch(self, rng: "np.random.Generator") -> Iterator[tuple[Any, Any]]:
        n = len(self.data)
        order = self.batching.batches(n, rng) if self.shuffle else self.batching.in_order(n)
        for number, indices in enumerate(islice(order, len(self)), 1):
            try:
                inputs, targets = self.data[indices]
                if self._transform is not None:
                    inputs = self._transformed(inputs, rng)
            except Exception as error:
                error.add_note(f"(in batch {number} of {len(self)})")
                raise
            yield inputs, targets

    def _transformed(self, inputs: Any, rng: "np.random.Generator") -> Any:
        assert self._transform is not None
        made = self._transform(inputs, rng)
        if np.shape(made)[:1] != np.shape(inputs)[:1]:
            what = "None" if made is None else f"shape {np.shape(made)}"
            raise DataError(f"a transform gives as many inputs as it takes; it took {np.shape(inputs)} and gave {what}")
        return made


def prefetch(items: Iterator[Any], depth: int) -> Iterator[Any]:
    """The items of an iterator, of which a thread makes up to `depth` in advance.

    >>> from optim.data.loader import prefetch
    >>> list(prefetch(iter("abc"), 2))
    ['a', 'b', 'c']
    """
    from concurrent.futures import ThreadPoolExecutor  # imported when first needed: most loaders have no thread

    end = object()
    thread = ThreadPoolExecutor(1, "prefetch")
    context = copy_context()  # what holds for the loop, such as np.errstate, holds for the thread
    make = lambda: context.run(next, items, end)
    try:
        coming = deque(thread.submit(make) for _ in range(depth))
        while (item := coming.popleft().result()) is not end:
            coming.append(thread.submit(make))
            yield item
    finally:
        thread.shutdown(cancel_futures=True)
