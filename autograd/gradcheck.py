"""Are the gradient formulas right? They are compared with finite differences, at any order."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.errors import GradientError
from autograd.functional import gradients
from autograd.tensor import Tensor


def gradcheck(
    f: Callable[..., Tensor],
    inputs: Tensor | Sequence[Tensor],
    *,
    order: int = 1,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
) -> bool:
    """Check every partial derivative of f at these inputs: formula ≈ (f(x + ε) − f(x − ε)) / 2ε.

    f:      a function of tensors that returns one tensor.
    inputs: its arguments; those that require gradients are checked, in float64.
    order:  check derivatives up to this order, each by differencing the one before.

    The tolerances are those of PyTorch's gradcheck. Raises GradientError with the operation, the element and both
    numbers; returns True if all agree.

    >>> from autograd import Tensor, gradcheck
    >>> gradcheck(lambda x, y: x**2 / y, [Tensor([1.0, 2.0], requires_grad=True), Tensor(3.0)], order=2)
    True
    """
    inputs = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    checked = [i for i, x in enumerate(inputs) if x.requires_grad]
    if not checked:
        raise GradientError("gradcheck: none of the inputs requires gradients, so there is nothing to check")
    for i in checked:
        if inputs[i].dtype != np.float64:
            raise GradientError(f"gradcheck: input {i + 1} is {inputs[i].dtype}; finite differences need float64")
    rng = np.random.default_rng(0)
    for level in range(1, order + 1):
        _compare(f, inputs, checked, level, eps, atol, rtol)
        f = _derivative(f, checked, rng)
    return True


def _derivative(f: Callable[..., Tensor], checked: list[int], rng: np.random.Generator) -> Callable[..., Any]:
    """The gradients of f's outputs, each weighted at random, as a function of the same inputs."""
    weights: dict[tuple, Tensor] = {}

    def derivative(*inputs: Tensor) -> list[Tensor]:
        outputs = [out for out in _outputs(f, inputs) if out.requires_grad]
        if not outputs:
            return [Tensor(np.zeros(inputs[i].shape)) for i in checked]
        chosen = [weights.setdefault((k, out.shape), Tensor(rng.uniform(0.5, 1.5, out.shape))) for k, out in enumerate(outputs)]
        return gradients(outputs, [inputs[i] for i in checked], chosen, create_graph=True)

    return derivative


def _outputs(f: Callable[..., Any], inputs: Sequence[Tensor]) -> list[Tensor]:
    result = f(*inputs)
    return [result] if isinstance(result, Tensor) else list(result)


def _compare(
    f: Callable[..., Any], inputs: list[Tensor], checked: list[int], level: int, eps: float, atol: float, rtol: float
) -> None:
    outputs = _outputs(f, inputs)
    for k, out in enumerate(outputs):
        formula = _jacobian(out, [inputs[i] for i in checked])
        for i, exact in zip(checked, formula, strict=True):
            numeric = _differences(lambda *args, k=k: _outputs(f, args)[k].numpy(), inputs, i, eps)
            wrong = ~np.isclose(exact, numeric, rtol=rtol, atol=atol, equal_nan=True)
            if wrong.any():
                element, place = np.argwhere(wrong)[0]
                got, expected = exact[element, place], numeric[element, place]
                source = out._node.operation.name if out._node is not None and out._node.operation else "the function"
                raise GradientError(
                    f"order {level}, through {source!r}: the derivative of output {_index(element, out.shape)} "
                    f"with respect to input {i + 1} at {_index(place, inputs[i].shape)} is {got:.6g} by formula "
                    f"but {expected:.6g} by finite differences"
                )


def _index(place: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(place, shape))


def _jacobian(out: Tensor, inputs: list[Tensor]) -> list[np.ndarray]:
    """∂out/∂input as matrices: a row per element of out, a column per element of the input."""
    rows: list[list[np.ndarray]] = [[] for _ in inputs]
    for element in range(out.size):
        weight = np.zeros(out.size)
        weight[element] = 1
        if out.requires_grad:
            found = gradients(out, inputs, weight.reshape(out.shape), retain_graph=True)
        else:
            found = [Tensor(np.zeros(x.shape)) for x in inputs]
        for row, g in zip(rows, found, strict=True):
            row.append(g.numpy().ravel())
    return [np.array(row).reshape(out.size, x.size) for row, x in zip(rows, inputs, strict=True)]


def _differences(f: Callable[..., np.ndarray], inputs: list[Tensor], i: int, eps: float) -> np.ndarray:
    """The same matrix by central differences in input i."""
    columns = []
    start = inputs[i].numpy()
    for place in range(start.size):
        sides = []
        for step in (eps, -eps):
            moved = start.copy()
            moved[np.unravel_index(place, start.shape)] += step
            changed = [Tensor(moved, requires_grad=True) if j == i else x for j, x in enumerate(inputs)]
            sides.append(np.ravel(f(*changed)))
        columns.append((sides[0] - sides[1]) / (2 * eps))
    return np.array(columns).reshape(start.size, -1).T
