"""A communicator whose ranks are threads of this process, for tests of programs that run on several ranks."""

import pickle
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, ClassVar

import numpy as np

from optim.distributed.communicator import Communicator, DistributedError


class ThreadCommunicator(Communicator):
    """A rank among the threads of `run_threads`. Every rank needs its own model, optimizer and callbacks."""

    owns_process: ClassVar[bool] = False

    def __init__(self, rank: int, values: list[Any], barrier: threading.Barrier):
        self.rank, self.size = rank, len(values)
        self._values, self._barrier = values, barrier

    def gather(self, value: Any) -> list[Any]:
        try:
            self._barrier.wait()  # the values of the last call have been read
            self._values[self.rank] = pickle.dumps(value)  # every rank gets its own objects, as from MPI
            self._barrier.wait()
        except threading.BrokenBarrierError:
            raise DistributedError("another rank has aborted") from None
        return [pickle.loads(value) for value in self._values]

    def broadcast(self, value: Any) -> Any:
        return self.gather(value)[0]

    def sum(self, array: np.ndarray) -> None:
        array[...] = np.sum(self.gather(array), axis=0)

    def gather_rows(self, rows: np.ndarray, counts: Sequence[int]) -> np.ndarray:
        return np.concatenate(self.gather(rows))

    def abort(self, status: int = 1) -> None:
        self._barrier.abort()


def run_threads(function: Callable[[Communicator], Any], size: int) -> list[Any]:
    """Call function(communicator) in `size` threads, and return the results by rank.

    Raises the error of the first rank that raised one by itself, after all threads have ended.

    >>> from optim.distributed import run_threads
    >>> run_threads(lambda communicator: sum(communicator.gather(communicator.rank)), 3)
    [3, 3, 3]
    """
    values, barrier = [None] * size, threading.Barrier(size)

    def call(rank: int) -> Any:
        communicator = ThreadCommunicator(rank, values, barrier)
        try:
            return function(communicator)
        except DistributedError:  # all ranks raise it
            raise
        except BaseException:
            communicator.abort()  # the others would wait for this rank
            raise

    with ThreadPoolExecutor(size) as threads:
        futures = [threads.submit(copy_context().run, call, rank) for rank in range(size)]
    errors = [error for future in futures if (error := future.exception()) is not None]
    for error in sorted(errors, key=lambda error: isinstance(error, DistributedError)):
        raise error
    return [future.result() for future in futures]
