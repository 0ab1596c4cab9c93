"""Whether operations are recorded: always, except inside `no_grad`."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_recording = ContextVar("recording", default=True)
is_recording = _recording.get


@contextmanager
def set_recording(on: bool) -> Iterator[None]:
    """Record, or not, inside a `with` block."""
    token = _recording.set(on)
    try:
        yield
    finally:
        _recording.reset(token)


def no_grad():
    """Compute without recording: a `with` block or a decorator.

    >>> from autograd import Tensor, no_grad
    >>> w = Tensor(2.0, requires_grad=True)
    >>> with no_grad():
    ...     w -= 0.5
    >>> (w * w).requires_grad, w.item()
    (True, 1.5)
    """
    return set_recording(False)


def enable_grad():
    """Record again inside a `no_grad` block."""
    return set_recording(True)
