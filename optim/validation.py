"""Checks of the arguments of optimizers, schedules and trainings."""

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

from autograd.extend import suggest_names

MAX_REPR = 40  # characters of a value in the repr of an optimizer, schedule or penalty


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


def brief_list(values: Sequence[Any], separator: str = " / ") -> str:
    """The values in a repr: at most three of them, each in a few characters.

    >>> brief_list([0.1, 0.0123456789, (0.9, 0.999)]), brief_list(range(100))
    ('0.1 / 0.01235 / (0.9, 0.999)', '0 / 1 / … / 99')
    """
    texts = [f"{value:.4g}" if isinstance(value, float) else " ".join(repr(value).split()) for value in values]
    texts = [text if len(text) <= MAX_REPR else f"{text[: MAX_REPR - 1]}…" for text in texts]
    return separator.join(texts if len(texts) <= 3 else [*texts[:2], "…", texts[-1]])


def plural(n: int, noun: str) -> str:
    """A count with its noun, and a space between groups of three digits.

    >>> plural(1898, "element"), plural(1, "parameter")
    ('1 898 elements', '1 parameter')
    """
    return f"{n:,} {noun}{'s' * (n != 1)}".replace(",", " ")
