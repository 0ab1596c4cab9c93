"""Dividing examples into parts and folds that keep the share of every class."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from autograd import DataError, ShapeError
from optim.validation import is_number


def split(
    labels: ArrayLike | int, fractions: Sequence[float], rng: "np.random.Generator | int | None" = None
) -> list[np.ndarray]:
    """Indices of disjoint parts of the given fractions, shuffled; every class is divided alike.

    labels: (n,) classes, or only the number n of examples where there are no classes, as in regression.
    fractions: shares that sum to 1.

    >>> import numpy as np
    >>> from optim.data import split
    >>> train, test = split(np.array([0] * 10 + [1] * 10), [0.8, 0.2], rng=0)
    >>> len(train), len(test)
    (16, 4)
    >>> [len(part) for part in split(10, [0.5, 0.2, 0.3], rng=0)]
    [5, 2, 3]
    """
    if not isinstance(fractions, list | tuple | np.ndarray) or not all(is_number(one) for one in fractions):
        raise ValueError(f"fractions are shares that sum to 1, such as [0.8, 0.2], not {fractions!r}")
    if abs(sum(fractions) - 1) > 1e-9 or min(fractions) < 0:
        raise ValueError(f"fractions are shares that sum to 1, not {list(fractions)}")
    rng = np.random.default_rng(rng)
    stops = np.cumsum(fractions)[:-1]
    parts: list[list[np.ndarray]] = [[] for _ in fractions]
    for members in _by_class(labels):
        members = rng.permutation(members)
        for part, piece in zip(parts, np.split(members, np.rint(stops * len(members)).astype(int))):
            part.append(piece)
    return [rng.permutation(np.concatenate(part)) for part in parts]


def k_folds(
    labels: ArrayLike | int, k: int = 5, rng: "np.random.Generator | int | None" = None
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Indices (train, test) of k folds: every example is in one test part; sizes, also of a class, differ by at most 1.

    labels: (n,) classes, or only the number n of examples where there are no classes, as in regression.

    >>> from optim.data import k_folds
    >>> for train, test in k_folds([0, 0, 0, 1, 1, 1], 3, rng=0):
    ...     print(train, test)
    [0 3 1 4] [5 2]
    [2 3 5 1] [0 4]
    [2 0 4 5] [3 1]
    """
    rng = np.random.default_rng(rng)
    order = np.concatenate([rng.permutation(members) for members in _by_class(labels)])
    if not isinstance(k, int | np.integer) or not 2 <= k <= len(order):
        raise ValueError(f"k is a whole number of folds from 2 to the {len(order)} examples, not {k!r}")
    folds = [order[i::k] for i in range(k)]  # dealt like cards, class after class
    return [(rng.permutation(np.concatenate(folds[:i] + folds[i + 1 :])), rng.permutation(folds[i])) for i in range(k)]


def _by_class(labels: ArrayLike | int) -> list[np.ndarray]:
    """The indices of the examples of each class; of all together if only their number is given."""
    labels = np.asarray(labels)
    if labels.dtype.kind in "iu" and not labels.ndim:
        if labels < 1:
            raise DataError(f"there is at least 1 example to divide, not {labels}")
        return [np.arange(int(labels))]
    if labels.ndim != 1:
        raise ShapeError(f"classes (n,) or the number of examples expected, got shape {labels.shape}")
    if not labels.size:
        raise DataError("there are no examples to divide")
    if labels.dtype.kind == "f" and (labels != np.rint(labels)).any():
        raise DataError(
            f"{labels[labels != np.rint(labels)][0]} is no class; to divide without classes, give their number {len(labels)}"
        )
    return [np.flatnonzero(labels == label) for label in np.unique(labels)]
