"""Labels and axes at the edge: a repeated label that broadcasts, and axes out of range."""

import numpy as np
import pytest

from autograd import Tensor


def test_a_repeated_label_of_size_one_broadcasts():
    x, y = Tensor([[2.0]], requires_grad=True), Tensor([1.0, 3.0, 5.0], requires_grad=True)
    np.einsum("ii,i->i", x, y).sum().backward()
    np.testing.assert_array_equal(x.grad, [[9.0]])
    np.testing.assert_array_equal(y.grad, [2.0, 2.0, 2.0])


@pytest.mark.parametrize("axes", [(0, 3), (5, 0), (-3, 0)])
def test_the_trace_of_axes_out_of_range_is_an_error(axes):
    with pytest.raises((ValueError, IndexError), match="axis"):
        np.trace(Tensor(np.ones((2, 2))), 0, *axes)
