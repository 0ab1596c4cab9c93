"""scipy.optimize for functions of nested parameters, with gradients, Jacobians and products with Hessians from the graph.

>>> import numpy as np
>>> from autograd.scipy.optimize import minimize
>>> result = minimize(lambda p: (p["a"] - 1) ** 2 + np.sum((p["b"] - 2) ** 2), {"a": 0.0, "b": np.zeros(2)})
>>> result.x["a"].round(6), result.x["b"].round(6)
(np.float64(1.0), array([2., 2.]))
"""

import importlib

import numpy as np

from autograd.core.tensor import Tensor
from autograd.core.trees import leaves
from autograd.scipy.flat_parameters import Structure, as_arrays, as_parameters, flatten
from autograd.scipy.implicit import differentiable_solution
from autograd.transforms.functional import hessian, hvp, value_and_grad
from autograd.transforms.jacobian import jacobian
from autograd.transforms.variables import is_tracked
from autograd.utils.scipy_names import names_of

__all__ = ["fixed_point", "least_squares", "minimize", "root"]
__getattr__ = names_of(__name__, __all__)

WITHOUT_GRADIENT = {"nelder-mead", "powell", "cobyla", "cobyqa"}
WITH_HESSIAN = {"dogleg", "trust-exact"}
WITH_HESSIAN_PRODUCT = {"newton-cg", "trust-ncg", "trust-krylov", "trust-constr"}
ROOT_WITH_JACOBIAN = {"hybr", "lm"}


def _scipy_optimize(name):
    try:
        return importlib.import_module("scipy.optimize")
    except ImportError:
        raise ImportError(f"{name} needs SciPy, which is not installed: pip install 'chainrule[scipy]'") from None


def _data(x):
    return x.numpy() if isinstance(x, Tensor) else np.asarray(x)


def _on_arrays(f):
    """The same function with an array as result, also where f depends on other tensors with a graph."""
    return lambda *args: _data(f(*args))


def minimize(fun, x0, args=(), method=None, bounds=None, constraints=(), tol=None, callback=None, options=None):
    """Minimize a function of nested parameters: scipy.optimize.minimize with the gradient of fun, and its Hessian where used.

    fun:         takes the parameters and args; returns a single number.
    x0:          the start: an array, a number or a list of numbers, or lists, tuples and dicts of arrays.
    method:      SciPy's name. Newton-CG, trust-ncg, trust-krylov and trust-constr get products with the Hessian, dogleg and
                 trust-exact get the Hessian, all others but Nelder-Mead, Powell, COBYLA and COBYQA the gradient.
    bounds:      as in SciPy, in the order of the flattened parameters.
    constraints: dicts as in SciPy, whose functions take the parameters; they get Jacobians.
    callback:    called with the parameters after each iteration.

    fun computes in double precision. Returns SciPy's OptimizeResult; x and jac have the structure and dtypes of x0.
    """
    scipy_optimize, x0 = _scipy_optimize("minimize"), as_parameters(x0)
    structure = Structure(x0)
    args = args if isinstance(args, tuple) else (args,)
    constants = as_arrays(args)
    f = lambda x: fun(structure.unflatten(x), *constants)
    chosen = (method or "").lower()
    derivatives = {}
    if chosen in WITHOUT_GRADIENT:
        objective = lambda x: float(_data(f(x)).reshape(()))
    else:
        with_gradient = value_and_grad(f)
        objective = lambda x: _value_and_gradient(*with_gradient(x))
        derivatives["jac"] = True
        if chosen in WITH_HESSIAN:
            derivatives["hess"] = _on_arrays(hessian(f))
        elif chosen in WITH_HESSIAN_PRODUCT:
            derivatives["hessp"] = _on_arrays(hvp(f))
    if isinstance(constraints, dict):
        constraints = [constraints]
    constraints = [_constraint(c, structure) if isinstance(c, dict) else c for c in constraints]
    report = None if callback is None else lambda x, *state: callback(structure.restore(x), *state)
    result = scipy_optimize.minimize(
        objective, _start(x0), method=method, bounds=bounds, constraints=constraints, tol=tol, callback=report, options=options,
        **derivatives,
    )  # fmt: skip
    result.x = structure.restore(result.x)
    if isinstance(result.get("jac"), np.ndarray) and result.jac.shape == (structure.size,):
        result.jac = structure.restore(result.jac)
    return result


def _value_and_gradient(value, gradient):
    return float(_data(value).reshape(())), _data(gradient)


def _start(x0):
    return np.array(flatten(as_arrays(x0)), np.float64)


def _constraint(constraint, structure):
    """A constraint of SciPy for vectors, with its Jacobian."""
    args = constraint.get("args", ())
    f = lambda x: flatten(constraint["fun"](structure.unflatten(x), *args))
    return {"type": constraint["type"], "fun": _on_arrays(f), "jac": _on_arrays(jacobian(f))}


def least_squares(fun, x0, args=(), bounds=None, **options):
    """Minimize half the sum of squares of residuals: scipy.optimize.least_squares with the Jacobian of fun.

    fun:     takes the parameters and args; returns residuals, an array or nested arrays.
    x0:      the start: an array, a number or a list of numbers, or lists, tuples and dicts of arrays.
    bounds:  as in SciPy, in the order of the flattened parameters.
    options: method, loss, ftol, x_scale … of SciPy.

    Returns SciPy's OptimizeResult; x has the structure and dtypes of x0.

    >>> from autograd.scipy.optimize import least_squares
    >>> least_squares(lambda p: p["slope"] * np.array([1.0, 2.0]) - np.array([2.0, 4.0]), {"slope": 0.0}).x["slope"].round(9)
    np.float64(2.0)
    """
    scipy_optimize, x0 = _scipy_optimize("least_squares"), as_parameters(x0)
    structure = Structure(x0)
    constants = as_arrays(args if isinstance(args, tuple) else (args,))
    f = lambda x: flatten(fun(structure.unflatten(x), *constants))
    if bounds is not None:
        options["bounds"] = bounds
    result = scipy_optimize.least_squares(_on_arrays(f), _start(x0), jac=_on_arrays(jacobian(f)), **options)
    result.x = structure.restore(result.x)
    return result


def root(fun, x0, args=(), method="hybr", tol=None, callback=None, options=None):
    """Solve fun(x, *args) = 0: scipy.optimize.root with the Jacobian of fun; the solution is differentiable in args.

    fun:    takes x and args; returns as many numbers as x has, an array or nested arrays.
    x0:     the start: an array, a number or a list of numbers, or lists, tuples and dicts of arrays; no gradient.
    args:   a tuple. Where it holds tensors that require gradients, x is a tensor with a graph, or nested ones: the solution's
            derivative is −(∂fun/∂x)⁻¹ ∂fun/∂args, at every order.
    method: SciPy's name; hybr and lm get the Jacobian.

    Returns SciPy's OptimizeResult; x has the structure and dtypes of x0. Raises RuntimeError if x needs a gradient but is no
    solution.

    >>> from autograd import Tensor
    >>> from autograd.scipy.optimize import root
    >>> a = Tensor(4.0, requires_grad=True)
    >>> root(lambda x, a: x * x - a, 1.0, (a,)).x.backward()
    >>> round(a.grad.item(), 9)  # √a
    0.25
    """
    scipy_optimize, x0 = _scipy_optimize("root"), as_parameters(x0)
    structure = Structure(x0)
    args = args if isinstance(args, tuple) else (args,)
    constants = as_arrays(args)
    f = lambda x, *args: flatten(fun(structure.unflatten(x), *args))
    jac = _on_arrays(jacobian(lambda x: f(x, *constants))) if method in ROOT_WITH_JACOBIAN else None
    result = scipy_optimize.root(
        lambda x: _data(f(x, *constants)), _start(x0), method=method, jac=jac, tol=tol, callback=callback, options=options
    )
    if not result.success and any(is_tracked(leaf) for leaf in leaves(args)):
        raise RuntimeError(f"root: no solution was found, so that it has no derivative: {result.message}")
    result.x = structure.restore(differentiable_solution("root", f, args, result.x))
    return result


def fixed_point(func, x0, args=(), xtol=1e-8, maxiter=500, method="del2"):
    """Solve x = func(x, *args): scipy.optimize.fixed_point; the solution is differentiable in args, as that of `root`.

    x0:     the start: an array, a number or a list of numbers, or lists, tuples and dicts of arrays; no gradient.
    method: "del2" accelerates each number by itself, "iteration" calls func again and again.

    Returns x in the structure of x0. Raises RuntimeError if it does not converge.

    >>> from autograd import Tensor
    >>> from autograd.scipy.optimize import fixed_point
    >>> a = Tensor(4.0, requires_grad=True)
    >>> fixed_point(lambda x, a: (x + a / x) / 2, 1.0, (a,)).backward()
    >>> round(a.grad.item(), 9)  # √a
    0.25
    """
    scipy_optimize, x0 = _scipy_optimize("fixed_point"), as_parameters(x0)
    structure = Structure(x0)
    args = args if isinstance(args, tuple) else (args,)
    constants = as_arrays(args)
    step = lambda x, *args: flatten(func(structure.unflatten(x), *args))
    solution = scipy_optimize.fixed_point(
        lambda x: _data(step(x, *constants)), _start(x0), xtol=xtol, maxiter=maxiter, method=method
    )
    return structure.restore(differentiable_solution("fixed_point", lambda x, *args: step(x, *args) - x, args, solution))
