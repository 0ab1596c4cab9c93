import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import arrays

import nn
from autograd import ShapeError, Tensor, gradcheck, gradients, logsumexp
from nn import functional as F  # noqa: N812
from tests.nn.derivatives import value_and_two_derivatives

LAYERS = {"softmax": nn.Softmax, "log_softmax": nn.LogSoftmax, "softmin": nn.Softmin}
each = pytest.mark.parametrize("name", LAYERS)
scores = arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 5)), elements=st.floats(-1000, 1000))


def test_softmax_of_the_lecture():
    assert nn.Softmax()([1.8, 0.9, 0.68]).round(2).tolist() == [0.58, 0.23, 0.19]


@each
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("shape", "axis"), [((4, 3), -1), ((4, 3), 0), ((2, 3, 2), 1), ((5,), 0), ((3, 1), -1)])
def test_values_and_gradients_agree_with_torch(torch, name, shape, axis, dtype):
    values = np.random.default_rng(0).normal(0, 3, shape).astype(dtype)
    weights = np.random.default_rng(1).normal(size=shape).astype(dtype)
    x, twin = Tensor(values, requires_grad=True), torch.tensor(values, requires_grad=True)
    out = LAYERS[name](axis)(x)
    expected = getattr(torch.nn, LAYERS[name].__name__)(dim=axis)(twin)
    out.backward(weights)
    expected.backward(torch.tensor(weights))
    precision = {"rtol": 1e-5, "atol": 1e-6} if dtype == np.float32 else {"rtol": 1e-10, "atol": 1e-13}
    assert out.dtype == x.grad.dtype == dtype
    np.testing.assert_allclose(out.numpy(), expected.detach().numpy(), **precision)
    np.testing.assert_allclose(x.grad.numpy(), twin.grad.numpy(), **precision)


@each
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_derivatives_agree_with_differences_to_second_order(name, axis):
    x = Tensor(np.random.default_rng(0).normal(size=(3, 2)), requires_grad=True)
    assert gradcheck(LAYERS[name](axis), [x], order=2, vary=True)


def composed(name, axis):
    def f(x):
        e = np.exp(x)
        probabilities = e / e.sum(axis=axis, keepdims=True)
        return probabilities if name == "softmax" else np.log(probabilities)

    return f


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize(("shape", "axis"), [((4, 3), -1), ((4, 3), 0), ((2, 3, 2), 1), ((3,), -1)])
@settings(max_examples=10)
@given(seed=st.integers(0, 2**32 - 1))
def test_fused_and_composed_agree_to_second_order(name, shape, axis, seed):
    values = [np.random.default_rng(seed).normal(size=shape)]
    fused = value_and_two_derivatives(lambda x: getattr(F, name)(x, axis=axis), values)
    for actual, expected in zip(fused, value_and_two_derivatives(composed(name, axis), values)):
        np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-12)


@given(scores, st.floats(-1000, 1000))
def test_softmax_does_not_change_when_all_scores_shift(x, shift):
    np.testing.assert_allclose(F.softmax(x), F.softmax(x + shift), rtol=1e-9, atol=1e-12)


@given(scores)
def test_log_softmax_is_the_logarithm_of_softmax(x):
    np.testing.assert_allclose(np.exp(F.log_softmax(x)), F.softmax(x), rtol=1e-9, atol=1e-300)


def test_log_softmax_is_exact_where_softmax_underflows():
    assert F.log_softmax(Tensor([1000.0, -1000.0])).tolist() == [0.0, -2000.0]


@given(scores)
def test_softmin_is_the_softmax_of_minus_x(x):
    np.testing.assert_array_equal(F.softmin(x), F.softmax(-x))


@given(scores)
def test_probabilities_sum_to_one(x):
    for name in ("softmax", "softmin"):
        out = getattr(F, name)(x)
        assert (out >= 0).all()
        np.testing.assert_allclose(out.sum(axis=-1), 1, rtol=1e-12)


@given(scores)
def test_softmax_preserves_and_softmin_reverses_the_order(x):
    for lower, higher in zip(x.T, x.T[1:]):
        pair = np.stack([np.minimum(lower, higher), np.maximum(lower, higher)], axis=-1)
        assert (np.diff(F.softmax(pair)) >= 0).all()
        assert (np.diff(F.softmin(pair)) <= 0).all()


@given(scores)
def test_log_softmax_subtracts_the_logsumexp(x):
    np.testing.assert_allclose(F.log_softmax(x), x - logsumexp(x, axis=-1, keepdims=True), rtol=1e-12, atol=1e-11)


@given(st.floats(-1000, 1000))
def test_two_scores_are_a_sigmoid_of_their_difference(x):
    np.testing.assert_allclose(F.softmax([x, 0.0])[0], F.sigmoid(x), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(F.log_softmax([x, 0.0])[0], F.logsigmoid(x), rtol=1e-12, atol=1e-15)


@given(scores)
def test_derivatives_of_probabilities_sum_to_zero(x):
    """The probabilities sum to 1, so the derivatives sum to 0."""
    tensor = Tensor(x, requires_grad=True)
    weights = np.random.default_rng(0).normal(size=x.shape)
    (gradient,) = gradients((F.softmax(tensor) * weights).sum(), [tensor])
    np.testing.assert_allclose(gradient.numpy().sum(axis=-1), 0, atol=1e-12)


@each
@pytest.mark.parametrize("axis", [2, -3])
def test_invalid_axis_is_rejected(name, axis):
    with pytest.raises(ShapeError, match=rf"{'softmax' if name == 'softmin' else name}: axis {axis} .*\(2, 3\)"):
        getattr(F, name)(np.ones((2, 3)), axis=axis)


def test_softmax_of_a_single_score_is_1():
    assert [float(layer()(7.0)) for layer in LAYERS.values()] == [1, 0, 1]


@each
def test_repr_shows_the_axis(name):
    assert repr(LAYERS[name]()) == f"{LAYERS[name].__name__}(axis=-1)"
    assert repr(LAYERS[name](axis=0)) == f"{LAYERS[name].__name__}(axis=0)"
