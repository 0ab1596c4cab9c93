import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import nn
from autograd import Tensor, no_grad


def sample(*shapes, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(loc=0.5, size=shape).astype(dtype) for shape in shapes]


@pytest.mark.parametrize("momentum", [0.9, 0.3, 0.0, 1.0])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_running_statistics_follow_the_lecture_to_the_bit(momentum, dtype):
    layer = nn.BatchNorm1d(4, momentum=momentum).astype(dtype)
    mean, var = np.zeros(4, dtype), np.ones(4, dtype)
    for seed in range(4):
        (x,) = sample((7, 4), dtype=dtype, seed=seed)
        layer(Tensor(x))
        mean = momentum * mean + (1 - momentum) * x.mean(axis=0)
        var = momentum * var + (1 - momentum) * x.var(axis=0)
        np.testing.assert_array_equal(layer.running_mean.data, mean)
        np.testing.assert_array_equal(layer.running_var.data, var)


def test_running_statistics_of_images_are_those_of_the_channels():
    layer = nn.BatchNorm2d(2, momentum=0)
    (x,) = sample((3, 2, 4, 5))
    layer(x)
    np.testing.assert_allclose(layer.running_mean.data, x.mean(axis=(0, 2, 3)), rtol=1e-12)
    np.testing.assert_allclose(layer.running_var.data, x.var(axis=(0, 2, 3)), rtol=1e-12)


def test_evaluation_uses_running_statistics_and_leaves_them():
    layer = nn.BatchNorm1d(2, eps=0).eval()
    layer.load_state_dict({"weight": [2.0, 1.0], "bias": [0.0, 10.0], "running_mean": [1.0, 3.0], "running_var": [4.0, 1.0]})
    before = layer.state_dict()
    assert layer([[3.0, 5.0]]).tolist() == [[2.0, 12.0]]
    assert layer.state_dict().keys() == before.keys()
    assert all((layer.state_dict()[name] == value).all() for name, value in before.items())


def test_training_and_evaluation_agree_when_the_statistics_are_the_batch():
    layer = nn.BatchNorm1d(3, momentum=0)
    (x,) = sample((6, 3))
    np.testing.assert_allclose(layer(x).data, layer.eval()(x).data, rtol=1e-12, atol=1e-14)


def test_running_statistics_move_without_a_graph_too():
    layer = nn.BatchNorm1d(3)
    with no_grad():
        out = layer(sample((6, 3))[0])
    assert not out.requires_grad
    assert layer.running_mean.data.any()


def test_a_graph_recorded_before_the_statistics_moved_is_still_right():
    layer = nn.BatchNorm1d(3).eval()
    x = Tensor(sample((6, 3))[0], requires_grad=True)
    out = layer(x).sum()
    layer.train()(10 * x.data)
    out.backward()
    np.testing.assert_allclose(x.grad.data, 1 / np.sqrt(1 + 1e-5), rtol=1e-12)


def test_running_statistics_are_buffers():
    layer = nn.BatchNorm1d(3)
    assert [name for name, _ in layer.named_parameters()] == ["weight", "bias"]
    assert [name for name, _ in layer.named_buffers()] == ["running_mean", "running_var"]
    assert not any(buffer.requires_grad for buffer in layer.buffers())


@settings(max_examples=20)
@given(st.integers(2, 6), st.integers(1, 4), st.floats(-100, 100), st.floats(0.1, 100), st.integers(0, 99))
def test_batch_norm_gives_mean_0_and_variance_1_at_any_scale_and_offset(n, features, offset, scale, seed):
    (x,) = sample((n, features), seed=seed)
    out = nn.BatchNorm1d(features, eps=0)(offset + scale * x).data
    np.testing.assert_allclose(out.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(out.var(axis=0), 1, rtol=1e-9)
