"""gradcheck finds small errors of formulas: the default tolerance is 1e-6, relative to the derivatives, in float64."""

import functools

import numpy as np
import pytest

from autograd import GradientError, Tensor, check_grads, gradcheck, operation

#: By name: a function, the formulas of its derivatives, and inputs.
FUNCTIONS = {
    "exp": (np.exp, [lambda g, x: g * np.exp(x)], [[-1.0, 0.5, 2.0]]),
    "sine": (np.sin, [lambda g, x: g * np.cos(x)], [[0.3, 1.2, -2.0]]),
    "absolute": (np.abs, [lambda g, x: g * np.sign(x)], [[0.3, -1.2]]),
    "power": (lambda x: x**5, [lambda g, x: 5 * g * x**4], [[1.0, 30.0, -200.0]]),
    "reciprocal": (lambda x: 1 / x, [lambda g, x: -g / x**2], [[1e-3, 1.0, 1e3]]),
    "logarithm": (np.log, [lambda g, x: g / x], [[2e-4, 1.0, 1e8]]),
    "quotient": (lambda x, y: x / y, [lambda g, y: g / y, lambda g, x, y: -g * x / y**2], [[1.0, 20.0], [3.0, -0.5]]),
    "product": (
        lambda x, y: x @ y,
        [lambda g, y: g @ np.swapaxes(y, 0, 1), lambda g, x: np.swapaxes(x, 0, 1) @ g],
        [np.arange(1.0, 7).reshape(2, 3), np.arange(2.0, 14).reshape(3, 4)],
    ),
}


def planted(name, position=None, error=0.0, scale=1.0):
    """The function times `scale` as an operation whose formula for the input at `position` is off by a relative error."""
    f, formulas, arrays = FUNCTIONS[name]

    def scaled(formula, factor):
        @functools.wraps(formula)  # whose parameters name the saved values
        def scaled_formula(*values):
            return factor * formula(*values)

        return scaled_formula

    wrong = [scaled(formula, scale * (1 + error * (i == position))) for i, formula in enumerate(formulas)]
    forward = {1: lambda x, /: scale * f(x), 2: lambda x, y, /: scale * f(x, y)}[len(arrays)]
    return operation(*wrong)(forward), [Tensor(array, requires_grad=True) for array in arrays]


PLACES = [(name, i) for name, (_, formulas, _) in FUNCTIONS.items() for i in range(len(formulas))]


@pytest.mark.parametrize("scale", [1.0, 1e-3, 1e6])
@pytest.mark.parametrize("complex_step", [True, False])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_right_formulas_pass(name, complex_step, scale):
    f, inputs = planted(name, scale=scale)
    assert gradcheck(f, inputs, order=2, complex_step=complex_step)
    assert check_grads(f, inputs, order=2, complex_step=complex_step)


@pytest.mark.parametrize("scale", [1.0, 1e-3, 1e6])
@pytest.mark.parametrize("error", [1e-4, -1e-4, 5e-4, 1e-5, 1e-2])
@pytest.mark.parametrize(("name", "position"), PLACES)
def test_small_errors_are_found(name, position, error, scale):
    f, inputs = planted(name, position, error, scale)
    for check in (gradcheck, check_grads):
        for complex_step in (True, False):
            with pytest.raises(GradientError, match="is wrong"):
                check(f, inputs, complex_step=complex_step)


@pytest.mark.parametrize("error", [1e-4, -1e-4])
@pytest.mark.parametrize("fast", [True, False])
def test_small_errors_of_second_derivatives_are_found(fast, error):
    @operation(lambda g, x: (1 + error) * 3 * x * x * g)
    def slope(x, /):
        return x * x * x

    cube = operation(lambda g, x: g * slope(x))(lambda x, /: x**4 / 4)
    x = Tensor([0.5, 2.0], requires_grad=True)
    assert gradcheck(cube, x, order=1)
    with pytest.raises(GradientError, match="order 2"):
        gradcheck(cube, x, order=2, fast=fast)


def test_tolerances_are_those_given():
    f, inputs = planted("sine", 0, 5e-4)
    assert gradcheck(f, inputs, rtol=1e-3, complex_step=False)
    assert gradcheck(f, inputs, rtol=0, atol=1e-2, complex_step=False)
    with pytest.raises(GradientError):
        gradcheck(f, inputs, rtol=1e-4, atol=0)


def test_formulas_in_float32_have_the_tolerance_of_float32():
    f, _ = planted("sine", 0, 5e-4)
    x = Tensor(np.array([0.3, 1.2], np.float32), requires_grad=True)
    assert gradcheck(f, x, dtype=np.float32)
    wrong, _ = planted("sine", 0, 5e-3)
    with pytest.raises(GradientError):
        gradcheck(wrong, x, dtype=np.float32)
