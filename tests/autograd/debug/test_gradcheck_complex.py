"""gradcheck of complex functions: with respect to both parts of inputs, of both parts of results."""

import numpy as np
import pytest

from autograd import GradientError, Tensor, gradcheck, operation
from autograd.debug.gradcheck import check_grads, gradgradcheck

Z = np.array([1 + 2j, 0.5 - 1j])


@operation(lambda g: g)  # right only with respect to the real part
def conjugate_without_formula(x, /):
    return np.conj(x)


@operation(lambda g, x: g * np.conj(x) / np.abs(x) * 1j)  # the gradient of another function, of the angle times |x|
def abs_turned(x, /):
    return np.abs(x)


@operation(lambda g, x: 2 * np.real(g * x))  # drops a part
def square_dropping_a_part(x, /):
    return x * x


@operation(lambda g, x: (g * 3 * x * x).astype(np.complex64))
def cube_in_single(x, /):
    return x**3


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("f", [conjugate_without_formula, abs_turned, square_dropping_a_part], ids=lambda f: f.operation.name)
def test_wrong_formulas_are_found_and_named(f, fast):
    with pytest.raises(GradientError, match=rf"the gradient of the (real|imaginary) part of .*|{f.operation.name}"):
        gradcheck(f, Z, fast=fast)


def test_the_part_and_the_operation_are_named():
    with pytest.raises(GradientError) as error:
        gradcheck(lambda z: conjugate_without_formula(z) * 2, Z)
    assert "imaginary part of input 1" in str(error.value)
    assert "conjugate_without_formula" in str(error.value)


def test_single_precision_of_a_formula_is_found():
    with pytest.raises(GradientError, match=r"dtype drift.*complex64"):
        gradcheck(cube_in_single, Z)


def test_real_inputs_with_complex_results():
    assert gradcheck(lambda x: np.exp(1j * x), np.array([0.3, 0.7]), order=3)
    wrong = lambda x: conjugate_without_formula(np.exp(1j * x))
    with pytest.raises(GradientError, match="conjugate_without_formula"):
        gradcheck(wrong, np.array([0.3, 0.7]))


@pytest.mark.parametrize("check", [gradcheck, check_grads, gradgradcheck])
def test_each_check_takes_complex_inputs(check):
    z, x = Tensor(Z, requires_grad=True), Tensor([0.5, 2.0], requires_grad=True)
    assert check(lambda z, x: [np.abs(z) * x, z * np.conj(z) * x], [z, x])


def test_constants_stay_complex():
    assert gradcheck(lambda z, x: np.real(z * x), [Tensor(Z), Tensor([0.5, 2.0], requires_grad=True)])


def test_single_precision():
    z = Tensor(Z.astype(np.complex64), requires_grad=True)
    assert gradcheck(np.abs, z, dtype=np.float32)
    with pytest.raises(GradientError, match="complex64, not float64; convert it, or pass dtype=float32"):
        gradcheck(np.abs, z)


def test_variations_of_the_parts():
    assert gradcheck(lambda z: np.exp(z) * np.conj(z), Z, order=2, vary=True)
