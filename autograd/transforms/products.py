"""Products with the derivatives of a function at a point, in the form of HIPS autograd: `make_vjp(f)(x)` and its relatives.

Each takes `argnum`, the position or the name of the argument to differentiate with respect to, or a tuple or list of them.
"""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from autograd.core.coercion import short_repr
from autograd.core.grad_mode import is_grad_enabled
from autograd.core.trees import leaves, map_leaves
from autograd.errors import GraphError
from autograd.transforms.functional import grad, hvp, tangent_of
from autograd.transforms.jacobian import jacobian
from autograd.transforms.variables import (
    Argnum,
    FunctionCall,
    argument_list,
    as_result,
    call_with_variables,
    check_function,
    check_scalar,
    gradients_of,
    is_tracked,
)


def make_vjp(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., tuple[Callable[[Any], Any], Any]]:
    """A function that returns the pair of g ↦ gᵀJ and f(x).

    >>> import numpy as np
    >>> from autograd import make_vjp
    >>> pullback, value = make_vjp(np.sin)(np.array([0.0, 1.0]))
    >>> pullback(np.array([1.0, 0.0]))
    array([1., 0.])
    """
    check_function(f, "make_vjp")

    @wraps(f)
    def vjp_and_value(*args: Any, **options: Any) -> tuple[Callable[[Any], Any], Any]:
        call = call_with_variables(f, args, options, argument_list(argnum))

        def pullback(g: Any) -> Any:
            records = is_grad_enabled() and (call.is_nested or any(map(is_tracked, leaves(g))))
            gradients = gradients_of(call.value, call.variables, g, records)
            return tuple(gradients) if isinstance(argnum, tuple | list) else gradients[0]

        return pullback, as_result(call.value, call.is_nested)

    return vjp_and_value


def make_jvp(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Callable[[Any], tuple[Any, Any]]]:
    """A function that returns v ↦ (f(x), J v); f is called once for all v.

    >>> from autograd import make_jvp
    >>> make_jvp(lambda x: x**3)(2.0)(10.0)
    (np.float64(8.0), np.float64(120.0))
    """
    check_function(f, "make_jvp")

    @wraps(f)
    def jvp_of_f(*args: Any, **options: Any) -> Callable[[Any], tuple[Any, Any]]:
        call = call_with_variables(f, args, options, argument_list(argnum))
        return lambda v: (as_result(call.value, call.is_nested), _tangent(call, argnum, v))

    return jvp_of_f


def make_jvp_reversemode(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Callable[[Any], Any]]:
    """A function that returns v ↦ J v.

    >>> from autograd.differential_operators import make_jvp_reversemode
    >>> make_jvp_reversemode(lambda x: x**3)(2.0)(10.0)
    np.float64(120.0)
    """
    jvp_of_f = make_jvp(f, argnum)

    @wraps(f)
    def tangent_of_f(*args: Any, **options: Any) -> Callable[[Any], Any]:
        value_and_tangent = jvp_of_f(*args, **options)
        return lambda v: value_and_tangent(v)[1]

    return tangent_of_f


def _tangent(call: FunctionCall, argnum: Argnum, v: Any) -> Any:
    return tangent_of(call, list(v) if isinstance(argnum, tuple | list) else [v])


def deriv(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """J · 1: the change of f when every element of the argument changes by 1; of a function of a number, its derivative.

    >>> from autograd import deriv
    >>> deriv(lambda x: x**3)(2.0)
    np.float64(12.0)
    """
    check_function(f, "deriv")

    @wraps(f)
    def derivative(*args: Any, **options: Any) -> Any:
        call = call_with_variables(f, args, options, argument_list(argnum))
        return tangent_of(call, map_leaves(lambda x: np.ones(x.shape, x.dtype)[()], list(call.variables)))

    return derivative


def make_hvp(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., tuple[Callable[[Any], Any], Any]]:
    """A function that returns the pair of v ↦ H v and the gradient of f, which returns a single number.

    >>> from autograd import make_hvp
    >>> product, gradient = make_hvp(lambda x: x**3)(2.0)
    >>> product(10.0), gradient
    (np.float64(120.0), np.float64(12.0))
    """
    check_function(f, "make_hvp")
    return make_vjp(grad(f, argnum), argnum)


def _half_square(x: Any) -> Any:
    return 0.5 * np.sum(x * x, axis=-1)


def make_ggnvp(
    f: Callable[..., Any], g: Callable[[Any], Any] = _half_square, f_argnum: Argnum = 0
) -> Callable[..., Callable[[Any], Any]]:
    """A function that returns v ↦ Jᵀ H J v, the product with the generalized Gauss–Newton matrix of g(f(x)).

    g: a function of the result of f that returns a single number, with Hessian H; half the squared norm by default.

    >>> import numpy as np
    >>> from autograd import make_ggnvp
    >>> make_ggnvp(lambda x: x**2)(np.array([1.0, 3.0]))(np.array([1.0, 1.0]))
    array([ 4., 36.])
    """
    check_function(f, "make_ggnvp")

    @wraps(f)
    def product_of_f(*args: Any, **options: Any) -> Callable[[Any], Any]:
        pullback, value = make_vjp(f, f_argnum)(*args, **options)
        pushforward = make_jvp_reversemode(f, f_argnum)(*args, **options)
        hessian_product, _ = make_hvp(g)(value)
        return lambda v: pullback(hessian_product(pushforward(v)))

    return product_of_f


def hessian_tensor_product(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """The product of the Hessian with a tensor: (*arguments, v) ↦ H v. HIPS autograd's name of `hvp`.

    >>> from autograd import hessian_vector_product
    >>> hessian_vector_product(lambda x: x**3)(2.0, 10.0)
    np.float64(120.0)
    """
    return hvp(f, argnum)


def tensor_jacobian_product(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """The product of a tensor with the Jacobian: (*arguments, v) ↦ vᵀJ, over the first axes of the result of f.

    >>> import numpy as np
    >>> from autograd import vector_jacobian_product
    >>> vector_jacobian_product(np.square)(np.array([1.0, 2.0]), np.array([1.0, 10.0]))
    array([ 2., 40.])
    """
    check_function(f, "tensor_jacobian_product")

    @wraps(f)
    def product(*args: Any, **options: Any) -> Any:
        *arguments, v = args

        @wraps(f)
        def weighted(*arguments: Any, **options: Any) -> Any:
            return np.tensordot(v, f(*arguments, **options), np.ndim(v))

        return jacobian(weighted, argnum)(*arguments, **options)

    return product


def grad_named(f: Callable[..., Any], argname: str) -> Callable[..., Any]:
    """The gradient with respect to the argument of this name: grad(f, argname).

    >>> from autograd import grad_named
    >>> grad_named(lambda x, rate: rate * x**2, "rate")(3.0, 1.0)
    np.float64(9.0)
    """
    return grad(f, argname)


def grad_and_aux(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., tuple[Any, Any]]:
    """The gradient of the first result of f, and its second result: (∂f₁/∂x, f₂(x)).

    >>> from autograd import grad_and_aux
    >>> grad_and_aux(lambda x: (x**2, {"cube": x**3}))(2.0)
    (np.float64(4.0), {'cube': np.float64(8.0)})
    """
    check_function(f, "grad_and_aux")

    @wraps(f)
    def gradient_and_second(*args: Any, **options: Any) -> tuple[Any, Any]:
        value, variables, is_nested = call_with_variables(f, args, options, argument_list(argnum))
        if not isinstance(value, tuple | list) or len(value) != 2:
            raise GraphError(f"grad_and_aux takes a function that returns a pair, not {short_repr(as_result(value, False))}")
        check_scalar(value[0])
        gradients = gradients_of(value[0], variables, None, is_nested)
        return tuple(gradients) if isinstance(argnum, tuple | list) else gradients[0], as_result(value[1], is_nested)

    return gradient_and_second


def multigrad_dict(f: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    """The gradients with respect to all arguments, defaults included, by their names.

    >>> from autograd import multigrad_dict
    >>> multigrad_dict(lambda x, y=3.0: x * y)(2.0)
    {'x': np.float64(3.0), 'y': np.float64(2.0)}
    """
    check_function(f, "multigrad_dict")
    signature = inspect.signature(f)

    @wraps(f)
    def gradients_by_name(*args: Any, **options: Any) -> dict[str, Any]:
        bound = signature.bind(*args, **options)
        bound.apply_defaults()

        def of_arguments(arguments: dict[str, Any]) -> Any:
            call = inspect.BoundArguments(signature, arguments)
            return f(*call.args, **call.kwargs)

        return grad(of_arguments)(dict(bound.arguments))

    return gradients_by_name


def vjp_at(f: Callable[[Any], Any], x: Any) -> tuple[Callable[[Any], Any], Any]:
    """make_vjp(f)(x), as the clients of HIPS autograd's `core.make_vjp` call it."""
    return make_vjp(f)(x)


def jvp_at(f: Callable[[Any], Any], x: Any) -> Callable[[Any], tuple[Any, Any]]:
    """make_jvp(f)(x), as the clients of HIPS autograd's `core.make_jvp` call it."""
    return make_jvp(f)(x)


hessian_vector_product, vector_jacobian_product = hessian_tensor_product, tensor_jacobian_product
