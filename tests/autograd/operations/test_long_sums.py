"""Sums of many small floats: accurate along every axis and in every memory layout; short sums are NumPy's, bit for bit."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd
import nn
from autograd import Tensor, gradients
from autograd.extend import kernels

rng = np.random.default_rng(0)
LAYOUTS = {
    "rows": lambda a: a,
    "columns": np.asfortranarray,
    "every second": lambda a: np.repeat(a, 2, -1)[..., ::2],
    "backwards": lambda a: np.flip(np.flip(a).copy()),
    "last axis first": lambda a: np.moveaxis(np.moveaxis(a, -1, 0).copy(), 0, -1),
}
each_layout = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
both_dtypes = pytest.mark.parametrize("dtype", [np.float16, np.float32])
each_sum = pytest.mark.parametrize(
    ("shape", "axis"),
    [((70_001, 2), 0), ((2, 70_001), 1), ((2, 70_001), None), ((300, 300, 2), (0, 1)), ((9, 9000, 3), (0, 2)), ((70_001,), 0),
     ((2, 5000, 3, 7), (1, 3)), ((60, 60, 60, 2), (0, 1, 2)), ((70_001, 1), -2), ((5000, 1, 3), (0, -1))],
)  # fmt: skip


@both_dtypes
@each_layout
@each_sum
def test_they_agree_with_double_precision(shape, axis, layout, dtype):
    x = layout(rng.uniform(0, 0.5, shape).astype(dtype))
    exact = x.astype(np.float64)
    tolerance = 8e-3 if dtype == np.float16 else 2e-5
    t = Tensor(np.zeros(shape, dtype))
    t.data = x
    for keepdims in (False, True):
        options = {"axis": axis, "keepdims": keepdims}
        for name in ("sum", "mean", "var", "std"):
            out = getattr(np, name)(t, **options)
            expected = getattr(np, name)(exact, **options)
            assert (out.shape, out.dtype) == (expected.shape, dtype)
            np.testing.assert_allclose(out.numpy(), expected.clip(-65504, 65504), rtol=tolerance)


@both_dtypes
def test_a_mean_of_ones_is_1(dtype):
    """A float32 that grows by 1 stops at 2²⁴, a float16 at 2¹¹."""
    x = Tensor(np.broadcast_to(np.ones((), dtype), (20_000_000, 2)))
    for out in (np.mean(x, axis=0), np.mean(x[:, :1], axis=0), np.mean(x)):
        np.testing.assert_array_equal(out.numpy(), np.ones(out.shape))


@both_dtypes
@each_layout
def test_gradients_of_broadcast_inputs(layout, dtype):
    """A bias gradient is a sum down the rows, whether by broadcasting, by `linear` or by `broadcast_to`."""
    g = layout(rng.uniform(0, 0.5, (70_001, 3)).astype(dtype))
    x, identity = np.zeros((70_001, 3), dtype), np.eye(3, dtype=dtype)
    calls = {
        (3,): (lambda b: x + b, lambda b: np.broadcast_to(b, x.shape), lambda b: nn.functional.linear(x, identity, b)),
        (1, 3): (lambda b: x + b,),
        (1, 1): (lambda b: x + b,),
        (): (lambda b: x + b,),
    }  # fmt: skip
    for shape, functions in calls.items():
        for function in functions:
            b = Tensor(np.zeros(shape, dtype), requires_grad=True)
            (actual,) = gradients(function(b), [b], g)
            expected = g.astype(float).sum(axis=0) if shape[-1:] == (3,) else g.astype(float).sum()
            tolerance = 1e-3 if dtype == np.float16 else 1e-5
            np.testing.assert_allclose(actual.numpy(), np.reshape(expected, shape).clip(-65504, 65504), rtol=tolerance)


@both_dtypes
def test_gradients_of_means_of_many_elements(dtype):
    """n itself is infinite in float16; g / n is not."""
    x = Tensor(np.broadcast_to(np.array([0, 1], dtype), (100_000, 2)).copy(), requires_grad=True)
    g = 1000.0
    np.testing.assert_allclose(gradients(x.mean() * g, [x])[0].numpy(), g / 2e5, rtol=2e-3)
    np.testing.assert_allclose(gradients(x.var() * g, [x])[0].numpy()[0], [-g / 2e5, g / 2e5], rtol=2e-3)
    np.testing.assert_allclose(gradients(x.std() * g, [x])[0].numpy()[0], [-g / 2e5, g / 2e5], rtol=2e-3)


@pytest.mark.parametrize("size", [100, 5000])
def test_standard_deviations_of_float16(size):
    """The variance of such data is infinite in float16."""
    x = rng.normal(0, 1000, (size, 2)).astype(np.float16)
    t = Tensor(x, requires_grad=True)
    for axis in (None, 0):
        np.testing.assert_allclose(np.std(t, axis=axis).numpy(), np.std(x.astype(float), axis=axis), rtol=2e-3)
        assert np.isfinite(gradients(np.std(t, axis=axis).sum(), [t])[0].numpy()).all()


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_short_sums_are_those_of_numpy_bit_for_bit(data):
    shape = tuple(data.draw(st.lists(st.integers(0, 12), max_size=3)))
    axes = data.draw(st.none() | st.sets(st.integers(0, len(shape) - 1)).map(tuple)) if shape else None
    x = rng.normal(size=shape).astype(data.draw(st.sampled_from(["float16", "float32", "float64"])))
    for keepdims in (False, True):
        np.testing.assert_array_equal(kernels.sum_over_axes(x, axes, keepdims), x.sum(axis=axes, keepdims=keepdims))


@pytest.mark.parametrize("shape", [(2048, 5), (5000, 5), (70_001, 5)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_compiled_steps_give_the_same_bits(shape, dtype):
    weight, bias = (Tensor(rng.normal(size=s).astype(dtype), requires_grad=True) for s in ((5, 3), (3,)))

    def step(x):
        h = np.tanh(nn.functional.linear(x, weight, bias)) + bias
        loss = (h * h).mean() + h.mean(axis=0).sum() + np.var(h, axis=0).sum()
        return loss, gradients(loss, [weight, bias])

    compiled = autograd.compile(step)
    for _ in range(3):
        x = rng.normal(size=shape).astype(dtype)
        loss, (dw, db) = step(x)
        compiled_loss, (compiled_dw, compiled_db) = compiled(x)
        for a, b in ((loss, compiled_loss), (dw, compiled_dw), (db, compiled_db)):
            np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_jacobians_add_the_same_way():
    x = Tensor(rng.uniform(0, 1, 5000).astype(np.float32).reshape(-1, 1))
    bias = Tensor(np.zeros((1, 1), np.float32))
    jacobian = autograd.jacobian(lambda b: np.sum(x + b, axis=0))(bias)
    assert np.reshape(jacobian, -1).tolist() == [5000.0]
