"""Operations on complex numbers: values as in NumPy, derivatives as differences of both parts, conventions, refusals."""

from warnings import catch_warnings, simplefilter

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd
from autograd import DataError, Tensor, gradcheck, gradients
from tests.autograd.operations.cases import CASES

#: The functions that order or round numbers, or that exist for real numbers only: they refuse complex ones by name.
OF_REALS = {
    *(f"np.{name}" for name in (
        "fabs", "modf", "deg2rad", "radians", "rad2deg", "degrees", "cbrt", "ldexp", "unwrap", "maximum", "minimum", "fmax",
        "fmin", "logaddexp", "logaddexp2", "arctan2", "hypot", "copysign", "remainder", "fmod", "divmod", "clip", "max", "min",
        "amax", "amin", "ptp", "median", "quantile", "percentile", "nanmax", "nanmin", "interp", "fft.rfft", "fft.ihfft",
        "fft.rfft2", "fft.rfftn", "heaviside", "nextafter", "frexp", "i0", "bincount", "histogram", "histogram2d",
        "histogramdd", "histogram_bin_edges", "nanquantile", "nanpercentile",
    )),
    *(f"autograd.{name}" for name in (
        "relu", "sigmoid", "erf", "erfc", "softplus", "gammaln", "digamma", "polygamma", "logit", "xlogy", "logsumexp",
    )),
}  # fmt: skip
#: Their cases make symmetric matrices; the tests below make Hermitian ones.
OF_HERMITIAN = {"np.linalg.cholesky", "np.linalg.eigh", "np.linalg.eigvalsh"}
NEED_SCIPY = {"autograd.gammaln", "autograd.digamma", "autograd.polygamma"}


def complex_array(rng, *shape):
    return rng.uniform(-1, 1, shape) + 1j * rng.uniform(-1, 1, shape)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def variables(*arrays):
    return [Tensor(array, requires_grad=True) for array in arrays]


@pytest.mark.slow
@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.name not in OF_HERMITIAN and not case.name.startswith("scipy.")],
    ids=lambda case: case.name,
)
def test_every_operation_on_complex_numbers(case):
    if case.name in NEED_SCIPY:
        pytest.importorskip("scipy.special")

    @settings(max_examples=1, deadline=None)
    @given(st.data())
    def check(data):
        function, arrays = case.draw(data)
        rng = np.random.default_rng(0)
        arrays = [array + 1j * np.asarray(case.values(rng, array.shape)) for array in arrays]
        if case.name in OF_REALS:
            with pytest.raises(DataError, match=r"\w+: expected real numbers, got complex128"):
                function(*variables(*arrays))
            return
        outputs, expected = function(*variables(*arrays)), function(*arrays)
        for ours, theirs in zip(outputs, expected, strict=True):
            np.testing.assert_allclose(getattr(ours, "data", ours), theirs, rtol=1e-10, atol=1e-10)
            assert (ours.shape, ours.dtype) == (np.shape(theirs), theirs.dtype)
        nonlinear = lambda *inputs: [out + out * out for out in function(*inputs)]
        gradcheck(nonlinear, variables(*arrays), order=min(case.order, 2), fast=True)

    check()


def hermitian(f):
    return lambda x: f(x @ np.conj(np.matrix_transpose(x)))


def without_phase(v):
    """Columns up to their phase, which is arbitrary."""
    return [np.abs(v), v * np.conj(v[:1])]


@pytest.mark.parametrize("f", [
    np.linalg.cholesky,
    lambda a: np.linalg.cholesky(a, upper=True),
    np.linalg.eigvalsh,
    lambda a: without_phase(np.linalg.eigh(a).eigenvectors),
    lambda a: without_phase(np.linalg.eigh(a, "U").eigenvectors),
])  # fmt: skip
def test_decompositions_of_hermitian_matrices(f, rng):
    gradcheck(hermitian(f), variables(complex_array(rng, 3, 3)), order=2)


@pytest.mark.parametrize("shape", [(3, 3), (3, 2), (2, 3)])
def test_singular_vectors_up_to_their_phase(shape, rng):
    def f(x):
        u, s, vh = np.linalg.svd(x, full_matrices=False)
        return [s, *without_phase(u), u @ vh]

    gradcheck(f, variables(complex_array(rng, *shape)), order=2)


def test_determinant_of_a_singular_matrix(rng):
    a = complex_array(rng, 3, 3)
    a[2] = 2j * a[0] - a[1]
    gradcheck(np.linalg.det, variables(a), order=2)


@pytest.mark.parametrize("vectors", [lambda a: np.linalg.eigh(a + np.conj(a.T))[1], lambda a: np.linalg.svd(a)[0]])
def test_a_function_of_the_phase_of_vectors_has_no_gradient(vectors, rng):
    (a,) = variables(complex_array(rng, 3, 3))
    (g,) = gradients((vectors(a).real ** 2).sum(), a)
    assert np.isnan(g.numpy()).any()


# Special points


@pytest.mark.parametrize(("f", "at", "expected"), [
    (np.abs, 0, 0),
    (np.abs, -0.0j, 0),
    (lambda z: np.sign(z).real, 0, 1),  # its slope is that of z / 1
    (np.angle, 0, 0),
    (lambda z: np.linalg.norm(np.stack([z, z])), 0, 0),
    (lambda z: np.std(np.stack([z, z])), 1j, 0),
    (lambda z: (z**2).real, 0, 0),
    (lambda z: (z**0).real, 0, 0),
    (lambda z: (0**z).real, 2 + 1j, 0),
])  # fmt: skip
def test_gradient_at_a_special_point(f, at, expected):
    (z,) = variables(np.complex128(at))
    (g,) = gradients(f(z), z)
    assert g.item() == expected


@pytest.mark.parametrize("name", ["sqrt", "log", "log2", "log10", "log1p", "arcsin", "arccos", "arctanh", "arccosh"])
@pytest.mark.parametrize("x", [-2.0, 2.0])
@pytest.mark.parametrize("y", [0.0, -0.0])
def test_on_a_branch_cut_the_slope_is_that_of_the_side_of_the_point(name, x, y):
    f = getattr(np, name)
    on_cut, beside = complex(x, y), complex(x, np.copysign(1e-9, y))
    (z,) = variables(np.complex128(on_cut))
    (g,) = gradients(f(z).real, z)
    (w,) = variables(np.complex128(beside))
    (h,) = gradients(f(w).real, w)
    np.testing.assert_allclose(g.item(), h.item(), rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("name", ["arctan", "arcsinh"])
@pytest.mark.parametrize("x", [0.0, -0.0])
@pytest.mark.parametrize("y", [-2.0, 2.0])
def test_on_a_branch_cut_of_the_imaginary_axis(name, x, y):
    f = getattr(np, name)
    points = variables(np.complex128(complex(x, y)), np.complex128(complex(np.copysign(1e-9, x), y)))
    g, h = [gradients(f(z).real, z)[0].item() for z in points]
    np.testing.assert_allclose(g, h, rtol=1e-7, atol=1e-7)


# Conventions


def test_gradient_is_that_of_both_parts():
    (z,) = variables(3 + 4j)
    (g,) = gradients((z * z * np.conj(z)).real, z)  # u = x³ + x y²: ∂u/∂x − i ∂u/∂y
    assert g.item() == 3 * 9 + 16 - 2j * 12


def test_real_inputs_get_the_real_part():
    x, z = variables(np.array([1.0, 2.0]), np.array([3.0 + 1j]))
    for inputs in ([x, z], [z, x]):
        out = (inputs[0] * inputs[1]).sum().real
        grads = dict(zip(map(id, inputs), gradients(out, inputs)))
        np.testing.assert_array_equal(grads[id(x)].numpy(), [3, 3])
        np.testing.assert_array_equal(grads[id(z)].numpy(), [3])
        assert grads[id(x)].dtype == float


def test_backward_accumulates_complex_gradients():
    (z,) = variables(np.array([1 + 1j, 2.0]))
    for _ in range(2):
        (np.abs(z) ** 2).sum().backward()
    np.testing.assert_array_equal(z.grad.numpy(), 2 * 2 * np.conj(z.numpy()))
    (z * 2).backward(np.array([1j, 0]))
    np.testing.assert_allclose(z.grad.numpy(), [4 - 4j + 2j, 8])


def test_parts_are_attributes():
    z = Tensor([[1 + 2j, 3 - 1j]])
    assert z.real.tolist() == [[1, 3]]
    assert z.imag.tolist() == [[2, -1]]
    assert z.conj().tolist() == z.conjugate().tolist() == [[1 - 2j, 3 + 1j]]
    x = Tensor([1.0])
    assert x.real is x
    assert x.imag.tolist() == [0]
    assert not np.imag(Tensor([1.0], requires_grad=True)).requires_grad


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
@pytest.mark.parametrize("f", [lambda x: 1j * x, lambda x: x + 1j, lambda x: 1j - x, lambda x: 1j / x, lambda x: x**1j,
                               lambda x: 2j**x, lambda x: np.multiply(1j, x), lambda x: x * np.complex64(1j)])  # fmt: skip
@pytest.mark.parametrize("shape", [(), (2,)])
def test_complex_numbers_promote_as_in_numpy(f, dtype, shape):
    array = np.full(shape, 0.5, dtype)[()]
    (x,) = variables(array)
    out, expected = f(x), f(array)
    assert out.dtype == np.asarray(expected).dtype
    np.testing.assert_allclose(out.numpy(), expected, rtol=1e-6 if out.dtype == np.complex64 else 1e-15)
    (g,) = gradients(np.sum(np.abs(out)), x)
    assert g.dtype == dtype


def test_python_complex_numbers_have_twice_the_size_of_the_default_dtype():
    assert Tensor([1, 2j]).dtype == np.complex128
    try:
        autograd.default_dtype("float32")
        assert Tensor([1, 2j], requires_grad=True).dtype == np.complex64
    finally:
        autograd.default_dtype("float64")


def test_conversions():
    (x,) = variables(np.array([1.0, 2.0]))
    z = x.astype(complex)
    (g,) = gradients((z * 1j).imag.sum(), x)
    assert g.dtype == float
    assert g.tolist() == [1, 1]
    assert complex(Tensor(1 + 2j)) == 1 + 2j
    assert Tensor(1 + 2j).item() == 1 + 2j
    assert repr(Tensor([1 + 2j])) == "Tensor([1.+2.j])"
    assert repr(Tensor(np.complex64(1j))) == "Tensor(1j, dtype=complex64)"


@pytest.mark.parametrize("wrong", [
    lambda z: z.astype(float),
    lambda z: z.astype(int),
    lambda z: Tensor(z.numpy(), dtype=float),
    lambda z: setattr(Tensor([1.0]), "data", z.numpy()),
    lambda z: setattr(Tensor([1.0]), "grad", z.numpy()),
    lambda z: gradients(z.real.sum(), z, z.numpy()[0]),
])  # fmt: skip
def test_no_imaginary_part_is_dropped_silently(wrong):
    with pytest.raises(DataError, match=r"imaginary part|complex"):
        wrong(*variables(np.array([1 + 2j])))


def test_real_if_close():
    near, far = Tensor([1 + 1e-17j]), Tensor([1 + 1e-3j])
    assert np.real_if_close(near).dtype == float
    assert np.real_if_close(far) is far


def test_nan_to_num_of_both_parts():
    values = np.array([complex(np.nan, 1), complex(1, np.inf), 1 + 1j])
    (z,) = variables(values)
    out = np.nan_to_num(z)
    with catch_warnings():
        simplefilter("error")
        (g,) = gradients(out.real.sum() + out.imag.sum(), z)
    np.testing.assert_array_equal(out.numpy(), np.nan_to_num(values))
    np.testing.assert_array_equal(g.numpy(), [-1j, 1, 1 - 1j])


def test_sort_is_that_of_numpy():
    z = np.array([1 + 1j, 1 - 1j, 0.5 + 3j])
    np.testing.assert_array_equal(np.sort(Tensor(z)).numpy(), np.sort(z))
    np.testing.assert_array_equal(np.sort_complex(Tensor([2.0, 1.0])).numpy(), [1, 2])
