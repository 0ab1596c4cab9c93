"""Processes that mpiexec starts; skipped where mpi4py and MPICH are not installed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import numpy as np
import pytest

from optim.distributed import SingleProcess
from tests.optim.distributed.trainings import as_bytes, train

pytest.importorskip("mpi4py")
MPIEXEC = shutil.which("mpiexec", path=os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")]))
ROOT = Path(__file__).parents[3]
pytestmark = [pytest.mark.mpi, pytest.mark.skipif(MPIEXEC is None, reason="mpiexec is not installed")]


def start(ranks, *arguments):
    command = [MPIEXEC, "-n", str(ranks), sys.executable, *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def run(ranks, *arguments, status=0):
    """What a program prints to stdout and stderr."""
    process = start(ranks, *arguments)
    try:
        output, errors = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    assert (process.returncode == 0) == (status == 0), errors
    return output, errors


@pytest.mark.parametrize(
    ("name", "options"), [("dropout", {}), ("a convolutional network", {"epochs": 3}), ("adam", {"reduction": "fast"})]
)
def test_two_processes_have_the_weights_of_one(tmp_path, name, options):
    program = ROOT / "tests" / "optim" / "distributed" / "program.py"
    run(2, program, tmp_path, name, json.dumps(options))
    weights, _ = train(SingleProcess(), name, **options | {"reduction": "ordered"})
    for rank in range(2):
        with np.load(tmp_path / f"rank-{rank}.npz") as stored:
            if "reduction" in options:
                for array_name, array in weights.items():
                    np.testing.assert_allclose(stored[array_name], array, rtol=1e-11, atol=1e-12)
            else:
                assert as_bytes(stored) == as_bytes(weights)


def test_the_program_writes_one_run_folder_and_resumes_it(tmp_path):
    options = ["blobs", "--hidden", "4", "--dropout", "0.1", "--distributed", "--reduction", "ordered"]
    output, _ = run(2, "-m", "optim", *options, "--epochs", "2", "-o", tmp_path / "two")
    assert output.count("2 ranks, ordered reduction of 8 shards, BLAS threads of each rank: 1") == 1
    assert output.count("held-out accuracy") == 1
    run(2, "-m", "optim", "--resume", tmp_path / "two", "--epochs", "4")
    run(1, "-m", "optim", *options, "--epochs", "4", "-o", tmp_path / "one")
    models = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("one", "two")]
    assert models[0] == models[1]


def test_an_error_of_one_process_ends_all(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "from tests.optim.distributed.trainings import train\n"
        "def fail(run):\n"
        "    if run.rank == 1 and run.epoch == 2:\n"
        "        raise LookupError('only here')\n"
        "train('mpi', callbacks=[fail], epochs=1000)\n"
    )
    started = time.monotonic()
    _, errors = run(2, program, status=1)
    assert time.monotonic() - started < 30
    assert "rank 1 of 2 raised:" in errors
    assert "LookupError: only here" in errors
