"""Differences of adjacent elements, derivatives of sampled functions, and numbers between two others."""

import numpy as np

from autograd.extend import OperationCall
from nn.interchange.onnx_export.elementwise import number, operands
from nn.interchange.onnx_export.graph import Graph
from nn.interchange.onnx_export.registry import converts

LARGEST = np.iinfo(np.int64).max


@converts("difference")
def difference(graph: Graph, call: OperationCall) -> str:
    """xᵢ₊₁ − xᵢ along an axis."""
    (name,), axis = operands(graph, call), int(call.options["axis"])
    return graph.node("Sub", graph.slice(name, 1, LARGEST, axis), graph.slice(name, 0, -1, axis))


@converts("even_gradient")
def even_gradient(graph: Graph, call: OperationCall) -> str:
    """(xᵢ₊₁ − xᵢ₋₁) / 2h along the last axis, and one-sided differences at both ends."""
    (name,), axis = operands(graph, call), len(call.result.shape) - 1
    step = graph.operand(call.options["h"], call.result.dtype)
    inside = graph.node("Sub", graph.slice(name, 2, LARGEST, axis), graph.slice(name, 0, -2, axis))
    inside = graph.node("Div", inside, graph.node("Mul", number(graph, call, 2), step))
    first = graph.node("Sub", graph.slice(name, 1, 2, axis), graph.slice(name, 0, 1, axis))
    last = graph.node("Sub", graph.slice(name, -1, LARGEST, axis), graph.slice(name, -2, -1, axis))
    return graph.node("Concat", graph.node("Div", first, step), inside, graph.node("Div", last, step), axis=axis)


@converts("interpolate")
def interpolate(graph: Graph, call: OperationCall) -> str:
    """x + (y − x) t, and y where t is 1."""
    x, y = operands(graph, call)
    fraction = graph.operand(call.options["fraction"], call.result.dtype)
    between = graph.node("Add", x, graph.node("Mul", graph.node("Sub", y, x), fraction))
    return graph.node("Where", graph.node("Equal", fraction, number(graph, call, 1)), y, between)
