"""Elementwise operations on small integer dtypes."""

import numpy as np
import pytest

from autograd import Tensor


def test_small_unsigned_base_keeps_full_precision():
    y = Tensor([2.0], requires_grad=True)
    (np.array([3], np.uint8) ** y).sum().backward()
    assert y.grad.item() == pytest.approx(9 * np.log(3), rel=1e-14)


def test_sigmoid_of_small_integers_does_not_overflow():
    from autograd import sigmoid

    np.testing.assert_allclose(sigmoid(Tensor(np.array([1, 3], np.uint8))).numpy(), sigmoid(np.array([1.0, 3.0])))
    assert sigmoid(Tensor([True])).item() == sigmoid(Tensor([1.0])).item()
