"""The report as Markdown."""

from collections.abc import Iterable, Iterator
from typing import Any

from benchmarks.engines import ENGINES
from benchmarks.measurement import UNITS

NOTE = (
    "Medians over the rounds, with the lowest and the highest sample in brackets. Every engine runs in its own process with "
    "its default settings. A ratio is chainrule divided by the other library: below 1, chainrule is faster or needs less."
)
SHARES = "## Matrix products\n\nThe rate of a step's products as a share of the machine's rate: at 1 nothing else costs time."
MAX_LOAD = 0.5  # a higher load means that something else is running
MARKS = {True: "yes", False: "**no**", None: "not measured"}


def markdown(report: dict[str, Any]) -> str:
    cases = report["cases"].values()
    lines = ["# Benchmarks", "", describe(report), "", NOTE, ""]
    load = report["machine"]["load"]
    if load > MAX_LOAD:
        lines += [
            f"**The machine was busy at the start (load {load}). This slows engines with threads most; measure again.**",
            "",
        ]
    lines += [f"Skipped: {name} ({requirement})." for name, requirement in report["skipped"].items()]
    lines += [f"Failed: {name}: {message}." for name, message in report["failed"].items()]
    targets = [target for case in cases for target in case["targets"]]
    if targets:
        lines += ["", "## Targets", "", *table(["", "value", "at most", "holds"], map(target_cells, targets))]
    for section in dict.fromkeys(case["section"] for case in cases):
        lines += ["", f"## {section}", "", *section_tables([case for case in cases if case["section"] == section])]
    limited = [case for case in cases if case["limit"] == "BLAS" and case["flops"]]
    if limited:
        lines += ["", SHARES, "", *share_table(limited, report["machine"]["gflops"])]
    return "\n".join(lines) + "\n"


def share_table(cases: list[dict[str, Any]], gflops: float) -> Iterator[str]:
    """The rate of each engine on the steps' matrix products, as a share of the machine's rate."""
    engines = [name for name in ENGINES if any(name in case["engines"] for case in cases)]
    rows = ([case["title"], *(format_ratio(product_share(case, name, gflops)) for name in engines)] for case in cases)
    yield from table(["share", *(ENGINES[name].title for name in engines)], rows)


def product_share(case: dict[str, Any], engine: str, gflops: float) -> float | None:
    """Operations of the case's matrix products / (time of a step · the machine's rate); None if it was not measured."""
    results = case["engines"].get(engine)
    return None if results is None else case["flops"] / (results["median"] / UNITS[case["unit"]]) / (gflops * 1e9)


def describe(report: dict[str, Any]) -> str:
    """Machine, versions and rounds in one line."""
    machine = report["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    processor = f"{machine['processor']}, {machine['cores']} cores, {machine['system']}"
    products = f"{machine['blas']}, matrix products at {machine['gflops']:.0f} GFLOP/s"
    return f"{processor}; {products}; {machine['python']}, {versions}. Rounds: {report['rounds']}."


def section_tables(cases: list[dict[str, Any]]) -> Iterator[str]:
    """A table of medians and a table of ratios."""
    engines = [name for name in ENGINES if any(name in case["engines"] for case in cases)]
    titles = [ENGINES[name].title for name in engines]
    yield from table(["", "", *titles], ([case["title"], case["unit"], *median_cells(case, engines)] for case in cases))
    peers = [name for name in engines if any(name in ratios for case in cases for ratios in case["ratios"].values())]
    if peers:
        yield ""
        rows = (
            [f"{case['title']}: {ENGINES[engine].title} /", *(format_ratio(ratios.get(peer)) for peer in peers)]
            for case in cases
            for engine, ratios in case["ratios"].items()
        )
        yield from table(["ratio", *(ENGINES[name].title for name in peers)], rows)


def table(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|---" * len(head) + "|"
    for cells in rows:
        yield f"| {' | '.join(cells)} |"


def target_cells(target: dict[str, Any]) -> list[str]:
    return [target["title"], format_ratio(target["value"]), f"{target['at_most']:g}", MARKS[target["holds"]]]


def median_cells(case: dict[str, Any], engines: list[str]) -> Iterator[str]:
    for name in engines:
        results = case["engines"].get(name)
        yield "–" if results is None else three_digits(results["median"]) + format_range(results)


def format_range(results: dict[str, Any]) -> str:
    several = len(results["samples"]) > 1
    return f" ({three_digits(results['lowest'])}–{three_digits(results['highest'])})" if several else ""


def format_ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def three_digits(value: float) -> str:
    """At least three significant digits, without an exponent."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
