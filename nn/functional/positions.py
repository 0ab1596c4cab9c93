"""Positions in a sequence: sinusoidal vectors, and rotation of pairs of features."""

from functools import lru_cache
from typing import Any

import numpy as np

from autograd import ShapeError, Tensor, default_dtype, operation
from autograd.extend import as_float_array


def sinusoidal_positions(length: int, width: int, start: int = 0, base: float = 10000.0) -> np.ndarray:
    """Vectors of the positions start, start + 1, …: sin(t ωᵢ) at feature 2i and cos(t ωᵢ) at 2i + 1, ωᵢ = base^(−2i / width).

    The result is (length, width), of the default dtype. PyTorch has none; Keras Hub's SinePositionEncoding.
    Vaswani et al. (2017), Attention is all you need.

    >>> import nn
    >>> nn.functional.sinusoidal_positions(2, 4).round(2).tolist()
    [[0.0, 1.0, 0.0, 1.0], [0.84, 0.54, 0.01, 1.0]]
    """
    angles = _angles(length, (width + 1) // 2, start, base, 2 / width)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(length, -1)[:, :width].astype(default_dtype())


def _angles(length, frequencies, start, base, step):
    return np.arange(start, start + length)[:, None] * base ** (-step * np.arange(frequencies))


@lru_cache(maxsize=32)
def _rotation(length: int, width: int, start: int, base: float, dtype: Any) -> tuple[np.ndarray, np.ndarray]:
    angles = _angles(length, width // 2, start, base, 2 / width)
    return np.cos(angles).astype(dtype), np.sin(angles).astype(dtype)


@operation(lambda g, cos, sin: _rotate(g, cos, -sin), None, None, structure="linear")  # type: ignore[has-type]
def _rotate(x, cos, sin, /):
    half = x.shape[-1] // 2
    first, second = x[..., :half], x[..., half:]
    return np.concatenate([first * cos - second * sin, second * cos + first * sin], axis=-1)


def rotary_positions(x: Any, start: int = 0, base: float = 10000.0) -> Tensor:
    """Rotate the pair of features i and i + d / 2 of the vector at position t by the angle t ωᵢ, ωᵢ = base^(−2i / d).

    The product of a rotated query and a rotated key depends on the distance of their positions only.

    x:     (…, T, d), with d even: the queries or the keys of each head.
    start: the position of x[…, 0, :].

    Raises ShapeError if d is odd. PyTorch has none; Keras Hub's RotaryEmbedding has the same pairs. The paper pairs adjacent
    features, which is the same for another order of the features.
    Su et al. (2021), RoFormer: enhanced transformer with rotary position embedding.

    >>> import nn
    >>> nn.functional.rotary_positions([[1.0, 0.0], [1.0, 0.0]]).round(2).tolist()
    [[1.0, 0.0], [0.54, 0.84]]
    """
    x = x if isinstance(x, Tensor) else as_float_array(x)
    if x.ndim < 2 or x.shape[-1] % 2:
        raise ShapeError(f"rotary_positions: got an input of shape {x.shape}, expected (…, T, d) with an even d")
    return _rotate(x, *_rotation(*x.shape[-2:], start, base, x.dtype))
