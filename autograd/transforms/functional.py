"""Transforms: functions that take a function and return its derivative as a function.

Arguments are numbers, arrays, tensors, or nested lists, tuples and dicts of these; gradients have the same structure. For
arrays the results are arrays. For tensors with a graph the derivatives are recorded, so that transforms nest: grad(grad(f)).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from autograd.core.grad_mode import GradMode
from autograd.core.tensor import Tensor
from autograd.core.trees import leaves, map_leaves
from autograd.transforms.gradients import gradients
from autograd.transforms.jacobian import jacobian
from autograd.transforms.variables import as_result, gradients_of, is_tracked, make_variable


def value_and_grad(f: Callable[..., Any], argnum: int | tuple[int, ...] = 0) -> Callable[..., tuple[Any, Any]]:
    """A function that returns f(…) and its gradient: (f(x), ∂f/∂x).

    f:      returns a single number.
    argnum: the position of the argument to differentiate with respect to, or several.

    >>> from autograd import value_and_grad
    >>> value_and_grad(lambda x: x**3)(2.0)
    (np.float64(8.0), np.float64(12.0))
    """

    @wraps(f)
    def value_and_gradient(*args: Any, **options: Any) -> tuple[Any, Any]:
        argnums = argnum if isinstance(argnum, tuple) else (argnum,)
        nested = any(is_tracked(x) for i in argnums for x in leaves(args[i]))
        with GradMode(True):
            inputs = {i: map_leaves(make_variable, args[i]) for i in argnums}
            value = f(*[inputs.get(i, arg) for i, arg in enumerate(args)], **options)
            flat = [x for i in argnums for x in leaves(inputs[i])]
            grads = iter(gradients_of(value, flat, None, nested))
        gradient = [map_leaves(lambda _: next(grads), inputs[i]) for i in argnums]
        return as_result(value, nested), tuple(gradient) if isinstance(argnum, tuple) else gradient[0]

    return value_and_gradient


def grad(f: Callable[..., Any], argnum: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """The gradient of f as a function: ∂f/∂x.

    >>> from autograd import grad
    >>> import numpy as np
    >>> grad(np.tanh)(0.0), grad(grad(lambda x: x**3))(2.0)
    (np.float64(1.0), np.float64(12.0))
    """
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
    return grad(lambda *args, **options: np.sum(f(*args, **options)), argnum)


def vjp(f: Callable[..., Any], *args: Any) -> tuple[Any, Callable[[Any], tuple]]:
    """The pair of f(x) and the function v ↦ vᵀJ, which carries a gradient of the result back to every argument.

    >>> from autograd import vjp
    >>> import numpy as np
    >>> value, back = vjp(lambda x: x * x, np.array([1.0, 2.0]))
    >>> value, back(np.array([1.0, 10.0]))
    (array([1., 4.]), (array([ 2., 40.]),))
    """
    with GradMode(True):
        inputs = [map_leaves(make_variable, arg) for arg in args]
        value = f(*inputs)
    nested = any(is_tracked(x) for arg in args for x in leaves(arg))
    flat = [x for arg in inputs for x in leaves(arg)]

    def back(v: Any) -> tuple:
        grads = iter(gradients_of(value, flat, v, nested))
        return tuple(map_leaves(lambda _: next(grads), arg) for arg in inputs)

    return as_result(value, nested), back


def jvp(f: Callable[..., Any], args: tuple, tangents: tuple) -> tuple[Any, Any]:
    """The pair of f(x) and J v, the change of the result when the arguments change by v.

    J v is the derivative of w ↦ wᵀJ, times v: two backward passes.

    >>> from autograd import jvp
    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 10.0))
    (np.float64(6.0), np.float64(23.0))
    """
    nested = any(is_tracked(x) for arg in (*args, *tangents) for x in leaves(arg))
    with GradMode(True):
        inputs = [make_variable(arg) for arg in args]
        value = f(*inputs)
        probe = Tensor(np.zeros(value.shape, value.dtype), requires_grad=True)
        grads = gradients([value], inputs, [probe], create_graph=True)
        total = sum((g * v).sum() for g, v in zip(grads, tangents, strict=True))
        if not isinstance(total, Tensor) or not total.requires_grad:
            return as_result(value, nested), np.zeros(value.shape)[()]
        (tangent,) = gradients_of(total, [probe], None, nested)
    return as_result(value, nested), tangent


def hessian(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """All second derivatives of a function that returns a single number: ∂²f/∂xᵢ∂xⱼ.

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
    gradient = grad(f, argnum)

    @wraps(f)
    def product(*args: Any, **options: Any) -> Any:
        *arguments, v = args
        return grad(lambda *a: (gradient(*a, **options) * v).sum(), argnum)(*arguments)

    return product
