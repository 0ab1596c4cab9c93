"""The workloads, and their data and initial weights, the same for every engine."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from benchmarks.workloads import Workload

Parameters = list[tuple[np.ndarray, np.ndarray]]  # weights and biases


@dataclass(frozen=True)
class ConvNet(Workload):
    """One SGD step of convolutions with ReLU, Linear layers and softmax cross-entropy, on gray images, float32."""

    channels: tuple[int, ...]  # before and after each convolution
    kernel: int
    padding: tuple[int, ...]
    linear: tuple[int, ...]  # sizes before and after each Linear layer
    batch: int
    size: int = 28
    pool: bool = False  # the largest of 2 × 2 after each convolution; otherwise the mean of each channel after the last


@dataclass(frozen=True)
class ConvLayer(Workload):
    """One SGD step of a convolution alone, with padding 1 and a given gradient of its output, float32.

    The gradient with respect to the input is computed too, as for a layer inside of a network.
    """

    channels: int
    size: int
    batch: int
    kernel: int = 3


def net_inputs(workload: ConvNet) -> tuple[np.ndarray, np.ndarray, Parameters, Parameters]:
    """Images, labels, and the parameters of the convolutions and of the Linear layers, with weights (in, out)."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(workload.batch, workload.channels[0], workload.size, workload.size)).astype(np.float32)
    y = rng.integers(workload.linear[-1], size=workload.batch)
    k = workload.kernel
    convolutions = [normal(rng, (m, n, k, k), n * k * k, m) for n, m in pairwise(workload.channels)]
    return x, y, convolutions, [normal(rng, (n, m), n, m) for n, m in pairwise(workload.linear)]


def layer_inputs(workload: ConvLayer) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Images, the gradient of the output, weights and biases."""
    rng, c, k = np.random.default_rng(0), workload.channels, workload.kernel
    x, g = (rng.normal(size=(workload.batch, c, workload.size, workload.size)).astype(np.float32) for _ in range(2))
    return x, g, *normal(rng, (c, c, k, k), c * k * k, c)


def normal(rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, outputs: int) -> tuple[np.ndarray, np.ndarray]:
    return rng.normal(0, (2 / fan_in) ** 0.5, shape).astype(np.float32), np.zeros(outputs, np.float32)
