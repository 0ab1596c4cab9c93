"""Answers to names of SciPy that are not differentiable here."""

import importlib
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any


def names_of(module: str, names: Sequence[str]) -> Callable[[str], Any]:
    """The `__getattr__` of a module with these names: an AttributeError that lists them.

    >>> import autograd.scipy.special as special
    >>> special.struve
    Traceback (most recent call last):
    AttributeError: autograd.scipy.special has no 'struve'; scipy.special.struve computes it for arrays, without gradient
    """
    theirs = module.removeprefix("autograd.")

    def getattribute(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        nearest = get_close_matches(name, names, n=3) if len(names) > 12 else names
        hint = f"; {'nearest' if len(names) > 12 else 'it has'}: {', '.join(nearest)}" if nearest else ""
        if _is_of_scipy(theirs, name):
            hint += f"; {theirs}.{name} computes it for arrays, without gradient"
        raise AttributeError(f"{module} has no {name!r}{hint}")

    return getattribute


def _is_of_scipy(module: str, name: str) -> bool:
    try:
        return hasattr(importlib.import_module(module), name)
    except ImportError:
        return False
