"""Time all calls in this process and print the results as JSON: {"name, size": seconds}."""

import json
import sys
import time
import warnings

import autograd.numpy as np
from autograd import value_and_grad
from benchmarks.numpy_functions.calls import CALLS, MEDIUM, REDUCED, SMALL

BLOCK, BLOCKS = 1e-3, 9  # seconds of a block, and blocks


def seconds(call):
    """The time of a call: the least mean of several blocks of calls."""
    call()
    start = time.perf_counter()
    call()
    count = max(1, int(BLOCK / (time.perf_counter() - start)))
    best = float("inf")
    for _ in range(BLOCKS):
        start = time.perf_counter()
        for _ in range(count):
            call()
        best = min(best, (time.perf_counter() - start) / count)
    return best


def prepare(call, size):
    """The value and the gradient of the sum of a call's results."""
    x = np.linspace(0.1, 0.9, size)
    side = 3 if size == SMALL else int(size**0.5)
    side += side % 2
    a = np.cos(np.arange(side * side) ** 2.0).reshape(side, side)
    uses_matrix = np.sum(total(call, x, a)) != np.sum(total(call, x, a + 0.01))
    derivative = value_and_grad(lambda x, a: total(call, x, a), 1 if uses_matrix else 0)
    return lambda: derivative(x, a)


def total(call, x, a):
    out = call(x, a)
    return sum(np.sum(item) for item in out) if isinstance(out, tuple) else np.sum(out)


def main():
    names = sys.argv[1:] or list(CALLS)
    times = {}
    warnings.simplefilter("ignore")
    for name in names:
        for label, size in (("small", SMALL), ("medium", 1024 if name in REDUCED else MEDIUM)):
            try:
                times[f"{name}, {label}"] = seconds(prepare(CALLS[name], size))
            except Exception as error:  # a function that this engine lacks
                times[f"{name}, {label}"] = f"{type(error).__name__}: {error}"[:80]
    print(json.dumps(times))


if __name__ == "__main__":
    main()
