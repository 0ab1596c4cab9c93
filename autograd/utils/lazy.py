"""Names of a package that are imported when they are first asked for: most programs use few of them."""

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any


def importer(package: str, later: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a package: imports a name that is asked for from its module.

    package: its name.
    later:   module of the package → its names, with spaces between them; a module may be among them itself.

    >>> from autograd.utils.lazy import importer
    >>> importer("autograd.utils", {"atomic_files": "atomic_files save_arrays"})("save_arrays").__name__
    'save_arrays'
    """
    modules = {name: module for module, names in later.items() for name in names.split()}

    def imported(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = importlib.import_module(f"{package}.{modules[name]}")
        value = module if name == modules[name] else getattr(module, name)
        setattr(sys.modules[package], name, value)
        return value

    return imported
