"""Write OPERATIONS.md from the operations and their tests: python -m tests.autograd.operations.write_operations_page"""

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

from autograd.core.operation import Operation
from autograd.core.registry import numpy_functions
from autograd.numpy import coverage
from autograd.numpy.support import public_name, refusal_reason
from autograd.operations import assignment, indexing
from autograd.scipy import stats
from tests.autograd.operations import case
from tests.autograd.operations.cases import CASES
from tests.autograd.operations.special_points import POINTS

PAGE = Path(__file__).parents[3] / "OPERATIONS.md"
COMMAND = "python -m tests.autograd.operations.write_operations_page"
VERSION = ".".join(np.__version__.split(".")[:2])
FAMILIES = [
    "elementwise", "special", "reduction", "statistics", "scan", "shape", "indexing", "rearrange", "matmul", "products",
    "einsum", "convolution", "signal", "fft", "linalg", "decompositions", "eigenvalues", "norms", "numeric", "complex_numbers",
    "finite_differences", "polynomials", "multivariate_polynomials", "histograms", "sets", "assignment", "application",
    "complex_domain", "diagonals", "repetition", "splitting", "padding", "sorting", "error_functions", "entropies",
    "gamma_functions", "incomplete_gamma", "incomplete_beta", "bessel", "scipy.special", "matrix_equations", "matrix_functions",
    "scipy.linalg", "scipy.signal",
]  # fmt: skip
INTRODUCTION = f"""# Operations

The differentiable functions: functions of NumPy {VERSION} called on tensors, functions of autograd, and functions of SciPy.
Those of SciPy are in modules of the same names in `autograd.scipy`; SciPy's own ufuncs can also be called on tensors.
`{COMMAND}` writes this page, and a test compares it with the code.

- **Gradient**: the formula of each input, from the source. `g` is the gradient of the result, `out` the result, `x_shape` the
  shape of x. Functions without a formula are composed of other operations.
- **Order**: the highest order of derivatives that is checked, against finite differences, on random shapes and values
  (`tests/autograd/operations/cases.py`).
- **Special points**: the derivatives at kinks, poles, jumps and ties, checked in
  `tests/autograd/operations/test_special_points.py`. Without an entry the derivative is the limit.

Complex numbers: the gradient of a real number u with respect to z = x + iy is ∂u/∂x − i ∂u/∂y, so that du = Re(g · dz), as in
HIPS autograd and JAX. The formulas of holomorphic functions are therefore those of real numbers, without a conjugate; others
(abs, conj, norms, variances …) conjugate. Of the gradient of a real input the real part is taken once, when it arrives. That of
PyTorch is the conjugate, ∂u/∂x + i ∂u/∂y. `tests/autograd/operations/test_complex.py` checks every function on them."""


def page() -> str:
    """The whole text."""
    functions = {name: function(name) for name in sorted({entry.name for entry in CASES}, key=str.lower)}
    families = [
        section(family, {name: ours for name, ours in functions.items() if family_of(ours) == family}) for family in FAMILIES
    ]
    return "\n\n".join([INTRODUCTION, *families, *distributions(), *without_gradient()]) + "\n"


def section(family: str, members: dict[str, Any]) -> str:
    """The table of a module, and a list of the helpers in its formulas."""
    columns: dict[str, list[str]] = {}
    for name, ours in members.items():
        columns.setdefault(f"{symbol(ours)} | {gradient(ours)} | {order(name)} | {conventions(name)}", []).append(name)
    rows = [f"| {', '.join(names)} | {cells} |" for cells, names in columns.items()]
    table = ["| function | symbol | gradient | order | special points |", "|---|---|---|---|---|", *rows]
    source = next(sys.modules[name] for name in (f"autograd.operations.{family}", f"autograd.{family}") if name in sys.modules)
    helpers = {f.__name__: f for ours in members.values() for f in helpers_of(ours) if f not in members.values()}
    notes = [f"- `{name}{inspect.signature(f)}`: {meaning(f)}" for name, f in sorted(helpers.items())]
    return "\n\n".join([f"## {first_line(source).rstrip('.')}", "\n".join(table), *(["\n".join(notes)] if notes else [])])


def distributions() -> Iterator[str]:
    """The table of the distributions in autograd.scipy.stats."""
    yield f"## {first_line(stats)}"
    rows = ["| distribution | functions | logarithm of the density or probability |", "|---|---|---|"]
    for name in stats.__all__:
        module = getattr(stats, name)
        functions = {
            f: ours for f, ours in vars(module).items() if getattr(ours, "__module__", "") == module.__name__ and f[0] != "_"
        }
        log_density = functions.get("logpdf") or functions["logpmf"]
        formula = first_line(log_density).partition(": ")[2] or "that of `gamma`, with shape df / 2 and twice the scale"
        rows.append(f"| scipy.stats.{name} | {', '.join(functions)} | {escape(formula)} |")
    yield "\n".join(rows)


def without_gradient() -> Iterator[str]:
    """The lists of constant and refused functions."""
    constant, refused = ([name for name in names if "._" not in name] for names in coverage.names_by_support()[1:3])
    yield "## Constant functions: their gradient is 0 almost everywhere, and they return constants"
    yield comma_separated(constant)
    yield "## Functions refused on tensors that need a gradient, and the reason"
    reasons: dict[str, list[str]] = {}
    for theirs in coverage.overridable_functions():
        if public_name(theirs) in refused:
            reasons.setdefault(refusal_reason(theirs) or "", []).append(public_name(theirs))
    for reason, names in sorted(reasons.items()):
        if reason != "it works on text":
            yield f"**Reason: {reason}.**\n" + comma_separated(sorted(set(names)))


def comma_separated(names: list[str]) -> str:
    return fill(", ".join(names), 128)


# Columns


def symbol(ours: Any) -> str:
    operations = [ours.operation] if hasattr(ours, "operation") else [inner.operation for inner in operations_in(ours)]
    return ", ".join(escape(operation.symbol) for operation in operations if operation.symbol != operation.name)


def gradient(ours: Any) -> str:
    """The formulas of an operation; of a composed function its summary, and the formulas of its private operations."""
    if hasattr(ours, "operation"):
        return formulas(ours.operation)
    if ours.__name__ == "movement":
        return "g, moved back"
    composed = [f"composed: {escape(first_line(ours))}"] if ours.__doc__ else []
    return "<br>".join([*composed, *(f"{inner.operation.name}: {formulas(inner.operation)}" for inner in operations_in(ours))])


def order(name: str) -> int:
    return min(entry.order for entry in CASES if entry.name == name)


def conventions(name: str) -> str:
    return "; ".join(dict.fromkeys(point.convention for point in POINTS if point.name == name and point.convention))


# Formulas


def formulas(operation: Operation) -> str:
    if operation.joint_formula:
        return formula(operation.joint_formula[0])
    texts = [(x, formula(f)) for x, f in zip(operation.inputs, operation.formulas) if f]
    return texts[0][1] if len(operation.inputs) == 1 else "<br>".join(f"{x}: {text}" for x, text in texts)


def formula(f: Any) -> str:
    """The body of a lambda; the meaning of another function."""
    return code(ast.unparse(lambda_of(f).body)) if f.__name__ == "<lambda>" else meaning(f)


def meaning(f: Any) -> str:
    """The first line of the docstring, which has the formula; without one, the statements."""
    return escape(first_line(f)) if f.__doc__ else code("; ".join(ast.unparse(statement) for statement in parsed(f).body))


def lambda_of(f: Any) -> ast.Lambda:
    """The syntax tree of a lambda, found in its file by the position of its first instruction."""
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
    """The functions in autograd.operations that a function or lambda names."""
    tree = lambda_of(f) if f.__name__ == "<lambda>" else parsed(f)
    for node in ast.walk(tree):
        value = inspect.unwrap(f).__globals__.get(node.id) if isinstance(node, ast.Name) else None
        if callable(value) and family_of(value) in FAMILIES:
            yield value


def helpers_of(ours: Any) -> Iterator[Any]:
    """The functions, other than operations, that the formulas of an operation or of a composed function call."""
    for call in [ours] if hasattr(ours, "operation") else operations_in(ours):
        for f in (*call.operation.formulas, *(call.operation.joint_formula or ())[:1]):
            named = named_in(f) if f and f.__name__ == "<lambda>" else ()
            yield from (helper for helper in named if isinstance(helper, FunctionType) and not hasattr(helper, "operation"))


def operations_in(f: Any) -> list[Any]:
    """The private operations of a composed function: those of its module, directly or through private helpers."""
    operations: list[Any] = []
    seen, pending = {f}, [f]
    while pending:
        outer = pending.pop()
        for inner in named_in(outer) if isinstance(outer, FunctionType) and outer.__name__ != "movement" else ():
            private = inner.__name__.startswith("_") or outer.__name__.startswith("_")
            if inner not in seen and private and family_of(inner) == family_of(f):
                seen.add(inner)
                (operations if hasattr(inner, "operation") else pending).append(inner)
    return operations


# Names


def function(name: str) -> Any:
    """The function of autograd for a public name."""
    if name.startswith("x[index]"):
        return indexing.getitem if name == "x[index]" else assignment.assign
    return by_public_name()[name] if name.startswith("np.") else case.function(name)


@cache
def by_public_name() -> dict[str, Any]:
    functions: dict[str, Any] = {}
    for theirs, ours in numpy_functions.items():
        if public_name(theirs) not in functions or hasattr(ours, "operation"):
            functions[public_name(theirs)] = ours
    return functions


def family_of(ours: Any) -> str:
    """The module of a function; if its forward function is NumPy's, the module of its formulas."""
    functions = [ours, *(f for f in ours.operation.formulas if f)] if hasattr(ours, "operation") else [ours]
    modules = [str(getattr(f, "__module__", "")) for f in functions]
    prefixes = ("autograd.operations.", "autograd.")
    return next((m.removeprefix(p) for p in prefixes for m in modules if m.startswith(p) and m.removeprefix(p) in FAMILIES), "")


# Markdown


def first_line(value: Any) -> str:
    return (inspect.getdoc(value) or "").partition("\n")[0].strip('"')


def escape(text: str) -> str:
    return text.replace("|", "\\|").replace("_", "\\_").replace("*", "\\*")


def code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
