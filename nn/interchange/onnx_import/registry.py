"""The table of ONNX operators: a function for each domain, name and first opset version.

    @operator("Gemm", since=1)
    def gemm(a, b, c=None, *, alpha=1.0, beta=1.0, transA=0, transB=0):
        ...

The inputs of a node are positional: tensors, arrays, lists for sequences, None for an optional input that is absent. Its
attributes are keyword-only, with ONNX's names and defaults; one without a default is required. The function returns a value or
a tuple of the outputs. A row of a larger `since` replaces the earlier ones for newer models. Two keywords are no attributes:

    opset      the version of the operator's domain in the model
    outputs    the number of outputs up to the last one that the node uses

An attribute that is a graph is a `Subgraph`: a function of the values of its inputs that returns the tuple of its outputs.
"""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
EXTRA = ("opset", "outputs")  # keywords that are no attributes
DEFAULT_DOMAIN = ""


class Row(NamedTuple):
    """An operator from one opset version on."""

    since: int
    function: Callable[..., Any]
    buffers: tuple[int, ...]  # positions of float inputs that are not trained
    is_random: bool
    min_inputs: int
    max_inputs: int | None  # None for any number
    required: frozenset[str]  # attributes
    attributes: frozenset[str]
    extra: tuple[str, ...]


_rows: dict[tuple[str, str], list[Row]] = {}
_reasons: dict[tuple[str, str], str] = {}


def operator(
    name: str, since: int, domain: str = DEFAULT_DOMAIN, buffers: tuple[int, ...] = (), is_random: bool = False
) -> Callable[[F], F]:
    """Register a function as an operator from an opset version on.

    buffers:   positions of inputs whose initializers are buffers and not parameters, such as running statistics.
    is_random: whether equal inputs give other outputs, so that the result is never computed in advance.
    """

    def register(function: F) -> F:
        inputs, required, names = [], [], []
        is_variadic = False
        for parameter in inspect.signature(function).parameters.values():
            if parameter.kind is parameter.VAR_POSITIONAL:
                is_variadic = True
            elif parameter.kind is not parameter.KEYWORD_ONLY:
                inputs.append(parameter)
            elif parameter.name not in EXTRA:
                names.append(parameter.name)
                if parameter.default is parameter.empty:
                    required.append(parameter.name)
        extra = tuple(key for key in EXTRA if key in inspect.signature(function).parameters)
        min_inputs = sum(parameter.default is parameter.empty for parameter in inputs)
        max_inputs = None if is_variadic else len(inputs)
        row = Row(since, function, buffers, is_random, min_inputs, max_inputs, frozenset(required), frozenset(names), extra)
        rows = _rows.setdefault((domain, name), [])
        rows.append(row)
        rows.sort(key=lambda row: row.since)
        return function

    return register


def refuse(name: str, reason: str, domain: str = DEFAULT_DOMAIN) -> None:
    """Give the reason why an operator is not supported, for the error message."""
    _reasons[domain, name] = reason


def find_operator(domain: str, name: str, opset: int) -> Row | None:
    """The row of an operator in an opset version, or None if there is none."""
    return next((row for row in reversed(_rows.get((domain, name), [])) if row.since <= opset), None)


def why_unsupported(domain: str, name: str, opset: int) -> str:
    """The name of an operator that is not supported, with the reason if it is known."""
    full_name = printable(f"{domain}.{name}" if domain else name)
    rows = _rows.get((domain, name))
    reason = f"from opset {rows[0].since} on" if rows else _reasons.get((domain, name))
    return f"{full_name} of opset {opset}" + (f" ({reason})" if reason else "")


def printable(name: str) -> str:
    """A name of a file for a message: on one line, at most 60 characters."""
    return name if name.isprintable() and len(name) <= 60 else f"{name[:50]!r}…"
