"""Convolutions: values and derivatives against PyTorch, against loops and against a composed twin; errors; empty batches."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import nn
from autograd import ShapeError, Tensor, gradcheck, gradients
from nn import functional as F  # noqa: N812
from tests.nn.derivatives import value_and_two_derivatives

CONVOLUTIONS = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
TRANSPOSED = {1: F.conv_transpose1d, 2: F.conv_transpose2d}


@st.composite
def problems(draw, axes=(1, 2, 3), transposed=False):
    """Shapes of the input and the weights, and options; half of the kernels are larger than half the padded input."""
    n = draw(st.sampled_from(axes))
    each = lambda low, high: draw(st.tuples(*[st.integers(low, high)] * n))
    groups = draw(st.integers(1, 3))
    in_channels, out_channels = groups * draw(st.integers(1, 3)), groups * draw(st.integers(1, 3))
    kernel, stride, dilation, padding = each(1, 3), each(1, 3), each(1, 2), each(0, 2)
    extents = [d * (k - 1) + 1 for k, d in zip(kernel, dilation)]
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    if transposed:
        options["output_padding"] = tuple(draw(st.integers(0, max(s, d) - 1)) for s, d in zip(stride, dilation))
        least = [1 + max(0, 2 * p - e + 1) for p, e in zip(padding, extents)]
        channels = in_channels, out_channels // groups
    else:
        least = [max(1, e - 2 * p) for e, p in zip(extents, padding)]
        channels = out_channels, in_channels // groups
    size = [low + draw(st.integers(0, 6)) for low in least]
    return (draw(st.integers(1, 3)), in_channels, *size), (*channels, *kernel), (out_channels,), options


def samples(shapes, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


def torch_value_and_two_derivatives(torch, f, inputs):
    """As `value_and_two_derivatives`, by PyTorch."""
    inputs = [torch.tensor(x, requires_grad=True) for x in inputs]
    out = f(*inputs)
    weights = torch.tensor(np.random.default_rng(1).uniform(0.5, 1.5, tuple(out.shape)))
    first = torch.autograd.grad((weights * out * out).sum(), inputs, create_graph=True)
    upstream = [torch.tensor(np.random.default_rng(2).normal(size=tuple(g.shape))) for g in first]
    return [x.detach().numpy() for x in (out, *first, *torch.autograd.grad(first, inputs, upstream))]


@settings(max_examples=30)
@given(problem=problems(), seed=st.integers(0, 2**32 - 1))
def test_values_and_two_derivatives_agree_with_torch(torch, problem, seed):
    *shapes, options = problem
    axes, inputs = len(shapes[0]) - 2, samples(shapes, seed=seed)
    ours = value_and_two_derivatives(lambda *args: CONVOLUTIONS[axes](*args, **options), inputs)
    function = getattr(torch.nn.functional, f"conv{axes}d")
    theirs = torch_value_and_two_derivatives(torch, lambda *args: function(*args, **options), inputs)
    for actual, expected in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-10)


@settings(max_examples=20)
@given(problem=problems(axes=(1, 2), transposed=True), seed=st.integers(0, 2**32 - 1))
def test_transposed_values_and_two_derivatives_agree_with_torch(torch, problem, seed):
    *shapes, options = problem
    axes, inputs = len(shapes[0]) - 2, samples(shapes, seed=seed)
    ours = value_and_two_derivatives(lambda *args: TRANSPOSED[axes](*args, **options), inputs)
    function = getattr(torch.nn.functional, f"conv_transpose{axes}d")
    theirs = torch_value_and_two_derivatives(torch, lambda *args: function(*args, **options), inputs)
    for actual, expected in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-10)


@settings(max_examples=10)
@given(problem=problems(), seed=st.integers(0, 2**32 - 1))
def test_single_precision_agrees_with_torch_and_stays_single(torch, problem, seed):
    *shapes, options = problem
    inputs = [Tensor(x, requires_grad=True) for x in samples(shapes, np.float32, seed)]
    twins = [torch.tensor(x.numpy(), requires_grad=True) for x in inputs]
    axes = len(shapes[0]) - 2
    out, expected = CONVOLUTIONS[axes](*inputs, **options), getattr(torch.nn.functional, f"conv{axes}d")(*twins, **options)
    out.sum().backward()
    expected.sum().backward()
    np.testing.assert_allclose(out.numpy(), expected.detach().numpy(), rtol=1e-4, atol=1e-4)
    for x, twin in zip(inputs, twins):
        assert x.grad.dtype == np.float32
        np.testing.assert_allclose(x.grad.numpy(), twin.grad.numpy(), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("mode", nn.functional.convolution.PADDING_MODES)
@pytest.mark.parametrize("padding", [1, (2, 1), "same"])
def test_padding_modes_agree_with_torch(torch, mode, padding):
    layer = torch.nn.Conv2d(2, 3, (3, 5), padding=padding, padding_mode=mode, dtype=torch.float64)
    weight, bias = (p.detach().numpy() for p in (layer.weight, layer.bias))
    (x,) = samples([(2, 2, 5, 6)])
    twin = torch.tensor(x, requires_grad=True)
    expected = layer(twin)
    (expected * expected).sum().backward()
    x = Tensor(x, requires_grad=True)
    out = F.conv2d(x, weight, bias, padding=padding, padding_mode=mode)
    (out * out).sum().backward()
    np.testing.assert_allclose(out.numpy(), expected.detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(x.grad.numpy(), twin.grad.numpy(), atol=1e-12)


# Without PyTorch


def loops(x, weight, bias, stride, padding, dilation, groups):
    """The definition of a convolution of images."""
    x = np.pad(x, ((0, 0), (0, 0), *((p, p) for p in padding)))
    (batch, _, *size), (outputs, channels, *kernel) = x.shape, weight.shape
    positions = [(n - d * (k - 1) - 1) // s + 1 for n, k, d, s in zip(size, kernel, dilation, stride)]
    out = np.zeros((batch, outputs, *positions))
    for n, o, p, q in np.ndindex(out.shape):
        first = o // (outputs // groups) * channels
        for c, i, j in np.ndindex(channels, *kernel):
            row, column = p * stride[0] + i * dilation[0], q * stride[1] + j * dilation[1]
            out[n, o, p, q] += weight[o, c, i, j] * x[n, first + c, row, column]
        out[n, o, p, q] += bias[o]
    return out


@settings(max_examples=20)
@given(problem=problems(axes=(2,)), seed=st.integers(0, 2**32 - 1))
def test_conv2d_is_the_sum_of_its_definition(problem, seed):
    *shapes, options = problem
    inputs = samples(shapes, seed=seed)
    np.testing.assert_allclose(F.conv2d(*inputs, **options), loops(*inputs, **options), rtol=1e-11, atol=1e-11)


def composed(x, weight, bias, stride, padding, dilation):
    """A convolution without groups, made of slices and sums that the engine differentiates by other formulas."""
    x = np.pad(x, ((0, 0), (0, 0), *((p, p) for p in padding)))
    kernel = weight.shape[2:]
    counts = [(n - d * (k - 1) - 1) // s + 1 for n, k, d, s in zip(x.shape[2:], kernel, dilation, stride)]
    out = bias.reshape(-1, *[1] * len(kernel))
    for position in np.ndindex(*kernel):
        starts = [p * d for p, d in zip(position, dilation)]
        window = x[(..., *(slice(i, i + (n - 1) * s + 1, s) for i, n, s in zip(starts, counts, stride)))]
        out = out + np.einsum("nc...,oc->no...", window, weight[(..., *position)])
    return out


@settings(max_examples=25)
@given(problem=problems(), seed=st.integers(0, 2**32 - 1))
def test_the_operation_and_its_composed_twin_agree_to_second_order(problem, seed):
    x, weight, bias, options = problem
    options = {**options, "groups": 1}
    weight = (weight[0], x[1], *weight[2:])
    inputs = samples([x, weight, bias], seed=seed)
    del options["groups"]
    ours = value_and_two_derivatives(lambda *args: CONVOLUTIONS[len(x) - 2](*args, **options), inputs)
    twin = value_and_two_derivatives(lambda *args: composed(*args, **options), inputs)
    for actual, expected in zip(ours, twin, strict=True):
        np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("groups", [1, 2, 4])
@pytest.mark.parametrize("stride", [1, 2])
def test_gradients_are_right_to_second_order(groups, stride):
    inputs = [Tensor(x, requires_grad=True) for x in samples([(2, 4, 5, 4), (4, 4 // groups, 3, 2), (4,)])]
    assert gradcheck(lambda *args: F.conv2d(*args, stride=stride, padding=1, groups=groups), inputs, order=2)
    assert gradcheck(lambda x, w: F.conv_transpose2d(x, w, None, stride, 1, groups=groups), inputs[:2], order=2)


LARGE = {
    "many images": ((70, 3, 9, 9), (4, 3, 3, 3)),
    "many rows": ((2, 40, 90, 90), (8, 40, 3, 3)),
    "1×1": ((3, 5, 8, 8), (6, 5, 1, 1)),
}


@pytest.mark.parametrize(("x", "weight"), LARGE.values(), ids=LARGE)
@pytest.mark.parametrize("stride", [1, 2])
def test_several_blocks_are_one_convolution(x, weight, stride):
    x, weight = (Tensor(value, requires_grad=True) for value in samples([x, weight]))
    padding = weight.shape[2] // 2
    out = F.conv2d(x, weight, stride=stride, padding=padding)
    twin = composed(x, weight, np.zeros(weight.shape[0]), (stride, stride), (padding, padding), (1, 1))
    (g,) = samples([out.shape], seed=1)
    ours, theirs = gradients(out, [x, weight], g), gradients(twin, [x, weight], g)
    for actual, expected in zip([out, *ours], [twin, *theirs]):
        np.testing.assert_allclose(actual.numpy(), expected.numpy(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("layout", ["F", "strided", "reversed"])
def test_memory_layout_does_not_matter(layout):
    (x, weight), expected = samples([(3, 2, 6, 5), (4, 2, 3, 3)]), None
    expected = F.conv2d(x, weight, padding=1)
    change = {
        "F": np.asfortranarray,
        "strided": lambda a: np.repeat(a, 2, -1)[..., ::2],
        "reversed": lambda a: a[::-1].copy()[::-1],
    }
    changed = [change[layout](array) for array in (x, weight)]
    np.testing.assert_allclose(F.conv2d(*changed, padding=1), expected, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_results_and_gradients_keep_the_dtype(dtype):
    inputs = [Tensor(x, requires_grad=True) for x in samples([(2, 2, 5, 5), (3, 2, 3, 3), (3,)], dtype)]
    out = F.conv2d(*inputs)
    out.sum().backward()
    assert {out.dtype, *(x.grad.dtype for x in inputs)} == {np.dtype(dtype)}


def test_integers_are_convolved_as_integers():
    out = F.conv1d(np.arange(6).reshape(1, 1, 6), np.array([[[1, -1]]]))
    assert out.dtype.kind == "i"
    np.testing.assert_array_equal(out, [[[-1] * 5]])


@pytest.mark.parametrize("shape", [(0, 2, 5, 5), (0, 2, 1, 1)])
def test_an_empty_batch_has_an_empty_result_and_gradients_of_zero(shape):
    x, weight, bias = (Tensor(value, requires_grad=True) for value in samples([shape, (3, 2, 3, 3), (3,)]))
    for out in (F.conv2d(x, weight, bias, padding=1), F.conv_transpose2d(x, weight.reshape(2, 3, 3, 3), bias, stride=2)):
        assert out.shape[:2] == (0, 3)
        grads = gradients(out.sum(), [x, weight, bias])
        assert [g.shape for g in grads] == [x.shape, weight.shape, bias.shape]
        assert not any(g.numpy().any() for g in grads)


def test_same_padding_keeps_the_size_for_every_kernel():
    for kernel, dilation in product(range(1, 6), range(1, 4)):
        assert F.conv1d(np.ones((1, 1, 7)), np.ones((1, 1, kernel)), padding="same", dilation=dilation).shape == (1, 1, 7)


def test_pairs_pad_the_two_sides_differently():
    out = F.conv1d(np.ones((1, 1, 3)), np.ones((1, 1, 2)), padding=((2, 0),))
    np.testing.assert_array_equal(out, [[[0, 1, 2, 2]]])


ERRORS = {
    "channels": (lambda x, w: F.conv2d(x, w[:, :1]), ShapeError, r"got an input of shape \(1, 2, 4, 4\), expected 1 channels"),
    "axes": (
        lambda x, w: F.conv2d(x[0], w),
        ShapeError,
        r"^conv2d: got an input of shape \(2, 4, 4\), expected \(N, C, H, W\)",
    ),
    "weight axes": (
        lambda x, w: F.conv2d(x, w[0]),
        ShapeError,
        r"weights of shape \(2, 3, 3\), expected \(out, C / groups, kh, kw\)",
    ),
    "kernel": (lambda x, w: F.conv2d(x[..., :2, :2], w), ShapeError, "kernel of size 3 × 3 for an input of size 2 × 2"),
    "padded": (
        lambda x, w: F.conv2d(x[..., :1], w, padding=(1, 0)),
        ShapeError,
        "3 × 3 for an input of size 6 × 1 with its padding",
    ),
    "groups": (
        lambda x, w: F.conv2d(x, w[:3], groups=2),
        ShapeError,
        "groups = 2, expected a divisor of the 3 output channels",
    ),
    "bias": (lambda x, w: F.conv2d(x, w, np.ones(3)), ShapeError, r"bias of shape \(3,\), expected \(4,\)"),
    "stride": (lambda x, w: F.conv2d(x, w, stride=0), ValueError, "stride must be 1 or more, not 0"),
    "strides": (lambda x, w: F.conv2d(x, w, stride=(1, 1, 1)), ValueError, "stride must be an integer or 2 of them"),
    "padding": (lambda x, w: F.conv2d(x, w, padding=-1), ValueError, "padding must be 0 or more, not -1"),
    "name": (lambda x, w: F.conv2d(x, w, padding="full"), ValueError, 'must be numbers, "same" or "valid", not \'full\''),
    "same": (lambda x, w: F.conv2d(x, w, stride=2, padding="same"), ValueError, 'padding "same" needs stride 1, not 2'),
    "mode": (lambda x, w: F.conv2d(x, w, padding_mode="reflct"), ValueError, "did you mean 'reflect'"),
    "transposed": (lambda x, w: F.conv_transpose2d(x, w), ShapeError, "expected 4 channels, as the weights have shape"),
    "surplus": (
        lambda x, w: F.conv_transpose2d(x, w[:2], output_padding=1),
        ValueError,
        "output_padding must be less than the stride or the dilation, not 1",
    ),
    "nothing left": (lambda x, w: F.conv_transpose2d(x[..., :1, :1], w[:2], padding=2), ShapeError, "leave no elements"),
}


@pytest.mark.parametrize(("call", "error", "message"), ERRORS.values(), ids=ERRORS)
def test_errors_say_what_is_wrong(call, error, message):
    for convert in (np.asarray, Tensor):
        x, weight = (convert(value) for value in samples([(1, 2, 4, 4), (4, 2, 3, 3)]))
        with pytest.raises(error, match=message):
            call(x, weight)
