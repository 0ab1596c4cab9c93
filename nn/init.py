"""Initial weights: random functions of the shape (fan_in, fan_out), as the lectures lay weights out."""

import math
from collections.abc import Callable

import numpy as np

from autograd import default_dtype

_generator = np.random.default_rng()


def seed(number: int) -> None:
    """Start the random numbers that new layers are made with from a seed, so that a model can be made again.

    >>> import nn
    >>> nn.seed(1)
    """
    global _generator
    _generator = np.random.default_rng(number)


def generator(rng: np.random.Generator | int | None = None) -> np.random.Generator:
    """A generator as given, from a seed, or the common one that `seed` resets."""
    return _generator if rng is None else np.random.default_rng(rng)


def xavier_uniform(shape: tuple[int, int], rng: np.random.Generator | int | None = None) -> np.ndarray:
    """U(−r, r) with r = √(3 / fan_avg), fan_avg = (fan_in + fan_out) / 2: for tanh, sigmoid and linear layers.

    Glorot and Bengio (2010), Understanding the difficulty of training deep feedforward neural networks.

    >>> import nn
    >>> float(abs(nn.init.xavier_uniform((300, 100), rng=0)).max()) < (3 / 200) ** 0.5
    True
    """
    r = math.sqrt(3 / ((shape[0] + shape[1]) / 2))
    return generator(rng).uniform(-r, r, shape).astype(default_dtype())


def xavier_normal(shape: tuple[int, int], rng: np.random.Generator | int | None = None) -> np.ndarray:
    """N(0, σ²) with σ² = 1 / fan_avg, fan_avg = (fan_in + fan_out) / 2.

    Glorot and Bengio (2010).

    >>> import nn
    >>> nn.init.xavier_normal((3, 2), rng=0).shape
    (3, 2)
    """
    return generator(rng).normal(0, math.sqrt(2 / (shape[0] + shape[1])), shape).astype(default_dtype())


def he_normal(shape: tuple[int, int], rng: np.random.Generator | int | None = None) -> np.ndarray:
    """N(0, σ²) with σ² = 2 / fan_in: for ReLU and its relatives.

    He et al. (2015), Delving deep into rectifiers.

    >>> import nn
    >>> round(float(nn.init.he_normal((200, 200), rng=0).std()), 2)
    0.1
    """
    return generator(rng).normal(0, math.sqrt(2 / shape[0]), shape).astype(default_dtype())


def he_uniform(shape: tuple[int, int], rng: np.random.Generator | int | None = None) -> np.ndarray:
    """U(−r, r) with r = √(3σ²), σ² = 2 / fan_in.

    He et al. (2015).

    >>> import nn
    >>> float(abs(nn.init.he_uniform((6, 4), rng=0)).max()) < 1
    True
    """
    r = math.sqrt(6 / shape[0])
    return generator(rng).uniform(-r, r, shape).astype(default_dtype())


INITIALISERS: dict[str, Callable[..., np.ndarray]] = {
    "xavier_uniform": xavier_uniform,
    "xavier_normal": xavier_normal,
    "he_normal": he_normal,
    "he_uniform": he_uniform,
}
