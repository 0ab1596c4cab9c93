"""Elementwise arithmetic: +, −, ×, ÷, powers, roots, trigonometry, rounding, minima and maxima."""

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

import autograd
from autograd import DataError
from nn.interchange.onnx_import.limits import check_size
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.values import as_array, as_number, is_floating


def broadcast_shape(*values: Any) -> tuple[int, ...]:
    """The shape to which tensors broadcast, within the limits of memory."""
    shape = np.broadcast_shapes(*[value.shape for value in values])
    return check_size(shape, max(value.dtype.itemsize for value in values))


def _align(x: Any, y: Any, axis: int | None) -> Any:
    """y with axes of size 1 appended, so that its first axis meets the given one of x: the broadcasting of opsets before 7."""
    if axis is None or y.ndim == 0:
        return y
    return np.reshape(y, (*y.shape, *(1,) * (x.ndim - y.ndim - (axis if axis >= 0 else axis + x.ndim))))


def register_binary(name: str, function: Callable[[Any, Any], Any]) -> None:
    """Register an operator of two inputs that broadcast; before opset 7 only if `broadcast` is 1, from an `axis` on."""

    def limited(x: Any, y: Any) -> Any:
        broadcast_shape(x, y)
        return function(x, y)

    def limited_with_axis(x: Any, y: Any, *, axis: int | None = None, broadcast: int = 0, consumed_inputs: Any = None) -> Any:
        return limited(x, _align(x, y, axis) if broadcast else y)

    operator(name, since=1)(limited_with_axis)
    operator(name, since=7)(limited)


def register_unary(name: str, function: Callable[[Any], Any], since: int = 1) -> None:
    """Register an operator of one input; floats keep their dtype."""

    def apply(x: Any) -> Any:
        return function(x)

    def apply_with_consumed_inputs(x: Any, *, consumed_inputs: Any = None) -> Any:
        return function(x)

    operator(name, since=since)(apply_with_consumed_inputs if since == 1 else apply)
    if since == 1:
        operator(name, since=6)(apply)


def _divide(x: Any, y: Any) -> Any:
    """The quotient; of integers the one that is rounded towards zero."""
    if is_floating(x) or x.dtype.kind not in "iu":
        return x / y
    x, y = as_array(x), as_array(y)
    if not y.all():
        raise DataError("division of integers by zero")
    quotient = x // y
    return quotient + ((quotient < 0) & (quotient * y != x)).astype(x.dtype) if x.dtype.kind == "i" else quotient


def _power(x: Any, y: Any) -> Any:
    """The power with the dtype of the base."""
    if is_floating(x):
        return (x ** (y if is_floating(y) and y.dtype == x.dtype else as_array(y).astype(x.dtype))).astype(x.dtype)
    base, exponent = as_array(x), as_array(y)
    if exponent.dtype.kind == "f":
        return np.power(base.astype(float), exponent).astype(base.dtype)
    return np.power(base, exponent.astype(base.dtype))


for _name, _function in {
    "Add": lambda x, y: x + y,
    "Sub": lambda x, y: x - y,
    "Mul": lambda x, y: x * y,
    "Div": _divide,
    "Pow": _power,
}.items():
    register_binary(_name, _function)

for _name, _function in {
    "Neg": np.negative,
    "Abs": np.abs,
    "Reciprocal": lambda x: 1 / x,
    "Sqrt": autograd.sqrt,
    "Exp": autograd.exp,
    "Log": autograd.log,
    "Ceil": np.ceil,
    "Floor": np.floor,
}.items():
    register_unary(_name, _function)

register_unary("Erf", autograd.erf, since=9)
register_unary("Sign", np.sign, since=9)
register_unary("Round", np.round, since=11)
for _name, _function in {"Sin": np.sin, "Cos": np.cos, "Tan": np.tan}.items():
    register_unary(_name, _function, since=7)
for _name, _function in {"Asin": np.arcsin, "Acos": np.arccos, "Atan": np.arctan}.items():
    register_unary(_name, _function, since=7)
for _name, _function in {"Sinh": np.sinh, "Cosh": np.cosh}.items():
    register_unary(_name, _function, since=9)
for _name, _function in {"Asinh": np.arcsinh, "Acosh": np.arccosh, "Atanh": np.arctanh}.items():
    register_unary(_name, _function, since=9)


def register_variadic(name: str, function: Callable[[Any, Any], Any]) -> None:
    """Register an operator of one input or more, which are combined from left to right."""

    def combine(first: Any, *others: Any) -> Any:
        broadcast_shape(first, *others)
        return reduce(function, others, first)

    def combine_with_consumed_inputs(first: Any, *others: Any, consumed_inputs: Any = None) -> Any:
        return combine(first, *others)

    operator(name, since=1)(combine_with_consumed_inputs)
    operator(name, since=6)(combine)


register_variadic("Sum", lambda x, y: x + y)
register_variadic("Max", np.maximum)
register_variadic("Min", np.minimum)


@operator("Mean", since=1)
def mean(first: Any, *others: Any, consumed_inputs: Any = None) -> Any:
    """The mean of the inputs, which broadcast."""
    broadcast_shape(first, *others)
    return (reduce(lambda x, y: x + y, others, first) / (1 + len(others))).astype(first.dtype)


@operator("Mod", since=10)
def mod(x: Any, y: Any, *, fmod: int = 0) -> Any:
    """The remainder with the sign of the divisor, or of the dividend if fmod is 1."""
    broadcast_shape(x, y)
    if not is_floating(x) and x.dtype.kind in "iu" and not as_array(y).all():
        raise DataError("remainder of integers by zero")
    return np.fmod(x, y) if fmod else np.remainder(x, y)


@operator("Clip", since=1)
def clip_attributes(x: Any, *, min: float = -np.inf, max: float = np.inf, consumed_inputs: Any = None) -> Any:
    """Values within bounds."""
    return np.clip(x, x.dtype.type(min), x.dtype.type(max))


@operator("Clip", since=11, buffers=(1, 2))
def clip(x: Any, min: Any = None, max: Any = None) -> Any:
    """Values within bounds; the upper one holds if they cross."""
    if max is not None and min is not None:
        min = np.minimum(as_number(min), as_number(max))
    if min is None and max is None:
        return x
    return np.clip(x, None if min is None else as_number(min), None if max is None else as_number(max))
