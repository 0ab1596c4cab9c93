"""A replay: a generated function that replaces the step while its guards hold."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.compiler.arguments import input_arrays
from autograd.compiler.audit import Audit
from autograd.compiler.codegen import Codegen
from autograd.compiler.guards import GuardError, collect_guards
from autograd.compiler.trace import Trace
from autograd.core import hooks
from autograd.core.tensor import Tensor
from autograd.core.trees import map_leaves

AUDIT_GROWTH = 1.9  # of the distance between two audits


class Replay:
    """The calls of a traced run, made again for other arguments."""

    def __init__(self, trace: Trace, args: tuple, result: Any, audited: bool):
        """Take a trace, and arguments and result of the traced run."""
        self._leaf_nodes = [tensor._node for tensor, _ in trace.tensors.values() if tensor._node is not None]
        self._hooks = self._current_hooks()
        self.guards = collect_guards(trace.tensors.values(), trace.observer.guards.values(), trace.observer.tensors.values())
        self._codegen = Codegen(trace)
        self._function = self._codegen.generate(self.guards)
        self._takes_arrays = all(type(x) is np.ndarray for x in args)
        self._result = result
        self._trace = trace
        self._audit: Audit | None = None
        self.nbytes = self._codegen.pool.nbytes
        self.calls, self.last_call = 0, 0
        self.next_audit = 1 if audited else 0
        self._distance = 1.0

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

    def audit(self, step: Callable, args: tuple) -> tuple[Any, str]:
        """Run the step eagerly; return its result, and what differs in the replay, which is empty if nothing does.

        Raises GuardError, before the step runs, if a guard does not hold, and with the result as argument if the replay does
        not hold for these arguments.
        """
        if hooks.any_registered and self._hooks != self._current_hooks():
            raise GuardError
        if self._audit is None:
            self._audit, self._check = Audit(self._trace), self._codegen.generate_check(self.guards)
            self.nbytes += self._audit.nbytes
        self.next_audit = self.calls + round(self._distance)
        self._distance = max(3.0, AUDIT_GROWTH * self._distance)
        self._check()
        result, difference = self._audit.run(step, args, input_arrays(args))
        return map_leaves(lambda x: Tensor._wrap(x._data, None) if isinstance(x, Tensor) else x, result), difference

    def failed_guard(self) -> str:
        """The description of the first guard that does not hold."""
        for guard in self.guards:
            try:
                self._codegen.generate_check([guard])()
            except GuardError:
                return str(guard)
        return "the way through the program"

    def _current_hooks(self) -> list[tuple]:
        return [tuple(getattr(node, "hooks", ())) for node in self._leaf_nodes]


def _wrap_like(leaf: Any, value: Any) -> Any:
    """A value of the replay as the traced run returned it: a tensor or an array."""
    return Tensor._wrap(value, None) if isinstance(leaf, Tensor) else value
