"""Piecewise linear rectifiers, as modules."""

from autograd import default_dtype
from nn import functional as F  # noqa: N812
from nn.activations.base import AxisModule, FunctionModule
from nn.init import constant
from nn.module.parameter import Parameter
from nn.random import Rng, generator
from nn.validation import check_sizes


class ReLU(FunctionModule):
    """Rectified linear unit: max(x, 0).

    derivative: 1 if x > 0 else 0
    range:      [0, ∞)
    continuity: C⁰
    saturates:  left

    PyTorch's ReLU; Keras's relu.
    Nair and Hinton (2010), Rectified linear units improve restricted Boltzmann machines.

    >>> import nn
    >>> nn.ReLU()([-1.0, 2.0]).tolist()
    [0.0, 2.0]
    """

    function = staticmethod(F.relu)


class BReLU(AxisModule):
    """Bipolar rectified linear unit, for unit i along the axis: max(x, 0) if i mod 2 = 0 else min(x, 0).

    derivative: 1 if (x if i mod 2 = 0 else −x) > 0 else 0
    range:      (−∞, ∞)
    continuity: C⁰
    saturates:  one side

    Units of even index pass positive values, units of odd index pass negative values, so that the mean stays near 0.
    axis: the unit axis, for example 1 for (n, units) or (n, channels, height, width).

    PyTorch and Keras have none.
    Eidnes and Nøkland (2017), Shifting mean activation towards zero with bipolar activation functions.

    >>> import nn
    >>> nn.BReLU()([[-1.0, -1.0, 2.0, 2.0]]).tolist()
    [[0.0, -1.0, 2.0, 0.0]]
    """

    function = staticmethod(F.brelu)

    def __init__(self, axis: int = 1):
        super().__init__(axis)


class LeakyReLU(FunctionModule):
    """Leaky rectified linear unit: x if x > 0 else negative_slope·x.

    derivative: 1 if x > 0 else negative_slope
    range:      (−∞, ∞)
    continuity: C⁰
    saturates:  no

    PyTorch's LeakyReLU; Keras's LeakyReLU, with slope 0.3.
    Maas et al. (2013), Rectifier nonlinearities improve neural network acoustic models.

    >>> import nn
    >>> nn.LeakyReLU()([-100.0, 2.0]).tolist()
    [-1.0, 2.0]
    """

    function = staticmethod(F.leaky_relu)
    options = ("negative_slope",)

    def __init__(self, negative_slope: float = 0.01):
        self.negative_slope = negative_slope


class PReLU(FunctionModule):
    """Parametric rectified linear unit: x if x > 0 else weight·x.

    derivative: 1 if x > 0 else weight
    range:      (−∞, ∞)
    continuity: C⁰
    saturates:  no

    The slope `weight` is trainable; the stated range is that of a positive slope.
    num_parameters: 1 for a slope that all units share, or the number of units.
    init:           initial slope.
    axis:           the unit axis if each unit has its own slope, as in (n, units) or (n, channels, height, width).

    PyTorch's PReLU, where the axis is always 1; Keras's PReLU, which starts at 0 and has a slope for every element.
    He et al. (2015), Delving deep into rectifiers.

    >>> import nn
    >>> nn.PReLU(num_parameters=2)([[-1.0, 2.0]]).tolist()
    [[-0.25, 2.0]]
    """

    function = staticmethod(F.prelu)
    options = ("weight", "axis")

    def __init__(self, num_parameters: int = 1, init: float = 0.25, axis: int = 1):
        check_sizes("PReLU", num_parameters=num_parameters)
        self.weight = Parameter(constant((num_parameters,), value=init))
        self.axis = axis

    def extra_repr(self) -> str:
        return f"num_parameters={self.weight.size}" + (f", axis={self.axis}" if self.axis != 1 else "")


class RReLU(FunctionModule):
    """Randomized leaky rectified linear unit: x if x > 0 else s·x.

    derivative: 1 if x > 0 else s
    range:      (−∞, ∞)
    continuity: C⁰
    saturates:  no

    In training, s is drawn from U(lower, upper) for each element; in evaluation, it is (lower + upper) / 2.
    rng: generator or seed of the slopes; the global generator, which nn.seed resets, by default.

    PyTorch's RReLU; Keras has none. Raises ValueError if lower exceeds upper.

    Xu et al. (2015), Empirical evaluation of rectified activations in convolutional network.

    >>> import nn
    >>> nn.RReLU(lower=0.0, upper=0.5).eval()([-8.0, 2.0]).tolist()
    [-2.0, 2.0]
    """

    function = staticmethod(F.rrelu)
    options = ("lower", "upper", "training", "rng")

    def __init__(self, lower: float = 1 / 8, upper: float = 1 / 3, rng: Rng = None):
        F.rrelu(0.0, lower, upper)  # raises if the options are invalid
        self.lower, self.upper = lower, upper
        self.rng = None if rng is None else generator(rng)

    def extra_repr(self) -> str:
        return f"lower={self.lower}, upper={self.upper}"


class APL(FunctionModule):
    """Adaptive piecewise linear unit: max(x, 0) + Σ(a·max(b − x, 0)).

    derivative: (x > 0) − Σ(a·(b > x))
    range:      (−∞, ∞)
    continuity: C⁰
    saturates:  no

    The slopes a and positions b of the hinges are trainable. A condition in parentheses is 1 if true, else 0. For x → −∞ the
    slope is −Σ(a): the stated range is that of Σ(a) < 0. Otherwise the function is bounded below; if Σ(a) = 0 it saturates on
    the left.
    hinges: number of terms of the sum.
    units:  1 for a function that all units share, or the number of units; a and b are (hinges, units).
    axis:   the unit axis if each unit has its own function, as in (n, units) or (n, channels, height, width).
    rng:    generator or seed of the initial a ~ U(−0.2, 0.2) and b ~ N(0, 0.5²); the global generator, which nn.seed resets,
            by default.

    PyTorch and Keras have none.
    Agostinelli et al. (2014), Learning activation functions to improve deep neural networks; the initial distributions are
    those of the authors' program.

    >>> import nn
    >>> [parameter.shape for parameter in nn.APL(hinges=2, units=3).parameters()]
    [(2, 3), (2, 3)]
    """

    function = staticmethod(F.apl)
    options = ("a", "b", "axis")

    def __init__(self, hinges: int = 5, units: int = 1, axis: int = 1, rng: Rng = None):
        check_sizes("APL", hinges=hinges, units=units)
        rng = generator(rng)
        self.a = Parameter(rng.uniform(-0.2, 0.2, (hinges, units)).astype(default_dtype()))
        self.b = Parameter(rng.normal(0, 0.5, (hinges, units)).astype(default_dtype()))
        self.axis = axis

    def extra_repr(self) -> str:
        hinges, units = self.a.shape
        return f"hinges={hinges}, units={units}" + (f", axis={self.axis}" if self.axis != 1 else "")
