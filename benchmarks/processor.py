"""The processor, its BLAS and the rate of its matrix products: python -m benchmarks.processor prints them as JSON."""

import json
import platform
import re
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np

ROWS, INNER, COLUMNS = 512, 1024, 1024  # the largest product of the MLP rows
SECONDS = 1.0


def processor_name() -> str:
    """The processor as the system names it, for example "AMD EPYC 9354"."""
    try:
        names = re.findall(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        names = []
    return names[0].strip() if names else platform.processor() or platform.machine()


def blas() -> str:
    """The library of NumPy's matrix products, its version, and the kernel it chose if threadpoolctl can tell."""
    built = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    text = f"{built['name']} {built['version']}"
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return text
    kernels = {library.get("architecture") for library in threadpool_info() if library["user_api"] == "blas"}
    return f"{text}, {' and '.join(sorted(filter(None, kernels)))} kernel" if any(kernels) else text


def product_rate() -> float:
    """Median rate of a float32 matrix product of 512×1024×1024, in 10⁹ floating-point operations a second."""
    rng = np.random.default_rng(0)
    a, b = (rng.normal(size=shape).astype(np.float32) for shape in ((ROWS, INNER), (INNER, COLUMNS)))
    out = np.empty((ROWS, COLUMNS), np.float32)
    times = list[float]()
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end or len(times) < 5:
        start = time.perf_counter()
        np.matmul(a, b, out=out)
        times.append(time.perf_counter() - start)
    return 2 * ROWS * INNER * COLUMNS / statistics.median(times) / 1e9


def describe() -> dict[str, Any]:
    return {"processor": processor_name(), "blas": blas(), "gflops": round(product_rate(), 1)}


if __name__ == "__main__":
    print(json.dumps(describe()))
