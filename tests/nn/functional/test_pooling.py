"""Pooling against PyTorch, finite differences and the engine's own reductions."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd
from autograd import Tensor, gradcheck, gradgradcheck, gradients
from nn import functional as F  # noqa: N812

MAX = {1: F.max_pool1d, 2: F.max_pool2d}
MEAN = {1: F.avg_pool1d, 2: F.avg_pool2d}
ADAPTIVE = {
    ("max", 1): F.adaptive_max_pool1d,
    ("max", 2): F.adaptive_max_pool2d,
    ("avg", 1): F.adaptive_avg_pool1d,
    ("avg", 2): F.adaptive_avg_pool2d,
}


def distinct(shape, seed=0, dtype=np.float64):
    """Values without ties, far enough from each other for finite differences."""
    n = int(np.prod(shape))
    return (np.random.default_rng(seed).permutation(n).reshape(shape) / max(n, 1) - 0.5).astype(dtype)


def derivatives(pool, x):
    """The value and two derivatives of a weighted sum of cubes."""
    x = Tensor(x, requires_grad=True)
    out = pool(x)
    weights = np.random.default_rng(1).uniform(0.5, 1.5, out.shape).astype(x.dtype)
    (first,) = gradients((weights * out * out * out).sum(), [x], create_graph=True)
    (second,) = gradients([first], [x], [distinct(x.shape, 2, x.dtype)])
    return out.numpy(), first.numpy(), second.numpy()


def torch_derivatives(torch, pool, x):
    x = torch.tensor(x, requires_grad=True)
    out = pool(x)
    weights = np.random.default_rng(1).uniform(0.5, 1.5, tuple(out.shape))
    loss = (torch.tensor(weights, dtype=x.dtype) * out * out * out).sum()
    (first,) = torch.autograd.grad(loss, x, create_graph=True)
    (second,) = torch.autograd.grad(first, x, torch.tensor(distinct(tuple(x.shape), 2), dtype=x.dtype))
    return out.detach().numpy(), first.detach().numpy(), second.numpy()


def assert_agree(actual, expected, tolerance=1e-10):
    for ours, theirs in zip(actual, expected, strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


@st.composite
def poolings(draw, *, dilations=True):
    """A number of axes, an input shape and options that PyTorch accepts."""
    axes = draw(st.sampled_from([1, 2]))

    def each(elements):
        return tuple(draw(elements) for _ in range(axes))

    kernel, stride = each(st.integers(1, 4)), each(st.integers(1, 4))
    dilation = each(st.integers(1, 2)) if dilations else (1,) * axes
    extents = [d * (k - 1) + 1 for k, d in zip(kernel, dilation)]
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel)
    # A window without any element ends the process of PyTorch in its backward pass; from `dilation` elements on there is none.
    least = [max(d, extent - 2 * pad) for d, extent, pad in zip(dilation, extents, padding)]
    sizes = [draw(st.integers(n, n + 5)) for n in least]
    shape = (draw(st.integers(1, 2)), draw(st.integers(1, 2)), *sizes)[draw(st.integers(0, 1)) :]
    options = {"kernel_size": kernel, "stride": stride, "padding": padding, "ceil_mode": draw(st.booleans())}
    return axes, shape, options | ({"dilation": dilation} if dilations else {"count_include_pad": draw(st.booleans())})


def for_torch(axes, options):
    return options if axes == 2 else {name: v[0] if isinstance(v, tuple) else v for name, v in options.items()}


@settings(max_examples=150)
@given(case=poolings())
def test_max_pooling_agrees_with_torch_at_both_orders(torch, case):
    axes, shape, options = case
    theirs = torch.nn.functional.max_pool1d if axes == 1 else torch.nn.functional.max_pool2d
    x = distinct(shape)
    actual = derivatives(lambda x: MAX[axes](x, **options), x)
    assert_agree(actual, torch_derivatives(torch, lambda x: theirs(x, **for_torch(axes, options)), x))


@settings(max_examples=150)
@given(case=poolings(dilations=False))
def test_mean_pooling_agrees_with_torch_at_both_orders(torch, case):
    axes, shape, options = case
    theirs = torch.nn.functional.avg_pool1d if axes == 1 else torch.nn.functional.avg_pool2d
    x = distinct(shape)
    actual = derivatives(lambda x: MEAN[axes](x, **options), x)
    assert_agree(actual, torch_derivatives(torch, lambda x: theirs(x, **for_torch(axes, options)), x))


@settings(max_examples=80)
@given(
    name=st.sampled_from(["max", "avg"]),
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=2),
    outputs=st.tuples(st.integers(1, 9), st.integers(1, 9)),
)
def test_adaptive_pooling_agrees_with_torch_at_both_orders(torch, name, sizes, outputs):
    axes = len(sizes)
    theirs = getattr(torch.nn.functional, f"adaptive_{name}_pool{axes}d")
    x, outputs = distinct((2, 3, *sizes)), outputs[:axes]
    actual = derivatives(lambda x: ADAPTIVE[name, axes](x, outputs), x)
    assert_agree(actual, torch_derivatives(torch, lambda x: theirs(x, outputs if axes == 2 else outputs[0]), x))


OPTIONS = {
    "tiles": {"kernel_size": 2},
    "tiles with a rest": {"kernel_size": (2, 3)},
    "overlapping": {"kernel_size": 3, "stride": 2, "padding": 1},
    "ceil": {"kernel_size": 2, "stride": 3, "ceil_mode": True},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("name", ["max", "avg"])
def test_float32_stays_float32_and_agrees_with_torch(torch, name, options):
    x = distinct((2, 3, 8, 7), dtype=np.float32)
    ours, theirs = (getattr(module, f"{name}_pool2d") for module in (F, torch.nn.functional))
    actual = derivatives(lambda x: ours(x, **options), x)
    assert_agree(actual, torch_derivatives(torch, lambda x: theirs(x, **options), x), 1e-5)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("pool", [F.max_pool2d, F.avg_pool2d])
def test_derivatives_agree_with_finite_differences_to_second_order(pool, options):
    x = Tensor(distinct((1, 2, 5, 6)), requires_grad=True)
    gradcheck(lambda x: pool(x, **options) ** 2, [x])
    gradgradcheck(lambda x: pool(x, **options) ** 2, [x])


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("pool", [F.max_pool2d, F.avg_pool2d])
def test_the_order_of_memory_does_not_matter(pool, options):
    x = distinct((3, 2, 8, 7))
    channels_first = np.ascontiguousarray(x.transpose(1, 0, 2, 3)).transpose(1, 0, 2, 3)
    reversed_rows = x[:, :, ::-1].copy()[:, :, ::-1]
    expected = derivatives(lambda x: pool(x, **options), x)
    for other in (channels_first, reversed_rows, np.asfortranarray(x)):
        assert_agree(derivatives(lambda x: pool(x, **options), other), expected, 0)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_ties_share_the_gradient_evenly_as_in_max(options):
    x = np.random.default_rng(0).integers(0, 2, (2, 2, 8, 7)) * 1.0
    tied = Tensor(x, requires_grad=True)
    F.max_pool2d(tied, (8, 7)).sum().backward()
    expected = Tensor(x, requires_grad=True)
    expected.max(axis=(2, 3)).sum().backward()
    np.testing.assert_array_equal(tied.grad.data, expected.grad.data)
    constant = Tensor(np.ones_like(x), requires_grad=True)
    out = F.max_pool2d(constant, **options)
    out.sum().backward()
    mean = Tensor(np.ones_like(x), requires_grad=True)
    F.avg_pool2d(mean, **options, count_include_pad=False).sum().backward()
    np.testing.assert_allclose(constant.grad.data, mean.grad.data, rtol=1e-14)


@pytest.mark.parametrize("fill", [-np.inf, np.nan, np.inf])
def test_windows_of_infinities_and_nan(fill):
    x = Tensor(np.full((1, 1, 2, 4), fill), requires_grad=True)
    x.data[..., 2:] = [[1.0, 2.0], [4.0, 3.0]]
    out = F.max_pool2d(x, 2)
    out.sum().backward()
    np.testing.assert_array_equal(out.data, [[[[fill, 4.0]]]])
    share = 0.0 if np.isnan(fill) else 0.25
    np.testing.assert_array_equal(x.grad.data, [[[[share, share, 0, 0], [share, share, 1, 0]]]])


def test_windows_of_padding_alone_have_no_gradient():
    x = Tensor([[[7.0, 8.0]]], requires_grad=True)
    out = F.max_pool1d(x, 2, padding=1, dilation=3)
    np.testing.assert_array_equal(out.data, [[[-np.inf]]])
    out.sum().backward()
    np.testing.assert_array_equal(x.grad.data, [[[0, 0]]])


@pytest.mark.parametrize("pool", [F.max_pool2d, F.avg_pool2d])
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("shape", [(0, 2, 8, 7), (2, 0, 8, 7)])
def test_empty_batches_have_empty_results_and_gradients(pool, options, shape):
    x = Tensor(np.zeros(shape), requires_grad=True)
    out = pool(x, **options)
    out.sum().backward()
    assert out.shape[:2] == shape[:2]
    assert out.size == 0
    assert x.grad.shape == shape


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("pool", [F.max_pool2d, F.avg_pool2d])
def test_compiled_steps_give_the_same_bits(pool, options):
    def training():
        weight = Tensor(distinct((2, 8, 7)), requires_grad=True)

        def step(x):
            loss = ((pool(x * weight, **options) + pool(x, **options)) ** 2).sum()
            loss.backward()
            return loss

        return weight, step

    (weight, step), (eager_weight, eager_step) = training(), training()
    compiled = autograd.compile(step)
    for seed in range(6):
        x = distinct((3, 2, 8, 7), seed)
        assert compiled(x).item() == eager_step(x).item()
        np.testing.assert_array_equal(weight.grad.data, eager_weight.grad.data)
    assert compiled.fallback_reason == ""


@pytest.mark.parametrize("pool", [F.max_pool2d, F.avg_pool2d, F.adaptive_max_pool2d, F.adaptive_avg_pool2d])
def test_a_jacobian_holds_the_gradients_of_all_elements(pool):
    x = distinct((1, 1, 4, 5))
    jacobian = autograd.jacobian(lambda x: pool(x, (2, 3)))(x)
    for index in np.ndindex(jacobian.shape[:4]):
        row = Tensor(x, requires_grad=True)
        pool(row, (2, 3))[index].backward()
        np.testing.assert_allclose(jacobian[index], row.grad.data)
