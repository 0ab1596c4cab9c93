"""Values and derivatives of a function, to compare it with another."""

import numpy as np

from autograd import Tensor, gradients


def value_and_two_derivatives(f, inputs):
    """Those of a weighted sum of squares, so that the second derivatives of linear functions are not 0."""
    inputs = [Tensor(x, requires_grad=True) for x in inputs]
    out = f(*inputs)
    weights = np.random.default_rng(1).uniform(0.5, 1.5, out.shape)
    first = gradients((weights * out * out).sum(), inputs, create_graph=True)
    second = gradients(first, inputs, [np.random.default_rng(2).normal(size=g.shape) for g in first])
    return [out.numpy(), *[g.numpy() for g in (*first, *second)]]


def with_parameters(model, f):
    """A function of the inputs and of the values of all parameters, for gradcheck: f(*inputs) with these parameters."""
    parameters = list(model.parameters())
    places = [
        [(module, name) for module in model.modules() for name, value in vars(module).items() if value is parameter]
        for parameter in parameters
    ]

    def call(*values):
        count = len(values) - len(parameters)
        for value, shared in zip(values[count:], places):
            for module, name in shared:
                setattr(module, name, value)
        return f(*values[:count])

    return call
