"""Shapes: reshape, transpose, broadcast, concatenate, flip, pad, repeat."""

import math
from typing import Any

import numpy as np

from autograd.extend import OperationCall
from nn.interchange.onnx_export.batch_sizes import BatchSize
from nn.interchange.onnx_export.elementwise import operands
from nn.interchange.onnx_export.graph import Graph
from nn.interchange.onnx_export.reductions import has_batch
from nn.interchange.onnx_export.registry import NoCounterpartError, converts


@converts("reshape")
def reshape(graph: Graph, call: OperationCall) -> str:
    """The same elements under another shape."""
    return graph.reshape(graph.operand(call.inputs[0]), graph.shape(call.result))


@converts("expand_dims")
def expand_dims(graph: Graph, call: OperationCall) -> str:
    """New axes of size 1."""
    axis = call.options["axis"]
    axes = axis if isinstance(axis, tuple | list) else (axis,)
    return graph.unsqueeze(graph.operand(call.inputs[0]), *(int(a) % len(call.result.shape) for a in axes))


@converts("squeeze")
def squeeze(graph: Graph, call: OperationCall) -> str:
    """Axes of size 1 left out."""
    shape, axis = graph.shape(call.inputs[0]), call.options["axis"]
    axes = [i for i, n in enumerate(shape) if n == 1] if axis is None else axis if isinstance(axis, tuple | list) else (axis,)
    return graph.squeeze(graph.operand(call.inputs[0]), *(int(a) % len(shape) for a in axes))


@converts("transpose")
def transpose(graph: Graph, call: OperationCall) -> str:
    """Axes in another order."""
    ndim, axes = len(call.result.shape), call.options["axes"]
    order = range(ndim)[::-1] if axes is None else [int(a) % ndim for a in axes]
    return graph.transpose(graph.operand(call.inputs[0]), order)


@converts("swapaxes")
def swapaxes(graph: Graph, call: OperationCall) -> str:
    """Two axes exchanged."""
    order = list(range(len(call.result.shape)))
    first, second = call.options["axis1"], call.options["axis2"]
    order[first], order[second] = order[second], order[first]
    return graph.transpose(graph.operand(call.inputs[0]), order)


@converts("broadcast_to")
def broadcast_to(graph: Graph, call: OperationCall) -> str:
    """An array repeated along axes."""
    return graph.expand(graph.operand(call.inputs[0]), graph.shape(call.result))


@converts("astype")
def astype(graph: Graph, call: OperationCall) -> str:
    """Another dtype."""
    return graph.operand(call.inputs[0], call.result.dtype)


@converts("concatenate", "hstack", "vstack", "column_stack")
def concatenate(graph: Graph, call: OperationCall) -> str:
    """Arrays joined along an axis."""
    names, ndim = operands(graph, call), len(call.result.shape)
    shapes = [graph.shape(x) for x in call.inputs]
    if call.name == "concatenate":
        axis = int(call.options["axis"])
    elif call.name == "hstack":
        names = [graph.unsqueeze(name, 0) if not shape else name for name, shape in zip(names, shapes)]
        axis = 0 if ndim == 1 else 1
    elif call.name == "column_stack":
        names = [graph.unsqueeze(name, *range(len(shape), 2)) for name, shape in zip(names, shapes)]
        axis = 1
    else:
        names = [graph.unsqueeze(name, *range(2 - len(shape))) for name, shape in zip(names, shapes)]
        axis = 0
    return graph.node("Concat", *names, axis=axis)


@converts("stack")
def stack(graph: Graph, call: OperationCall) -> str:
    """Arrays joined along a new axis."""
    axis = int(call.options["axis"]) % len(call.result.shape)
    return graph.node("Concat", *(graph.unsqueeze(name, axis) for name in operands(graph, call)), axis=axis)


def _axes(axis: Any, ndim: int) -> list[int]:
    return list(range(ndim)) if axis is None else [int(a) % ndim for a in (axis if isinstance(axis, tuple | list) else (axis,))]


@converts("flip")
def flip(graph: Graph, call: OperationCall) -> str:
    """The elements in reverse order along axes."""
    name, axes = graph.operand(call.inputs[0]), _axes(call.options["axis"], len(call.result.shape))
    if not axes:
        return name
    ends, count = np.iinfo(np.int64).min, len(axes)
    return graph.node(
        "Slice", name, graph.integers(*[-1] * count), graph.integers(*[ends] * count), graph.integers(*axes),
        graph.integers(*[-1] * count),
    )  # fmt: skip


@converts("roll")
def roll(graph: Graph, call: OperationCall) -> str:
    """The elements shifted along axes, cyclically."""
    name, axis, shift = graph.operand(call.inputs[0]), call.options["axis"], call.options["shift"]
    shape = graph.shape(call.result)
    if axis is None:
        if has_batch(shape):
            raise NoCounterpartError("all elements of a batch are shifted; give axes")
        name = graph.node("Reshape", name, graph.integers(-1))
        steps = int(np.sum(shift)) % max(1, math.prod(shape))
        return graph.reshape(_rolled(graph, name, steps, 0), shape)
    axes = axis if isinstance(axis, tuple | list) else (axis,)
    for a, steps in zip(axes, np.broadcast_to(np.asarray(shift), len(axes)).tolist()):
        a = int(a) % len(shape)
        if isinstance(shape[a], BatchSize):
            raise NoCounterpartError("the examples of a batch are shifted")
        name = _rolled(graph, name, steps % max(1, shape[a]), a)
    return name


def _rolled(graph: Graph, name: str, steps: int, axis: int) -> str:
    """Shift by a number of steps that is smaller than the size."""
    if steps == 0:
        return name
    largest = np.iinfo(np.int64).max
    parts = [graph.slice(name, -steps, largest, axis), graph.slice(name, 0, -steps, axis)]
    return graph.node("Concat", *parts, axis=axis)


@converts("pad_constant")
def pad_constant(graph: Graph, call: OperationCall) -> str:
    """Borders of one value, by default 0."""
    widths, value = call.options["widths"], call.options["value"]
    name = graph.operand(call.inputs[0], call.result.dtype)
    if not widths:
        return name
    pads = graph.size_vector([*(before for before, _ in widths), *(after for _, after in widths)])
    return graph.node("Pad", name, pads, graph.operand(value, call.result.dtype) if value else None)


@converts("repeat")
def repeat(graph: Graph, call: OperationCall) -> str:
    """Each element several times along an axis: an axis of copies after it, which then joins it."""
    ndim = len(call.result.shape)
    if not {"repeats", "axis"} <= set(call.options):
        raise NoCounterpartError("each element has its own number of copies")
    axis = int(call.options["axis"]) % ndim
    copies = [1] * (axis + 1) + [call.options["repeats"]] + [1] * (ndim - axis - 1)
    name = graph.expand(graph.unsqueeze(graph.operand(call.inputs[0]), axis + 1), copies)
    return graph.reshape(name, graph.shape(call.result))


@converts("tile")
def tile(graph: Graph, call: OperationCall) -> str:
    """Copies of an array side by side."""
    return graph.node("Tile", graph.operand(call.inputs[0]), graph.size_vector(call.options["reps"]))


@converts("zero_pad")
def zero_pad(graph: Graph, call: OperationCall) -> str:
    """Zeros before and after the last axes."""
    widths = call.options["widths"]
    before = [0] * (len(call.result.shape) - len(widths))
    pads = [*before, *(w[0] for w in widths), *before, *(w[1] for w in widths)]
    return graph.node("Pad", graph.operand(call.inputs[0]), graph.integers(*pads))
