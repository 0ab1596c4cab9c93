"""Recurrent layers as ONNX's LSTM, GRU and RNN of one direction.

The operations return the states of all steps with the initial state, in the order of time: before the first step for the
forward direction, after the last for the reverse direction. ONNX returns the states of the steps alone. After the end of a
sequence a state keeps its value; ONNX writes zeros there.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.extend import OperationCall, TracedValue
from nn.interchange.onnx_export.graph import Graph
from nn.interchange.onnx_export.registry import converts


def _reordered(graph: Graph, x: Any, dtype: Any, gates: Sequence[int]) -> str:
    """Weights (in, gates · hidden) as ONNX's (1, gates · hidden, in), or a bias as (1, gates · hidden), gates reordered."""
    array = graph.array(x)
    if array is not None:
        parts = np.split(np.asarray(array, dtype), len(gates), axis=-1)
        name = graph.results[x.number] if isinstance(x, TracedValue) else "bias"
        return graph.constant(np.concatenate([parts[i] for i in gates], axis=-1).T[None], f"{name}.reordered")
    name, ndim = graph.operand(x, dtype), len(graph.shape(x))
    hidden = int(graph.shape(x)[-1]) // len(gates)
    pieces = [graph.slice(name, i * hidden, (i + 1) * hidden, ndim - 1) for i in gates]
    joined = graph.node("Concat", *pieces, axis=ndim - 1)
    return graph.unsqueeze(graph.transpose(joined, range(ndim)[::-1]), 0)


def _run(
    graph: Graph,
    call: OperationCall,
    op: str,
    gates: Sequence[int],
    biases: Sequence[Any],
    states: Sequence[Any],
    **attributes: Any,
) -> list[str]:
    """The states of all steps (steps, n, hidden) with the initial one, and the last value of each other state (n, hidden)."""
    dtype, (x, weight_ih, weight_hh) = call.result.dtype, call.inputs[:3]
    hidden = int(graph.shape(weight_hh)[0])
    mask, reverse = call.options["mask"], call.options["reverse"]
    lengths = None
    if mask is not None:
        mask = graph.operand(mask)
        lengths = graph.reduce("ReduceSum", graph.squeeze(graph.cast(mask, bool, np.int32), 2), [0])
    weights = [_reordered(graph, w, dtype, gates) for w in (weight_ih, weight_hh)]
    zeros = np.zeros(len(gates) * hidden, dtype)
    both = [_reordered(graph, bias, dtype, gates) for bias in (*biases, zeros)[:2]]
    initial = [graph.operand(state, dtype) for state in states]
    inputs = [graph.operand(x, dtype), *weights, graph.node("Concat", *both, axis=1), lengths]
    inputs += [graph.unsqueeze(state, 0) for state in initial]
    direction = "reverse" if reverse else "forward"
    outputs = graph.node_with_outputs(op, inputs, 1 + len(states), hidden_size=hidden, direction=direction, **attributes)
    steps = graph.squeeze(outputs[0], 1)
    if mask is not None:
        after_end = initial[0] if reverse else graph.squeeze(outputs[1], 0)
        steps = graph.node("Where", mask, steps, graph.unsqueeze(after_end, 0))
    first = graph.unsqueeze(initial[0], 0)
    return [graph.node("Concat", *((steps, first) if reverse else (first, steps)), axis=0), *outputs[2:]]


@converts("lstm_states")
def lstm(graph: Graph, call: OperationCall) -> str:
    """An LSTM, with the gates i, f, g, o; ONNX's order is i, o, f, g."""
    bias, h0, c0 = call.inputs[3:]
    states, c = _run(graph, call, "LSTM", (0, 3, 1, 2), [bias], [h0, c0])
    return graph.node("Concat", states, c, axis=0)


@converts("gru_states")
def gru(graph: Graph, call: OperationCall) -> str:
    """A GRU, with the gates r, z, n; ONNX's order is z, r, n."""
    bias_ih, bias_hh, h0 = call.inputs[3:]
    return _run(graph, call, "GRU", (1, 0, 2), [bias_ih, bias_hh], [h0], linear_before_reset=1)[0]


@converts("rnn_states")
def rnn(graph: Graph, call: OperationCall) -> str:
    """A simple recurrent layer with tanh or ReLU."""
    bias, h0 = call.inputs[3:]
    activation = "Tanh" if call.options["nonlinearity"] == "tanh" else "Relu"
    return _run(graph, call, "RNN", (0,), [bias], [h0], activations=[activation])[0]
