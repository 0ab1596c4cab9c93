"""Transforms: functions that take a function and return its derivative as a function.

Arguments are numbers, arrays, tensors, or nested lists, tuples and dicts of these; gradients have the same structure. Results
are arrays. They are tensors with a graph where the function depends on other tensors with a graph (those of an outer transform,
parameters of a model), so that transforms nest: grad(lambda x: x * grad(lambda y: x * y)(2.0)).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from autograd.core.grad_mode import is_grad_enabled
from autograd.core.tensor import Tensor
from autograd.core.trees import leaves, map_leaves
from autograd.errors import ShapeError
from autograd.transforms.forward_mode import forward_pass
from autograd.transforms.jacobian import jacobian
from autograd.transforms.variables import (
    as_result,
    call_with_variables,
    check_function,
    check_scalar,
    gradients_of,
    is_tracked,
)


def value_and_grad(f: Callable[..., Any], argnum: int | tuple[int, ...] = 0) -> Callable[..., tuple[Any, Any]]:
    """A function that returns f(…) and its gradient: (f(x), ∂f/∂x).

    f:      returns a single number.
    argnum: the position of the argument to differentiate with respect to, or several.

    >>> from autograd import value_and_grad
    >>> value_and_grad(lambda x: x**3)(2.0)
    (np.float64(8.0), np.float64(12.0))
    """
    check_function(f, "value_and_grad")

    @wraps(f)
    def value_and_gradient(*args: Any, **options: Any) -> tuple[Any, Any]:
        argnums = argnum if isinstance(argnum, tuple) else (argnum,)
        value, variables, is_nested = call_with_variables(f, args, options, argnums)
        check_scalar(value)
        gradient = gradients_of(value, variables, None, is_nested)
        return as_result(value, is_nested), tuple(gradient) if isinstance(argnum, tuple) else gradient[0]

    return value_and_gradient


def grad(f: Callable[..., Any], argnum: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """The gradient of f as a function: ∂f/∂x.

    >>> from autograd import grad
    >>> import numpy as np
    >>> grad(np.tanh)(0.0), grad(grad(lambda x: x**3))(2.0)
    (np.float64(1.0), np.float64(12.0))
    """
    check_function(f, "grad")
    value_and_gradient = value_and_grad(f, argnum)

    @wraps(f)
    def gradient(*args: Any, **options: Any) -> Any:
        return value_and_gradient(*args, **options)[1]

    return gradient


def elementwise_grad(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """The derivative of a function that acts on each element separately: ∂f(x)ᵢ/∂xᵢ for all i at once.

    >>> from autograd import elementwise_grad
    >>> import numpy as np
    >>> elementwise_grad(np.square)(np.array([1.0, 2.0]))
    array([2., 4.])
    """
    check_function(f, "elementwise_grad")
    return grad(lambda *args, **options: np.sum(f(*args, **options)), argnum)


def vjp(f: Callable[..., Any], *args: Any) -> tuple[Any, Callable[[Any], tuple]]:
    """The pair of f(x) and the function v ↦ vᵀJ, which carries a gradient of the result back to every argument.

    >>> from autograd import vjp
    >>> import numpy as np
    >>> value, back = vjp(lambda x: x * x, np.array([1.0, 2.0]))
    >>> value, back(np.array([1.0, 10.0]))
    (array([1., 4.]), (array([ 2., 40.]),))
    """
    check_function(f, "vjp")
    value, variables, is_nested = call_with_variables(f, args, {}, range(len(args)))

    def back(v: Any) -> tuple:
        records = is_grad_enabled() and (is_nested or any(map(is_tracked, leaves(v))))
        return tuple(gradients_of(value, variables, v, records))

    return as_result(value, is_nested), back


def jvp(f: Callable[..., Any], args: tuple, tangents: tuple) -> tuple[Any, Any]:
    """The pair of f(x) and J v, the change of the result when the arguments change by v: forward mode.

    tangents: one for each argument, in its structure and of its shapes.

    Raises ShapeError if the tangents do not fit the arguments.

    >>> from autograd import jvp
    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 10.0))
    (np.float64(6.0), np.float64(23.0))
    """
    check_function(f, "jvp")
    value, variables, is_nested = call_with_variables(f, args, {}, range(len(args)))
    inputs, vectors = list(leaves(variables)), list(leaves(list(tangents)))
    if len(inputs) != len(vectors):
        raise ShapeError(f"jvp: the arguments have {len(inputs)} parts, but the tangents {len(vectors)}")
    records = is_grad_enabled() and (is_nested or any(map(is_tracked, vectors)))
    start: dict[Any, Any] = {x._node: _as_tangent(v, x, records) for x, v in zip(inputs, vectors)}
    changes = forward_pass(start, [x._node for x in leaves(value) if is_tracked(x)], records)

    def change_of(x: Any) -> Any:
        change = changes.get(x._node) if is_tracked(x) else None
        if change is None:
            change = np.zeros(np.shape(x), getattr(x, "dtype", float))[()]
            return Tensor(change) if records else change
        return change if records else change.copy()  # it may be a tangent, or a view of one

    return as_result(value, is_nested), map_leaves(change_of, value)


def _as_tangent(v: Any, x: Tensor, records: bool) -> Any:
    """A tangent in the shape and dtype of its variable: a tensor if the pass is recorded, else an array."""
    if np.shape(v) != x.shape:
        raise ShapeError(f"jvp: an argument of shape {x.shape} has a tangent of shape {np.shape(v)}")
    if not records:
        return np.asarray(v.data if isinstance(v, Tensor) else v, x.dtype)[()]
    return (v if isinstance(v, Tensor) else Tensor(np.asarray(v, x.dtype))).astype(x.dtype)


def hessian(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """All second derivatives of a function that returns a single number: ∂²f/∂xᵢ∂xⱼ.

    For a dict or list of arrays, the second derivatives are nested in it twice: hessian(f)(x)["a"]["b"].

    >>> from autograd import hessian
    >>> import numpy as np
    >>> hessian(lambda x: x[0] * x[0] * x[1])(np.array([2.0, 3.0]))
    array([[6., 4.],
           [4., 0.]])
    """
    check_function(f, "hessian")
    return jacobian(grad(f, argnum), argnum)


def hvp(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """The product of the Hessian with a vector, without the Hessian: (*arguments, v) ↦ H v = ∂(∂f/∂x · v)/∂x.

    >>> from autograd import hvp
    >>> import numpy as np
    >>> hvp(lambda x: x[0] * x[0] * x[1])(np.array([2.0, 3.0]), np.array([1.0, 0.0]))
    array([6., 4.])
    """
    check_function(f, "hvp")
    gradient = grad(f, argnum)

    @wraps(f)
    def product(*args: Any, **options: Any) -> Any:
        *arguments, v = args
        value, (variable,), is_nested = call_with_variables(gradient, arguments, options, (argnum,))
        records = is_grad_enabled() and (is_nested or any(map(is_tracked, leaves(v))))
        return gradients_of(value, variable, v, records)

    return product
