"""The names of operations in files: those of this project, and those that a person hands over."""

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import numpy as np

from autograd.compiler.operation_trace import detach
from autograd.core.operation import Operation
from autograd.core.registry import numpy_functions

#: Packages of operations → the module that must be imported before their operations are looked up.
FAMILIES = {"autograd.operations": "autograd", "autograd.scipy": "scipy", "nn.functional": "nn"}
#: Functions with a gradient that are called themselves where no operation has their options, such as full_matrices.
CALLED: set[Callable] = {np.linalg.svd, np.take_along_axis}
#: Functions that write files, give texts or uninitialized memory, or whose time has no bound.
EXCLUDED: set[Callable] = {
    *(np.save, np.savetxt, np.savez, np.savez_compressed, np.array2string, np.array_repr, np.array_str),
    *(np.empty_like, np.shares_memory, np.may_share_memory, np.einsum_path),
}


class OperationNames:
    """The operations that a file may use, by name.

    An operation of `autograd.operations` has its short name, one of another package its module's name in front, a function of
    NumPy np. in front. A file's name is only ever looked up here: nothing is imported by it.

    own: a person's operations by name.
    """

    def __init__(self, own: Mapping[str, Callable] = {}):
        self.functions: dict[str, Callable] = dict(_numpy_functions())
        self.records: dict[str, type] = {}
        self._names: dict[int, str] = {id(function): name for name, function in self.functions.items()}
        for family, requirement in FAMILIES.items():
            if requirement in sys.modules:
                for module in _modules(family):
                    self._add(module, prefix="" if family == "autograd.operations" else f"{module.__name__}.")
        for name, function in own.items():
            self._add_function(name, function)
        self._record_names = {id(record): name for name, record in self.records.items()}

    def _add(self, module: ModuleType, prefix: str) -> None:
        for value in vars(module).values():
            declared = getattr(value, "operation", None)
            if isinstance(declared, Operation):
                if id(declared) not in self._names:  # modules import operations from each other
                    self._add_function(prefix + declared.name, value)
            elif isinstance(value, type) and hasattr(value, "_fields") and value.__module__ == module.__name__:
                self.records[f"{module.__name__}.{value.__name__}"] = value

    def _add_function(self, name: str, function: Any) -> None:
        self.functions[name] = function
        self._names[id(getattr(function, "operation", function))] = name

    def name(self, function: Any) -> str | None:
        """The name of an Operation or a function of NumPy; None if it has none."""
        return self._names.get(id(function))

    def record_name(self, cls: type) -> str | None:
        """The name of a class of named tuples that options use; None if it has none."""
        return self._record_names.get(id(cls))


def _numpy_functions() -> Iterator[tuple[str, Callable]]:
    """The functions of NumPy without a gradient; the others are recorded as operations."""
    from autograd.numpy.support import CONSTANT, public_name

    yield "detach", detach
    constant: set[Callable] = {function for function, rule in numpy_functions.items() if getattr(rule, "constant", False)}
    for function in (CONSTANT | constant | CALLED) - EXCLUDED:
        name = function.__name__ if isinstance(function, np.ufunc) else public_name(function).removeprefix("np.")
        yield f"np.{name}", function


@cache
def _modules(package: str) -> list[ModuleType]:
    """The modules of a package of this project, all imported."""
    if find_spec(package) is None:
        return []
    modules = pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}.")
    return [importlib.import_module(module.name) for module in modules]
