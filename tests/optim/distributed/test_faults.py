"""A rank that raises or is killed ends the job on all ranks, and the training goes on from its run folder."""

import random
import subprocess
import sys

import pytest

from optim.distributed import Communicator, DistributedError
from optim.distributed.faults import INTERRUPTED, end_job_on_error
from tests.optim.distributed.killed_ranks import ROOT, Training, disturb, mpiexec

RAISE = """
from optim.distributed import MPICommunicator
communicator = MPICommunicator()
if communicator.rank == 1:
    raise ValueError("no such file")
communicator.gather(0)
"""


class Rank(Communicator):
    rank, size = 1, 3

    def __init__(self):
        self.status = None

    def abort(self, status=1):
        self.status = status


@pytest.mark.parametrize(
    ("error", "status"),
    [(ValueError("no such file"), 1), (DistributedError("rank 0 …"), 1), (KeyboardInterrupt(), INTERRUPTED)],
)
def test_an_error_that_nobody_catches_is_printed_with_its_rank_before_the_abort(monkeypatch, capsys, error, status):
    monkeypatch.setattr("optim.distributed.faults.PATIENCE", 0.01)
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    communicator = Rank()
    end_job_on_error(communicator)
    sys.excepthook(type(error), error, None)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "rank 1 of 3:"
    assert type(error).__name__ in lines[-1]
    assert communicator.status == status


@pytest.fixture
def launcher():
    pytest.importorskip("mpi4py")
    return mpiexec() or pytest.skip("there is no mpiexec")


@pytest.mark.mpi
def test_a_rank_that_raises_ends_the_job(launcher):
    command = [launcher, "-n", "2", sys.executable, "-c", RAISE]
    job = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert job.returncode == 1
    assert "rank 1 of 2:\nTraceback" in job.stderr
    assert "ValueError: no such file" in job.stderr


@pytest.mark.mpi
def test_a_training_with_killed_ranks_ends_with_the_weights_of_an_undisturbed_one(launcher, tmp_path):
    undisturbed, killed = Training(tmp_path / "undisturbed", epochs=3), Training(tmp_path / "killed", epochs=3)
    expected = undisturbed.finish(ranks=1)
    disturb(killed, 2, random.Random(0), longest=3.0, ranks=[2])
    assert (killed.weights() if killed.is_complete else killed.finish(ranks=2)) == expected
