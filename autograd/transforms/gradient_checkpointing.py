"""Gradient checkpointing: the graph of a function is not kept but computed again for its gradient, to save memory."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from autograd.core import hooks, trace_hooks
from autograd.core.engine import backward_pass, next_number
from autograd.core.grad_mode import GradMode, is_grad_enabled
from autograd.core.graph import nodes, nodes_between
from autograd.core.operation import operation
from autograd.core.tensor import Tensor
from autograd.errors import GraphError


def checkpoint(f: Callable[..., Tensor], rng: "np.random.Generator | None" = None) -> Callable[..., Tensor]:
    """The same function with a graph that keeps inputs and result only; the backward pass computes the rest again.

    f:   returns one tensor, and the same one for the same values. It may use parameters that are not arguments, if they are
         leaves.
    rng: the generator that f draws random numbers from, if any, so that it draws the same ones again.

    Functions that are marked with `side_effect`, such as updates of running statistics, run the first time only.

    Raises GraphError if f does not repeat its result, or if it uses a computed tensor that is not its argument.
    Chen et al. (2016), Training deep nets with sublinear memory cost.

    >>> from autograd import Tensor, checkpoint
    >>> x = Tensor(2.0, requires_grad=True)
    >>> y = checkpoint(lambda x: (x * x).exp().log())(x)
    >>> y.backward()
    >>> x.grad.item()
    4.0
    """

    @wraps(f)
    def recomputed(*args: Any, **options: Any) -> Tensor:
        if not is_grad_enabled():
            return f(*args, **options)
        call = _Call(f, args, options, rng)
        out, inputs = call.first()
        return _recompute(*inputs, call=call) if out.requires_grad else out

    return recomputed


class _Call:
    """A call of f that can be repeated."""

    def __init__(self, f: Callable[..., Tensor], args: Sequence, options: dict, rng: "np.random.Generator | None"):
        self.f, self.options, self.rng = f, options, rng
        self.args = [None if isinstance(x, Tensor) else x for x in args]
        self.tensor_positions = [i for i, x in enumerate(args) if isinstance(x, Tensor)]
        self.tracked = [args[i].requires_grad for i in self.tensor_positions]
        self.state: Any = rng.bit_generator.state if rng is not None else None
        self.tensors = [args[i] for i in self.tensor_positions]
        self.parameters: list[Tensor] = []
        self.value: Any = None

    def first(self) -> tuple[Tensor, list[Tensor]]:
        """The result of the first call, and its inputs: the tensors among the arguments, then the parameters that f uses."""
        now = next_number()
        leaves = self._leaves([x.data for x in self.tensors])
        out = self._call(leaves)
        self.parameters = self._parameters(out, now, leaves)
        self.value = out.data
        inputs, self.tensors = [*self.tensors, *self.parameters], []
        return out, inputs

    def pop_value(self) -> Any:
        """The first result; the call does not keep it."""
        value, self.value = self.value, None
        return value

    def gradients(self, g: Any, xs: Sequence, out: Any) -> list[Any]:
        """The gradients of all inputs by a second call and a backward pass through it: tensors if g is one, else arrays."""
        make_tensor = Tensor._wrap if isinstance(g, Tensor) else None
        with GradMode(True):
            as_input = lambda x: x.copy() if isinstance(x, Tensor) else Tensor._wrap(x, None)  # a constant arrives as array
            args = [as_input(x) for x in xs] if make_tensor else self._leaves(xs)
            second = self._call_again(args[: len(self.tensor_positions)])
        if not np.array_equal(second.data, out.data if make_tensor else out, equal_nan=True):
            raise GraphError(
                f"{self._name()} did not repeat its result when it was computed again for its gradient; "
                "if it draws random numbers, pass its generator as rng=; values that it uses must not change before backward()"
            )
        sources = [x._node if isinstance(x, Tensor) else None for x in args[: len(self.tensor_positions)]]
        sources += [parameter._node for parameter in self.parameters]
        targets = {node for node in sources if node is not None}
        is_recorded = make_tensor is not None
        start: dict[Any, Any] = {second._node: g}
        with GradMode(is_recorded), hooks.disabled([p._node for p in self.parameters]):
            grads = backward_pass(start, targets, is_recorded, make_tensor, nodes_between(start, targets))
        return [grads.get(node, np.zeros(np.shape(x))) for node, x in zip(sources, xs)]  # type: ignore[arg-type]

    def _leaves(self, values: Sequence) -> list[Tensor]:
        """New leaves with these values, at which the graph of f starts."""
        leaves = [Tensor._wrap(value, None) for value in values]
        for leaf, on in zip(leaves, self.tracked):
            leaf.requires_grad = on
        return leaves

    def _call_again(self, tensors: Sequence) -> Tensor:
        """The result of the same call with the same random numbers and without side effects."""
        state: Any = None
        if self.rng is not None:
            state = self.rng.bit_generator.state
            self.rng.bit_generator.state = self.state
        trace_hooks.any_recomputed = True
        token = trace_hooks.recomputing.set(True)
        try:
            return self._call(tensors)
        finally:
            trace_hooks.recomputing.reset(token)
            if self.rng is not None:
                self.rng.bit_generator.state = state

    def _call(self, tensors: Sequence) -> Tensor:
        args = list(self.args)
        for position, tensor in zip(self.tensor_positions, tensors):
            args[position] = tensor
        out = self.f(*args, **self.options)
        if not isinstance(out, Tensor):
            raise TypeError(f"checkpoint takes a function that returns one tensor; {self._name()} returns {type(out).__name__}")
        return out

    def _parameters(self, out: Tensor, since: int, leaves: Sequence[Tensor]) -> list[Tensor]:
        """The parameters that f uses besides its arguments."""
        arguments = {leaf._node for leaf in leaves}
        graph = [] if out._node is None else nodes([out._node])
        if any(node.operation is not None and node.number > since for node in graph):
            raise GraphError(f"{self._name()} uses a computed tensor that is not its argument; pass it as one")
        parameters = [node.owner() for node in graph if node.operation is None and node not in arguments]
        return [parameter for parameter in parameters if parameter is not None]

    def _name(self) -> str:
        return getattr(self.f, "__name__", type(self.f).__name__)


@operation(joint_formula=lambda g, xs, out, call: call.gradients(g, xs, out), symbol="checkpoint")
def _recompute(*xs: Any, call: _Call) -> Any:
    return call.pop_value()
