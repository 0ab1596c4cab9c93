"""In-place changes of values that the backward pass still needs are noticed, never silently wrong.

What counts is memory, not names: a change through a view or a detached tensor is one to all that share the memory.
The clock is the numbering of nodes, which counts down: what changed at a smaller number than a node's own
was changed after that node was recorded. Changes made by NumPy behind a tensor's back (`t.data[0] = 1`) cannot be seen.
"""

from typing import Any
from weakref import ref

import numpy as np
from numpy.lib.array_utils import byte_bounds

from autograd.errors import InPlaceError

last_change = 0

# For each array that owns memory, by its id: a weak reference that clears the entry when it dies, and when which bytes
# changed last (None: all of them).
_changed: dict[int, tuple[ref, dict[tuple[int, int] | None, int]]] = {}


def record_change(array: Any, now: int) -> None:
    """Note that the elements of an array were just changed in place."""
    global last_change
    last_change = now
    if isinstance(array, np.ndarray):
        owner = _owner(array)
        key = id(owner)
        entry = _changed.get(key)
        if entry is None:
            entry = _changed[key] = ref(owner, lambda _: _changed.pop(key, None)), {}
        entry[1][None if array is owner else byte_bounds(array)] = now


def changed_since(array: Any, number: int) -> bool:
    """Whether elements of an array were changed in place after the node of this number was recorded."""
    if not isinstance(array, np.ndarray):
        array = getattr(array, "data", None)  # of an array that stands for another, as in a compiled step
        if not isinstance(array, np.ndarray):
            return False
    entry = _changed.get(id(_owner(array)))
    if entry is None:
        return False
    low, high = byte_bounds(array)
    return any(when < number and (span is None or (span[0] < high and low < span[1])) for span, when in entry[1].items())


def check_unmodified(node: Any) -> None:
    """Raise if a value that the formulas of `node` ask for changed after `node` was recorded."""
    count = len(node.inputs)
    for i, value in enumerate(node.saved):
        if changed_since(value, node.number):
            what = f"its input {i + 1}" if i < count else "its result" if i == count else "a value"
            raise InPlaceError(
                f"{node.operation.name}: {what} was changed in place, but the backward pass needs the old value; "
                "change a copy instead, or call backward() before the change"
            )


def _owner(array: np.ndarray) -> np.ndarray:
    """The array whose memory this one views."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array
