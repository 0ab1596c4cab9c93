"""In-place changes of values that the backward pass still needs are noticed, never silently wrong.

The clock is the numbering of nodes, which counts down: a value that changed at a smaller number
than a node's own was changed after that node was recorded.
"""

from collections.abc import Iterable
from typing import Any
from weakref import ref

from autograd.errors import InPlaceError

last = 0


def mark(sources: Iterable[Any], now: int) -> None:
    """Note that the values of these nodes or constant tensors changed in place now."""
    global last
    last = now
    for source in sources:
        source.changed = now


def check(node: Any) -> None:
    """Raise if a value that the formulas of `node` ask for changed after `node` was recorded."""
    for i, (source, value) in enumerate(zip((*node.inputs, node), node.saved, strict=False)):
        source = source() if isinstance(source, ref) else source
        if value is not None and getattr(source, "changed", 0) < node.number:
            what = "its result" if source is node else f"its input {i + 1}"
            raise InPlaceError(
                f"{node.operation.name}: {what} was changed in place, but the backward pass needs the old value; "
                "change a copy instead, or call backward() before the change"
            )
