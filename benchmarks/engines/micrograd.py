"""micrograd, for graphs of scalars."""

from micrograd.engine import Value
from micrograd.nn import MLP

from benchmarks.inputs import demo, demo_rate
from benchmarks.measurement import serve
from benchmarks.workloads import Demo, Scalars


def scalars(work):
    weights = [Value(0.5) for _ in range(work.terms)]
    inputs = [Value(0.25) for _ in range(work.terms)]

    def step():
        total = Value(0.0)
        for w, x in zip(weights, inputs):
            total = total + w * x
        total.backward()

    return step


def its_demo(work):
    points, labels, numbers = demo(work)
    model = MLP(2, [16, 16, 1])
    parameters = model.parameters()
    for p, number in zip(parameters, numbers):
        p.data = number
    steps = 0

    def step():
        nonlocal steps
        scores = [model(list(map(Value, point))) for point in points]
        losses = [(1 + -y * predicted).relu() for y, predicted in zip(labels, scores)]
        total = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)
        model.zero_grad()
        total.backward()
        for p in parameters:
            p.data -= demo_rate(steps) * p.grad
        steps += 1
        return total

    return step


WORKS = {Scalars: scalars, Demo: its_demo}

if __name__ == "__main__":
    serve(WORKS)
