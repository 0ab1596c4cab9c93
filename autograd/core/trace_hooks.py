"""What a compiled step must know of that is no computation on arrays: random numbers, updates, gradients laid down.

While a step is traced (see `autograd.compile`), `tape` is what writes it down; otherwise these are plain calls.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

trace: Any = None  # at most one step is traced at a time
recomputing: ContextVar[bool] = ContextVar("recomputing", default=False)  # whether a checkpointed function is run again


def nondeterministic(function: Callable[..., Any], *args: Any) -> Any:
    """The result of a function that gives another one every time, such as a generator's: compiled steps call it again.

    >>> import numpy as np
    >>> from autograd.extend import nondeterministic
    >>> nondeterministic(np.random.default_rng(0).random, 2)
    array([0.63696169, 0.26978671])
    """
    return function(*args) if trace is None else trace.drawn(function, args)


def side_effect(function: F) -> F:
    """A decorator for what changes parameters or gradients outside of any graph: compiled steps call it each time.

    When a checkpointed function is computed again for its gradient, it is not called again and gives None.
    """

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        if recomputing.get():
            return None
        return function(*args, **options) if trace is None else trace.repeated(function, args, options)

    return call  # type: ignore[return-value]
