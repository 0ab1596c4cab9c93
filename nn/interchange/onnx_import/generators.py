"""Constants, ranges and random numbers, and Dropout."""

import math
from typing import Any

import numpy as np

from autograd import DataError
from autograd.extend import nondeterministic
from nn.interchange.onnx_import.casts import dtype_of
from nn.interchange.onnx_import.limits import check_size
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.values import as_array, as_integers, as_number
from nn.random import generator


@operator("Constant", since=1)
def constant(
    *,
    value: Any = None,
    sparse_value: Any = None,
    value_float: float | None = None,
    value_floats: list[float] | None = None,
    value_int: int | None = None,
    value_ints: list[int] | None = None,
    value_string: Any = None,
    value_strings: list[Any] | None = None,
) -> Any:
    """The value of an attribute."""
    choices = [
        *(array for array in (value, sparse_value) if array is not None),
        *(np.array(numbers, np.float32) for numbers in (value_float, value_floats) if numbers is not None),
        *(np.array(numbers, np.int64) for numbers in (value_int, value_ints) if numbers is not None),
        *(np.array(texts, object) for texts in (value_string, value_strings) if texts is not None),
    ]
    if len(choices) != 1:
        raise DataError(f"expected one value, got {len(choices)}")
    return choices[0]


@operator("ConstantOfShape", since=9)
def constant_of_shape(shape: Any, *, value: Any = None) -> Any:
    """One value in every element of a shape, 0 by default."""
    element = np.zeros(1, np.float32) if value is None else value
    return np.full(check_size(as_integers(shape), element.itemsize), as_number(element), element.dtype)


@operator("EyeLike", since=9)
def eye_like(x: Any, *, dtype: int | None = None, k: int = 0) -> Any:
    """Ones on a diagonal of a matrix of zeros."""
    if x.ndim != 2:
        raise DataError(f"expected a matrix, got shape {x.shape}")
    rows, columns = x.shape
    offset = int(np.clip(k, -rows, columns))
    return np.eye(rows, columns, offset, dtype=x.dtype if dtype is None else dtype_of(dtype))


@operator("Range", since=11)
def number_range(start: Any, limit: Any, delta: Any, *, stash_type: int = 1) -> Any:
    """Numbers from start to before limit, delta apart; float16 and the like are computed in the precision of stash_type."""
    first, last, step = (as_number(x) for x in (start, limit, delta))
    dtype = np.dtype(first.dtype)
    if dtype.kind in "iu":
        bounds: tuple = (int(first), int(last), int(step))
    else:
        bounds = tuple(map(float, (first, last, step)))
    if bounds[2] == 0 or not all(map(math.isfinite, bounds)):
        raise DataError(f"expected finite numbers and a step other than 0, got {bounds}")
    distance = (bounds[1] - bounds[0]) / bounds[2] if dtype.kind not in "iu" else -((bounds[0] - bounds[1]) // bounds[2])
    count = max(math.ceil(distance), 0) if math.isfinite(distance) else 2**62
    check_size([count], max(dtype.itemsize, 8))
    if dtype.itemsize == 2 and dtype.kind not in "iu":
        compute = dtype_of(stash_type)
        return (compute.type(bounds[0]) + np.arange(count).astype(compute) * compute.type(bounds[2])).astype(dtype)
    return (bounds[0] + np.arange(count) * bounds[2]).astype(dtype)


def _rng(seed: float | None) -> Any:
    """The global generator, or one with a seed: the one of ONNX's reference implementation, which gives the same numbers."""
    return generator() if seed is None else np.random.RandomState(int(seed) % 2**32)


def _draw(seed: float | None, method: str, *args: Any) -> Any:
    if seed is not None and not math.isfinite(seed):
        raise DataError(f"the seed must be finite, not {seed}")
    return nondeterministic(getattr(_rng(seed), method), *args)


@operator("RandomNormal", since=1, is_random=True)
def random_normal(*, shape: list[int], dtype: int = 1, mean: float = 0.0, scale: float = 1.0, seed: float | None = None) -> Any:
    """Normally distributed numbers."""
    return _draw(seed, "normal", mean, scale, check_size(shape)).astype(dtype_of(dtype))


@operator("RandomNormalLike", since=1, is_random=True)
def random_normal_like(
    x: Any, *, dtype: int | None = None, mean: float = 0.0, scale: float = 1.0, seed: float | None = None
) -> Any:
    """Normally distributed numbers in the shape of a tensor."""
    numbers = _draw(seed, "normal", mean, scale, check_size(x.shape))
    return numbers.astype(x.dtype if dtype is None else dtype_of(dtype))


@operator("RandomUniform", since=1, is_random=True)
def random_uniform(*, shape: list[int], dtype: int = 1, low: float = 0.0, high: float = 1.0, seed: float | None = None) -> Any:
    """Numbers distributed uniformly between low and high."""
    return _draw(seed, "uniform", low, high, check_size(shape)).astype(dtype_of(dtype))


@operator("RandomUniformLike", since=1, is_random=True)
def random_uniform_like(
    x: Any, *, dtype: int | None = None, low: float = 0.0, high: float = 1.0, seed: float | None = None
) -> Any:
    """Numbers distributed uniformly between low and high, in the shape of a tensor."""
    numbers = _draw(seed, "uniform", low, high, check_size(x.shape))
    return numbers.astype(x.dtype if dtype is None else dtype_of(dtype))


@operator("Bernoulli", since=15, is_random=True)
def bernoulli(x: Any, *, dtype: int | None = None, seed: float | None = None) -> Any:
    """1 with the probability of each element, else 0."""
    is_one = _draw(seed, "random", x.shape) < as_array(x)
    return is_one.astype(x.dtype if dtype is None else dtype_of(dtype))


@operator("Multinomial", since=7, is_random=True)
def multinomial(x: Any, *, dtype: int = 6, sample_size: int = 1, seed: float | None = None) -> Any:
    """Classes drawn with the probabilities of each row, which are given as logarithms up to a constant."""
    if x.ndim != 2:
        raise DataError(f"expected (batch, classes), got shape {x.shape}")
    weights = np.exp(as_array(x) - as_array(x).max(axis=1, keepdims=True)).astype(float)
    limits = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
    numbers = _draw(seed, "random", check_size((x.shape[0], sample_size)))
    return np.array([np.searchsorted(row, draw) for row, draw in zip(limits, numbers)]).astype(dtype_of(dtype))


def _drop(x: Any, ratio: float, seed: float | None) -> tuple:
    if not 0 <= ratio < 1:
        raise DataError(f"the ratio must be from 0 to below 1, not {ratio}")
    is_kept = _draw(seed, "random", x.shape) >= ratio
    return x * is_kept.astype(x.dtype) / x.dtype.type(1 - ratio), is_kept


@operator("Dropout", since=12, buffers=(1,), is_random=True)
def dropout(x: Any, ratio: Any = None, training_mode: Any = None, *, seed: float | None = None) -> tuple:
    """Some elements 0 and the others larger in training mode, else the input; and which are kept."""
    rate = 0.5 if ratio is None else float(as_number(ratio))
    if training_mode is not None and as_number(training_mode) and rate:
        return _drop(x, rate, seed)
    return x, np.ones(x.shape, bool)


@operator("Dropout", since=7)
def dropout_evaluation(x: Any, *, ratio: float = 0.5) -> tuple:
    """The input; opsets 7 to 11 have no training mode."""
    return x, np.ones(x.shape, bool)


@operator("Dropout", since=1, is_random=True)
def dropout_is_test(x: Any, *, is_test: int = 0, ratio: float = 0.5) -> tuple:
    """The input if is_test is 1, else some elements 0 and the others larger."""
    return (x, np.ones(x.shape, x.dtype)) if is_test else _drop(x, ratio, None)
