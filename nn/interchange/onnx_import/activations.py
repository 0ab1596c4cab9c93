"""Activation functions."""

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from autograd import DataError
from nn import functional
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.values import as_array, normalize_axis, through_float32


def activation(name: str, since: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register an activation function, which also takes floats that NumPy lacks."""
    return lambda function: operator(name, since)(through_float32(function))


@activation("Relu", 1)
def relu(x: Any) -> Any:
    """max(0, x)."""
    return autograd.relu(x)


@activation("Sigmoid", 1)
def sigmoid(x: Any) -> Any:
    """1 / (1 + e⁻ˣ)."""
    return autograd.sigmoid(x)


@activation("Tanh", 1)
def tanh(x: Any) -> Any:
    """The hyperbolic tangent."""
    return autograd.tanh(x)


@activation("LeakyRelu", 1)
def leaky_relu(x: Any, *, alpha: float = 0.01) -> Any:
    """x if x ≥ 0 else α·x."""
    return functional.leaky_relu(x, negative_slope=alpha)


@activation("PRelu", 1)
def prelu_channels(x: Any, slope: Any) -> Any:
    """x if x ≥ 0 else slope·x, with a slope for each channel or one for all."""
    return prelu(x, np.reshape(slope, (-1, *(1,) * (x.ndim - 2))) if slope.size > 1 else slope)


@activation("PRelu", 7)
def prelu(x: Any, slope: Any) -> Any:
    """x if x ≥ 0 else slope·x; the slope broadcasts."""
    return np.where(as_array(x) < 0, slope * x, x)


@activation("ThresholdedRelu", 1)
def thresholded_relu(x: Any, *, alpha: float = 1.0) -> Any:
    """x if x > α else 0."""
    return np.where(as_array(x) > alpha, x, x.dtype.type(0))


@activation("Elu", 1)
def elu(x: Any, *, alpha: float = 1.0) -> Any:
    """x if x > 0 else α·(eˣ − 1)."""
    return functional.elu(x, alpha)


@activation("Selu", 1)
def selu_1(x: Any, *, alpha: float = 1.6732, gamma: float = 1.0507) -> Any:
    """Selu with the rounded constants of opset 1."""
    return selu(x, alpha=alpha, gamma=gamma)


@activation("Selu", 6)
def selu(x: Any, *, alpha: float = 1.67326319217681884765625, gamma: float = 1.05070102214813232421875) -> Any:
    """γ·x if x > 0 else γ·α·(eˣ − 1)."""
    return gamma * functional.elu(x, alpha)


@activation("Celu", 12)
def celu(x: Any, *, alpha: float = 1.0) -> Any:
    """max(0, x) + min(0, α·(exp(x / α) − 1))."""
    return alpha * functional.elu(x / alpha)


@activation("Gelu", 20)
def gelu(x: Any, *, approximate: str = "none") -> Any:
    """x·Φ(x), with the distribution function of the normal distribution or its approximation by tanh."""
    return functional.gelu(x, approximate)


@activation("Mish", 18)
def mish(x: Any) -> Any:
    """x·tanh(ln(1 + eˣ))."""
    return functional.mish(x)


@activation("Swish", 24)
def swish(x: Any, *, alpha: float = 1.0) -> Any:
    """x·σ(α·x)."""
    return x * autograd.sigmoid(alpha * x)


@activation("SwiGLU", 28)
def swiglu(a: Any, b: Any, *, alpha: float = 1.0) -> Any:
    """a·σ(α·a)·b."""
    if a.shape != b.shape:
        raise DataError(f"the shapes must be equal, got {a.shape} and {b.shape}")
    return swish(a, alpha=alpha) * b


@activation("HardSigmoid", 1)
def hard_sigmoid(x: Any, *, alpha: float = 0.2, beta: float = 0.5) -> Any:
    """α·x + β within 0 and 1."""
    return np.clip(alpha * x + beta, 0, 1)


@activation("HardSwish", 14)
def hard_swish(x: Any) -> Any:
    """x·(x / 6 + 1/2 within 0 and 1)."""
    return functional.hardswish(x)


@activation("Softplus", 1)
def softplus(x: Any) -> Any:
    """ln(1 + eˣ)."""
    return autograd.softplus(x)


@activation("Softsign", 1)
def softsign(x: Any) -> Any:
    """x / (1 + |x|)."""
    return functional.softsign(x)


@activation("Shrink", 9)
def shrink(x: Any, *, bias: float = 0.0, lambd: float = 0.5) -> Any:
    """x + bias if x < −λ, x − bias if x > λ, else 0."""
    array = as_array(x)
    return np.where(array < -lambd, x + bias, np.where(array > lambd, x - bias, x.dtype.type(0))).astype(x.dtype)


def _rows(x: Any, axis: int) -> Any:
    """A matrix of the axes before the given one, and the others: the inputs of opsets before 13."""
    position = normalize_axis(axis, x.ndim)
    return np.reshape(x, (int(np.prod(x.shape[:position], dtype=np.int64)), -1)) if x.size else x


@activation("Softmax", 1)
def softmax_rows(x: Any, *, axis: int = 1) -> Any:
    """Softmax over all axes from the given one on."""
    return np.reshape(functional.softmax(_rows(x, axis), axis=-1), x.shape)


@activation("Softmax", 13)
def softmax(x: Any, *, axis: int = -1) -> Any:
    """exp(xᵢ) / Σⱼ exp(xⱼ) along an axis."""
    return functional.softmax(x, axis=axis)


@activation("LogSoftmax", 1)
def log_softmax_rows(x: Any, *, axis: int = 1) -> Any:
    """LogSoftmax over all axes from the given one on."""
    return np.reshape(functional.log_softmax(_rows(x, axis), axis=-1), x.shape)


@activation("LogSoftmax", 13)
def log_softmax(x: Any, *, axis: int = -1) -> Any:
    """The logarithm of softmax along an axis."""
    return functional.log_softmax(x, axis=axis)


@activation("Hardmax", 1)
def hardmax_rows(x: Any, *, axis: int = 1) -> Any:
    """Hardmax over all axes from the given one on."""
    return np.reshape(hardmax(_rows(x, axis), axis=-1), x.shape)


@activation("Hardmax", 13)
def hardmax(x: Any, *, axis: int = -1) -> Any:
    """1 at the first largest element along an axis, 0 elsewhere."""
    array, axis = as_array(x), normalize_axis(axis, x.ndim)
    steps = np.arange(array.shape[axis]).reshape([-1 if i == axis else 1 for i in range(array.ndim)])
    return (np.argmax(array, axis=axis, keepdims=True) == steps).astype(array.dtype)
