"""Wrong operations, one for each class of mistake: the operation, its inputs, and words of the message that name the class."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd import Function, Tensor, operation


@dataclass(frozen=True)
class Mistake:
    """A function with a wrong gradient, and how it is found."""

    name: str
    words: tuple[str, ...]  # of the message
    function: Callable[..., Any]
    inputs: list[Any]
    options: dict[str, Any] = field(default_factory=dict)


MISTAKES: list[Mistake] = []

VECTOR, MATRIX = np.array([0.5, 1.5]), np.array([[0.5, 1.5, 0.7], [1.2, 0.3, 2.0]])
COLUMN, CUBE = np.array([[1.1], [0.6]]), np.linspace(0.5, 2, 12).reshape(2, 3, 2)
ROW = np.array([0.9, 1.3, 0.4])


def mistake(words: str, *inputs: Any, **options: Any) -> Callable[[Callable], Callable]:
    """Decorate an operation or function: add it to the table. words: separated by commas."""

    def add(function: Callable) -> Callable:
        MISTAKES.append(Mistake(function.__name__, tuple(words.split(", ")), function, list(inputs), options))
        return function

    return add


def is_tensor(x: Any) -> bool:
    return isinstance(x, Tensor)


# Not linear in g


@mistake("nonlinear formula", VECTOR)
@operation(lambda g, x: np.abs(g) * 2 * x)
def square_of_absolute_gradient(x, /):
    return x * x


@mistake("nonlinear formula", VECTOR)
@operation(lambda g, x: np.sign(g) * 2 * x)
def square_of_sign(x, /):
    return x * x


@mistake("nonlinear formula", VECTOR)
@operation(lambda g, x: np.clip(g, -1, 1) * 2 * x)
def square_of_clipped_gradient(x, /):
    return x * x


@mistake("nonlinear formula", VECTOR)
@operation(lambda g, x: g * g * 2 * x)
def square_of_squared_gradient(x, /):
    return x * x


@mistake("nonlinear formula", np.float64(1.5))
@operation(lambda g, x: np.maximum(g, 0) * 2 * x)
def square_of_positive_gradient(x, /):
    return x * x


@mistake("nonlinear formula", VECTOR)
@operation(lambda g, x: np.where(np.abs(g) < 0.01, 0, g) * 2 * x)
def square_without_small_gradients(x, /):
    return x * x


@mistake("nonlinear formula", MATRIX)
@operation(lambda g, x: g * 2 * x / np.max(np.abs(g)))
def square_of_normalized_gradient(x, /):
    return x * x


@mistake("nonlinear formula, order 2", VECTOR, order=2)
def square_whose_slope_has_a_nonlinear_formula(x):
    slope = operation(lambda g, x: np.abs(g) * 2)(lambda x, /: 2 * x)
    return operation(lambda g, x: g * slope(x))(lambda x, /: x * x)(x)


@mistake("nonlinear formula", VECTOR, ROW[:2])
@operation(joint_formula=lambda g, x, y: (g * y, np.abs(g) * x))
def product_of_a_nonlinear_joint_formula(x, y, /):
    return x * y


@mistake("nonlinear gradient", VECTOR)
def square_with_a_clipping_hook(x):
    y = x * x
    y.register_hook(lambda g: np.clip(g, -5, 5))
    return y * 1.0


@mistake("nonlinear gradient", VECTOR)
def square_with_a_hook_that_shortens_long_gradients(x):
    y = x * x
    y.register_hook(lambda g: g * (1 if np.linalg.norm(np.asarray(g.tolist())) < 1.2 else 0.5))
    return y * 1.0


# Residuals


@mistake("wrong residual, s", VECTOR)
@operation(lambda g, s: g * s, residuals={"s": lambda x: 3 * x})
def square_of_wrong_residual(x, /):
    return x * x, 2 * x


@mistake("wrong residual, shape", MATRIX)
@operation(lambda g, s: g * s, residuals={"s": lambda x: x.mean(axis=1, keepdims=True) * np.ones((1, 1, 1))})
def scaled_by_residual_of_wrong_shape(x, /):
    s = x.mean(axis=1, keepdims=True) * 0 + 2
    return 2 * x, s


@mistake("wrong residual", MATRIX)
@operation(lambda g, out, total: g / total - (g * out).sum(axis=-1, keepdims=True) / total,
           residuals={"total": lambda x: x.sum(axis=0, keepdims=True) if x.shape[0] == x.shape[1] else x[:, :1]})  # fmt: skip
def share_with_residual_along_another_axis(x, /):
    total = x.sum(axis=-1, keepdims=True)
    return x / total, total


@mistake("wrong residual, memory layout", MATRIX)
@operation(lambda g, s: g * s, residuals={"s": lambda x: 2 * x})
def square_whose_residual_reads_memory(x, /):
    return x * x, 2 * np.ravel(x, order="K").reshape(x.shape)


# On tensors only


@mistake("different on tensors", VECTOR)
@operation(lambda g, x: g * x * (3 if is_tensor(x) else 2))
def square_with_another_factor_on_tensors(x, /):
    return x * x


@mistake("different on tensors", VECTOR)
@operation(lambda g, out: g * out * (-1 if is_tensor(g) else 1))
def exponential_with_another_sign_on_tensors(x, /):
    return np.exp(x)


@mistake("different on tensors", MATRIX, ROW)
@operation(lambda g, y: g * y, lambda g, x: g[:1] * x if is_tensor(g) else g * x)
def product_that_loses_rows_on_tensors(x, y, /):
    return x * y


@mistake("different on tensors, order 2", VECTOR, order=2)
def square_whose_slope_is_wrong_on_tensors(x):
    slope = operation(lambda g, x: g * (3 if is_tensor(x) else 2))(lambda x, /: 2 * x)
    return operation(lambda g, x: g * slope(x))(lambda x, /: x * x)(x)


# For other shapes, signs, dtypes and layouts than the given ones


@mistake("wrong for broadcast inputs", VECTOR, ROW[:2], vary=True)
@operation(lambda g, x, y: g * y, lambda g, x, y: g * x / (1 if np.shape(x) == np.shape(y) else g.size))
def product_with_a_mean_over_repeats(x, y, /):
    return x * y


@mistake("wrong for broadcast inputs", MATRIX, vary=True)
@operation(lambda g: g - g.mean(axis=0))
def centered_along_the_first_axis(x, /):
    return x - x.mean(axis=0 if np.ndim(x) < 3 else 1, keepdims=np.ndim(x) > 2)


@mistake("wrong for broadcast inputs, number", VECTOR, vary=True)
@operation(lambda g, x: g * 2 * x if np.ndim(x) else g * x)
def square_wrong_for_numbers(x, /):
    return x * x


@mistake("wrong for broadcast inputs", MATRIX, ROW, vary=True)
@operation(lambda g: g, lambda g, b_shape: g.sum(axis=0) if len(b_shape) == 1 and b_shape != (1,) else g[:1])
def bias_that_is_not_summed(x, b, /):
    return x + b


@mistake("wrong for other signs", VECTOR, vary=True)
@operation(lambda g, x: g * 2 * np.abs(x))
def square_wrong_for_negative_numbers(x, /):
    return x * x


@mistake("wrong for other signs", VECTOR, vary=True)
@operation(lambda g: 1 * g)
def length_of_positive_numbers(x, /):
    return np.sqrt(x * x)


@mistake("wrong for other signs", VECTOR, ROW[:2], vary=True)
@operation(lambda g, y: g * y, lambda g, x, out: g * np.abs(out) / np.abs(x) * x**2 / np.abs(x) ** 1 / np.abs(out / x))
def product_wrong_for_one_negative_factor(x, y, /):
    return x * y


@mistake("wrong in float32", VECTOR, vary=True)
@operation(lambda g, x: g * x * (3 if x.dtype == np.float32 else 2))
def square_wrong_in_float32(x, /):
    return x * x


@mistake("wrong in float32", VECTOR, vary=True)
@operation(lambda g, x: g * (x + 1e5 * np.finfo(x.dtype).eps) * 2)
def square_with_a_large_epsilon(x, /):
    return x * x


@mistake("memory layout", MATRIX)
@operation(lambda g, x: g * 2 * x.ravel("K").reshape(x.shape) if not is_tensor(x) else g * 2 * x)
def square_whose_formula_reads_memory(x, /):
    return x * x


@mistake("memory layout, arriving gradient, strides (16, 32)", MATRIX)
@operation(lambda g, x: 2 * x * (g if is_tensor(g) else np.ravel(g, "K").reshape(g.shape)))
def square_whose_formula_reads_the_memory_of_g(x, /):
    return x * x


@mistake("fails for broadcast inputs, IndexError", MATRIX, vary=True)
@operation(lambda g, x: g * 2 * x if np.shape(x) != (1, 3) else {}[0] if is_tensor(x) else [0][1])
def square_whose_formula_raises_for_one_row(x, /):
    return x * x


@mistake("memory layout, strided", VECTOR)
@operation(lambda g, x: g * x * (2 if is_tensor(x) or not x.ndim or x.flags.c_contiguous else 3))
def square_wrong_for_strides(x, /):
    return x * x


@mistake("memory layout, flipped", VECTOR)
@operation(lambda g, x: g * 2 * x)
def square_whose_forward_ignores_negative_strides(x, /):
    return x[::-1] ** 2 if x.ndim and x.strides[0] < 0 else x * x


@mistake("memory layout", CUBE)
@operation(lambda g, x: g * 3 * x**2)
def cube_that_fails_on_views(x, /):
    view = x.view()
    view.shape = (x.size,)  # raises an error if the elements are not contiguous
    return x**3


# Where another input needs no gradient


class ProductOfNeeded(Function):
    """The gradient of y is only right if x needs one, too."""

    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * y, g * x if ctx.needs_input_grad[0] else g


@mistake("another input needs no gradient", VECTOR, ROW[:2])
def product_of_a_function_with_a_wrong_branch(x, y):
    return ProductOfNeeded.apply(x, y)


@mistake("another input needs no gradient", VECTOR, ROW[:2])
def product_that_detaches_beside_a_constant(x, y):
    return x * y if x.requires_grad else x * y.detach() + 0 * y


@mistake("another input needs no gradient, different on tensors", VECTOR, ROW[:2])
@operation(lambda g, x, y: g * y * (1 if is_tensor(y) == is_tensor(g) else 2), lambda g, x: g * x)
def product_wrong_on_tensors_beside_a_constant(x, y, /):
    return x * y


# Formulas that are wrong everywhere


@mistake("wrong sign", VECTOR)
@operation(lambda g, x: g * np.sin(x))
def cosine(x, /):
    return np.cos(x)


@mistake("constant factor 1/2", VECTOR)
@operation(lambda g, x: g * x)
def half_square(x, /):
    return x * x


@mistake("wrong axis", MATRIX[:, :2])
@operation(lambda g, x_shape: np.broadcast_to(np.expand_dims(g, 1), x_shape))
def column_sums(x, /):
    return x.sum(axis=0)


@mistake("wrong axis, y is transposed", MATRIX[:, :2], MATRIX[:, 1:])
@operation(lambda g, y: g @ y, lambda g, x: np.swapaxes(x, 0, 1) @ g)
def product_without_transpose(x, y, /):
    return x @ y


@mistake("missing un-broadcast", MATRIX, COLUMN[:, 0])
@operation(lambda g, s: g * s[:, None], lambda g, x: g * x)
def scaled_rows(x, s, /):
    return x * s[:, None]


@mistake("swapped arguments", VECTOR, ROW[:2])
@operation(lambda g, x: g * x, lambda g, y: g * y)
def product_of_swapped_arguments(x, y, /):
    return x * y


@mistake("missing term", VECTOR)
@operation(lambda g, x: g * 3 * x**2)
def cubic_without_its_linear_term(x, /):
    return x**3 + x


@mistake("absent gradient, formula is None", VECTOR, ROW[:2])
@operation(lambda g, y: g * y, None)
def product_with_one_formula(x, y, /):
    return x * y


@mistake("absent gradient, detach", VECTOR)
def cut_path(x):
    return x.detach() ** 2


@mistake("constant factor", MATRIX)
@operation(lambda g, x_shape: np.broadcast_to(g, x_shape) / 5)
def mean_over_a_wrong_count(x, /):
    return x.mean()


@mistake("constant factor 1", VECTOR)
@operation(lambda g, x: g * np.cos(x) * 1.00001)
def sine_of_a_small_error(x, /):
    return np.sin(x)


@mistake("kink, not between", np.array([0.0, 1.0]))
@operation(lambda g, x: g * (2.0 * (x == 0) + (x > 0)))
def rectified_wrong_at_zero(x, /):
    return np.maximum(x, 0)


# Changes of memory, state, dtype


@mistake("mutated gradient", VECTOR)
@operation(lambda g, x: np.multiply(g, 2 * x, out=g) if not is_tensor(g) else g * 2 * x)
def square_in_the_memory_of_its_gradient(x, /):
    return x * x


@mistake("mutated input", VECTOR)
def square_that_changes_its_input(x):
    y = x * x
    x.numpy()[0] = 0.25
    return y


@mistake("stale saved value", VECTOR)
def square_of_the_last_call(x):
    LAST["x"] = x.numpy()
    return operation(lambda g: 2 * g * LAST["x"])(lambda x, /: x * x)(x)


LAST: dict[str, Any] = {}


@mistake("aliased gradient, x and y", VECTOR, ROW[:2])
@operation(joint_formula=lambda g: (g * 1,) * 2)
def sum_with_one_gradient(x, y, /):
    return x + y


@mistake("not deterministic", VECTOR)
def random_scale(x):
    return x * RNG.uniform(size=2)


RNG = np.random.default_rng(0)


@mistake("stale saved value", VECTOR)
def square_with_a_formula_that_counts_its_calls(x):
    def formula(g, x):
        CALLS.append(len(CALLS))
        return g * 2 * x * (1 + len(CALLS) % 2)

    return operation(formula)(lambda x, /: x * x)(x)


CALLS: list[int] = []


@mistake("dtype drift", VECTOR)
@operation(lambda g, x: (2 * g * x).astype(np.float32))
def square_with_a_narrow_gradient(x, /):
    return x * x


# Higher orders


@mistake("order 2, loses the next", VECTOR, order=2)
@operation(lambda g, x: g * 2 * (Tensor(x.numpy()) if is_tensor(x) else x))
def square_that_leaves_the_graph(x, /):
    return x * x


@mistake("order 2, loses the next", VECTOR, order=2)
@operation(lambda g, s: g * s, residuals={"s": lambda x: x.detach() * 2 if is_tensor(x) else 2 * x})
def square_whose_residual_leaves_the_graph(x, /):
    return x * x, 2 * x


@mistake("order 3", VECTOR, order=3)
def cube_whose_second_slope_is_wrong(x):
    second = operation(lambda g, x: 5 * g)(lambda x, /: 6 * x)
    slope = operation(lambda g, x: g * second(x))(lambda x, /: 3 * x * x)
    return operation(lambda g, x: g * slope(x))(lambda x, /: x**3)(x)
