"""From figures to medians, ratios and targets: what is written as JSON."""

import statistics
from typing import Any

from benchmarks.engines import ENGINES
from benchmarks.suite import OURS, ROWS, Target

Figures = dict[str, dict[str, list[float]]]  # row → engine → one figure for each round


def summary(figures: Figures) -> dict[str, Any]:
    return {name: of_row(name, figures) for name in figures}


def of_row(name: str, figures: Figures) -> dict[str, Any]:
    row, found = ROWS[name], figures[name]
    medians = {engine: statistics.median(values) for engine, values in found.items()}
    return {
        "section": row.section,
        "title": row.title,
        "unit": row.unit,
        "figures": {
            engine: {"median": medians[engine], "lowest": min(values), "highest": max(values), "rounds": values}
            for engine, values in found.items()
        },
        "ratios": {
            ours: {peer: ratio(medians[ours], median) for peer, median in medians.items() if peer not in OURS}
            for ours in OURS
            if ours in medians
        },
        "targets": [of_target(name, target, figures) for target in row.targets],
    }


def of_target(name: str, target: Target, figures: Figures) -> dict[str, Any]:
    """The figure a target speaks of, and whether it holds; None where it was not measured."""
    other = target.row or name
    ours = figures[name].get(target.ours)
    peers = figures.get(other, {}).get(target.peer)
    value = None
    if ours and not target.peer:
        value = statistics.median(ours)
    elif ours and peers:
        value = ratio(statistics.median(ours), statistics.median(peers))
    title = f"{ROWS[name].title}: {ENGINES[target.ours].title}"
    if target.row:
        title += f" / {ROWS[other].title}"
    elif target.peer:
        title += f" / {ENGINES[target.peer].title}"
    else:
        title += f", {ROWS[name].unit}"
    return {
        "title": title,
        "value": value,
        "at_most": target.at_most,
        "holds": None if value is None else value <= target.at_most,
    }


def ratio(ours: float, theirs: float) -> float | None:
    return ours / theirs if theirs > 0 else None
