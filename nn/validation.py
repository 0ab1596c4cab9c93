"""What layers say about inputs and options that do not fit."""

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import DataError, Tensor


def given(module: Any, x: Any) -> Any:
    """A module's input: a tensor or array as it is, anything else as a tensor; raises DataError if it cannot be one."""
    if isinstance(x, Tensor | np.ndarray):
        return x
    try:
        return Tensor(x)
    except DataError as error:
        raise told_by(module, error) from None


def told_by(module: Any, error: Exception) -> Exception:
    """A function's error as its module's: it begins with the module's kind and path, not with the function's name."""
    what = re.sub(r"^[a-z]\w*: ", "", str(error))
    return type(error)(f"{module.title()}: {what}")


def check_sizes(owner: str, **sizes: Any) -> None:
    """Raise TypeError or ValueError unless all are whole numbers from 1.

    >>> from nn.validation import check_sizes
    >>> check_sizes("Linear", in_features=3, out_features=0)
    Traceback (most recent call last):
    ValueError: Linear: out_features must be 1 or more, not 0
    """
    for name, size in sizes.items():
        if not isinstance(size, int | np.integer):
            raise TypeError(f"{owner}: {name} must be a whole number, not {brief(size)}")
        if size < 1:
            raise ValueError(f"{owner}: {name} must be 1 or more, not {size}")


def check_share(owner: str, name: str, share: Any, meaning: str) -> None:
    """Raise TypeError or ValueError unless this is a number from 0 to 1."""
    if not isinstance(share, int | float | np.number):
        raise TypeError(f"{owner}: {name} must be a number, {meaning}, not {brief(share)}")
    if not 0 <= share <= 1:
        raise ValueError(f"{owner}: {name} must be {meaning}, from 0 to 1, not {share}")


def unknown(what: str, name: str, known: Iterable[str]) -> ValueError:
    """The error about a name that is not among those known, with the nearest of them."""
    from difflib import get_close_matches

    known = list(known)
    near = get_close_matches(name.lower(), known, n=1)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    return ValueError(f"no {what} {name!r}{hint}; there are {', '.join(known)}")


def brief(x: Any) -> str:
    """A value as it may stand in a message: on one line, not too long."""
    text = " ".join(repr(x).split())
    return text if len(text) <= 60 else text[:57] + "…"
