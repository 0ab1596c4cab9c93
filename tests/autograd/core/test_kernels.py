"""The fast calls give what the plain ones give."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from autograd import Tensor, gradcheck
from autograd.errors import ShapeError
from autograd.extend import kernels

sizes = st.integers(0, 40)
dtypes = st.sampled_from(["float32", "float64"])


def matrix(rows, columns, dtype, seed=0, order="C"):
    return np.asarray(np.random.default_rng(seed).normal(size=(rows, columns)), dtype, order=order)


@given(sizes, sizes, sizes, dtypes, st.sampled_from("CF"), st.sampled_from("CF"))
@settings(max_examples=60)
def test_products_are_those_of_the_operator(n, k, m, dtype, first, second):
    x, y = matrix(n, k, dtype, 0, first), matrix(k, m, dtype, 1, second)
    for a, b in ((x, y), (x, y[:, 0] if m else y), (x[0] if n else x, y)):
        np.testing.assert_allclose(kernels.matmul(a, b), a @ b, rtol=1e-5 if dtype == "float32" else 1e-12, atol=1e-6)
        assert kernels.matmul(a, b).dtype == dtype


def test_products_of_stacks_whole_numbers_and_tensors():
    stack = np.arange(24).reshape(2, 3, 4)
    np.testing.assert_array_equal(kernels.matmul(stack, stack[0].T), stack @ stack[0].T)
    np.testing.assert_array_equal(kernels.matmul(stack[0], stack[1].T), stack[0] @ stack[1].T)
    product = kernels.matmul(stack[0], Tensor(stack[1].T.astype(float), requires_grad=True))
    assert product.requires_grad
    assert product.tolist() == (stack[0] @ stack[1].T).tolist()


@pytest.mark.parametrize("shapes", [((2, 3), (2, 3)), ((3,), (2,)), ((), (2,)), ((2,), ())])
def test_shapes_that_do_not_multiply_are_refused_with_the_way_out(shapes):
    x, y = (Tensor(np.ones(shape), requires_grad=True) for shape in shapes)
    with pytest.raises(ShapeError, match=r"matmul: shapes .* do not multiply as matrices|matmul: "):
        x @ y


@given(sizes, st.integers(1, 40), dtypes, st.sampled_from("CF"))
@settings(max_examples=60)
def test_sums_and_maxima_of_rows_and_columns(n, m, dtype, order):
    x = matrix(n, m, dtype, order=order)
    close = {"rtol": 1e-4, "atol": 1e-5} if dtype == "float32" else {"rtol": 1e-12, "atol": 1e-13}
    np.testing.assert_allclose(kernels.row_sums(x), x.sum(axis=1), **close)
    np.testing.assert_allclose(kernels.column_sums(x), x.sum(axis=0), **close)
    np.testing.assert_array_equal(kernels.row_maxima(x), x.max(axis=1))


def test_sums_of_large_matrices_and_of_nan_and_infinity():
    x = matrix(300, 300, "float64")
    np.testing.assert_array_equal(kernels.row_sums(x), x.sum(axis=1))
    np.testing.assert_array_equal(kernels.column_sums(x), x.sum(axis=0))
    x = np.array([[np.nan, 1.0], [np.inf, 1.0], [-np.inf, 2.0]])
    np.testing.assert_array_equal(kernels.row_sums(x), [np.nan, np.inf, -np.inf])
    np.testing.assert_array_equal(kernels.row_maxima(x), [np.nan, np.inf, 2.0])


@pytest.mark.parametrize("shape", [(2, 3, 4), (5, 1, 2, 4), (0, 3, 4), (2, 3, 0)])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int64"])
def test_a_stack_times_a_matrix_is_one_product_of_all_rows(shape, dtype):
    rng = np.random.default_rng(0)
    x, y = rng.integers(-9, 9, shape).astype(dtype), rng.integers(-9, 9, (shape[-1], 6)).astype(dtype)
    for stack in (x, np.asfortranarray(x)):
        out = kernels.matmul(stack, y)
        np.testing.assert_array_equal(out, stack @ y)
        assert out.dtype == dtype
    if dtype != "int64" and x.size:
        tensors = [Tensor(array, requires_grad=True) for array in (x, y)]
        (tensors[0] @ tensors[1]).sum().backward()
        np.testing.assert_array_equal(
            tensors[1].grad.numpy(), np.repeat(x.reshape(-1, shape[-1]).sum(axis=0)[:, None], 6, axis=1)
        )


def test_a_stack_and_a_matrix_that_do_not_multiply_are_reported_with_their_shapes():
    with pytest.raises(ShapeError, match=r"matmul: shapes \(2, 3, 4\) and \(5, 6\) do not multiply"):
        Tensor(np.ones((2, 3, 4))) @ np.ones((5, 6))


def test_maxima_of_wide_rows_with_nan_and_infinity():
    x = np.zeros((3, 50))
    x[0, 7], x[1], x[2, 3] = np.nan, -np.inf, np.inf
    np.testing.assert_array_equal(kernels.row_maxima(x), [np.nan, -np.inf, np.inf])


def test_sums_of_tensors_have_gradients():
    x = Tensor(matrix(3, 4, "float64"), requires_grad=True)
    gradcheck(lambda x: kernels.row_sums(x * x) * 2.0, [x], order=2)
    gradcheck(lambda x: kernels.column_sums(x * x) * 2.0, [x], order=2)


def test_constant_array_is_cached_and_read_only():
    ones = kernels.constant_array(1, (3,), np.dtype("float32"))
    assert kernels.constant_array(1, (3,), np.dtype("float32")) is ones
    with pytest.raises(ValueError, match="read-only"):
        ones[0] = 2


@given(st.lists(st.floats(1e-3, 1e3), max_size=20), st.sampled_from([1e-300, 1e-160, 1.0, 1e160, 1e300]))
def test_safe_norm_is_the_euclidean_norm_at_any_scale(elements, scale):
    x = np.array(elements) * (-1.0) ** np.arange(len(elements))
    assert kernels.safe_norm(x * scale) == pytest.approx(np.linalg.norm(x) * scale, rel=1e-12)


def test_safe_norm_of_special_arrays():
    assert kernels.safe_norm(np.zeros((2, 3))) == kernels.safe_norm(np.zeros(0)) == 0.0
    assert kernels.safe_norm(np.array(-2.0)) == 2.0
    assert kernels.safe_norm(np.array([[1.0, -np.inf]])) == np.inf
    assert np.isnan(kernels.safe_norm(np.array([1.0, np.nan])))
    assert kernels.safe_norm(np.full(4, 1e-40, np.float32)) == pytest.approx(2e-40, rel=1e-4)
