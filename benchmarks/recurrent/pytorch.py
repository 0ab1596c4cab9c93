"""PyTorch, eager: an LSTM layer."""

import torch

from benchmarks.recurrent.inputs import lstm_inputs
from benchmarks.workloads import SGD_RATE


def lstm(workload):
    x, y, weights = lstm_inputs(workload)
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    layer = torch.nn.LSTM(workload.inputs, workload.hidden)
    layer.load_state_dict({f"{name}_l0": torch.from_numpy(array.T.copy()) for name, array in weights.items()})
    optimizer, loss = torch.optim.SGD(layer.parameters(), lr=SGD_RATE), torch.nn.MSELoss()

    def step():
        optimizer.zero_grad()
        outputs, _ = layer(x)
        error = loss(outputs, y)
        error.backward()
        optimizer.step()
        return error

    return step
