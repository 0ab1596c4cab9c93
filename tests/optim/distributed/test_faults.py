"""A rank that raises or is killed ends the job on all ranks, and the training goes on from its run folder."""

import os
import random
import re
import subprocess
import sys

import pytest

import optim.__main__ as command
from optim import MiniBatch
from optim.distributed import Communicator, DistributedError
from optim.distributed.faults import FAILED, INTERRUPTED, end_job_of_command, end_job_on_error
from optim.distributed.source_code import source_checksums
from tests.optim.distributed.killed_ranks import ROOT, SECONDS, Training, disturb, mpiexec

RAISE = """
from optim.distributed import MPICommunicator
communicator = MPICommunicator()
if communicator.rank == 1:
    raise ValueError("no such file")
communicator.gather(0)
"""

PROGRAM = """
import sys, numpy as np, nn
from optim import SGD, fit
width = 8
rows = 20
lr = 0.1
model = nn.MLP([2, 8, 1], rng=0)
data = np.ones((rows, 2)), np.ones((rows, 1))
fit(model, nn.MSELoss(), data, optimizer=SGD(model.parameters(), lr=lr), epochs=1, communicator="mpi")
"""


class Rank(Communicator):
    size = 3

    def __init__(self, rank):
        self.rank, self.status = rank, None

    def abort(self, status=1):
        self.status = status


@pytest.fixture
def abort_status(monkeypatch):
    """A function that raises an error that nobody catches on a rank, and returns the status of the abort."""
    monkeypatch.setattr("optim.distributed.faults.PATIENCE", 0.01)
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)

    def raise_on(rank, error):
        communicator = Rank(rank)
        end_job_on_error(communicator)
        sys.excepthook(type(error), error, None)
        return communicator.status

    return raise_on


@pytest.mark.parametrize(
    ("rank", "error", "status"),
    [(1, ValueError("no such file"), 1), (0, DistributedError("rank 1 …"), 1), (2, KeyboardInterrupt(), INTERRUPTED)],
)
def test_an_error_that_nobody_catches_is_printed_with_its_rank_before_the_abort(abort_status, capsys, rank, error, status):
    assert abort_status(rank, error) == status
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == f"rank {rank} of 3:"
    assert type(error).__name__ in lines[-1]


def test_an_error_of_all_ranks_is_printed_once(abort_status, capsys):
    assert abort_status(1, DistributedError("rank 2 raised ValueError")) == 1
    assert capsys.readouterr().err == ""


def test_the_code_of_ranks_differs_if_a_source_file_does(tmp_path, monkeypatch):
    checksums = []
    for content in ("x = 1", "x = 1", "x = 2"):
        (tmp_path / "train.py").write_text(content)
        monkeypatch.setattr(sys.modules["__main__"], "__file__", str(tmp_path / "train.py"), raising=False)
        checksums.append(source_checksums([MiniBatch(2), abs, random.Random.shuffle]))
    assert [text.split()[0] for text in checksums[0]] == ["batching.py", "random.py", "train.py"]
    assert checksums[0] == checksums[1] != checksums[2]


@pytest.mark.parametrize(("rank", "ranks"), [(0, 1), (0, 3), (2, 3)])
def test_an_error_of_a_command_is_one_line_and_ends_the_job(monkeypatch, capsys, rank, ranks):
    monkeypatch.setattr("optim.distributed.faults.PATIENCE", 0.01)
    communicator = Rank(rank)
    communicator.size = ranks
    with pytest.raises(ValueError, match="no such"), end_job_of_command(communicator, "optim"):
        raise ValueError("no such\nfile") from None
    assert capsys.readouterr().err == ("" if ranks == 1 else f"optim: rank {rank} of 3: no such file\n")
    assert communicator.status == (None if ranks == 1 else FAILED)


def test_a_run_of_one_process_is_not_resumed_on_several_ranks(monkeypatch, capsys, tmp_path):
    folder = str(tmp_path / "run")
    monkeypatch.setattr(command, "write_results", lambda *arguments: [])  # pictures take seconds
    assert command.main(["blobs", "--hidden", "2", "--epochs", "1", "--output", folder]) == 0
    monkeypatch.setenv("PMI_SIZE", "2")
    monkeypatch.setattr(command, "MPICommunicator", lambda: Rank(1))
    monkeypatch.setattr("optim.distributed.faults.PATIENCE", 0.01)
    assert command.main(["--resume", folder]) == 2
    assert f"--resume: {folder} is a run of one process; resume it without mpiexec" in capsys.readouterr().err


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
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.csv", "--distributed"], "missing.csv: there is no such file"),
        (["--resume", "missing"], "missing: there is no such folder"),
    ],
    ids=["data", "run folder"],
)
def test_a_command_that_fails_on_one_rank_ends_the_job_with_one_line(launcher, tmp_path, arguments, message):
    commands = (["blobs", "--distributed", "--output", str(tmp_path / "run")], arguments)
    ranks = [["-n", "1", sys.executable, "-m", "optim", *arguments] for arguments in commands]
    job = subprocess.run([launcher, *ranks[0], ":", *ranks[1]], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert job.returncode == 2
    assert f"optim: rank 1 of 2: {message}" in job.stderr
    assert "Traceback" not in job.stderr


@pytest.mark.mpi
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("width = 8", "width = 9"), r"rank 1 trains something else than rank 0: code is train.py \w+, .* train.py \w+"),
        (("rows = 20", "rows = int(sys.argv[1])"), "training data is 21 examples"),
        (("lr = 0.1", "lr = float(sys.argv[1])"), "optimizer is .*lr=21.0"),
    ],
    ids=["code", "data", "options"],
)
def test_a_rank_that_differs_is_named_at_the_start(launcher, tmp_path, change, message):
    programs = []
    for name, text in (("0", PROGRAM), ("1", PROGRAM.replace(*change))):
        (tmp_path / name).mkdir()
        programs.append(tmp_path / name / "train.py")
        programs[-1].write_text(text if "width" in change[0] else PROGRAM.replace(*change))
    ranks = [["-n", "1", sys.executable, str(program), value] for program, value in zip(programs, ("20", "21"))]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    job = subprocess.run([launcher, *ranks[0], ":", *ranks[1]], env=environment, capture_output=True, text=True, timeout=30)
    assert job.returncode == 1
    assert re.search(message, job.stderr), job.stderr


@pytest.mark.mpi
def test_a_training_with_killed_ranks_ends_with_the_weights_of_an_undisturbed_one(launcher, tmp_path):
    undisturbed, killed = Training(tmp_path / "undisturbed", epochs=12), Training(tmp_path / "killed", epochs=12)
    expected = undisturbed.finish(ranks=1)
    assert max(disturb(killed, 2, random.Random(0), longest=0.03, ranks=[2], epochs=1)) < SECONDS
    assert (killed.weights() if killed.is_complete else killed.finish(ranks=2)) == expected
