import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import nn
from autograd import Tensor, gradcheck
from optim import L1, L2, ElasticNet

weights = arrays(np.float64, (2, 3), elements=st.floats(-10, 10))
strengths = st.floats(0.001, 10)
PENALTIES = [L1(0.3), L2(0.3), ElasticNet(0.3, beta=2.0)]


def gradient(penalty, w):
    w = Tensor(w, requires_grad=True)
    penalty([w]).backward()
    return w.grad.numpy()


@pytest.mark.parametrize(
    ("penalty", "value"), [(L1(0.5), 3.0), (L2(0.5), 7.0), (ElasticNet(0.5), 10.0), (ElasticNet(0.5, beta=2.0), 17.0)]
)
def test_value_sums_over_all_weights(penalty, value):
    assert penalty([Tensor([[1.0, -2.0]]), Tensor([[3.0], [0.0]])]).item() == pytest.approx(value)


@given(weights, strengths)
def test_l2_pulls_in_proportion_to_the_weight(w, strength):
    np.testing.assert_allclose(gradient(L2(strength), w), 2 * strength * w, rtol=1e-12, atol=1e-300)


@given(weights, strengths)
def test_l1_pulls_all_weights_alike_and_leaves_zero(w, strength):
    np.testing.assert_allclose(gradient(L1(strength), w), strength * np.sign(w), rtol=1e-12, atol=1e-300)


@given(weights, strengths, strengths)
def test_elastic_net_pulls_as_l1_and_beta_times_l2_together(w, strength, beta):
    expected = gradient(L1(strength), w) + gradient(L2(strength * beta), w)
    np.testing.assert_allclose(gradient(ElasticNet(strength, beta), w), expected, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("penalty", PENALTIES)
def test_gradients_agree_with_finite_differences(penalty):
    w = Tensor([[0.5, -1.5], [2.0, -0.25]], requires_grad=True)
    assert gradcheck(lambda w: penalty([w]), w, order=2)


@pytest.mark.parametrize("penalty", PENALTIES)
def test_biases_are_left_alone(penalty):
    model = nn.MLP([2, 3, 1], rng=0)
    penalty(model.parameters()).backward()
    assert [name for name, p in model.named_parameters() if p.grad is None] == ["0.bias", "2.bias"]


@pytest.mark.parametrize("penalty", PENALTIES)
def test_penalty_without_weights_is_zero(penalty):
    assert penalty([Tensor([5.0], requires_grad=True)]).item() == 0.0


@pytest.mark.parametrize("penalty", [L1(0), L2(0), ElasticNet(0), ElasticNet(0, beta=3.0)])
def test_strength_zero_is_no_penalty(penalty):
    assert penalty([Tensor([[5.0]])]).item() == 0.0


@pytest.mark.parametrize("make", [lambda: L1(-0.5), lambda: L2(-0.5), lambda: ElasticNet(-0.5), lambda: ElasticNet(1.0, -0.5)])
def test_negative_strength_is_refused(make):
    with pytest.raises(ValueError, match=r"0 or more, not .*-0\.5"):
        make()


@pytest.mark.parametrize("penalty", PENALTIES)
def test_gradient_of_float32_weights_is_float32(penalty):
    w = Tensor(np.ones((2, 2), np.float32), requires_grad=True)
    penalty([w]).backward()
    assert w.grad.dtype == np.float32
