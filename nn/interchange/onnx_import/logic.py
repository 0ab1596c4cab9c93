"""Comparisons, logic and bits; Where."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import DataError
from nn.interchange.onnx_import.elementwise import broadcast_shape, register_binary
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.values import as_array


def _on_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *inputs: function(*map(as_array, inputs))


#: Functions of two inputs whose results have no gradient.
BINARY = {
    "Equal": np.equal,
    "Greater": np.greater,
    "Less": np.less,
    "GreaterOrEqual": np.greater_equal,
    "LessOrEqual": np.less_equal,
    "And": np.logical_and,
    "Or": np.logical_or,
    "Xor": np.logical_xor,
    "BitwiseAnd": np.bitwise_and,
    "BitwiseOr": np.bitwise_or,
    "BitwiseXor": np.bitwise_xor,
}
for _name, _function in BINARY.items():
    register_binary(_name, _on_arrays(_function))


@operator("Not", since=1)
def logical_not(x: Any) -> Any:
    """True where x is False."""
    return np.logical_not(as_array(x))


@operator("BitwiseNot", since=18)
def bitwise_not(x: Any) -> Any:
    """All bits inverted."""
    return np.invert(as_array(x))


@operator("BitShift", since=11)
def bit_shift(x: Any, y: Any, *, direction: str) -> Any:
    """The bits of x moved y places to the left or to the right."""
    if direction not in ("LEFT", "RIGHT"):
        raise DataError(f"direction must be LEFT or RIGHT, not {direction!r:.20}")
    broadcast_shape(x, y)
    return (np.left_shift if direction == "LEFT" else np.right_shift)(as_array(x), as_array(y))


@operator("IsNaN", since=9)
def is_nan(x: Any) -> Any:
    """Whether a number is nan."""
    return np.isnan(as_array(x))


@operator("IsInf", since=10)
def is_inf(x: Any, *, detect_negative: int = 1, detect_positive: int = 1) -> Any:
    """Whether a number is infinite."""
    array = as_array(x)
    return np.isinf(array) & (((array > 0) & bool(detect_positive)) | ((array < 0) & bool(detect_negative)))


@operator("Where", since=9)
def where(condition: Any, x: Any, y: Any) -> Any:
    """x where the condition holds, y elsewhere."""
    broadcast_shape(condition, x, y)
    return np.where(as_array(condition), x, y)
