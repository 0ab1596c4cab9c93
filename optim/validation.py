"""Checks of the arguments of optimizers, schedules and trainings."""

from numbers import Integral, Real
from typing import Any

from autograd.extend import suggest_names


def is_number(value: Any) -> bool:
    """Whether a value is a real number of Python or NumPy."""
    return isinstance(value, Real)


def is_whole(value: Any) -> bool:
    """Whether a value is an integer of Python or NumPy."""
    return isinstance(value, Integral)


class KeywordHints:
    """Base class whose constructors answer a keyword of another library with the name used here.

    >>> from optim.validation import KeywordHints
    >>> class Descent(KeywordHints):
    ...     def __init__(self, lr):
    ...         self.lr = lr
    >>> Descent(learning_rate=0.1)
    Traceback (most recent call last):
    TypeError: Descent.__init__() got an unexpected keyword argument 'learning_rate'; write lr here
    """

    def __init_subclass__(cls, **options: Any):
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            cls.__init__ = suggest_names(cls.__init__)  # type: ignore[method-assign]


def as_number(x: Any) -> float:
    """A number, or a tensor or array with a single element, as a Python number: the value of a loss, without its graph."""
    return float(x.item() if hasattr(x, "item") else x)
