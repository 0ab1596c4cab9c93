"""Derivatives at the special points, to second order; backward passes, recorded or not, warn of nothing."""

import numpy as np
import pytest

from autograd import Tensor, gradients
from tests.autograd.operations.special_points import POINTS

every = pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)


def forward(point):
    """Inputs and Σ f: what NumPy warns of while computing a value is its own concern."""
    inputs = [Tensor(np.array(values, float), requires_grad=True) for values in point.at]
    with np.errstate(all="ignore"):
        return inputs, point.call(*inputs)


def backward(output, inputs, create_graph):
    return gradients(output, inputs, np.ones(output.shape), create_graph=create_graph)


@every
@pytest.mark.parametrize("create_graph", [False, True])
def test_slopes(point, create_graph):
    inputs, output = forward(point)
    for found, expected in zip(backward(output, inputs, create_graph), point.slopes, strict=True):
        np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12, atol=1e-15)


@every
def test_bends(point):
    inputs, output = forward(point)
    bent = [slope for slope in backward(output, inputs, True) if slope.requires_grad]
    found = gradients(bent, inputs, [np.ones(slope.shape) for slope in bent]) if bent else [Tensor(0.0)] * len(inputs)
    for bend, expected in zip(found, point.bends or [], strict=bool(point.bends)):
        np.testing.assert_allclose(bend.numpy(), expected, rtol=1e-9, atol=1e-12)
