"""Functions of functions: the derivative of a function of arrays, as another function.

Arguments may be numbers, arrays, tensors, or lists, tuples and dicts of these, nested; gradients have the same structure.
Plain arrays go in and come out; on tensors the transforms record, so they nest: grad(grad(f)).
"""

from collections.abc import Callable, Iterator
from functools import wraps
from math import prod
from typing import Any

import numpy as np

from autograd.core.engine import backward_pass
from autograd.core.grad_mode import GradMode
from autograd.core.graph import nodes
from autograd.core.tensor import Tensor
from autograd.errors import GraphError, ShapeError
from autograd.transforms.batched_gradient import BatchedGradient
from autograd.transforms.gradients import gradients

#: A Jacobian carries back as many rows at once as need this many elements for the largest value: what stays in a core's cache
#: (1 MiB of float64); but some rows, as long as that does not take too much memory (128 MiB).
CACHE_ELEMENTS, MIN_BATCH, MAX_ELEMENTS = 2**17, 32, 2**24


def value_and_grad(f: Callable[..., Any], argnum: int | tuple[int, ...] = 0) -> Callable[..., tuple[Any, Any]]:
    """A function that returns f(…) and its gradient: (f(x), ∂f/∂x).

    f: gives a single number. argnum: the position of the argument to differentiate by, or several.

    >>> from autograd import value_and_grad
    >>> value_and_grad(lambda x: x**3)(2.0)
    (np.float64(8.0), np.float64(12.0))
    """

    @wraps(f)
    def both(*args: Any, **options: Any) -> tuple[Any, Any]:
        chosen = argnum if isinstance(argnum, tuple) else (argnum,)
        nested = any(_is_tracked(x) for i in chosen for x in _leaves(args[i]))
        with GradMode(True):
            inputs = {i: _map(_variable, args[i]) for i in chosen}
            value = f(*[inputs.get(i, arg) for i, arg in enumerate(args)], **options)
            flat = [x for i in chosen for x in _leaves(inputs[i])]
            found = iter(_gradients(value, flat, None, nested))
        slopes = [_map(lambda _: next(found), inputs[i]) for i in chosen]
        return _result(value, nested), tuple(slopes) if isinstance(argnum, tuple) else slopes[0]

    return both


def grad(f: Callable[..., Any], argnum: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """The gradient of f as a function: ∂f/∂x.

    >>> from autograd import grad
    >>> import numpy as np
    >>> grad(np.tanh)(0.0), grad(grad(lambda x: x**3))(2.0)
    (np.float64(1.0), np.float64(12.0))
    """
    both = value_and_grad(f, argnum)

    @wraps(f)
    def slope(*args: Any, **options: Any) -> Any:
        return both(*args, **options)[1]

    return slope


def elementwise_grad(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """The derivative of a function that acts on each element by itself: ∂f(x)ᵢ/∂xᵢ for all i at once.

    >>> from autograd import elementwise_grad
    >>> import numpy as np
    >>> elementwise_grad(np.square)(np.array([1.0, 2.0]))
    array([2., 4.])
    """
    return grad(lambda *args, **options: np.sum(f(*args, **options)), argnum)


def vjp(f: Callable[..., Any], *args: Any) -> tuple[Any, Callable[[Any], tuple]]:
    """f(x) and the function v ↦ vᵀJ, which carries a gradient of the result back to every argument.

    >>> from autograd import vjp
    >>> import numpy as np
    >>> value, back = vjp(lambda x: x * x, np.array([1.0, 2.0]))
    >>> value, back(np.array([1.0, 10.0]))
    (array([1., 4.]), (array([ 2., 40.]),))
    """
    with GradMode(True):
        inputs = [_map(_variable, arg) for arg in args]
        value = f(*inputs)
    nested = any(_is_tracked(x) for arg in args for x in _leaves(arg))
    flat = [x for arg in inputs for x in _leaves(arg)]

    def back(v: Any) -> tuple:
        found = iter(_gradients(value, flat, v, nested))
        return tuple(_map(lambda _: next(found), arg) for arg in inputs)

    return _result(value, nested), back


def jvp(f: Callable[..., Any], args: tuple, tangents: tuple) -> tuple[Any, Any]:
    """f(x) and J v, the change of the result as the arguments move by v: the derivative of w ↦ wᵀJ, times v.

    >>> from autograd import jvp
    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 10.0))
    (np.float64(6.0), np.float64(23.0))
    """
    nested = any(_is_tracked(x) for arg in (*args, *tangents) for x in _leaves(arg))
    with GradMode(True):
        inputs = [_variable(arg) for arg in args]
        value = f(*inputs)
        probe = Tensor(np.zeros(value.shape, value.dtype), requires_grad=True)
        slopes = gradients([value], inputs, [probe], create_graph=True)
        total = sum((slope * v).sum() for slope, v in zip(slopes, tangents, strict=True))
        if not isinstance(total, Tensor) or not total.requires_grad:
            return _result(value, nested), np.zeros(value.shape)[()]
        (moved,) = _gradients(total, [probe], None, nested)
    return _result(value, nested), moved


def jacobian(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """All partial derivatives of f: ∂f(x)ᵢ/∂xⱼ, shaped (*result, *argument).

    >>> from autograd import jacobian
    >>> import numpy as np
    >>> jacobian(lambda x: np.stack([x[0] * x[1], x[0]]))(np.array([2.0, 3.0]))
    array([[3., 2.],
           [1., 0.]])
    """

    @wraps(f)
    def matrix(*args: Any, **options: Any) -> Any:
        nested = _is_tracked(args[argnum])
        with GradMode(True):
            x = _variable(args[argnum])
            value = f(*args[:argnum], x, *args[argnum + 1 :], **options)
            if value.size == 0 or not _is_tracked(value):
                return np.zeros((*value.shape, *x.shape), value.dtype)
            graph = nodes([value._node])
            single = nested or any(hasattr(node, "hooks") for node in graph)  # hooks listen to one gradient at a time
            rows = _row_by_row(value, x, nested) if single else _all_rows(value, x, graph)
            return np.reshape(rows, (*value.shape, *x.shape))

    return matrix


def _row_by_row(value: Tensor, x: Tensor, nested: bool) -> Any:
    """The rows of the Jacobian by one backward pass for each."""
    weights = np.eye(value.size, dtype=value.dtype).reshape(-1, *value.shape)
    return np.stack([_gradients(value, [x], weight, nested, retain=True)[0] for weight in weights])


def _all_rows(value: Tensor, x: Tensor, graph: list[Any]) -> np.ndarray:
    """The rows of the Jacobian by backward passes with many gradients at once."""
    start: Any = value._node
    target: Any = x._node
    largest = max(1, *(prod(node.value.shape) for node in graph))
    at_once = max(1, CACHE_ELEMENTS // largest, min(MIN_BATCH, MAX_ELEMENTS // largest))
    found = []
    try:
        with GradMode(False):
            for first in range(0, value.size, at_once):
                count = min(at_once, value.size - first)
                weight = BatchedGradient(np.eye(count, value.size, first, dtype=value.dtype).reshape(count, *value.shape))
                g = backward_pass({start: weight}, {target}, retain=True).get(target, np.zeros(x.shape, x.dtype))
                found.append(g.data if isinstance(g, BatchedGradient) else np.broadcast_to(g, (count, *x.shape)))
    except Exception:  # a formula of one's own may do what only single gradients can: then there is the slow way
        return _row_by_row(value, x, False)
    finally:
        for node in graph:
            if isinstance(getattr(node, "gradient", None), BatchedGradient):
                del node.gradient
    return found[0] if len(found) == 1 else np.concatenate(found)


def hessian(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """All second derivatives of a function that gives a single number: ∂²f/∂xᵢ∂xⱼ.

    >>> from autograd import hessian
    >>> import numpy as np
    >>> hessian(lambda x: x[0] * x[0] * x[1])(np.array([2.0, 3.0]))
    array([[6., 4.],
           [4., 0.]])
    """
    return jacobian(grad(f, argnum), argnum)


def hvp(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """The product of the Hessian with a vector, without the Hessian: (*arguments, v) ↦ H v = ∂(∂f/∂x · v)/∂x.

    >>> from autograd import hvp
    >>> import numpy as np
    >>> hvp(lambda x: x[0] * x[0] * x[1])(np.array([2.0, 3.0]), np.array([1.0, 0.0]))
    array([6., 4.])
    """
    slope = grad(f, argnum)

    @wraps(f)
    def product(*args: Any, **options: Any) -> Any:
        *arguments, v = args
        return grad(lambda *a: (slope(*a, **options) * v).sum(), argnum)(*arguments)

    return product


def _leaves(tree: Any) -> Iterator[Any]:
    if isinstance(tree, dict):
        for part in tree.values():
            yield from _leaves(part)
    elif isinstance(tree, list | tuple):
        for part in tree:
            yield from _leaves(part)
    else:
        yield tree


def _map(f: Callable[[Any], Any], tree: Any) -> Any:
    if isinstance(tree, dict):
        return {name: _map(f, part) for name, part in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(_map(f, part) for part in tree)
    return f(tree)


def _is_tracked(x: Any) -> bool:
    return isinstance(x, Tensor) and x.requires_grad


def _variable(x: Any) -> Tensor:
    """A tensor to differentiate by: a copy of a tracked one, connected to it, or a new leaf."""
    if _is_tracked(x):
        return x.copy()
    data = x.data if isinstance(x, Tensor) else np.asarray(x)
    return Tensor(data if data.dtype.kind == "f" else data.astype(float), requires_grad=True)


def _gradients(value: Any, inputs: list[Tensor], weight: Any, nested: bool, retain: bool | None = None) -> list[Any]:
    if not isinstance(value, Tensor):
        raise GraphError(
            f"the function gives {type(value).__name__}, which has no graph; compute with operations on its arguments"
        )
    if weight is None and value.size != 1:
        raise ShapeError(
            f"the function gives shape {value.shape}, but a gradient is that of a single number; see jacobian and vjp"
        )
    if not value.requires_grad:
        return [Tensor(np.zeros(x.shape, x.dtype)) if nested else np.zeros(x.shape, x.dtype)[()] for x in inputs]
    found = gradients([value], inputs, [weight], create_graph=nested, retain_graph=True if retain is None else retain)
    return [_result(g, nested) for g in found]


def _result(value: Any, nested: bool) -> Any:
    return value.data if isinstance(value, Tensor) and not nested else value
