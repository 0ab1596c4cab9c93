"""The conditions of a measurement besides the code: cores, system, Python, load, versions."""

import json
import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from benchmarks.engines import ENGINES
from benchmarks.subprocesses import run

PRINT_HIPS_VERSION = "from importlib.metadata import version; print(version('autograd'))"


def environment(hips: str) -> dict[str, Any]:
    """hips: the Python that has HIPS autograd, or ""."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    versions = {
        engine.package: installed_version(engine.package)
        for engine in ENGINES.values()
        if engine.package not in ("", "autograd")
    }
    if hips:
        versions["autograd"] = run(hips, "-I", "-c", PRINT_HIPS_VERSION)
    return {
        **json.loads(run(sys.executable, "-m", "benchmarks.processor")),
        "cores": cores,
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else 0.0,
        "versions": {name: number for name, number in versions.items() if number},
    }


def installed_version(package: str) -> str:
    """The version of a package, "" if it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
