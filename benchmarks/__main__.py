"""Run the rows: python -m benchmarks [--rounds N] [--only ROW …] [--engines ENGINE …] [--hips PYTHON] [--output FOLDER]

Each engine runs in a fresh process without the variables that pin kernels and threads, or the pin would be measured instead
of the engine; engines take turns over the rounds.
"""

import argparse
import json
import os
import shutil
import tempfile
from fnmatch import fnmatch
from importlib.util import find_spec
from pathlib import Path

from benchmarks.engines import ENGINES
from benchmarks.environment import facts
from benchmarks.footprint import import_milliseconds, installed_megabytes
from benchmarks.measurement import MEMORY, PROCESS
from benchmarks.report import Figures, summary
from benchmarks.subprocesses import ROOT, EngineError, new_hips_environment, run_engine
from benchmarks.suite import ROWS
from benchmarks.table import digits, markdown
from benchmarks.workloads import Import, Size


def main() -> None:
    options = parsed()
    with tempfile.TemporaryDirectory() as folder:
        hips = new_hips_environment(folder) if options.hips == "new" else options.hips
        report = {"machine": facts(hips), "rounds": options.rounds, "left_out": left_out(options, hips), "failed": {}}
        figures: Figures = {}
        for name in options.only:
            if name in report["left_out"]:
                continue
            measure(name, figures, report, options, hips)
            write(report | {"rows": summary(figures)}, options.output)
    print(f"\n{markdown(report | {'rows': summary(figures)})}")
    if report["failed"]:
        raise SystemExit(1)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Time training steps, graphs and whole trainings beside the peers; measure memory and packages.",
        epilog=f"rows: {', '.join(ROWS)}; engines: {', '.join(ENGINES)}",
    )
    parser.add_argument("--rounds", type=int, default=5, help="how often every engine has its turn (default 5)")
    parser.add_argument("--only", nargs="+", default=["*"], metavar="ROW", help="rows, or patterns such as 'mlp*'")
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), choices=ENGINES, metavar="ENGINE", help="engines")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each figure, where steps can be repeated (default 1)")
    parser.add_argument(
        "--hips",
        default=os.environ.get("CHAINRULE_HIPS", ""),
        metavar="PYTHON",
        help="one that has HIPS autograd (default $CHAINRULE_HIPS); 'new' makes one for this run",
    )
    parser.add_argument(
        "--output", type=Path, default=ROOT / "benchmarks" / "results", help="folder of latest.md and latest.json"
    )
    options = parser.parse_args()
    if options.hips not in ("", "new") and shutil.which(options.hips) is None:
        parser.error(f"--hips: there is no Python at {options.hips}")
    unknown = [wanted for wanted in options.only if not any(fnmatch(name, wanted) for name in ROWS)]
    if unknown:
        parser.error(f"there is no row {unknown[0]}; rows: {', '.join(ROWS)}")
    options.only = [name for name in ROWS if any(fnmatch(name, wanted) for wanted in options.only)]
    return options


def left_out(options: argparse.Namespace, hips: str) -> dict[str, str]:
    """The engines and rows that cannot be measured here, and what they need."""
    needs = {
        name: f"pip install '.[bench]' has {engine.package}"
        for name, engine in ENGINES.items()
        if engine.package and name != "hips" and find_spec(engine.imports.split(".")[0]) is None
    }
    if not hips:
        needs["hips"] = "--hips PYTHON or --hips new"
    wanted = {engine for name in options.only for engine in ROWS[name].engines} & set(options.engines)
    needs = {name: why for name, why in needs.items() if name in wanted}
    for name in options.only:
        variable, measure = ROWS[name].variable, ROWS[name].measure
        if variable and not os.environ.get(variable):
            needs[name] = f"the data that ${variable} leads to"
        elif measure in MEMORY and not PROCESS.exists():
            needs[name] = f"Linux's {PROCESS}"
    return needs


def measure(name: str, figures: Figures, report: dict, options: argparse.Namespace, hips: str) -> None:
    """Add a row to the figures, engine by engine and round by round; an engine that fails is out for the rest of the row."""
    row = ROWS[name]
    engines = [engine for engine in row.engines if engine in options.engines and engine not in report["left_out"]]
    figures[name] = {}
    for _ in range(min(options.rounds, row.rounds or options.rounds)):
        for engine in list(engines):
            try:
                found = figure(name, engine, options.seconds, hips)
            except EngineError as error:
                report["failed"][f"{name}, {engine}"] = str(error)
                engines.remove(engine)
            else:
                figures[name].setdefault(engine, []).append(found)
    if not figures[name]:
        del figures[name]
        return
    medians = {engine: found["median"] for engine, found in summary(figures)[name]["figures"].items()}
    print(f"{name}, {row.unit}: {', '.join(f'{engine} {digits(value)}' for engine, value in medians.items())}", flush=True)


def figure(name: str, engine: str, seconds: float, hips: str) -> float:
    work = ROWS[name].work
    if isinstance(work, Import):
        return import_milliseconds(engine, seconds, hips)
    if isinstance(work, Size):
        return installed_megabytes(engine)
    return json.loads(run_engine(engine, name, seconds, hips))


def write(report: dict, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "latest.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    (folder / "latest.md").write_text(markdown(report))


if __name__ == "__main__":
    main()
