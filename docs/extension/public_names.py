"""The public names of the three packages, and the one page of each."""

import importlib
import inspect
from functools import cache
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
NAMESPACES = {"autograd.numpy", "autograd.scipy", "autograd.scipy.stats"}  # names of NumPy and SciPy: see OPERATIONS.md
PLAIN_MODULES = (  # public modules without a stub
    "autograd.extend",
    "autograd.draw",
    "autograd.draw.plots",
    "autograd.testing",
    "autograd.scipy.optimize",
    "autograd.scipy.integrate",
    "nn.init",
    "nn.metrics",
)


@cache
def public_modules() -> tuple[str, ...]:
    """The modules with reference pages: the packages with a stub, and `PLAIN_MODULES`."""
    stubs = (path for package in ("autograd", "nn", "optim") for path in (ROOT / package).rglob("__init__.pyi"))
    packages = {".".join(path.parent.relative_to(ROOT).parts) for path in stubs} - NAMESPACES
    return tuple(sorted(packages | set(PLAIN_MODULES)))


@cache
def public_names(module: str) -> tuple[str, ...]:
    """The public names of a module, in the order of its stub or `__all__`.

    >>> public_names("nn.metrics")[:2]
    ('accuracy', 'confusion_matrix')
    """
    contents = importlib.import_module(module)
    if hasattr(contents, "__all__"):
        return tuple(contents.__all__)
    own = (
        name
        for name, value in vars(contents).items()
        if not name.startswith("_") and (getattr(value, "__module__", None) == module or (name.isupper() and len(name) > 1))
        if callable(value) or name.isupper()
    )
    return tuple(sorted(own))


def public_object(name: str):
    """The object of a qualified public name."""
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


@cache
def canonical_names() -> dict[str, str]:
    """Each qualified public name → the name under which the object has its page; a module in its own right is its own page.

    >>> canonical_names()["autograd.extend.operation"]
    'autograd.operation'
    """
    pages: dict[str, str] = {}
    first: dict[int, str] = {}
    modules = sorted(public_modules(), key=lambda module: module == "autograd.extend")  # its aliases have pages elsewhere
    for module in modules:
        for name in public_names(module):
            value, qualified = public_object(f"{module}.{name}"), f"{module}.{name}"
            if isinstance(value, ModuleType) and qualified in public_modules():
                pages[qualified] = qualified
            else:
                pages[qualified] = first.setdefault(id(value), qualified)
    return pages


@cache
def page_paths() -> dict[str, str]:
    """Each canonical name → its page below reference/; names that differ in case only get different files.

    >>> page_paths()["nn.summary"], page_paths()["nn.Summary"]
    ('nn/summary-function', 'nn/Summary')
    """
    paths: dict[str, str] = {}
    for name in dict.fromkeys([*public_modules(), *canonical_names().values()]):
        if name in public_modules():
            paths[name] = f"{name}/index"
            continue
        module, _, attribute = name.rpartition(".")
        twins = [other for other in public_names(module) if other.lower() == attribute.lower() and other != attribute]
        paths[name] = f"{module}/{attribute}{'-function' if twins and attribute.islower() else ''}"
    return paths


def summary_line(name: str) -> str:
    """The first paragraph of a public name's docstring in one line, "" for data."""
    value = public_object(name)
    if is_data(value):
        return ""
    doc = inspect.getdoc(value) or ""
    paragraphs = doc.split("\n\n")
    first = paragraphs[1] if is_numpy_docstring(doc) else paragraphs[0]
    return " ".join(first.split())


def is_data(value) -> bool:
    """Whether a value is no class, function or module."""
    return not (inspect.isclass(value) or callable(value) or isinstance(value, ModuleType))


def is_numpy_docstring(doc: str) -> bool:
    """Whether a docstring is one of NumPy's own."""
    return "Parameters\n-----" in doc
