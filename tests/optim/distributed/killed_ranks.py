"""Kill random ranks of trainings at random moments and resume them: python -m tests.optim.distributed.killed_ranks [--kills 20]

Every killed job must end within 10 s with a message of the launcher, and a resumed training, on another number of ranks, must
end with the weights of an undisturbed one, bit for bit.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
SECONDS = 10  # in which a job with a killed rank ends
OPTIONS = ("blobs", "--hidden", "8", "--dropout", "0.2", "--ema", "0.9", "--patience", "1000")


def mpiexec() -> str | None:
    """The launcher of MPI beside this Python, or on the PATH."""
    beside = Path(sys.executable).with_name("mpiexec")
    return str(beside) if beside.exists() else shutil.which("mpiexec")


@dataclass
class Training:
    """A training on several ranks that writes a run folder."""

    folder: Path
    epochs: int

    def start(self, ranks: int) -> subprocess.Popen:
        """Start the training, or resume it where it has begun."""
        if (self.folder / "settings.json").exists():
            arguments = ["--resume", str(self.folder)]
        else:
            arguments = [*OPTIONS, "--epochs", str(self.epochs), "--output", str(self.folder), "--distributed"]
        command = [mpiexec() or "mpiexec", "-n", str(ranks), sys.executable, "-m", "optim", *arguments]
        environment = os.environ | {"MPLBACKEND": "agg", "OPENBLAS_NUM_THREADS": "1"}
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def finish(self, ranks: int) -> bytes:
        """Train to the end without a disturbance; returns the weights as they are in the file."""
        output, _ = (job := self.start(ranks)).communicate(timeout=120)
        assert job.returncode == 0, output
        return self.weights()

    def weights(self) -> bytes:
        return (self.folder / "model.safetensors").read_bytes()

    @property
    def epoch(self) -> int:
        """The epoch of the newest checkpoint, 0 if there is none."""
        names = [path.stem for path in self.folder.glob("checkpoints/checkpoint-*.npz")]
        return max((int(name.partition("-")[2]) for name in names), default=0)

    @property
    def is_complete(self) -> bool:
        return (self.folder / "graph.dot").exists()


def ranks_of(job: subprocess.Popen) -> list[int]:
    """The process ids of the ranks: the Python processes among the descendants of the launcher."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:  # the process has ended
            continue
        parents[int(status.parent.name)] = int(fields[1])
    descendants = {job.pid}
    for _ in range(3):  # launcher, proxy, ranks
        descendants |= {pid for pid, parent in parents.items() if parent in descendants}
    python = os.path.realpath(sys.executable)
    return sorted(pid for pid in descendants - {job.pid} if executable(pid) == python)


def executable(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return ""


def kill_one(
    job: subprocess.Popen, rng: random.Random, seconds: float, has_started: Callable[[], bool]
) -> tuple[int, float, str]:
    """Kill a random rank some seconds after the start; returns its number, the seconds until the job ended, and its output."""
    while not has_started() and job.poll() is None:
        time.sleep(0.01)
    end = time.monotonic() + seconds
    while time.monotonic() < end and job.poll() is None:
        time.sleep(0.01)
    pids = ranks_of(job)
    number = rng.randrange(len(pids)) if pids else -1
    started = time.monotonic()
    if pids:
        os.kill(pids[number], signal.SIGKILL)
    try:
        output, _ = job.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        for pid in [*ranks_of(job), job.pid]:
            os.kill(pid, signal.SIGKILL)
        raise AssertionError(f"the job did not end within {SECONDS} s after rank {number} was killed") from None
    return number, time.monotonic() - started, output


def launcher_message(output: str) -> str:
    """The launcher's reason why the job ended."""
    lines = [line.strip("= \n") for line in output.splitlines()]
    return next((line for line in lines if "KILLED" in line or "signal" in line.lower()), "")


def disturb(
    training: Training, kills: int, rng: random.Random, longest: float, ranks: Sequence[int], epochs: int = 0
) -> list[float]:
    """Start and resume a training, and kill a rank each time; returns the seconds until the jobs ended.

    longest: the largest number of seconds until a kill, counted when a start has done this number of epochs.
    """
    times: list[float] = []
    while len(times) < kills and not training.is_complete:
        size, first = rng.choice(ranks), training.epoch + epochs
        job = training.start(size)
        number, seconds, output = kill_one(job, rng, rng.uniform(0, longest), lambda: training.epoch >= first)  # noqa: B023
        if number < 0 or job.returncode == 0:  # the training was complete before
            continue
        times.append(seconds)
        message = launcher_message(output)
        assert message, output
        moment = f"rank {number} of {size} killed after {training.epoch} epochs"
        print(f"{moment}, the job ended in {seconds:.2f} s: {message}", flush=True)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng, times, trainings = random.Random(options.seed), list[float](), 0
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        expected = Training(Path(folder) / "undisturbed", options.epochs).finish(ranks=2)
        longest = time.monotonic() - started
        while len(times) < options.kills:
            trainings += 1
            training = Training(Path(folder) / f"run-{trainings}", options.epochs)
            times += disturb(training, min(rng.randint(1, 4), options.kills - len(times)), rng, longest, (2, 3, 4))
            if not training.is_complete:
                training.finish(rng.choice((1, 2, 3, 4)))
            assert training.weights() == expected, f"{training.folder}: other weights than those of the undisturbed training"
            print(f"training {trainings}: the weights of the undisturbed one", flush=True)
    print(f"{len(times)} kills in {trainings} trainings; every job ended within {max(times):.2f} s")


if __name__ == "__main__":
    main()
