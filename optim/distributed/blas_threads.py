"""The number of BLAS threads of a rank: one for reproducible sums, else as many as make use of all cores."""

import os
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from optim.distributed.communicator import Communicator


def fair_threads(communicator: Communicator) -> int:
    """The cores that this rank may use, divided by the number of ranks that may use the same ones."""
    cores = (
        sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))
    )  # macOS has no affinity
    place = socket.gethostname(), cores
    return max(1, len(cores) // communicator.gather(place).count(place))


@contextmanager
def limit_blas_threads(threads: int) -> Iterator[None]:
    """BLAS uses this number of threads inside the block; a warning if threadpoolctl is not installed.

    >>> from optim.distributed.blas_threads import limit_blas_threads
    >>> with limit_blas_threads(1):
    ...     pass
    """
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        if os.environ.get("OPENBLAS_NUM_THREADS", os.environ.get("OMP_NUM_THREADS")) != str(threads):
            warnings.warn(
                f"the number of BLAS threads of each rank should be {threads}, and threadpoolctl is not installed: "
                "pip install 'chainrule[mpi]', or set OPENBLAS_NUM_THREADS before Python starts",
                stacklevel=3,
            )
        yield
        return
    with threadpool_limits(threads, "blas"):
        yield
