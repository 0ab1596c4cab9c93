"""Data and first weights, the same for every engine."""

import random
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.workloads import MLP, MNIST, Demo, Forward, Jacobian

Layers = list[tuple[np.ndarray, np.ndarray]]


def problem(work: MLP | Forward) -> tuple[np.ndarray, np.ndarray, Layers]:
    """Inputs, labels, and for each layer the weights (in, out) and biases to start from."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(work.batch, work.sizes[0])).astype(np.float32)
    y = rng.integers(work.sizes[-1], size=work.batch)
    layers = []
    for n, m in pairwise(work.sizes):
        layers.append((rng.normal(0, (2 / n) ** 0.5, (n, m)).astype(np.float32), np.zeros(m, np.float32)))
    return x, y, layers


def two_layers(work: Jacobian) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both weights and the point at which the Jacobian is taken."""
    rng, n = np.random.default_rng(0), work.size
    return rng.normal(0, n**-0.5, (n, n)), rng.normal(0, n**-0.5, (n, n)), rng.normal(size=n)


def demo(work: Demo) -> tuple[list[list[float]], list[int], list[float]]:
    """Points of two moons, labels -1 and 1, and the parameters of 2-16-16-1 neuron by neuron: weights, then bias."""
    from optim.data import moons

    points, labels = moons(work.points, noise=0.1, rng=1337)
    rng = random.Random(1337)
    sizes = (2, 16, 16, 1)
    neurons = [inputs for inputs, outputs in pairwise(sizes) for _ in range(outputs)]
    weights = [w for inputs in neurons for w in (*(rng.uniform(-1, 1) for _ in range(inputs)), 0.0)]
    return points.tolist(), [int(label) * 2 - 1 for label in labels], weights


def demo_rate(step: int) -> float:
    return max(0.1, 1 - 0.9 * step / 100)


def mnist_arrays() -> list[np.ndarray]:
    """Training images and labels, test images and labels, from $CHAINRULE_MNIST."""
    from optim.data import mnist

    x, y, x_test, y_test = (np.asarray(part) for pair in mnist(warn=False) for part in pair)
    flat = [images.reshape(len(images), -1).astype(np.float32) for images in (x, x_test)]
    return [flat[0], y.astype(np.int64), flat[1], y_test.astype(np.int64)]


def seconds_of_training(
    work: MNIST, data: list[Any], step: Callable, accuracy: Callable, index: Callable[[np.ndarray], Any] = np.asarray
) -> float:
    """Seconds of so many epochs over shuffled batches, or of as many as it takes to reach the goal."""
    x, y, x_test, y_test = data
    rng = np.random.default_rng(0)
    start = time.perf_counter()
    for _ in range(work.epochs):
        order = index(rng.permutation(len(x)))
        for first in range(0, len(x), work.batch):
            batch = order[first : first + work.batch]
            step(x[batch], y[batch])
        if work.goal and accuracy(x_test, y_test) >= work.goal:
            return time.perf_counter() - start
    if work.goal:
        raise RuntimeError(f"{work.epochs} epochs were not enough for {work.goal:.0%}")
    return time.perf_counter() - start
