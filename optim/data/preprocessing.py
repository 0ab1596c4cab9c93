"""Scale inputs and encode classes: fit to the training data, apply to all data."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from autograd import DataError, ShapeError, default_dtype
from autograd.extend import as_float_array, suggest_names
from optim.data.datasets import as_array, chunks
from optim.data.finite import check_finite

Axis = int | tuple[int, ...] | None


@dataclass(frozen=True, eq=False)
class StandardScaler:
    """Scales columns to mean 0 and standard deviation 1: z = (x − μ) / σ, σ² = Σ (x − μ)² / n.

    A constant column has σ = 1 and becomes 0. Floats keep their dtype; integers become float64. scikit-learn's StandardScaler,
    with `apply` and `undo` for transform and inverse_transform.

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
        """The scaler with mean and standard deviation of these examples, in memory or on disk.

        axis: the axes of μ and σ: 0 for each column, (0, 2, 3) for each channel of images, None for all elements together.
        Raises DataError if there are no examples, or for numbers that are not finite or whose squares overflow.
        """
        x, axis = _examples(x, axis)
        low, high, total = _extremes(x, axis)
        mean = np.where(low == high, low, total * (low.size / x.size))
        with np.errstate(over="ignore", invalid="ignore"):
            squares = sum(np.square(chunk - mean).sum(axis, keepdims=True) for _, chunk in chunks(x))
            scale = np.sqrt(squares * (low.size / x.size))
        _check_range(scale, "square")
        return cls(mean[0], np.where((low == high) | (scale == 0), 1.0, scale)[0])

    def apply(self, x: ArrayLike) -> np.ndarray:
        """The examples, scaled."""
        x = _check_shape(x, self.mean)
        return ((x - self.mean) / self.scale).astype(x.dtype)

    def undo(self, z: ArrayLike) -> np.ndarray:
        """The inverse of `apply`: x = z σ + μ."""
        z = _check_shape(z, self.mean)
        return (z * self.scale + self.mean).astype(z.dtype)


@dataclass(frozen=True, eq=False)
class MinMaxScaler:
    """Scales columns to the range from `low` to `high`: z = (1 − t) low + t high, t = (x − min) / (max − min).

    A constant column is divided by 1 and becomes `low`. Floats keep their dtype; integers become float64. scikit-learn's
    MinMaxScaler.

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
        """The scaler with minimum and maximum of these examples, in memory or on disk; axis as for StandardScaler."""
        if not low < high:
            raise ValueError(f"low must be less than high, got low={low} and high={high}")
        x, axis = _examples(x, axis)
        least, greatest, _ = _extremes(x, axis)
        with np.errstate(over="ignore"):
            span = greatest - least
        _check_range(span, "subtract")
        return cls(least[0], np.where(span == 0, 1.0, span)[0], low, high)

    def apply(self, x: ArrayLike) -> np.ndarray:
        """The examples, scaled."""
        x = _check_shape(x, self.minimum)
        t = (x - self.minimum) / self.span
        return (self.low * (1 - t) + self.high * t).astype(x.dtype)

    def undo(self, z: ArrayLike) -> np.ndarray:
        """The inverse of `apply`: x = min + (max − min) (z − low) / (high − low)."""
        z = _check_shape(z, self.minimum)
        return (self.minimum + self.span * ((z - self.low) / (self.high - self.low))).astype(z.dtype)


@dataclass(frozen=True, eq=False)
class OneHotEncoder:
    """Encodes classes as one-hot vectors: row i has a 1 at the position of class i among the sorted classes, else 0.

    >>> from optim.data import OneHotEncoder
    >>> encoder = OneHotEncoder.fit(["iris", "rose", "iris"])
    >>> encoder.apply(["rose", "iris"]).tolist(), encoder.undo([[0.2, 0.8]]).tolist()
    ([[0.0, 1.0], [1.0, 0.0]], ['rose'])
    """

    classes: np.ndarray

    @classmethod
    def fit(cls, labels: ArrayLike) -> "OneHotEncoder":
        """The encoder of the classes that occur in these labels."""
        classes = np.unique(np.asarray(labels))
        if not classes.size:
            raise DataError("there are no labels")
        return cls(classes)

    def apply(self, labels: ArrayLike) -> np.ndarray:
        """Labels (n,) as rows (n, classes) of the default dtype; raises DataError for a class that is not in `classes`."""
        labels = np.asarray(labels)
        positions, is_known = class_indices(labels, self.classes)
        for i in np.argwhere(np.atleast_1d(~is_known))[:1]:
            known = ", ".join(map(repr, self.classes[:10].tolist())) + ", …" * (len(self.classes) > 10)
            raise DataError(f"row {i[0]}: unknown class {np.atleast_1d(labels)[tuple(i)].item()!r}; the classes are {known}")
        return one_hot(positions, len(self.classes))

    def undo(self, scores: ArrayLike) -> np.ndarray:
        """The class with the highest score in each row (n, classes)."""
        scores = np.asarray(scores)
        if scores.shape[-1:] != self.classes.shape:
            raise ShapeError(f"scores of {len(self.classes)} classes expected, got shape {scores.shape}")
        return self.classes[scores.argmax(axis=-1)]


def class_indices(labels: np.ndarray, classes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The positions of labels in sorted classes, and whether each label is one of them.

    >>> import numpy as np
    >>> from optim.data.preprocessing import class_indices
    >>> indices, is_known = class_indices(np.array(["rose", "fern", "iris"]), np.array(["iris", "rose"]))
    >>> indices[is_known].tolist(), is_known.tolist()
    ([1, 0], [True, False, True])
    """
    indices = np.searchsorted(classes, labels).clip(max=len(classes) - 1)
    return indices, classes[indices] == labels


def standardize(x: ArrayLike, axis: Axis = 0) -> np.ndarray:
    """Scale columns to mean 0 and standard deviation 1: z = (x − μ) / σ; see StandardScaler.

    >>> from optim.data import standardize
    >>> standardize([[1.0], [3.0]]).tolist()
    [[-1.0], [1.0]]
    """
    return StandardScaler.fit(x, axis).apply(x)


def min_max(x: ArrayLike, low: float = 0.0, high: float = 1.0, axis: Axis = 0) -> np.ndarray:
    """Scale columns to the range from `low` to `high`: z = (1 − t) low + t high, t = (x − min) / (max − min); see MinMaxScaler.

    >>> from optim.data import min_max
    >>> min_max([[1.0], [2.0], [3.0]]).tolist()
    [[0.0], [0.5], [1.0]]
    """
    return MinMaxScaler.fit(x, low, high, axis).apply(x)


@suggest_names
def one_hot(labels: ArrayLike, classes: int | None = None) -> np.ndarray:
    """One-hot vectors of class indices: out[…, c] = 1 if label = c, else 0, in the default dtype.

    labels: integers from 0; classes: number of classes; default: one more than the largest label. PyTorch's one_hot.

    >>> from optim.data import one_hot
    >>> one_hot([2, 0]).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    array = as_array(labels, "labels")
    if array.dtype.kind == "b" or (array != np.rint(array)).any():
        raise DataError(f"labels: integers from 0 expected, got {array.dtype} such as {array.flat[0]}")
    indices = array.astype(np.int64)
    classes = int(indices.max(initial=-1)) + 1 if classes is None else classes
    if indices.size and not 0 <= indices.min() <= indices.max() < classes:
        wrong = indices.min() if indices.min() < 0 else indices.max()
        raise DataError(f"labels: class indices from 0 to {classes - 1} expected, got {wrong}")
    return (indices[..., None] == np.arange(classes)).astype(default_dtype())


def _examples(x: ArrayLike, axis: Axis) -> tuple[np.ndarray, tuple[int, ...]]:
    """The examples as an array of finite numbers, and the axes as a tuple."""
    array = as_array(x, "inputs")
    if not array.size:
        raise DataError(f"inputs: at least one example expected, got shape {array.shape}")
    axes = tuple(range(array.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    if 0 not in axes:
        raise ValueError(f"axis must contain 0, the axis of the examples, got {axis}")
    check_finite(array)
    return array, axes


def _extremes(x: np.ndarray, axis: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Minimum, maximum and sum over the axes, with keepdims."""
    low, high, total = [], [], []
    for _, chunk in chunks(x):
        low.append(chunk.min(axis, keepdims=True).astype(float))
        high.append(chunk.max(axis, keepdims=True).astype(float))
        with np.errstate(over="ignore", invalid="ignore"):
            total.append(chunk.sum(axis, keepdims=True, dtype=float))
    return np.minimum.reduce(low), np.maximum.reduce(high), np.add.reduce(total)


def _check_range(result: np.ndarray, action: str) -> None:
    for indices in np.argwhere(~np.isfinite(result))[:1]:
        column = f" in column {indices[1]}" if result.ndim == 2 else ""
        raise DataError(f"inputs: numbers too large to {action}{column} (counted from 0)")


def _check_shape(x: ArrayLike, fitted: Any) -> np.ndarray:
    """Examples as floats; raises ShapeError unless their rows have the shape of the fitted rows."""
    array = as_float_array(as_array(x, "inputs"))
    shape = np.shape(fitted)
    if array.ndim <= len(shape) or any(a not in (1, b) for a, b in zip(shape[::-1], array.shape[::-1])):
        raise ShapeError(f"inputs: the scaler is fitted to rows of shape {shape}, got examples of shape {array.shape}")
    return array
