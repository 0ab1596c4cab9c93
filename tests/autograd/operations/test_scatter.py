"""Rows added at an index: many rows are sorted by index first."""

import numpy as np
import pytest

from autograd import scatter
from autograd.operations.indexing import SORT_LIMIT


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
