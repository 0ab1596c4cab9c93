"""micrograd, for graphs of scalars."""

from micrograd.engine import Value
from micrograd.nn import MLP

from benchmarks.inputs import demo_inputs, demo_learning_rate
from benchmarks.measurement import serve
from benchmarks.workloads import Demo, Scalars


def scalars(workload):
    weights = [Value(0.5) for _ in range(workload.terms)]
    inputs = [Value(0.25) for _ in range(workload.terms)]

    def step():
        total = Value(0.0)
        for w, x in zip(weights, inputs):
            total = total + w * x
        total.backward()

    return step


def micrograd_demo(workload):
    points, labels, initial = demo_inputs(workload)
    model = MLP(2, [16, 16, 1])
    parameters = model.parameters()
    for p, value in zip(parameters, initial):
        p.data = value
    steps = 0

    def step():
        nonlocal steps
        scores = [model(list(map(Value, point))) for point in points]
        losses = [(1 + -y * score).relu() for y, score in zip(labels, scores)]
        total = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)
        model.zero_grad()
        total.backward()
        for p in parameters:
            p.data -= demo_learning_rate(steps) * p.grad
        steps += 1
        return total

    return step


WORKLOADS = {Scalars: scalars, Demo: micrograd_demo}

if __name__ == "__main__":
    serve(WORKLOADS)
