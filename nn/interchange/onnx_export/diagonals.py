"""Diagonals and triangles of matrices: Trilu, and Where with the mask of a diagonal."""

import numpy as np

from autograd.extend import OperationCall
from nn.interchange.onnx_export.elementwise import number, operands
from nn.interchange.onnx_export.graph import Graph
from nn.interchange.onnx_export.reductions import has_batch
from nn.interchange.onnx_export.registry import converts


def _is_diagonal(graph: Graph, shape: tuple, offset: int) -> str:
    """The mask of a diagonal of a matrix: a constant, or EyeLike where a size follows the batch."""
    if not has_batch(shape):
        rows, columns = map(int, shape)
        return graph.constant(np.eye(rows, columns, offset, bool))
    zeros = graph.expand(graph.constant(np.float32(0)), shape)
    return graph.cast(graph.node("EyeLike", zeros, k=offset), np.float32, bool)


@converts("tril", "triu")
def triangle(graph: Graph, call: OperationCall) -> str:
    """The lower or the upper triangle; of a vector, that of a matrix with the vector in each row."""
    (name,) = operands(graph, call)
    if len(graph.shape(call.inputs[0])) == 1:
        name = graph.expand(name, graph.shape(call.result))
    return graph.node("Trilu", name, graph.constant(np.int64(call.options["k"])), upper=int(call.name == "triu"))


@converts("diagonal_matrix")
def diagonal_matrix(graph: Graph, call: OperationCall) -> str:
    """The matrix with a vector as a diagonal: row i has element i if the offset is not negative, else column i."""
    (name,), offset = operands(graph, call), int(call.options["k"])
    shape = graph.shape(call.result)
    if offset:
        name = graph.node("Pad", name, graph.integers(0, abs(offset)))
    name = graph.unsqueeze(name, 1 if offset >= 0 else 0)
    is_diagonal = _is_diagonal(graph, shape, offset)
    if call.result.dtype == np.bool_:
        return graph.node("And", is_diagonal, name)
    return graph.node("Where", is_diagonal, name, number(graph, call, 0))


@converts("trace")
def trace(graph: Graph, call: OperationCall) -> str:
    """The sum of a diagonal."""
    (name,), shape = operands(graph, call), graph.shape(call.inputs[0])
    is_diagonal = _is_diagonal(graph, shape, int(call.options["offset"]))
    return graph.reduce("ReduceSum", graph.node("Where", is_diagonal, name, number(graph, call, 0)), None)
