"""The call of a transformed function: its arguments as variables, and its values and gradients as the caller gets them.

Transforms nest. The value of a function may depend on tensors with a graph that are not the variables of this call: those of an
outer transform, or a model's parameters. They reach the function as arguments, as keywords or from its surroundings; so the
graph of the value is what tells. Where it leads to a node older than the call, derivatives are recorded and given as tensors.
"""

import inspect
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any, NamedTuple

import numpy as np

from autograd.core import trace_hooks
from autograd.core.coercion import is_complex, short_repr
from autograd.core.conversions import conversion_count
from autograd.core.engine import backward_pass, next_number
from autograd.core.grad_mode import GradMode, is_grad_enabled
from autograd.core.graph import depends_on_older
from autograd.core.tensor import Tensor, initial_gradient
from autograd.core.trees import leaves, map_leaves
from autograd.errors import DataError, GraphError, ShapeError
from autograd.transforms.gradients import gradients
from autograd.utils.call_stack import warn_user

#: The arguments to differentiate with respect to: a position or a name, or several of them.
Argnum = int | str | tuple[int | str, ...] | list[int | str]


class FunctionCall(NamedTuple):
    """The recorded call of a function."""

    value: Any  # a tensor, or nested lists, tuples and dicts of tensors
    variables: list[Any]  # the arguments to differentiate with respect to, in the structure of the arguments
    is_nested: bool  # whether the value depends on tensors with a graph that are not variables of this call


def check_function(f: Any, transform: str) -> None:
    """Raise TypeError unless f can be called."""
    if not callable(f):
        hint = "; for the gradients of a tensor use gradients(tensor, inputs)" if isinstance(f, Tensor) else ""
        raise TypeError(f"{transform} takes a function, not {short_repr(f)}{hint}")


def call_with_variables(
    f: Callable[..., Any], args: Sequence, options: dict, argnums: Sequence[int | str], copy: bool = True
) -> FunctionCall:
    """Call f with variables in the place of some arguments. Warns if the value does not depend on them.

    Raises GraphError if it does not because the function made Python numbers of tensors.

    copy: copy the arguments, because the graph outlives the call: the caller may change its arrays.
    """
    keys = argument_keys(f, args, options, argnums)
    enabled, since = is_grad_enabled(), next_number()
    owners = []  # of the nodes of the variables, which are tensors of their own: in f, `x += 1` computes a new tensor

    def as_variable(x: Any) -> Tensor:
        owner = make_variable(x, copy)
        owners.append(owner)
        return Tensor._wrap(owner._data, owner._node)

    conversions = conversion_count()
    with nullcontext() if enabled else GradMode(True):
        variables: dict[Any, Any] = {
            key: map_leaves(as_variable, options[key] if isinstance(key, str) else args[key]) for key in keys
        }
        if options and any(isinstance(key, str) for key in keys):
            options = {name: variables.get(name, value) for name, value in options.items()}
        value = f(*[variables.get(i, arg) for i, arg in enumerate(args)], **options)
    tracked: list[Any] = [x for x in ((value,) if type(value) is Tensor else leaves(value)) if is_tracked(x)]
    if not tracked:
        if conversion_count() != conversions:
            raise GraphError(
                f"{_name(f)} returns a constant after it made a Python number of a tensor (float(x), math.sin(x)), which loses "
                "the gradient; use operations on tensors (np.sin), or x.item() where no gradient is needed"
            )
        warn_user(f"Output seems independent of input: {_name(f)} returns a constant, so its derivatives are zero")
    is_nested = enabled and any(depends_on_older(x._node, since) for x in tracked)
    return FunctionCall(value, [variables[key] for key in keys], is_nested)


def argument_list(argnum: Argnum) -> Sequence[int | str]:
    """The positions and names in an `argnum`."""
    return argnum if isinstance(argnum, tuple | list) else (argnum,)


def argument_keys(
    f: Callable[..., Any], args: Sequence, options: dict, argnum: Argnum | Sequence[int | str]
) -> list[int | str]:
    """The positions of the arguments that are differentiated, or the names of those that are passed by keyword."""
    return [_argument_key(f, args, options, key) for key in ([argnum] if isinstance(argnum, int | str) else argnum)]


def _argument_key(f: Callable[..., Any], args: Sequence, options: dict, argnum: int | str) -> int | str:
    """The position of an argument that is differentiated, or its name if it is passed by keyword."""
    if isinstance(argnum, str):
        if argnum in options:
            return argnum
        parameters = list(inspect.signature(f).parameters)
        if argnum not in parameters[: len(args)]:
            raise TypeError(f"argument {argnum!r} of {_name(f)} is differentiated, but the call does not pass it")
        return parameters.index(argnum)
    if not -len(args) <= argnum < len(args):
        raise TypeError(f"argument {argnum} of {_name(f)} is differentiated, but {len(args)} were given by position")
    return argnum % len(args)


def _name(f: Callable[..., Any]) -> str:
    return getattr(f, "__name__", "the function")


def is_tracked(x: Any) -> bool:
    """Whether x is a tensor that requires a gradient."""
    return isinstance(x, Tensor) and x.requires_grad


def make_variable(x: Any, copy: bool = True) -> Tensor:
    """A tensor to differentiate with respect to: a recorded copy of a tracked one, else a new leaf.

    copy: give it memory of its own.
    """
    if is_tracked(x):
        return x.copy()
    if type(x) is np.ndarray and x.dtype.kind in "fc" and not trace_hooks.any_active:
        leaf = Tensor._wrap((x.copy() if copy else x) if x.ndim else x[()], None)
        leaf.requires_grad = True
        return leaf
    data = x.data if isinstance(x, Tensor) else np.asarray(x)
    if data.dtype.kind not in "biufc":
        raise DataError(f"only numbers have gradients, not {short_repr(x)} of dtype {data.dtype}")
    return Tensor(data if data.dtype.kind in "fc" else data.astype(float), requires_grad=True)


def check_scalar(value: Any) -> None:
    """Raise an error unless the value of a function has a gradient: a tensor with a single element, a real number."""
    if type(value) is Tensor and value._data.size == 1 and value._data.dtype.kind != "c":
        return
    if not isinstance(value, Tensor | np.ndarray | np.generic | int | float | complex):
        raise GraphError(
            f"the function returns {type(value).__name__}, which has no graph; compute with operations on its arguments"
        )
    if np.size(value) != 1:
        raise ShapeError(
            f"the function returns shape {np.shape(value)}, but a gradient is that of a single number; see jacobian and vjp"
        )
    if is_complex(value):
        raise DataError(
            f"the function returns {np.result_type(value)}, but a gradient is that of a real number; take np.abs, .real or "
            ".imag of the result, or use holomorphic_grad for the derivative of a holomorphic function"
        )


def gradients_of(value: Any, variables: Any, grad_output: Any, is_nested: bool) -> Any:
    """The gradients of a function's value, in the structure of the variables: tensors with a graph if nested, else arrays.

    grad_output: the gradient that the value starts with, in the structure of the value; None for 1.
    """
    values, inputs = list(leaves(value)), list(leaves(variables))
    grad_outputs = [None] * len(values) if grad_output is None else list(leaves(grad_output))
    if len(values) == 1 < len(grad_outputs):
        grad_outputs = [grad_output]  # a list of numbers in the place of an array
    if len(values) != len(grad_outputs):
        raise ShapeError(f"the function returns {len(values)} results, but the gradient has {len(grad_outputs)} parts")
    outputs = [(x, g) for x, g in zip(values, grad_outputs) if is_tracked(x)]
    if outputs:
        tracked, starts = zip(*outputs)
        grads = gradients(tracked, inputs, starts, create_graph=is_nested, retain_graph=True)
    else:
        grads = [Tensor(np.zeros(x.shape, x.dtype)) for x in inputs]
    remaining = iter(grads)
    return map_leaves(lambda _: as_result(next(remaining), is_nested), variables)


def gradients_of_number(value: Tensor, variables: list[Any]) -> list[Any]:
    """The gradients of a tensor of one element whose graph leads to the variables of its own call alone, as arrays."""
    node = value._node
    grads = {} if node is None else backward_pass({node: initial_gradient(value, None, False)}, retain=True)

    def gradient(x: Tensor) -> Any:
        g = grads.get(x._node) if x._node is not None else None
        return np.zeros(x.shape, x.dtype)[()] if g is None else g

    return [gradient(x) if type(x) is Tensor else map_leaves(gradient, x) for x in variables]


def as_result(value: Any, is_nested: bool) -> Any:
    """A value as the caller of a transform gets it: tensors if nested, else arrays."""
    if type(value) is Tensor:
        return value if is_nested else value.data
    return map_leaves(lambda x: x.data if isinstance(x, Tensor) and not is_nested else x, value)
