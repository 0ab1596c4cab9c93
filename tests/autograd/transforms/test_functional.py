"""Derivatives of functions as functions."""

import numpy as np
import pytest

from autograd import (
    GraphError,
    ShapeError,
    Tensor,
    elementwise_grad,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    no_grad,
    value_and_grad,
    vjp,
)

POINT = np.array([0.5, -1.0, 2.0])


def cubic(x):
    return (x * x * x).sum() + x[0] * x[1] * x[2]


HESSIAN = np.array([[3.0, 2.0, -1.0], [2.0, -6.0, 0.5], [-1.0, 0.5, 12.0]])


def test_arrays_go_in_and_come_out():
    value, slope = value_and_grad(cubic)(POINT)
    assert isinstance(slope, np.ndarray)
    assert value == pytest.approx(6.125)
    np.testing.assert_allclose(slope, [-1.25, 4.0, 11.5])


def test_gradients_have_the_structure_of_the_argument():
    def loss(parameters):
        return (parameters["w"] * parameters["b"][0]).sum() + parameters["b"][1] * 5

    gradients = grad(loss)({"w": np.ones(2), "b": (2.0, 3.0)})
    assert gradients["w"].tolist() == [2, 2]
    assert gradients["b"] == (2, 5)


def test_several_arguments():
    assert grad(lambda x, y: x * y, (0, 1))(2.0, 3.0) == (3, 2)


def test_nested_transforms_give_higher_derivatives():
    f = lambda x: x**4
    for expected in (32, 48, 48, 24):
        f = grad(f)
        assert f(2.0) == expected


def test_transforms_work_inside_no_grad():
    with no_grad():
        assert grad(lambda x: x * x)(3.0) == 6


def test_outer_gradient_passes_through_an_inner_transform():
    x = Tensor(3.0, requires_grad=True)
    grad(lambda x: x**3)(x).backward()
    assert x.grad.item() == 18


def test_elementwise_gradient():
    np.testing.assert_allclose(elementwise_grad(np.tanh)(POINT), 1 - np.tanh(POINT) ** 2)


def test_products_with_the_jacobian_agree_with_it():
    f = lambda x: np.stack([x[0] * x[1], np.sin(x[2])])
    matrix, v, w = jacobian(f)(POINT), np.array([1.0, 2.0, 3.0]), np.array([-1.0, 0.5])
    np.testing.assert_allclose(jvp(f, (POINT,), (v,))[1], matrix @ v)
    np.testing.assert_allclose(vjp(f, POINT)[1](w)[0], w @ matrix)


def test_jacobian_has_the_shapes_of_result_and_argument():
    assert jacobian(lambda x: x[:, None] * x)(POINT).shape == (3, 3, 3)
    assert jacobian(lambda x: x.sum())(POINT).shape == (3,)


def test_hessian_and_its_product_with_a_vector():
    np.testing.assert_allclose(hessian(cubic)(POINT), HESSIAN)
    np.testing.assert_allclose(hvp(cubic)(POINT, np.array([1.0, 0.0, 2.0])), HESSIAN @ [1.0, 0.0, 2.0])


def test_argument_the_function_does_not_use_has_gradient_zero():
    assert grad(lambda x, y: x * 2, (0, 1))(1.0, np.ones(2))[1].tolist() == [0, 0]


def test_function_without_a_graph_or_a_single_number_is_refused():
    with pytest.raises(GraphError, match="float"):
        grad(lambda x: 1.0)(2.0)
    with pytest.raises(ShapeError, match=r"\(3,\).*jacobian"):
        grad(lambda x: x * 2)(POINT)
