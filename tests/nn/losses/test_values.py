"""Losses compared with their formulas and the examples of the lectures, and their values at extreme inputs."""

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from autograd import Tensor
from nn import functional as F  # noqa: N812
from tests.nn.losses.loss_cases import LOG_P, T, X


def test_sum_of_squares_and_quadratic_cost_are_their_formulas():
    z, t = [[1.0, 2.0], [0.5, -1.0]], [[0.0, 4.0], [0.5, 2.0]]
    squares = [(1 - 0) ** 2, (2 - 4) ** 2, 0.0, (-1 - 2) ** 2]
    assert F.sum_of_squares_loss(Tensor(z), t).item() == 0.5 * sum(squares)
    assert F.quadratic_loss(Tensor(z), t).item() == sum(squares) / (2 * 2)
    assert F.mse_loss(Tensor(z), t).item() == sum(squares) / 4
    assert F.quadratic_loss(Tensor(z), t, reduction="none").tolist() == [2.5, 4.5]


def test_the_gradient_of_the_sum_of_squares_is_the_error():
    z = Tensor(X, requires_grad=True)
    F.sum_of_squares_loss(z, T).backward()
    np.testing.assert_allclose(z.grad.data, X - T, rtol=1e-15)


def test_sum_of_squared_residuals_of_the_lecture():
    x, y = np.array([0.5, 2.3, 2.9]), np.array([1.4, 1.9, 3.2])
    intercept = Tensor(0.0, requires_grad=True)
    F.mse_loss(intercept + 0.64 * x, y, reduction="sum").backward()
    # −2 (1.4 − 0.32) − 2 (1.9 − 1.472) − 2 (3.2 − 1.856) = −2.16 − 0.856 − 2.688
    assert intercept.grad.item() == pytest.approx(-5.704, rel=1e-12)
    assert round(intercept.grad.item(), 1) == -5.7


def test_intercept_and_slope_of_the_lecture_reach_least_squares():
    x, y = np.array([0.5, 2.3, 2.9]), np.array([1.4, 1.9, 3.2])
    line = Tensor([0.0, 0.64], requires_grad=True)
    for _ in range(2000):
        line.zero_grad()
        F.mse_loss(line[0] + line[1] * x, y, reduction="sum").backward()
        line.data = line.data - 0.03 * line.grad.data
    slope, intercept = np.polyfit(x, y, 1)
    np.testing.assert_allclose(line.data, [intercept, slope], rtol=1e-9)


@given(st.floats(-5, 5), st.sampled_from([-1.0, 1.0]))
def test_hinge_is_its_formula(x, t):
    assert F.hinge_loss(Tensor([x]), [t]).item() == max(0.0, 1 - t * x)


def test_derivative_of_hinge_at_the_kink_is_0():
    x = Tensor([1.0, -1.0, 0.0], requires_grad=True)
    F.hinge_loss(x, [1, -1, 1], reduction="sum").backward()
    assert x.grad.tolist() == [0.0, 0.0, -1.0]


@given(st.floats(-5, 5), st.floats(0.1, 3))
def test_huber_is_a_parabola_that_becomes_a_line(d, delta):
    expected = d * d / 2 if abs(d) <= delta else delta * (abs(d) - delta / 2)
    assert F.huber_loss(Tensor([d]), [0.0], delta=delta).item() == pytest.approx(expected, rel=1e-12, abs=1e-300)
    smooth = F.smooth_l1_loss(Tensor([d]), [0.0], beta=delta).item()
    assert smooth == pytest.approx(expected / delta, rel=1e-12, abs=1e-300)


def test_losses_are_zero_where_the_prediction_is_the_target():
    for f in (F.mse_loss, F.l1_loss, F.huber_loss, F.smooth_l1_loss, F.sum_of_squares_loss, F.quadratic_loss):
        assert f(Tensor(X), X).item() == 0.0
    assert F.kl_div(Tensor(LOG_P), np.exp(LOG_P), reduction="sum").item() == pytest.approx(0, abs=1e-14)


def test_cross_entropy_of_equal_scores_is_the_logarithm_of_the_classes():
    assert F.cross_entropy(Tensor(np.zeros((3, 10))), [0, 5, 9]).item() == pytest.approx(math.log(10))


def test_poisson_with_all_its_terms_is_the_likelihood_of_large_counts():
    rate, count = 40.0, 50
    exact = rate - count * math.log(rate) + math.lgamma(count + 1)
    assert F.poisson_nll_loss(Tensor([math.log(rate)]), [count], full=True).item() == pytest.approx(exact, abs=1 / (12 * count))


def test_gaussian_with_all_its_terms_is_the_density():
    mu, t, var = 0.5, 1.7, 2.0
    density = math.exp(-((t - mu) ** 2) / (2 * var)) / math.sqrt(2 * math.pi * var)
    for given_var in (var, [var]):
        assert F.gaussian_nll_loss(Tensor([mu]), [t], given_var, full=True).item() == pytest.approx(
            -math.log(density), rel=1e-12
        )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "loss",
    [
        lambda x: F.cross_entropy(x, [0, 1]),
        lambda x: F.cross_entropy(x, [0, 1], label_smoothing=0.1, weight=[1.0, 2.0]),
        lambda x: F.cross_entropy(x, [[0.5, 0.5], [1.0, 0.0]]),
        lambda x: F.binary_cross_entropy_with_logits(x, [[0, 1], [1, 0]], pos_weight=3.0),
        lambda x: F.multi_margin_loss(x, [1, 0]),
        lambda x: F.hinge_loss(x, [[1, -1], [-1, 1]]),
        lambda x: F.cosine_embedding_loss(x, -x, [1, -1]),
        lambda x: F.triplet_margin_loss(x, -x, x),
        lambda x: F.huber_loss(x, -x),
    ],
)
@pytest.mark.parametrize("rows", [[[1000.0, -1000.0], [-1000.0, 1000.0]], [[0.0, 0.0], [1000.0, 1000.0]]])
def test_huge_and_zero_scores_give_finite_losses_and_gradients(loss, rows, dtype):
    x = Tensor(np.array(rows, dtype), requires_grad=True)
    out = loss(x)
    out.backward()
    assert np.isfinite(out.numpy()).all()
    assert np.isfinite(x.grad.data).all()


def test_logits_loss_of_a_large_wrong_score_equals_the_score():
    x = Tensor([1000.0, -1000.0, 1000.0, -1000.0], requires_grad=True)
    loss = F.binary_cross_entropy_with_logits(x, [0, 1, 1, 0], reduction="none")
    loss.sum().backward()
    assert loss.tolist() == [1000.0, 1000.0, 0.0, 0.0]
    assert x.grad.tolist() == [1.0, -1.0, 0.0, 0.0]


def test_logits_loss_is_precise_where_probabilities_saturate():
    assert F.binary_cross_entropy_with_logits(Tensor([-50.0]), [0]).item() == pytest.approx(math.exp(-50), rel=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_clamped_logarithms_and_gradients_agree_with_torch(torch, dtype):
    p, y = np.array([0.0, 1.0, 0.0, 1.0, 1e-30, 0.5], dtype), np.array([1.0, 0.0, 0.0, 1.0, 1.0, 1.0], dtype)
    x, twin = Tensor(p, requires_grad=True), torch.tensor(p, requires_grad=True)
    loss = F.binary_cross_entropy(x, y, reduction="none")
    expected = torch.nn.functional.binary_cross_entropy(twin, torch.tensor(y), reduction="none")
    loss.sum().backward()
    expected.sum().backward()
    assert loss.tolist()[:4] == [100.0, 100.0, 0.0, 0.0]
    np.testing.assert_allclose(loss.numpy(), expected.detach().numpy(), rtol=1e-6)
    np.testing.assert_allclose(x.grad.data, twin.grad.numpy(), rtol=1e-6)


def test_a_target_of_probability_zero_adds_nothing_to_the_divergence():
    x = Tensor([[0.0, -math.inf]], requires_grad=True)
    loss = F.kl_div(x, [[1.0, 0.0]], reduction="batchmean")
    loss.backward()
    assert loss.item() == 0.0
    assert x.grad.tolist() == [[-1.0, 0.0]]


def test_ignored_examples_get_no_gradient_even_where_their_scores_are_infinite():
    x = Tensor([[-0.5, -1.0], [-math.inf, 0.0]], requires_grad=True)
    F.nll_loss(x, [1, -100]).backward()
    assert x.grad.tolist() == [[0.0, -1.0], [0.0, 0.0]]


def test_nan_prediction_gives_nan_loss():
    for loss in (F.binary_cross_entropy([math.nan], [1.0]), F.mse_loss([math.nan], [1.0]), F.cross_entropy([[math.nan]], [0])):
        assert math.isnan(loss)
