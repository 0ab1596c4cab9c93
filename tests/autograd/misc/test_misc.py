"""HIPS autograd's helpers: trees as vectors, simple optimizers, fixed points, check_grads, builtins and tracer."""

import numpy as np
import pytest

import autograd.builtins
import autograd.extend
import autograd.tracer
from autograd import GradientError, Tensor, grad, jacobian, operation
from autograd.misc import flatten
from autograd.misc.fixed_points import fixed_point
from autograd.misc.flatten import flatten_func
from autograd.misc.optimizers import adam, rmsprop, sgd
from autograd.numpy.numpy_boxes import ArrayBox
from autograd.numpy.numpy_vjps import unbroadcast_f
from autograd.test_util import check_grads, combo_check

TREE = {"b": [np.array([[1.0, 2.0], [3.0, 4.0]]), 5.0], "a": (6.0, {"d": np.array([7.0]), "c": 8.0})}


def test_flatten_reads_dicts_by_sorted_keys_and_goes_back():
    vector, unflatten = flatten(TREE)
    assert vector.tolist() == [6, 8, 7, 1, 2, 3, 4, 5]
    tree = unflatten(vector)
    assert list(tree) == ["b", "a"]
    assert tree["a"][1]["c"] == 8
    assert tree["b"][0].tolist() == [[1, 2], [3, 4]]
    assert flatten([])[0].shape == (0,)


def test_flatten_is_differentiable_both_ways():
    weights = np.arange(8.0)
    gradient = grad(lambda tree: np.sum(flatten(tree)[0] * weights))(TREE)
    assert gradient["a"][1]["c"] == 1
    assert gradient["b"][0].tolist() == [[3, 4], [5, 6]]
    vector, unflatten = flatten(TREE)
    assert grad(lambda x: np.sum(unflatten(x)["b"][0] ** 2))(vector).tolist() == [0, 0, 0, 2, 4, 6, 8, 0]
    f, _, start = flatten_func(lambda tree, scale: {"out": tree["b"][0] * scale}, TREE)
    assert jacobian(f)(start, 2.0).shape == (4, 8)


@pytest.mark.parametrize(("optimize", "options"), [(sgd, {}), (rmsprop, {"num_iters": 400}), (adam, {"step_size": 0.1})])
def test_optimizers_reach_a_minimum_of_nested_parameters(optimize, options):
    calls = []

    def gradient(parameters, i):
        return {"w": [2 * (parameters["w"][0] - 1.0)], "b": 2 * (parameters["b"] + 2.0)}

    options = {"num_iters": 300, **options}
    start = {"w": [np.zeros(2)], "b": 0.0}
    result = optimize(gradient, start, lambda x, i, g: calls.append((i, x["b"], g["b"])), **options)
    np.testing.assert_allclose([*result["w"][0], result["b"]], [1, 1, -2], atol=0.1)
    assert calls[0] == (0, 0.0, 4.0)
    assert len(calls) == options["num_iters"]


def test_first_steps_of_the_optimizers():
    gradient = lambda x, i: 2.0 * x
    assert sgd(gradient, 1.0, num_iters=1) == pytest.approx(1 - 0.1 * 0.1 * 2)
    assert rmsprop(gradient, 1.0, num_iters=1) == pytest.approx(1 - 0.1 * 2 / np.sqrt(0.9 + 0.1 * 4))
    assert adam(gradient, 1.0, num_iters=1) == pytest.approx(1 - 0.001)


def newton(a):
    return lambda x: 0.5 * (x + a / x)


def test_fixed_points_have_gradients_of_first_and_second_order():
    root = lambda a: fixed_point(newton, a, np.ones(2), lambda x, y: np.max(np.abs(x - y)), 1e-12)
    a = np.array([2.0, 9.0])
    np.testing.assert_allclose(root(a), np.sqrt(a))
    np.testing.assert_allclose(jacobian(root)(a), np.diag(0.5 / np.sqrt(a)), atol=1e-10)
    curvature = grad(lambda a: np.sum(grad(lambda a: np.sum(root(a)))(a)))(a)
    np.testing.assert_allclose(curvature, -0.25 * a**-1.5, rtol=1e-6)


def test_check_grads_finds_a_wrong_formula():
    @operation(lambda g, x: 3 * g * x)
    def square(x, /):
        return x**2

    check_grads(lambda x, tree: np.sin(x) * tree["k"], (0, 1))(np.ones(2), {"k": 3.0})
    with pytest.raises(GradientError, match="square"):
        check_grads(square, modes=["rev"], order=1)(2.0)
    with pytest.raises(ValueError, match="'forward'"):
        check_grads(square, modes=["forward"])
    combo_check(np.sum, [0], order=1)([np.ones((2, 2))], axis=[0, 1])
    with pytest.raises(GradientError, match="square"):
        combo_check(square, 0)([1.0, 2.0])


def test_values_and_classes_of_traced_arrays():
    kinds = []

    def f(x):
        kinds.extend([autograd.builtins.type(x), type(x), type(x._value), type(autograd.tracer.getval([x])[0])])
        assert autograd.tracer.isbox(x)
        assert isinstance(x, ArrayBox)
        assert autograd.builtins.isinstance(x, np.ndarray)
        return np.sum(x * x)

    grad(f)(np.ones(2))
    assert kinds == [np.ndarray, Tensor, np.ndarray, np.ndarray]
    pair = autograd.builtins.tuple
    assert grad(lambda x: pair((x, x**2))[1])(3.0) == 6
    assert autograd.builtins.dict(a=1) == {"a": 1}


def test_unbroadcast_sums_over_broadcast_axes():
    rule = lambda target: unbroadcast_f(target, lambda g: g)(np.ones((4, 2, 3)))
    assert rule(1.0) == 24
    assert rule(np.ones((2, 1))).tolist() == [[12], [12]]
    assert rule(np.ones((4, 2, 3))).shape == (4, 2, 3)


@pytest.mark.parametrize("module", ["autograd.core", "autograd.tracer"])
def test_the_tracing_inside_of_hips_autograd_is_refused(module):
    with pytest.raises(AttributeError, match=r"new_box belongs to the tracing inside of HIPS autograd.*primitive and defvjp"):
        __import__(module, fromlist=["new_box"]).new_box  # noqa: B018
    with pytest.raises(AttributeError, match="VJPNode"):
        autograd.extend.VJPNode  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        autograd.core.nothing  # noqa: B018
