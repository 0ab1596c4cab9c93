"""The solution of y′ = f(y, t, θ) as an operation, whose gradient integrates the adjoint equation backward in time."""

import numpy as np

from autograd.core.operation import operation
from autograd.core.trees import leaves, map_leaves
from autograd.scipy.flat_parameters import Structure, flatten
from autograd.transforms.functional import vjp
from autograd.transforms.variables import is_tracked


class Parameters:
    """The tensors among the arguments that require gradients, as one vector θ."""

    def __init__(self, args):
        self.args = args
        self.positions = [is_tracked(leaf) for leaf in leaves(args)]
        tracked = [leaf for leaf in leaves(args) if is_tracked(leaf)]
        self.structure = Structure(tracked)
        self.vector = flatten(tracked) if tracked else np.zeros(0)

    def arguments(self, vector):
        """The arguments, with the numbers of a vector in the place of the tensors."""
        remaining, positions = iter(self.structure.unflatten(vector)), iter(self.positions)
        return map_leaves(lambda leaf: next(remaining) if next(positions) else leaf, self.args)


class InitialValueProblem:
    """f(y, t, θ) for vectors, and the solver: a function of f(y, t) on arrays, y₀ and times that returns y at the times (T, D).

    solution: that of the first call, if it is known already.
    """

    def __init__(self, f, solve, solution=None):
        self.f, self.solve, self.solution = f, solve, solution

    def adjoint(self):
        """The problem for (y, λ, μ) with λ′ = −(∂f/∂y)ᵀ λ and μ′ = −(∂f/∂θ)ᵀ λ."""

        def f(state, t, theta):
            size = (state.shape[0] - theta.shape[0]) // 2
            value, back = vjp(lambda y, theta: self.f(y, t, theta), state[:size], theta)
            return np.concatenate([value, *back(-state[size : 2 * size])])

        return InitialValueProblem(f, self.solve)

    def gradients(self, g, y0, times, theta, out):
        """The gradients of y₀, of the times and of θ.

        Between two times λ and μ are integrated backward, from y at the later one; at a time its gradient g is added to λ. The
        gradient of a time is g · f, that of the first one −λ · f.
        """
        size, adjoint = y0.shape[0], self.adjoint()
        slopes, by_theta, costate = [], 0 * theta, g[-1]
        for i in range(len(times) - 1, 0, -1):
            slopes.append(np.sum(g[i] * self.f(out[i], times[i], theta)))
            if times[i] != times[i - 1]:
                start = np.concatenate([out[i], costate, 0 * theta])
                end = trajectory(start, np.stack([times[i], times[i - 1]]), theta, call=adjoint)[-1]
                costate, by_theta = end[size : 2 * size], by_theta + end[2 * size :]
            if i > 1:
                costate = costate + g[i - 1]
        slopes.append(-np.sum(costate * self.f(out[0], times[0], theta)) if len(times) > 1 else 0 * times[0])
        return costate + g[0] if len(times) > 1 else g[0], np.stack(slopes[::-1]), by_theta


@operation(joint_formula=lambda g, x, y, z, out, call: call.gradients(g, x, y, z, out), symbol="∫")
def trajectory(x, y, z, /, call):
    """The solution of an initial value problem with start x at the times y, with parameters z, as the rows of an array."""
    solution = call.solve(lambda state, t: call.f(state, t, z), x, y) if call.solution is None else call.solution
    return solution.astype(x.dtype, copy=False)
