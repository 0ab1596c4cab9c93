"""First and second derivatives at special points; backward passes, recorded or not, give no warnings."""

import numpy as np
import pytest

from autograd import Tensor, gradients
from tests.autograd.operations.special_points import POINTS

each_point = pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)


def forward(point):
    """The inputs and f; warnings of the forward pass are ignored."""
    if point.name.startswith("scipy."):
        pytest.importorskip("scipy.special")
    inputs = [Tensor(np.array(values, float), requires_grad=True) for values in point.inputs]
    with np.errstate(all="ignore"):
        return inputs, point.function(*inputs)


def backward(output, inputs, create_graph):
    return gradients(output, inputs, np.ones(output.shape), create_graph=create_graph)


@each_point
@pytest.mark.parametrize("create_graph", [False, True])
def test_first_derivatives(point, create_graph):
    inputs, output = forward(point)
    for gradient, expected in zip(backward(output, inputs, create_graph), point.first_derivatives, strict=True):
        np.testing.assert_allclose(gradient.numpy(), expected, rtol=1e-12, atol=1e-15)


@each_point
def test_second_derivatives(point):
    inputs, output = forward(point)
    firsts = [first for first in backward(output, inputs, True) if first.requires_grad]
    seconds = gradients(firsts, inputs, [np.ones(first.shape) for first in firsts]) if firsts else [Tensor(0.0)] * len(inputs)
    for second, expected in zip(seconds, point.second_derivatives or [], strict=bool(point.second_derivatives)):
        np.testing.assert_allclose(second.numpy(), expected, rtol=1e-9, atol=1e-12)
