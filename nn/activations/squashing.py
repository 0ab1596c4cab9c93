"""Activations with a bounded range, as modules."""

from nn import functional as F  # noqa: N812
from nn.activations.base import FunctionModule


class BinaryStep(FunctionModule):
    """Binary step: 1 if x ≥ 0 else 0.

    derivative: 0
    range:      {0, 1}
    continuity: C⁻¹
    saturates:  both sides

    It is not differentiable at 0, where the derivative used is 0. No gradient passes through a binary step. PyTorch and Keras
    have none.

    >>> import nn
    >>> nn.BinaryStep()([-0.5, 0.0, 2.0]).tolist()
    [0.0, 1.0, 1.0]
    """

    function = staticmethod(F.binary_step)


class Sigmoid(FunctionModule):
    """Logistic function: 1 / (1 + e⁻ˣ).

    derivative: f·(1 − f)
    range:      (0, 1)
    continuity: C∞
    saturates:  both sides

    PyTorch's Sigmoid; Keras's sigmoid.

    >>> import nn
    >>> nn.Sigmoid()([0.0]).tolist()
    [0.5]
    """

    function = staticmethod(F.sigmoid)


class Tanh(FunctionModule):
    """Hyperbolic tangent: (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ).

    derivative: 1 − f²
    range:      (−1, 1)
    continuity: C∞
    saturates:  both sides

    PyTorch's Tanh; Keras's tanh.

    >>> import nn
    >>> nn.Tanh()([0.0]).tolist()
    [0.0]
    """

    function = staticmethod(F.tanh)


class Softsign(FunctionModule):
    """Softsign: x / (1 + |x|).

    derivative: 1 / (1 + |x|)²
    range:      (−1, 1)
    continuity: C¹
    saturates:  both sides

    PyTorch's Softsign; Keras's softsign.
    Elliott (1993), A better activation function for artificial neural networks.

    >>> import nn
    >>> nn.Softsign()([-1.0, 0.0, 3.0]).tolist()
    [-0.5, 0.0, 0.75]
    """

    function = staticmethod(F.softsign)


class SQNL(FunctionModule):
    """Square nonlinearity: x − x·|x| / 4 if |x| ≤ 2 else sign(x).

    derivative: 1 − |x| / 2 if |x| ≤ 2 else 0
    range:      [−1, 1]
    continuity: C¹
    saturates:  both sides

    PyTorch and Keras have none.
    Wuraola and Patel (2018), SQNL: a new computationally efficient activation function.

    >>> import nn
    >>> nn.SQNL()([-1000.0, 0.0, 1.0]).tolist()
    [-1.0, 0.0, 0.75]
    """

    function = staticmethod(F.sqnl)


class SoftClipping(FunctionModule):
    """Soft clipping to the unit interval: ln((1 + exp(α·x)) / (1 + exp(α·(x − 1)))) / α.

    derivative: sinh(α / 2) / (2·cosh(α·x / 2)·cosh(α·(1 − x) / 2))
    range:      (0, 1)
    continuity: C∞
    saturates:  both sides

    alpha: α; as it grows, the function approaches clip(x, 0, 1).

    PyTorch and Keras have none. Raises ValueError unless α > 0.
    Klimek and Perelstein (2020), Neural network-based approach to phase space integration.

    >>> import nn
    >>> nn.SoftClipping()([-1000.0, 0.5, 1000.0]).tolist()
    [0.0, 0.5, 1.0]
    """

    function = staticmethod(F.soft_clipping)
    options = ("alpha",)

    def __init__(self, alpha: float = 1.0):
        F.soft_clipping(0.0, alpha)  # raises if the option is invalid
        self.alpha = alpha


class Hardtanh(FunctionModule):
    """Piecewise linear tanh: min(max(x, min_val), max_val).

    derivative: 1 if min_val < x < max_val else 0
    range:      [min_val, max_val]
    continuity: C⁰
    saturates:  both sides

    PyTorch's Hardtanh; Keras's hard_tanh, from −1 to 1. Raises ValueError unless min_val < max_val.
    Collobert (2004), Large scale machine learning.

    >>> import nn
    >>> nn.Hardtanh()([-2.0, 0.5, 3.0]).tolist()
    [-1.0, 0.5, 1.0]
    """

    function = staticmethod(F.hardtanh)
    options = ("min_val", "max_val")

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0):
        F.hardtanh(0.0, min_val, max_val)  # raises if the options are invalid
        self.min_val, self.max_val = min_val, max_val


class Hardsigmoid(FunctionModule):
    """Piecewise linear logistic function: min(max(x / 6 + ½, 0), 1).

    derivative: 1 / 6 if −3 < x < 3 else 0
    range:      [0, 1]
    continuity: C⁰
    saturates:  both sides

    PyTorch's Hardsigmoid; Keras's hard_sigmoid, since version 3.
    Howard et al. (2019), Searching for MobileNetV3.

    >>> import nn
    >>> nn.Hardsigmoid()([-3.0, 0.0, 1.5]).tolist()
    [0.0, 0.5, 0.75]
    """

    function = staticmethod(F.hardsigmoid)


class ReLU6(FunctionModule):
    """Rectified linear unit bounded by 6: min(max(x, 0), 6).

    derivative: 1 if 0 < x < 6 else 0
    range:      [0, 6]
    continuity: C⁰
    saturates:  both sides

    PyTorch's ReLU6; Keras's relu6.
    Krizhevsky (2010), Convolutional deep belief networks on CIFAR-10.

    >>> import nn
    >>> nn.ReLU6()([-1.0, 2.0, 8.0]).tolist()
    [0.0, 2.0, 6.0]
    """

    function = staticmethod(F.relu6)
