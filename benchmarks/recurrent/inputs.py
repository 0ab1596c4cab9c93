"""Data and initial weights of an LSTM, the same for every engine."""

from typing import Any

import numpy as np

from benchmarks.workloads import LSTM


def lstm_inputs(workload: LSTM) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    """Inputs (steps, batch, in), targets (steps, batch, hidden), and weights (in, 4 hidden), (hidden, 4 hidden) and biases."""
    rng, width = np.random.default_rng(0), 4 * workload.hidden
    x = rng.normal(size=(workload.steps, workload.batch, workload.inputs))
    y = rng.uniform(-1, 1, (workload.steps, workload.batch, workload.hidden))
    r = workload.hidden**-0.5
    shapes = {"weight_ih": (workload.inputs, width), "weight_hh": (workload.hidden, width), "bias_ih": width, "bias_hh": width}
    weights = {name: rng.uniform(-r, r, shape).astype(np.float32) for name, shape in shapes.items()}
    return x.astype(np.float32), y.astype(np.float32), weights
