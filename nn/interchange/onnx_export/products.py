"""Products: matmul, affine maps, outer products, einsum, cross products, convolution of vectors, determinants."""

import numpy as np

from autograd.extend import OperationCall
from nn.interchange.onnx_export.elementwise import operands
from nn.interchange.onnx_export.graph import Graph
from nn.interchange.onnx_export.registry import converts


@converts("matmul")
def matmul(graph: Graph, call: OperationCall) -> str:
    """The matrix product of the last two axes."""
    return graph.node("MatMul", *operands(graph, call))


@converts("linear")
def linear(graph: Graph, call: OperationCall) -> str:
    """x W + b: Gemm for a matrix x."""
    x, weight, bias = operands(graph, call)
    if len(call.result.shape) == 2:
        return graph.node("Gemm", x, weight, bias)
    return graph.node("Add", graph.node("MatMul", x, weight), bias)


@converts("outer")
def outer(graph: Graph, call: OperationCall) -> str:
    """xᵢ yⱼ of two vectors."""
    x, y = operands(graph, call)
    return graph.node("Mul", graph.unsqueeze(x, 1), graph.unsqueeze(y, 0))


@converts("einsum")
def einsum(graph: Graph, call: OperationCall) -> str:
    """Sums of products over labeled axes."""
    return graph.node("Einsum", *operands(graph, call), equation=call.options["subscripts"])


@converts("cross")
def cross(graph: Graph, call: OperationCall) -> str:
    """x × y of the last axes of size 3: x₂y₃ − x₃y₂, …."""
    x, y = operands(graph, call)
    shifted = [
        [graph.node("Gather", name, graph.integers(*order), axis=-1) for order in ((1, 2, 0), (2, 0, 1))] for name in (x, y)
    ]
    return graph.node("Sub", graph.node("Mul", shifted[0][0], shifted[1][1]), graph.node("Mul", shifted[0][1], shifted[1][0]))


@converts("convolve")
def convolve(graph: Graph, call: OperationCall) -> str:
    """The full convolution of two vectors, as that of an image of one row with reversed weights."""
    x, y = operands(graph, call)
    size = graph.shape(call.inputs[1])[0]
    backward = [graph.integers(-1), graph.integers(np.iinfo(np.int64).min), graph.integers(0), graph.integers(-1)]
    weight = graph.node("Slice", y, *backward)
    rows = [graph.unsqueeze(name, 0, 1) for name in (x, weight)]
    return graph.squeeze(graph.node("Conv", *rows, pads=[size - 1, size - 1]), 0, 1)


@converts("det")
def det(graph: Graph, call: OperationCall) -> str:
    """The determinant of the last two axes."""
    return graph.node("Det", *operands(graph, call))
