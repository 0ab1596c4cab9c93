"""Quantization: numbers of few bits, a scale and a zero point; results are arrays without gradients, but for dequantization.

The types that NumPy lacks (4 and 2 bits, 8-bit floats) are those of ml_dtypes, which the onnx package brings.
"""

from functools import partial
from typing import Any

import numpy as np

from autograd import ShapeError
from nn.interchange.onnx_import.convolutions import convolve_integers
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.values import as_array, normalize_axis


def _numeric_limits(dtype: np.dtype) -> tuple[float, float]:
    """The least and the greatest number of a type."""
    if dtype.kind in "iu":
        bounds = np.iinfo(dtype)
        return bounds.min, bounds.max
    import ml_dtypes

    info: Any = ml_dtypes.iinfo(dtype) if "int" in dtype.name else ml_dtypes.finfo(dtype)
    return float(info.min), float(info.max)


def _round_to(values: np.ndarray, dtype: np.dtype, saturate: bool = True) -> np.ndarray:
    """Values as numbers of a type: integers are rounded to the nearest even one; beyond the limits the limits."""
    if "int" in dtype.name:
        low, high = _numeric_limits(dtype)
        return np.clip(np.rint(values), low, high).astype(dtype)
    low, high = _numeric_limits(dtype)
    limited = np.where(np.isfinite(values), np.clip(values, low, high), values)
    return (np.clip(values, low, high) if saturate else limited if low == -high else values).astype(dtype)


def _dtype_of(number: int) -> np.dtype:
    from onnx import helper

    return np.dtype(helper.tensor_dtype_to_np_dtype(number))


def _along(parameter: Any, x: Any, axis: int, block_size: int) -> Any:
    """A scale or zero point in a shape that broadcasts against x: one number, one for each index of an axis, or of a block."""
    if parameter.size == 1 and parameter.ndim <= 1:
        return np.reshape(parameter, ())
    axis = normalize_axis(axis, x.ndim)
    if block_size:
        blocks = -(-x.shape[axis] // block_size)
        if parameter.ndim != x.ndim or parameter.shape[axis] != blocks:
            raise ShapeError(
                f"got a scale of shape {parameter.shape} for shape {x.shape}, expected {blocks} blocks along axis {axis}"
            )
        index = np.arange(x.shape[axis]) // block_size
        return parameter[(*[slice(None)] * axis, index)]
    if parameter.shape != (x.shape[axis],):
        raise ShapeError(
            f"got a scale of shape {parameter.shape} for shape {x.shape}, expected one for each index of axis {axis}"
        )
    return np.reshape(parameter, (-1, *[1] * (x.ndim - axis - 1)))


@operator("QuantizeLinear", since=10, buffers=(1,))
def quantize(
    x: Any,
    scale: Any,
    zero_point: Any = None,
    *,
    axis: int = 1,
    block_size: int = 0,
    output_dtype: int = 0,
    precision: int = 0,
    saturate: int = 1,
) -> Any:
    """QuantizeLinear: x / scale rounded, plus the zero point."""
    x, scale = as_array(x), as_array(scale)
    dtype = as_array(zero_point).dtype if zero_point is not None else _dtype_of(output_dtype or 2)
    width = _dtype_of(precision) if precision else np.result_type(scale.dtype, np.float32) if _is_narrow(scale) else scale.dtype
    quotients = x.astype(width) / _along(scale, x, axis, block_size).astype(width)
    if zero_point is None:
        return _round_to(quotients, dtype, bool(saturate))
    shift = _along(as_array(zero_point), x, axis, block_size).astype(np.float32)
    return _round_to((np.rint(quotients) if "int" in dtype.name else quotients) + shift, dtype, bool(saturate))


def _is_narrow(scale: np.ndarray) -> bool:
    return scale.dtype.kind == "f" and scale.dtype.itemsize < 4


@operator("DequantizeLinear", since=10)
def dequantize(x: Any, scale: Any, zero_point: Any = None, *, axis: int = 1, block_size: int = 0, output_dtype: int = 0) -> Any:
    """DequantizeLinear: (x − zero point) scale, with a gradient towards the scale."""
    x = as_array(x)
    dtype = _dtype_of(output_dtype) if output_dtype else scale.dtype
    wide = np.int64 if x.dtype.kind in "iu" else np.float32
    values = x.astype(wide)
    if zero_point is not None:
        values = values - _along(as_array(zero_point), x, axis, block_size).astype(wide)
    out = values.astype(scale.dtype) * _along(scale, x, axis, block_size)
    return out if out.dtype == dtype else out.astype(dtype)


@operator("DynamicQuantizeLinear", since=11)
def quantize_dynamically(x: Any) -> Any:
    """DynamicQuantizeLinear: x in 8 bits, with the scale and zero point that its range, extended to 0, gives."""
    x = as_array(x)
    low, high = min(x.min(initial=0), x.dtype.type(0)), max(x.max(initial=0), x.dtype.type(0))
    scale = (high - low) / x.dtype.type(255) if high > low else x.dtype.type(1)
    zero_point = np.asarray(np.clip(np.rint(-low / scale), 0, 255)).astype(np.uint8)
    return _round_to(np.rint(x / scale) + zero_point.astype(x.dtype), zero_point.dtype), np.asarray(scale, x.dtype), zero_point


def _rescale(sums: np.ndarray, scale: Any, out_scale: Any, out_zero_point: Any) -> np.ndarray:
    """Exact integer sums in the scale of the result."""
    zero_point = as_array(out_zero_point)
    factor = np.asarray(scale, np.float64) / as_array(out_scale).astype(np.float64)
    return _round_to(np.rint(sums * factor) + zero_point.astype(np.float64), zero_point.dtype)


@operator("QLinearConv", since=10, buffers=(1, 4, 6))
def convolve_quantized(
    x: Any,
    x_scale: Any,
    x_zero_point: Any,
    weight: Any,
    weight_scale: Any,
    weight_zero_point: Any,
    out_scale: Any,
    out_zero_point: Any,
    bias: Any = None,
    *,
    auto_pad: str = "NOTSET",
    dilations: Any = None,
    group: int = 1,
    kernel_shape: Any = None,
    pads: Any = None,
    strides: Any = None,
) -> Any:
    """QLinearConv: a convolution of integers, with the result in its own scale."""
    convolve = partial(
        convolve_integers,
        auto_pad=auto_pad,
        dilations=dilations,
        group=group,
        kernel_shape=kernel_shape,
        pads=pads,
        strides=strides,
    )
    sums = convolve(x, weight, x_zero_point, weight_zero_point)
    channels = (-1, *[1] * (sums.ndim - 2))
    if bias is not None:
        sums = sums + np.reshape(as_array(bias), channels)
    scale = np.reshape(as_array(weight_scale), channels).astype(np.float64) * as_array(x_scale)
    return _rescale(sums, scale, out_scale, out_zero_point)


def _centered(x: Any, zero_point: Any, is_left: bool) -> np.ndarray:
    """The numbers of a matrix less their zero point, which is one number or one for each row (left) or column (right)."""
    values = as_array(x).astype(np.float64)
    return values if zero_point is None else values - _per_line(zero_point, is_left)


def _per_line(parameter: Any, is_left: bool) -> np.ndarray:
    array = as_array(parameter).astype(np.float64)
    return array[..., None] if is_left and array.ndim == 1 and array.size > 1 else array


@operator("QLinearMatMul", since=10, buffers=(1, 4, 6))
def multiply_quantized(
    a: Any, a_scale: Any, a_zero_point: Any, b: Any, b_scale: Any, b_zero_point: Any, out_scale: Any, out_zero_point: Any
) -> Any:
    """QLinearMatMul: a matrix product of integers, with the result in its own scale."""
    products = _centered(a, a_zero_point, is_left=True) @ _centered(b, b_zero_point, is_left=False)
    scale = _per_line(a_scale, is_left=True) * _per_line(b_scale, is_left=False)
    return _rescale(products, scale, out_scale, out_zero_point)


@operator("MatMulInteger", since=10)
def multiply_integers(a: Any, b: Any, a_zero_point: Any = None, b_zero_point: Any = None) -> Any:
    """MatMulInteger: a matrix product of integers less their zero points, as int32."""
    # Exact: sums of products of 8 bits are far below 2⁵³.
    products = _centered(a, a_zero_point, is_left=True) @ _centered(b, b_zero_point, is_left=False)
    return products.astype(np.int64).astype(np.int32)
