"""How an engine is measured inside its own process."""

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.suite import ROWS, Row
from benchmarks.workloads import Work

Step = Callable[[], object]
PROCESS = Path("/proc/self")  # where Linux tells a process of its memory
UNITS = {"µs": 1e6, "ms": 1e3, "s": 1.0}  # in a second


def serve(works: dict[type[Work], Callable[..., Any]]) -> None:
    """Measure what the command line says, ROW SECONDS, and print the figure as JSON."""
    row = ROWS[sys.argv[1]]
    made = works[type(row.work)](row.work)
    if not getattr(row.work, "collector", True):
        gc.disable()
    print(json.dumps(MEASURES[row.measure](made, row, float(sys.argv[2]))))


def time_of(made: Step | tuple[Step, int], row: Row, seconds: float) -> float:
    """Median time of one unit of work, over blocks of steps that fill about so many seconds after a warm-up.

    made: a step, or a call and how many steps it makes.
    """
    step, many = made if isinstance(made, tuple) else (made, 1)
    for _ in range(3):  # a compiled step is written down, and written down again, before it is repeated
        step()
    end = time.perf_counter() + seconds / 2
    for _ in range(17):
        if time.perf_counter() > end:
            break
        step()
    block, times = range(row.work.block), list[float]()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        for _ in block:
            step()
        times.append(time.perf_counter() - start)
    return statistics.median(times) / row.work.block / row.work.per / many * UNITS[row.unit]


def result_of(run: Callable[[], float], row: Row, seconds: float) -> float:
    return run() * UNITS[row.unit]


def peak_of(step: Step, row: Row, seconds: float) -> float:
    """By how much the process grew in five steps, at most; what was needed before them does not count."""
    (PROCESS / "clear_refs").write_text("5")  # the peak so far is forgotten
    before = megabytes("VmRSS")
    for _ in range(5):
        step()
    return megabytes("VmHWM") - before


def kept_of(step: Step, row: Row, seconds: float) -> float:
    """By how much the process is larger after five steps."""
    before = megabytes("VmRSS")
    for _ in range(5):
        step()
    gc.collect()
    return megabytes("VmRSS") - before


def resident_after(steps: int) -> Callable[[Step, Row, float], float]:
    def resident(step: Step, row: Row, seconds: float) -> float:
        for _ in range(steps):
            step()
        gc.collect()
        return megabytes("VmRSS")

    return resident


def megabytes(name: str) -> float:
    """What Linux says of this process: VmRSS, the memory it holds, or VmHWM, the most it held."""
    for line in (PROCESS / "status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024 / 1e6
    raise KeyError(name)


MEMORY = {"peak": peak_of, "kept": kept_of, "after 1000": resident_after(1000), "after 10000": resident_after(10_000)}
MEASURES: dict[str, Callable[..., float]] = {"time": time_of, "result": result_of} | MEMORY
