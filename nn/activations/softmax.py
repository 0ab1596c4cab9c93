"""Softmax and its relatives, as modules."""

from nn import functional as F  # noqa: N812
from nn.activations.base import AxisModule, FunctionModule


class Softmax(AxisModule):
    """Softmax, probabilities that sum to 1 along the axis: exp(xᵢ) / Σ(exp(x)).

    derivative: fᵢ·(δᵢⱼ − fⱼ)
    range:      (0, 1)
    continuity: C∞
    saturates:  both sides

    The derivative is ∂fᵢ/∂xⱼ, with δᵢⱼ = 1 if i = j else 0.

    PyTorch's Softmax(dim); Keras's softmax.

    >>> import nn
    >>> nn.Softmax()([1.8, 0.9, 0.68]).round(2).tolist()
    [0.58, 0.23, 0.19]
    """

    function = staticmethod(F.softmax)


class LogSoftmax(AxisModule):
    """Logarithm of the softmax along the axis: xᵢ − ln(Σ(exp(x))).

    derivative: δᵢⱼ − exp(fⱼ)
    range:      (−∞, 0)
    continuity: C∞
    saturates:  right

    The derivative is ∂fᵢ/∂xⱼ, with δᵢⱼ = 1 if i = j else 0.

    PyTorch's LogSoftmax(dim); Keras's log_softmax.

    >>> import nn
    >>> nn.LogSoftmax()([1000.0, 0.0]).tolist()
    [0.0, -1000.0]
    """

    function = staticmethod(F.log_softmax)


class Softmin(AxisModule):
    """Softmin, the softmax of −x along the axis: exp(−xᵢ) / Σ(exp(−x)).

    derivative: fᵢ·(fⱼ − δᵢⱼ)
    range:      (0, 1)
    continuity: C∞
    saturates:  both sides

    The derivative is ∂fᵢ/∂xⱼ, with δᵢⱼ = 1 if i = j else 0.

    PyTorch's Softmin(dim); Keras has none.

    >>> import nn
    >>> nn.Softmin()([-1.8, -0.9, -0.68]).round(2).tolist()
    [0.58, 0.23, 0.19]
    """

    function = staticmethod(F.softmin)


class LogSigmoid(FunctionModule):
    """Logarithm of the logistic function: −ln(1 + e⁻ˣ).

    derivative: σ(−x)
    range:      (−∞, 0)
    continuity: C∞
    saturates:  right

    PyTorch's LogSigmoid; Keras's log_sigmoid.

    >>> import nn
    >>> nn.LogSigmoid()([-1000.0, 0.0, 1000.0]).round(4).tolist()
    [-1000.0, -0.6931, -0.0]
    """

    function = staticmethod(F.logsigmoid)
