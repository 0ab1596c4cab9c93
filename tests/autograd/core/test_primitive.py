"""Operations in HIPS autograd's form: `primitive`, `defvjp` and their relatives."""

import numpy as np
import pytest

from autograd import Tensor, UnsupportedError, grad, gradcheck, hessian, jacobian, jvp, no_grad
from autograd.core.registry import numpy_functions
from autograd.extend import defjvp, defjvp_argnum, defvjp, defvjp_argnum, defvjp_argnums, notrace_primitive, primitive, vspace
from autograd.misc import flatten

X = np.array([0.5, 1.5, -2.0])


@primitive
def scaled_power(x, scale, power=3):
    return scale**2 * x**power


defvjp(
    scaled_power,
    lambda ans, x, scale, power=3: lambda g: g * scale**2 * power * x ** (power - 1),
    lambda ans, x, scale, power=3: lambda g: np.sum(2 * g * ans / scale),
)


def composed(x, scale, power=3):
    return scale**2 * x**power


def test_derivatives_of_any_order_follow_from_one_rule():
    for argnum in (0, 1, (0, 1)):
        for transform in (jacobian, hessian):
            of_primitive, expected = (transform(f, argnum)(X, 2.0) for f in (scaled_power, composed))
            np.testing.assert_allclose(flatten(of_primitive)[0], flatten(expected)[0])
    np.testing.assert_allclose(jvp(scaled_power, (X, 2.0), (X, 1.0))[1], jvp(composed, (X, 2.0), (X, 1.0))[1])
    assert gradcheck(scaled_power, [Tensor(X, requires_grad=True), Tensor(2.0, requires_grad=True)], order=3)
    assert grad(lambda x: scaled_power(x, 2.0, power=4))(3.0) == 432


def test_arrays_are_passed_through_and_constants_stay_constant():
    assert type(scaled_power(X, 2.0)) is np.ndarray
    result = scaled_power(Tensor(X), 2.0)
    assert isinstance(result, Tensor)
    assert not result.requires_grad
    with no_grad():
        assert not scaled_power(Tensor(X, requires_grad=True), 2.0).requires_grad
    is_large = primitive(lambda x: x > 1)
    assert is_large(Tensor(X, requires_grad=True)).tolist() == [False, True, False]


def test_a_rule_is_made_once_for_all_rows_of_a_jacobian():
    calls = []

    @primitive
    def double(x):
        return 2 * x

    defvjp(double, lambda ans, x: calls.append(x) or (lambda g: 2 * np.array(g.tolist())))  # takes single gradients only
    np.testing.assert_allclose(jacobian(double)(X), 2 * np.eye(3))
    assert len(calls) == 1


def test_arguments_without_a_gradient():
    @primitive
    def weighted(weights, x, offset):
        return weights * x + offset

    defvjp(weighted, None, lambda ans, weights, x, offset: lambda g: g * weights)
    assert grad(weighted, (0, 1))(2.0, 3.0, 1.0) == (0, 2)
    with pytest.raises(NotImplementedError, match=r"weighted has no gradient with respect to argument 2: .*defvjp\(weighted"):
        grad(weighted, 2)(2.0, 3.0, 1.0)
    with pytest.raises(NotImplementedError, match="argument 0"):
        grad(primitive(lambda x: x))(1.0)


def test_rules_for_chosen_arguments_and_for_all():
    multiply = primitive(lambda x, y: x * y)
    defvjp(multiply, lambda ans, x, y: lambda g: g * x, argnums=[1])
    assert grad(multiply, 1)(2.0, 3.0) == 2
    defvjp_argnum(multiply, lambda argnum, ans, args, options: lambda g: g * args[1 - argnum])
    assert grad(multiply, (0, 1))(2.0, 3.0) == (3, 2)
    asked = []

    def rule(argnums, ans, args, options):
        asked.append(argnums)
        return lambda g: (g * args[1 - argnum] for argnum in argnums)

    defvjp_argnums(multiply, rule)
    assert grad(multiply, (0, 1))(2.0, 3.0) == (3, 2)
    assert grad(grad(multiply), 1)(2.0, 3.0) == 1
    assert [0, 1] in asked


def test_containers_of_tensors_and_several_results():
    @primitive
    def combine(tree):
        return {"product": tree["a"] * tree["b"][0], "sums": (np.sum(tree["a"]), tree["b"][0] + 1.0)}

    def rule(ans, tree):
        def vjp(g):
            first, second = g["sums"]
            by_b = np.sum(g["product"] * tree["a"]) + second
            return {"a": g["product"] * tree["b"][0] + first, "b": [by_b, np.zeros(2)]}

        return vjp

    defvjp(combine, rule)

    def of_primitive(tree):
        result = combine(tree)
        return np.sum(result["product"] ** 2) * result["sums"][0] * result["sums"][1]

    def expected(tree):
        return np.sum((tree["a"] * tree["b"][0]) ** 2) * np.sum(tree["a"]) * (tree["b"][0] + 1.0)

    tree = {"a": X, "b": [2.0, np.ones(2)]}
    first, second = grad(of_primitive)(tree), grad(expected)(tree)
    np.testing.assert_allclose(first["a"], second["a"])
    np.testing.assert_allclose(first["b"][0], second["b"][0])
    np.testing.assert_allclose(hessian(of_primitive)(tree)["a"]["b"][0], hessian(expected)(tree)["a"]["b"][0])


def test_a_rule_for_a_numpy_function_replaces_its_gradient():
    try:
        defvjp(np.round, lambda ans, x: lambda g: g)  # the straight-through estimator
        assert grad(lambda x: np.round(x) * x)(1.7) == pytest.approx(3.7)
        defvjp(np.round, lambda ans, x: lambda g: 2 * g)
        assert grad(np.round)(1.7) == 2
    finally:
        del numpy_functions[np.round]
    with pytest.warns(UserWarning, match="newton is not a primitive, so rules for it have no effect"):
        defvjp(newton, lambda ans, x: lambda g: g)
    assert grad(newton)(2.0) == 0.25


def newton(x):
    return 0.5 * (x + 2 / x)


def test_rules_for_forward_mode_are_accepted():
    defjvp(scaled_power, "same", None, lambda g, ans, *args: g)
    defjvp_argnum(scaled_power, lambda argnum, g, ans, args, options: g)
    with pytest.raises(TypeError, match="'sam'"):
        defjvp(scaled_power, "sam")


def test_functions_without_a_gradient_see_arrays():
    kinds = notrace_primitive(lambda x: type(x).__name__)
    assert kinds(Tensor(X, requires_grad=True)) == "ndarray"
    assert grad(lambda x: x * notrace_primitive(np.max)(x * 2))(3.0) == 6


def test_vector_space():
    value = {"a": X, "b": (2.0, np.ones((1, 2)))}
    space = vspace(value)
    assert space.size == 6
    assert space.zeros()["b"][1].tolist() == [[0, 0]]
    assert space == vspace(space.randn()) != vspace(X)
    assert space.inner_prod(value, space.ones()) == sum(X) + 4
    assert space.scalar_mul(space.add(value, value), 3.0)["b"][0] == 12
    assert space.mut_add(None, value) is space.covector(value) is value
    basis = np.array([np.hstack([e["a"], e["b"][0], e["b"][1].ravel()]) for e in space.standard_basis()])
    assert basis.tolist() == np.eye(6).tolist()
    assert vspace(Tensor(X)).shape == (3,)
    with pytest.raises(TypeError, match="not str"):
        vspace("a")


def test_complex_vector_space():
    space = vspace(np.array([1j]))
    assert (space.size, space.iscomplex) == (2, True)
    assert [x.tolist() for x in space.standard_basis()] == [[1], [1j]]
    assert space.covector(np.array([1j])).tolist() == [-1j]
    assert space.randn().dtype == complex


def test_a_tensor_from_the_surroundings_is_refused():
    outside = Tensor(2.0, requires_grad=True)
    leaky = primitive(lambda x: x * outside)
    defvjp(leaky, lambda ans, x: lambda g: g)
    with pytest.raises(UnsupportedError, match="not its argument"):
        grad(leaky)(1.0)
