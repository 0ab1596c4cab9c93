"""Rows and elements added at an index: many rows are sorted by index first, many elements are added by bins."""

import numpy as np
import pytest

from autograd import scatter
from autograd.operations.indexing import BIN_LIMIT, SORT_LIMIT


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64"])
@pytest.mark.parametrize(
    ("index_shape", "shape"), [((70,), (9, 64)), ((7, 11), (5, 64)), ((2000,), (300, 3)), ((40,), (4, 8, 16)), ((90,), (1, 64))]
)
def test_many_rows_add_up_as_one_after_the_other(index_shape, shape, dtype):
    rng = np.random.default_rng(0)
    index = rng.integers(-shape[0], shape[0], index_shape)
    x = (100 * rng.normal(size=(*index_shape, *shape[1:]))).astype(dtype)
    assert x.size > SORT_LIMIT
    expected = np.zeros(shape, dtype)
    np.add.at(expected, index, x)
    actual = scatter(x, index, shape)
    np.testing.assert_allclose(actual, expected, **({"rtol": 1e-5, "atol": 1e-3} if dtype == "float32" else {"rtol": 1e-12}))
    assert actual.dtype == dtype


@pytest.mark.parametrize("wrong", [9, -10])
def test_an_index_out_of_range_is_reported(wrong):
    with pytest.raises(IndexError, match=f"index {wrong} is out of bounds"):
        scatter(np.ones((100, 64)), np.full(100, wrong), (9, 64))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("lowest", [0, -1])
def test_many_elements_add_up_as_one_after_the_other(lowest, dtype):
    rng = np.random.default_rng(0)
    index = rng.integers(3 * lowest, 3, (20, 30)), rng.integers(4 * lowest, 4, (20, 30))
    x = rng.normal(size=(20, 30)).astype(dtype)
    assert x.size > BIN_LIMIT
    expected = np.zeros((3, 4), dtype)
    np.add.at(expected, index, x)
    actual = scatter(x, index, (3, 4))
    np.testing.assert_array_equal(actual, expected)
    assert actual.dtype == dtype


def test_many_elements_out_of_range_are_reported():
    with pytest.raises(IndexError, match="index 3 is out of bounds"):
        scatter(np.ones(200), (np.full(200, 3), np.zeros(200, int)), (3, 4))
