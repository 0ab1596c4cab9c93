"""Dividing examples into parts that keep the share of every class."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike


def split(labels: ArrayLike, fractions: Sequence[float], rng: np.random.Generator | int | None = None) -> list[np.ndarray]:
    """Indices of disjoint parts of the given fractions, shuffled; every class is divided alike.

    labels: (n,) classes; fractions: shares that sum to 1.

    >>> import numpy as np
    >>> from optim.data import split
    >>> train, test = split(np.array([0] * 10 + [1] * 10), [0.8, 0.2], rng=0)
    >>> len(train), len(test)
    (16, 4)
    """
    if abs(sum(fractions) - 1) > 1e-9 or min(fractions) < 0:
        raise ValueError(f"fractions are shares that sum to 1, not {list(fractions)}")
    labels, rng = np.asarray(labels), np.random.default_rng(rng)
    stops = np.cumsum(fractions)[:-1]
    parts: list[list[np.ndarray]] = [[] for _ in fractions]
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        for part, piece in zip(parts, np.split(members, np.rint(stops * len(members)).astype(int))):
            part.append(piece)
    return [rng.permutation(np.concatenate(part)) for part in parts]
