"""Reductions and cumulative sums and products."""

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.values import as_array, as_integer, as_integers, is_floating, normalize_axes, normalize_axis

Axes = tuple[int, ...]


def _sum(x: Any, axes: Axes, keepdims: bool) -> Any:
    return np.sum(x, axis=axes, keepdims=keepdims)


def _mean(x: Any, axes: Axes, keepdims: bool) -> Any:
    return np.mean(x, axis=axes, keepdims=keepdims)


def _prod(x: Any, axes: Axes, keepdims: bool) -> Any:
    return np.prod(x, axis=axes, keepdims=keepdims)


def _extreme(function: Any, is_max: bool) -> Callable[[Any, Axes, bool], Any]:
    def reduce(x: Any, axes: Axes, keepdims: bool) -> Any:
        if x.size or not any(x.shape[axis] == 0 for axis in axes):
            return function(x, axis=axes, keepdims=keepdims)
        array = as_array(x)  # the extreme of no elements is the neutral element
        if array.dtype.kind in "iu":
            bounds = np.iinfo(array.dtype)
            neutral: Any = bounds.min if is_max else bounds.max
        else:
            neutral = (not is_max) if array.dtype.kind == "b" else (-np.inf if is_max else np.inf)
        return np.full(np.sum(array, axis=axes, keepdims=keepdims).shape, neutral, array.dtype)

    return reduce


def _norm1(x: Any, axes: Axes, keepdims: bool) -> Any:
    return np.sum(np.abs(x), axis=axes, keepdims=keepdims)


def _norm2(x: Any, axes: Axes, keepdims: bool) -> Any:
    if is_floating(x) and axes and x.size:
        return np.linalg.vector_norm(x, axis=axes, keepdims=keepdims)  # its gradient at 0 is 0
    return np.sqrt(np.sum(x * x, axis=axes, keepdims=keepdims))


def _sum_of_squares(x: Any, axes: Axes, keepdims: bool) -> Any:
    return np.sum(x * x, axis=axes, keepdims=keepdims)


def _log_sum(x: Any, axes: Axes, keepdims: bool) -> Any:
    return np.log(np.sum(x, axis=axes, keepdims=keepdims))


def _log_sum_exp(x: Any, axes: Axes, keepdims: bool) -> Any:
    floats = x if is_floating(x) else as_array(x).astype(float)
    return autograd.logsumexp(floats, axis=axes, keepdims=keepdims) if x.size else _log_sum(floats, axes, keepdims)


def register_reduction(name: str, function: Callable[[Any, Axes, bool], Any], axes_are_input_since: int = 18) -> None:
    """Register a reduction, whose axes are an attribute at first and an input later."""

    def reduce(x: Any, axes: Axes, keepdims: int) -> Any:
        return function(x, normalize_axes(axes, x.ndim), bool(keepdims)).astype(x.dtype)

    def reduce_attribute(x: Any, *, axes: list[int] | None = None, keepdims: int = 1) -> Any:
        return reduce(x, tuple(axes or range(x.ndim)), keepdims)

    def reduce_input(x: Any, axes: Any = None, *, keepdims: int = 1, noop_with_empty_axes: int = 0) -> Any:
        numbers = [] if axes is None else as_integers(axes)
        return reduce(x, tuple(numbers or ([] if noop_with_empty_axes else range(x.ndim))), keepdims)

    operator(name, since=1)(reduce_attribute)
    operator(name, since=axes_are_input_since)(reduce_input)


register_reduction("ReduceSum", _sum, axes_are_input_since=13)
register_reduction("ReduceMean", _mean)
register_reduction("ReduceProd", _prod)
register_reduction("ReduceMax", _extreme(np.max, is_max=True))
register_reduction("ReduceMin", _extreme(np.min, is_max=False))
register_reduction("ReduceL1", _norm1)
register_reduction("ReduceL2", _norm2)
register_reduction("ReduceSumSquare", _sum_of_squares)
register_reduction("ReduceLogSum", _log_sum)
register_reduction("ReduceLogSumExp", _log_sum_exp)


def _arg_extreme(function: Any) -> Callable[..., Any]:
    def index(x: Any, *, axis: int = 0, keepdims: int = 1, select_last_index: int = 0) -> Any:
        array, axis = as_array(x), normalize_axis(axis, x.ndim)
        if not select_last_index:
            return function(array, axis=axis, keepdims=bool(keepdims)).astype(np.int64)
        backwards = function(np.flip(array, axis), axis=axis, keepdims=bool(keepdims))
        return (array.shape[axis] - 1 - backwards).astype(np.int64)

    return index


operator("ArgMax", since=1)(_arg_extreme(np.argmax))
operator("ArgMin", since=1)(_arg_extreme(np.argmin))


def _cumulative(function: Any, neutral: int) -> Callable[..., Any]:
    def accumulate(x: Any, axis: Any, *, exclusive: int = 0, reverse: int = 0) -> Any:
        position = normalize_axis(as_integer(axis), x.ndim)
        x = np.flip(x, position) if reverse else x
        if exclusive:  # begins with the neutral element and lacks the last one
            before = (slice(None),) * position
            first = np.full_like(as_array(x)[(*before, slice(0, 1))], neutral)
            x = np.concatenate([first, x[(*before, slice(0, -1))]], axis=position)
        out = function(x, axis=position).astype(x.dtype)
        return np.flip(out, position) if reverse else out

    return accumulate


operator("CumSum", since=11)(_cumulative(np.cumsum, 0))
operator("CumProd", since=26)(_cumulative(np.cumprod, 1))
