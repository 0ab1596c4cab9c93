"""The gradients of all parameters as one vector, and its norm."""

import math

import numpy as np
import pytest

import nn
from autograd import Tensor
from optim import clip_grad_norm, flat_grad, grad_norm


@pytest.fixture
def model():
    model = nn.MLP([3, 4, 2], rng=0)
    (model(np.arange(6.0).reshape(2, 3)) ** 2).sum().backward()
    return model


def test_the_vector_has_the_order_of_the_parameters(model):
    expected = np.concatenate([p.grad.numpy().ravel() for p in model.parameters()])
    assert flat_grad(model.parameters()).tolist() == expected.tolist()


def test_the_vector_is_a_copy(model):
    flat_grad(model.parameters())[:] = 0
    assert grad_norm(model.parameters()) > 0


def test_a_parameter_without_a_gradient_has_zeros():
    w, b = Tensor([1.0, 2.0], requires_grad=True), Tensor(0.0, requires_grad=True)
    b.grad = 3.0
    assert flat_grad([w, b]).tolist() == [0, 0, 3]
    assert grad_norm([w, b]) == 3
    assert grad_norm([w]) == 0


def test_the_norm_is_that_of_the_vector_and_of_clipping(model):
    parameters = list(model.parameters())
    vector, norm = flat_grad(parameters), grad_norm(parameters)
    assert math.isclose(norm, np.linalg.norm(vector), rel_tol=1e-14)
    assert math.isclose(grad_norm(parameters, math.inf), np.abs(vector).max())
    assert math.isclose(grad_norm(parameters, 1), np.abs(vector).sum())
    assert clip_grad_norm(parameters, 1e-3) == norm


def test_wrong_arguments():
    with pytest.raises(ValueError, match="at least one parameter"):
        flat_grad([])
    with pytest.raises(ValueError, match="p must be above 0, not 0"):
        grad_norm([], 0)
