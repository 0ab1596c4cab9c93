"""Bounds on the memory and the steps of a model: shapes that explode and loops without end are refused before they happen."""

import math
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from autograd import DataError, Tensor

MIN_BYTES = 2**30  # any model may use 1 GiB for its values …
FACTOR = 64  # … or this many times the bytes of its file and inputs, if that is more
MAX_STEPS = 10**6  # nodes that one call of a model runs, the iterations of its loops included
LIST_ELEMENTS_PER_STEP = 8  # so that a loop that copies a growing list has an end
MAX_NODES = 10**5  # nodes of a model, those of the functions that it calls counted at each call
MAX_DEPTH = 30  # of graphs and functions that contain each other


class Budget:
    """The bytes that the values of a running model may take, and the nodes that it may run.

    An array counts as long as it exists, also if only the recorded graph keeps it; a view counts as the array that it shows.
    """

    def __init__(self, max_bytes: int):
        self.max_bytes, self.max_steps, self.bytes, self.steps = max_bytes, MAX_STEPS, 0, 0
        self._references: dict[int, weakref.ref] = {}

    def step(self, count: int = 1) -> None:
        """Count a node that runs, or steps inside it; raises DataError beyond the limit."""
        self.steps += count
        if self.steps > self.max_steps:
            raise DataError(f"the model takes more than {self.max_steps} steps; a loop in it may have no end")

    def require(self, size: int) -> None:
        """Raise DataError unless so many more bytes are within the limit."""
        if self.bytes + size > self.max_bytes:
            raise DataError(
                f"a result of {_format_size(size)} exceeds the limit of {_format_size(self.max_bytes)} "
                f"for all values, of which {_format_size(self.bytes)} are used"
            )

    def count(self, value: Any) -> None:
        """Count the arrays of a result; raises DataError beyond the limit."""
        if isinstance(value, list):
            self.step(len(value) // LIST_ELEMENTS_PER_STEP)
            for element in value:
                self.count(element)
            return
        array = value.data if isinstance(value, Tensor) else value
        if not isinstance(array, np.ndarray):
            return
        while isinstance(array.base, np.ndarray):
            array = array.base
        key = id(array)
        if key not in self._references:
            size = array.nbytes + (sum(map(len, array.flat)) if array.dtype == object else 0)
            self.bytes += size
            self._references[key] = weakref.ref(array, lambda _: self._free(key, size))
            self.require(0)

    def _free(self, key: int, size: int) -> None:
        del self._references[key]
        self.bytes -= size


def budget_of(content_bytes: int) -> int:
    """The bytes that the values of a model may take, by the size of its file and inputs."""
    return max(MIN_BYTES, FACTOR * content_bytes)


_current: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def within(budget: Budget) -> Iterator[Budget]:
    """Make a budget the current one of `check_size` and `count_steps`."""
    token = _current.set(budget)
    try:
        yield budget
    finally:
        _current.reset(token)


def current_budget() -> Budget:
    """The budget of the running model."""
    return _current.get() or Budget(MIN_BYTES)


def check_size(shape: Sequence[Any], itemsize: int = 8) -> tuple[int, ...]:
    """The shape of a result as integers; raises DataError, before memory is allocated, if it is negative or too large.

    Operators whose result can be much larger than their inputs call it: Expand, Tile, Pad, Resize, ….

    >>> from nn.interchange.onnx_import.limits import check_size
    >>> check_size([2, 3])
    (2, 3)
    >>> check_size([2**20, 2**20])
    Traceback (most recent call last):
    autograd.errors.DataError: a result of 8388608 MiB exceeds the limit of 1024 MiB for all values, of which 0 MiB are used
    """
    sizes = tuple(map(int, shape))
    if any(size < 0 for size in sizes):
        raise DataError(f"a shape must not be negative, got {list(sizes)!s:.80}")
    if len(sizes) > 64:
        raise DataError(f"a shape has at most 64 axes, got {len(sizes)}")
    current_budget().require(math.prod(max(size, 1) for size in sizes) * itemsize)
    return sizes


def count_steps(count: int) -> None:
    """Count steps of a loop inside an operator, before it runs; raises DataError beyond the limit."""
    current_budget().step(count)


def _format_size(size: int) -> str:
    return f"{size / 2**20:.0f} MiB" if size < 2**63 else "more than 2⁶³ bytes"
