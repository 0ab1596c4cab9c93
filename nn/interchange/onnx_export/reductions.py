"""Reductions over axes, cumulative sums, and the positions of extrema."""

from typing import Any

import numpy as np

from autograd.extend import OperationCall
from nn.interchange.onnx_export.batch_sizes import BatchSize
from nn.interchange.onnx_export.elementwise import number, operands
from nn.interchange.onnx_export.graph import Graph
from nn.interchange.onnx_export.registry import NoCounterpartError, converts

OPERATORS = {"sum": "ReduceSum", "mean": "ReduceMean", "max": "ReduceMax", "min": "ReduceMin", "prod": "ReduceProd"}


def normalized_axes(axis: Any, ndim: int) -> list[int] | None:
    """The axes of a reduction, counted from the front; None for all."""
    if axis is None:
        return None
    return sorted(int(a) % ndim for a in (axis if isinstance(axis, tuple | list) else (axis,)))


def arguments(call: OperationCall, *names: str) -> dict[str, Any]:
    """The options of a function of NumPy, given by position after the first argument or by name."""
    return {**dict(zip(names, call.inputs[1:])), **call.options}


@converts(*OPERATORS)
def reduce(graph: Graph, call: OperationCall) -> str:
    """Sum, mean, product, maximum or minimum over axes."""
    x, dtype = call.inputs[0], call.result.dtype
    axes = normalized_axes(call.options["axis"], len(graph.shape(x)))
    wide = np.dtype(np.int32) if dtype == np.bool_ else dtype
    name = graph.reduce(OPERATORS[call.name], graph.operand(x, wide), axes, call.options["keepdims"])
    return graph.cast(name, wide, dtype)


@converts("logsumexp")
def logsumexp(graph: Graph, call: OperationCall) -> str:
    """log Σ eˣ over axes."""
    axes = normalized_axes(call.options["axis"], len(graph.shape(call.inputs[0])))
    return graph.reduce("ReduceLogSumExp", operands(graph, call)[0], axes, call.options["keepdims"])


@converts("euclidean_norm")
def euclidean_norm(graph: Graph, call: OperationCall) -> str:
    """√Σ x² over axes."""
    (x,), axes = operands(graph, call), normalized_axes(call.options["axis"], len(graph.shape(call.inputs[0])))
    return graph.reduce("ReduceL2", x, axes) if axes != [] else graph.node("Abs", x)


@converts("var", "std")
def variance(graph: Graph, call: OperationCall) -> str:
    """The variance Σ (x − μ)² / (n − ddof) over axes, or its root."""
    (x,) = operands(graph, call)
    shape, ddof, keepdims = graph.shape(call.inputs[0]), call.options["ddof"], call.options["keepdims"]
    axes = normalized_axes(call.options["axis"], len(shape))
    centered = graph.node("Sub", x, graph.reduce("ReduceMean", x, axes, True))
    squares = graph.node("Mul", centered, centered)
    if ddof == 0:
        out = graph.reduce("ReduceMean", squares, axes, keepdims)
    else:
        count = number(graph, call, 1)
        for axis in range(len(shape)) if axes is None else axes:
            count = graph.node("Mul", count, graph.operand(shape[axis], call.result.dtype))
        count = graph.node("Sub", count, graph.operand(ddof, call.result.dtype))
        out = graph.node("Div", graph.reduce("ReduceSum", squares, axes, keepdims), count)
    return graph.node("Sqrt", out) if call.name == "std" else out


@converts("cumsum")
def cumsum(graph: Graph, call: OperationCall) -> str:
    """Cumulative sums along an axis."""
    return graph.node("CumSum", *operands(graph, call), graph.constant(np.int64(call.options["axis"])))


@converts("argmax", "argmin")
def position_of_extremum(graph: Graph, call: OperationCall) -> str:
    """The position of the first largest or smallest element."""
    options = arguments(call, "axis")
    name, axis = graph.operand(call.inputs[0]), options.get("axis")
    op = "ArgMax" if call.name == "argmax" else "ArgMin"
    if axis is None:
        return graph.node(op, graph.node("Reshape", name, graph.integers(-1)), axis=0, keepdims=0)
    return graph.node(op, name, axis=int(axis), keepdims=int(options.get("keepdims", False)))


@converts("argsort")
def argsort(graph: Graph, call: OperationCall) -> str:
    """The positions of the elements in increasing order; nan counts as ∞."""
    options, shape = arguments(call, "axis"), graph.shape(call.inputs[0])
    axis = options.get("axis", -1)
    if axis is None or not shape:
        raise NoCounterpartError("all elements are sorted; give an axis")
    axis = int(axis) % len(shape)
    count, name = graph.size_vector([shape[axis]]), graph.operand(call.inputs[0])
    dtype = graph.dtype(call.inputs[0])
    if dtype.kind == "f":
        name = graph.node("Where", graph.node("IsNaN", name), graph.constant(np.asarray(np.inf, dtype)), name)
    return graph.node_with_outputs("TopK", [name, count], 2, axis=axis, largest=0, sorted=1)[1]


@converts("any", "all")
def any_or_all(graph: Graph, call: OperationCall) -> str:
    """Whether any or all elements are true."""
    options, shape = arguments(call, "axis"), graph.shape(call.inputs[0])
    axes, keepdims = normalized_axes(options.get("axis"), len(shape)), bool(options.get("keepdims", False))
    truth = graph.cast(graph.operand(call.inputs[0], bool), bool, np.int32)
    return graph.cast(graph.reduce("ReduceMax" if call.name == "any" else "ReduceMin", truth, axes, keepdims), np.int32, bool)


@converts("count_nonzero")
def count_nonzero(graph: Graph, call: OperationCall) -> str:
    """The number of elements that are not 0."""
    options, shape = arguments(call, "axis"), graph.shape(call.inputs[0])
    truth = graph.cast(graph.operand(call.inputs[0], bool), bool, np.int64)
    return graph.reduce("ReduceSum", truth, normalized_axes(options.get("axis"), len(shape)), bool(options.get("keepdims")))


def has_batch(shape: tuple) -> bool:
    """Whether a size follows the batch."""
    return any(isinstance(size, BatchSize) for size in shape)
