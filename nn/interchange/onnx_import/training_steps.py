"""The optimizers of ai.onnx.preview.training: one step of Adagrad, Adam and Momentum for any number of tensors."""

from typing import Any

import numpy as np

from autograd import ShapeError
from nn.interchange.onnx_import.registry import operator, refuse
from nn.interchange.onnx_import.values import as_number

TRAINING = "ai.onnx.preview.training"
refuse("Gradient", "differentiate the module itself: autograd has the gradient of every input and parameter", TRAINING)


def _groups(name: str, values: tuple[Any, ...], count: int) -> list[tuple[Any, ...]]:
    """The values of each tensor: inputs have all tensors first, then all gradients, and so on."""
    if not values or len(values) % count:
        raise ShapeError(f"{name}: got {len(values)} inputs after rate and count, expected {count} for each tensor")
    size = len(values) // count
    return list(zip(*(values[k * size : (k + 1) * size] for k in range(count))))


def _flat(results: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(value for values in zip(*results) for value in values)


@operator("Adagrad", since=1, domain=TRAINING)
def adagrad_step(
    rate: Any, count: Any, *values: Any, decay_factor: float = 0.0, epsilon: float = 1e-6, norm_coefficient: float = 0.0
) -> Any:
    """Adagrad: x − r g / (√h + ε), h the sum of all g²."""
    step, results = rate / (1 + int(as_number(count)) * decay_factor), []
    for x, grad, squares in _groups("Adagrad", values, 3):
        grad = norm_coefficient * x + grad
        squares = squares + grad * grad
        results.append((_as_type(x - step * grad / (np.sqrt(squares) + epsilon), x), squares))
    return _flat(results)


@operator("Adam", since=1, domain=TRAINING)
def adam_step(
    rate: Any,
    count: Any,
    *values: Any,
    alpha: float = 0.9,
    beta: float = 0.999,
    epsilon: float = 1e-6,
    norm_coefficient: float = 0.0,
    norm_coefficient_post: float = 0.0,
) -> Any:
    """Adam: x − r v / (√h + ε), with moving averages v of g and h of g²."""
    t, results = int(as_number(count)), []
    step = rate * (np.sqrt(1 - beta**t) / (1 - alpha**t)) if t > 0 else rate
    for x, grad, average, squares in _groups("Adam", values, 4):
        grad = norm_coefficient * x + grad
        average = alpha * average + (1 - alpha) * grad
        squares = beta * squares + (1 - beta) * grad * grad
        new = (1 - norm_coefficient_post) * (x - step * average / (np.sqrt(squares) + epsilon))
        results.append((_as_type(new, x), average, squares))
    return _flat(results)


@operator("Momentum", since=1, domain=TRAINING)
def momentum_step(rate: Any, count: Any, *values: Any, alpha: float, beta: float, mode: str, norm_coefficient: float) -> Any:
    """Momentum: x − r v, v' = α v + β g, or Nesterov's x − r (g + α v')."""
    if mode not in ("standard", "nesterov"):
        raise ValueError(f"Momentum: mode must be standard or nesterov, not {mode!r}")
    factor, results = beta if int(as_number(count)) > 0 else 1.0, []
    for x, grad, velocity in _groups("Momentum", values, 3):
        grad = norm_coefficient * x + grad
        velocity = alpha * velocity + factor * grad
        results.append((_as_type(x - rate * (velocity if mode == "standard" else grad + alpha * velocity), x), velocity))
    return _flat(results)


def _as_type(value: Any, like: Any) -> Any:
    return value if value.dtype == like.dtype else value.astype(like.dtype)
