"""Lazy imports: a package imports each of its public names on first use."""

import importlib
import os
import re
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograd.utils.foreign_names import suggest

_IMPORT = re.compile(r"^from ([\w.]+) import (\([^)]*\)|.*)$", re.MULTILINE)
_NAME = re.compile(r"(\w+) as (\w+)")


def lazy_attributes(package: str, file: str) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """The `__getattr__`, `__dir__` and `__all__` of a package, read from the stub next to its `__init__.py`.

    The stub is the single list of public names, for the package and for type checkers. Its lines have the form
    `from module import name as name`.

    package: the package's `__name__`.
    file:    its `__file__`; the stub is the same path with the suffix .pyi.

    >>> import autograd
    >>> from autograd.utils.lazy import lazy_attributes
    >>> getattribute, _, names = lazy_attributes("autograd", autograd.__file__)
    >>> getattribute("Tensor").__name__, "gradcheck" in names
    ('Tensor', True)
    """
    stub = Path(file).with_suffix(".pyi").read_text(encoding="utf-8")
    sources = {public: (module, name) for module, imports in _IMPORT.findall(stub) for name, public in _NAME.findall(imports)}

    def getattribute(name: str) -> Any:
        if name not in sources:
            alike = [public for public in sources if public.lower() == name.lower()]
            hint = suggest(name) or (f"; write {alike[0]} here" if alike else "")
            raise AttributeError(f"module {package!r} has no attribute {name!r}{hint}")
        module, attribute = sources[name]
        if module == package:
            value = importlib.import_module(f"{package}.{attribute}")
        else:
            value = getattr(importlib.import_module(module), attribute)
        setattr(sys.modules[package], name, value)
        return value

    return getattribute, lambda: list(sources), list(sources)


def warn_of_foreign_files(file: str) -> None:
    """Warn if files of HIPS autograd lie in this package's folder: removing HIPS autograd would remove some of ours, too.

    file: the package's `__file__`.
    """
    foreign = os.path.join(os.path.dirname(file), "core.py")  # there is a folder of this name here
    if os.path.exists(foreign):
        warnings.warn(
            f"HIPS autograd was installed into the folder of chainrule's package autograd ({foreign}), and removing it would "
            "break chainrule; to repair: pip uninstall -y autograd chainrule, then pip install chainrule; the folder "
            "packaging/autograd of chainrule's source takes HIPS autograd's place for pip",
            stacklevel=3,
        )
