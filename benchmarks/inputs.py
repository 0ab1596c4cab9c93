"""Data and initial weights, the same for every engine."""

import math
import random
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.workloads import MLP, MNIST, Demo, Elementwise, Forward, Jacobian, OnnxNetwork

Layers = list[tuple[np.ndarray, np.ndarray]]


def mlp_inputs(workload: MLP | Forward) -> tuple[np.ndarray, np.ndarray, Layers]:
    """Inputs, labels, and the initial weights (in, out) and biases of each layer."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(workload.batch, workload.sizes[0])).astype(np.float32)
    y = rng.integers(workload.sizes[-1], size=workload.batch)
    layers = []
    for n, m in pairwise(workload.sizes):
        layers.append((rng.normal(0, (2 / n) ** 0.5, (n, m)).astype(np.float32), np.zeros(m, np.float32)))
    return x, y, layers


def onnx_network(workload: OnnxNetwork) -> tuple[str, np.ndarray]:
    """The path of a light network, and the image that the tests of the package onnx give it."""
    import onnx  # few cases need it

    path = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light" / f"{workload.name}.onnx"
    shape = (1, 3, 224, 224)
    count = math.prod(shape)
    return str(path), (np.arange(count).reshape(shape) / count).astype(np.float32)


def jacobian_inputs(workload: Jacobian) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both weight matrices and the point of the Jacobian."""
    rng, n = np.random.default_rng(0), workload.size
    return rng.normal(0, n**-0.5, (n, n)), rng.normal(0, n**-0.5, (n, n)), rng.normal(size=n)


def demo_inputs(workload: Demo) -> tuple[list[list[float]], list[int], list[float]]:
    """Points of two moons, labels -1 and 1, and the parameters of a 2-16-16-1 network: weights, then bias, per neuron."""
    from optim.data import moons

    points, labels = moons(workload.points, noise=0.1, rng=1337)
    rng = random.Random(1337)
    sizes = (2, 16, 16, 1)
    neurons = [inputs for inputs, outputs in pairwise(sizes) for _ in range(outputs)]
    weights = [w for inputs in neurons for w in (*(rng.uniform(-1, 1) for _ in range(inputs)), 0.0)]
    return points.tolist(), [int(label) * 2 - 1 for label in labels], weights


def demo_learning_rate(step: int) -> float:
    return max(0.1, 1 - 0.9 * step / 100)


def elementwise_input(workload: Elementwise) -> np.ndarray:
    return np.random.default_rng(0).normal(size=workload.size)


def mnist_arrays() -> list[np.ndarray]:
    """Training images and labels, test images and labels, from $CHAINRULE_MNIST."""
    from optim.data import mnist

    x, y, x_test, y_test = (np.asarray(array) for pair in mnist(warn=False) for array in pair)
    inputs = [images.reshape(len(images), -1).astype(np.float32) for images in (x, x_test)]
    return [inputs[0], y.astype(np.int64), inputs[1], y_test.astype(np.int64)]


def training_seconds(
    workload: MNIST, data: list[Any], step: Callable, accuracy: Callable, index: Callable[[np.ndarray], Any] = np.asarray
) -> float:
    """Seconds of training on shuffled batches, for `workload.epochs` epochs or until the accuracy reaches `workload.goal`.

    index: converts the indices of a batch to the engine's type of array.
    """
    x, y, x_test, y_test = data
    rng = np.random.default_rng(0)
    start = time.perf_counter()
    for _ in range(workload.epochs):
        order = index(rng.permutation(len(x)))
        for first in range(0, len(x), workload.batch):
            batch = order[first : first + workload.batch]
            step(x[batch], y[batch])
        if workload.goal and accuracy(x_test, y_test) >= workload.goal:
            return time.perf_counter() - start
    if workload.goal:
        raise RuntimeError(f"{workload.epochs} epochs do not reach an accuracy of {workload.goal:.0%}")
    return time.perf_counter() - start
