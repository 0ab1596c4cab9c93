"""Derivatives by differences: of one element to the left and to the right, or by a complex step where that works."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np

from autograd.core.engine import Node
from autograd.core.operation import Operation
from autograd.core.tensor import Tensor
from autograd.transforms.gradients import gradients

COMPLEX_STEP = 1e-20  # nothing cancels in a complex step, so it may be as small as this


class Finding(Exception):  # noqa: N818  (it becomes a GradientError once the operation to blame is found)
    """What a check found wrong, and on demand a guess at the mistake."""

    def __init__(self, text: str, guess: Callable[[], str] | None = None, level: int = 1):
        super().__init__(text)
        self.text, self.guess, self.level = text, guess, level


@dataclass(frozen=True)
class Task:
    """What is checked, and how sharply; see gradcheck."""

    f: Callable[..., Any]
    inputs: list[Tensor]
    checked: list[int]
    order: int = 1
    eps: float = 1e-6
    atol: float = 1e-5
    rtol: float = 1e-3
    fast: bool = False
    complex_step: bool = True
    report: Callable[[str], Any] | None = None
    first: int = 1  # the order of the derivatives of f itself
    origin: tuple[Callable, list[Tensor], list[int]] | None = None  # what f is the derivative of
    lone: Node | None = None  # the operation of a graph that is checked by itself, to explain the failure of the whole

    def close(self, exact: Any, reference: Any, sharper: float = 1) -> Any:
        """Where a derivative by formula and a reference agree, within the tolerances times `sharper`."""
        return np.isclose(exact, reference, rtol=self.rtol * sharper, atol=self.atol * sharper, equal_nan=True)

    def operation(self) -> tuple[Operation | None, dict]:
        """The operation that f is, if it is nothing but one operation on its inputs in their order, and its options."""
        found, options = self._operation()
        return (found, options) if found is None or not found.is_single_use else (None, {})

    def _operation(self) -> tuple[Operation | None, dict]:
        if self.origin is not None:
            return None, {}
        if self.lone is not None:
            return self.lone.operation, self.lone.options or {}
        outputs = outputs_of(self.f, self.inputs)
        node = outputs[0]._node if len(outputs) == 1 else None
        found = getattr(self.f, "operation", None)
        if not isinstance(found, Operation):
            found = node.operation if node is not None and node.operation and self._is_direct(node) else None
        return found, (node.options if node is not None and node.options else found.defaults if found else {})

    def _is_direct(self, node: Node) -> bool:
        pairs = zip(node.inputs, self.inputs)
        return len(node.inputs) == len(self.inputs) and all(
            source is x._node if x.requires_grad else not isinstance(source, Node) for source, x in pairs
        )

    def names(self) -> list[str]:
        """What messages call the inputs: the operation's names, or numbers."""
        operation, _ = self.operation()
        count = len(self.origin[1]) if self.origin else len(self.inputs)
        first = [f"input {i + 1}" if operation is None else input_name(operation, i) for i in range(count)]
        return first + [f"arriving gradient {k + 1}" for k in range(len(self.inputs) - count)]

    def title(self) -> str:
        """What messages call f."""
        operation, _ = self.operation()
        return operation.name if operation else "the function"


def input_name(operation: Operation, i: int) -> str:
    """What the operation calls its input i."""
    return f"{i + 1} of xs" if operation.variadic else operation.inputs[i]


def outputs_of(f: Callable[..., Any], inputs: Sequence[Any]) -> list[Any]:
    """What f returns, always as a list."""
    result = f(*inputs)
    return list(result) if isinstance(result, list | tuple) else [result]


def derivative_of(f: Callable[..., Any], checked: list[int], rng: np.random.Generator) -> Callable[..., list[Tensor]]:
    """The gradients of f's outputs, each weighted at random, as a function of the same inputs."""
    weights: dict[tuple, np.ndarray] = {}

    def derivative(*inputs: Tensor) -> list[Tensor]:
        outputs = [out for out in outputs_of(f, inputs) if out.requires_grad]
        if not outputs:
            return [Tensor(np.zeros(inputs[i].shape)) for i in checked]
        chosen = [weights.setdefault((k, out.shape), rng.uniform(0.5, 1.5, out.shape)) for k, out in enumerate(outputs)]
        typed = [Tensor(weight, dtype=out.dtype) for weight, out in zip(chosen, outputs)]
        return gradients(outputs, [inputs[i] for i in checked], typed, create_graph=True)

    return derivative


def flat(outputs: Sequence[Any]) -> np.ndarray:
    """The elements of all outputs in a row."""
    return np.concatenate([np.ravel(out.numpy() if isinstance(out, Tensor) else out) for out in outputs])


def doubles(inputs: list[Tensor]) -> list[Tensor]:
    """The inputs in float64, so that differences are sharp enough for formulas in float32."""
    single = lambda x: x.requires_grad and x.dtype != np.float64
    return [Tensor(x.numpy(), requires_grad=True, dtype=np.float64) if single(x) else x for x in inputs]


def jacobian(outputs: list[Tensor], xs: list[Tensor]) -> list[np.ndarray]:
    """∂outputs/∂x as matrices: a row per element of the outputs, a column per element of x."""
    rows: list[list[np.ndarray]] = [[] for _ in xs]
    for out in outputs:
        for unit in np.eye(out.size):
            found = gradients(out, xs, unit.reshape(out.shape), retain_graph=True) if out.requires_grad else None
            for slot, x in enumerate(xs):
                rows[slot].append(found[slot].numpy().ravel() if found else np.zeros(x.size))
    return [np.array(row).reshape(len(row), x.size) for row, x in zip(rows, xs)]


def differences(task: Task, f: Callable, inputs: list[Tensor], outputs: list[Tensor]) -> tuple:
    """The same matrices by differences to the left and to the right, and the point they start from."""
    points = doubles(inputs)
    double = all(x is y for x, y in zip(points, inputs))
    center = flat(outputs if double else outputs_of(f, points))
    left, right = [], []
    for i in task.checked:
        sides = [sides_of(f, points, i, place, center, task.eps) for place in range(inputs[i].size)]
        found = np.array(sides).reshape(inputs[i].size, 2, center.size)
        left.append(found[:, 0].T)
        right.append(found[:, 1].T)
    return points, center, left, right


def sides_of(f: Callable, points: list[Tensor], i: int, place: int, center: np.ndarray, eps: float) -> list[np.ndarray]:
    """The slopes of all outputs to the left and to the right in one element of input i."""
    slopes = []
    for step in (-eps, eps):
        moved = points[i].numpy().copy(order="C")
        moved.reshape(-1)[place] += step
        there = [Tensor(moved, requires_grad=True) if j == i else x for j, x in enumerate(points)]
        slopes.append((flat(outputs_of(f, there)) - center) / step)
    return slopes


def analytic(task: Task, level: int, outputs: list[Tensor], left: list, right: list) -> list[np.ndarray] | None:
    """The jacobians by complex steps, if they agree with finite differences everywhere: else f is not analytic."""
    sizes = [task.inputs[i].size for i in task.checked]
    steps = []
    for i, size in zip(task.checked, sizes):
        steps += [{i: np.reshape(unit, task.inputs[i].shape)} for unit in np.eye(size)]
    slopes = complex_slopes(task, level, flat(outputs), steps)
    if slopes is None:
        return None
    found = np.split(slopes, np.cumsum(sizes)[:-1], axis=1)
    return found if all(task.close(z, (a + b) / 2).all() for z, a, b in zip(found, left, right)) else None


def complex_slopes(task: Task, level: int, values: np.ndarray, steps: Iterable[dict]) -> np.ndarray | None:
    """Im f(x + ihu) / h for each step u, in columns, on plain arrays; None if f does not take them."""
    if level > 1 or not task.complex_step or any(task.inputs[i].dtype != np.float64 for i in task.checked):
        return None
    operation = getattr(task.f, "operation", None)  # the operations themselves refuse complex arrays
    f = operation.forward if isinstance(operation, Operation) and not operation.residuals else task.f
    columns = []
    try:
        with catch_warnings(), np.errstate(all="ignore"):
            simplefilter("ignore")
            for u in steps:
                moved = [x.numpy() + 1j * COMPLEX_STEP * u[i] if i in u else x.numpy() for i, x in enumerate(task.inputs)]
                out = flat(outputs_of(f, moved))
                if out.shape != values.shape or not np.allclose(out, values, rtol=1e-9, atol=1e-12, equal_nan=True):
                    return None
                columns.append(out.imag / COMPLEX_STEP)
    except Exception:  # a method of tensors, a function without complex numbers: no second reference then
        return None
    return np.array(columns).reshape(len(columns), values.size).T
