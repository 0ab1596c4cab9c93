"""Optimizers move real parameters."""

import numpy as np
import pytest

import optim
from autograd import Tensor


def test_complex_parameters_are_refused():
    with pytest.raises(ValueError, match=r"floating dtype.*Tensor.*x \+ 1j \* y"):
        optim.SGD([Tensor([1j], requires_grad=True)], lr=0.1)


def test_a_complex_parameter_of_two_real_ones_descends():
    x, y = Tensor(1.0, requires_grad=True), Tensor(-1.0, requires_grad=True)
    optimizer = optim.SGD([x, y], lr=0.1)
    for _ in range(100):
        optimizer.zero_grad()
        (np.abs(x + 1j * y - (2 + 3j)) ** 2).backward()
        optimizer.step()
    np.testing.assert_allclose([x.item(), y.item()], [2, 3], rtol=1e-6)
