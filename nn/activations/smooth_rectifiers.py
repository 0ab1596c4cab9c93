"""Smooth rectifiers, as modules."""

from nn import functional as F  # noqa: N812
from nn.activations.base import FunctionModule


class ELU(FunctionModule):
    """Exponential linear unit: x if x > 0 else α·(eˣ − 1).

    derivative: 1 if x > 0 else α·eˣ
    range:      (−α, ∞)
    continuity: C¹
    saturates:  left

    If α ≠ 1 the derivative has a jump at 0, and the order of continuity is C⁰.

    PyTorch's ELU; Keras's elu.
    Clevert et al. (2016), Fast and accurate deep network learning by exponential linear units.

    >>> import nn
    >>> nn.ELU()([-1000.0, 2.0]).tolist()
    [-1.0, 2.0]
    """

    function = staticmethod(F.elu)
    options = ("alpha",)

    def __init__(self, alpha: float = 1.0):
        self.alpha = alpha


class SELU(FunctionModule):
    """Scaled exponential linear unit: λ·(x if x > 0 else α·(eˣ − 1)).

    derivative: λ if x > 0 else λ·α·eˣ
    range:      (−λ·α, ∞)
    continuity: C⁰
    saturates:  left

    With λ ≈ 1.0507 and α ≈ 1.6733, activations of mean 0 and variance 1 keep mean 0 and variance 1.

    PyTorch's SELU; Keras's selu.
    Klambauer et al. (2017), Self-normalizing neural networks.

    >>> import nn
    >>> nn.SELU()([-1000.0, 2.0]).round(4).tolist()
    [-1.7581, 2.1014]
    """

    function = staticmethod(F.selu)


class CELU(FunctionModule):
    """Continuously differentiable exponential linear unit: x if x > 0 else α·(exp(x / α) − 1).

    derivative: 1 if x > 0 else exp(x / α)
    range:      (−α, ∞)
    continuity: C¹
    saturates:  left

    PyTorch's CELU; Keras's celu. Raises ValueError unless α > 0.

    Barron (2017), Continuously differentiable exponential linear units.

    >>> import nn
    >>> nn.CELU(alpha=0.5)([-1000.0, 2.0]).tolist()
    [-0.5, 2.0]
    """

    function = staticmethod(F.celu)
    options = ("alpha",)

    def __init__(self, alpha: float = 1.0):
        F.celu(0.0, alpha)  # raises if the option is invalid
        self.alpha = alpha


class Softplus(FunctionModule):
    """Smooth rectifier: ln(1 + exp(β·x)) / β.

    derivative: σ(β·x)
    range:      (0, ∞)
    continuity: C∞
    saturates:  left

    The formula does not overflow, so PyTorch's option `threshold` is not needed.

    PyTorch's Softplus; Keras's softplus, with β = 1. Raises ValueError unless β > 0.

    Dugas et al. (2000), Incorporating second-order functional knowledge for better option pricing.

    >>> import nn
    >>> nn.Softplus()([-1000.0, 0.0, 1000.0]).round(4).tolist()
    [0.0, 0.6931, 1000.0]
    """

    function = staticmethod(F.softplus)
    options = ("beta",)

    def __init__(self, beta: float = 1.0):
        F.softplus(0.0, beta)  # raises if the option is invalid
        self.beta = beta


class SiLU(FunctionModule):
    """Sigmoid linear unit, also called Swish: x·σ(x).

    derivative: f + σ(x)·(1 − f)
    range:      [≈ −0.278, ∞)
    continuity: C∞
    saturates:  left

    PyTorch's SiLU; Keras's silu.
    Elfwing et al. (2018), Sigmoid-weighted linear units for neural network function approximation in reinforcement learning;
    Ramachandran et al. (2017), Searching for activation functions.

    >>> import nn
    >>> nn.SiLU()([-1000.0, 0.0, 1000.0]).tolist()
    [-0.0, 0.0, 1000.0]
    """

    function = staticmethod(F.silu)


Swish = SiLU


class GELU(FunctionModule):
    """Gaussian error linear unit: x·Φ(x).

    derivative: Φ(x) + x·φ(x)
    range:      [≈ −0.170, ∞)
    continuity: C∞
    saturates:  left

    approximate: "none" for Φ(x) = (1 + erf(x / √2)) / 2, "tanh" for (1 + tanh(√(2 / π)·(x + 0.044715·x³))) / 2.

    PyTorch's GELU; Keras's gelu(approximate=False). Raises ValueError for other values of `approximate`.

    Hendrycks and Gimpel (2016), Gaussian error linear units.

    >>> import nn
    >>> nn.GELU()([-1.0, 0.0, 1.0]).round(4).tolist()
    [-0.1587, 0.0, 0.8413]
    """

    function = staticmethod(F.gelu)
    options = ("approximate",)

    def __init__(self, approximate: str = "none"):
        F.gelu(0.0, approximate)  # raises if the option is invalid
        self.approximate = approximate


class Mish(FunctionModule):
    """Self-regularized gate: x·tanh(ln(1 + eˣ)).

    derivative: tanh(ln(1 + eˣ)) + x·σ(x)·(1 − tanh(ln(1 + eˣ))²)
    range:      [≈ −0.309, ∞)
    continuity: C∞
    saturates:  left

    PyTorch's Mish; Keras's mish.
    Misra (2019), Mish: a self regularized non-monotonic activation function.

    >>> import nn
    >>> nn.Mish()([-1000.0, 1.0]).round(4).tolist()
    [-0.0, 0.8651]
    """

    function = staticmethod(F.mish)


class Hardswish(FunctionModule):
    """Piecewise approximation of Swish: x·min(max(x / 6 + ½, 0), 1).

    derivative: 0 if x ≤ −3 else x / 3 + ½ if x < 3 else 1
    range:      [−0.375, ∞)
    continuity: C⁰
    saturates:  left

    PyTorch's Hardswish; Keras's hard_silu.
    Howard et al. (2019), Searching for MobileNetV3.

    >>> import nn
    >>> nn.Hardswish()([-3.0, -1.5, 3.0]).tolist()
    [-0.0, -0.375, 3.0]
    """

    function = staticmethod(F.hardswish)
