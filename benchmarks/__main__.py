"""Run the cases: python -m benchmarks [--rounds N] [--only CASE …] [--engines ENGINE …] [--hips PYTHON] [--output FOLDER]

Each engine runs in a fresh process without the environment variables that pin kernels or threads and distort times.
The engines alternate over the rounds.
"""

import argparse
import json
import os
import shutil
import tempfile
from fnmatch import fnmatch
from importlib.util import find_spec
from pathlib import Path

from benchmarks import results_files
from benchmarks.engines import ENGINES
from benchmarks.environment import environment
from benchmarks.footprint import import_milliseconds, installed_megabytes
from benchmarks.measurement import MEMORY_MEASURES, PROCESS
from benchmarks.report import Samples, summarize
from benchmarks.subprocesses import EngineError, new_hips_environment, run_engine
from benchmarks.suite import CASES
from benchmarks.table import markdown, three_digits
from benchmarks.workloads import Import, Size


def main() -> None:
    options = parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        hips = new_hips_environment(folder) if options.hips == "new" else options.hips
        report = {"machine": environment(hips), "rounds": options.rounds, "skipped": unavailable(options, hips), "failed": {}}
        samples: Samples = {}
        for name in options.only:
            if name in report["skipped"]:
                continue
            measure_case(name, samples, report, options, hips)
            write_report(report | {"cases": summarize(samples)}, options)
    print(f"\n{markdown(report | {'cases': summarize(samples)})}")
    if report["failed"]:
        raise SystemExit(1)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Time training steps, graphs and whole trainings next to other libraries; measure memory and package size.",
        epilog=f"cases: {', '.join(CASES)}; engines: {', '.join(ENGINES)}",
    )
    parser.add_argument("--rounds", type=int, default=5, help="number of runs of each engine (default 5)")
    parser.add_argument("--only", nargs="+", default=["*"], metavar="CASE", help="cases, or patterns such as 'mlp*'")
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), choices=ENGINES, metavar="ENGINE", help="engines")
    parser.add_argument(
        "--seconds", type=float, default=1.0, help="duration of a measurement whose steps can be repeated (default 1)"
    )
    parser.add_argument(
        "--hips",
        default=os.environ.get("CHAINRULE_HIPS", ""),
        metavar="PYTHON",
        help="a Python that has HIPS autograd (default $CHAINRULE_HIPS); 'new' creates one for this run",
    )
    parser.add_argument("--output", type=Path, default=results_files.FOLDER, help="folder of latest.md and latest.json")
    parser.add_argument("--release", default="", help="also keep the results as RELEASE/MACHINE.json in that folder")
    options = parser.parse_args()
    if options.hips not in ("", "new") and shutil.which(options.hips) is None:
        parser.error(f"--hips: there is no Python at {options.hips}")
    unknown = [pattern for pattern in options.only if not any(fnmatch(name, pattern) for name in CASES)]
    if unknown:
        parser.error(f"there is no case {unknown[0]}; cases: {', '.join(CASES)}")
    options.only = [name for name in CASES if any(fnmatch(name, pattern) for pattern in options.only)]
    return options


def unavailable(options: argparse.Namespace, hips: str) -> dict[str, str]:
    """The engines and cases that cannot be measured here, with the requirement that is missing."""
    missing = {
        name: f"pip install '.[bench]' has {engine.package}"
        for name, engine in ENGINES.items()
        if engine.package and name != "hips" and find_spec(engine.imports.split(".")[0]) is None
    }
    if not hips:
        missing["hips"] = "--hips PYTHON or --hips new"
    used = {engine for name in options.only for engine in CASES[name].engines} & set(options.engines)
    missing = {name: requirement for name, requirement in missing.items() if name in used}
    for name in options.only:
        variable, measure = CASES[name].variable, CASES[name].measure
        if variable and not os.environ.get(variable):
            missing[name] = f"the data that ${variable} names"
        elif measure in MEMORY_MEASURES and not PROCESS.exists():
            missing[name] = f"Linux's {PROCESS}"
    return missing


def measure_case(name: str, samples: Samples, report: dict, options: argparse.Namespace, hips: str) -> None:
    """Add the samples of a case, round by round and engine by engine; an engine that fails is not run again in this case."""
    case = CASES[name]
    engines = [engine for engine in case.engines if engine in options.engines and engine not in report["skipped"]]
    samples[name] = {}
    for _ in range(min(options.rounds, case.rounds or options.rounds)):
        for engine in list(engines):
            try:
                sample = measure_once(name, engine, options.seconds, hips)
            except EngineError as error:
                report["failed"][f"{name}, {engine}"] = str(error)
                engines.remove(engine)
            else:
                samples[name].setdefault(engine, []).append(sample)
    if not samples[name]:
        del samples[name]
        return
    medians = {engine: results["median"] for engine, results in summarize(samples)[name]["engines"].items()}
    print(
        f"{name}, {case.unit}: {', '.join(f'{engine} {three_digits(value)}' for engine, value in medians.items())}", flush=True
    )


def measure_once(name: str, engine: str, seconds: float, hips: str) -> float:
    workload = CASES[name].workload
    if isinstance(workload, Import):
        return import_milliseconds(engine, seconds, hips)
    if isinstance(workload, Size):
        return installed_megabytes(engine)
    return json.loads(run_engine(engine, name, seconds, hips))


def write_report(report: dict, options: argparse.Namespace) -> None:
    results_files.write(report, markdown(report), options.output, options.release)


if __name__ == "__main__":
    main()
