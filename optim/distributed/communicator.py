"""The interface of communicators, the one of a single process, and errors that all ranks raise together."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import numpy as np


class DistributedError(RuntimeError):
    """The ranks cannot train together: one differs from the others, or has raised an error.

    >>> from optim.distributed import DistributedError
    >>> issubclass(DistributedError, RuntimeError)
    True
    """


class Communicator:
    """The connection of a rank to the others: five calls that every rank makes in the same order.

    rank: the number of this rank, from 0; size: the number of ranks.

    A call returns on all ranks or on none: a rank that leaves out a call makes the others wait. MPICommunicator connects
    processes, SingleProcess has one rank, ThreadCommunicator connects the threads of a test. mpi4py's names are bcast,
    allgather, Allreduce, Allgatherv and Abort; PyTorch's are those of torch.distributed.
    """

    rank: int
    size: int
    #: Whether a rank is a process of its own, whose number of BLAS threads may be set.
    owns_process: ClassVar[bool] = True

    def broadcast(self, value: Any) -> Any:
        """The value of rank 0, on all ranks: any object that pickle stores."""
        raise NotImplementedError

    def gather(self, value: Any) -> list[Any]:
        """The values of all ranks by rank, on all ranks: any objects that pickle stores."""
        raise NotImplementedError

    def sum(self, array: np.ndarray) -> None:
        """Replace the array by the sum over all ranks, in place; the order of the sum depends on the number of ranks."""
        raise NotImplementedError

    def gather_rows(self, rows: np.ndarray, counts: Sequence[int]) -> np.ndarray:
        """The rows of all ranks, one rank after another, on all ranks.

        rows:   (counts[rank], width), contiguous.
        counts: the number of rows of each rank.
        """
        raise NotImplementedError

    def abort(self, status: int = 1) -> None:
        """End the job on all ranks, because this rank cannot make the calls that the others wait for."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}(rank {self.rank} of {self.size})"


class SingleProcess(Communicator):
    """The communicator of one rank: a training has the same weights as on several ranks with the same shards, bit for bit.

    >>> import numpy as np
    >>> from optim.distributed import SingleProcess
    >>> communicator = SingleProcess()
    >>> communicator, communicator.broadcast(3.0)
    (SingleProcess(rank 0 of 1), 3.0)
    >>> communicator.gather_rows(np.ones((2, 3)), [2]).shape
    (2, 3)
    """

    rank, size = 0, 1

    def broadcast(self, value: Any) -> Any:
        return value

    def gather(self, value: Any) -> list[Any]:
        return [value]

    def sum(self, array: np.ndarray) -> None:
        pass

    def gather_rows(self, rows: np.ndarray, counts: Sequence[int]) -> np.ndarray:
        return rows

    def abort(self, status: int = 1) -> None:
        pass


@contextmanager
def raise_together(communicator: Communicator) -> Iterator[None]:
    """If a rank raises an Exception in the block, all ranks raise at its end: its own error, or DistributedError.

    The block makes no calls of the communicator, or only calls that no rank misses.

    >>> from optim.distributed import SingleProcess, raise_together
    >>> with raise_together(SingleProcess()):
    ...     raise ValueError("no such file")
    Traceback (most recent call last):
    ValueError: no such file
    """
    error: Exception | None = None
    try:
        yield
    except Exception as own:  # whatever it is, the other ranks raise, too
        error = own
    messages = communicator.gather(None if error is None else f"{type(error).__name__}: {error}")
    if error is not None:
        raise error
    for rank, message in enumerate(messages):
        if message is not None:
            raise DistributedError(f"rank {rank} raised {message}")
