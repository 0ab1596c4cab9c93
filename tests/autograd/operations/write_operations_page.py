"""Writes OPERATIONS.md from the tables of operations and tests: python -m tests.autograd.operations.write_operations_page"""

import ast
import inspect
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from textwrap import dedent, fill
from types import FunctionType
from typing import Any

import numpy as np

import autograd
from autograd.core.operation import Operation
from autograd.core.registry import numpy_functions
from autograd.numpy import coverage
from autograd.numpy.support import public_name, refusal_reason
from autograd.operations import indexing
from tests.autograd.operations.cases import CASES
from tests.autograd.operations.special_points import POINTS

PAGE = Path(__file__).parents[3] / "OPERATIONS.md"
COMMAND = "python -m tests.autograd.operations.write_operations_page"
VERSION = ".".join(np.__version__.split(".")[:2])
FAMILIES = [
    "elementwise", "special", "reduction", "statistics", "scan", "shape", "indexing", "rearrange", "matmul", "products",
    "einsum", "signal", "linalg", "decompositions", "norms", "numeric",
]  # fmt: skip
INTRODUCTION = f"""# Operations

What has a gradient: functions of NumPy {VERSION}, called on tensors, and our own.
`{COMMAND}` writes this page, and a test keeps it true.

- **Gradient**: for each input the formula of the operation, as it stands in the source. `g` is the gradient that arrives, `out`
  the result, `x_shape` the shape of x. Functions without a formula are composed of others.
- **Order**: up to which derivatives are proven, against differences, on drawn shapes and values
  (`tests/autograd/operations/cases.py`).
- **Special points**: slopes at kinks, corners, poles and ties, proven in `tests/autograd/operations/test_special_points.py`.
  Those of functions without an entry are what the limit says."""


def page() -> str:
    """The whole text."""
    named = {name: function(name) for name in sorted({case.name for case in CASES}, key=str.lower)}
    families = [
        section(family, {name: ours for name, ours in named.items() if family_of(ours) == family}) for family in FAMILIES
    ]
    return "\n\n".join([INTRODUCTION, *families, *without_gradient()]) + "\n"


def section(family: str, members: dict[str, Any]) -> str:
    """The table of a module, and below it what its formulas call."""
    columns: dict[str, list[str]] = {}
    for name, ours in members.items():
        columns.setdefault(f"{symbol(ours)} | {gradient(ours)} | {order(name)} | {words(name)}", []).append(name)
    rows = [f"| {', '.join(names)} | {described} |" for described, names in columns.items()]
    table = ["| function | symbol | gradient | order | special points |", "|---|---|---|---|---|", *rows]
    source = sys.modules[f"autograd.operations.{family}"]
    helpers = {f.__name__: f for ours in members.values() for f in helpers_of(ours) if f not in members.values()}
    notes = [f"- `{name}{inspect.signature(f)}`: {meaning(f)}" for name, f in sorted(helpers.items())]
    return "\n\n".join([f"## {first_line(source)}", "\n".join(table), *(["\n".join(notes)] if notes else [])])


def without_gradient() -> Iterator[str]:
    """The lists of constant and refused functions."""
    constant, refused = ([name for name in names if "._" not in name] for names in coverage.names_by_support()[1:3])
    yield "## Constant: the gradient is 0 almost everywhere, and none is recorded"
    yield listed(constant)
    yield "## Refused on tensors that need a gradient, and why"
    reasons: dict[str, list[str]] = {}
    for theirs in coverage.overridable_functions():
        if public_name(theirs) in refused:
            reasons.setdefault(refusal_reason(theirs) or "", []).append(public_name(theirs))
    for reason, names in sorted(reasons.items()):
        if reason != "it works on text":
            yield f"**Because {reason}:**\n" + listed(sorted(set(names)))


def listed(names: list[str]) -> str:
    return fill(", ".join(names), 128)


# Columns


def symbol(ours: Any) -> str:
    found = [ours.operation] if hasattr(ours, "operation") else [inner.operation for inner in operations_in(ours)]
    return ", ".join(escaped(operation.symbol) for operation in found if operation.symbol != operation.name)


def gradient(ours: Any) -> str:
    """The formulas of an operation; or what a function is composed of, and the formulas of its own operations."""
    if hasattr(ours, "operation"):
        return formulas(ours.operation)
    if ours.__name__ == "movement":
        return "the moved gradient"
    composed = [f"composed: {escaped(first_line(ours))}"] if ours.__doc__ else []
    return "<br>".join([*composed, *(f"{inner.operation.name}: {formulas(inner.operation)}" for inner in operations_in(ours))])


def order(name: str) -> int:
    return min(case.order for case in CASES if case.name == name)


def words(name: str) -> str:
    return "; ".join(dict.fromkeys(point.words for point in POINTS if point.name == name and point.words))


# Formulas


def formulas(operation: Operation) -> str:
    if operation.joint_formula:
        return formula(operation.joint_formula[0])
    given = [(x, formula(f)) for x, f in zip(operation.inputs, operation.formulas) if f]
    return given[0][1] if len(operation.inputs) == 1 else "<br>".join(f"{x}: {text}" for x, text in given)


def formula(f: Any) -> str:
    """A lambda's body; of another function its meaning."""
    return code(ast.unparse(lambda_of(f).body)) if f.__name__ == "<lambda>" else meaning(f)


def meaning(f: Any) -> str:
    """The first line of the docstring, which holds the maths; without one, the statements."""
    return escaped(first_line(f)) if f.__doc__ else code("; ".join(ast.unparse(part) for part in parsed(f).body))


def lambda_of(f: Any) -> ast.Lambda:
    """Where a lambda stands in its file, found by the place of its first instruction that has one."""
    line, column = next((start, column) for start, _, column, _ in f.__code__.co_positions() if column)
    return next(
        node
        for node in ast.walk(ast.parse(Path(inspect.getfile(f)).read_text(encoding="utf-8")))
        if isinstance(node, ast.Lambda)
        and (node.body.lineno, node.body.col_offset) <= (line, column) < (node.body.end_lineno, node.body.end_col_offset)
    )


def parsed(f: Any) -> Any:
    return ast.parse(dedent(inspect.getsource(f))).body[0]


def named_in(f: Any) -> Iterator[Any]:
    """The functions of the operations that a function or lambda names."""
    tree = lambda_of(f) if f.__name__ == "<lambda>" else parsed(f)
    for node in ast.walk(tree):
        found = inspect.unwrap(f).__globals__.get(node.id) if isinstance(node, ast.Name) else None
        if callable(found) and family_of(found) in FAMILIES:
            yield found


def helpers_of(ours: Any) -> Iterator[Any]:
    """What the formulas of an operation, or of those inside a composed function, call and that is no operation itself."""
    for call in [ours] if hasattr(ours, "operation") else operations_in(ours):
        for f in (*call.operation.formulas, *(call.operation.joint_formula or ())[:1]):
            named = named_in(f) if f and f.__name__ == "<lambda>" else ()
            yield from (found for found in named if isinstance(found, FunctionType) and not hasattr(found, "operation"))


def operations_in(f: Any) -> list[Any]:
    """The operations that belong to a composed function alone: those of its module that it calls under private names."""
    found: list[Any] = []
    seen, waiting = {f}, [f]
    while waiting:
        outer = waiting.pop()
        for inner in named_in(outer) if isinstance(outer, FunctionType) and outer.__name__ != "movement" else ():
            private = inner.__name__.startswith("_") or outer.__name__.startswith("_")
            if inner not in seen and private and family_of(inner) == family_of(f):
                seen.add(inner)
                (found if hasattr(inner, "operation") else waiting).append(inner)
    return found


# Names


def function(name: str) -> Any:
    """Our function for a name."""
    if name == "x[index]":
        return indexing.getitem
    return getattr(autograd, name.removeprefix("autograd.")) if name.startswith("autograd.") else by_title()[name]


@cache
def by_title() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for theirs, ours in numpy_functions.items():
        if public_name(theirs) not in found or hasattr(ours, "operation"):
            found[public_name(theirs)] = ours
    return found


def family_of(ours: Any) -> str:
    """The module that a function stands in, or, if its forward is NumPy's own, its formula."""
    places = [ours, *(f for f in ours.operation.formulas if f)] if hasattr(ours, "operation") else [ours]
    modules = [str(getattr(place, "__module__", "")) for place in places]
    return next((m.removeprefix("autograd.operations.") for m in modules if m.startswith("autograd.operations.")), "")


# Markdown


def first_line(documented: Any) -> str:
    return (inspect.getdoc(documented) or "").partition("\n")[0].strip('"')


def escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("_", "\\_").replace("*", "\\*")


def code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
