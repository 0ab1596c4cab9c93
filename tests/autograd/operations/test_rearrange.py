"""Functions that only move elements, running sums, statistics and compositions: as NumPy, and proven to second order."""

import numpy as np
import pytest

from autograd import Tensor, UnsupportedError, gradcheck


@pytest.fixture
def x():
    return Tensor(np.random.default_rng(0).uniform(-2, 2, (2, 3)), requires_grad=True)


@pytest.mark.parametrize("values", [[2.0, 0.0, 3.0, 0.0], [0.0, 0.0], [5.0]])
def test_running_product_with_zeros_to_third_order(values):
    gradcheck(np.cumprod, [Tensor(values, requires_grad=True)], order=3)


def test_padding_that_computes_is_refused(x):
    with pytest.raises(UnsupportedError, match="'mean'"):
        np.pad(x, 1, mode="mean")
