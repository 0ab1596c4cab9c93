"""The checker itself: it passes what is right and catches what is wrong, at any order."""

import numpy as np
import pytest

from autograd import GradientError, Tensor, gradcheck, operation


@pytest.fixture
def x():
    return Tensor([0.5, 1.5], requires_grad=True)


def test_wrong_formula_is_caught_with_both_numbers(x):
    @operation(lambda g, x: g * 3 * x)
    def square(x, /):
        return x * x

    with pytest.raises(GradientError, match=r"square.*\(0,\).*input 1.*1\.5 by formula.*1 by finite"):
        gradcheck(square, [x])


def test_formula_that_is_right_only_once_is_caught_at_order_two(x):
    @operation(lambda g, x: g * Tensor(2 * (x.numpy() if isinstance(x, Tensor) else x)))
    def square(x, /):
        return x * x

    with pytest.raises(GradientError, match="order 2"):
        gradcheck(square, [x], order=2)


def test_single_precision_is_refused():
    with pytest.raises(GradientError, match="float32"):
        gradcheck(np.exp, [Tensor(np.ones(2, np.float32), requires_grad=True)])


def test_nothing_to_check_is_refused():
    with pytest.raises(GradientError, match="nothing to check"):
        gradcheck(np.exp, [Tensor(1.0)])


def test_constants_are_left_alone_and_inputs_unchanged(x):
    before = x.numpy().copy()
    assert gradcheck(lambda x, c: x * c, [x, Tensor([2.0, 3.0])], order=3)
    np.testing.assert_array_equal(x.numpy(), before)
    assert x.grad is None


def test_linear_functions_have_zero_second_derivative(x):
    assert gradcheck(lambda x: x * 2, [x], order=3)
