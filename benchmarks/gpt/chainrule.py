"""The GPT of this library, as a user writes it."""

import nn
from benchmarks.gpt.inputs import gpt_inputs
from benchmarks.workloads import SGD_RATE
from optim import SGD


def gpt(workload, transform=lambda step: step):
    inputs, targets, weights = gpt_inputs(workload)
    model = nn.GPT(workload.vocabulary, workload.width, workload.layers, workload.heads, workload.context).astype("float32")
    model.load_state_dict(weights)
    optimizer = SGD(model.parameters(), lr=SGD_RATE)

    def step(inputs, targets):
        optimizer.zero_grad()
        scores = model(inputs)
        error = nn.functional.cross_entropy(scores.reshape(-1, workload.vocabulary), targets.reshape(-1))
        error.backward()
        optimizer.step()
        return error

    step = transform(step)
    return lambda: step(inputs, targets)
