"""Transforms: functions that take a function and return its derivative as a function.

Arguments are numbers, arrays, tensors, or nested lists, tuples and dicts of these; gradients have the same structure. Results
are arrays. They are tensors with a graph where the function depends on other tensors with a graph (those of an outer transform,
parameters of a model), so that transforms nest: grad(lambda x: x * grad(lambda y: x * y)(2.0)).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from autograd.core.coercion import is_complex
from autograd.core.grad_mode import is_grad_enabled
from autograd.core.tensor import Tensor
from autograd.core.trees import leaves, map_leaves
from autograd.errors import DataError, ShapeError
from autograd.transforms.forward_mode import forward_pass
from autograd.transforms.jacobian import jacobian, jacobian_of_call
from autograd.transforms.variables import (
    Argnum,
    FunctionCall,
    argument_keys,
    argument_list,
    as_result,
    call_with_variables,
    check_function,
    check_scalar,
    gradients_of,
    gradients_of_number,
    is_tracked,
)


def value_and_grad(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., tuple[Any, Any]]:
    """A function that returns f(…) and its gradient: (f(x), ∂f/∂x).

    f:      returns a single real number. If it is a constant, the gradient is zero, with a warning.
    argnum: the position or the name of the argument to differentiate with respect to; a tuple or list of them gives a tuple.

    With respect to complex z = x + iy the gradient is ∂f/∂x − i ∂f/∂y, see `operations.complex_numbers`. Raises DataError for
    a complex result.

    >>> from autograd import value_and_grad
    >>> value_and_grad(lambda x: x**3)(2.0)
    (np.float64(8.0), np.float64(12.0))
    """
    check_function(f, "value_and_grad")

    @wraps(f)
    def value_and_gradient(*args: Any, **options: Any) -> tuple[Any, Any]:
        value, variables, is_nested = call_with_variables(f, args, options, argument_list(argnum), copy=False)
        check_scalar(value)
        if is_nested or type(value) is not Tensor or not is_grad_enabled():
            gradient = gradients_of(value, variables, None, is_nested)
        else:
            gradient = gradients_of_number(value, variables)
        return as_result(value, is_nested), tuple(gradient) if isinstance(argnum, tuple | list) else gradient[0]

    return value_and_gradient


def grad(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
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


def holomorphic_grad(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """The complex derivative of a holomorphic function as a function: f′(z).

    f: returns a single number. Where f is not holomorphic (np.conj, np.abs, …), the result is ∂u/∂x − i ∂u/∂y of u = Re f.

    A real argument is made complex. HIPS autograd's holomorphic_grad; JAX's grad(f, holomorphic=True).

    >>> from autograd.transforms.functional import holomorphic_grad
    >>> holomorphic_grad(lambda z: z**2)(3 + 1j)
    np.complex128(6+2j)
    """
    check_function(f, "holomorphic_grad")

    @wraps(f)
    def real_part(*args: Any, **options: Any) -> Any:
        return np.real(f(*args, **options))

    gradient = grad(real_part, argnum)

    @wraps(f)
    def derivative(*args: Any, **options: Any) -> Any:
        keys = argument_keys(f, args, options, argnum)
        args = tuple(map_leaves(_as_complex, x) if i in keys else x for i, x in enumerate(args))
        return gradient(*args, **{name: map_leaves(_as_complex, x) if name in keys else x for name, x in options.items()})

    return derivative


def _as_complex(x: Any) -> Any:
    """A number, an array or a tensor as complex numbers."""
    x = x if isinstance(x, Tensor) else np.asarray(x)
    return x if is_complex(x) else x.astype(np.result_type(x.dtype, np.complex64))


def elementwise_grad(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """The derivative of a function that acts on each element separately: ∂f(x)ᵢ/∂xᵢ for all i at once.

    >>> from autograd import elementwise_grad
    >>> import numpy as np
    >>> elementwise_grad(np.square)(np.array([1.0, 2.0]))
    array([2., 4.])
    """
    check_function(f, "elementwise_grad")

    @wraps(f)
    def sum_of_elements(*args: Any, **options: Any) -> Any:
        return np.sum(f(*args, **options))

    return grad(sum_of_elements, argnum)


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
    call = call_with_variables(f, args, {}, range(len(args)))
    return as_result(call.value, call.is_nested), tangent_of(call, list(tangents))


def tangent_of(call: FunctionCall, tangents: list[Any]) -> Any:
    """J v for the call of a function: the derivative of w ↦ wᵀJ, times v."""
    value, variables, is_nested = call
    inputs, vectors = list(leaves(variables)), list(leaves(tangents))
    if len(inputs) != len(vectors):
        raise ShapeError(f"jvp: the arguments have {len(inputs)} parts, but the tangents {len(vectors)}")
    if any(np.iscomplexobj(v) and not is_complex(x) for x, v in zip(inputs, vectors)):
        raise DataError("jvp: a tangent is complex, but its argument is real; make the argument complex")
    records = is_grad_enabled() and (is_nested or any(map(is_tracked, vectors)))
    start: dict[Any, Any] = {x._node: _as_tangent(v, x, records) for x, v in zip(inputs, vectors)}
    changes = forward_pass(start, [x._node for x in leaves(value) if is_tracked(x)], records)

    def change_of(x: Any) -> Any:
        change = changes.get(x._node) if is_tracked(x) else None
        if change is None:
            change = np.zeros(np.shape(x), getattr(x, "dtype", float))[()]
            return Tensor(change) if records else change
        return change if records else change.copy()  # it may be a tangent, or a view of one

    return map_leaves(change_of, value)


def _as_tangent(v: Any, x: Tensor, records: bool) -> Any:
    """A tangent in the shape and dtype of its variable: a tensor if the pass is recorded, else an array."""
    if np.shape(v) != x.shape:
        raise ShapeError(f"jvp: an argument of shape {x.shape} has a tangent of shape {np.shape(v)}")
    if not records:
        return np.asarray(v.data if isinstance(v, Tensor) else v, x.dtype)[()]
    return (v if isinstance(v, Tensor) else Tensor(np.asarray(v, x.dtype))).astype(x.dtype)


def hessian(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """All second derivatives of a function: ∂²f/∂xᵢ∂xⱼ, shaped (*result, *argument, *argument).

    For a dict or list of arrays, the second derivatives are nested in it twice: hessian(f)(x)["a"]["b"].

    >>> from autograd import hessian
    >>> import numpy as np
    >>> hessian(lambda x: x[0] * x[0] * x[1])(np.array([2.0, 3.0]))
    array([[6., 4.],
           [4., 0.]])
    """
    check_function(f, "hessian")

    @wraps(f)
    def first_derivatives(*args: Any, **options: Any) -> Any:
        call = call_with_variables(f, args, options, argument_list(argnum))
        if np.ndim(call.value):
            return jacobian_of_call(call, argnum)
        check_scalar(call.value)
        gradient = gradients_of(call.value, call.variables, None, call.is_nested)
        return tuple(gradient) if isinstance(argnum, tuple | list) else gradient[0]

    return jacobian(first_derivatives, argnum)


def hvp(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
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
        value, variables, is_nested = call_with_variables(gradient, arguments, options, argument_list(argnum))
        records = is_grad_enabled() and (is_nested or any(map(is_tracked, leaves(v))))
        grads = gradients_of(value, variables, v, records)
        return tuple(grads) if isinstance(argnum, tuple | list) else grads[0]

    return product
