"""Calls that a compiled step records although they are not operations: random numbers and side effects.

While a step is traced (see `autograd.compile`), its trace records them; otherwise these are plain calls. A trace belongs to
the thread that runs the step. The eager path reads one global, `any_active`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from threading import Lock
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

any_active = 0  # the number of traces that are active in any thread
_counting = Lock()
current: ContextVar[Any] = ContextVar("trace", default=None)  # the trace of the step that runs in this thread, or None
any_recomputed = False  # whether a checkpointed function has ever run again: other programs skip the look-up
recomputing: ContextVar[bool] = ContextVar("recomputing", default=False)  # whether a checkpointed function runs again


@contextmanager
def tracing(trace: Any) -> Iterator[None]:
    """Let a trace record the calls of this thread inside a `with` block; None for no trace."""
    global any_active
    with _counting:
        any_active += 1
    token = current.set(trace)
    try:
        yield
    finally:
        current.reset(token)
        with _counting:
            any_active -= 1


def nondeterministic(function: Callable[..., Any], *args: Any) -> Any:
    """Call a function that gives another result every time, such as a generator's method; compiled steps call it again.

    >>> import numpy as np
    >>> from autograd.extend import nondeterministic
    >>> nondeterministic(np.random.default_rng(0).random, 2)
    array([0.63696169, 0.26978671])
    """
    trace = current.get() if any_active else None
    return function(*args) if trace is None else trace.nondeterministic(function, args)


def side_effect(function: F) -> F:
    """A decorator for a function that changes something outside of the graph; compiled steps call it in every run.

    When a checkpointed function runs again for its gradient, the decorated function is not called and gives None.

    >>> from autograd.extend import side_effect
    >>> calls = []
    >>> @side_effect
    ... def count():
    ...     calls.append(1)
    >>> count()
    >>> len(calls)
    1
    """

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        if any_recomputed and recomputing.get():
            return None
        trace = current.get() if any_active else None
        return function(*args, **options) if trace is None else trace.side_effect(function, args, options)

    return call  # type: ignore[return-value]
