"""Derivatives of functions as functions."""

import numpy as np
import pytest

from autograd import (
    DataError,
    GraphError,
    ShapeError,
    Tensor,
    elementwise_grad,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    no_grad,
    operation,
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


def test_augmented_assignment_to_an_argument_computes_a_new_value():
    def f(x):
        x += 1
        x *= x
        return np.sum(x)

    x = np.array([1.0, 2.0])
    assert grad(f)(x).tolist() == [4, 6]
    assert hessian(f)(x).tolist() == [[2, 0], [0, 2]]
    assert x.tolist() == [1, 2]


def test_hessian_of_several_outputs_has_an_axis_for_them():
    weights = np.array([1.0, 10.0])
    np.testing.assert_allclose(hessian(lambda x: cubic(x) * weights)(POINT), [HESSIAN, 10 * HESSIAN])


def test_arguments_are_chosen_by_position_or_name():
    def f(x, y, scale=1.0):
        return scale * x**2 * y

    assert grad(f, "y")(3.0, 2.0) == grad(f, "y")(3.0, y=2.0) == grad(f, -1)(3.0, 2.0) == 9
    assert grad(f, ["x", "scale"])(3.0, 2.0, scale=2.0) == (24, 18)
    assert grad(f, [0, 1])(3.0, 2.0) == (12, 9)
    assert jacobian(f, (0, 1))(np.array([3.0, 1.0]), 2.0)[0].tolist() == [[12, 0], [0, 4]]
    assert [[float(x) for x in row] for row in hessian(f, (0, 1))(3.0, 2.0)] == [[4, 6], [6, 0]]
    assert hvp(f, (0, 1))(3.0, 2.0, (1.0, 0.0)) == (4, 6)
    with pytest.raises(TypeError, match="'scale' of f is differentiated, but the call does not pass it"):
        grad(f, "scale")(3.0, 2.0)


def test_hessian_and_its_product_with_a_vector():
    np.testing.assert_allclose(hessian(cubic)(POINT), HESSIAN)
    np.testing.assert_allclose(hvp(cubic)(POINT, np.array([1.0, 0.0, 2.0])), HESSIAN @ [1.0, 0.0, 2.0])


def test_argument_the_function_does_not_use_has_gradient_zero():
    assert grad(lambda x, y: x * 2, (0, 1))(1.0, np.ones(2))[1].tolist() == [0, 0]


def test_constant_functions_have_derivatives_zero_with_a_warning():
    for constant in (1.0, np.float64(1.0), Tensor(1.0)):
        with pytest.warns(UserWarning, match="Output seems independent of input"):
            assert grad(lambda x, constant=constant: constant)(POINT).tolist() == [0, 0, 0]
    with pytest.warns(UserWarning, match="Output seems independent of input"):
        assert hessian(lambda x: x.sum())(POINT).tolist() == np.zeros((3, 3)).tolist()


def test_function_without_a_number_or_with_several_is_refused():
    with pytest.raises(GraphError, match="NoneType"), pytest.warns(UserWarning, match="independent"):
        grad(lambda x: None)(2.0)
    with pytest.raises(ShapeError, match=r"\(3,\).*jacobian"):
        grad(lambda x: x * 2)(POINT)


def test_an_inner_gradient_visits_no_node_of_the_outer_graph():
    visits = []

    @operation(lambda g: (visits.append(g), g)[1])
    def counted(x, /):
        return x * 1.0

    x = Tensor(2.0, requires_grad=True)
    for _ in range(100):
        x = counted(x)
    inner = grad(lambda y: x * y * y)(3.0)
    assert inner.item() == 12.0
    assert visits == []
    inner.backward()
    assert len(visits) == 100


def fixed_point(f, start, *parameters):
    """The x with x = f(x, *parameters); its gradient, by the implicit function theorem, is a fixed point, too."""

    def gradient(g, xs, out):
        adjoint = fixed_point(lambda u, g, x, *xs: g + vjp(lambda x: f(x, *xs), x)[1](u)[0], 0.0, g, out, *xs)
        return vjp(lambda *xs: f(out, *xs), *xs)[1](adjoint)

    @operation(joint_formula=gradient)
    def solution(*xs):
        x, following = start, f(start, *xs)
        while abs(following - x) > 1e-13:
            x, following = following, f(following, *xs)
        return following

    return solution(*parameters)


def test_a_fixed_point_solver_with_a_gradient_of_its_own_is_differentiated_twice():
    square_root = lambda a: fixed_point(lambda x, a: x - 0.2 * (x * x - a), 1.0, a)
    assert grad(square_root)(4.0) == pytest.approx(0.25, rel=1e-9)
    assert grad(grad(square_root))(4.0) == pytest.approx(-1 / 32, rel=1e-9)
    assert grad(grad(grad(square_root)))(4.0) == pytest.approx(3 / 256, rel=1e-9)


def test_second_derivatives_of_dicts_and_lists_have_their_structure():
    f = lambda p: p["a"] ** 2 * np.sum(p["b"][0]) + p["a"] * p["b"][1]
    point = {"a": 2.0, "b": [np.ones(2), 3.0]}
    second = hessian(f)(point)
    assert second["a"]["a"] == 4.0
    assert second["a"]["b"][0].tolist() == [4.0, 4.0]
    assert second["b"][0]["a"].tolist() == [4.0, 4.0]
    assert second["b"][1]["a"] == second["a"]["b"][1] == 1.0
    vector = {"a": 1.0, "b": [np.array([1.0, 0.0]), 2.0]}
    product = hvp(f)(point, vector)
    assert (product["a"], product["b"][0].tolist(), product["b"][1]) == (4 + 4 + 2, [4.0, 4.0], 1.0)
    value, change = jvp(f, (point,), (vector,))
    assert (value, change) == (14.0, 2 * 2 * 2 + 3 + 4 + 2 * 2)


def test_arguments_that_have_no_real_gradient_are_refused():
    with pytest.raises(DataError, match="complex128"):
        grad(lambda x: x * x)(1 + 1j)
    with pytest.raises(TypeError, match="1 were given by position"):
        grad(lambda x, y: x * y, 1)(2.0, y=3.0)
    assert grad(lambda x, y: x * x * y, -1)(3.0, 2.0) == 9.0


@pytest.mark.parametrize("transform", [grad, value_and_grad, elementwise_grad, jacobian, hessian, hvp, vjp])
def test_a_tensor_in_the_place_of_a_function_is_answered_with_gradients(transform):
    x = Tensor(2.0, requires_grad=True)
    with pytest.raises(TypeError, match=r"takes a function, not .*gradients\(tensor, inputs\)"):
        transform(x * x)


def test_inputs_may_come_from_a_generator():
    x, y = Tensor(2.0, requires_grad=True), Tensor(3.0, requires_grad=True)
    assert [g.item() for g in gradients(x * y, (t for t in (x, y)))] == [3.0, 2.0]


def test_what_depends_on_parameters_is_a_tensor_and_inside_no_grad_an_array():
    w = Tensor(3.0, requires_grad=True)
    slope = grad(lambda x: w * x * x)(2.0)
    slope.backward()
    assert (slope.item(), w.grad.item()) == (12.0, 4.0)
    with no_grad():
        assert isinstance(grad(lambda x: w * x * x)(2.0), np.float64)
