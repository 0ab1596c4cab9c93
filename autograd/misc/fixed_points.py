"""Fixed points, differentiated implicitly. HIPS autograd's `fixed_point`."""

from collections.abc import Callable
from typing import Any

from autograd.core.primitive import defvjp, primitive
from autograd.core.vector_space import vspace
from autograd.transforms.products import make_vjp


@primitive
def fixed_point(
    f: Callable[[Any], Callable[[Any], Any]], a: Any, x0: Any, distance: Callable[[Any, Any], Any], tol: float
) -> Any:
    """The fixed point x = f(a)(x), by iteration from x0 until the distance of two iterates is at most tol.

    It is differentiable with respect to the parameters a: the gradient solves u = g + uᵀ∂f/∂x by iteration, and is uᵀ∂f/∂a.

    >>> from autograd import grad
    >>> from autograd.misc.fixed_points import fixed_point
    >>> def newton(a):  # the iteration for √a
    ...     return lambda x: 0.5 * (x + a / x)
    >>> sqrt = lambda a: fixed_point(newton, a, 1.0, lambda x, y: abs(x - y), 1e-12)
    >>> round(float(grad(sqrt)(2.0)), 6)
    0.353553
    """
    step = f(a)
    x, previous = step(x0), x0
    while distance(x, previous) > tol:
        x, previous = step(x), x
    return x


def _vjp_of_parameters(ans: Any, f: Any, a: Any, x0: Any, distance: Any, tol: float) -> Callable[[Any], Any]:
    def adjoint_step(parameters: tuple) -> Callable[[Any], Any]:
        a, x, g = parameters
        pullback, _ = make_vjp(f(a))(x)
        return lambda u: vspace(x).add(pullback(u), g)

    pullback_to_parameters, _ = make_vjp(lambda a, x: f(a)(x))(a, ans)
    return lambda g: pullback_to_parameters(fixed_point(adjoint_step, (a, ans, g), vspace(ans).zeros(), distance, tol))


defvjp(fixed_point, None, _vjp_of_parameters, None, None, None)
