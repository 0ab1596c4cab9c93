"""NumPy's errors in a forward function, explained with the operation and the shapes it was given."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import DataError, ShapeError
from autograd.utils.foreign_names import suggest

_UNEXPECTED = re.compile(r"unexpected keyword argument '(\w+)'")
_COMPLEX_ERRORS = ("expected real", "not supported for", "not contain a loop", "unsupported operand")
_PRODUCT_ERRORS = ("core dimension", "not aligned", "enough dimensions", "for @")


def explain_complex(name: str, values: Sequence, error: TypeError) -> DataError | None:
    """The error to raise if a function of real numbers got complex ones; None for another mistake."""
    dtypes = [value.dtype for value in map(np.asanyarray, values) if value.dtype.kind == "c"]
    if not dtypes or not any(phrase in str(error) for phrase in _COMPLEX_ERRORS):
        return None
    return DataError(f"{name}: expected real numbers, got {dtypes[0]}; take x.real, x.imag or np.abs(x) first")


def explain_error(operation: Any, values: Sequence, error: Exception) -> Exception:
    """The error to raise for an error in a forward function; one of an operation's own is returned as it is."""
    if isinstance(error, TypeError) and (refusal := explain_complex(operation.name, values, error)):
        return refusal
    if type(error).__module__.split(".")[0] not in ("builtins", "numpy"):
        return error
    name, text = operation.name, str(error)
    shapes = " and ".join(str(np.shape(value)) for value in values)
    if "broadcast" in text:
        return ShapeError(
            f"{name}: shapes {shapes} do not broadcast; "
            "aligned at the right, sizes must be equal or 1 (reshape or expand_dims can help)"
        )
    if any(phrase in text for phrase in _PRODUCT_ERRORS):
        return ShapeError(
            f"{name}: shapes {shapes} do not multiply as matrices; "
            "the last size of the left must equal the second to last (or only) size of the right"
        )
    if "negative integer powers" in text:
        return DataError(f"{name}: integers have no negative powers; convert them, for example .astype('float64')")
    unexpected = _UNEXPECTED.search(text)
    if unexpected and unexpected[1] not in operation.options:
        options = f"takes {', '.join(operation.options)}" if operation.options else "takes no options"
        return TypeError(f"{name} {options}, not {unexpected[1]}{suggest(unexpected[1])}")
    if isinstance(error, IndexError) and not isinstance(error, ValueError):
        cls: type[Exception] = IndexError
    else:
        cls = ShapeError if isinstance(error, ValueError) else TypeError
    # The traceback leads into the forward function, which may be the user's own.
    return cls(f"{name}: {text.removeprefix(f'{name}: ')} (given shapes {shapes})").with_traceback(error.__traceback__)
