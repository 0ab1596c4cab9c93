"""micrograd, for graphs of scalars."""

from micrograd.engine import Value

from benchmarks.rows import SCALAR_TERMS
from benchmarks.timing import report

weights = [Value(0.5) for _ in range(SCALAR_TERMS)]
inputs = [Value(0.25) for _ in range(SCALAR_TERMS)]


def step():
    total = Value(0.0)
    for w, x in zip(weights, inputs):
        total = total + w * x
    total.backward()


if __name__ == "__main__":
    report(step, per=2 * SCALAR_TERMS, block=50)
