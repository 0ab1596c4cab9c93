"""Normalization of float16: statistics in float32, because squares above 65504 are infinite in float16."""

import numpy as np
import pytest

import nn
from autograd import Tensor, gradients
from nn import functional as F  # noqa: N812

rng = np.random.default_rng(0)
CHANNELS, FEATURES = rng.normal(size=(2, 4)), rng.normal(size=(2, 5))
NORMS = {
    "batch_norm": (F.batch_norm, CHANNELS),
    "batch_norm with running statistics": (
        lambda x, *parameters: F.batch_norm(x, *parameters, (Tensor(np.zeros(4)), Tensor(np.ones(4)))),
        CHANNELS,
    ),
    "layer_norm": (F.layer_norm, FEATURES),
    "group_norm": (lambda x, weight, bias: F.group_norm(x, weight, bias, 2), CHANNELS),
    "rms_norm": (lambda x, weight: F.rms_norm(x, weight, eps=1e-5), FEATURES[:1]),
}


def results_and_derivatives(function, arrays, g, dtype):
    """The result, the gradients of Σ g out on arrays and on tensors, and the gradients of the sum of these."""
    inputs = [Tensor(array.astype(np.float16).astype(dtype), requires_grad=True) for array in arrays]
    weights = g.astype(np.float16).astype(dtype)
    out = function(*inputs)
    first = gradients(out, inputs, weights, create_graph=True)
    second = gradients(first, inputs, [np.ones(f.shape, dtype) for f in first])
    return [out, *first, *gradients(function(*inputs), inputs, weights), *second]


@pytest.mark.parametrize("scale", [0.1, 1, 300, 1e4])
@pytest.mark.parametrize(("function", "parameters"), NORMS.values(), ids=NORMS)
def test_they_agree_with_double_precision(function, parameters, scale):
    x, g = rng.normal(size=(2, 8, 4, 5))
    arrays = [x * scale, *parameters]
    half, double = (results_and_derivatives(function, arrays, g, dtype) for dtype in (np.float16, np.float64))
    for i, (a, b) in enumerate(zip(half, double)):
        is_second = i > 2 * len(arrays)  # a sum of terms that are rounded to float16 each
        tolerance = 2e-2 if is_second else 2e-3
        assert a.dtype == np.float16
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-2, atol=tolerance * (np.abs(b.numpy()).max() + 1e-3))


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float16, 2e-3), (np.float32, 1e-3)])
@pytest.mark.parametrize("shape", [(2**17, 2), (2**14, 2, 4)])
def test_batch_norm_of_many_rows(shape, dtype, tolerance):
    x, g = rng.normal(3, 1, shape), rng.normal(0.1, 0.1, shape)
    arrays = [x, np.array([1.0, 2.0]), np.array([0.0, 3.0])]
    results, expected = (results_and_derivatives(F.batch_norm, arrays, g, d)[:7] for d in (dtype, np.float64))
    for a, b in zip(results, expected):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=tolerance, atol=tolerance * np.abs(b.numpy()).max())


LOSSES = {
    "cosine": lambda a, b: F.cosine_embedding_loss(a, b, [1, -1] * 3, reduction="none"),
    "triplet": lambda a, b: F.triplet_margin_loss(a, b, -b, margin=500.0, reduction="none"),
}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_losses_of_long_vectors(loss):
    """The squares of lengths of 1000 are infinite in float16."""
    vectors = rng.normal(size=(2, 6, 10)) * 300
    half, double = (results_and_derivatives(loss, vectors, np.ones(6), dtype)[:5] for dtype in (np.float16, np.float64))
    for a, b in zip(half, double):
        assert a.dtype == np.float16
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-2, atol=2e-3 * (np.abs(b.numpy()).max() + 1e-3))


@pytest.mark.parametrize("p", [0.0, 1.0, 1e-7])
def test_binary_cross_entropy_at_the_ends_has_a_finite_gradient(p):
    x = Tensor(np.array([p], np.float16), requires_grad=True)
    for target in (0.0, 1.0):
        (gradient,) = gradients(nn.functional.binary_cross_entropy(x, [target]), [x])
        assert np.isfinite(gradient.numpy()).all()
