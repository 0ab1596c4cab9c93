"""Hooks of tensors: functions that get the gradient of a tensor in backward passes."""

from collections.abc import Callable
from typing import Any
from weakref import WeakSet, ref

from autograd.core import hooks
from autograd.core.engine import Node
from autograd.core.tensor import Tensor
from autograd.errors import GraphError, ShapeError

_retained: WeakSet[Node] = WeakSet()


def register_hook(tensor: Tensor, hook: Callable[[Tensor], Any]) -> hooks.Handle:
    """Call `hook` with the gradient of the tensor in every backward pass; a result that is not None replaces the gradient.

    The hook gets a copy. Several hooks run in order, each on the result of the one before; `grad` gets the last result.
    Returns a handle whose `remove()` takes the hook off. Raises GraphError if the tensor has no graph.

    >>> from autograd import Tensor
    >>> x = Tensor(2.0, requires_grad=True)
    >>> y = x * x
    >>> handle = y.register_hook(lambda g: g * 10)
    >>> (y * 3).backward()
    >>> x.grad.item()
    120.0
    """
    node, name = _tracked_node(tensor, "a hook"), tensor.name
    return hooks.register(node, lambda g: _call_user_hook(hook, g, name), before_last=node in _retained)


def retain_grad(tensor: Tensor) -> None:
    """Let backward passes add the gradient of this computed tensor to `grad`, as they do for leaves.

    Raises GraphError if the tensor has no graph.

    >>> from autograd import Tensor
    >>> x = Tensor(2.0, requires_grad=True)
    >>> y = x * x
    >>> y.retain_grad()
    >>> (y * 3).backward()
    >>> y.grad.item()
    3.0
    """
    node, reference = _tracked_node(tensor, "retain_grad()"), ref(tensor)
    if tensor.is_leaf or node in _retained:
        return
    _retained.add(node)

    def keep(g: Any) -> Any:
        target = reference()
        if target is not None:
            grad = Tensor._wrap(g.copy(), None) if not isinstance(g, Tensor) else g
            target._grad = grad if target.grad is None else target.grad + grad
        return g

    hooks.register(node, keep)


def _tracked_node(tensor: Tensor, observer: str) -> Node:
    if tensor._node is None:
        raise GraphError(
            f"{tensor._describe()} has no graph and gets no gradient for {observer}; make it with requires_grad=True"
        )
    return tensor._node


def _call_user_hook(hook: Callable[[Tensor], Any], g: Any, name: str | None) -> Any:
    """The gradient after a user's hook: checked, and an array where the pass carries arrays."""
    result = hook(g if isinstance(g, Tensor) else Tensor._wrap(g.copy(), None))
    if result is None:
        return g
    result = result if isinstance(result, Tensor) else Tensor(result, dtype=g.dtype)
    if result.shape != g.shape:
        raise ShapeError(f"a hook of tensor {name or ''!r} returned shape {result.shape}, but the gradient has shape {g.shape}")
    result = result if result.dtype == g.dtype else result.astype(g.dtype)
    return result if isinstance(g, Tensor) else result._data.copy()  # tensors never share their gradients
