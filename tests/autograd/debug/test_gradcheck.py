"""gradcheck passes right formulas, catches wrong ones at any order, and names the mistake."""

import numpy as np
import pytest

import autograd
from autograd import GradientError, Tensor, operation
from autograd.debug.gradcheck import check_grads, gradcheck, gradgradcheck


def tensor(*values, shape=None, dtype=None):
    array = np.array(values, dtype or np.float64)
    return Tensor(array if shape is None else array.reshape(shape), requires_grad=True)


@pytest.fixture
def x():
    return tensor(0.5, 1.5)


def message(f, *inputs, **options):
    with pytest.raises(GradientError) as caught:
        gradcheck(f, inputs, **options)
    return str(caught.value)


# Classic mistakes: the operation, its inputs, parts of the message


def wrong_sign():
    @operation(lambda g, x: g * np.sin(x))
    def cosine(x, /):
        return np.cos(x)

    return cosine, [tensor(0.5, 1.5)], ["cosine", "gradient of x", "wrong sign"]


def constant_factor():
    @operation(lambda g, x: g * x)
    def square(x, /):
        return x * x

    return square, [tensor(1.5)], ["square", "constant factor 1/2"]


def missing_unbroadcast():
    @operation(lambda g, s: g * s[:, None], lambda g, x: g * x)
    def scale_rows(x, s, /):
        return x * s[:, None]

    parts = ["scale_rows", "missing un-broadcast", "(2, 3) for s of shape (2,)", "axis 1"]
    return scale_rows, [tensor(*range(6), shape=(2, 3)), tensor(2, 3)], parts


def missing_unbroadcast_of_a_square():
    operation_, _, _ = missing_unbroadcast()
    return operation_, [tensor(1, 2, 3, 5, shape=(2, 2)), tensor(2, 3)], ["scale_rows", "gradient of s", "missing un-broadcast"]


def unreduced():
    @operation(lambda g: g, lambda g: g[0])
    def add_bias(x, b, /):
        return x + b

    return add_bias, [tensor(*range(6), shape=(2, 3)), tensor(1, 2, 3)], ["add_bias", "gradient of b", "missing un-broadcast"]


def wrong_axis():
    @operation(lambda g, x_shape: np.broadcast_to(np.expand_dims(g, 1), x_shape))
    def column_sums(x, /):
        return x.sum(axis=0)

    return column_sums, [tensor(1, 2, 3, 5, shape=(2, 2))], ["column_sums", "wrong axis"]


def wrong_axis_of_a_softmax():
    @operation(lambda g, out: out * (g - (g * out).sum(axis=0, keepdims=True)))
    def softmax(x, /):
        e = np.exp(x)
        return e / e.sum(axis=1, keepdims=True)

    return softmax, [tensor(*np.linspace(0, 1, 6) ** 2, shape=(2, 3))], ["softmax", "wrong axis", "along (0,)", "along (1,)"]


def missing_transpose():
    @operation(lambda g, y: g @ y, lambda g, x: np.swapaxes(x, 0, 1) @ g)
    def product(x, y, /):
        return x @ y

    square = tensor(1, 2, 3, 5, shape=(2, 2))
    return product, [square, tensor(2, 7, 1, 3, shape=(2, 2))], ["product", "wrong axis", "y is transposed"]


def swapped_values():
    @operation(lambda g, x: g / x, lambda g, out, y: -g * out / y)
    def quotient(x, y, /):
        return x / y

    return quotient, [tensor(1, 2), tensor(3, 5)], ["quotient", "gradient of x", "swapped arguments", "exchanges x and y"]


def swapped_formulas():
    @operation(lambda g: -g, lambda g: g)
    def difference(x, y, /):
        return x - y

    return difference, [tensor(1, 2), tensor(3)], ["difference", "swapped arguments", "formula of x is that of y"]


def stale_state():
    seen = {}

    @operation(lambda g: 2 * g * seen["x"])
    def square(x, /):
        seen["x"] = x
        return x * x

    return square, [tensor(1, 2)], ["square", "stale saved value"]


def stale_buffer():
    buffer = np.empty(2)

    @operation(lambda g, out: g * out)
    def exponential(x, /):
        return np.exp(x, out=buffer)

    return exponential, [tensor(1, 2)], ["exponential", "stale saved value"]


def saved_value_changed_by_a_formula():
    def formula(g, x):
        x *= 2
        return g * x

    @operation(formula)
    def square(x, /):
        return x * x

    return square, [tensor(1, 2)], ["square", "stale saved value", "saved x"]


def dtype_drift():
    @operation(lambda g, x: (2 * g * x).astype(np.float32))
    def square(x, /):
        return x * x

    return square, [tensor(1, 2)], ["square", "dtype drift", "float32 where the input is float64"]


def mutated_gradient():
    def formula(g, y):
        if isinstance(g, np.ndarray):
            g *= y
            return g
        return g * y

    @operation(formula, lambda g, x: g * x)
    def product(x, y, /):
        return x * y

    return product, [tensor(1, 2), tensor(3, 4)], ["product", "mutated gradient", "formula of x"]


def aliased_twins():
    def formula(g, x):
        part = g * 1
        return part, part

    @operation(joint_formula=formula)
    def total(x, y, /):
        return x + y

    return total, [tensor(1, 2), tensor(3, 4)], ["total", "aliased gradient", "x and y"]


def aliased_buffer():
    buffer = np.empty(2)

    @operation(lambda g, out: np.multiply(g, out, out=buffer))
    def exponential(x, /):
        return np.exp(x)

    return exponential, [tensor(1, 2)], ["exponential", "aliased gradient"]


def missing_term():
    @operation(lambda g, x: g * np.sin(x))
    def wave(x, /):
        return x * np.sin(x)

    return wave, [tensor(0.5, 1.5)], ["wave", "gradient of x", "missing term"]


def missing_term_elsewhere():
    @operation(lambda g, x: g * (1 - 1 / 3))
    def centered(x, /):
        return x - x.mean()

    return centered, [tensor(1, 2, 4)], ["centered", "missing term", "6 of 9"]


MISTAKES = [
    wrong_sign, constant_factor, missing_unbroadcast, missing_unbroadcast_of_a_square, unreduced, wrong_axis,
    wrong_axis_of_a_softmax, missing_transpose, swapped_values, swapped_formulas, stale_state, stale_buffer,
    saved_value_changed_by_a_formula, dtype_drift, mutated_gradient, aliased_twins, aliased_buffer, missing_term,
    missing_term_elsewhere,
]  # fmt: skip


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_named(mistake, fast):
    f, inputs, parts = mistake()
    text = message(f, *inputs, fast=fast)
    assert all(part in text for part in parts), text


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_inside_a_function_is_attributed_to_its_operation(mistake):
    f, inputs, parts = mistake()
    if mistake is aliased_buffer:
        return  # harmless inside: the engine passes the buffer's values on before it is used again
    text = message(lambda *args: (f(*args) ** 2).sum(), *inputs)
    assert parts[0] in text, text


# Messages


def test_wrong_formula_is_reported_with_both_numbers(x):
    @operation(lambda g, x: g * 3 * x)
    def square(x, /):
        return x * x

    text = message(square, x)
    for part in (
        "square",
        "order 1",
        "output (0,)",
        "respect to x at (0,)",
        "1.5 by formula",
        "1 by finite",
        "error 0.5",
        "3/2",
    ):
        assert part in text


def test_inputs_of_a_function_are_numbered(x):
    def f(a, b):
        return a * Tensor(b.numpy()) + b

    text = message(f, x, tensor(2.0, 3.0))
    assert "the function: the gradient of input 2 is wrong" in text


def test_absent_gradient(x):
    @operation(lambda g, y: g * y, None)
    def product(x, y, /):
        return x * y

    assert "absent gradient" in message(product, x, tensor(2.0, 3.0))
    assert "formula is None" in message(product, x, tensor(2.0, 3.0))
    assert "detach" in message(lambda x: Tensor(x.numpy() ** 2) + 0 * x, x)
    assert "absent gradient" in message(lambda x: x.detach() ** 2, x)


def test_formula_that_is_right_at_order_one_only(x):
    @operation(lambda g, x: g * Tensor(2 * (x.numpy() if isinstance(x, Tensor) else x)))
    def square(x, /):
        return x * x

    assert "order 2" in message(square, x, order=2)
    for check in (gradgradcheck, lambda f, inputs: check_grads(f, inputs, 2)):
        with pytest.raises(GradientError, match=r"square.*\n.*order 2.*(\n.*)*residual"):
            check(square, [x])
    with pytest.raises(GradientError, match="operation to blame is square"):
        gradgradcheck(lambda x: square(x).sum(), [x])


def test_complex_step_detects_small_errors(x):
    @operation(lambda g, x: g * np.cos(x) * 1.0000001)
    def sine(x, /):
        return np.sin(x)

    assert "by complex step" in message(sine, x)
    assert "by complex step" in message(sine, x, fast=True)
    assert gradcheck(sine, x, complex_step=False)


def test_complex_step_is_not_used_for_functions_that_are_not_analytic(x):
    assert gradcheck(abs, tensor(-1.0, 2.0))
    assert gradcheck(np.abs, tensor(-1.0, 2.0))
    assert gradcheck(lambda x: x * np.conjugate(x), x)
    assert gradcheck(lambda x: x.exp(), x)


# Right formulas


def several(x, y):
    return [np.tanh(x @ y), (x * x).sum(axis=1) / y[0, 0]]


FUNCTIONS = {
    "operation": (autograd.sigmoid, [tensor(1, 2)]),
    "broadcasting": (np.multiply, [tensor(1, 2), tensor(3)]),
    "ufunc": (np.exp, [tensor(1, 2)]),
    "reduction": (lambda x: x.std(axis=0), [tensor(*range(6), shape=(2, 3))]),
    "several outputs": (several, [tensor(1, 2, 3, 4, shape=(2, 2)), tensor(3, 1, 2, 5, shape=(2, 2))]),
    "numbers": (lambda x, y, z: x**2 * y / z, [tensor(3.0).sum().detach(), tensor(4.0), tensor(2.0)]),
    "the same tensor twice": (np.multiply, [tensor(1, 2)] * 2),
    "empty": (lambda x: x * 2, [Tensor(np.empty((0, 3)), requires_grad=True)]),
    "linear": (lambda x: x * 2, [tensor(1, 2)]),
    "identity": (lambda x: x, [tensor(1, 2)]),
}


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_right_formulas_pass(name, order, fast):
    f, inputs = FUNCTIONS[name]
    assert gradcheck(f, inputs, order=order, fast=fast)
    assert gradgradcheck(f, inputs, fast=fast)


def test_check_grads_accepts_arrays_and_numbers():
    assert check_grads(lambda x, y, k: np.sin(x) * y[k], (np.array([1.0, 2.0]), [3.0, 4.0], np.array([0, 1])), order=3)
    with pytest.raises(GradientError, match="order 1"):
        check_grads(lambda x: x * x.detach(), [2.0], order=1)


def test_gradgradcheck_checks_the_arriving_gradient(x):
    @operation(lambda g, x: 2 * x * (Tensor(g.numpy()) if isinstance(g, Tensor) else g))
    def square(x, /):
        return x * x

    with pytest.raises(GradientError, match="arriving gradient 1"):
        gradgradcheck(square, x)
    assert gradgradcheck(np.square, x, [Tensor([1.0, 2.0])])


# Kinks


def kinks(f, *inputs, **options):
    messages = []
    assert gradcheck(f, inputs, report=messages.append, **options)
    return messages


def test_kinks_are_reported_and_conventional_values_pass():
    assert kinks(autograd.relu, tensor(0, 1)) == ["relu: kink in x at (0,): slope 0 on the left, 1 on the right, 0 by formula"]
    assert kinks(abs, tensor(0)) == ["absolute: kink in x at (0,): slope -1 on the left, 1 on the right, 0 by formula"]
    assert len(kinks(np.max, tensor(1, 1, 0))) == 2
    assert len(kinks(np.maximum, tensor(1, 2), tensor(1, 3))) == 2
    assert kinks(np.tanh, tensor(0, 1)) == []


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("f", [autograd.relu, abs, np.max])
def test_higher_orders_are_not_checked_at_kinks(f, fast):
    assert gradcheck(f, tensor(0, 0), order=3, fast=fast)


@pytest.mark.parametrize("x0", [0, 1e-7, -3e-7, 1e-9])
def test_close_to_a_kink(x0):
    assert gradcheck(autograd.relu, tensor(x0))


def test_value_outside_of_the_slopes_fails():
    @operation(lambda g, x: g * (2.0 * (x == 0) + (x > 0)))
    def rectified(x, /):
        return np.maximum(x, 0)

    assert gradcheck(rectified, tensor(1, -1))
    text = message(rectified, tensor(0, 1))
    assert "rectified: kink in x" in text
    assert "2 by formula, which is not between" in text


def test_strong_curvature_is_no_kink():
    assert kinks(lambda x: (1e6 * x) ** 2, tensor(1e-6, 0)) == []


# Fast mode


@pytest.mark.parametrize(("fast", "limit"), [(False, 300), (True, 14)])
def test_one_direction_needs_few_evaluations(fast, limit):
    calls = []

    def f(x):
        calls.append(type(x))
        return x.tanh()

    assert gradcheck(f, Tensor(np.linspace(-1, 1, 100), requires_grad=True), fast=fast)
    assert len(calls) <= limit
    if not fast:
        assert len(calls) > 200


# Purity


@pytest.mark.parametrize("fast", [False, True])
def test_nondeterministic_function(x, fast):
    rng = np.random.default_rng(0)
    assert "not deterministic" in message(lambda x: x * rng.uniform(size=2), x, fast=fast)


def test_nondeterministic_formula(x):
    rng = np.random.default_rng(0)

    @operation(lambda g, x: 2 * g * x + 1e-9 * rng.uniform(size=2))
    def square(x, /):
        return x * x

    assert "not deterministic" in message(square, x)


def test_function_that_changes_its_input(x):
    def f(x):
        y = x * x
        x.numpy()[0] = 0.25
        return y

    assert "changed in place" in message(f, x)


def test_value_changed_after_it_was_saved_is_stale(x):
    def f(x):
        y = x.exp()
        z = y * y
        y.numpy()[:] = 1
        return z

    assert "stale saved value" in message(f, x)


def test_constants_and_inputs_are_unchanged(x):
    before = x.numpy().copy()
    assert gradcheck(lambda x, c: x * c, [x, Tensor([2.0, 3.0])], order=3)
    np.testing.assert_array_equal(x.numpy(), before)
    assert x.grad is None


# Precision


def test_float32_needs_the_dtype_argument():
    x = tensor(0.5, 1, dtype=np.float32)
    assert "float32" in message(np.exp, x)
    assert gradcheck(np.exp, x, dtype=np.float32, order=2)
    assert gradcheck(lambda x: x.std() * x, x, dtype=np.float32, fast=True)

    @operation(lambda g, x: g * np.cos(x) * 1.1)
    def sine(x, /):
        return np.sin(x)

    assert "constant factor 11/10" in message(sine, x, dtype=np.float32)


def test_no_input_with_gradient_raises():
    with pytest.raises(GradientError, match="nothing to check"):
        gradcheck(np.exp, [Tensor(1.0)])


def test_outputs_may_be_a_tree(x):
    assert gradcheck(lambda x: {"sum": x.sum(), "more": [x * x, (x.exp(),)]}, x, order=2)
    assert gradgradcheck(lambda x: {"square": x * x}, x)
