"""The same as Markdown."""

from collections.abc import Iterable, Iterator
from typing import Any

from benchmarks.engines import ENGINES

NOTE = (
    "Medians over the rounds, in brackets the lowest and the highest; every engine in a process of its own, with its own "
    "settings. A ratio is ours divided by the peer's: below 1 we are faster, or need less."
)
BUSY = 0.5  # the load above which something else is running
MARKS = {True: "yes", False: "**no**", None: "not measured"}


def markdown(report: dict[str, Any]) -> str:
    rows = report["rows"].values()
    lines = ["# Side by side", "", told(report), "", NOTE, ""]
    if report["machine"]["load"] > BUSY:
        load = report["machine"]["load"]
        lines += [
            f"**The machine was busy when this began (load {load}): engines with threads suffer most, measure again.**",
            "",
        ]
    lines += [f"Left out: {name} ({why})." for name, why in report["left_out"].items()]
    lines += [f"Failed: {name}: {why}." for name, why in report["failed"].items()]
    targets = [target for row in rows for target in row["targets"]]
    if targets:
        lines += ["", "## Targets", "", *table(["", "is", "at most", "holds"], map(target_cells, targets))]
    for section in dict.fromkeys(row["section"] for row in rows):
        lines += ["", f"## {section}", "", *of_section([row for row in rows if row["section"] == section])]
    return "\n".join(lines) + "\n"


def told(report: dict[str, Any]) -> str:
    machine = report["machine"]
    versions = ", ".join(f"{name} {found}" for name, found in machine["versions"].items())
    return f"{machine['cores']} cores, {machine['system']}, {machine['python']}, {versions}. Rounds: {report['rounds']}."


def of_section(rows: list[dict[str, Any]]) -> Iterator[str]:
    """A table of figures, and one of ratios."""
    engines = [name for name in ENGINES if any(name in row["figures"] for row in rows)]
    titles = [ENGINES[name].title for name in engines]
    yield from table(["", "", *titles], ([row["title"], row["unit"], *figure_cells(row, engines)] for row in rows))
    peers = [name for name in engines if any(name in ratios for row in rows for ratios in row["ratios"].values())]
    if peers:
        yield ""
        lines = (
            [f"{row['title']}: {ENGINES[ours].title} /", *(shown(ratios.get(peer)) for peer in peers)]
            for row in rows
            for ours, ratios in row["ratios"].items()
        )
        yield from table(["ratio", *(ENGINES[name].title for name in peers)], lines)


def table(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|---" * len(head) + "|"
    for cells in rows:
        yield f"| {' | '.join(cells)} |"


def target_cells(target: dict[str, Any]) -> list[str]:
    return [target["title"], shown(target["value"]), f"{target['at_most']:g}", MARKS[target["holds"]]]


def figure_cells(row: dict[str, Any], engines: list[str]) -> Iterator[str]:
    for name in engines:
        found = row["figures"].get(name)
        yield "–" if found is None else digits(found["median"]) + spread(found)


def spread(found: dict[str, Any]) -> str:
    return f" ({digits(found['lowest'])}–{digits(found['highest'])})" if len(found["rounds"]) > 1 else ""


def shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def digits(value: float) -> str:
    """Three digits, never in powers of ten."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
