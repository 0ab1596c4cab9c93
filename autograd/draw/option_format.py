"""The options of an operation, as a person would write them."""

from typing import Any

import numpy as np

from autograd.core.coercion import short_repr
from autograd.core.engine import Node

FEW = 4  # arrays of up to so many elements are written out


def written_options(node: Node) -> str:
    """Those that differ from their defaults: `axis=1, keepdims=True`; for an index just `[:, 1:]`."""
    operation = node.operation
    if operation is None or operation.is_single_use or not node.options:
        return ""
    defaults = operation.defaults
    given = {k: v for k, v in node.options.items() if k not in defaults or v is not defaults[k]}
    if list(given) == ["index"]:
        return as_index(given["index"])
    return ", ".join(f"{k}={as_index(v) if k == 'index' else short_repr(v)}" for k, v in given.items())


def as_index(index: Any) -> str:
    """An index as it stands behind a name.

    >>> import numpy as np
    >>> as_index((slice(None), slice(1, None))), as_index((..., None, -1)), as_index([0, 2]), as_index(np.ones((3, 4)) > 0)
    ('[:, 1:]', '[…, None, -1]', '[[0, 2]]', '[mask (3, 4)]')
    """
    parts = index if isinstance(index, tuple) else (index,)
    return f"[{', '.join(map(_part, parts)) or '()'}]"


def _part(part: Any) -> str:
    if part is Ellipsis:
        return "…"
    if isinstance(part, slice):
        ends = ":".join("" if end is None else str(end) for end in (part.start, part.stop))
        return ends if part.step is None else f"{ends}:{part.step}"
    if not isinstance(part, np.ndarray | list):
        return short_repr(part)
    array = np.asarray(part)
    if array.size <= FEW:
        return str(array.tolist())
    return f"{'mask' if array.dtype == bool else 'indices'} {array.shape}"
