"""Losses at ±0, the smallest and largest floats, ±∞ and nan, in every precision: values and two derivatives."""

from dataclasses import replace

import numpy as np
import pytest

from autograd import DataError, Tensor, gradients
from nn import functional as F  # noqa: N812
from tests.nn.losses.loss_cases import ALL, Case, ours

DTYPES = [np.float16, np.float32, np.float64]
each_dtype = pytest.mark.parametrize("dtype", DTYPES)
each_case = pytest.mark.parametrize("case", ALL.values(), ids=ALL)


def value_and_derivatives(case: Case, i: int, point: float, dtype, elements=slice(1)):
    """The losses, their gradients and the gradients of these if elements of input i, the first alone, are this point."""
    inputs = [np.array(x) for x in case.inputs]
    inputs[i].flat[elements] = point
    with np.errstate(all="ignore"):
        out, tensors = replace(case, inputs=inputs).call(F, ours(dtype), reduction="none")
        first = gradients(out, tensors, np.ones(out.shape), create_graph=True)
        differentiable = [f for f in first if f.requires_grad]
        second = gradients(differentiable, tensors, [np.ones(f.shape) for f in differentiable]) if differentiable else []
    return out.numpy(), [f.numpy() for f in first], [s.numpy() for s in second]


def points(dtype):
    limits = np.finfo(dtype)
    return [sign * float(p) for p in (0, limits.tiny, 1, 1e4, limits.max) for sign in (1, -1)]


# The squared distances and lengths are infinite at the largest floats, also in PyTorch, and there ∞ − ∞ and ∞ / ∞ are nan.
SQUARES = {"cosine_embedding_loss", "triplet_margin_loss"}
# In float16 the derivatives at variances and probabilities below 1/256 exceed the largest float.
RECIPROCAL_SQUARES = {"binary_cross_entropy", "gaussian_nll_loss"}


@each_dtype
@each_case
def test_at_finite_points_no_value_and_no_derivative_is_nan(case, dtype):
    """Infinite only where the number exceeds the largest float."""
    for i in range(len(case.inputs)):
        for point in points(dtype):
            if case.name in SQUARES and abs(point) > 1e4:
                continue
            if case.name in RECIPROCAL_SQUARES and dtype == np.float16 and abs(point) < 1:
                continue
            try:
                value, first, second = value_and_derivatives(case, i, point, dtype)
            except DataError:
                continue  # no probability, no variance
            assert not any(np.isnan(x).any() for x in (value, *first, *second)), (i, point)


@each_dtype
@each_case
def test_nan_stays_nan(case, dtype):
    for i in range(len(case.inputs)):
        value, *_ = value_and_derivatives(case, i, np.nan, dtype, slice(None))
        ignored = [label == case.options.get("ignore_index", -100) for label in case.constants[:1]]
        assert (np.isnan(value) | np.any(ignored, axis=0)).all(), i


def loss_and_derivative(call, x, dtype):
    x = Tensor(np.array([x], dtype), requires_grad=True)
    with np.errstate(all="ignore"):
        out = call(x)
        return out.item(), gradients(out, [x], np.ones(out.shape))[0].item()


inf = np.inf
# A loss of a scalar, the infinite input, the limits of the value and of the derivative.
LIMITS = {
    "l1": (lambda x: F.l1_loss(x, [0.0], "none"), -inf, inf, -1),
    "huber": (lambda x: F.huber_loss(x, [0.0], "none"), inf, inf, 1),
    "smooth l1": (lambda x: F.smooth_l1_loss(x, [0.0], "none"), -inf, inf, -1),
    "hinge, right": (lambda x: F.hinge_loss(x, [1], "none"), inf, 0, 0),
    "hinge, wrong": (lambda x: F.hinge_loss(x, [1], "none"), -inf, inf, -1),
    "kl_div, p = 0": (lambda x: F.kl_div(x, [0.0], "none"), -inf, 0, 0),
    "kl_div, log p = −∞": (lambda x: F.kl_div(Tensor([-1.0]).astype(x.dtype), x, "none", log_target=True), -inf, 0, 0),
    "poisson, k = 0": (lambda x: F.poisson_nll_loss(x, [0], reduction="none"), -inf, 0, 0),
    "gaussian, variance": (lambda v: F.gaussian_nll_loss([1.0], [0.0], v, reduction="none"), inf, inf, 0),
}


@each_dtype
@pytest.mark.parametrize(("call", "x", "value", "derivative"), LIMITS.values(), ids=LIMITS)
def test_at_infinity_they_have_their_limits(call, x, value, derivative, dtype):
    assert loss_and_derivative(call, x, dtype) == (value, derivative)
