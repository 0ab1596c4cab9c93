"""Detection of in-place changes to values that a backward pass needs.

A change belongs to memory, not to a tensor: one through a view or a detached tensor counts for every array that shares the
memory. The clock is the numbering of nodes, which counts down: a change with a smaller number than a node's own came after the
node. Changes by NumPy itself (`t.data[0] = 1`) are not seen.
"""

from typing import Any
from weakref import ref

import numpy as np
from numpy.lib.array_utils import byte_bounds

from autograd.errors import InPlaceError

last_change = 0

# The id of each array that owns memory → a weak reference, which clears the entry when the array dies; and for each changed
# range of bytes (None for all) the number of the last change.
_changed: dict[int, tuple[ref, dict[tuple[int, int] | None, int]]] = {}


def record_change(array: Any, now: int) -> None:
    """Record that the elements of an array were changed in place."""
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
    """Whether elements of an array were changed in place after the node with this number."""
    if not isinstance(array, np.ndarray):
        array = getattr(array, "data", None)  # of a traced array
        if not isinstance(array, np.ndarray):
            return False
    entry = _changed.get(id(_owner(array)))
    if entry is None:
        return False
    low, high = byte_bounds(array)
    changes = entry[1].items()
    return any(now < number and (span is None or (span[0] < high and low < span[1])) for span, now in changes)


def check_unmodified(node: Any) -> None:
    """Raise InPlaceError if a saved value of a node was changed after the node was recorded."""
    count = len(node.inputs)
    for i, value in enumerate(node.saved):
        if changed_since(value, node.number):
            value_name = f"its input {i + 1}" if i < count else "its result" if i == count else "a value"
            raise InPlaceError(
                f"{node.operation.name}: {value_name} was changed in place, but the backward pass needs the old value; "
                "change a copy instead, or call backward() before the change"
            )


def _owner(array: np.ndarray) -> np.ndarray:
    """The array that owns the memory of this one."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array
