"""Derivatives of a solution by the implicit function theorem."""

import numpy as np

from autograd.core.operation import operation
from autograd.core.trees import leaves, map_leaves
from autograd.errors import GraphError
from autograd.operations.matmul import transpose_last
from autograd.scipy.flat_parameters import as_arrays
from autograd.transforms.functional import vjp
from autograd.transforms.jacobian import jacobian
from autograd.transforms.variables import call_with_variables, is_tracked


class Equation:
    """f(x, θ) = 0 for vectors x, where θ are the tensors among the arguments."""

    def __init__(self, f, args, solution):
        self.f, self.args, self.solution = f, args, solution
        self.parameters = [leaf for leaf in leaves(args) if is_tracked(leaf)]
        self.positions = [is_tracked(leaf) for leaf in leaves(args)]

    def residual(self, x, parameters):
        """f(x, θ)."""
        remaining, positions = iter(parameters), iter(self.positions)
        return self.f(x, *map_leaves(lambda leaf: next(remaining) if next(positions) else leaf, self.args))

    def gradients(self, g, parameters, solution):
        """−uᵀ ∂f/∂θ with (∂f/∂x)ᵀ u = g, because ∂f/∂x dx + ∂f/∂θ dθ = 0 along the solutions."""
        matrix = jacobian(lambda x: self.residual(x, parameters))(solution)
        u = np.linalg.solve(transpose_last(matrix), g)
        _, back = vjp(lambda *thetas: self.residual(solution, thetas), *parameters)
        return [-gradient for gradient in back(u)]


def require_closed(name, f, x):
    """Raise GraphError if the value of f at x depends on a tensor that requires gradients and is not passed to f."""
    if call_with_variables(f, [x], {}, (0,)).is_nested:
        raise GraphError(
            f"{name}: the function depends on a tensor that requires gradients and is no argument; pass it in args"
        )


@operation(joint_formula=lambda g, xs, out, call: call.gradients(g, xs, out), symbol="root")
def _solution(*xs, call):
    return call.solution


def differentiable_solution(name, f, args, solution):
    """The solution x of f(x, *args) = 0 as a function of the tensors in args; as it is, where none requires gradients."""
    constants = as_arrays(args)
    require_closed(name, lambda x: f(x, *constants), solution)
    if not any(is_tracked(leaf) for leaf in leaves(args)):
        return solution
    equation = Equation(f, args, solution)
    return _solution(*equation.parameters, call=equation)
