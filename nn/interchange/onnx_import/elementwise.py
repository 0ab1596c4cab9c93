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

    def limited_with_axis(x: Any, y: Any, *, axis: int | None = None, broadcast: int = 0) -> Any:
        return limited(x, _align(x, y, axis) if broadcast else y)

    operator(name, since=1)(limited_with_axis)
    operator(name, since=7)(limited)


def register_unary(name: str, function: Callable[[Any], Any], since: int = 1) -> None:
    """Register an operator of one input; floats keep their dtype."""

    def apply(x: Any) -> Any:
        return function(x)

    operator(name, since=since)(apply)


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


BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "Add": lambda x, y: x + y,
    "Sub": lambda x, y: x - y,
    "Mul": lambda x, y: x * y,
    "Div": _divide,
    "Pow": _power,
}
for _name, _binary in BINARY.items():
    register_binary(_name, _binary)

#: Functions of one input by name, with the first opset version.
UNARY: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "Neg": (1, lambda x: -x),
    "Abs": (1, np.abs),
    "Reciprocal": (1, lambda x: 1 / x),
    "Sqrt": (1, autograd.sqrt),
    "Exp": (1, autograd.exp),
    "Log": (1, autograd.log),
    "Ceil": (1, np.ceil),
    "Floor": (1, np.floor),
    "Erf": (9, autograd.erf),
    "Sign": (9, np.sign),
    "Round": (11, np.round),
    "Sin": (7, np.sin),
    "Cos": (7, np.cos),
    "Tan": (7, np.tan),
    "Asin": (7, np.arcsin),
    "Acos": (7, np.arccos),
    "Atan": (7, np.arctan),
    "Sinh": (9, np.sinh),
    "Cosh": (9, np.cosh),
    "Asinh": (9, np.arcsinh),
    "Acosh": (9, np.arccosh),
    "Atanh": (9, np.arctanh),
}
for _name, (_since, _unary) in UNARY.items():
    register_unary(_name, _unary, _since)


def register_variadic(name: str, function: Callable[[Any, Any], Any]) -> None:
    """Register an operator of one input or more, which are combined from left to right."""

    def combine(first: Any, *others: Any) -> Any:
        broadcast_shape(first, *others)
        return reduce(function, others, first)

    operator(name, since=1)(combine)


register_variadic("Sum", lambda x, y: x + y)
register_variadic("Max", np.maximum)
register_variadic("Min", np.minimum)


@operator("Mean", since=1)
def mean(first: Any, *others: Any) -> Any:
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


FLOAT32_MAX = float(np.finfo(np.float32).max)


@operator("Clip", since=1)
def clip_attributes(x: Any, *, min: float = -FLOAT32_MAX, max: float = FLOAT32_MAX) -> Any:
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
