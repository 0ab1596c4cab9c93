"""The communicators: the same calls for a process, for threads and for MPI."""

import sys

import numpy as np
import pytest

from optim.distributed import Communicator, DistributedError, MPICommunicator, SingleProcess, raise_together, run_threads
from optim.distributed.blas_threads import fair_threads, limit_blas_threads


def calls(communicator):
    rank, size = communicator.rank, communicator.size
    array = np.arange(3.0) + rank
    communicator.sum(array)
    rows = communicator.gather_rows(np.full((rank + 1, 2), float(rank)), range(1, size + 1))
    return communicator.broadcast(f"from {rank}"), communicator.gather(rank), array.tolist(), rows[:, 0].tolist()


def test_a_single_process():
    assert calls(SingleProcess()) == ("from 0", [0], [0.0, 1.0, 2.0], [0.0])
    SingleProcess().abort()


def test_threads():
    expected = "from 0", [0, 1, 2], [3.0, 6.0, 9.0], [0.0, 1.0, 1.0, 2.0, 2.0, 2.0]
    assert run_threads(calls, 3) == [expected] * 3


def test_an_error_of_a_thread_ends_the_others():
    def fail(communicator):
        if communicator.rank == 1:
            raise ValueError("rank 1 only")
        communicator.gather(0)

    with pytest.raises(ValueError, match="rank 1 only"):
        run_threads(fail, 3)


def test_all_ranks_raise_the_error_of_one():
    def fail(communicator):
        try:
            with raise_together(communicator):
                if communicator.rank == 1:
                    raise OSError("no such file")
        except Exception as error:
            return f"{type(error).__name__}: {error}"

    told = "DistributedError: rank 1 raised OSError: no such file"
    assert run_threads(fail, 3) == [told, "OSError: no such file", told]


def test_a_communicator_says_its_rank():
    assert run_threads(repr, 2)[1] == "ThreadCommunicator(rank 1 of 2)"


@pytest.mark.parametrize(
    "call",
    [lambda c: c.broadcast(1), lambda c: c.gather(1), lambda c: c.sum(1), lambda c: c.gather_rows(1, [1]), lambda c: c.abort()],
)
def test_a_communicator_implements_five_calls(call):
    with pytest.raises(NotImplementedError):
        call(Communicator())


def test_without_mpi_the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "mpi4py", None)
    with pytest.raises(ImportError, match=r"pip install 'chainrule\[mpi\]'"):
        MPICommunicator()


def test_the_cores_are_divided_among_the_ranks():
    alone = fair_threads(SingleProcess())
    assert run_threads(fair_threads, 2) == [max(1, alone // 2)] * 2


def test_without_threadpoolctl_the_threads_must_be_set_before(monkeypatch):
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    with limit_blas_threads(1):
        pass
    with pytest.warns(UserWarning, match="the number of BLAS threads of each rank should be 2"), limit_blas_threads(2):
        pass


def test_distributed_errors_are_runtime_errors():
    assert issubclass(DistributedError, RuntimeError)
