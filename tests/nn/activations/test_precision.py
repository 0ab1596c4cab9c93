"""Precision of activations: at ±1000, at kinks and where cancellation could occur."""

import numpy as np
import pytest

from autograd import Tensor, gradients
from nn import functional as F  # noqa: N812
from tests.nn.activations.activation_cases import both_dtypes, each, make_module


@pytest.mark.parametrize("alpha", [-1e-3, -1e-9, 0.0, 1e-9, 1e-3])
def test_soft_exponential_is_smooth_in_alpha_at_the_identity(alpha):
    """To first order in α it is x + α (1 + x²/2) on both sides, so that α receives a gradient at 0."""
    x, a = Tensor([-2.0, 0.5, 3.0]), Tensor(alpha, requires_grad=True)
    out = F.soft_exponential(x, a)
    np.testing.assert_allclose(out.numpy(), x.numpy() + alpha * (1 + x.numpy() ** 2 / 2), rtol=0, atol=20 * alpha**2 + 1e-15)
    out.sum().backward()
    assert a.grad.item() == pytest.approx((1 + x.numpy() ** 2 / 2).sum(), abs=50 * abs(alpha) + 1e-12)


@pytest.mark.parametrize("x", [-0.3, 0.01, 0.7, 2.5])
@pytest.mark.parametrize("alpha", [-0.3, -0.02, 0.02, 0.9])
def test_soft_exponential_by_alpha_agrees_with_its_formula(x, alpha):
    a = Tensor(alpha, requires_grad=True)
    F.soft_exponential(x, a).backward()
    if alpha > 0:
        expected = (alpha * x * np.exp(alpha * x) - np.expm1(alpha * x)) / alpha**2 + 1
    else:
        inner = 1 - alpha * (x + alpha)
        expected = np.log(inner) / alpha**2 + (x + 2 * alpha) / (alpha * inner)
    assert a.grad.item() == pytest.approx(expected, rel=1e-9)


@both_dtypes
@each
@pytest.mark.parametrize("mode", ["train", "eval"])
def test_value_and_two_derivatives_are_finite_at_a_thousand(name, mode, dtype):
    module = getattr(make_module(name).astype(dtype), mode)()
    x = Tensor(np.array([[-1000, 1000, -1000, 1000], [1000, 1000, -1000, -1000]], dtype), requires_grad=True)
    out = module(x)
    inputs = [x, *module.parameters()]
    first = gradients((out * out).sum(), inputs, create_graph=True)
    second = gradients(sum((g * g).sum() for g in first), inputs)
    for actual in (out, *first, *second):
        assert actual.dtype == dtype
        assert np.isfinite(actual.numpy()).all()


@pytest.mark.parametrize("alpha", [-0.5, 0.5])
def test_soft_exponential_at_large_inputs(alpha):
    """At inputs where it is representable: near the lower end of its domain, and where exp(α·x) does not overflow."""
    x = Tensor([1000.0], requires_grad=True)
    out = F.soft_exponential(x, alpha)
    out.backward()
    expected = np.log(1 + 0.5 * 999.5) / 0.5 if alpha < 0 else np.expm1(500.0) / 0.5 + 0.5
    assert out.item() == pytest.approx(expected, rel=1e-14, abs=0)
    assert x.grad.item() == pytest.approx(1 / (1 + 0.5 * 999.5) if alpha < 0 else np.exp(500.0), rel=1e-14, abs=0)


@pytest.mark.parametrize(("x", "expected"), [(1e-8, 1e-8 + 0.25e-16), (-1e-8, -1e-8 + 0.25e-16)])
def test_bent_identity_keeps_digits_near_zero(x, expected):
    assert F.bent_identity(x) == pytest.approx(expected, rel=1e-15, abs=0)


@both_dtypes
def test_softsign_keeps_digits_of_a_small_slope(dtype):
    x = Tensor(np.array([1000.0], dtype), requires_grad=True)
    F.softsign(x).backward()
    assert x.grad.item() == pytest.approx(1 / 1001**2, rel=4 * float(np.finfo(dtype).eps), abs=0)


@both_dtypes
def test_soft_clipping_keeps_digits_at_the_right(dtype):
    """f(x) = 1 − f(1 − x), and the derivative has the same precision in both halves."""
    left, right = (Tensor(np.array([x], dtype), requires_grad=True) for x in (-29.0, 30.0))
    for x in (left, right):
        F.soft_clipping(x, alpha=2.0).backward()
    assert left.grad.item() == pytest.approx(np.exp(-58) * (1 - np.exp(-2)), rel=100 * float(np.finfo(dtype).eps), abs=0)
    assert right.grad.item() == left.grad.item()
