import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

from autograd import Tensor
from optim import SGD, Adam, Constraint, MaxNorm, NonNegative

weights = arrays(np.float64, (3, 4), elements=st.floats(-10, 10))


def after_a_step(constraint, w, gradient=0.0, optimizer_class=SGD):
    parameter = Tensor(w, requires_grad=True)
    parameter.grad = np.full(parameter.shape, gradient)
    optimizer_class([parameter], lr=0.5, constraint=constraint).step()
    return parameter.numpy()


@given(weights, st.floats(0.1, 20))
def test_max_norm_limits_the_weights_into_each_unit_and_keeps_their_direction(w, limit):
    before, after = np.linalg.norm(w, axis=0), after_a_step(MaxNorm(limit), w)
    np.testing.assert_allclose(np.linalg.norm(after, axis=0), np.minimum(before, limit), rtol=1e-12)
    np.testing.assert_allclose(after * np.maximum(before, limit), w * limit, rtol=1e-12, atol=1e-12)


def test_units_within_the_limit_are_unchanged():
    w = np.array([[0.1, 30.0], [0.2, 40.0]])
    after = after_a_step(MaxNorm(1.0), w)
    assert after[:, 0].tolist() == [0.1, 0.2]
    np.testing.assert_allclose(after[:, 1], [0.6, 0.8])


@pytest.mark.parametrize(
    ("shape", "axis", "axes"),
    [
        ((4, 3), None, 0),
        ((5, 2, 3, 3), None, (1, 2, 3)),
        ((5, 2, 3), None, (1, 2)),
        ((4, 3), 1, 1),
        ((3, 3, 2, 5), (0, 1, 2), (0, 1, 2)),
    ],
)
def test_max_norm_is_along_the_fan_in_axes(shape, axis, axes):
    w = np.random.default_rng(0).normal(size=shape)
    after = after_a_step(MaxNorm(0.5, axis=axis), w)
    np.testing.assert_allclose(np.sqrt((after**2).sum(axis=axes)), 0.5)


@given(weights)
def test_non_negative_replaces_negative_weights_by_zero(w):
    np.testing.assert_array_equal(after_a_step(NonNegative(), w, gradient=1.0), np.maximum(w - 0.5, 0))


@pytest.mark.parametrize("optimizer_class", [SGD, Adam])
def test_constraint_holds_after_every_step_of_training(optimizer_class):
    w = Tensor(np.ones((2, 2)), requires_grad=True)
    optimizer = optimizer_class([w], lr=0.3, constraint=MaxNorm(1.0))
    for _ in range(20):
        optimizer.zero_grad()
        (w * np.array([[1.0, -5.0], [0.5, 2.0]])).sum().backward()
        optimizer.step()
        assert (np.linalg.norm(w.data, axis=0) <= 1 + 1e-12).all()


@pytest.mark.parametrize("constraint", [MaxNorm(0.1), NonNegative()])
def test_biases_are_constrained_only_if_chosen_by_on(constraint):
    assert after_a_step(constraint, [-3.0]).tolist() == [-3.0]
    for on in (lambda p: True, lambda p: p.ndim < 2):
        constraint.on = on
        assert after_a_step(constraint, [-3.0]).item() in (0.0, -0.1)
        assert after_a_step(constraint, -3.0).item() in (0.0, -0.1)
    constraint.on = None


def test_parameters_that_are_listed_are_constrained():
    a, b = (Tensor([[-1.0]], requires_grad=True) for _ in range(2))
    a.grad = b.grad = [[0.0]]
    SGD([a, b], constraint=NonNegative(on=[b])).step()
    assert (a.item(), b.item()) == (-1.0, 0.0)


def test_weights_without_gradient_stay():
    a, b = (Tensor([[-1.0]], requires_grad=True) for _ in range(2))
    b.grad = [[0.0]]
    SGD([a, b], constraint=NonNegative()).step()
    assert (a.item(), b.item()) == (-1.0, 0.0)


def test_groups_have_their_own_constraints():
    a, b = (Tensor([[-1.0]], requires_grad=True) for _ in range(2))
    a.grad = b.grad = [[0.0]]
    SGD([{"params": [a]}, {"params": [b], "constraint": None}], constraint=NonNegative()).step()
    assert (a.item(), b.item()) == (0.0, -1.0)


def test_constraint_without_apply_says_so():
    with pytest.raises(NotImplementedError, match="Constraint needs a method apply"):
        after_a_step(Constraint(), [[1.0]])


@pytest.mark.parametrize("limit", [0, -1, float("nan")])
def test_limit_must_be_above_zero(limit):
    with pytest.raises(ValueError, match=f"above 0, not {limit}"):
        MaxNorm(limit)
