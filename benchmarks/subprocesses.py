"""Every engine in a fresh process, with its default settings."""

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
SETTINGS = ("OPENBLAS_", "GOTO_", "OMP_", "KMP_", "MKL_", "XLA_", "JAX_", "TORCH_")  # these pin kernels and threads
# HIPS autograd has the same import name: import it before the checkout is on the path
IMPORT_HIPS_FIRST = "import autograd, runpy, sys; sys.path.append(sys.argv[1]); del sys.argv[1]; "
RUN_HIPS = IMPORT_HIPS_FIRST + "runpy.run_module('benchmarks.engines.hips', run_name='__main__')"


class EngineError(Exception):
    """A process that failed; the message is its last line on stderr."""


def engine_environment() -> dict[str, str]:
    """The environment variables without SETTINGS."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)  # with it, import times would include compilation
    return variables


def run(*command: str) -> str:
    """Run a command in the repository's root and return its last line of output, "" if there is none.

    Raises EngineError with the last line on stderr if the command fails.
    """
    completed = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=engine_environment())
    if completed.returncode:
        raise EngineError((completed.stderr.strip().splitlines() or [f"exit status {completed.returncode}"])[-1])
    return (completed.stdout.strip().splitlines() or [""])[-1]


def interpreter(engine: str, hips: str) -> list[str]:
    """The Python command of an engine; for HIPS autograd isolated from the checkout."""
    return [hips, "-I"] if engine == "hips" else [sys.executable]


def run_engine(engine: str, case: str, seconds: float, hips: str) -> str:
    python = interpreter(engine, hips)
    program = ["-c", RUN_HIPS, str(ROOT)] if engine == "hips" else ["-m", f"benchmarks.engines.{engine}"]
    return run(*python, *program, case, str(seconds))


def new_hips_environment(folder: str) -> str:
    """Create a virtual environment with HIPS autograd in the folder and return its Python."""
    venv.create(folder, with_pip=True)
    python = str(next(Path(folder).glob("[bS]*/python*")))
    run(python, "-I", "-m", "pip", "install", "-q", "autograd", "scipy")
    return python
