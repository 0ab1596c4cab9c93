"""The communicator of MPI, by mpi4py."""

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from optim.distributed.communicator import Communicator
from optim.distributed.faults import end_job_on_error


class MPICommunicator(Communicator):
    """The ranks of an MPI program, which `mpiexec -n 4 python program.py` starts; without mpiexec, one rank.

    comm: a communicator of mpi4py; COMM_WORLD by default.

    Raises ImportError without mpi4py (pip install 'chainrule[mpi]').
    """

    def __init__(self, comm: Any = None):
        try:
            from mpi4py import MPI
        except (ImportError, RuntimeError) as error:  # mpi4py raises RuntimeError without a library of MPI
            raise ImportError(
                f"training on several ranks needs mpi4py and MPI: pip install 'chainrule[mpi]' ({error})"
            ) from None
        self._mpi, self.comm = MPI, MPI.COMM_WORLD if comm is None else comm
        self.rank, self.size = self.comm.Get_rank(), self.comm.Get_size()
        if self.size > 1:
            end_job_on_error(self)

    def broadcast(self, value: Any) -> Any:
        return self.comm.bcast(value)

    def gather(self, value: Any) -> list[Any]:
        return self.comm.allgather(value)

    def sum(self, array: np.ndarray) -> None:
        self.comm.Allreduce(self._mpi.IN_PLACE, array)

    def gather_rows(self, rows: np.ndarray, counts: Sequence[int]) -> np.ndarray:
        width = rows.shape[1]
        gathered = np.empty((sum(counts), width), rows.dtype)
        self.comm.Allgatherv(rows, [gathered, [count * width for count in counts]])
        return gathered

    def abort(self, status: int = 1) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        self.comm.Abort(status)
