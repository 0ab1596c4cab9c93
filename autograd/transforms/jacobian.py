"""The Jacobian of a function: many rows in one backward pass."""

from collections.abc import Callable
from functools import wraps
from math import prod
from typing import Any

import numpy as np

from autograd.core.coercion import is_complex
from autograd.core.engine import backward_pass
from autograd.core.grad_mode import GradMode
from autograd.core.graph import nodes_between
from autograd.core.tensor import Tensor
from autograd.core.trees import leaves, map_leaves
from autograd.errors import DataError
from autograd.transforms.batched_gradient import BatchedGradient
from autograd.transforms.variables import (
    Argnum,
    FunctionCall,
    argument_list,
    call_with_variables,
    check_function,
    gradients_of,
    is_tracked,
)

#: A backward pass carries as many rows of the Jacobian as keep its largest value within a core's cache (1 MiB of float64) …
CACHE_ELEMENTS = 2**17
#: … but at least this many, unless they exceed this many elements (128 MiB).
MIN_BATCH, MAX_ELEMENTS = 32, 2**24


def jacobian(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """All partial derivatives of f: ∂f(x)ᵢ/∂xⱼ, shaped (*result, *argument).

    argnum: the position or the name of the argument to differentiate with respect to; a tuple or list of them gives a tuple.

    Where the argument or the result is a dict, list or tuple of arrays, there is a Jacobian for each of the parts: those of the
    argument within those of the result. Raises DataError for a complex result.

    >>> from autograd import jacobian
    >>> import numpy as np
    >>> jacobian(lambda x: np.stack([x[0] * x[1], x[0]]))(np.array([2.0, 3.0]))
    array([[3., 2.],
           [1., 0.]])
    """
    check_function(f, "jacobian")

    @wraps(f)
    def jacobian_of_f(*args: Any, **options: Any) -> Any:
        return jacobian_of_call(call_with_variables(f, args, options, argument_list(argnum)), argnum)

    return jacobian_of_f


def jacobian_of_call(call: FunctionCall, argnum: Argnum) -> Any:
    """The Jacobians of a function's value, for each part of the arguments within each part of the value."""
    variables = tuple(call.variables) if isinstance(argnum, tuple | list) else call.variables[0]
    inputs = list(leaves(variables))

    def jacobian_of_part(part: Any) -> Any:
        remaining = iter(_jacobians(part, inputs, call.is_nested))
        return map_leaves(lambda _: next(remaining), variables)

    return map_leaves(jacobian_of_part, call.value)


def _jacobians(value: Any, inputs: list[Tensor], is_nested: bool) -> list[Any]:
    """The Jacobian of a value with respect to each input."""
    if is_complex(value):
        raise DataError(
            f"jacobian: the function returns {value.dtype}, whose parts have a Jacobian each; return .real and .imag, or use "
            "vjp. For the Hessian of complex arguments, make them of their real and imaginary parts"
        )
    shapes = [(*np.shape(value), *x.shape) for x in inputs]
    if np.size(value) == 0 or not is_tracked(value):
        return [np.zeros(shape, getattr(value, "dtype", x.dtype)) for shape, x in zip(shapes, inputs)]
    graph = nodes_between([value._node], [x._node for x in inputs if x._node])
    one_at_a_time = is_nested or any(hasattr(node, "hooks") for node in graph)  # a hook takes a single gradient
    rows = _row_by_row(value, inputs, is_nested) if one_at_a_time else _batched_rows(value, inputs, graph)
    return [np.reshape(row, shape) for row, shape in zip(rows, shapes)]


def _row_by_row(value: Tensor, inputs: list[Tensor], is_nested: bool) -> list[Any]:
    """The rows of the Jacobians by one backward pass for each."""
    unit_vectors = np.eye(value.size, dtype=value.dtype).reshape(-1, *value.shape)
    rows = [gradients_of(value, inputs, unit_vector, is_nested) for unit_vector in unit_vectors]
    return [np.stack(rows_of_input) for rows_of_input in zip(*rows)]


def _batched_rows(value: Tensor, inputs: list[Tensor], graph: set[Any]) -> list[np.ndarray]:
    """The rows of the Jacobians by backward passes with many gradients at once."""
    start: Any = value._node
    targets: list[Any] = [x._node for x in inputs]
    largest = max(1, *(prod(node.value.shape) for node in (start, *graph)))
    batch_size = max(1, CACHE_ELEMENTS // largest, min(MIN_BATCH, MAX_ELEMENTS // largest))
    batches: list[list[np.ndarray]] = [[] for _ in inputs]
    try:
        with GradMode(False):
            for first in range(0, value.size, batch_size):
                count = min(batch_size, value.size - first)
                unit_vectors = BatchedGradient(np.eye(count, value.size, first, dtype=value.dtype).reshape(count, *value.shape))
                grads = backward_pass({start: unit_vectors}, set(targets), retain=True, within=graph)
                for x, target, batch in zip(inputs, targets, batches):
                    g = grads.get(target, np.zeros(x.shape, x.dtype))
                    batch.append(g.data if isinstance(g, BatchedGradient) else np.broadcast_to(g, (count, *x.shape)))
    except Exception:  # a user's formula may use functions that take single gradients only
        return _row_by_row(value, inputs, False)
    finally:
        for node in (start, *graph):
            if isinstance(getattr(node, "gradient", None), BatchedGradient):
                del node.gradient
    return [batch[0] if len(batch) == 1 else np.concatenate(batch) for batch in batches]
