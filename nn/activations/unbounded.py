"""Activations with an unbounded range, as modules."""

from nn import functional as F  # noqa: N812
from nn.activations.base import AxisModule, FunctionModule
from nn.module.parameter import Parameter


class Identity(FunctionModule):
    """Identity: x.

    derivative: 1
    range:      (−∞, ∞)
    continuity: C∞
    saturates:  no

    PyTorch's Identity; Keras's linear.

    >>> import nn
    >>> nn.Identity()(2.0)
    2.0
    """

    function = staticmethod(F.identity)


class BentIdentity(FunctionModule):
    """Bent identity: (√(x² + 1) − 1) / 2 + x.

    derivative: x / (2·√(x² + 1)) + 1
    range:      (−∞, ∞)
    continuity: C∞
    saturates:  no

    PyTorch and Keras have none.

    >>> import nn
    >>> nn.BentIdentity()([-0.75, 0.0, 0.75]).tolist()
    [-0.625, 0.0, 0.875]
    """

    function = staticmethod(F.bent_identity)


class SoftExponential(FunctionModule):
    """Soft exponential: −ln(1 − α·(x + α)) / α if α < 0 else x if α = 0 else (exp(α·x) − 1) / α + α.

    derivative: 1 / (1 − α·(x + α)) if α < 0 else exp(α·x)
    range:      (−∞, ∞)
    continuity: C∞
    saturates:  no

    α is trainable, with the initial value `alpha`. The function is the logarithm at α = −1, the identity at 0 and the
    exponential function at 1. The stated range and saturation are those of α = 0. For α > 0 the range is (α − 1/α, ∞), the
    function saturates on the left and overflows where exp(α·x) does; for α < 0 it is defined only for x > 1/α − α.

    PyTorch and Keras have none. Raises DataError where the function is undefined.

    Godfrey and Gashler (2015), A continuum among logarithmic, linear, and exponential functions.

    >>> import nn
    >>> nn.SoftExponential(alpha=-1.0)([1.0, 3.0]).numpy().round(4).tolist()
    [0.0, 1.0986]
    """

    function = staticmethod(F.soft_exponential)
    options = ("alpha",)

    def __init__(self, alpha: float = 0.0):
        self.alpha = Parameter(float(alpha))

    def extra_repr(self) -> str:
        return f"alpha={self.alpha.item():g}"


class Tanhshrink(FunctionModule):
    """Tanh shrinkage: x − tanh(x).

    derivative: tanh(x)²
    range:      (−∞, ∞)
    continuity: C∞
    saturates:  no

    PyTorch's Tanhshrink; Keras's tanh_shrink.

    >>> import nn
    >>> nn.Tanhshrink()([-1000.0, 0.0, 1000.0]).tolist()
    [-999.0, 0.0, 999.0]
    """

    function = staticmethod(F.tanhshrink)


class Softshrink(FunctionModule):
    """Soft shrinkage: x − λ if x > λ else x + λ if x < −λ else 0.

    derivative: 1 if |x| > λ else 0
    range:      (−∞, ∞)
    continuity: C⁰
    saturates:  no

    lambd: the threshold λ.

    PyTorch's Softshrink; Keras's soft_shrink, whose threshold is λ. Raises ValueError for a negative λ.

    >>> import nn
    >>> nn.Softshrink()([-2.0, 0.25, 1.0]).tolist()
    [-1.5, 0.0, 0.5]
    """

    function = staticmethod(F.softshrink)
    options = ("lambd",)

    def __init__(self, lambd: float = 0.5):
        F.softshrink(0.0, lambd)  # raises if the option is invalid
        self.lambd = lambd

    def extra_repr(self) -> str:
        return f"{self.lambd}"


class Hardshrink(FunctionModule):
    """Hard shrinkage: x if |x| > λ else 0.

    derivative: 1 if |x| > λ else 0
    range:      (−∞, −λ) ∪ {0} ∪ (λ, ∞)
    continuity: C⁻¹
    saturates:  no

    lambd: the threshold λ.

    PyTorch's Hardshrink; Keras's hard_shrink, whose threshold is λ. Raises ValueError for a negative λ.

    >>> import nn
    >>> nn.Hardshrink()([-2.0, 0.25, 1.0]).tolist()
    [-2.0, 0.0, 1.0]
    """

    function = staticmethod(F.hardshrink)
    options = ("lambd",)

    def __init__(self, lambd: float = 0.5):
        F.hardshrink(0.0, lambd)  # raises if the option is invalid
        self.lambd = lambd

    def extra_repr(self) -> str:
        return f"{self.lambd}"


class GLU(AxisModule):
    """Gated linear unit of the two halves a and b of the axis: a·σ(b).

    derivative: (σ(b), f·(1 − σ(b)))
    range:      (−∞, ∞)
    continuity: C∞
    saturates:  its gate

    The derivatives are those with respect to a and to the gate b.

    PyTorch's GLU(dim); Keras's glu. Raises ShapeError if the size of the axis is odd.

    Dauphin et al. (2017), Language modeling with gated convolutional networks.

    >>> import nn
    >>> nn.GLU()([[1.0, 2.0, 0.0, 0.0]]).tolist()
    [[0.5, 1.0]]
    """

    function = staticmethod(F.glu)
