"""Placeholders of initial weights: while a model file is opened, constructors draw no numbers and allocate no weights."""

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd import default_dtype


class Placeholder:
    """Stands for an array of initial weights that are replaced by those of a file: a shape and a dtype without memory.

    >>> from nn.placeholders import Placeholder
    >>> np.array(Placeholder((2, 3)), copy=None).strides
    (0, 0)
    """

    def __init__(self, shape: Sequence[int]):
        self.shape, self.ndim, self.dtype = tuple(shape), len(shape), default_dtype()

    def astype(self, dtype: Any, copy: bool = True) -> "Placeholder":
        """The placeholder itself: the dtype is that of the file."""
        return self

    def reshape(self, shape: Sequence[int], order: str = "C") -> "Placeholder":
        """A placeholder of another shape."""
        return Placeholder(shape)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        element = np.zeros(1, self.dtype if dtype is None else dtype)
        return np.lib.stride_tricks.as_strided(element, self.shape, (0,) * len(self.shape))


class PlaceholderGenerator:
    """Takes the place of a random generator in constructors; the distributions of initial weights are placeholders."""

    def uniform(self, low: float = 0.0, high: float = 1.0, size: Any = None) -> Any:
        """A placeholder of the size, or one real number."""
        return self._draw("uniform", (low, high), size)

    def normal(self, loc: float = 0.0, scale: float = 1.0, size: Any = None) -> Any:
        """A placeholder of the size, or one real number."""
        return self._draw("normal", (loc, scale), size)

    def _draw(self, method: str, options: tuple[float, float], size: Any) -> Any:
        shape: Any = (size,) if isinstance(size, int | np.integer) else size
        result = None if size is None else placeholder(shape)
        return getattr(np.random.default_rng(0), method)(*options, size) if result is None else result

    def __getattr__(self, name: str) -> Any:
        return getattr(np.random.default_rng(0), name)


class _Limits(threading.local):
    """The limits of the current thread; inactive by default."""

    active = False
    elements = 0
    constructions = 0


_limits = _Limits()


@contextmanager
def use_placeholders(elements: int, constructions: int) -> Iterator[None]:
    """Within the block, initial weights of this thread are placeholders, and constructors have limits.

    elements:      the largest number of elements of an array.
    constructions: the largest number of constructor calls and of arrays.

    Beyond the limits a constructor raises ValueError.
    """
    previous = dict(vars(_limits))
    vars(_limits).update(active=True, elements=elements, constructions=constructions)
    try:
        yield
    finally:
        vars(_limits).clear()
        vars(_limits).update(previous)


def placeholder(shape: Sequence[int]) -> Placeholder | None:
    """A placeholder of a shape, or None outside of `use_placeholders`; raises ValueError beyond its limits."""
    if not _limits.active:
        return None
    count_construction()
    if math.prod(shape) > _limits.elements:
        raise ValueError(f"weights of shape {tuple(shape)} are much larger than those in the file")
    return Placeholder(shape)


def placeholder_generator() -> PlaceholderGenerator | None:
    """The generator for constructors within `use_placeholders`, else None."""
    return PlaceholderGenerator() if _limits.active else None


def count_construction() -> None:
    """Count one constructor call; raises ValueError beyond the limit of `use_placeholders`."""
    if _limits.active:
        _limits.constructions -= 1
        if _limits.constructions < 0:
            raise ValueError("more modules are constructed than the file describes")
