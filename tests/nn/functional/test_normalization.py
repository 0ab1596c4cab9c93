"""The fused operations compared with compositions of NumPy functions."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import nn
from autograd import ShapeError, Tensor, gradcheck
from nn import functional as F  # noqa: N812
from tests.nn.derivatives import value_and_two_derivatives


def sample(*shapes, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(loc=0.5, size=shape).astype(dtype) for shape in shapes]


def standard(x, axis, eps):
    centered = x - np.mean(x, axis=axis, keepdims=True)
    return centered / np.sqrt(np.mean(centered * centered, axis=axis, keepdims=True) + eps)


def across(v, x):
    return np.reshape(v, (-1, *[1] * (x.ndim - 2)))


def composed_batch_norm(x, weight, bias, eps=1e-5):
    axes = tuple(i for i in range(x.ndim) if i != 1)
    return standard(x, axes, eps) * across(weight, x) + across(bias, x)


def composed_layer_norm(x, weight, bias, eps=1e-5):
    return standard(x, tuple(range(-weight.ndim, 0)), eps) * weight + bias


def composed_group_norm(x, weight, bias, groups, eps=1e-5):
    grouped = np.reshape(x, (x.shape[0], groups, -1))
    return np.reshape(standard(grouped, -1, eps), x.shape) * across(weight, x) + across(bias, x)


def composed_rms_norm(x, weight, eps=2.0**-52):
    return x / np.sqrt(np.mean(x**2, axis=tuple(range(-weight.ndim, 0)), keepdims=True) + eps) * weight


TWINS = {
    "batch_norm": (F.batch_norm, composed_batch_norm, [(4, 3), (3,), (3,)]),
    "batch_norm_1d": (F.batch_norm, composed_batch_norm, [(2, 3, 4), (3,), (3,)]),
    "batch_norm_2d": (F.batch_norm, composed_batch_norm, [(2, 2, 3, 2), (2,), (2,)]),
    "batch_norm_of_one_image": (F.batch_norm, composed_batch_norm, [(1, 2, 2, 2), (2,), (2,)]),
    "layer_norm": (F.layer_norm, composed_layer_norm, [(3, 4), (4,), (4,)]),
    "layer_norm_of_a_vector": (F.layer_norm, composed_layer_norm, [(4,), (4,), (4,)]),
    "layer_norm_of_matrices": (F.layer_norm, composed_layer_norm, [(2, 2, 3), (2, 3), (2, 3)]),
    "group_norm": (lambda *xs: F.group_norm(*xs, groups=2), lambda *xs: composed_group_norm(*xs, 2), [(2, 4, 3), (4,), (4,)]),
    "group_norm_of_vectors": (
        lambda *xs: F.group_norm(*xs, groups=2),
        lambda *xs: composed_group_norm(*xs, 2),
        [(3, 6), (6,), (6,)],
    ),
    "instance_norm": (
        lambda *xs: F.group_norm(*xs, groups=2),
        lambda *xs: composed_group_norm(*xs, 2),
        [(2, 2, 2, 2), (2,), (2,)],
    ),
    "rms_norm": (F.rms_norm, composed_rms_norm, [(3, 4), (4,)]),
    "rms_norm_of_matrices": (F.rms_norm, composed_rms_norm, [(2, 2, 3), (2, 3)]),
    "rms_norm_with_eps": (lambda x, w: F.rms_norm(x, w, 0.1), lambda x, w: composed_rms_norm(x, w, 0.1), [(3, 4), (4,)]),
}


each_twin = pytest.mark.parametrize(("fused", "composed", "shapes"), TWINS.values(), ids=TWINS)


@each_twin
@settings(max_examples=10)
@given(seed=st.integers(0, 2**32 - 1))
def test_fused_and_composed_agree_to_second_order(fused, composed, shapes, seed):
    values = sample(*shapes, seed=seed)
    for ours, expected in zip(value_and_two_derivatives(fused, values), value_and_two_derivatives(composed, values)):
        np.testing.assert_allclose(ours, expected, rtol=1e-8, atol=1e-9 * max(1, abs(expected).max()))


@each_twin
def test_formulas_agree_with_finite_differences_to_second_order(fused, composed, shapes):
    assert gradcheck(fused, [Tensor(value, requires_grad=True) for value in sample(*shapes)], order=2, vary=True)


@each_twin
def test_float32_stays_float32(fused, composed, shapes):
    inputs = [Tensor(value, requires_grad=True) for value in sample(*shapes, dtype=np.float32)]
    out = fused(*inputs)
    assert out.dtype == np.float32
    out.sum().backward()
    assert {x.grad.dtype for x in inputs} == {np.dtype(np.float32)}


@each_twin
@pytest.mark.parametrize("learned", [0, 1, 2])
def test_only_inputs_that_require_gradients_receive_them(fused, composed, shapes, learned):
    if learned < len(shapes):
        inputs = [Tensor(value, requires_grad=i == learned) for i, value in enumerate(sample(*shapes))]
        fused(*inputs).sum().backward()
        assert [x.grad is not None for x in inputs] == [i == learned for i in range(len(shapes))]


@each_twin
def test_inputs_are_not_changed(fused, composed, shapes):
    values = sample(*shapes)
    fused(*[Tensor(value, requires_grad=True) for value in values]).sum().backward()
    for value, expected in zip(values, sample(*shapes)):
        np.testing.assert_array_equal(value, expected)


@each_twin
def test_inputs_may_have_any_memory_order(fused, composed, shapes):
    x, *rest = sample(*shapes)
    turned = np.asfortranarray(x)
    np.testing.assert_allclose(fused(Tensor(turned), *rest).numpy(), fused(Tensor(x), *rest).numpy(), rtol=1e-12, atol=1e-14)


@each_twin
def test_large_offsets_do_not_lose_precision(fused, composed, shapes):
    x, weight, *bias = sample(*shapes)
    if bias:
        np.testing.assert_allclose(fused(x + 1e6, weight, *bias), fused(x, weight, *bias), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("shape", [(3,), (0, 3), (1, 3), (1, 3, 1)])
def test_batch_norm_rejects_single_values_and_keeps_the_running_statistics(shape):
    running = nn.Buffer(np.zeros(3)), nn.Buffer(np.ones(3))
    with pytest.raises(ShapeError, match="batch_norm: "):
        F.batch_norm(np.ones(shape), np.ones(3), np.zeros(3), running)
    assert [statistic.tolist() for statistic in running] == [[0.0] * 3, [1.0] * 3]


@pytest.mark.parametrize("shape", [(4,), (2, 5), (2, 5, 4)])
def test_group_norm_rejects_channels_that_groups_do_not_divide(shape):
    with pytest.raises(ShapeError, match=r"^group_norm: .*multiple of 2"):
        F.group_norm(np.ones(shape), np.ones(4), np.zeros(4), groups=2)
