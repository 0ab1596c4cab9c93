"""The user's source line and the modules that are being executed, read from the call stack."""

import linecache
import os
import sys
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

_INSTALLED = Path(__file__).absolute().parents[2]
#: Folders of internal code: this project's packages, and NumPy, which calls back into them. Paths and not package names decide,
#: because a user may have a package `nn`, too.
INTERNAL = tuple(
    f"{folder}{os.sep}" for folder in (*(_INSTALLED / name for name in ("autograd", "nn", "optim")), Path(np.__file__).parent)
)
#: The folder of the engine, whose functions know traced arrays.
ENGINE = f"{_INSTALLED / 'autograd'}{os.sep}"


def is_internal_file(file: str) -> bool:
    """Whether a file of code belongs to this project or to NumPy."""
    return file.startswith(INTERNAL)


class Line(NamedTuple):
    """A line of source code."""

    file: str
    number: int
    text: str

    def __str__(self) -> str:
        # The file name of a notebook cell contains a process id, which means nothing to the user.
        place = f"line {self.number} of the cell" if "ipykernel_" in self.file else f"{self.file}:{self.number}"
        return f"{place}: {self.text}".rstrip(": ")


def active_modules() -> list[Any]:
    """The modules whose methods are being executed, from the innermost: objects `self` that have `named_modules`."""
    modules, frame = [], sys._getframe(1)
    while frame is not None:
        # A frame's `f_locals` is a new dict that lives as long as the frame: only those of methods are read.
        module = frame.f_locals.get("self") if "self" in frame.f_code.co_varnames else None
        if hasattr(type(module), "named_modules"):
            modules.append(module)
        frame = frame.f_back  # type: ignore[assignment]
    return modules


def user_frame() -> Any:
    """The innermost frame being executed that is not in INTERNAL."""
    frame: Any = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(INTERNAL):
        frame = frame.f_back
    return frame


def user_line() -> Line:
    """The innermost line being executed that is not in INTERNAL."""
    frame = user_frame()
    file, number = frame.f_code.co_filename, frame.f_lineno
    return Line(file, number, linecache.getline(file, number, frame.f_globals).strip())


def warn_user(message: str) -> None:
    """Warn about the user's line that is being executed, once for each line."""
    frame = user_frame()
    registry = frame.f_globals.setdefault("__warningregistry__", {})
    warnings.warn_explicit(message, UserWarning, frame.f_code.co_filename, frame.f_lineno, registry=registry)
