"""Inputs brought to one size, and classes to vectors: fitted to the training data, applied to all data alike."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from autograd import DataError, ShapeError, default_dtype
from autograd.extend import as_float_array
from optim.data.datasets import as_array, chunks
from optim.data.finite import check_finite

Axis = int | tuple[int, ...] | None


@dataclass(frozen=True, eq=False)
class StandardScaler:
    """Columns of mean 0 and standard deviation 1: z = (x − μ) / σ, σ² = Σ (x − μ)² / n.

    A constant column has σ = 1, so it becomes 0. Floats keep their dtype; whole numbers become float64.

    >>> import numpy as np
    >>> from optim.data import StandardScaler
    >>> train, test = np.array([[1.0, 5.0], [3.0, 5.0]]), np.array([[4.0, 5.0]])
    >>> scaler = StandardScaler.fit(train)
    >>> scaler.apply(train).tolist(), scaler.apply(test).tolist()
    ([[-1.0, 0.0], [1.0, 0.0]], [[2.0, 0.0]])
    >>> scaler.undo(scaler.apply(test)).tolist()
    [[4.0, 5.0]]
    """

    mean: np.ndarray
    scale: np.ndarray

    @classmethod
    def fit(cls, x: ArrayLike, axis: Axis = 0) -> "StandardScaler":
        """The standardizer of these examples, which may be on disk.

        axis: over what μ and σ are taken: 0 for each column, (0, 2, 3) for each channel of images, None for all together.
        Raises DataError if there are no examples, or numbers that are not finite or too large to square.
        """
        x, axis = _examples(x, axis)
        low, high, total = _extremes(x, axis)
        mean = np.where(low == high, low, total * (low.size / x.size))
        with np.errstate(over="ignore", invalid="ignore"):
            squares = sum(np.square(piece - mean).sum(axis, keepdims=True) for _, piece in chunks(x))
            scale = np.sqrt(squares * (low.size / x.size))
        _check_range(scale, "square")
        return cls(mean[0], np.where((low == high) | (scale == 0), 1.0, scale)[0])

    def apply(self, x: ArrayLike) -> np.ndarray:
        """Examples standardized as the fitted ones."""
        x = _fitting(x, self.mean)
        return ((x - self.mean) / self.scale).astype(x.dtype)

    def undo(self, z: ArrayLike) -> np.ndarray:
        """What `apply` was given: x = z σ + μ."""
        z = _fitting(z, self.mean)
        return (z * self.scale + self.mean).astype(z.dtype)


@dataclass(frozen=True, eq=False)
class MinMaxScaler:
    """Columns from `low` to `high`: z = (1 − t) low + t high, t = (x − min) / (max − min).

    A constant column is divided by 1, so it becomes `low`. Floats keep their dtype; whole numbers become float64.

    >>> import numpy as np
    >>> from optim.data import MinMaxScaler
    >>> MinMaxScaler.fit(np.array([[1.0, 5.0], [3.0, 5.0]])).apply(np.array([[2.0, 5.0], [5.0, 5.0]])).tolist()
    [[0.5, 0.0], [2.0, 0.0]]
    """

    minimum: np.ndarray
    span: np.ndarray
    low: float = 0.0
    high: float = 1.0

    @classmethod
    def fit(cls, x: ArrayLike, low: float = 0.0, high: float = 1.0, axis: Axis = 0) -> "MinMaxScaler":
        """The scaling of these examples, which may be on disk; axis as for StandardScaler."""
        if not low < high:
            raise ValueError(f"low lies below high, not {low} and {high}")
        x, axis = _examples(x, axis)
        least, greatest, _ = _extremes(x, axis)
        with np.errstate(over="ignore"):
            span = greatest - least
        _check_range(span, "subtract")
        return cls(least[0], np.where(span == 0, 1.0, span)[0], low, high)

    def apply(self, x: ArrayLike) -> np.ndarray:
        """Examples scaled as the fitted ones."""
        x = _fitting(x, self.minimum)
        t = (x - self.minimum) / self.span
        return (self.low * (1 - t) + self.high * t).astype(x.dtype)

    def undo(self, z: ArrayLike) -> np.ndarray:
        """What `apply` was given: x = min + (max − min) (z − low) / (high − low)."""
        z = _fitting(z, self.minimum)
        return (self.minimum + self.span * ((z - self.low) / (self.high - self.low))).astype(z.dtype)


@dataclass(frozen=True, eq=False)
class OneHotEncoder:
    """Classes as vectors with a single 1: row i of the result has it at the place of class i among the sorted classes.

    >>> from optim.data import OneHotEncoder
    >>> kinds = OneHotEncoder.fit(["iris", "rose", "iris"])
    >>> kinds.apply(["rose", "iris"]).tolist(), kinds.undo([[0.2, 0.8]]).tolist()
    ([[0.0, 1.0], [1.0, 0.0]], ['rose'])
    """

    classes: np.ndarray

    @classmethod
    def fit(cls, labels: ArrayLike) -> "OneHotEncoder":
        """The classes that occur among these labels."""
        classes = np.unique(np.asarray(labels))
        if not classes.size:
            raise DataError("there are no labels")
        return cls(classes)

    def apply(self, labels: ArrayLike) -> np.ndarray:
        """Labels (n,) as rows (n, classes) of the default dtype; raises DataError for a class that did not occur."""
        labels = np.asarray(labels)
        places = np.searchsorted(self.classes, labels).clip(max=len(self.classes) - 1)
        for i in np.argwhere(np.atleast_1d(self.classes[places] != labels))[:1]:
            known = ", ".join(map(repr, self.classes[:10].tolist())) + ", …" * (len(self.classes) > 10)
            raise DataError(f"row {i[0]}: unknown class {np.atleast_1d(labels)[tuple(i)].item()!r}; there are {known}")
        return one_hot(places, len(self.classes))

    def undo(self, scores: ArrayLike) -> np.ndarray:
        """The class with the highest score in each row (n, classes)."""
        scores = np.asarray(scores)
        if scores.shape[-1:] != self.classes.shape:
            raise ShapeError(f"scores of {len(self.classes)} classes expected, got shape {scores.shape}")
        return self.classes[scores.argmax(axis=-1)]


def standardize(x: ArrayLike, axis: Axis = 0) -> np.ndarray:
    """Columns of mean 0 and standard deviation 1: z = (x − μ) / σ; see StandardScaler.

    >>> from optim.data import standardize
    >>> standardize([[1.0], [3.0]]).tolist()
    [[-1.0], [1.0]]
    """
    return StandardScaler.fit(x, axis).apply(x)


def min_max(x: ArrayLike, low: float = 0.0, high: float = 1.0, axis: Axis = 0) -> np.ndarray:
    """Columns from `low` to `high`: z = (1 − t) low + t high, t = (x − min) / (max − min); see MinMaxScaler.

    >>> from optim.data import min_max
    >>> min_max([[1.0], [2.0], [3.0]]).tolist()
    [[0.0], [0.5], [1.0]]
    """
    return MinMaxScaler.fit(x, low, high, axis).apply(x)


def one_hot(labels: ArrayLike, classes: int | None = None) -> np.ndarray:
    """Class numbers as vectors with a single 1: out[…, c] = 1 if label = c, else 0, in the default dtype.

    labels: whole numbers from 0; classes: how many there are; by default one more than the largest label.

    >>> from optim.data import one_hot
    >>> one_hot([2, 0]).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    where = as_array(labels, "labels")
    if where.dtype.kind == "b" or (where != np.rint(where)).any():
        raise DataError(f"labels: whole numbers from 0 expected, got {where.dtype} such as {where.flat[0]}")
    where = where.astype(np.int64)
    classes = int(where.max(initial=-1)) + 1 if classes is None else classes
    if where.size and not 0 <= where.min() <= where.max() < classes:
        wrong = where.min() if where.min() < 0 else where.max()
        raise DataError(f"labels: {wrong} is no class; there are {classes}, counted from 0")
    return (where[..., None] == np.arange(classes)).astype(default_dtype())


def _examples(x: ArrayLike, axis: Axis) -> tuple[np.ndarray, tuple[int, ...]]:
    """Finite numbers to fit to, and the axes as a tuple."""
    array = as_array(x, "inputs")
    if not array.size:
        raise DataError(f"inputs: there are no numbers to fit to in an array of shape {array.shape}")
    axes = tuple(range(array.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    if 0 not in axes:
        raise ValueError(f"axis={axis}: scaling is fitted over examples, which are along axis 0")
    check_finite(array)
    return array, axes


def _extremes(x: np.ndarray, axis: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Minimum, maximum and sum over the axes, which stay as 1."""
    low, high, total = [], [], []
    for _, piece in chunks(x):
        low.append(piece.min(axis, keepdims=True).astype(float))
        high.append(piece.max(axis, keepdims=True).astype(float))
        with np.errstate(over="ignore", invalid="ignore"):
            total.append(piece.sum(axis, keepdims=True, dtype=float))
    return np.minimum.reduce(low), np.maximum.reduce(high), np.add.reduce(total)


def _check_range(result: np.ndarray, what: str) -> None:
    for place in np.argwhere(~np.isfinite(result))[:1]:
        where = f" in column {place[1]}" if result.ndim == 2 else ""
        raise DataError(f"inputs: numbers too large to {what}{where} (counted from 0)")


def _fitting(x: ArrayLike, fitted: Any) -> np.ndarray:
    """Examples as floats; raises ShapeError unless they are shaped like those that were fitted."""
    array = as_float_array(as_array(x, "inputs"))
    shape = np.shape(fitted)
    if array.ndim <= len(shape) or any(a not in (1, b) for a, b in zip(shape[::-1], array.shape[::-1])):
        raise ShapeError(f"inputs: scaling was fitted to rows of shape {shape}, got examples of shape {array.shape}")
    return array
