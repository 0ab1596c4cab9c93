"""Losses that are operations of their own; the others are compositions."""

import numpy as np

from autograd.extend import OperationCall
from nn.interchange.onnx_export.elementwise import number, operands
from nn.interchange.onnx_export.graph import Graph
from nn.interchange.onnx_export.registry import converts


@converts("cross_entropy")
def cross_entropy(graph: Graph, call: OperationCall) -> str:
    """The mean cross-entropy of scores (n, classes) and class indices (n,)."""
    x, y = call.inputs
    return graph.node("SoftmaxCrossEntropyLoss", graph.operand(x, call.result.dtype), graph.operand(y, np.int64))


@converts("label_scores")
def label_scores(graph: Graph, call: OperationCall) -> str:
    """The score of each example's label, along axis 1, or 0 of a vector."""
    x, y = call.inputs
    axis = 1 if len(graph.shape(x)) > 1 else 0
    labels = graph.unsqueeze(graph.operand(y, np.int64), axis)
    return graph.squeeze(graph.node("GatherElements", graph.operand(x), labels, axis=axis), axis)


@converts("binary_cross_entropy")
def binary_cross_entropy(graph: Graph, call: OperationCall) -> str:
    """−(y log x + (1 − y) log(1 − x)), with logarithms of at least −100."""
    x, y = operands(graph, call)
    one, least = number(graph, call, 1), number(graph, call, -100)
    terms = []
    for p, t in ((x, y), (graph.node("Sub", one, x), graph.node("Sub", one, y))):
        terms.append(graph.node("Mul", t, graph.node("Max", graph.node("Log", p), least)))
    return graph.node("Neg", graph.node("Add", *terms))


@converts("binary_cross_entropy_with_logits")
def binary_cross_entropy_with_logits(graph: Graph, call: OperationCall) -> str:
    """(1 − y) softplus(x) + w y softplus(−x)."""
    x, y, pos_weight = operands(graph, call)
    negative = graph.node("Mul", graph.node("Sub", number(graph, call, 1), y), graph.node("Softplus", x))
    positive = graph.node("Mul", graph.node("Mul", pos_weight, y), graph.node("Softplus", graph.node("Neg", x)))
    return graph.node("Add", negative, positive)
