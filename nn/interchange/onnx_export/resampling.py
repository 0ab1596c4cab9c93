"""Interpolation along an axis."""

import numpy as np

from autograd.extend import OperationCall
from nn.interchange.onnx_export.elementwise import operands
from nn.interchange.onnx_export.graph import Graph
from nn.interchange.onnx_export.registry import converts


@converts("blend")
def blend(graph: Graph, call: OperationCall) -> str:
    """(1 − tᵢ) x[lowerᵢ] + tᵢ x[upperᵢ] along an axis counted from the end: exactly the positions of `interpolate`."""
    (x,), options = operands(graph, call), call.options
    axis, fraction = int(options["axis"]), options["fraction"]
    lower = graph.node("Gather", x, graph.constant(np.asarray(options["lower"], np.int64)), axis=axis)
    if fraction is None:
        return lower
    t = np.reshape(fraction, (-1, *[1] * (-axis - 1))).astype(call.result.dtype)
    upper = graph.node("Gather", x, graph.constant(np.asarray(options["upper"], np.int64)), axis=axis)
    parts = [graph.node("Mul", name, graph.constant(factor)) for name, factor in ((lower, 1 - t), (upper, t))]
    return graph.node("Add", *parts)
