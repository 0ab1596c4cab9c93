"""The cost of a package before it computes anything: import time and disk size."""

import re
import shutil
import statistics
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from benchmarks.engines import ENGINES
from benchmarks.subprocesses import ROOT, interpreter, run

TIMED_IMPORT = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "autograd", "nn", "optim")


def import_milliseconds(engine: str, seconds: float, hips: str) -> float:
    """Median time of the engine's import statement, over fresh processes."""
    command = [*interpreter(engine, hips), "-c", TIMED_IMPORT.format(ENGINES[engine].imports)]
    run(*command)  # compiles the bytecode and fills the file cache
    times: list[float] = []
    end = time.perf_counter() + 2 * seconds
    while time.perf_counter() < end or len(times) < 3:
        times.append(float(run(*command)) * 1000)
    return statistics.median(times)


def installed_megabytes(engine: str) -> float:
    """Size of all files: for this library, installed by pip into an empty folder; for another, as installed here."""
    if engine == "chainrule":
        return chainrule_megabytes()
    return sum(installed_bytes(name) for name in installed_requirements(ENGINES[engine].package)) / 1e6


def chainrule_megabytes() -> float:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "source"), Path(folder, "target")
        source.mkdir()
        for name in SOURCES:  # a copy, because pip builds inside the source folder
            path = ROOT / name
            if path.is_dir():
                shutil.copytree(path, source / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(path, source)
        run(sys.executable, "-m", "pip", "install", "-q", "--target", str(target), str(source))
        return sum(path.stat().st_size for path in target.rglob("*") if path.is_file()) / 1e6


def installed_requirements(package: str) -> set[str]:
    """A package and its installed requirements, without extras."""
    names, pending = set(), [package]
    while pending:
        name = pending.pop()
        if name not in names and is_installed(name):
            names.add(name)
            requirements = distribution(name).requires or []
            pending += [re.split(r"[^\w.-]", line)[0].lower() for line in requirements if "extra ==" not in line]
    return names


def is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def installed_bytes(name: str) -> int:
    paths = [Path(str(file.locate())) for file in distribution(name).files or []]
    return sum(path.stat().st_size for path in paths if path.exists())
