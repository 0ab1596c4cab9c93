"""What the figures depend on beside the code: cores, Python, versions."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from benchmarks.engines import ENGINES
from benchmarks.subprocesses import run

VERSION = "from importlib.metadata import version; print(version('autograd'))"


def facts(hips: str) -> dict[str, Any]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    versions = {
        engine.package: installed(engine.package) for engine in ENGINES.values() if engine.package not in ("", "autograd")
    }
    if hips:
        versions["autograd"] = run(hips, "-I", "-c", VERSION)
    return {
        "cores": cores,
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else 0.0,
        "versions": {name: found for name, found in versions.items() if found},
    }


def installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
