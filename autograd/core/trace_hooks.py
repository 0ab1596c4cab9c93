"""Calls that a compiled step records although they are not operations: random numbers and side effects.

While a step is traced (see `autograd.compile`), `trace` records it; otherwise these are plain calls.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

trace: Any = None  # the trace of the step that is being recorded; at most one at a time
any_recomputed = False  # whether a checkpointed function has ever run again: other programs skip the look-up
recomputing: ContextVar[bool] = ContextVar("recomputing", default=False)  # whether a checkpointed function runs again


def nondeterministic(function: Callable[..., Any], *args: Any) -> Any:
    """Call a function that gives another result every time, such as a generator's method; compiled steps call it again.

    >>> import numpy as np
    >>> from autograd.extend import nondeterministic
    >>> nondeterministic(np.random.default_rng(0).random, 2)
    array([0.63696169, 0.26978671])
    """
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
        return function(*args, **options) if trace is None else trace.side_effect(function, args, options)

    return call  # type: ignore[return-value]
