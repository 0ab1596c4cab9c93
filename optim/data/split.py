"""Split examples into subsets or folds that keep the share of every class."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from autograd import DataError, ShapeError
from autograd.extend import suggest_names
from optim.validation import is_number


@suggest_names
def split(
    labels: ArrayLike | int, fractions: Sequence[float], rng: "np.random.Generator | int | None" = None
) -> list[np.ndarray]:
    """Shuffled indices of disjoint subsets with the given fractions of the examples, stratified by class.

    labels: (n,) classes, or the number n of examples if there are no classes, as in regression.
    fractions: shares that sum to 1.

    >>> import numpy as np
    >>> from optim.data import split
    >>> train, test = split(np.array([0] * 10 + [1] * 10), [0.8, 0.2], rng=0)
    >>> len(train), len(test)
    (16, 4)
    >>> [len(indices) for indices in split(10, [0.5, 0.2, 0.3], rng=0)]
    [5, 2, 3]
    """
    if not isinstance(fractions, list | tuple | np.ndarray) or not all(map(is_number, fractions)):
        raise ValueError(f"fractions must be numbers that sum to 1, such as [0.8, 0.2], got {fractions!r}")
    if abs(sum(fractions) - 1) > 1e-9 or min(fractions) < 0:
        raise ValueError(f"fractions must be 0 or more and sum to 1, got {list(fractions)}")
    rng = np.random.default_rng(rng)
    stops = np.cumsum(fractions)[:-1]
    subsets: list[list[np.ndarray]] = [[] for _ in fractions]
    for members in _indices_by_class(labels):
        members = rng.permutation(members)
        for subset, indices in zip(subsets, np.split(members, np.rint(stops * len(members)).astype(int))):
            subset.append(indices)
    return [rng.permutation(np.concatenate(subset)) for subset in subsets]


@suggest_names
def k_folds(
    labels: ArrayLike | int, k: int = 5, rng: "np.random.Generator | int | None" = None
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Indices (train, test) of stratified k-fold cross-validation: each example is in exactly one test set.

    labels: (n,) classes, or the number n of examples if there are no classes, as in regression.

    The sizes of the test sets differ by at most 1, in total and for each class. scikit-learn's StratifiedKFold.

    >>> from optim.data import k_folds
    >>> for train, test in k_folds([0, 0, 0, 1, 1, 1], 3, rng=0):
    ...     print(train, test)
    [0 3 1 4] [5 2]
    [2 3 5 1] [0 4]
    [2 0 4 5] [3 1]
    """
    rng = np.random.default_rng(rng)
    order = np.concatenate([rng.permutation(members) for members in _indices_by_class(labels)])
    if not isinstance(k, int | np.integer) or not 2 <= k <= len(order):
        raise ValueError(f"k must be an integer from 2 to {len(order)}, the number of examples, got {k!r}")
    folds = [order[i::k] for i in range(k)]  # every k-th example: the classes are contiguous in `order`
    return [(rng.permutation(np.concatenate(folds[:i] + folds[i + 1 :])), rng.permutation(folds[i])) for i in range(k)]


def _indices_by_class(labels: ArrayLike | int) -> list[np.ndarray]:
    """The indices of the examples of each class; those of all examples if labels is their number."""
    labels = np.asarray(labels)
    if labels.dtype.kind in "iu" and not labels.ndim:
        if labels < 1:
            raise DataError(f"the number of examples must be at least 1, got {labels}")
        return [np.arange(int(labels))]
    if labels.ndim != 1:
        raise ShapeError(f"labels: classes (n,) or the number of examples expected, got shape {labels.shape}")
    if not labels.size:
        raise DataError("there are no examples to split")
    if labels.dtype.kind == "f" and (labels != np.rint(labels)).any():
        wrong = labels[labels != np.rint(labels)][0]
        raise DataError(f"labels: classes expected, got {wrong}; to split without classes, give the number {len(labels)}")
    return [np.flatnonzero(labels == label) for label in np.unique(labels)]
