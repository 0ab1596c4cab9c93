"""Questions about the arguments of optimizers, schedules and trainings."""

from numbers import Integral, Real
from typing import Any


def is_number(value: Any) -> bool:
    """Whether it is one number, of Python or NumPy."""
    return isinstance(value, Real)


def is_whole(value: Any) -> bool:
    """Whether it is a whole number, of Python or NumPy."""
    return isinstance(value, Integral)
