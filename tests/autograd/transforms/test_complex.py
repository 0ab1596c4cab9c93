"""Transforms of functions of complex arguments, and of functions with complex results."""

import numpy as np
import pytest

from autograd import DataError, GraphError, Tensor, elementwise_grad, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from autograd.transforms.functional import holomorphic_grad

Z = np.array([1 + 2j, 0.5 - 1j])


def fourth_power(z):
    return np.sum(np.abs(z) ** 4)


def of_parts(f):
    return lambda parts: f(parts[:2] + 1j * parts[2:])


PARTS = np.concatenate([Z.real, Z.imag])


def test_gradient_is_that_of_the_parts():
    g = grad(of_parts(fourth_power))(PARTS)
    np.testing.assert_allclose(grad(fourth_power)(Z), g[:2] - 1j * g[2:])


def test_hessian_product_is_that_of_the_parts():
    v = np.array([1j, 2.0])
    product = hessian(of_parts(fourth_power))(PARTS) @ np.concatenate([v.real, v.imag])
    np.testing.assert_allclose(hvp(fourth_power)(Z, v), product[:2] - 1j * product[2:])


def test_jacobian_of_a_real_result():
    rows = jacobian(lambda z: np.abs(z) ** 2)(Z)
    np.testing.assert_allclose(rows, np.diag(2 * np.conj(Z)))
    nested = jacobian(lambda x: jacobian(lambda z: np.abs(z) ** 2 * x)(Z).real)(np.array([1.0, 1.0]))
    np.testing.assert_allclose(nested[0, 0], [2 * Z[0].real, 0])


def test_products_with_the_jacobian():
    x, v = np.array([0.3, -0.7]), np.array([2.0, -1.0])
    value, tangent = jvp(lambda x: np.exp(1j * x), (x,), (v,))
    np.testing.assert_allclose(value, np.exp(1j * x))
    np.testing.assert_allclose(tangent, 1j * v * np.exp(1j * x))
    np.testing.assert_allclose(jvp(np.conj, (Z,), (1j * Z,))[1], np.conj(1j * Z))
    np.testing.assert_allclose(vjp(np.square, Z)[1](np.array([1, 1j]))[0], 2 * Z * [1, 1j])


def test_holomorphic_derivative():
    derivative = holomorphic_grad(np.sin)
    np.testing.assert_allclose(derivative(1 + 2j), np.cos(1 + 2j))
    np.testing.assert_allclose(holomorphic_grad(derivative)(1 + 2j), -np.sin(1 + 2j))
    np.testing.assert_allclose(derivative(2.0), np.cos(2.0))
    np.testing.assert_allclose(holomorphic_grad(lambda a, z: np.exp(a * z), argnum=-1)(2j, 1.0), 2j * np.exp(2j))
    np.testing.assert_allclose(holomorphic_grad(lambda z: np.sum(z["a"] ** 2))({"a": Z})["a"], 2 * Z)
    assert holomorphic_grad(np.sin)(np.float32(1)).dtype == np.complex64
    with pytest.raises(TypeError, match="argument 1"):
        holomorphic_grad(np.sin, 1)(2j)


def test_a_transform_of_a_real_function_of_a_complex_derivative():
    slope = grad(lambda x: np.abs(holomorphic_grad(lambda z: z**3)(x + 1j * x)) ** 2)  # |3 (x + ix)²|² = 36 x⁴
    np.testing.assert_allclose(slope(0.5), 144 * 0.5**3)


def test_value_and_gradient():
    value, g = value_and_grad(lambda z: np.real(z) * np.imag(z))(3 + 2j)
    assert value == 6
    assert g == 2 - 3j


@pytest.mark.parametrize("transform", [
    lambda: grad(np.square)(1j),
    lambda: value_and_grad(lambda x: 1j * x)(1.0),
    lambda: elementwise_grad(np.sin)(Z),
])  # fmt: skip
def test_a_gradient_of_a_complex_result_is_refused(transform):
    with pytest.raises(DataError, match=r"returns complex128.*np\.abs.*holomorphic_grad"):
        transform()


def test_a_jacobian_of_a_complex_result_is_refused():
    for f, argument in ((jacobian(np.square), Z), (jacobian(lambda x: 1j * x), np.ones(2)), (hessian(fourth_power), Z)):
        with pytest.raises(DataError, match=r"returns complex128.*\.real and \.imag"):
            f(argument)


def test_mixed_products_are_refused():
    with pytest.raises(DataError, match="tangent is complex"):
        jvp(np.sin, (1.0,), (1j,))
    with pytest.raises(DataError, match="does not fit"):
        vjp(np.abs, Z)[1](Z)


def test_backward_from_a_complex_number_needs_a_gradient():
    z = Tensor(1 + 1j, requires_grad=True)
    with pytest.raises(GraphError, match=r"real number.*complex128.*holomorphic_grad"):
        (z * z).backward()
    (z * z).backward(1.0)
    assert z.grad.item() == 2 + 2j
