"""python -m benchmarks.numpy_functions --hips PYTHON [--rounds N] [NAME …]: the slowest functions beside HIPS autograd.

Every round runs each engine in a process of its own; a ratio is that of the least times. The last line has the worst.
"""

import argparse
import json
import os
import sys

from benchmarks.subprocesses import IMPORT_HIPS_FIRST, ROOT, run

RUN_HIPS = IMPORT_HIPS_FIRST + "runpy.run_module('benchmarks.numpy_functions.engine', run_name='__main__')"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.numpy_functions", description=__doc__)
    parser.add_argument("--hips", default=os.environ.get("CHAINRULE_HIPS", ""), help="a Python that has HIPS autograd")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--rows", type=int, default=30, help="number of rows that are printed (default 30)")
    parser.add_argument("names", nargs="*", help="functions, by default all")
    options = parser.parse_args()
    if not options.hips:
        parser.error("--hips PYTHON or $CHAINRULE_HIPS names a Python that has HIPS autograd")
    engines = {
        "chainrule": [sys.executable, "-m", "benchmarks.numpy_functions.engine"],
        "HIPS": [options.hips, "-I", "-c", RUN_HIPS, str(ROOT)],
    }
    rounds = [
        {engine: json.loads(run(*command, *options.names)) for engine, command in engines.items()}
        for _ in range(options.rounds)
    ]
    rows, failed = [], []
    for name in rounds[0]["chainrule"]:
        times = {engine: [result[engine][name] for result in rounds] for engine in engines}
        errors = [f"{name}: {engine} {values[0]}" for engine, values in times.items() if isinstance(values[0], str)]
        failed += errors
        if not errors:
            ours, theirs = (min(values) for values in times.values())
            rows.append((ours / theirs, name, ours * 1e6, theirs * 1e6))
    print(f"{'function':32}{'chainrule, µs':>14}{'HIPS, µs':>12}{'ratio':>8}")
    for ratio, name, ours, theirs in sorted(rows, reverse=True)[: options.rows]:
        print(f"{name:32}{ours:14.1f}{theirs:12.1f}{ratio:8.2f}")
    for line in failed:
        print(f"not measured: {line}")
    slower = [row for row in rows if row[0] > 1]
    worst = max(rows)
    print(f"{len(rows)} rows, {len(slower)} slower than HIPS autograd; the worst is {worst[1]} with {worst[0]:.2f}")


if __name__ == "__main__":
    main()
