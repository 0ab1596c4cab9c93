"""Every engine in a fresh process, with the settings its makers chose."""

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
SETTINGS = ("OPENBLAS_", "GOTO_", "OMP_", "KMP_", "MKL_", "XLA_", "JAX_", "TORCH_")  # they pin kernels and threads
# HIPS autograd has our import name: it is imported while the checkout is not on the path yet
BEFORE_OURS = "import autograd, runpy, sys; sys.path.append(sys.argv[1]); del sys.argv[1]; "
HIPS = BEFORE_OURS + "runpy.run_module('benchmarks.engines.hips', run_name='__main__')"


class EngineError(Exception):
    """A process ended badly; says how."""


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # or every import would be timed with compiling
    return kept


def run(*words: str) -> str:
    """The last line that a process prints, if any; raises EngineError with the last line of its complaint if it fails."""
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, env=environment())
    if done.returncode:
        raise EngineError((done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1])
    return (done.stdout.strip().splitlines() or [""])[-1]


def python_of(engine: str, hips: str) -> list[str]:
    """The interpreter of an engine; isolated from the checkout for HIPS autograd."""
    return [hips, "-I"] if engine == "hips" else [sys.executable]


def run_engine(engine: str, row: str, seconds: float, hips: str) -> str:
    python = python_of(engine, hips)
    program = ["-c", HIPS, str(ROOT)] if engine == "hips" else ["-m", f"benchmarks.engines.{engine}"]
    return run(*python, *program, row, str(seconds))


def new_hips_environment(folder: str) -> str:
    """The Python of an environment, made in the folder, that has HIPS autograd."""
    venv.create(folder, with_pip=True)
    python = str(next(Path(folder).glob("[bS]*/python*")))
    run(python, "-I", "-m", "pip", "install", "-q", "autograd")
    return python
