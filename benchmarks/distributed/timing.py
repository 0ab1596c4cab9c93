"""Times of steps that all ranks make together."""

import statistics
import time
from collections.abc import Callable

from benchmarks.distributed.cases import BLOCKS

WARM_UP = 5


def time_per_step(step: Callable[[], object], steps: int, synchronize: Callable[[], object]) -> float:
    """Median seconds per step over blocks of steps; the number of steps is the same on all ranks."""
    for _ in range(WARM_UP):
        step()
    times = []
    for _ in range(BLOCKS):
        synchronize()
        start = time.perf_counter()
        for _ in range(steps):
            step()
        times.append((time.perf_counter() - start) / steps)
    return statistics.median(times)
