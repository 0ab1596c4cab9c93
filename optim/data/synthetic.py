"""Synthetic classification data in two dimensions: rows (x₁, x₂) and integer labels."""

import numpy as np

from autograd.extend import suggest_names

Data = tuple[np.ndarray, np.ndarray]


@suggest_names
def moons(n: int = 200, noise: float = 0.1, rng: "np.random.Generator | int | None" = None) -> Data:
    """Two interleaving half circles.

    n: number of examples; noise: standard deviation of Gaussian noise on the coordinates; rng: generator or seed.

    >>> from optim.data import moons
    >>> inputs, labels = moons(100, rng=0)
    >>> inputs.shape, labels.sum().item()
    ((100, 2), 50)
    """
    rng = np.random.default_rng(rng)
    labels = _labels(n, 2)
    angle = rng.uniform(0, np.pi, n)
    x = np.where(labels == 0, np.cos(angle), 1 - np.cos(angle))
    y = np.where(labels == 0, np.sin(angle), 0.5 - np.sin(angle))
    return _shuffle(np.stack([x, y], axis=1), labels, noise, rng)


@suggest_names
def circles(n: int = 200, noise: float = 0.05, rng: "np.random.Generator | int | None" = None) -> Data:
    """A circle of radius ½ (label 1) inside a circle of radius 1 (label 0); arguments as for `moons`.

    >>> from optim.data import circles
    >>> circles(100, rng=0)[0].shape
    (100, 2)
    """
    rng = np.random.default_rng(rng)
    labels = _labels(n, 2)
    angle = rng.uniform(0, 2 * np.pi, n)
    radius = np.where(labels == 0, 1.0, 0.5)
    return _shuffle(np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), labels, noise, rng)


@suggest_names
def spirals(n: int = 300, classes: int = 3, noise: float = 0.02, rng: "np.random.Generator | int | None" = None) -> Data:
    """Arms of a spiral, one class each; arguments as for `moons`.

    >>> from optim.data import spirals
    >>> sorted(set(spirals(99, rng=0)[1].tolist()))
    [0, 1, 2]
    """
    rng = np.random.default_rng(rng)
    labels = _labels(n, classes)
    radius = rng.uniform(0.05, 1, n)
    angle = 2 * np.pi * labels / classes + 4 * radius
    return _shuffle(np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), labels, noise, rng)


@suggest_names
def blobs(n: int = 300, classes: int = 3, noise: float = 0.3, rng: "np.random.Generator | int | None" = None) -> Data:
    """Gaussian clusters, one class each, with centers evenly spaced on a circle of radius 1; arguments as for `moons`.

    >>> from optim.data import blobs
    >>> blobs(30, classes=5, rng=0)[1].max().item()
    4
    """
    rng = np.random.default_rng(rng)
    labels = _labels(n, classes)
    angle = 2 * np.pi * labels / classes
    return _shuffle(np.stack([np.cos(angle), np.sin(angle)], axis=1), labels, noise, rng)


@suggest_names
def xor(n: int = 4, noise: float = 0.0, rng: "np.random.Generator | int | None" = None) -> Data:
    """Exclusive or: the corners of the unit square, with label 1 if exactly one coordinate is 1.

    n: number of examples, distributed evenly over the corners; noise and rng as for `moons`.

    >>> from optim.data import xor
    >>> inputs, labels = xor()
    >>> inputs.tolist(), labels.tolist()
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
    """
    corner = np.arange(n) % 4
    inputs = np.stack([corner // 2, corner % 2], axis=1).astype(float)
    labels = (corner // 2) ^ (corner % 2)
    if noise == 0:
        return inputs, labels
    return _shuffle(inputs, labels, noise, np.random.default_rng(rng))


def _labels(n: int, classes: int) -> np.ndarray:
    if n < classes or classes < 2:
        raise ValueError(f"at least 2 classes and one example per class expected, got n={n}, classes={classes}")
    return np.arange(n) % classes


def _shuffle(points: np.ndarray, labels: np.ndarray, noise: float, rng: "np.random.Generator") -> Data:
    order = rng.permutation(len(points))
    return points[order] + rng.normal(0, noise, points.shape), labels[order]
