"""The differential operators of HIPS autograd: against Jacobians and Hessians, on trees, and within each other."""

import numpy as np
import pytest

import autograd
from autograd import differential_operators as operators, grad, hessian, jacobian

rng = np.random.default_rng(0)
X, Y, V = rng.normal(size=3), rng.normal(size=3), rng.normal(size=3)


def f(x, y):
    return np.sin(x) * y + np.sum(x * y) * x


def loss(x, y):
    return np.sum(f(x, y) ** 2)


def test_all_of_them_are_public_names():
    for name in operators.__all__:
        assert getattr(autograd, name) is getattr(operators, name)


def test_products_with_the_jacobian():
    matrix = jacobian(f)(X, Y)
    pullback, value = operators.make_vjp(f)(X, Y)
    np.testing.assert_allclose(value, f(X, Y))
    np.testing.assert_allclose(pullback(V), V @ matrix)
    value, tangent = operators.make_jvp(f)(X, Y)(V)
    np.testing.assert_allclose(value, f(X, Y))
    np.testing.assert_allclose(tangent, matrix @ V)
    np.testing.assert_allclose(operators.make_jvp_reversemode(f)(X, Y)(V), matrix @ V)
    np.testing.assert_allclose(operators.deriv(f)(X, Y), matrix @ np.ones(3))
    np.testing.assert_allclose(operators.vector_jacobian_product(f)(X, Y, V), V @ matrix)


def test_a_tensor_is_multiplied_over_the_first_axes_of_the_result():
    outer = lambda x: np.outer(x, x)
    matrix, t = jacobian(outer)(X), rng.normal(size=(3, 3))
    np.testing.assert_allclose(operators.tensor_jacobian_product(outer)(X, t), np.einsum("ij,ijk->k", t, matrix))
    np.testing.assert_allclose(operators.tensor_jacobian_product(outer)(X, V), np.einsum("i,ijk->jk", V, matrix))


def test_products_with_the_hessian():
    matrix = hessian(loss)(X, Y)
    product, gradient = operators.make_hvp(loss)(X, Y)
    np.testing.assert_allclose(gradient, grad(loss)(X, Y))
    np.testing.assert_allclose(product(V), matrix @ V)
    np.testing.assert_allclose(operators.hessian_vector_product(loss)(X, Y, V), matrix @ V)
    gauss_newton = jacobian(f)(X, Y).T @ jacobian(f)(X, Y)
    np.testing.assert_allclose(operators.make_ggnvp(f)(X, Y)(V), gauss_newton @ V)
    weighted = operators.make_ggnvp(f, lambda x: np.sum(x**4) / 12, f_argnum=1)(X, Y)(V)
    columns = jacobian(f, 1)(X, Y)
    np.testing.assert_allclose(weighted, columns.T @ (f(X, Y) ** 2 * (columns @ V)))


def test_several_arguments_take_and_give_tuples():
    by_x, by_y = jacobian(f)(X, Y), jacobian(f, 1)(X, Y)
    np.testing.assert_allclose(operators.make_jvp(f, (0, 1))(X, Y)((V, Y))[1], by_x @ V + by_y @ Y)
    pullback, _ = operators.make_vjp(f, [0, 1])(X, Y)
    np.testing.assert_allclose(pullback(V), [V @ by_x, V @ by_y])
    assert operators.deriv(lambda x, y: x * y, (0, 1))(2.0, 3.0) == 5


def test_gradients_by_name_and_with_a_second_result():
    assert operators.grad_named(lambda x, rate: rate * x**2, "rate")(3.0, 2.0) == 9
    gradient, second = operators.grad_and_aux(lambda x: (np.sum(x**2), x + 1))(X)
    np.testing.assert_allclose([gradient, second], [2 * X, X + 1])
    with pytest.raises(autograd.GraphError, match="a pair, not"):
        operators.grad_and_aux(lambda x: x)(2.0)

    def model(x, *rest, scale=2.0, **more):
        return scale * x * rest[0] * more["bias"]

    gradients = operators.multigrad_dict(model)(3.0, 5.0, bias=7.0)
    assert {name: gradients[name] for name in ("x", "scale")} == {"x": 70, "scale": 105}
    assert gradients["rest"] == (42,)
    assert gradients["more"] == {"bias": 30}


def test_within_other_transforms():
    slope = lambda x: operators.make_vjp(lambda y: y**2 * x)(x)[0](1.0)  # 2x²
    assert grad(slope)(3.0) == 12
    assert grad(lambda x: operators.make_jvp(lambda y: y**2 * x)(x)(1.0)[1])(3.0) == 12
    assert grad(lambda x: operators.make_hvp(lambda y: y**3)(x)[0](x))(3.0) == 36
    assert grad(lambda v: operators.make_jvp_reversemode(lambda y: y**3)(2.0)(v) ** 2)(1.0) == 288


def test_operators_of_one_argument_of_the_clients():
    from autograd.core import make_jvp, make_vjp
    from autograd.wrap_util import unary_to_nary

    @unary_to_nary
    def both(f, x):
        return make_vjp(f, x)[0](1.0), make_jvp(f, x)(1.0)[1]

    assert both(lambda x, y: x**2 * y, 1)(3.0, 2.0) == (9, 9)
    assert both(lambda x, y: x * y, (1,))(3.0, 2.0)[0] == (3,)
