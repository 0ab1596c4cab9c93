"""The parameters of forward functions and gradient formulas: they name the inputs, options and saved values of an operation."""

import inspect
from collections.abc import Callable
from types import CodeType
from typing import Any, NamedTuple


class Signature(NamedTuple):
    """The parameters of a forward function: inputs before the slash, options after it."""

    inputs: tuple[str, ...]
    variadic: bool  # whether the inputs are `*xs`, any number of them
    options: tuple[str, ...]
    defaults: dict[str, Any]


def forward_signature(forward: Callable) -> Signature:
    """The inputs and options of a forward function."""
    code = plain_code(forward)
    if code is not None:
        count, total = code.co_posonlyargcount, code.co_argcount
        names = code.co_varnames[: total + code.co_kwonlyargcount]
        values: tuple = forward.__defaults__ or ()
        defaults = {**dict(zip(names[total - len(values) : total], values)), **(forward.__kwdefaults__ or {})}
        return Signature(names[:count], bool(code.co_flags & inspect.CO_VARARGS), names[count:], defaults)
    parameters = inspect.signature(forward).parameters.values()
    options = [p for p in parameters if p.kind not in (p.POSITIONAL_ONLY, p.VAR_POSITIONAL)]
    return Signature(
        tuple(p.name for p in parameters if p.kind is p.POSITIONAL_ONLY),
        any(p.kind is p.VAR_POSITIONAL for p in parameters),
        tuple(p.name for p in options),
        {p.name: p.default for p in options if p.default is not p.empty},
    )


def formula_parameters(formula: Callable) -> list[str]:
    """The names of a formula's parameters."""
    code = plain_code(formula)
    if code is None or code.co_flags & inspect.CO_VARARGS:
        return list(inspect.signature(formula).parameters)
    return list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])


def plain_code(function: Callable) -> CodeType | None:
    """The code of a plain function, to read its parameters faster than `inspect.signature` does; None for other callables."""
    code = getattr(function, "__code__", None)
    return None if code is None or code.co_flags & inspect.CO_VARKEYWORDS or hasattr(function, "__wrapped__") else code
