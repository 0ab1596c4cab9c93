"""The options of an operation, written as in Python code."""

from typing import Any

import numpy as np

from autograd.core.coercion import short_repr
from autograd.core.engine import Node

MAX_ELEMENTS = 4  # all elements of arrays up to this size are written


def format_options(node: Node) -> str:
    """The options that differ from their defaults: `axis=1, keepdims=True`; a single index as `[:, 1:]`."""
    operation = node.operation
    if operation is None or operation.is_single_use or not node.options:
        return ""
    defaults = operation.defaults
    changed = {k: v for k, v in node.options.items() if not (k in defaults and _is_same(v, defaults[k]))}
    if list(changed) == ["index"]:
        return format_index(changed["index"])
    return ", ".join(f"{k}={format_index(v) if k == 'index' else _format_option(v)}" for k, v in changed.items())


def _is_same(value: Any, default: Any) -> bool:
    is_comparable = isinstance(value, bool | int | float | str | type(None)) and type(value) is type(default)
    return value is default or (is_comparable and value == default)


def _format_option(value: Any) -> str:
    """An option as in Python code; of larger arrays, and of several, the shapes."""
    if isinstance(value, tuple) and any(isinstance(item, np.ndarray) for item in value):
        return f"({', '.join(f'array {np.shape(item)}' for item in value)})"
    if isinstance(value, np.ndarray):
        return short_repr(value.tolist()) if value.size <= MAX_ELEMENTS else f"array {value.shape}"
    return short_repr(value)


def format_index(index: Any) -> str:
    """An index as it is written after a name.

    >>> import numpy as np
    >>> format_index((slice(None), slice(1, None))), format_index((..., None, -1))
    ('[:, 1:]', '[…, None, -1]')
    >>> format_index([0, 2]), format_index(np.ones((3, 4)) > 0)
    ('[[0, 2]]', '[mask (3, 4)]')
    """
    subscripts = index if isinstance(index, tuple) else (index,)
    return f"[{', '.join(map(_format_subscript, subscripts)) or '()'}]"


def _format_subscript(subscript: Any) -> str:
    if subscript is Ellipsis:
        return "…"
    if isinstance(subscript, slice):
        ends = ":".join("" if end is None else str(end) for end in (subscript.start, subscript.stop))
        return ends if subscript.step is None else f"{ends}:{subscript.step}"
    if not isinstance(subscript, np.ndarray | list):
        return short_repr(subscript)
    array = np.asarray(subscript)
    if array.size <= MAX_ELEMENTS:
        return str(array.tolist())
    return f"{'mask' if array.dtype == bool else 'indices'} {array.shape}"
