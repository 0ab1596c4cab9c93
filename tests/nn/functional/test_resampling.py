"""Interpolation, zero padding and pixel shuffling against PyTorch and finite differences."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd
from autograd import Tensor, gradcheck, gradgradcheck, gradients
from nn import functional as F  # noqa: N812


def sample(shape, seed=0, dtype=np.float64):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def assert_agrees(torch, ours, theirs, x, tolerance=1e-10):
    """Values and two derivatives of a weighted sum of cubes agree."""
    tensor, twin = Tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    out, expected = ours(tensor), theirs(twin)
    assert out.shape == tuple(expected.shape)
    weights, direction = sample(out.shape, 1, x.dtype), sample(x.shape, 2, x.dtype)
    (first,) = gradients((weights * out * out * out).sum(), [tensor], create_graph=True)
    (second,) = gradients([first], [tensor], [direction])
    (other,) = torch.autograd.grad((torch.tensor(weights) * expected**3).sum(), twin, create_graph=True)
    (other_second,) = torch.autograd.grad(other, twin, torch.tensor(direction))
    for actual, wanted in ((out, expected), (first, other), (second, other_second)):
        assert actual.dtype == x.dtype
        np.testing.assert_allclose(actual.numpy(), wanted.detach().numpy(), rtol=tolerance, atol=tolerance)


@st.composite
def resizings(draw):
    axes = draw(st.sampled_from([1, 2]))
    shape = (draw(st.integers(1, 2)), draw(st.integers(1, 3)), *(draw(st.integers(1, 6)) for _ in range(axes)))
    mode = draw(st.sampled_from(["nearest", {1: "linear", 2: "bilinear"}[axes]]))
    options = {"mode": mode}
    if draw(st.booleans()):
        options["size"] = tuple(draw(st.integers(1, 12)) for _ in range(axes))
    else:
        factors = [1, 2, 3, 1.5, 2.5]
        if (axes, mode) != (1, "nearest"):  # there PyTorch's gradient is not that of its values
            factors += [1.05, 2.05]
        options["scale_factor"] = tuple(draw(st.sampled_from(factors)) for _ in range(axes))
    if mode != "nearest":
        options["align_corners"] = draw(st.booleans())
    return shape, options


@settings(max_examples=150)
@given(case=resizings())
def test_interpolation_agrees_with_torch_at_both_orders(torch, case):
    shape, options = case
    theirs = {name: v[0] if len(shape) == 3 and isinstance(v, tuple) else v for name, v in options.items()}
    assert_agrees(
        torch,
        lambda x: F.interpolate(x, **options),
        lambda x: torch.nn.functional.interpolate(x, **theirs),
        sample(shape),
    )


def test_an_axis_of_the_same_size_is_copied():
    x = np.arange(4.0)[None, None]
    np.testing.assert_array_equal(F.interpolate(x, scale_factor=1.2), x)
    np.testing.assert_array_equal(F.interpolate(x, scale_factor=1.2, mode="linear"), x)
    np.testing.assert_array_equal(F.interpolate(x, scale_factor=2.2), x.repeat(2, axis=-1))


OPTIONS = {
    "nearest": {"scale_factor": 2},
    "nearest of a size": {"size": (7, 3)},
    "bilinear": {"scale_factor": 2, "mode": "bilinear"},
    "bilinear, aligned": {"size": (7, 9), "mode": "bilinear", "align_corners": True},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_float32_stays_float32(torch, options):
    x = sample((2, 3, 4, 5), dtype=np.float32)
    assert_agrees(
        torch, lambda x: F.interpolate(x, **options), lambda x: torch.nn.functional.interpolate(x, **options), x, 1e-4
    )


@settings(max_examples=40)
@given(
    padding=st.tuples(*[st.integers(0, 3)] * 4),
    axes=st.sampled_from([1, 2]),
    shape=st.tuples(*[st.integers(1, 3)] * 4),
)
def test_zero_padding_agrees_with_torch(torch, padding, axes, shape):
    pad, padding = (F.zero_pad1d, padding[:2]) if axes == 1 else (F.zero_pad2d, padding)
    x = sample(shape[: axes + 2])
    assert_agrees(torch, lambda x: pad(x, padding), lambda x: torch.nn.functional.pad(x, padding), x)
    assert_agrees(torch, lambda x: pad(x, 2), lambda x: torch.nn.functional.pad(x, (2,) * 2 * axes), x)


@pytest.mark.parametrize("r", [1, 2, 3])
@pytest.mark.parametrize("batch", [(), (2,)])
def test_pixel_shuffle_agrees_with_torch(torch, r, batch):
    assert_agrees(
        torch,
        lambda x: F.pixel_shuffle(x, r),
        lambda x: torch.nn.functional.pixel_shuffle(x, r),
        sample((*batch, 2 * r * r, 3, 4)),
    )
    assert_agrees(
        torch,
        lambda x: F.pixel_unshuffle(x, r),
        lambda x: torch.nn.functional.pixel_unshuffle(x, r),
        sample((*batch, 2, 3 * r, 4 * r)),
    )


FUNCTIONS = {
    **{name: lambda x, options=options: F.interpolate(x, **options) for name, options in OPTIONS.items()},
    "zero padding": lambda x: F.zero_pad2d(x, (1, 0, 2, 3)),
    "pixel shuffle": lambda x: F.pixel_shuffle(x, 2),
    "pixel unshuffle": lambda x: F.pixel_unshuffle(x, 2),
}
each = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)


@each
def test_derivatives_agree_with_finite_differences_to_second_order(function):
    x = Tensor(sample((1, 4, 2, 4)), requires_grad=True)
    gradcheck(lambda x: function(x) ** 2, [x])
    gradgradcheck(lambda x: function(x) ** 2, [x])


@each
def test_compiled_steps_give_the_same_bits(function):
    def training():
        weight = Tensor(sample((4, 2, 4)), requires_grad=True)

        def step(x):
            loss = ((function(x * weight) + function(x)) ** 2).sum()
            loss.backward()
            return loss

        return weight, step

    (weight, step), (eager_weight, eager_step) = training(), training()
    compiled = autograd.compile(step)
    for seed in range(5):
        x = sample((3, 4, 2, 4), seed)
        assert compiled(x).item() == eager_step(x).item()
        np.testing.assert_array_equal(weight.grad.data, eager_weight.grad.data)
    assert compiled.fallback_reason == ""


@each
def test_empty_batches_have_empty_results_and_gradients(function):
    x = Tensor(np.zeros((0, 4, 2, 4)), requires_grad=True)
    out = function(x)
    out.sum().backward()
    assert out.shape[0] == 0
    assert x.grad.shape == x.shape


def test_a_nan_reaches_only_the_outputs_next_to_it():
    x = np.zeros((1, 1, 1, 6))
    x[..., 0] = np.nan
    out = F.interpolate(Tensor(x), scale_factor=2, mode="bilinear").numpy()
    np.testing.assert_array_equal(np.isnan(out[0, 0, 0]), [True] * 3 + [False] * 9)
