"""What a package costs before anything is computed: when it is imported, and on the disk."""

import re
import shutil
import statistics
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from benchmarks.engines import ENGINES
from benchmarks.subprocesses import ROOT, python_of, run

TIMED = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "autograd", "nn", "optim")


def import_milliseconds(engine: str, seconds: float, hips: str) -> float:
    """Median over fresh processes of the time that the import statement of an engine's users takes."""
    words = [*python_of(engine, hips), "-c", TIMED.format(ENGINES[engine].imports)]
    run(*words)  # compiles, and brings the files into memory
    times: list[float] = []
    end = time.perf_counter() + 2 * seconds
    while time.perf_counter() < end or len(times) < 3:
        times.append(float(run(*words)) * 1000)
    return statistics.median(times)


def installed_megabytes(engine: str) -> float:
    """All files: of this library, installed by pip into an empty folder; of a peer and what it requires, as they are here."""
    if engine == "chainrule":
        return ours()
    return sum(size_of(name) for name in with_requirements(ENGINES[engine].package)) / 1e6


def ours() -> float:
    with tempfile.TemporaryDirectory() as made:
        source, target = Path(made, "source"), Path(made, "target")
        source.mkdir()
        for name in SOURCES:  # a copy, because pip builds in the folder that it is given
            found = ROOT / name
            if found.is_dir():
                shutil.copytree(found, source / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(found, source)
        run(sys.executable, "-m", "pip", "install", "-q", "--target", str(target), str(source))
        return sum(path.stat().st_size for path in target.rglob("*") if path.is_file()) / 1e6


def with_requirements(package: str) -> set[str]:
    """A package and what it requires that is installed here, extras aside."""
    names, left = set(), [package]
    while left:
        name = left.pop()
        if name not in names and is_installed(name):
            names.add(name)
            required = distribution(name).requires or []
            left += [re.split(r"[^\w.-]", one)[0].lower() for one in required if "extra ==" not in one]
    return names


def is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def size_of(name: str) -> int:
    paths = [Path(str(part.locate())) for part in distribution(name).files or []]
    return sum(path.stat().st_size for path in paths if path.exists())
