"""A case: a workload, its engines, and the targets of their results."""

from dataclasses import dataclass

from benchmarks.workloads import Workload


@dataclass(frozen=True)
class Target:
    """An upper limit of an engine's median: a multiple of a peer's, in this or another case; without a peer, in units."""

    at_most: float
    peer: str = ""
    engine: str = "chainrule"
    case: str = ""  # the peer's case; "" for the same


@dataclass(frozen=True)
class Case:
    section: str
    title: str
    workload: Workload
    engines: tuple[str, ...]
    targets: tuple[Target, ...] = ()
    unit: str = "µs"
    measure: str = "time"
    rounds: int = 0  # upper limit, for a result that never varies; 0 for no limit
    limit: str = "overhead"  # the bulk of the time: "overhead", "BLAS" or "memory"
    variable: str = ""  # environment variable that names the data
