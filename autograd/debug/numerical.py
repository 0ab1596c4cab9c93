"""Reference derivatives: one-sided differences for each element, and complex steps where f is analytic."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple
from warnings import catch_warnings, simplefilter

import numpy as np

from autograd.core.operation import Operation
from autograd.core.tensor import Tensor
from autograd.core.trees import leaves
from autograd.debug.check_spec import LOOSE_ATOL, LOOSE_RTOL, CheckSpec, outputs_of
from autograd.transforms.gradients import gradients

SIMILAR_STEPS = (0.3, 0.4, 0.5)  # times eps
LONG_STEPS = (30, 1000)  # times eps
LARGE = 1e6  # a number beyond which steps are relative to it, so that adding one to it is exact enough
SENSITIVITY = 100  # times the effect of disturbed inputs: a difference that is rounding
COMPLEX_STEP = 1e-20  # a complex step subtracts nothing, so a tiny step loses no digits


class Differences(NamedTuple):
    """One-sided differences: for each checked input a matrix, with a row per output element and a column per input element."""

    points: list[Tensor]  # the inputs in float64
    center: np.ndarray  # the outputs there, flat
    left: list[np.ndarray]
    right: list[np.ndarray]

    def central(self, slot: int) -> np.ndarray:
        """Central differences for the checked input in this slot."""
        return (self.left[slot] + self.right[slot]) / 2


def derivative_of(f: Callable[..., Any], checked: list[int], rng: np.random.Generator) -> Callable[..., list[Tensor]]:
    """The gradients of f's outputs, each with a random arriving gradient, as a function of the same inputs."""
    weights: dict[tuple, np.ndarray] = {}

    def derivative(*inputs: Tensor) -> list[Tensor]:
        outputs, grad_outputs = [], []
        for k, out in enumerate(outputs_of(f, inputs)):
            if (k, out.shape) not in weights:
                weights[k, out.shape] = random_signed(rng, out.shape)
            if out.requires_grad:
                outputs.append(out)
                grad_outputs.append(Tensor(weights[k, out.shape], dtype=out.dtype))
        if not outputs:
            return [Tensor(np.zeros(inputs[i].shape), dtype=inputs[i].dtype) for i in checked]
        return gradients(outputs, [inputs[i] for i in checked], grad_outputs, create_graph=True)

    return derivative


def random_signed(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Random numbers of either sign, away from 0."""
    return rng.uniform(0.5, 1.5, shape) * rng.choice([-1, 1], shape)


def disturbed_inputs(inputs: list[Tensor], dtype: Any) -> list[Tensor]:
    """The inputs with changes of the size of rounding in a dtype: they show how much rounding a result multiplies."""
    rng, eps = np.random.default_rng(0), float(np.finfo(dtype).eps)
    is_float = lambda x: x.dtype.kind == "f"
    move = lambda x: Tensor(x.data * (1 + eps * rng.uniform(-1, 1, x.shape)), x.requires_grad, x.dtype)
    return [move(x) if is_float(x) else x for x in inputs]


def flatten(outputs: Sequence[Any]) -> np.ndarray:
    """Concatenate the elements of all outputs."""
    return np.concatenate([np.ravel(out.numpy() if isinstance(out, Tensor) else out) for out in outputs])


def as_float64(inputs: list[Tensor]) -> list[Tensor]:
    """Convert inputs with gradient to float64, so that differences are accurate enough for formulas in float32."""
    is_narrow = lambda x: x.requires_grad and x.dtype != np.float64
    return [Tensor(x.numpy(), requires_grad=True, dtype=np.float64) if is_narrow(x) else x for x in inputs]


def jacobian(outputs: list[Tensor], xs: list[Tensor]) -> list[np.ndarray]:
    """∂outputs/∂x by formula, for each x a matrix with a row per output element and a column per element of x."""
    rows: list[list[np.ndarray]] = [[] for _ in xs]
    for out in outputs:
        for unit in np.eye(out.size):
            grads = gradients(out, xs, unit.reshape(out.shape), retain_graph=True) if out.requires_grad else None
            for slot, x in enumerate(xs):
                rows[slot].append(grads[slot].numpy().ravel() if grads else np.zeros(x.size))
    return [np.array(row).reshape(len(row), x.size) for row, x in zip(rows, xs)]


def differences(spec: CheckSpec, f: Callable, inputs: list[Tensor], outputs: list[Tensor]) -> Differences:
    """One-sided differences of f at these inputs, where it has these outputs."""
    points = as_float64(inputs)
    is_converted = any(point is not x for point, x in zip(points, inputs))
    center = flatten(outputs_of(f, points) if is_converted else outputs)
    left, right = [], []
    for i in spec.checked:
        slopes = [one_sided_slopes(f, points, (i, k), center, spec.options.eps) for k in range(inputs[i].size)]
        array = np.array(slopes).reshape(inputs[i].size, 2, center.size)
        left.append(array[:, 0].T)
        right.append(array[:, 1].T)
    return Differences(points, center, left, right)


def one_sided_slopes(
    f: Callable, points: list[Tensor], element: tuple[int, int], center: np.ndarray, eps: float
) -> list[np.ndarray]:
    """The slopes of all outputs on the left and on the right of element (i, k): element k of input i."""
    slopes = []
    for step in (-eps, eps):
        outputs, actual_step = _shifted_outputs(f, points, element, step)
        slopes.append((outputs - center) / actual_step)
    return slopes


def extrapolated_slopes(
    f: Callable, points: list[Tensor], element: tuple[int, int], eps: float
) -> Iterable[tuple[np.ndarray, np.ndarray]]:
    """Central differences with Richardson extrapolation, (4D(h) − D(2h)) / 3, for several steps h, and their uncertainty.

    The uncertainty is from the range of estimates of similar steps: f may compute with numbers that cancel in its outputs.
    """
    i, k = element
    size = min(max(1.0, abs(float(points[i].numpy().reshape(-1)[k]))), LARGE)
    with np.errstate(all="ignore"), catch_warnings():
        simplefilter("ignore")  # a step may leave the domain of f
        estimates = [_extrapolated_slopes(f, points, element, factor * eps) for factor in SIMILAR_STEPS]
        uncertainty = 3 * np.ptp(estimates, axis=0)
        yield estimates[-1], uncertainty
        for factor in LONG_STEPS:
            yield _extrapolated_slopes(f, points, element, factor * eps * size), uncertainty


def _extrapolated_slopes(f: Callable, points: list[Tensor], element: tuple[int, int], h: float) -> np.ndarray:
    narrow, wide = (_central_slopes(f, points, element, step) for step in (h, 2 * h))
    return (4 * narrow - wide) / 3


def _central_slopes(f: Callable, points: list[Tensor], element: tuple[int, int], eps: float) -> np.ndarray:
    (left, back), (right, forth) = (_shifted_outputs(f, points, element, step) for step in (-eps, eps))
    return (right - left) / (forth - back)


def _shifted_outputs(f: Callable, points: list[Tensor], element: tuple[int, int], step: float) -> tuple[np.ndarray, float]:
    """The outputs with element (i, k) moved by a step, and the step after rounding."""
    i, k = element
    moved = points[i].numpy().copy(order="C")
    before = moved.reshape(-1)[k]
    moved.reshape(-1)[k] += resolvable_step(step, before)
    shifted = [Tensor(moved, requires_grad=True) if j == i else x for j, x in enumerate(points)]
    return flatten(outputs_of(f, shifted)), moved.reshape(-1)[k] - before


def resolvable_step(step: Any, x: Any) -> Any:
    """A step from x that is lengthened where x is so large that x + step would round it."""
    return step * np.maximum(1, np.abs(x) / LARGE)


def complex_jacobian(spec: CheckSpec, order: int, reference: Differences, outputs: list[Tensor]) -> list[np.ndarray] | None:
    """∂outputs/∂x by complex steps; None if they disagree anywhere with differences, so that f is not analytic."""
    sizes = [x.size for x in spec.checked_inputs]
    directions = []
    for i, x in zip(spec.checked, spec.checked_inputs):
        directions += [{i: np.reshape(unit, x.shape)} for unit in np.eye(x.size)]
    slopes = complex_slopes(spec, order, flatten(outputs), directions)
    if slopes is None:
        return None
    matrices = np.split(slopes, np.cumsum(sizes)[:-1], axis=1)
    agree = all(loosely_close(matrix, reference.central(slot)).all() for slot, matrix in enumerate(matrices))
    return matrices if agree else None


def loosely_close(slopes: Any, reference: Any) -> Any:
    """Where slopes are estimates of the same derivative, elementwise."""
    return np.isclose(slopes, reference, rtol=LOOSE_RTOL, atol=LOOSE_ATOL, equal_nan=True)


def complex_slopes(spec: CheckSpec, order: int, values: np.ndarray, directions: Iterable[dict]) -> np.ndarray | None:
    """Im f(x + ihu) / h on plain arrays, a column for each direction u; None if f does not accept complex arrays."""
    if order > 1 or not spec.options.complex_step or any(x.dtype != np.float64 for x in spec.checked_inputs):
        return None
    operation = getattr(spec.f, "operation", None)  # operations refuse complex arrays, their forward functions do not
    f = operation.forward if isinstance(operation, Operation) and not operation.residuals else spec.f
    columns = []
    try:
        with catch_warnings(), np.errstate(all="ignore"):
            simplefilter("ignore")
            for u in directions:
                moved = [x.numpy() + 1j * COMPLEX_STEP * u[i] if i in u else x.numpy() for i, x in enumerate(spec.inputs)]
                out = flatten(list(leaves(f(*moved))))
                if out.shape != values.shape or not np.allclose(out, values, rtol=1e-9, atol=1e-12, equal_nan=True):
                    return None
                columns.append(out.imag / COMPLEX_STEP)
    except Exception:  # f calls a method of tensors, or a function without complex numbers
        return None
    return np.array(columns).reshape(len(columns), values.size).T
