"""Start the ranks of a measurement, with a number of BLAS threads for each."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.subprocesses import ROOT, EngineError, engine_environment

SECONDS = 180


def mpiexec() -> str | None:
    """The launcher of MPI beside this Python, or on the PATH."""
    beside = Path(sys.executable).with_name("mpiexec")
    return str(beside) if beside.exists() else shutil.which("mpiexec")


def thread_variables(threads: int) -> dict[str, str]:
    """The environment that gives NumPy's BLAS and PyTorch a number of threads."""
    return engine_environment() | {f"{library}_NUM_THREADS": str(threads) for library in ("OPENBLAS", "OMP", "MKL")}


def run_ranks(ranks: int, threads: int, *arguments: str) -> Any:
    """The JSON that rank 0 of `benchmarks.distributed.chainrule` prints last; one rank needs no mpiexec."""
    launcher = [mpiexec() or "mpiexec", "-n", str(ranks)] if ranks > 1 else []
    command = [*launcher, sys.executable, "-m", "benchmarks.distributed.chainrule", *arguments]
    return finish([subprocess.Popen(command, env=thread_variables(threads), **pipes())])


def run_ddp(ranks: int, threads: int, *arguments: str) -> Any:
    """The JSON that rank 0 of PyTorch's processes prints last."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = thread_variables(threads) | {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": str(ranks)}
    command = [sys.executable, "-m", "benchmarks.distributed.pytorch", *arguments]
    return finish([subprocess.Popen(command, env=variables | {"RANK": str(rank)}, **pipes()) for rank in range(ranks)])


def pipes() -> dict[str, Any]:
    return {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": ROOT}


def finish(processes: list[subprocess.Popen]) -> Any:
    """Wait for the processes; the JSON in the last line of the first. Raises EngineError if one fails, and ends all."""
    try:
        outputs = [process.communicate(timeout=SECONDS) for process in processes]
    except subprocess.TimeoutExpired:
        raise EngineError(f"{processes[0].args} takes more than {SECONDS} s") from None
    finally:
        for process in processes:
            process.kill()
    for process, (_, errors) in zip(processes, outputs):
        if process.returncode:
            raise EngineError((errors.strip().splitlines() or [f"exit status {process.returncode}"])[-1])
    return json.loads(outputs[0][0].strip().splitlines()[-1])


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
