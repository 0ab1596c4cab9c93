import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

import nn
from autograd import Tensor, gradcheck
from optim import L1, L2, SGD, Adam, ElasticNet
from tests.optim.optimizer_cases import each_optimizer

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
def test_gradient_of_l2_is_proportional_to_the_weight(w, strength):
    np.testing.assert_allclose(gradient(L2(strength), w), 2 * strength * w, rtol=1e-12, atol=1e-300)


@given(weights, strengths)
def test_gradient_of_l1_is_the_sign_of_the_weight(w, strength):
    np.testing.assert_allclose(gradient(L1(strength), w), strength * np.sign(w), rtol=1e-12, atol=1e-300)


@given(weights, strengths, strengths)
def test_gradient_of_elastic_net_is_that_of_l1_plus_beta_times_l2(w, strength, beta):
    expected = gradient(L1(strength), w) + gradient(L2(strength * beta), w)
    np.testing.assert_allclose(gradient(ElasticNet(strength, beta), w), expected, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("penalty", PENALTIES)
def test_gradients_agree_with_finite_differences(penalty):
    w = Tensor([[0.5, -1.5], [2.0, -0.25]], requires_grad=True)
    assert gradcheck(lambda w: penalty([w]), w, order=2)


@pytest.mark.parametrize("penalty", PENALTIES)
def test_biases_have_no_penalty(penalty):
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


def trained(penalty, as_term, optimizer_class, dtype, **options):
    """The parameters of a network after some steps with a penalty in the loss or in the optimizer."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 3)).astype(dtype), rng.normal(size=(20, 2)).astype(dtype)
    model = nn.MLP([3, 5, 2], rng=0).astype(dtype)
    optimizer = optimizer_class(model.parameters(), penalty=None if as_term else penalty, **options)
    for _ in range(30):
        optimizer.zero_grad()
        loss = ((model(x) - y) ** 2).mean()
        (loss + penalty(model.parameters()) if as_term else loss).backward()
        optimizer.step()
    return [p.data for p in model.parameters()]


@pytest.mark.parametrize("penalty", [*PENALTIES, L1(0.01, on=lambda p: p.ndim == 1)])
@pytest.mark.parametrize(("optimizer_class", "options"), [(SGD, {"lr": 0.1, "momentum": 0.9}), (Adam, {"lr": 0.1})])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_optimizer_adds_exactly_the_gradient_of_the_loss_term(penalty, optimizer_class, options, dtype):
    results = [trained(penalty, as_term, optimizer_class, dtype, **options) for as_term in (True, False)]
    for term, added in zip(*results):
        assert added.dtype == dtype
        np.testing.assert_array_equal(term, added)


@pytest.mark.parametrize("penalty", PENALTIES)
@each_optimizer
def test_penalty_of_every_optimizer_is_its_gradient_added_to_that_of_the_loss(optimizer_class, options, penalty):
    results = []
    for in_optimizer in (True, False):
        rng = np.random.default_rng(0)
        w = Tensor(rng.normal(size=(3, 4)), requires_grad=True)
        optimizer = optimizer_class([w], penalty=penalty if in_optimizer else None, **options)
        for _ in range(5):
            w.grad = rng.normal(size=w.shape) + (0.0 if in_optimizer else gradient(penalty, w.numpy()))
            optimizer.step()
        results.append(w.numpy().copy())
    np.testing.assert_allclose(*results, rtol=1e-12)


def test_l2_is_twice_the_weight_decay_of_sgd():
    results = []
    for options in ({"penalty": L2(0.05, on=lambda p: True)}, {"weight_decay": 0.1}):
        w = Tensor([1.0, -2.0], requires_grad=True)
        optimizer = SGD([w], lr=0.5, **options)
        for _ in range(5):
            w.grad = [0.5, 0.5]
            optimizer.step()
        results.append(w.numpy().copy())
    np.testing.assert_allclose(*results, rtol=1e-14)


def test_penalty_acts_on_the_parameters_chosen_by_on():
    a, b, bias = parameters = [Tensor(np.ones(shape), requires_grad=True) for shape in ((2, 2), (2, 2), (2,))]
    for on, moved in (
        (None, [True, True, False]),
        ([b, bias], [False, True, True]),
        (bias, [False, False, True]),
        (lambda p: p is a or p.ndim == 1, [True, False, True]),
    ):
        penalty = L2(0.25, on=on)
        for p in parameters:
            p.data, p.grad = np.ones(p.shape), np.zeros(p.shape)
        assert penalty(parameters).item() == 0.25 * sum(p.size for p, chosen in zip(parameters, moved) if chosen)
        SGD(parameters, lr=1.0, penalty=penalty).step()
        assert [(p.data == 0.5).all() for p in parameters] == moved


def test_on_takes_a_function_or_parameters():
    with pytest.raises(TypeError, match="not a list with 'weight'"):
        L2(0.1, on=["weight"])


@pytest.mark.parametrize("penalty", [L2(1.0), L1(1.0, proximal=True)])
def test_weights_without_gradient_stay(penalty):
    a, b = (Tensor([[1.0]], requires_grad=True) for _ in range(2))
    a.grad = [[0.0]]
    SGD([a, b], lr=0.25, penalty=penalty).step()
    assert a.item() < 1
    assert b.item() == 1


@given(weights, strengths, st.floats(0, 3))
def test_proximal_step_minimizes_the_penalty_and_the_distance(w, strength, beta):
    penalty, lr = ElasticNet(strength, beta, proximal=True), 0.25
    parameter = Tensor(w, requires_grad=True)
    optimizer = SGD([parameter], lr=lr, penalty=penalty)
    parameter.grad = np.zeros_like(w)
    optimizer.step()

    def cost(v):
        return (v - w) ** 2 / (2 * lr) + strength * (beta * v**2 + abs(v))

    best = parameter.numpy()
    for step in (-1e-4, 1e-4):
        assert (cost(best) <= cost(best + step)).all()


def test_proximal_penalty_adds_only_its_value_to_a_loss():
    w = Tensor([[1.0, -2.0]], requires_grad=True)
    ((w * 3).sum() + L1(0.5, proximal=True)([w])).backward()
    assert w.grad.tolist() == [[3.0, 3.0]]
    assert L1(0.5, proximal=True)([w]).item() == 1.5


def regression(penalty):
    """The weights of ten features, of which three matter, after training."""
    rng = np.random.default_rng(0)
    true = np.array([[3.0], [0.0], [0.0], [-2.0], [0.0], [0.0], [0.0], [1.5], [0.0], [0.0]])
    x = rng.normal(size=(100, 10))
    y = x @ true + 0.1 * rng.normal(size=(100, 1))
    w = Tensor(rng.normal(size=(10, 1)), requires_grad=True)
    optimizer = SGD([w], lr=0.1, penalty=penalty)
    for _ in range(300):
        optimizer.zero_grad()
        ((x @ w - y) ** 2).mean().backward()
        optimizer.step()
    return w.numpy(), true != 0


def test_proximal_l1_selects_the_features_that_matter():
    w, matters = regression(L1(0.1, proximal=True))
    np.testing.assert_array_equal(w != 0, matters)


@pytest.mark.parametrize("penalty", [L2(0.1), L2(0.1, proximal=True)])
def test_l2_shrinks_and_selects_nothing(penalty):
    w, _ = regression(penalty)
    plain, _ = regression(None)
    assert (w != 0).all()
    assert np.linalg.norm(w) < 0.95 * np.linalg.norm(plain)


def test_value_of_float32_weights_is_float32():
    w = Tensor(np.ones((2, 2), np.float32), requires_grad=True)
    for penalty in PENALTIES:
        assert penalty([w, w]).dtype == np.float32


@pytest.mark.parametrize("penalty", [L1(0.5), L2(0.5), ElasticNet(0.5, 0.3)])
def test_a_single_tensor_is_penalized_as_a_list_of_it(penalty):
    w = Tensor([[1.0, -2.0]], requires_grad=True)
    assert penalty(w).item() == penalty([w]).item() > 0
