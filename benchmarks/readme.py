"""The tables of README.md's section Speed, made of the results of the current release: python -m benchmarks.readme

They stand between two comments in README.md, one table for each limit and kind of machine.
"""

import re
from collections.abc import Iterator
from typing import Any

import autograd
from benchmarks import results_files
from benchmarks.engines import ENGINES
from benchmarks.subprocesses import ROOT
from benchmarks.suite import CHAINRULE_ENGINES
from benchmarks.table import product_share, table, three_digits

README = ROOT / "README.md"
MARKED = re.compile(r"(<!-- speed -->\n).*?(<!-- end of speed -->)", re.DOTALL)
LIMITS = {
    "overhead": "**Overhead limits**: small models, scalars and small arrays, where the engine's own work is most of the time.",
    "BLAS": "**Matrix products limit**: all stand near the machine's rate, and the better BLAS depends on the processor.",
    "memory": "**Memory limits**: updates, normalization and elementwise functions of large arrays.",
}
COLUMNS = ("chainrule", "chainrule_compiled", "chainrule_reusing", "numpy_by_hand", "pytorch", "pytorch_fused", "jax_jit")
#: The cases in the README; the report of a run has all.
SELECTION = (
    *("mlp1", "mlp2", "mlp3", "mlp4", "mlp1_adam", "mlp2_adam", "mlp3_adam", "mlp4_adam"),
    *("lenet", "convolutions", "convolution", "lstm32", "lstm1", "gpt", "regularized", "forward1", "forward1024"),
    *("scalar", "demo", "operation", "operation_backward", "graph6", "jacobian", "digits", "mnist_98", "peak", "import"),
    *("batch4", "batch5", "depth100", "depth1000", "elements4", "elements6"),
)


def tables(reports: dict[str, dict[str, Any]]) -> str:
    """All tables as Markdown."""
    lines: list[str] = []
    for limit, sentence in LIMITS.items():
        lines += [sentence, ""]
        for report in reports.values():
            lines += [*limit_table(limit, report), ""]
    machines = [machine_line(report) for report in reports.values()]
    return "\n".join([*machines, "", *lines])


def machine_line(report: dict[str, Any]) -> str:
    machine = report["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    return (
        f"Measured on {machine['processor']}, {machine['cores']} cores, whose matrix products run at {machine['gflops']:.0f} "
        f"GFLOP/s ({machine['blas']}); {machine['python']}, {versions}. Rounds: {report['rounds']}."
    )


def limit_table(limit: str, report: dict[str, Any]) -> Iterator[str]:
    """The cases with one limit and the medians of their engines."""
    cases = [case for name, case in report["cases"].items() if case["limit"] == limit and name in SELECTION]
    columns = [name for name in COLUMNS if any(name in case["engines"] for case in cases)]
    has_share = limit == "BLAS"
    head = ["", "", *(ENGINES[name].title for name in columns), *["share of the rate"] * has_share, "others"]
    yield from table(head, (row(case, columns, report["machine"]["gflops"], has_share) for case in cases))


def row(case: dict[str, Any], columns: list[str], gflops: float, has_share: bool) -> list[str]:
    engines = case["engines"]
    times = [bold(name, three_digits(engines[name]["median"])) if name in engines else "–" for name in columns]
    others = ", ".join(
        f"{ENGINES[name].title} {three_digits(result['median'])}" for name, result in engines.items() if name not in columns
    )
    share = product_share(case, "chainrule", gflops) if has_share and case["flops"] else None
    return [case["title"], case["unit"], *times, *["–" if share is None else f"{share:.2f}"] * has_share, others or "–"]


def bold(engine: str, text: str) -> str:
    return f"**{text}**" if engine in CHAINRULE_ENGINES else text


def insert(text: str, content: str) -> str:
    """The README with other tables between its comments."""
    return MARKED.sub(lambda found: f"{found[1]}{content}{found[2]}", text)


def main() -> None:
    release = autograd.__version__
    reports = results_files.read(release)
    if not reports:
        raise SystemExit(f"there are no results of {release}; run python -m benchmarks --release {release}")
    README.write_text(insert(README.read_text(encoding="utf-8"), tables(reports)), encoding="utf-8")


if __name__ == "__main__":
    main()
