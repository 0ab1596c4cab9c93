"""How many tensors with a graph became Python numbers: transforms ask whether a constant result comes of that."""

from contextvars import ContextVar

_count: ContextVar[int] = ContextVar("conversions", default=0)
conversion_count = _count.get


def note_conversion() -> None:
    """Count a conversion in this context."""
    _count.set(_count.get() + 1)
