"""Medians, ratios and targets of the samples: the contents of the JSON report."""

import statistics
from itertools import pairwise
from typing import Any

from benchmarks.engines import ENGINES
from benchmarks.suite import CASES, CHAINRULE_ENGINES, Target
from benchmarks.workloads import MLP, Workload

Samples = dict[str, dict[str, list[float]]]  # case → engine → one sample per round


def summarize(samples: Samples) -> dict[str, Any]:
    return {name: summarize_case(name, samples) for name in samples}


def summarize_case(name: str, samples: Samples) -> dict[str, Any]:
    case, by_engine = CASES[name], samples[name]
    medians = {engine: statistics.median(values) for engine, values in by_engine.items()}
    return {
        "section": case.section,
        "title": case.title,
        "unit": case.unit,
        "limit": case.limit,
        "flops": product_operations(case.workload),
        "engines": {
            engine: {"median": medians[engine], "lowest": min(values), "highest": max(values), "samples": values}
            for engine, values in by_engine.items()
        },
        "ratios": {
            engine: {peer: ratio(medians[engine], median) for peer, median in medians.items() if peer not in CHAINRULE_ENGINES}
            for engine in CHAINRULE_ENGINES
            if engine in medians
        },
        "targets": [summarize_target(name, target, samples) for target in case.targets],
    }


def summarize_target(name: str, target: Target, samples: Samples) -> dict[str, Any]:
    """The value of a target, and whether it holds; None if it was not measured."""
    peer_case = target.case or name
    engine_samples = samples[name].get(target.engine)
    peer_samples = samples.get(peer_case, {}).get(target.peer)
    value = None
    if engine_samples and not target.peer:
        value = statistics.median(engine_samples)
    elif engine_samples and peer_samples:
        value = ratio(statistics.median(engine_samples), statistics.median(peer_samples))
    title = f"{CASES[name].title}: {ENGINES[target.engine].title}"
    if target.case:
        title += f" / {CASES[peer_case].title}"
    elif target.peer:
        title += f" / {ENGINES[target.peer].title}"
    else:
        title += f", {CASES[name].unit}"
    return {
        "title": title,
        "value": value,
        "at_most": target.at_most,
        "holds": None if value is None else value <= target.at_most,
    }


def product_operations(workload: Workload) -> int | None:
    """Floating-point operations of the matrix products of a step: three products a layer, no input gradient for the first."""
    if not isinstance(workload, MLP):
        return None
    sizes = [n * m for n, m in pairwise(workload.sizes)]
    return 2 * workload.batch * (3 * sum(sizes) - sizes[0])


def ratio(value: float, reference: float) -> float | None:
    return value / reference if reference > 0 else None
