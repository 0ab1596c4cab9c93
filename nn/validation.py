"""Validation of the inputs and options of layers."""

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import DataError, Tensor
from autograd.extend import short_repr


def as_input(module: Any, x: Any) -> Any:
    """The input of a module: tensors and arrays unchanged, anything else as a tensor; raises DataError if that fails."""
    if hasattr(x, "__array_function__"):  # also the traced arrays of a compiled step
        return x
    try:
        return Tensor(x)
    except DataError as error:
        raise with_module_name(module, error) from None


def with_module_name(module: Any, error: Exception) -> Exception:
    """The error of a function with the module's class and path in place of the function's name."""
    message = re.sub(r"^[a-z]\w*: ", "", str(error))
    return type(error)(f"{module.qualified_name()}: {message}")


def check_sizes(owner: str, **sizes: Any) -> None:
    """Raise TypeError or ValueError unless all sizes are integers from 1.

    >>> from nn.validation import check_sizes
    >>> check_sizes("Linear", in_features=3, out_features=0)
    Traceback (most recent call last):
    ValueError: Linear: out_features must be 1 or more, not 0
    """
    for name, size in sizes.items():
        if not isinstance(size, int | np.integer):
            raise TypeError(f"{owner}: {name} must be an integer, not {short_repr(size)}")
        if size < 1:
            raise ValueError(f"{owner}: {name} must be 1 or more, not {size}")


def check_fraction(owner: str, name: str, value: Any, meaning: str) -> None:
    """Raise TypeError or ValueError unless a value is a number from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise TypeError(f"{owner}: {name} must be a number, {meaning}, not {short_repr(value)}")
    if not 0 <= value <= 1:
        raise ValueError(f"{owner}: {name} must be {meaning}, from 0 to 1, not {value}")


def unknown_name(noun: str, name: str, known: Iterable[str]) -> ValueError:
    """The error about a name that is not among the known ones; it suggests the closest match."""
    from difflib import get_close_matches

    known = list(known)
    matches = get_close_matches(name.lower(), known, n=1)
    hint = f" (did you mean {matches[0]!r}?)" if matches else ""
    return ValueError(f"no {noun} {name!r}{hint}; there are {', '.join(known)}")
