"""scipy.integrate on tensors: ordinary differential equations, differentiable by the adjoint method.

>>> import numpy as np
>>> from autograd import Tensor
>>> from autograd.scipy.integrate import odeint
>>> rate = Tensor(2.0, requires_grad=True)
>>> y = odeint(lambda y, t, rate: -rate * y, [1.0], [0.0, 1.0], (rate,))  # y = e^(−rate t)
>>> y[1, 0].backward()
>>> np.allclose(rate.grad.item(), -np.exp(-2.0))
True
"""

import importlib

import numpy as np

from autograd.core.trees import leaves
from autograd.errors import ShapeError, UnsupportedError
from autograd.operations.inputs import as_floating
from autograd.scipy.flat_parameters import as_arrays, flatten
from autograd.scipy.implicit import require_closed
from autograd.scipy.initial_value import InitialValueProblem, Parameters, trajectory
from autograd.transforms.jacobian import jacobian
from autograd.transforms.variables import is_tracked
from autograd.utils.scipy_names import names_of

__all__ = ["odeint", "solve_ivp"]
__getattr__ = names_of(__name__, __all__)

ODEINT_OPTIONS = {"rtol", "atol", "tcrit", "h0", "hmax", "hmin", "ixpr", "mxstep", "mxhnil", "mxordn", "mxords"}
IMPLICIT_METHODS = {"Radau", "BDF", "LSODA"}


def _scipy_integrate(name):
    try:
        return importlib.import_module("scipy.integrate")
    except ImportError:
        raise ImportError(f"{name} needs SciPy, which is not installed: pip install 'chainrule[scipy]'") from None


def odeint(func, y0, t, args=(), tfirst=False, **options):
    """Solve y′ = func(y, t, *args): scipy.integrate.odeint, differentiable in y0, t and args.

    func:    returns y′, an array or a list of numbers. Tensors that require gradients must be passed in args.
    y0:      the vector (D,) at the time t[0].
    t:       times (T,), increasing or decreasing.
    args:    a tuple of arrays, numbers, or lists, tuples and dicts of them.
    tfirst:  func takes (t, y, *args).
    options: rtol, atol, mxstep and the other tolerances and limits of SciPy's odeint; those of the backward pass, too.

    Returns y at the times (T, D). The backward pass integrates the adjoint equation from each time back to the one before and
    records itself, so that second derivatives exist. Its error is about that of the solution: choose rtol and atol for both.

    Source: Chen et al. 2018, Neural ordinary differential equations; Fröhlich et al. 2017, doi:10.1371/journal.pcbi.1005331.
    """
    unknown = sorted(set(options) - ODEINT_OPTIONS)
    if unknown:
        raise UnsupportedError(f"odeint on tensors takes {', '.join(sorted(ODEINT_OPTIONS))}; not {', '.join(unknown)}")
    scipy_integrate = _scipy_integrate("odeint")

    def solve(f, y0, times):
        return scipy_integrate.odeint(lambda y, t: np.asarray(f(y, t), np.float64), y0, times, **options)

    args = args if isinstance(args, tuple) else (args,)
    call = (lambda y, t, *args: func(t, y, *args)) if tfirst else func
    return _solve("odeint", call, y0, t, args, solve)


def solve_ivp(fun, t_span, y0, method="RK45", t_eval=None, dense_output=False, events=None, args=None, **options):
    """Solve y′ = fun(t, y, *args): scipy.integrate.solve_ivp, whose y is differentiable in y0, args and t_eval.

    fun:     returns y′, an array or a list of numbers. Tensors that require gradients must be passed in args.
    t_span:  the first and the last time; the first one has a gradient, too.
    y0:      the vector (D,) at the first time.
    method:  SciPy's name; Radau, BDF and LSODA get the Jacobian of fun.
    t_eval:  the times of the result (T,) within t_span; by default those that the solver chooses, without gradient.
    args:    a tuple of arrays, numbers, or lists, tuples and dicts of them.
    options: rtol, atol, max_step …; those of the backward pass, too.

    Returns SciPy's OdeResult; y (D, T) is a tensor if a gradient is needed. Then dense_output and events are refused, and
    RuntimeError is raised if the solver fails.

    >>> from autograd import Tensor
    >>> from autograd.scipy.integrate import solve_ivp
    >>> y0 = Tensor([1.0], requires_grad=True)
    >>> solve_ivp(lambda t, y: -y, (0.0, 1.0), y0, t_eval=[1.0], rtol=1e-8, atol=1e-10).y.sum().backward()
    >>> np.round(y0.grad.numpy() - np.exp(-1.0), 6)
    array([0.])
    """
    scipy_integrate = _scipy_integrate("solve_ivp")
    args = () if args is None else args if isinstance(args, tuple) else (args,)
    needs_gradient = any(is_tracked(leaf) for leaf in leaves([y0, list(t_span), t_eval, args]))
    if needs_gradient and (dense_output or events is not None):
        raise UnsupportedError("solve_ivp: dense_output and events have no gradient; pass t_eval, or constant arguments")
    constants = as_arrays(args)

    def integrate(f, y0, t_span, t_eval, **more):
        if method in IMPLICIT_METHODS:
            more["jac"] = lambda t, y: jacobian(lambda y: f(y, t))(y)
        values = lambda t, y: np.asarray(f(y, t), np.float64)
        return scipy_integrate.solve_ivp(values, t_span, y0, method, t_eval, **more, **options)

    def solve(f, y0, times):
        result = integrate(f, y0, (times[0], times[-1]), times[1:])
        if not result.success:
            raise RuntimeError(f"solve_ivp: the solver failed: {result.message}")
        return np.concatenate([y0[None], result.y.T])

    span = [float(np.reshape(t, ())) for t in as_arrays(list(t_span))]
    start = np.atleast_1d(as_floating(as_arrays(y0)))
    f = lambda y, t: flatten(fun(t, y, *constants))
    result = integrate(f, start, span, as_arrays(t_eval), dense_output=dense_output, events=events)
    if not needs_gradient:
        return result
    if not result.success:
        raise RuntimeError(f"solve_ivp: the solver failed, so that there is no derivative: {result.message}")
    times = np.concatenate([np.reshape(as_floating(t_span[0]), (1,)), as_floating(result.t if t_eval is None else t_eval)])
    rows = np.concatenate([start[None], result.y.T])
    result.y = np.swapaxes(_solve("solve_ivp", lambda y, t, *args: fun(t, y, *args), y0, times, args, solve, rows)[1:], 0, 1)
    return result


def _solve(name, func, y0, t, args, solve, solution=None):
    """The trajectory of func(y, t, *args) from y0, at the times t."""
    y0, t = as_floating(y0), as_floating(t)
    y0 = np.reshape(y0, (1,)) if y0.ndim == 0 else y0
    if y0.ndim != 1 or t.ndim != 1 or not t.shape[0]:
        raise ShapeError(f"{name}: needs a vector y0 (D,) and times (T,), got shapes {y0.shape} and {t.shape}")
    parameters = Parameters(args)
    f = lambda y, t, theta: flatten(func(y, t, *parameters.arguments(theta)))
    constants = as_arrays(args)
    require_closed(name, lambda y: func(y, as_arrays(t)[0], *constants), as_arrays(y0))
    return trajectory(y0, t, parameters.vector, call=InitialValueProblem(f, solve, solution))
