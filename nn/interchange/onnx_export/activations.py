"""Activation functions that are operations of their own."""

import math

from autograd.extend import OperationCall
from nn.interchange.onnx_export.elementwise import number, operands, write_expm1
from nn.interchange.onnx_export.graph import Graph
from nn.interchange.onnx_export.registry import converts


@converts("leaky_relu")
def leaky_relu(graph: Graph, call: OperationCall) -> str:
    """x for positive x, negative_slope · x elsewhere."""
    return graph.node("LeakyRelu", *operands(graph, call), alpha=float(call.options["negative_slope"]))


@converts("elu")
def elu(graph: Graph, call: OperationCall) -> str:
    """x for positive x, α (eˣ − 1) elsewhere. ONNX's Elu cancels digits at small x in some runtimes."""
    (x,) = operands(graph, call)
    zero, one = number(graph, call, 0), number(graph, call, 1)
    tail = write_expm1(graph, graph.node("Min", x, zero), one)
    tail = graph.node("Mul", tail, graph.operand(call.options["alpha"], call.result.dtype))
    return graph.node("Where", graph.node("Greater", x, zero), x, tail)


@converts("gelu", "gelu_tanh")
def gelu(graph: Graph, call: OperationCall) -> str:
    """x Φ(x), or its approximation by tanh."""
    (x,) = operands(graph, call)
    if graph.opset >= 20:
        return graph.node("Gelu", x, approximate="none" if call.name == "gelu" else "tanh")
    if call.name == "gelu":
        inner = graph.node("Erf", graph.node("Mul", x, number(graph, call, math.sqrt(0.5))))
    else:
        cube = graph.node("Mul", graph.node("Mul", x, x), graph.node("Mul", x, number(graph, call, 0.044715)))
        inner = graph.node("Tanh", graph.node("Mul", graph.node("Add", x, cube), number(graph, call, math.sqrt(2 / math.pi))))
    cdf = graph.node("Mul", graph.node("Add", inner, number(graph, call, 1)), number(graph, call, 0.5))
    return graph.node("Mul", x, cdf)


@converts("silu")
def silu(graph: Graph, call: OperationCall) -> str:
    """x σ(x)."""
    (x,) = operands(graph, call)
    return graph.node("Mul", x, graph.node("Sigmoid", x))


@converts("hardswish")
def hardswish(graph: Graph, call: OperationCall) -> str:
    """x · min(max(x / 6 + ½, 0), 1)."""
    return graph.node("HardSwish", *operands(graph, call))


@converts("mish")
def mish(graph: Graph, call: OperationCall) -> str:
    """x tanh(softplus(x))."""
    return graph.node("Mish", *operands(graph, call))


@converts("softsign")
def softsign(graph: Graph, call: OperationCall) -> str:
    """x / (1 + |x|)."""
    return graph.node("Softsign", *operands(graph, call))


@converts("softplus")
def softplus(graph: Graph, call: OperationCall) -> str:
    """log(1 + eˣ)."""
    return graph.node("Softplus", *operands(graph, call))


@converts("binary_step")
def binary_step(graph: Graph, call: OperationCall) -> str:
    """1 for x ≥ 0, else 0."""
    (x,) = operands(graph, call)
    zero, one = number(graph, call, 0), number(graph, call, 1)
    return graph.node("Where", graph.node("GreaterOrEqual", x, zero), one, zero)


@converts("bent_identity")
def bent_identity(graph: Graph, call: OperationCall) -> str:
    """x + (√(x² + 1) − 1) / 2 = x (1 + x / (1 + √(1 + x²)) / 2)."""
    (x,) = operands(graph, call)
    one = number(graph, call, 1)
    root = graph.node("Sqrt", graph.node("Add", graph.node("Mul", x, x), one))
    half = graph.node("Mul", graph.node("Div", x, graph.node("Add", root, one)), number(graph, call, 0.5))
    return graph.node("Mul", x, graph.node("Add", half, one))


@converts("softmax", "log_softmax")
def softmax(graph: Graph, call: OperationCall) -> str:
    """Softmax or its logarithm along an axis."""
    op = "Softmax" if call.name == "softmax" else "LogSoftmax"
    return graph.node(op, *operands(graph, call), axis=int(call.options["axis"]))


@converts("dropout")
def dropout(graph: Graph, call: OperationCall) -> str:
    """x · mask, for a mask that is not drawn."""
    return graph.node("Mul", *operands(graph, call))
