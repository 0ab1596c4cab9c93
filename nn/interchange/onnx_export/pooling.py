"""Pooling: maxima and sums of windows."""

import math

from autograd.extend import OperationCall
from nn.interchange.onnx_export.elementwise import number, operands
from nn.interchange.onnx_export.graph import Graph
from nn.interchange.onnx_export.registry import converts


@converts("max_windows", "sum_windows")
def reduce_windows(graph: Graph, call: OperationCall) -> str:
    """The largest element or the sum of each window over the last axes.

    The padding at the end is as wide as the last window needs, and so is that of windows rounded up. The sum is the mean,
    padding counted, times the number of elements of a window.
    """
    (x,), windows = operands(graph, call), call.options["windows"]
    has_channels = len(call.result.shape) == len(windows) + 2
    x = x if has_channels else graph.unsqueeze(x, 0)
    ends = [max(0, (w.outputs - 1) * w.stride + w.extent - w.size - w.padding) for w in windows]
    attributes = {
        "kernel_shape": [int(w.kernel) for w in windows],
        "strides": [int(w.stride) for w in windows],
        "pads": [int(w.padding) for w in windows] + [int(n) for n in ends],
    }
    if call.name == "max_windows":
        out = graph.node("MaxPool", x, dilations=[int(w.dilation) for w in windows], **attributes)
    else:
        mean = graph.node("AveragePool", x, count_include_pad=1, **attributes)
        out = graph.node("Mul", mean, number(graph, call, math.prod(attributes["kernel_shape"])))
    return out if has_channels else graph.squeeze(out, 0)
