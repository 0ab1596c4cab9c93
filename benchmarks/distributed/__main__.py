"""Time training steps on 1 and 2 ranks, with threads, and by PyTorch's DDP; fit the performance model and check it.

python -m benchmarks.distributed [--rounds N] [--only CASE …]
"""

import argparse
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import Any

from benchmarks.distributed.cases import AT_MOST, CASES, SMALL
from benchmarks.distributed.launch import cores, mpiexec, run_ddp, run_ranks
from benchmarks.distributed.model import Network, StepModel
from benchmarks.table import MARKS, format_ratio, table, three_digits

RANKS = 2
WITHIN = 0.25  # the relative error of a prediction
NOTE = (
    "Microseconds per step: the lowest of the rounds, each the median over blocks of steps. One BLAS thread per rank, except "
    "in the column of threads. The batch is that of the title, divided among the ranks."
)


def main() -> None:
    options = parse_arguments()
    names = options.only
    rounds = [measure(names, options.ddp) for _ in range(options.rounds)]
    print(f"{cores()} cores, {options.rounds} rounds. {NOTE}\n")
    times = {name: lowest_times(name, rounds) for name in names}
    print_table(["", *COLUMNS, "fast / DDP", f"at most {AT_MOST}"], (time_row(name, times[name]) for name in names))
    print_table(["share of the collective", "fast", "ordered"], (share_row(name, rounds) for name in names))
    models = performance_models(names, rounds)
    network = models[names[0]].network
    print(f"Latency {network.latency * 1e6:.1f} µs, bandwidth {network.bandwidth / 1e9:.2f} GB/s between {RANKS} ranks.\n")
    print_table(
        ["model", "fixed", "work", "kB", "1 rank", "error", f"{RANKS} ranks", "error", "pays up to"],
        (model_row(name, models[name], times[name]) for name in names),
    )
    if any(not holds_target(name, times[name]) for name in names):
        raise SystemExit(1)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.distributed", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="number of runs of each measurement (default 3)")
    parser.add_argument("--only", nargs="+", default=list(CASES), choices=CASES, metavar="CASE", help=", ".join(CASES))
    options = parser.parse_args()
    if mpiexec() is None:
        parser.error("there is no mpiexec: pip install 'chainrule[mpi]'")
    options.ddp = find_spec("torch") is not None
    return options


def measure(names: list[str], with_ddp: bool) -> dict[str, Any]:
    """One round: the results of each way of training by its name."""
    results = {
        "allreduce": run_ranks(RANKS, 1, "allreduce"),
        "plain": run_ranks(1, 1, "plain", *names),
        "threads": run_ranks(1, RANKS, "plain", *names),
        "one": run_ranks(1, 1, "compute", *names),
        "fast": run_ranks(RANKS, 1, "fast", *names),
        "ordered": run_ranks(RANKS, 1, "ordered", *names),
    }
    return results | ({"ddp": run_ddp(RANKS, 1, *names)} if with_ddp else {})


#: Title of a column → seconds per step in the results of a round.
COLUMNS = {
    "1 process": lambda results, name: results["plain"][name],
    f"1 process, {RANKS} threads": lambda results, name: results["threads"][name],
    "1 rank": lambda results, name: max(results["one"][name]["times"].items(), key=lambda item: int(item[0]))[1],
    f"{RANKS} ranks, fast": lambda results, name: results["fast"][name]["time"],
    f"{RANKS} ranks, ordered": lambda results, name: results["ordered"][name]["time"],
    "DDP, gloo": lambda results, name: results["ddp"][name] if "ddp" in results else float("nan"),
}
ONE, FAST = 2, 3  # the positions of columns


def lowest_times(name: str, rounds: list[dict[str, Any]]) -> list[float]:
    return [min(seconds(results, name) for results in rounds) for seconds in COLUMNS.values()]


def performance_models(names: list[str], rounds: list[dict[str, Any]]) -> dict[str, StepModel]:
    """The model of each case; its constants come from one rank and from the collective alone."""
    network = Network.from_times(lowest(results["allreduce"] for results in rounds), RANKS)
    models = {}
    for name in names:
        times = lowest(results["one"][name]["times"] for results in rounds)
        models[name] = StepModel.from_times(times, max(times), rounds[0]["one"][name]["bytes"], network)
    return models


def lowest(times: Iterable[dict[str, float]]) -> dict[int, float]:
    """The lowest time of each number of examples or bytes."""
    rounds = list(times)
    return {int(key): min(results[key] for results in rounds) for key in rounds[0]}


def holds_target(name: str, times: list[float]) -> bool:
    return name not in SMALL or not times[FAST] > AT_MOST * times[-1]


def time_row(name: str, times: list[float]) -> Iterator[str]:
    yield CASES[name].title
    yield from (three_digits(seconds * 1e6) if seconds == seconds else "–" for seconds in times)
    yield format_ratio(times[FAST] / times[-1] if times[-1] == times[-1] else None)
    yield MARKS[holds_target(name, times)] if name in SMALL else ""


def share_row(name: str, rounds: list[dict[str, Any]]) -> list[str]:
    shares = (min(results[mode][name]["share"] for results in rounds) for mode in ("fast", "ordered"))
    return [CASES[name].title, *(f"{share:.0%}" for share in shares)]


def model_row(name: str, model: StepModel, times: list[float]) -> Iterator[str]:
    yield CASES[name].title
    yield from (three_digits(seconds * 1e6) for seconds in (model.fixed, model.work))
    yield three_digits(model.size / 1e3)
    for ranks, measured in ((1, times[ONE]), (RANKS, times[FAST])):
        error = model.time(ranks) / measured - 1
        yield three_digits(model.time(ranks) * 1e6)
        yield f"{round(100 * error):+d}%" + " **too large**" * (abs(error) > WITHIN)
    ranks = model.last_worthwhile()
    yield f"{ranks} ranks, {model.time(1) / model.time(ranks):.1f} times as fast"


def print_table(head: list[str], rows: Iterable[Iterable[str]]) -> None:
    print("\n".join(table(head, map(list, rows))) + "\n")


if __name__ == "__main__":
    main()
