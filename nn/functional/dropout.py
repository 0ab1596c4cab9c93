"""Dropout: random elements or whole channels set to 0."""

from typing import Any

import numpy as np

from autograd import DataError, ShapeError, Tensor, operation
from autograd.extend import nondeterministic
from nn.random import Rng, generator
from nn.validation import check_fraction


@operation(lambda g, mask: g * mask, None, structure="elementwise")
def _dropout(x, mask, /):
    return x * mask


def _uniform(rng, shape):
    return generator(rng).random(shape, np.float32)


def dropout(
    x: Any, p: float = 0.5, training: bool = True, inverted: bool = True, rng: Rng = None, channel_axes: int = 0
) -> Tensor:
    """Set each element to 0 with probability p: x · mask / (1 − p) in training, x in evaluation.

    inverted:     False for the classic scaling: x · mask in training and (1 − p) x in evaluation.
    rng:          generator or seed of the mask; the global generator, which nn.seed resets, by default.
    channel_axes: 1 to keep or drop whole channels of (N, C, L), 2 for those of (N, C, H, W), 0 for single elements.

    Raises DataError for integers, ShapeError for another number of axes, ValueError unless 0 ≤ p ≤ 1.
    Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from overfitting.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.dropout(Tensor([1.0, 1.0, 1.0, 1.0]), rng=2)
    Tensor([2., 0., 0., 0.])
    """
    check_fraction("dropout", "p", p, "a probability")
    if p == 0 or (inverted and not training):
        return x
    x = x if isinstance(x, Tensor | np.ndarray) else Tensor(x)
    if x.dtype.kind != "f":
        raise DataError(f"dropout: got {x.dtype}, expected floats; convert it, for example with .astype('float64')")
    if not training:
        return x * (1 - p)
    shape = x.shape
    if channel_axes:
        if x.ndim != 2 + channel_axes:
            raise ShapeError(f"dropout: got an input of shape {shape}, expected (N, C, {'L' if channel_axes == 1 else 'H, W'})")
        shape = (*shape[:2], *[1] * channel_axes)
    mask = nondeterministic(_uniform, rng, shape) >= p
    return _dropout(x, np.multiply(mask, 1 / (1 - p) if inverted and p < 1 else 1, dtype=x.dtype))
