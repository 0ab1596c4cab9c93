"""Products, einsum and signals: values equal NumPy's, derivatives to third order, errors."""

import gc

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from autograd import ShapeError, Tensor, UnsupportedError, gradcheck
from autograd.operations import einsum, products, signal
from autograd.testing import tensors

few_examples = settings(max_examples=3, deadline=None)


@pytest.mark.parametrize("optimize", [False, True, "greedy"])
def test_einsum_of_three_with_and_without_optimizing(optimize):
    x = Tensor(np.random.default_rng(0).normal(size=(2, 2)), requires_grad=True)
    function = lambda x: np.einsum("ij,jk,kl->il", x, x, 2 * x, optimize=optimize)
    np.testing.assert_allclose(function(x).numpy(), function(x.numpy()))
    gradcheck(function, [x], order=3)


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
@pytest.mark.parametrize(
    "subscripts", ["bij,bjk->bik", "bij,bkj->kbi", "bijc,cbjk->ik", "ijb,kj->bik", "bij,jk->ibk", "bij,bij->b", "bij,bjk->ik"]
)
def test_einsum_of_two_large_arrays_agrees_with_numpy(subscripts, dtype):
    sizes, rng = {"b": 3, "i": 12, "j": 11, "k": 10, "c": 4}, np.random.default_rng(0)
    shapes = [tuple(sizes[label] for label in term) for term in subscripts.split("->")[0].split(",")]
    x, y = (Tensor((rng.normal(size=shape) + (0.5j if dtype[0] == "c" else 0)).astype(dtype)) for shape in shapes)
    out, expected = np.einsum(subscripts, x, y), np.einsum(subscripts, x.data, y.data)
    assert out.dtype == expected.dtype
    tolerance = 1e-4 if dtype == "float32" else 1e-12
    np.testing.assert_allclose(out.numpy(), expected, rtol=tolerance, atol=tolerance)


def test_einsum_with_lists_of_numbers_for_subscripts():
    x = Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    y = np.array([[1.0, -1.0], [0.5, 2.0]])
    assert np.einsum(x, [0, 1], y, [1, 2], [2, 0]).tolist() == (x.numpy() @ y).T.tolist()
    assert np.einsum(x, [0, 1], y, [1, 2]).tolist() == (x.numpy() @ y).tolist()
    assert np.einsum(x, [Ellipsis, 0], [Ellipsis]).tolist() == [3, 7]


@pytest.mark.parametrize(
    ("subscripts", "words"),
    [("ij,jk->ik", "describes 2 operands, got 1"), ("i", "one label per axis"), ("ijk", "one label"),
     ("...i->i", "so the result needs it"), ("ij->k", "never appeared"), ("ii", r"einsum: .*\(2, 3\)")],
)  # fmt: skip
def test_einsum_errors_name_the_mismatch(subscripts, words):
    with pytest.raises(ShapeError, match=words):
        np.einsum(subscripts, Tensor(np.ones((2, 3))))


def test_einsum_refuses_out():
    with pytest.raises(UnsupportedError, match="out"):
        np.einsum("i->", Tensor([1.0]), out=np.zeros(()))


@pytest.mark.parametrize("n", range(1, 7))
@pytest.mark.parametrize("m", range(1, 7))
@pytest.mark.parametrize("mode", ["same", "valid"])
def test_convolution_modes_as_in_numpy(n, m, mode):
    x, y = np.arange(1.0, n + 1), np.arange(1.0, m + 1) ** 2
    for function in (np.convolve, np.correlate):
        np.testing.assert_allclose(function(Tensor(x), y, mode).numpy(), function(x, y, mode))


@few_examples
@given(tensors((2, 3, 4)), st.integers(-1, 1), st.permutations(range(3)))
def test_trace_and_diagonal_with_offset_and_of_stacks(x, offset, axes):
    for function in (
        lambda x: np.trace(x, offset, axes[0], axes[1] - 3),
        lambda x: np.linalg.trace(x, offset=offset),
        lambda x: np.linalg.diagonal(x, offset=offset),
    ):
        np.testing.assert_allclose(function(x).numpy(), function(x.numpy()), atol=1e-14)
        gradcheck(lambda x, function=function: function(x) ** 2, [x], order=2)


@pytest.mark.parametrize("offset", [-5, -2, 2, 3, 5])
def test_diagonals_beyond_the_matrix_are_empty(offset):
    x = np.arange(6.0).reshape(2, 3)
    assert np.linalg.diagonal(Tensor(x), offset=offset).tolist() == np.linalg.diagonal(x, offset=offset).tolist()
    assert np.trace(Tensor(x), offset).item() == np.trace(x, offset)


SAMPLE_POINTS = np.array([-1.0, 0.0, 0.5, 2.0])


def test_interp_at_the_sample_points_and_outside():
    heights = np.array([3.0, 1.0, 4.0, 1.0])
    x = np.array([-2.0, -1.0, 0.0, 0.5, 2.0, 3.0, np.nan])
    np.testing.assert_allclose(np.interp(Tensor(x), SAMPLE_POINTS, heights).numpy(), np.interp(x, SAMPLE_POINTS, heights))
    assert np.interp(Tensor([0.0, 9.0]), [5.0], [2.0]).tolist() == [2, 2]


def test_interp_refuses_a_gradient_for_xp():
    with pytest.raises(UnsupportedError, match="xp has no gradient"):
        np.interp(0.5, Tensor([0.0, 1.0], requires_grad=True), [0.0, 1.0])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: np.dot(x, np.ones((2, 3))), r"dot: shapes \(2, 3\) and \(2, 3\) do not multiply"),
        (lambda x: np.inner(x, np.ones(2)), "inner: shapes"),
        (lambda x: np.vdot(x, np.ones(2)), "vdot: shapes"),
        (lambda x: np.tensordot(x, np.ones((2, 3)), 1), "tensordot: shapes"),
        (lambda x: np.tensordot(x, x, ([0, 1], [0])), "tensordot: axes"),
        (lambda x: np.vecdot(x, np.ones(2)), "vecdot: shapes"),
        (lambda x: np.linalg.outer(x, x), "outer: needs two vectors"),
        (lambda x: np.linalg.multi_dot([x, x]), "multi_dot: shapes"),
        (lambda x: np.linalg.multi_dot([x]), "multi_dot: needs two or more"),
        (lambda x: np.cross(x, x[:, :2]), "cross: vectors need 3 components, got 3 and 2"),
        (lambda x: np.convolve(x, x), "convolve: needs two nonempty vectors"),
        (lambda x: np.linalg.matrix_transpose(x[0]), "matrix_transpose: inputs need at least 2"),
        (lambda x: np.vander(x), "vander: needs a vector"),
        (lambda x: np.interp(0.5, [0.0, 1.0], x), "interp: xp and fp"),
    ],
)
def test_errors_name_the_operation_and_the_shapes(call, words):
    with pytest.raises(ShapeError, match=words):
        call(Tensor(np.ones((2, 3)), requires_grad=True))


def test_a_scalar_is_convolved_as_a_vector_of_one():
    x = Tensor(2.0, requires_grad=True)
    out = np.convolve(x, [1.0, 3.0])
    out.sum().backward()
    assert (out.tolist(), x.grad.item()) == ([2, 6], 4)


def test_unknown_mode_of_a_convolution_is_refused():
    with pytest.raises(ValueError, match="'full', 'same' or 'valid'"):
        np.convolve(Tensor([1.0]), [1.0], mode="half")


@pytest.mark.parametrize(
    "function",
    [products.dot, products.tensordot, products.kron, products.outer, lambda x, y: einsum.einsum("ij,jk", x, y)],
)
def test_plain_lists_give_plain_arrays(function):
    assert isinstance(function([[1.0, 2.0], [3.0, 4.0]], [[1.0, 0.0], [0.0, 1.0]]), np.ndarray)


def test_plain_sequences_give_plain_arrays():
    assert isinstance(signal.convolve([1, 2], [3, 4]), np.ndarray)
    assert isinstance(signal.interp([0.5], [0, 1], [2, 3]), np.ndarray)


def test_graph_of_multi_dot_is_freed_without_the_garbage_collector():
    x = Tensor(np.ones((2, 2)), requires_grad=True)
    gc.collect()
    gc.disable()
    try:
        before = len(gc.get_objects())
        for _ in range(20):
            np.linalg.multi_dot([x, x, x]).sum().backward()
        assert len(gc.get_objects()) < before + 20
    finally:
        gc.enable()


ORACLE = [
    ("einsum", lambda x: np.einsum("ij,kj,ii->ki", x, x, x), lambda torch, t: torch.einsum("ij,kj,ii->ki", t, t, t)),
    ("kron", lambda x: np.kron(x, x), lambda torch, t: torch.kron(t, t)),
    ("cross", lambda x: np.cross(x, x**2), lambda torch, t: torch.cross(t, t**2, dim=-1)),
    ("tensordot", lambda x: np.tensordot(x, x, ([0], [1])), lambda torch, t: torch.tensordot(t, t, ([0], [1]))),
]


@pytest.mark.parametrize(("name", "ours", "theirs"), ORACLE, ids=[name for name, _, _ in ORACLE])
def test_same_gradients_as_pytorch(torch, name, ours, theirs):
    data = np.random.default_rng(1).normal(size=(3, 3))
    x, t = Tensor(data, requires_grad=True), torch.tensor(data, requires_grad=True)
    out, expected = ours(x), theirs(torch, t)
    np.testing.assert_allclose(out.numpy(), expected.detach().numpy(), rtol=1e-12, atol=1e-12)
    (out**2).sum().backward()
    (expected**2).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), t.grad.numpy(), rtol=1e-10, atol=1e-12)
