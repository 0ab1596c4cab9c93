"""The Jacobian of a function: many rows in one backward pass."""

from collections.abc import Callable
from functools import wraps
from math import prod
from typing import Any

import numpy as np

from autograd.core.engine import backward_pass
from autograd.core.grad_mode import GradMode
from autograd.core.graph import nodes
from autograd.core.tensor import Tensor
from autograd.transforms.batched_gradient import BatchedGradient
from autograd.transforms.variables import gradients_of, is_tracked, make_variable

#: A backward pass carries as many rows of the Jacobian as keep its largest value within a core's cache (1 MiB of float64) …
CACHE_ELEMENTS = 2**17
#: … but at least this many, unless they exceed this many elements (128 MiB).
MIN_BATCH, MAX_ELEMENTS = 32, 2**24


def jacobian(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """All partial derivatives of f: ∂f(x)ᵢ/∂xⱼ, shaped (*result, *argument).

    >>> from autograd import jacobian
    >>> import numpy as np
    >>> jacobian(lambda x: np.stack([x[0] * x[1], x[0]]))(np.array([2.0, 3.0]))
    array([[3., 2.],
           [1., 0.]])
    """

    @wraps(f)
    def jacobian_of_f(*args: Any, **options: Any) -> Any:
        nested = is_tracked(args[argnum])
        with GradMode(True):
            x = make_variable(args[argnum])
            value = f(*args[:argnum], x, *args[argnum + 1 :], **options)
            if value.size == 0 or not is_tracked(value):
                return np.zeros((*value.shape, *x.shape), value.dtype)
            graph = nodes([value._node])
            one_at_a_time = nested or any(hasattr(node, "hooks") for node in graph)  # a hook takes a single gradient
            rows = _row_by_row(value, x, nested) if one_at_a_time else _batched_rows(value, x, graph)
            return np.reshape(rows, (*value.shape, *x.shape))

    return jacobian_of_f


def _row_by_row(value: Tensor, x: Tensor, nested: bool) -> Any:
    """The rows of the Jacobian by one backward pass for each."""
    unit_vectors = np.eye(value.size, dtype=value.dtype).reshape(-1, *value.shape)
    return np.stack([gradients_of(value, [x], unit_vector, nested)[0] for unit_vector in unit_vectors])


def _batched_rows(value: Tensor, x: Tensor, graph: list[Any]) -> np.ndarray:
    """The rows of the Jacobian by backward passes with many gradients at once."""
    start: Any = value._node
    target: Any = x._node
    largest = max(1, *(prod(node.value.shape) for node in graph))
    batch_size = max(1, CACHE_ELEMENTS // largest, min(MIN_BATCH, MAX_ELEMENTS // largest))
    batches = []
    try:
        with GradMode(False):
            for first in range(0, value.size, batch_size):
                count = min(batch_size, value.size - first)
                unit_vectors = BatchedGradient(np.eye(count, value.size, first, dtype=value.dtype).reshape(count, *value.shape))
                g = backward_pass({start: unit_vectors}, {target}, retain=True).get(target, np.zeros(x.shape, x.dtype))
                batches.append(g.data if isinstance(g, BatchedGradient) else np.broadcast_to(g, (count, *x.shape)))
    except Exception:  # a user's formula may use functions that take single gradients only
        return _row_by_row(value, x, False)
    finally:
        for node in graph:
            if isinstance(getattr(node, "gradient", None), BatchedGradient):
                del node.gradient
    return batches[0] if len(batches) == 1 else np.concatenate(batches)
