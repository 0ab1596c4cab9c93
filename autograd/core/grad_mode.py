"""Whether operations are recorded: always, except inside `no_grad`; and the function that is called with each result."""

from bisect import bisect
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

from autograd.core import trace_hooks
from autograd.core.engine import next_number

# False, True, or (also true) a function that is called with every tensor that is recorded.
_recording: ContextVar[Any] = ContextVar("recording", default=True)
_observer: ContextVar[Any] = ContextVar("observer", default=True)
_active_modes: ContextVar[tuple["GradMode", ...]] = ContextVar("active_modes", default=())
is_grad_enabled = _recording.get


class GradMode:
    """A `with` block or decorator that turns recording on or off; a class, because a generator takes twice the time.

    Blocks inside generators may end in any order, and in another context than they began in. So a block does not restore the
    mode that it found: it leaves the list of active blocks, the last of which decides.
    """

    def __init__(self, on: bool):
        self.on = on

    def __enter__(self) -> None:
        _active_modes.set((*_active_modes.get(), self))
        _recording.set(self.on and _observer.get())

    def __exit__(self, *error: object) -> None:
        modes = _active_modes.get()
        last = max((i for i, mode in enumerate(modes) if mode is self), default=len(modes))
        modes = modes[:last] + modes[last + 1 :]
        _active_modes.set(modes)
        _recording.set((modes[-1].on if modes else True) and _observer.get())

    def __call__(self, function: Callable) -> Callable:
        @wraps(function)
        def call(*args: Any, **options: Any) -> Any:
            with GradMode(self.on):  # a new one for each call, because the function may call itself
                return function(*args, **options)

        return call


def innermost_mode() -> GradMode | None:
    """The innermost active block that turns recording on or off."""
    modes = _active_modes.get()
    return modes[-1] if modes else None


#: The numbers of nodes between which lie those that were recorded by backward passes: a derivative's own part of a graph.
_backward_passes: deque[tuple[int, int]] = deque(maxlen=1000)


@contextmanager
def recording_backward() -> Iterator[None]:
    """Record a backward pass inside a `with` block, and remember which nodes it records."""
    before = next_number()
    with GradMode(True):
        yield
    while _backward_passes and _backward_passes[-1][0] < before:  # a pass inside this one
        _backward_passes.pop()
    _backward_passes.append((before, next_number()))


def recorded_by_backward(number: int) -> bool:
    """Whether the node of this number was recorded by a backward pass, one of the last thousand."""
    i = bisect(_backward_passes, -number, key=lambda backward_pass: -backward_pass[1])  # the first that ended after this node
    return i < len(_backward_passes) and number < _backward_passes[i][0]


@contextmanager
def on_record(observer: Callable[[Any], None]) -> Iterator[None]:
    """Call `observer` with every tensor that is recorded inside a `with` block."""
    observer_token = _observer.set(observer)
    token = _recording.set(_recording.get() and observer)
    try:
        yield
    finally:
        _recording.reset(token)
        _observer.reset(observer_token)


def no_grad(function: Callable | None = None) -> Any:
    """Turn recording off: a `with` block or a decorator, with or without parentheses.

    >>> from autograd import Tensor, no_grad
    >>> w = Tensor(2.0, requires_grad=True)
    >>> with no_grad():
    ...     w -= 0.5
    >>> (w * w).requires_grad, w.item()
    (True, 1.5)
    """
    if trace_hooks.any_active and (trace := trace_hooks.current.get()) is not None:
        trace.unrecorded = True
    return GradMode(False) if function is None else GradMode(False)(function)


def enable_grad(function: Callable | None = None) -> Any:
    """Turn recording on again inside `no_grad`: a `with` block or a decorator.

    >>> from autograd import Tensor, enable_grad, no_grad
    >>> with no_grad(), enable_grad():
    ...     (Tensor(2.0, requires_grad=True) * 2).requires_grad
    True
    """
    return GradMode(True) if function is None else GradMode(True)(function)
