"""A replay: a generated function that replaces the step while its guards hold."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.compiler.codegen import generate_replay
from autograd.compiler.guards import GuardError, collect_guards
from autograd.compiler.trace import Trace
from autograd.core import hooks
from autograd.core.tensor import Tensor
from autograd.core.trees import leaves, map_leaves


class Replay:
    """The calls of a traced run, made again for other arguments."""

    def __init__(self, step: Callable, trace: Trace, args: tuple, result: Any):
        """Take a step, its trace, and arguments and result of the traced run."""
        self._leaf_nodes = [tensor._node for tensor, _ in trace.tensors.values() if tensor._node is not None]
        self._hooks = self._current_hooks()
        self._function = generate_replay(trace, collect_guards(step, trace))
        self._takes_arrays = all(type(x) is np.ndarray for x in args)
        self._result = result

    def __call__(self, args: tuple) -> Any:
        """Make the calls; raise GuardError, before any of them, if a guard does not hold."""
        if hooks.any_registered and self._hooks != self._current_hooks():
            raise GuardError
        with np.errstate(all="ignore"):
            values = self._function(*(args if self._takes_arrays else input_arrays(args)))
        if isinstance(self._result, list | tuple | dict):
            remaining = iter(values)
            return map_leaves(lambda leaf: _wrap_like(leaf, next(remaining)), self._result)
        return _wrap_like(self._result, values)

    def _current_hooks(self) -> list[tuple]:
        return [tuple(getattr(node, "hooks", ())) for node in self._leaf_nodes]


def _wrap_like(leaf: Any, value: Any) -> Any:
    """A value of the replay as the traced run returned it: a tensor or an array."""
    return Tensor._wrap(value, None) if isinstance(leaf, Tensor) else value


def is_input_array(x: Any) -> bool:
    """Whether a leaf of the arguments is an array, or a tensor without gradient."""
    return isinstance(x, np.ndarray | np.generic) or (isinstance(x, Tensor) and x._node is None)


def input_arrays(args: Any) -> list[Any]:
    """The arrays in arguments, in order."""
    return [x._data if isinstance(x, Tensor) else x for x in leaves(args) if is_input_array(x)]
