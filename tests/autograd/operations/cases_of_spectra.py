"""The cases of complex numbers and Fourier transforms, on real inputs; test_complex.py runs all cases on complex ones."""

import numpy as np
from hypothesis import strategies as st

from tests.autograd.operations.case import any_shape, axis_option, between, cases, with_axis, with_two_axes

NORMS = ("backward", "ortho", "forward")
turned = lambda f: lambda x, **options: f(np.exp(1j * x) * (x + 3), **options)


def transform_options(shape):
    """A length, an axis and a normalization, or the defaults."""
    axis = {"axis": st.integers(-len(shape), len(shape) - 1)}
    return st.fixed_dictionaries({"n": st.integers(1, 5)}, optional={**axis, "norm": st.sampled_from(NORMS)})


def sizes_and_axes(shape):
    """Sizes of the last two axes, -1 for their own, and a normalization; or the defaults."""
    sizes = st.lists(st.sampled_from([-1, 1, 2, 3, 4]), min_size=2, max_size=2)
    return st.fixed_dictionaries({"s": sizes, "axes": st.just((-2, -1))}, optional={"norm": st.sampled_from(NORMS)})


def shift_options(shape):
    """All axes, one, or two."""
    axis = st.integers(-len(shape), len(shape) - 1)
    return st.fixed_dictionaries({}, optional={"axes": axis | st.tuples(axis, axis)})


TRANSFORMS = "np.fft.fft np.fft.ifft np.fft.rfft np.fft.irfft np.fft.hfft np.fft.ihfft"
TRANSFORMS_OF_AXES = "np.fft.fft2 np.fft.ifft2 np.fft.rfft2 np.fft.irfft2 np.fft.fftn np.fft.ifftn np.fft.rfftn np.fft.irfftn"

SPECTRA = [
    *cases("np.real np.imag np.angle np.sign", any_shape, wrap=turned, values=between(-1.5, 1.5)),
    *cases("np.sort_complex", with_axis),
    *cases(TRANSFORMS, with_axis, options=transform_options),
    *cases("np.fft.fft np.fft.ifft np.fft.rfft np.fft.ihfft", with_axis, options=axis_option),
    *cases(TRANSFORMS_OF_AXES, with_two_axes, options=sizes_and_axes),
    *cases("np.fft.fftn np.fft.ifftn np.fft.rfftn", with_axis),
    *cases("np.fft.fftshift np.fft.ifftshift", with_axis, options=shift_options),
]
