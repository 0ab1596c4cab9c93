"""Attention, its heads, and rotary positions."""

from typing import Any

import numpy as np

from autograd.extend import OperationCall
from nn.interchange.onnx_export.elementwise import number, operands
from nn.interchange.onnx_export.graph import Graph
from nn.interchange.onnx_export.registry import converts


def _weights(graph: Graph, call: OperationCall, q: str, k: str, bias: Any, ndim: int) -> str:
    """softmax(q kᵀ · scale + bias), with 0 for a query that may attend to no key."""
    dtype = call.result.dtype
    scores = graph.node("MatMul", graph.node("Mul", q, number(graph, call, call.options["scale"])), graph.swap_last(k, ndim))
    array = graph.array(bias)
    if graph.shape(bias):
        scores = graph.node("Add", scores, graph.operand(bias, dtype))
    if array is not None and (array.ndim == 0 or not np.isneginf(array).all(axis=-1).any()):
        return graph.node("Softmax", scores, axis=-1)
    # A row of −∞ would give nan.
    largest = graph.reduce("ReduceMax", scores, [ndim - 1], True)
    is_empty = graph.node("Equal", largest, number(graph, call, -np.inf))
    zero = number(graph, call, 0)
    weights = graph.node("Softmax", graph.node("Where", is_empty, zero, scores), axis=-1)
    return graph.node("Where", is_empty, zero, weights)


@converts("attention_weights")
def attention_weights(graph: Graph, call: OperationCall) -> str:
    """The weights of attention."""
    q, k, _ = operands(graph, call)
    return _weights(graph, call, q, k, call.inputs[2], len(graph.shape(call.inputs[1])))


@converts("attention")
def attention(graph: Graph, call: OperationCall) -> str:
    """softmax(q kᵀ · scale + bias) v."""
    q, k, v, _ = operands(graph, call)
    ndim = max(len(graph.shape(x)) for x in call.inputs[:2])
    return graph.node("MatMul", _weights(graph, call, q, k, call.inputs[3], ndim), v)


@converts("packed_attention")
def packed_attention(graph: Graph, call: OperationCall) -> str:
    """Attention of queries, keys and values that one product gave, (N, T, 3 · heads · d)."""
    x, _ = operands(graph, call)
    heads = int(call.options["heads"])
    n, length, width = graph.shape(call.inputs[0])
    split = graph.reshape(x, (n, length, 3, heads, width // (3 * heads)))
    parts = graph.node_with_outputs("Split", [graph.transpose(split, (2, 0, 3, 1, 4))], 3, axis=0, num_outputs=3)
    q, k, v = (graph.squeeze(part, 0) for part in parts)
    out = graph.node("MatMul", _weights(graph, call, q, k, call.inputs[1], 4), v)
    return graph.reshape(graph.transpose(out, (0, 2, 1, 3)), graph.shape(call.result))


@converts("rotate")
def rotate(graph: Graph, call: OperationCall) -> str:
    """The pairs of features i and i + d / 2 rotated by angles."""
    x, cos, sin = operands(graph, call)
    axis, half = len(call.result.shape) - 1, int(call.result.shape[-1]) // 2
    first, second = graph.slice(x, 0, half, axis), graph.slice(x, half, 2 * half, axis)
    products = [graph.node("Mul", a, b) for a, b in ((first, cos), (second, sin), (second, cos), (first, sin))]
    return graph.node("Concat", graph.node("Sub", *products[:2]), graph.node("Add", *products[2:]), axis=axis)
