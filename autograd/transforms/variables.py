"""The arguments of a transformed function as variables, and its values and gradients as the caller gets them."""

from typing import Any

import numpy as np

from autograd.core.tensor import Tensor
from autograd.errors import GraphError, ShapeError
from autograd.transforms.gradients import gradients


def is_tracked(x: Any) -> bool:
    """Whether x is a tensor that requires a gradient."""
    return isinstance(x, Tensor) and x.requires_grad


def make_variable(x: Any) -> Tensor:
    """A tensor to differentiate with respect to: a recorded copy of a tracked one, else a new leaf."""
    if is_tracked(x):
        return x.copy()
    data = x.data if isinstance(x, Tensor) else np.asarray(x)
    return Tensor(data if data.dtype.kind == "f" else data.astype(float), requires_grad=True)


def gradients_of(value: Any, inputs: list[Tensor], grad_output: Any, nested: bool, retain: bool = True) -> list[Any]:
    """The gradients of a function's value, as its caller gets them: tensors with a graph if nested, else arrays."""
    if not isinstance(value, Tensor):
        raise GraphError(
            f"the function returns {type(value).__name__}, which has no graph; compute with operations on its arguments"
        )
    if grad_output is None and value.size != 1:
        raise ShapeError(
            f"the function returns shape {value.shape}, but a gradient is that of a single number; see jacobian and vjp"
        )
    if not value.requires_grad:
        return [Tensor(np.zeros(x.shape, x.dtype)) if nested else np.zeros(x.shape, x.dtype)[()] for x in inputs]
    grads = gradients([value], inputs, [grad_output], create_graph=nested, retain_graph=retain)
    return [as_result(g, nested) for g in grads]


def as_result(value: Any, nested: bool) -> Any:
    """A value as the caller of a transform gets it: a tensor if nested, else an array."""
    return value.data if isinstance(value, Tensor) and not nested else value
