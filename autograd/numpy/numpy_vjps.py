"""HIPS autograd's `unbroadcast_f`, by which its clients write rules for `defvjp`."""

from collections.abc import Callable
from typing import Any

import numpy as np


def unbroadcast_f(target: Any, f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The rule g ↦ f(g), summed over the axes along which the argument `target` was broadcast.

    >>> import numpy as np
    >>> from autograd.numpy.numpy_vjps import unbroadcast_f
    >>> unbroadcast_f(2.0, lambda g: 3 * g)(np.array([1.0, 10.0]))
    np.float64(33.0)
    """
    shape = np.shape(target)
    return lambda g: _sum_to_shape(f(g), shape)


def _sum_to_shape(g: Any, shape: tuple[int, ...]) -> Any:
    extra = np.ndim(g) - len(shape)
    if extra > 0:
        g = np.sum(g, axis=tuple(range(extra)))
    axes = tuple(i for i, (size, target) in enumerate(zip(np.shape(g), shape)) if size != target == 1)
    return np.sum(g, axis=axes, keepdims=True) if axes else g
