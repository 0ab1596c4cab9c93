"""A killed process leaves no partial file, and resumes bit for bit."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from optim.training.checkpointing.checkpoint import checkpoints
from optim.training.checkpointing.file_format import load_state

ROOT = Path(__file__).parents[4]
PROGRAM = [sys.executable, "-m", "tests.optim.training.checkpointing.train_digits"]
pytestmark = pytest.mark.slow
SEED = 20  # of the moments at which the process is killed


def start(folder):
    return subprocess.Popen([*PROGRAM, folder], cwd=ROOT)


def finished(process):
    assert process.wait() in (0, -signal.SIGKILL)
    return process.returncode == 0


def last_epoch(folder):
    return max(checkpoints(folder), default=0)


def test_killed_at_random_moments_and_resumed_ends_with_the_same_weights(tmp_path):
    whole = start(tmp_path / "whole")
    folder = tmp_path / "killed"
    moments = random.Random(SEED)
    kills = 0
    while kills < 20:
        process = start(folder)
        if moments.random() < 0.3:  # perhaps before it has begun
            time.sleep(moments.uniform(0, 0.3))
        else:
            epoch, deadline = last_epoch(folder) + moments.randint(1, 4), time.monotonic() + 60
            while last_epoch(folder) < epoch and time.monotonic() < deadline:
                time.sleep(0.001)
            time.sleep(moments.uniform(0, 0.01))
        process.kill()
        kills += not finished(process)
        for path in checkpoints(folder).values():
            load_state(path)
        if (folder / "best.npz").exists():
            with np.load(folder / "best.npz") as best:
                assert all(np.isfinite(best[name]).all() for name in best)
    assert last_epoch(folder) < 300
    assert finished(start(folder))
    assert finished(whole)
    assert (folder / "final.npz").read_bytes() == (tmp_path / "whole" / "final.npz").read_bytes()
    remaining = sorted(checkpoints(folder))
    assert len(remaining) == 2
    names = {"best.npz", "final.npz", *(f"checkpoint-{epoch}.npz" for epoch in remaining)}
    assert {path.name for path in folder.iterdir()} == names
