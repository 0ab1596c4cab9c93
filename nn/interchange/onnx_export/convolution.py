"""Convolutions and transposed convolutions, windows as columns and their adjoint."""

import math

import numpy as np

from autograd.extend import OperationCall
from nn.interchange.onnx_export.elementwise import operands
from nn.interchange.onnx_export.graph import Graph
from nn.interchange.onnx_export.registry import NoCounterpartError, converts


def _per_axis(option: object, axes: int) -> list:
    return list(option) if isinstance(option, tuple | list) else [option] * axes


def _attributes(call: OperationCall) -> dict:
    """Strides, dilations, pads and groups of a convolution."""
    options, axes = call.options, len(call.result.shape) - 2
    padding = [p if isinstance(p, tuple | list) else (p, p) for p in _per_axis(options["padding"], axes)]
    return {
        "strides": [int(n) for n in _per_axis(options["stride"], axes)],
        "dilations": [int(n) for n in _per_axis(options["dilation"], axes)],
        "pads": [int(before) for before, _ in padding] + [int(after) for _, after in padding],
        "group": int(options["groups"]),
    }


@converts("convolution", "convolution_with_bias")
def convolution(graph: Graph, call: OperationCall) -> str:
    """A convolution with weights (out, C / groups, *kernel), as in ONNX."""
    kernel = [int(n) for n in graph.shape(call.inputs[1])[2:]]
    return graph.node("Conv", *operands(graph, call), kernel_shape=kernel, **_attributes(call))


@converts("convolution_transpose")
def convolution_transpose(graph: Graph, call: OperationCall) -> str:
    """The adjoint of a convolution; the rows that a stride leaves beyond the last window are ONNX's output_padding."""
    attributes = _attributes(call)
    kernel = [int(n) for n in graph.shape(call.inputs[1])[2:]]
    axes, pads = len(kernel), attributes["pads"]
    sizes, outputs = graph.shape(call.inputs[0])[2:], graph.shape(call.result)[2:]
    rest = []
    for axis, (n, m, k) in enumerate(zip(sizes, outputs, kernel)):
        stride, dilation = attributes["strides"][axis], attributes["dilations"][axis]
        rest.append(int(m - ((n - 1) * stride + dilation * (k - 1) + 1 - pads[axis] - pads[axes + axis])))
    return graph.node(
        "ConvTranspose", *operands(graph, call), kernel_shape=kernel, output_padding=rest if any(rest) else None, **attributes
    )


@converts("convolution_weight")
def convolution_weight(graph: Graph, call: OperationCall) -> str:
    """The adjoint of a convolution towards its weights: a convolution in which images and channels change places."""
    attributes = _attributes(call)
    if attributes["group"] != 1:
        raise NoCounterpartError("groups")
    x, y = operands(graph, call)
    ndim, kernel = len(call.result.shape), [int(n) for n in graph.shape(call.result)[2:]]
    order = [1, 0, *range(2, ndim)]
    out = graph.node(
        "Conv", graph.transpose(x, order), graph.transpose(y, order), pads=attributes["pads"],
        strides=attributes["dilations"], dilations=attributes["strides"],
    )  # fmt: skip
    axes = range(2, ndim)
    out = graph.node("Slice", out, graph.integers(*[0] * len(kernel)), graph.integers(*kernel), graph.integers(*axes))
    return graph.transpose(out, order)


@converts("unfold")
def unfold(graph: Graph, call: OperationCall) -> str:
    """Windows as columns: a convolution of each channel with weights that select one element of the window."""
    (x,), options = operands(graph, call), call.options
    kernel = [int(n) for n in options["kernel"]]
    channels, count = int(graph.shape(call.inputs[0])[1]), math.prod(kernel)
    selection = np.tile(np.eye(count, dtype=call.result.dtype).reshape(count, 1, *kernel), (channels, 1, 1, 1))
    pads = [int(p) for p in options["padding"]] * 2
    columns = graph.node(
        "Conv", x, graph.constant(selection), kernel_shape=kernel, group=channels, pads=pads,
        strides=[int(n) for n in options["stride"]], dilations=[int(n) for n in options["dilation"]],
    )  # fmt: skip
    return graph.reshape(columns, graph.shape(call.result))


@converts("add_columns")
def add_columns(graph: Graph, call: OperationCall) -> str:
    """Columns (N, C, *kernel, *counts) added to images, as a model that was opened from a file computes Col2Im."""
    (x,), options = operands(graph, call), call.options
    n, channels = graph.shape(call.inputs[0])[:2]
    kernel = [int(size) for size in options["kernel"]]
    columns = graph.reshape(x, (n, channels * math.prod(kernel), math.prod(int(count) for count in options["counts"])))
    strides, dilations = ([int(step) for step in options[name]] for name in ("strides", "dilations"))
    size = graph.integers(*map(int, options["size"]))
    return graph.node("Col2Im", columns, size, graph.integers(*kernel), strides=strides, dilations=dilations)


@converts("fold")
def fold(graph: Graph, call: OperationCall) -> str:
    """Columns added to images."""
    (x,), options = operands(graph, call), call.options
    size, kernel = (graph.integers(*map(int, options[name])) for name in ("size", "kernel"))
    attributes = {"strides": options["stride"], "dilations": options["dilation"], "pads": tuple(options["padding"]) * 2}
    return graph.node("Col2Im", x, size, kernel, **{name: [int(n) for n in numbers] for name, numbers in attributes.items()})
