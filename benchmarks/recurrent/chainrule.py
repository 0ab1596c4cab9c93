"""This library: an LSTM layer as a user trains it."""

import nn
from benchmarks.recurrent.inputs import lstm_inputs
from benchmarks.workloads import SGD_RATE
from optim import SGD


def lstm(workload, transform):
    x, y, weights = lstm_inputs(workload)
    layer = nn.LSTM(workload.inputs, workload.hidden).astype("float32")
    layer.load_state_dict({f"{name}_l0": array for name, array in weights.items()})
    optimizer, loss = SGD(layer.parameters(), lr=SGD_RATE), nn.MSELoss()

    @transform
    def step(x, y):
        optimizer.zero_grad()
        outputs, _ = layer(x)
        error = loss(outputs, y)
        error.backward()
        optimizer.step()
        return error

    return lambda: step(x, y)
