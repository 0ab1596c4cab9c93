"""The table of operators: the name of an operation → the function that writes it as nodes."""

from collections.abc import Callable
from typing import Any

Converter = Callable[..., Any]

#: The name of an operation of the trace → a function of the graph and of the call, which returns the name of the result.
CONVERTERS: dict[str, Converter] = {}


class NoCounterpartError(Exception):
    """An operation, or an option of it, that has no counterpart in ONNX; the text says why, or is empty."""


def converts(*names: str) -> Callable[[Converter], Converter]:
    """A decorator that enters a function into the table under the names of operations."""

    def enter(converter: Converter) -> Converter:
        for name in names:
            CONVERTERS[name] = converter
        return converter

    return enter
