"""Variations of the inputs by gradcheck: layouts, subsets that require gradients; with `vary` signs, shapes, float32."""

import numpy as np
import pytest

from autograd import GradientError, Tensor, check_grads, gradcheck, operation
from autograd.debug.gradcheck import gradgradcheck


def message(f, inputs, **options):
    with pytest.raises(GradientError) as error:
        gradcheck(f, inputs, **options)
    return str(error.value)


MATRIX = np.arange(1.0, 7).reshape(2, 3)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_right_functions_pass_with_variations(order):
    assert gradcheck(np.matmul, [MATRIX, MATRIX.T.copy()], order=order, vary=True)
    assert gradcheck(lambda x, y: np.log(x) * np.exp(y), [MATRIX, MATRIX[0]], order=order, vary=True)
    assert gradcheck(np.linalg.inv, np.eye(2) * 3 + 0.5, order=order, vary=True)
    assert gradgradcheck(np.multiply, [Tensor(MATRIX, True), Tensor(2.0, True)])


def test_inputs_may_be_arrays_and_numbers():
    assert gradcheck(np.tanh, [np.ones(3)])
    assert gradcheck(np.tanh, np.ones(3))
    assert gradcheck(np.multiply, [2.0, [1.0, 2.0]])
    assert gradcheck(lambda x, k: x[k], [MATRIX, np.array([1, 0])])
    assert "float32" in message(np.tanh, [np.ones(3, np.float32)])


def test_layout_is_named_with_shape_and_strides():
    @operation(lambda g, x: 2 * g * x)
    def square(x, /):
        return np.reshape(np.ravel(x, "K"), x.shape) ** 2

    text = message(square, [MATRIX])
    for words in (
        "square: ",
        "memory layout (transposed)",
        "x (shape (2, 3)) has strides (8, 16)",
        "output 1 at (0, 1) is 16 there and 4 for the given inputs",
    ):
        assert words in text


def test_given_layout_is_checked_too():
    @operation(lambda g, x: g * x * (2 if isinstance(x, Tensor) or x.flags.c_contiguous else 3))
    def square(x, /):
        return x * x

    x = Tensor(MATRIX, requires_grad=True)
    x.data = np.asfortranarray(MATRIX)
    assert "different on tensors" in message(square, [x])


def test_input_that_needs_a_gradient_is_named():
    def product(x, y):
        return x * y if x.requires_grad else x * y.detach() + 0 * y

    text = message(product, [MATRIX, MATRIX + 1])
    assert "another input needs no gradient: where only y requires a gradient" in text
    assert "the gradient of y at (0, 0) is 0 there and " in text


def test_variation_is_named_with_its_shape():
    @operation(lambda g, x, y: g * y, lambda g, x, y_shape: g * x * (2 if y_shape == (1, 3) else 1))
    def product(x, y, /):
        return x * y

    text = message(product, [MATRIX, MATRIX], vary=True)
    assert "product: wrong for broadcast inputs: where y (shape (1, 3)) is of size 1 in axis 0\n" in text
    assert "constant factor 2" in text
    assert gradcheck(product, [MATRIX, MATRIX])


def test_skipped_variations_are_reported_with_the_reason():
    skips = []
    assert gradcheck(lambda x, y: np.log(x) @ y, [MATRIX, MATRIX.T.copy()], vary=True, report=skips.append)
    text = "\n".join(skips)
    assert "for other signs: where input 1 (shape (2, 3)) is negated: its result is not finite there" in text
    assert "where input 2 (shape (1, 2)) is of size 1 in axis 0: ShapeError" in text


def test_fast_mode_does_not_overrule_its_own_finding():
    def product(x):
        y = x * x
        y.register_hook(lambda g: g * (1 + (g > 0) * (np.count_nonzero(g) > 1)) if np.ndim(g) else g)
        return 1.0 * y

    text = message(product, [np.array([1.0, 2.0])], fast=True)
    assert "nonlinear gradient" in text


def test_ignored_argument_is_not_called_a_cut_path():
    w = Tensor([1.0, 2.0], requires_grad=True)
    text = message(lambda x: w * w, [w])
    assert "ignored argument" in text
    assert "cut" not in text


@pytest.mark.parametrize("size", [2e8, -3e9, 1e10, 7e12, 1e15])
@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("complex_step", [False, True])
def test_large_inputs_raise_no_false_alarm(size, fast, complex_step):
    for f in (np.square, lambda x: x**2, lambda x: (x * x).sum(), lambda x: x**3, np.log if size > 0 else np.cbrt):
        assert gradcheck(f, [np.array([size, 1.5])], fast=fast, order=2, complex_step=complex_step)


def test_wrong_guess_of_a_factor_near_one():
    @operation(lambda g, x: g * np.cos(x) * 1.00001)
    def sine(x, /):
        return np.sin(x)

    text = message(sine, [np.array([0.3, 1.2])])
    assert "constant factor 1.00001" in text
    assert "sign" not in text


def test_checks_with_variations_by_their_other_names():
    f = operation(lambda g, x: g * 2 * np.abs(x))(lambda x, /: x * x)
    assert check_grads(f, [[1.0, 2.0]], order=1)
    with pytest.raises(GradientError, match="for other signs"):
        check_grads(f, [[1.0, 2.0]], order=1, vary=True)


def skips_of(f, *inputs, **options):
    skips = []
    assert gradcheck(f, list(inputs), vary=True, report=skips.append, **options)
    return "\n".join(skips)


def test_inputs_at_the_edge_of_the_domain_are_skipped():
    def root(x):
        if (x.numpy() < 0.97).any():
            raise ValueError("x must be at least 0.97")
        return np.sqrt(x)

    assert "with one more axis: ValueError: x must be at least 0.97, for inputs nearby" in skips_of(root, np.ones(2))


def test_inputs_without_a_derivative_are_skipped():
    x = np.random.default_rng(0).normal(size=(4, 4))
    symmetric = lambda x: x + np.swapaxes(x, -1, -2)
    text = skips_of(lambda x: np.linalg.eigh(symmetric(x)).eigenvectors ** 2, x)
    assert "input 1 (shape (4, 1)) is of size 1 in axis 1: it has no derivative there" in text
    text = skips_of(lambda x: np.abs(x - x.mean()) ** 1.5, x[0], order=2)
    assert "input 1 (shape (1,)) is of size 1 in axis 0: its derivatives of order 2 are not finite there" in text


def test_derivative_that_is_only_nan_by_formula_is_wrong():
    @operation(lambda g, x: 2 * g * x * (np.nan if np.shape(x) == () else 1))
    def square(x, /):
        return x * x

    text = message(square, [MATRIX], vary=True)
    assert "square: wrong for broadcast inputs: where x (shape ()) is a number" in text


def test_residual_of_a_wrong_shape_or_value_is_described():
    @operation(lambda g, s: g * s, residuals={"s": lambda x: 3 * x})
    def square(x, /):
        return x * x, 2 * x

    text = message(square, [MATRIX])
    assert "square: wrong residual: the forward function returns s[0, 0] = 2, its definition in residuals= gives 3" in text


def test_precision_is_not_varied_in_float32():
    x = Tensor(MATRIX, requires_grad=True, dtype=np.float32)
    assert gradcheck(lambda x: x * x, [x], dtype=np.float32, vary=True)


def test_large_inputs_are_not_varied():
    text = skips_of(lambda x: x.tanh(), np.linspace(-1, 1, 6000), fast=True)
    assert "with one more axis: its inputs have more than 10000 elements" in text
