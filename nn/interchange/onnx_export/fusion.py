"""Layers that are several operations here and a single operator in ONNX: batch normalization in evaluation mode."""

from collections.abc import Sequence
from dataclasses import replace

from autograd.extend import OperationCall
from nn.layers.normalization import BatchNorm1d, BatchNorm2d

#: The operations of batch normalization by running statistics: first γ / √(σ² + ε) and β − μ γ / √(σ² + ε) are computed, then
#: the affine map, of matrices or of images.
SCALE_AND_SHIFT = ("add", "sqrt", "divide", "multiply", "subtract")
AFFINE_MAPS = (("multiply", "add"), ("reshape", "multiply", "reshape", "add"))


def fuse_batch_norm(calls: Sequence[OperationCall]) -> list[OperationCall]:
    """The calls with one call `batch_normalization` in place of those of each batch normalization in evaluation mode."""
    fused, position = [], 0
    while position < len(calls):
        count = _length(calls, position)
        if count:
            fused.append(_fuse(calls[position : position + count]))
        else:
            fused.append(calls[position])
        position += count or 1
    return fused


def _length(calls: Sequence[OperationCall], start: int) -> int:
    """The number of calls of the batch normalization that begins here; 0 if none does."""
    first = calls[start]
    if first.name != "add" or first.module_class not in (BatchNorm1d, BatchNorm2d):
        return 0
    for affine_map in AFFINE_MAPS:
        names = SCALE_AND_SHIFT + affine_map
        group = calls[start : start + len(names)]
        if tuple(call.name for call in group) == names and all(call.module == first.module for call in group):
            return len(names)
    return 0


def _fuse(calls: Sequence[OperationCall]) -> OperationCall:
    add, _, divide, multiply, subtract = calls[:5]
    (variance, eps), weight, mean, bias = add.inputs, divide.inputs[0], multiply.inputs[0], subtract.inputs[0]
    x = next(call for call in calls[5:] if call.name == "multiply").inputs[0]
    return replace(
        calls[-1], name="batch_normalization", inputs=(x, weight, bias, mean, variance), options={"eps": eps}, function=None
    )
