"""Measurements of a workload, inside the engine's own process."""

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.suite import CASES, Case
from benchmarks.workloads import Workload

Step = Callable[[], object]
PROCESS = Path("/proc/self")  # memory of this process, on Linux
UNITS = {"µs": 1e6, "ms": 1e3, "s": 1.0}  # per second


def serve(workloads: dict[type[Workload], Callable[..., Any]]) -> None:
    """Measure the case that the command line names (CASE SECONDS) and print the result as JSON.

    workloads: for each type of workload a function that prepares a step.
    """
    case = CASES[sys.argv[1]]
    prepared = workloads[type(case.workload)](case.workload)
    if not getattr(case.workload, "collector", True):
        gc.disable()
    print(json.dumps(MEASURES[case.measure](prepared, case, float(sys.argv[2]))))


def measure_time(prepared: Step | tuple[Step, int], case: Case, seconds: float) -> float:
    """Median time of one unit of the workload, over blocks of steps that take about `seconds` after a warm-up.

    prepared: a step, or a function and the number of steps in one call of it.
    """
    step, steps_per_call = prepared if isinstance(prepared, tuple) else (prepared, 1)
    for _ in range(3):  # a compiled step is recorded twice before it is replayed
        step()
    end = time.perf_counter() + seconds / 2
    for _ in range(17):
        if time.perf_counter() > end:
            break
        step()
    block, times = range(case.workload.block), list[float]()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        for _ in block:
            step()
        times.append(time.perf_counter() - start)
    units = case.workload.block * case.workload.units_per_step * steps_per_call
    return statistics.median(times) / units * UNITS[case.unit]


def measure_result(run: Callable[[], float], case: Case, seconds: float) -> float:
    """The time that `run` returns."""
    return run() * UNITS[case.unit]


def measure_peak(step: Step, case: Case, seconds: float) -> float:
    """Largest growth of the process during five steps, in MB."""
    (PROCESS / "clear_refs").write_text("5")  # resets VmHWM
    before = megabytes("VmRSS")
    for _ in range(5):
        step()
    return megabytes("VmHWM") - before


def measure_retained(step: Step, case: Case, seconds: float) -> float:
    """Growth of the process after five steps, in MB."""
    before = megabytes("VmRSS")
    for _ in range(5):
        step()
    gc.collect()
    return megabytes("VmRSS") - before


def measure_resident_after(steps: int) -> Callable[[Step, Case, float], float]:
    def measure_resident(step: Step, case: Case, seconds: float) -> float:
        for _ in range(steps):
            step()
        gc.collect()
        return megabytes("VmRSS")

    return measure_resident


def megabytes(name: str) -> float:
    """A field of /proc/self/status: VmRSS, the resident memory, or VmHWM, its peak."""
    for line in (PROCESS / "status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024 / 1e6
    raise KeyError(name)


MEMORY_MEASURES = {
    "peak": measure_peak,
    "retained": measure_retained,
    "after 1000": measure_resident_after(1000),
    "after 10000": measure_resident_after(10_000),
}
MEASURES: dict[str, Callable[..., float]] = {"time": measure_time, "result": measure_result} | MEMORY_MEASURES
