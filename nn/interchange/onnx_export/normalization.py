"""Normalization over features, groups of channels, and the batch."""

import math

import numpy as np

from autograd.extend import OperationCall
from nn.interchange.onnx_export.elementwise import number, operands
from nn.interchange.onnx_export.graph import Graph
from nn.interchange.onnx_export.registry import converts


@converts("layer_norm")
def layer_norm(graph: Graph, call: OperationCall) -> str:
    """ONNX's LayerNormalization over the axes of the weights."""
    axis = -len(graph.shape(call.inputs[1]))
    return graph.node("LayerNormalization", *operands(graph, call), axis=axis, epsilon=float(call.options["eps"]))


@converts("rms_norm")
def rms_norm(graph: Graph, call: OperationCall) -> str:
    """γ x / √(mean(x²) + ε) over the axes of the weights; ONNX's RMSNormalization from version 23 on."""
    x, weight = operands(graph, call)
    eps = call.options["eps"]
    eps = float(np.finfo(call.result.dtype).eps if eps is None else eps)
    ndim = len(graph.shape(call.inputs[1]))
    if graph.opset >= 23:
        return graph.node("RMSNormalization", x, weight, axis=-ndim, epsilon=eps)
    mean = graph.reduce("ReduceMean", graph.node("Mul", x, x), range(-ndim, 0), True)
    root = graph.node("Sqrt", graph.node("Add", mean, number(graph, call, eps)))
    return graph.node("Mul", graph.node("Div", x, root), weight)


def _per_channel(graph: Graph, name: str, ndim: int) -> str:
    """One value for each channel, in a shape that broadcasts against (N, C, …)."""
    return name if ndim == 2 else graph.node("Reshape", name, graph.integers(-1, *[1] * (ndim - 2)))


@converts("group_norm")
def group_norm(graph: Graph, call: OperationCall) -> str:
    """Instance normalization of the groups as channels, then scale and shift of each channel."""
    x, weight, bias = operands(graph, call)
    groups, shape = int(call.options["groups"]), graph.shape(call.result)
    split = graph.reshape(x, (shape[0], groups, math.prod(int(n) for n in shape[1:]) // groups))
    ones, zeros = (graph.constant(np.full(groups, value, call.result.dtype)) for value in (1, 0))
    normalized = graph.node("InstanceNormalization", split, ones, zeros, epsilon=float(call.options["eps"]))
    out = graph.reshape(normalized, shape)
    out = graph.node("Mul", out, _per_channel(graph, weight, len(shape)))
    return graph.node("Add", out, _per_channel(graph, bias, len(shape)))


@converts("batch_normalization")
def batch_normalization(graph: Graph, call: OperationCall) -> str:
    """ONNX's BatchNormalization by running statistics."""
    return graph.node("BatchNormalization", *operands(graph, call), epsilon=float(call.options["eps"]))


@converts("scale_and_shift")
def scale_and_shift(graph: Graph, call: OperationCall) -> str:
    """x y + z, as a model that was opened from a file normalizes batches."""
    x, y, z = operands(graph, call)
    return graph.node("Add", graph.node("Mul", x, y), z)


@converts("batch_norm")
def batch_norm(graph: Graph, call: OperationCall) -> str:
    """Normalization by the statistics of the batch, in training mode."""
    x, weight, bias = operands(graph, call)
    shape, statistics = graph.shape(call.result), call.options["statistics"]
    axes = [0, *range(2, len(shape))]
    if statistics is None:
        mean = graph.reduce("ReduceMean", x, axes)
        centered = graph.node("Sub", x, _per_channel(graph, mean, len(shape)))
        variance = graph.reduce("ReduceMean", graph.node("Mul", centered, centered), axes)
    else:
        mean, variance = (graph.operand(value, call.result.dtype) for value in statistics)
        centered = graph.node("Sub", x, _per_channel(graph, mean, len(shape)))
    root = graph.node("Sqrt", graph.node("Add", variance, number(graph, call, call.options["eps"])))
    scale = _per_channel(graph, graph.node("Div", weight, root), len(shape))
    return graph.node("Add", graph.node("Mul", centered, scale), _per_channel(graph, bias, len(shape)))
