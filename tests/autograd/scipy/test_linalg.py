"""autograd.scipy.linalg and autograd.scipy.signal: values of SciPy, names of numpy.linalg, errors."""

import sys

import numpy as np
import pytest

from autograd import ShapeError, Tensor, UnsupportedError, gradcheck, gradients
from autograd.errors import DataError
from autograd.scipy import linalg, signal

scipy_linalg = pytest.importorskip("scipy.linalg")
RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(3, 3)) + 2 * np.eye(3), RNG.normal(size=(3, 2))
SYMMETRIC = A @ A.T


@pytest.mark.parametrize("trans", [0, 1, 2, "N", "T", "C"])
@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("unit_diagonal", [False, True])
def test_solve_triangular_is_scipys_and_reads_one_triangle(trans, lower, unit_diagonal):
    for b in (B, B[:, 0]):
        ours, theirs = (f.solve_triangular(A, b, trans, lower, unit_diagonal) for f in (linalg, scipy_linalg))
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    a, b = Tensor(A, requires_grad=True), Tensor(B, requires_grad=True)
    gradcheck(lambda a, b: linalg.solve_triangular(a, b, trans, lower, unit_diagonal), [a, b], order=2)
    (slope,) = gradients(linalg.solve_triangular(a, b, trans, lower, unit_diagonal).sum(), [a])
    assert np.count_nonzero(slope.numpy()) == (3 if unit_diagonal else 6)


@pytest.mark.parametrize(("lower", "upper"), [(0, 0), (1, 1), (2, 1), (0, 1), (1, 0), (2, 3)])
def test_solve_banded_is_scipys_and_ignores_the_corners(lower, upper):
    ab, b = RNG.normal(size=(lower + upper + 1, 5)), RNG.normal(size=5)
    ab[upper] += 5
    np.testing.assert_allclose(linalg.solve_banded((lower, upper), ab, b), scipy_linalg.solve_banded((lower, upper), ab, b))
    inputs = [Tensor(ab, requires_grad=True), Tensor(b, requires_grad=True)]
    gradcheck(lambda ab, b: linalg.solve_banded((lower, upper), ab, b), inputs, order=2)
    (slope,) = gradients(linalg.solve_banded((lower, upper), *inputs).sum(), inputs[:1])
    corners = sum(range(lower + 1)) + sum(range(upper + 1))
    assert np.count_nonzero(slope.numpy() == 0) == corners


@pytest.mark.parametrize("name", ["expm", "sqrtm", "logm"])
def test_functions_of_matrices_are_scipys(name):
    for x in (SYMMETRIC, np.eye(2), np.array([[1.0, 5.0], [0.0, 2.0]])):
        np.testing.assert_allclose(getattr(linalg, name)(x), getattr(scipy_linalg, name)(x), rtol=1e-10, atol=1e-12)
    x = Tensor(SYMMETRIC.astype(np.float32), requires_grad=True)
    out = getattr(linalg, name)(x)
    assert out.dtype == gradients(out.sum(), [x])[0].dtype == np.float32


def test_the_gradient_of_expm_does_not_depend_on_the_size_of_the_arriving_gradient():
    x = Tensor(A / 4, requires_grad=True)
    direction = RNG.normal(size=(3, 3))
    (small,) = gradients(linalg.expm(x), [x], 1e-200 * direction)
    (large,) = gradients(linalg.expm(x), [x], 1e200 * direction)
    (zero,) = gradients(linalg.expm(x), [x], 0 * direction)
    np.testing.assert_allclose(large.numpy() / 1e200, small.numpy() * 1e200, rtol=1e-12)
    assert np.all(zero.numpy() == 0)


def test_the_other_names_are_those_of_numpy():
    b = B[:, 0]
    for lower in (False, True):
        np.testing.assert_allclose(linalg.cholesky(SYMMETRIC, lower), scipy_linalg.cholesky(SYMMETRIC, lower), rtol=1e-12)
        np.testing.assert_allclose(linalg.cho_solve(linalg.cho_factor(SYMMETRIC, lower), b), np.linalg.solve(SYMMETRIC, b))
    np.testing.assert_allclose(linalg.solve(A, b, transposed=True), np.linalg.solve(A.T, b))
    np.testing.assert_array_equal(linalg.block_diag(A, 2.0, b), scipy_linalg.block_diag(A, 2.0, b))
    np.testing.assert_array_equal(linalg.block_diag(), scipy_linalg.block_diag())
    for name in ("inv", "det", "pinv", "norm", "svdvals"):
        np.testing.assert_allclose(getattr(linalg, name)(A), getattr(scipy_linalg, name)(A), rtol=1e-10)
        assert getattr(linalg, name)(Tensor(A, requires_grad=True)).requires_grad


@pytest.mark.parametrize(
    "sizes", [((5,), (3,)), ((3,), (5,)), ((4, 5), (2, 3)), ((2, 3), (4, 5)), ((3, 4, 3), (2, 2, 2)), ((4, 4), (3, 5))]
)
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_convolve_is_scipys(sizes, mode):
    scipy_signal = pytest.importorskip("scipy.signal")
    x, y = (RNG.normal(size=size) for size in sizes)
    if mode == "valid" and sizes == ((4, 4), (3, 5)):
        with pytest.raises(ShapeError, match="one input is the larger along all axes"):
            signal.convolve(x, y, mode=mode)
        return
    np.testing.assert_allclose(signal.convolve(x, y, mode=mode), scipy_signal.convolve(x, y, mode), rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(signal.convolve(x, y, mode), signal.convolve(x, y, mode=mode))


def test_convolve_with_summed_axes_is_a_convolution_of_channels():
    images, weights = RNG.normal(size=(2, 3, 5, 4)), RNG.normal(size=(3, 6, 2, 3))
    out = signal.convolve(images, weights, axes=([2, 3], [2, 3]), dot_axes=([1], [0]), mode="valid")
    assert out.shape == (2, 6, 4, 2)
    scipy_signal = pytest.importorskip("scipy.signal")
    expected = sum(scipy_signal.convolve(images[1, c], weights[c, 4], "valid") for c in range(3))
    np.testing.assert_allclose(out[1, 4], expected)


def test_errors_name_the_function_and_the_shapes(monkeypatch):
    for call, message in (
        (lambda: linalg.sqrtm(-np.eye(2)), "sqrtm: .*no real principal result"),
        (lambda: linalg.solve_triangular(np.zeros((2, 2)), [1.0, 1.0]), "solve_triangular: singular matrix"),
        (lambda: linalg.solve_triangular(np.eye(2), np.ones(3)), r"needs a \(n, n\)"),
        (lambda: linalg.solve_banded((1, 1), np.eye(2), np.ones(2)), r"needs ab \(3, n\)"),
        (lambda: linalg.logm(np.ones(3)), "logm: needs matrices"),
        (lambda: signal.convolve(np.ones((2, 3)), np.ones((2, 4)), ([0], [0]), ([1], [1])), "summed axes have sizes"),
        (lambda: signal.convolve(np.ones((2, 3)), np.ones((2, 3)), ([0], [0, 1])), "differ in number"),
        (lambda: signal.convolve(np.ones((2, 3)), np.ones((2, 3)), ([0], [0]), ([0], [1])), "named twice"),
        (lambda: linalg.expm(1.0), "expm: needs square matrices"),
        (lambda: linalg.logm(np.ones((2, 2))), "is singular"),
    ):
        with pytest.raises(ShapeError, match=message):
            call()
    for name in ("sqrtm", "logm"):
        with pytest.raises(DataError, match=f"{name}: expected real numbers"):
            getattr(linalg, name)(Tensor(A + 1j * A))
    with pytest.raises(UnsupportedError, match="trans='C' has no gradient"):
        linalg.solve_triangular(Tensor(A + 1j * A), B, trans="C")
    with pytest.raises(ValueError, match="trans is 0"):
        linalg.solve_triangular(np.eye(2), np.ones(2), trans="X")
    with pytest.raises(ValueError, match="mode is 'full'"):
        signal.convolve([1.0], [1.0], mode="all")
    with pytest.raises(UnsupportedError, match="1 to 3 axes"):
        signal.convolve(np.ones((1,) * 4), np.ones((1,) * 4))
    monkeypatch.setitem(sys.modules, "scipy.linalg", None)
    with pytest.raises(ImportError, match="expm needs SciPy"):
        linalg.expm(np.eye(2))
