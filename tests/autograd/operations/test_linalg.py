"""numpy.linalg on tensors: values equal NumPy's, derivatives to second order, special points, comparison with PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from autograd import Tensor, UnsupportedError, grad, gradcheck, gradients
from autograd.operations import decompositions, linalg, norms

few_examples = settings(max_examples=5, deadline=None)


@st.composite
def matrices(draw, rows=None, columns=None):
    """Random matrices with well separated singular values from 1 to 3."""
    m = draw(st.integers(1, 3)) if rows is None else rows
    n = m if columns is None else columns
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    u, _, vh = np.linalg.svd(rng.normal(size=(*draw(st.sampled_from([(), (2,), (2, 1)])), m, n)), full_matrices=False)
    k = min(m, n)
    s = 1 + (np.arange(k)[::-1] + rng.uniform(0.2, 0.8, k)) * 2 / k
    return Tensor(u * s @ vh, requires_grad=True)


def positive_definite(x):
    """A symmetric matrix with positive, well separated eigenvalues."""
    return x @ np.swapaxes(x, -1, -2)


def assert_same_as_numpy(function, *inputs, rtol=1e-10):
    result, expected = function(*inputs), function(*[x.numpy() for x in inputs])
    np.testing.assert_allclose(result.numpy(), expected, rtol=rtol, atol=1e-12)
    assert result.shape == np.shape(expected)


@few_examples
@given(matrices(3, 2))
def test_decompositions_multiply_back(x):
    q, r = np.linalg.qr(x)
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    for product in (q @ r, u * np.expand_dims(s, -2) @ vh):
        np.testing.assert_allclose(product.numpy(), x.numpy(), atol=1e-12)
        weights = np.arange(product.size).reshape(product.shape)
        (g,) = gradients((product * weights).sum(), [x], retain_graph=True)
        np.testing.assert_allclose(g.numpy(), weights, atol=1e-9)


# Special points


@pytest.mark.parametrize("n", [1, 2, 3, 4])
@pytest.mark.parametrize("rank_deficiency", [1, 2])
def test_determinant_of_singular_matrices_to_second_order(n, rank_deficiency):
    u, s, vh = np.linalg.svd(np.random.default_rng(n).normal(size=(n, n)))
    s[max(n - rank_deficiency, 0) :] = 0
    gradcheck(np.linalg.det, [Tensor(u * s @ vh, requires_grad=True)], order=2)


def test_determinant_at_zero_and_at_the_identity():
    for x in (np.zeros((2, 2)), np.zeros((3, 3)), np.eye(3), np.stack([np.eye(3), np.zeros((3, 3)), np.ones((3, 3))])):
        gradcheck(np.linalg.det, [Tensor(x, requires_grad=True)], order=2)
    gradcheck(np.linalg.det, [Tensor(np.eye(3), requires_grad=True)], order=3)


def symmetric(values):
    q = np.linalg.qr(np.random.default_rng(0).normal(size=(len(values), len(values)))).Q
    return Tensor(q * values @ q.T, requires_grad=True)


@pytest.mark.parametrize("values", [[2.0, 2.0, 2.0], [3.0, 2.0, 2.0], [0.0, 0.0, 1.0]])
def test_functions_of_equal_eigenvalues_have_their_gradient(values):
    x = symmetric(values)
    expected = 3 * x.numpy() @ x.numpy()
    for result in (np.linalg.eigvalsh(x), np.linalg.svdvals(x)):
        gradient = gradients((result**3).sum(), [x])[0].numpy()
        np.testing.assert_allclose((gradient + gradient.T) / 2, expected, atol=1e-12)


@pytest.mark.parametrize("triangle", ["L", "U"])
def test_eigh_differentiates_the_triangle_that_numpy_reads(triangle):
    def f(x):
        values, vectors = np.linalg.eigh(x, triangle)
        return np.sum(values**3) + np.sum(vectors**4)

    x = np.random.default_rng(0).normal(size=(4, 4))
    gradient = grad(f)(x)
    steps = 1e-6 * np.eye(16).reshape(16, 4, 4)
    differences = [(f(x + step) - f(x - step)) / 2e-6 for step in steps]
    np.testing.assert_allclose(gradient.ravel(), differences, atol=1e-6)
    assert not np.triu(gradient if triangle == "L" else gradient.T, 1).any()


@pytest.mark.parametrize("values", [[2.0, 2.0], [3.0, 2.0, 2.0], [0.0, 0.0, 1.0]])
def test_vectors_of_equal_eigenvalues_have_gradient_nan(values):
    x = symmetric(values)
    weights = np.arange(len(values) ** 2).reshape(x.shape)
    w, v = np.linalg.eigh(x)
    u, s, vh = np.linalg.svd(x)
    for product in ((v * (w + 1)) @ v.T, (u * s) @ vh):
        assert np.isnan(gradients((product * weights).sum(), [x])[0].numpy()).any()


def test_unused_vectors_of_equal_singular_values_do_not_matter():
    data = np.outer([1.0, 2.0, 2.0, 0.0], [2.0, 1.0, 2.0])
    x = Tensor(data, requires_grad=True)
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    weights = np.arange(12.0).reshape(4, 3)
    (g,) = gradients((u[:, :1] * s[:1] @ vh[:1] * weights).sum(), [x])
    step = 1e-6
    direction = np.random.default_rng(0).normal(size=(4, 3))

    def truncated(data):
        u, s, vh = np.linalg.svd(data, full_matrices=False)
        return (u[:, :1] * s[:1] @ vh[:1] * weights).sum()

    slope = (truncated(data + step * direction) - truncated(data - step * direction)) / (2 * step)
    np.testing.assert_allclose((g.numpy() * direction).sum(), slope, rtol=1e-6)


def test_gradient_through_the_svd_of_a_singular_square_matrix():
    x = Tensor([[1.0, 2.0], [2.0, 4.0]], requires_grad=True)
    weights = np.array([[1.0, -2.0], [3.0, 5.0]])
    u, s, vh = np.linalg.svd(x)
    np.testing.assert_allclose(gradients(((u * s) @ vh * weights).sum(), [x])[0].numpy(), weights, atol=1e-9)


def test_sign_of_slogdet_is_a_constant():
    sign, logabsdet = np.linalg.slogdet(Tensor([[-2.0, 0.0], [0.0, 1.0]], requires_grad=True))
    assert (sign.item(), sign.requires_grad, logabsdet.requires_grad) == (-1, False, True)


def test_pseudo_inverse_of_a_matrix_without_full_rank():
    x = Tensor([[1.0, 2.0], [2.0, 4.0], [0.0, 0.0]], requires_grad=True)
    assert_same_as_numpy(np.linalg.pinv, x)
    direction = np.array([[1.0, 2.0], [2.0, 4.0], [1.0, 2.0]])
    step = 1e-6
    difference = (np.linalg.pinv(x.numpy() + step * direction) - np.linalg.pinv(x.numpy() - step * direction)) / (2 * step)
    weights = np.arange(6.0).reshape(2, 3)
    (g,) = gradients((np.linalg.pinv(x) * weights).sum(), [x])
    np.testing.assert_allclose((g.numpy() * direction).sum(), (difference * weights).sum(), rtol=1e-6)


@pytest.mark.parametrize("name", ["slogdet", "eigh", "qr", "svd"])
def test_named_tuples_are_numpys_own(name):
    function = getattr(np.linalg, name)
    result, expected = function(Tensor(np.eye(2))), function(np.eye(2))
    assert type(result) is type(expected)
    assert all(isinstance(part, Tensor) for part in result)


@pytest.mark.parametrize(
    "function",
    [
        linalg.inv,
        linalg.det,
        linalg.pinv,
        lambda x: linalg.solve(x, [1.0, 2.0]),
        decompositions.cholesky,
        decompositions.svdvals,
    ]
    + [lambda x: linalg.slogdet(x).logabsdet, lambda x: decompositions.qr(x).Q, norms.norm, norms.cond]
    + [lambda x: linalg.matrix_power(x, 3), lambda x: linalg.lstsq(x, [1.0, 2.0])[0]],
)
def test_plain_arrays_give_plain_arrays(function):
    assert isinstance(function(np.eye(2)), np.ndarray | np.generic)


# Refused calls and errors


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: np.linalg.inv(x), r"inv: .*square.*\(2, 3\).*must be equal"),
        (lambda x: np.linalg.det(x[0]), r"det: .*two-dimensional.*\(3,\).*\(n, n\)"),
        (lambda x: np.linalg.inv(x[:, :2]), "inv: Singular matrix.*pinv"),
        (lambda x: np.linalg.solve(x[:, :2], np.ones(2)), "solve: Singular matrix.*lstsq"),
        (lambda x: np.linalg.cholesky(-x[:, :2]), "cholesky: .*positive eigenvalues"),
        (lambda x: np.linalg.eigh(x), "eigh: .*square"),
        (lambda x: np.linalg.eig(x), "eig: .*square"),
        (lambda x: np.linalg.svd(x[0], full_matrices=False), "svd: .*stack of them"),
        (lambda x: np.linalg.qr(x[0]), "qr: needs a matrix"),
        (lambda x: np.linalg.solve(x[:, :2], np.ones((3, 2))), r"solve: shapes \(2, 2\) and \(3, 2\)"),
        (lambda x: np.linalg.matrix_power(x, 2), "matrix_power: needs square"),
        (lambda x: np.linalg.norm(x, "fro", 0), "for matrices"),
        (lambda x: np.linalg.norm(x, 3), "norm: for matrices ord is"),
        (lambda x: np.linalg.norm(x.reshape(1, 2, 3), 2), "one axis for vectors or two for matrices"),
        (lambda x: np.linalg.lstsq(x, np.ones(3)), "lstsq: needs"),
        (lambda x: np.linalg.tensorinv(x, 1), "tensorinv: "),
        (lambda x: np.linalg.tensorsolve(x, np.ones(2)), "tensorsolve: "),
    ],
)
def test_errors_name_the_operation_and_give_a_hint(call, words):
    with pytest.raises(ValueError, match=words):
        call(Tensor(np.ones((2, 3)), requires_grad=True))


def test_singular_matrices_raise_numpys_error():
    with pytest.raises(np.linalg.LinAlgError, match="inv: Singular"):
        np.linalg.inv(Tensor(np.zeros((2, 2)), requires_grad=True))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (np.linalg.svd, "full_matrices=False"),
        (lambda x: np.linalg.qr(x, "complete"), "'reduced' or 'r'"),
        (lambda x: np.linalg.qr(x, "raw"), "raw"),
        (lambda x: np.linalg.svd(x, hermitian=True), "eigh"),
    ],
)
def test_options_without_a_gradient_are_refused(call, words):
    with pytest.raises(UnsupportedError, match=words):
        call(Tensor(np.ones((3, 2)), requires_grad=True))


def test_constants_are_decomposed_as_numpy_does():
    x = np.arange(6.0).reshape(3, 2)
    for function in (np.linalg.svd, lambda x: np.linalg.qr(x, "complete"), lambda x: [np.linalg.eigvals(x[:2])]):
        for result, expected in zip(function(Tensor(x)), function(x)):
            np.testing.assert_array_equal(np.asarray(result), expected)


@pytest.mark.parametrize("p", [None, 2, -2])
def test_condition_of_singular_matrices_is_numpys_without_warnings(p):
    for x in (np.zeros((2, 2)), np.diag([1.0, 0.0])):
        assert np.linalg.cond(Tensor(x, requires_grad=True), p).item() == np.linalg.cond(x, p)


def test_slogdet_of_a_singular_matrix_is_minus_infinity_without_a_gradient():
    _, logabsdet = np.linalg.slogdet(Tensor(np.zeros((2, 2)), requires_grad=True))
    assert logabsdet.item() == -np.inf
    with pytest.raises(np.linalg.LinAlgError, match="inv: Singular"):
        logabsdet.backward()


@pytest.mark.parametrize("shape", [(0, 0), (0, 2, 2)])
@pytest.mark.parametrize("function", [np.linalg.inv, np.linalg.det, lambda x: np.linalg.eigh(x)[1], np.linalg.svdvals])
def test_empty_matrices_and_empty_stacks(function, shape):
    x = Tensor(np.empty(shape), requires_grad=True)
    function(x).sum().backward()
    assert x.grad.shape == shape


# Comparison with PyTorch

ORACLE = {
    "inv": (np.linalg.inv, lambda la, t: la.inv(t)),
    "det": (np.linalg.det, lambda la, t: la.det(t)),
    "slogdet": (lambda x: np.linalg.slogdet(x).logabsdet, lambda la, t: la.slogdet(t).logabsdet),
    "solve": (lambda x: np.linalg.solve(x, x @ x), lambda la, t: la.solve(t, t @ t)),
    "cholesky": (lambda x: np.linalg.cholesky(positive_definite(x)), lambda la, t: la.cholesky(t @ t.mT)),
    "cholesky of the matrix itself": (
        lambda x: np.linalg.cholesky((x + x.T) / 2), lambda la, t: la.cholesky((t + t.mT) / 2)
    ),
    "eigenvectors": (lambda x: np.linalg.eigh(positive_definite(x))[1] ** 2, lambda la, t: la.eigh(t @ t.mT)[1] ** 2),
    "svd": (
        lambda x: np.linalg.svd(x[:, :2], full_matrices=False).U ** 2,
        lambda la, t: la.svd(t[:, :2], full_matrices=False).U ** 2,
    ),
    "qr": (lambda x: np.linalg.qr(x).Q, lambda la, t: la.qr(t).Q),
    "wide qr": (lambda x: np.linalg.qr(x[:2]).R, lambda la, t: la.qr(t[:2]).R),
    "pinv": (lambda x: np.linalg.pinv(x[:2]), lambda la, t: la.pinv(t[:2])),
    "nuc": (lambda x: np.linalg.norm(x, "nuc"), lambda la, t: la.norm(t, "nuc")),
    "norm 3": (lambda x: np.linalg.norm(x, 3, axis=0), lambda la, t: la.norm(t, 3, dim=0)),
    "power": (lambda x: np.linalg.matrix_power(x, -3), lambda la, t: la.matrix_power(t, -3)),
    "cond": (np.linalg.cond, lambda la, t: la.cond(t)),
}  # fmt: skip


@pytest.mark.parametrize("name", ORACLE)
def test_same_gradients_as_pytorch(torch, name):
    ours, theirs = ORACLE[name]
    data = np.random.default_rng(1).normal(size=(3, 3)) + 3 * np.eye(3)
    x, t = Tensor(data, requires_grad=True), torch.tensor(data, requires_grad=True)
    out, expected = ours(x), theirs(torch.linalg, t)
    np.testing.assert_allclose(out.numpy(), expected.detach().numpy(), rtol=1e-9, atol=1e-12)
    weights = np.arange(1.0, out.size + 1).reshape(out.shape)
    (out * weights).sum().backward()
    (expected * torch.tensor(weights)).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), t.grad.numpy(), rtol=1e-8, atol=1e-10)
