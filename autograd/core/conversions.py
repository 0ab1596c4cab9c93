"""The number of tensors with a graph that were converted to Python numbers; transforms compare it before and after a call."""

from contextvars import ContextVar

_count: ContextVar[int] = ContextVar("conversions", default=0)
conversion_count = _count.get


def note_conversion() -> None:
    """Count a conversion in this context."""
    _count.set(_count.get() + 1)
