"""Fourier transforms: NumPy's numbers bit for bit, adjoints, derivatives, and the functions beside them."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import array_shapes

from autograd import DataError, ShapeError, Tensor, gradcheck, gradients, jacobian
from tests.autograd.operations.cases_of_spectra import TRANSFORMS, TRANSFORMS_OF_AXES, sizes_and_axes, transform_options

OF_REALS = {"rfft", "ihfft", "rfft2", "rfftn"}
names = [name.removeprefix("np.fft.") for name in TRANSFORMS.split()]
names_of_axes = [name.removeprefix("np.fft.") for name in TRANSFORMS_OF_AXES.split()]
seeds = st.integers(0, 2**32 - 1)


def random_array(name, shape, is_complex, seed):
    rng = np.random.default_rng(seed)
    real = rng.normal(size=shape)
    return real + 1j * rng.normal(size=shape) if is_complex and name not in OF_REALS else real


def check(name, array, options):
    """The numbers and dtypes of NumPy in both precisions, and derivatives of both parts."""
    transform = lambda x: getattr(np.fft, name)(x, **options)
    x = Tensor(array, requires_grad=True)
    single = array.astype(np.complex64 if np.iscomplexobj(array) else np.float32)
    for tensor, expected in ((x, transform(array)), (Tensor(single, requires_grad=True), transform(single))):
        out = transform(tensor)
        np.testing.assert_array_equal(out.numpy(), expected, strict=True)
        (g,) = gradients(np.sum(np.abs(out) ** 2), tensor)
        assert g.dtype == tensor.dtype
    gradcheck(lambda x: transform(x) ** 2, x, order=2, fast=True)


@pytest.mark.parametrize("name", names)
@settings(max_examples=12, deadline=None)
@given(st.data(), array_shapes(max_dims=3, max_side=5), st.booleans(), seeds)
def test_transforms_along_one_axis(name, data, shape, is_complex, seed):
    check(name, random_array(name, shape, is_complex, seed), data.draw(transform_options(shape)))


@pytest.mark.parametrize("name", names_of_axes)
@settings(max_examples=8, deadline=None)
@given(st.data(), array_shapes(min_dims=2, max_dims=3, max_side=4), st.booleans(), seeds)
def test_transforms_along_several_axes(name, data, shape, is_complex, seed):
    check(name, random_array(name, shape, is_complex, seed), data.draw(sizes_and_axes(shape)))


@pytest.mark.parametrize("name", ["fftn", "ifftn", "irfftn"])
@pytest.mark.parametrize(("s", "axes"), [(None, (1, 1)), ((2, 3), (1, 1)), (None, (2, 0)), ((-1, 4), (0, 2)), ((5,), (-2,))])
def test_axes_can_repeat_and_come_in_any_order(name, s, axes):
    check(name, random_array(name, (2, 3, 3), True, 0), {"s": s, "axes": axes})


@pytest.mark.parametrize("name", ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"])
@settings(max_examples=10, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from(["backward", "ortho", "forward"]), seeds)
def test_gradient_is_the_adjoint(name, size, n, norm, seed):
    """Re(g · F x) = Re(F*g · x) for any x and g, without a conjugate."""
    transform = lambda x: getattr(np.fft, name)(x, n, norm=norm)
    x = random_array(name, (size,), True, seed)
    out = transform(Tensor(x, requires_grad=True))
    g = random_array("fft" if out.dtype.kind == "c" else "rfft", out.shape, True, seed + 1)
    variable = Tensor(x, requires_grad=True)
    (adjoint,) = gradients(transform(variable), variable, g)
    np.testing.assert_allclose(np.real(g @ out.numpy()), np.real(adjoint.numpy() @ x), rtol=1e-10, atol=1e-12)


def test_jacobian_of_the_parts_is_the_matrix_of_the_transform():
    x = np.array([1.0, -2.0, 0.5, 3.0])
    matrix = np.exp(-2j * np.pi * np.outer(range(4), range(4)) / 4)
    parts = jacobian(lambda x: [np.fft.fft(x).real, np.fft.fft(x).imag])(x)
    np.testing.assert_allclose(parts[0] + 1j * parts[1], matrix, atol=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.data(), array_shapes(max_dims=3, max_side=5))
def test_shifts_are_inverse_to_each_other(data, shape):
    axes = data.draw(st.none() | st.integers(-len(shape), len(shape) - 1))
    x = Tensor(random_array("fft", shape, True, 0), requires_grad=True)
    shifted = np.fft.fftshift(x, axes)
    np.testing.assert_array_equal(shifted.numpy(), np.fft.fftshift(x.numpy(), axes))
    np.testing.assert_array_equal(np.fft.ifftshift(shifted, axes).numpy(), x.numpy())
    weights = random_array("fft", shape, True, 1)
    (g,) = gradients((shifted * weights).sum().real, x)
    np.testing.assert_array_equal(g.numpy(), np.fft.ifftshift(weights, axes))


def test_frequencies_are_differentiable_in_the_distance_of_the_samples():
    d = Tensor(0.5, requires_grad=True)
    for frequencies in (np.fft.fftfreq, np.fft.rfftfreq):
        out = frequencies(5, d)
        np.testing.assert_allclose(out.numpy(), frequencies(5, 0.5))
        (g,) = gradients(out.sum(), d)
        np.testing.assert_allclose(g.item(), -frequencies(5, 0.5).sum() / 0.5, atol=1e-12)


@pytest.mark.parametrize(("wrong", "error", "text"), [
    (lambda x: np.fft.fft(x, 0), ShapeError, "fft: the length of a transform is at least 1, got n=0"),
    (lambda x: np.fft.fft(x, norm="no"), ValueError, "fft: norm is 'backward', 'ortho' or 'forward', not 'no'"),
    (lambda x: np.fft.hfft(x, norm="no"), ValueError, "hfft: norm is"),
    (lambda x: np.fft.rfft(1j * x), DataError, "rfft: expected real numbers"),
    (lambda x: np.fft.fft(x, axis=1), np.exceptions.AxisError, "axis 1 is out of bounds"),
    (lambda x: np.fft.fftn(x, (1, 2), (0,)), ShapeError, "fftn: 2 sizes s for 1 axes"),
])  # fmt: skip
def test_wrong_arguments(wrong, error, text):
    with pytest.raises(error, match=text):
        wrong(Tensor([1.0, 2.0], requires_grad=True))


@pytest.mark.torch
@pytest.mark.parametrize("name", [*names, *names_of_axes])
@pytest.mark.parametrize("norm", ["backward", "ortho", "forward"])
def test_gradients_are_the_conjugates_of_those_of_pytorch(name, norm):
    torch = pytest.importorskip("torch")
    array = random_array(name, (3, 4), True, 0)
    x, t = Tensor(array, requires_grad=True), torch.tensor(array, requires_grad=True)
    out, theirs = getattr(np.fft, name)(x, norm=norm), getattr(torch.fft, name)(t, norm=norm)
    weights = random_array("fft" if out.dtype.kind == "c" else "rfft", out.shape, True, 1)
    (g,) = gradients((out * out * weights).sum().real, x)
    (h,) = torch.autograd.grad((theirs * theirs * torch.tensor(weights)).sum().real, t)
    np.testing.assert_allclose(g.numpy(), h.numpy(force=True).conj(), rtol=1e-9, atol=1e-9)
