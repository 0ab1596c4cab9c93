"""Conversions between element types. bfloat16, float8, int4 and the like are those of the package ml_dtypes, as in onnx."""

from typing import Any

import numpy as np

from autograd import DataError, UnsupportedError
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.values import as_array, is_floating, is_native

STRING = 8
SATURATING = (17, 18, 19, 20)  # numbers of the float8 types
FLOAT8E8M0 = 24


def dtype_of(code: int) -> np.dtype:
    """The dtype of an element type by its number in TensorProto.DataType."""
    from onnx import helper

    try:
        return np.dtype(helper.tensor_dtype_to_np_dtype(code))
    except (KeyError, TypeError, ValueError):
        raise DataError(f"unknown element type {code}") from None


def _code_of(dtype: Any) -> int:
    from onnx import helper

    return STRING if dtype.kind == "O" else int(helper.np_dtype_to_tensor_dtype(dtype))


def convert(x: Any, code: int, saturate: int = 1, round_mode: str = "up") -> Any:
    """x with the element type of a number. Floats to floats have a gradient."""
    dtype = dtype_of(code)
    if is_floating(x) and issubclass(dtype.type, np.floating):
        return x.astype(dtype)
    array = as_array(x)
    if code == STRING:
        return array.astype(np.str_).astype(object)
    if array.dtype == object:
        array = array.astype(np.str_)
        return array.astype(dtype) if is_native(dtype) else array.astype(np.float32).astype(dtype)
    if code in SATURATING and saturate:
        from onnx import numpy_helper

        return numpy_helper.saturate_cast(array, dtype)
    if code == FLOAT8E8M0:
        from onnx import numpy_helper

        return numpy_helper.to_float8e8m0(array, bool(saturate), round_mode).astype(dtype)
    return array.astype(dtype)


@operator("Cast", since=6)
def cast(x: Any, *, to: int, saturate: int = 1, round_mode: str = "up") -> Any:
    """x with another element type."""
    return convert(x, to, saturate, round_mode)


@operator("Cast", since=1)
def cast_by_name(x: Any, *, to: str) -> Any:
    """x with another element type, which opset 1 names by text."""
    from onnx import TensorProto

    if to not in TensorProto.DataType.keys():  # noqa: SIM118 - no dict
        raise DataError(f"unknown element type {to!r:.20}")
    return convert(x, TensorProto.DataType.Value(to))


@operator("CastLike", since=15)
def cast_like(x: Any, target: Any, *, saturate: int = 1, round_mode: str = "up") -> Any:
    """x with the element type of another tensor."""
    return convert(x, _code_of(target.dtype), saturate, round_mode)


@operator("BitCast", since=26)
def bit_cast(x: Any, *, to: int) -> Any:
    """The bytes of x read as another element type of the same width."""
    array, dtype = as_array(x), dtype_of(to)
    if object in (array.dtype, dtype) or array.dtype.itemsize != dtype.itemsize:
        raise UnsupportedError(f"the bits of {array.dtype} cannot be read as {dtype}")
    return np.ascontiguousarray(array).view(dtype).reshape(array.shape)
