"""Memory for time: a part of the graph that is computed again when its gradient is needed, instead of kept."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from autograd.core import hooks
from autograd.core.engine import backward_pass, next_number
from autograd.core.grad_mode import GradMode, is_grad_enabled
from autograd.core.graph import nodes
from autograd.core.operation import operation
from autograd.core.tensor import Tensor
from autograd.core.trace_hooks import recomputing
from autograd.errors import GraphError


def checkpoint(f: Callable[..., Tensor], rng: "np.random.Generator | None" = None) -> Callable[..., Tensor]:
    """The same function, of whose graph only inputs and result are kept; the backward pass computes the rest again.

    f:   gives one tensor, and the same one whenever it is called with the same values. It may use parameters
         that are not its arguments, if they are leaves.
    rng: the generator f draws random numbers from, if it does, so that it can draw the same ones again.

    What f changes by functions that are marked with `repeated`, such as running statistics, changes the first time only.

    Raises GraphError if f does not repeat its result, or uses a computed tensor that is not its argument.
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
        call = _Replay(f, args, options, rng)
        out, inputs = call.first()
        return _recompute(*inputs, call=call) if out.requires_grad else out

    return recomputed


class _Replay:
    """A call of f that can be made again."""

    def __init__(self, f: Callable[..., Tensor], args: Sequence, options: dict, rng: "np.random.Generator | None"):
        self.f, self.options, self.rng = f, options, rng
        self.args = [None if isinstance(x, Tensor) else x for x in args]
        self.places = [i for i, x in enumerate(args) if isinstance(x, Tensor)]
        self.tracked = [args[i].requires_grad for i in self.places]
        self.state: Any = rng.bit_generator.state if rng is not None else None
        self.given = [args[i] for i in self.places]
        self.parameters: list[Tensor] = []
        self.value: Any = None

    def first(self) -> tuple[Tensor, list[Tensor]]:
        """The result, with a graph of which only what f used of the outer world is remembered; and all inputs."""
        now = next_number()
        leaves = self._leaves([x.data for x in self.given])
        out = self._called(leaves)
        self.parameters = self._used(out, now, leaves)
        self.value = out.data
        inputs, self.given = [*self.given, *self.parameters], []
        return out, inputs

    def taken(self) -> Any:
        """The first result, which is handed over and not held."""
        value, self.value = self.value, None
        return value

    def gradients(self, g: Any, xs: Sequence, out: Any) -> list[Any]:
        """The gradients of all inputs, in the currency of g: a second forward pass, and back through it."""
        wrap = Tensor._wrap if isinstance(g, Tensor) else None
        with GradMode(True):
            args = [x.copy() if isinstance(x, Tensor) else x for x in xs] if wrap else self._leaves(xs)
            again = self._again(args[: len(self.places)])
        if not np.array_equal(again.data, out.data if wrap else out, equal_nan=True):
            raise GraphError(
                f"{self._name()} did not repeat its result when it was computed again for its gradient; "
                "if it draws random numbers, pass its generator as rng=; what it uses must not change before backward()"
            )
        sources = [x._node if isinstance(x, Tensor) else None for x in args[: len(self.places)]]
        sources += [parameter._node for parameter in self.parameters]
        targets = {node for node in sources if node is not None}
        with GradMode(wrap is not None), hooks.disabled([p._node for p in self.parameters]):
            arrived = backward_pass({again._node: g}, targets, retain=wrap is not None, make_tensor=wrap, stop_at_targets=True)  # type: ignore[dict-item]
        return [arrived.get(node, np.zeros(np.shape(x))) for node, x in zip(sources, xs)]  # type: ignore[arg-type]

    def _leaves(self, values: Sequence) -> list[Tensor]:
        """New leaves with these values, so that the graph of f starts at its arguments."""
        leaves = [Tensor._wrap(value, None) for value in values]
        for leaf, on in zip(leaves, self.tracked):
            leaf.requires_grad = on
        return leaves

    def _again(self, tensors: Sequence) -> Tensor:
        """The call repeated, with the random numbers it drew the first time and without its side effects."""
        state: Any = None
        if self.rng is not None:
            state = self.rng.bit_generator.state
            self.rng.bit_generator.state = self.state
        token = recomputing.set(True)
        try:
            return self._called(tensors)
        finally:
            recomputing.reset(token)
            if self.rng is not None:
                self.rng.bit_generator.state = state

    def _called(self, tensors: Sequence) -> Tensor:
        args = list(self.args)
        for place, tensor in zip(self.places, tensors):
            args[place] = tensor
        out = self.f(*args, **self.options)
        if not isinstance(out, Tensor):
            raise TypeError(f"checkpoint takes a function that gives one tensor; {self._name()} gives {type(out).__name__}")
        return out

    def _used(self, out: Tensor, since: int, leaves: Sequence[Tensor]) -> list[Tensor]:
        """The parameters that f used besides its arguments."""
        own = {leaf._node for leaf in leaves}
        graph = [] if out._node is None else nodes([out._node])
        if any(node.operation is not None and node.number > since for node in graph):
            raise GraphError(f"{self._name()} uses a computed tensor that is not its argument; pass it as one")
        found = [node.owner() for node in graph if node.operation is None and node not in own]
        return [parameter for parameter in found if parameter is not None]

    def _name(self) -> str:
        return getattr(self.f, "__name__", type(self.f).__name__)


@operation(joint_formula=lambda g, xs, out, call: call.gradients(g, xs, out), symbol="checkpoint")
def _recompute(*xs: Any, call: _Replay) -> Any:
    return call.taken()
