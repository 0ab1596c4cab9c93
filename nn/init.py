"""Initializers of weights: functions of a shape and a generator, by name in `INITIALIZERS`.

The formulas are those of the lectures; `fans` defines fan_in and fan_out. PyTorch's functions end with an underscore and fill a
tensor: `xavier_uniform_(w)` in PyTorch is `w.data = nn.init.xavier_uniform(w.shape)` here.
"""

import math
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

import numpy as np

from autograd import ShapeError, Tensor, default_dtype
from autograd.extend import short_repr, suggest_attributes
from nn.placeholders import placeholder
from nn.random import Rng, generator
from nn.validation import unknown_name

Initializer = Callable[..., np.ndarray]
F = TypeVar("F", bound=Initializer)


def _without_drawing(function: F) -> F:
    """Decorate an initializer: while a model file is opened, its result is a placeholder."""

    @wraps(function)
    def initialize_or_skip(shape: Sequence[int], *args: Any, **options: Any) -> Any:
        stand_in = placeholder(shape)
        return function(shape, *args, **options) if stand_in is None else stand_in

    return initialize_or_skip  # type: ignore[return-value]


def fans(shape: Sequence[int]) -> tuple[int, int]:
    """The numbers of connections into and out of a unit: (fan_in, fan_out).

    Weights (in, out), as in Linear, Embedding and recurrent layers, have the fans in and out. Weights (out, in, *kernel), as in
    convolutions, have the fans in · k and out · k, where k is the number of elements of the kernel. Raises ValueError for fewer
    than two axes.

    >>> import nn
    >>> nn.init.fans((3, 2)), nn.init.fans((16, 3, 5, 5))
    ((3, 2), (75, 400))
    """
    if isinstance(shape, Tensor | np.ndarray):
        raise TypeError(f"initializers take a shape, such as weight.shape, not a {type(shape).__name__}")
    if len(shape) < 2:
        raise ValueError(f"fans need weights of shape (in, out) or (out, in, *kernel), not {tuple(shape)}")
    if len(shape) == 2:
        return shape[0], shape[1]
    kernel_size = math.prod(shape[2:])
    return shape[1] * kernel_size, shape[0] * kernel_size


def gain(nonlinearity: str, slope: float = 0.01) -> float:
    """The factor for σ or r of the weights before a nonlinearity that preserves the variance of activations.

    1 for linear, identity and sigmoid, 5/3 for tanh, √2 for relu, √(2 / (1 + slope²)) for leaky_relu, 3/4 for selu, as in
    PyTorch's calculate_gain. The lectures use Xavier without a gain for tanh, too. Raises ValueError for other names.

    >>> import nn
    >>> nn.init.gain("relu") ** 2
    2.0000000000000004
    """
    gains = {"linear": 1.0, "identity": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4}
    gains["leaky_relu"] = math.sqrt(2 / (1 + slope**2))
    if nonlinearity not in gains:
        raise ValueError(f"no gain for nonlinearity {nonlinearity!r}; there are {', '.join(gains)}")
    return gains[nonlinearity]


@_without_drawing
def zeros(shape: Sequence[int], rng: Rng = None) -> np.ndarray:
    """All 0, suitable for biases. With weights of 0 all units of a layer stay equal: the symmetry is never broken.

    PyTorch's zeros_; Keras's Zeros.

    >>> import nn
    >>> nn.init.zeros((2, 2)).tolist()
    [[0.0, 0.0], [0.0, 0.0]]
    """
    return np.zeros(shape, default_dtype())


@_without_drawing
def ones(shape: Sequence[int], rng: Rng = None) -> np.ndarray:
    """All 1.

    PyTorch's ones_; Keras's Ones.

    >>> import nn
    >>> nn.init.ones((2, 1)).tolist()
    [[1.0], [1.0]]
    """
    return np.ones(shape, default_dtype())


@_without_drawing
def constant(shape: Sequence[int], rng: Rng = None, value: float = 0.1) -> np.ndarray:
    """All equal to `value`, and symmetric like zeros. `functools.partial(constant, value=…)` is an initializer for layers.

    PyTorch's constant_; Keras's Constant.

    >>> import nn
    >>> nn.init.constant((1, 2), value=0.5).tolist()
    [[0.5, 0.5]]
    """
    return np.full(shape, value, default_dtype())


@_without_drawing
def uniform(shape: Sequence[int], rng: Rng = None, r: float | None = None) -> np.ndarray:
    """U(−r, r), with r = 1 / √fan_in by default.

    PyTorch's uniform_, by default U(0, 1); Keras's RandomUniform, with r = 0.05.

    >>> import nn
    >>> float(abs(nn.init.uniform((100, 10), rng=0)).max()) < 0.1
    True
    """
    if r is None:
        r = 1 / math.sqrt(fans(shape)[0])
    return generator(rng).uniform(-r, r, shape).astype(default_dtype())


@_without_drawing
def normal(shape: Sequence[int], rng: Rng = None, std: float = 1.0) -> np.ndarray:
    """N(0, σ²), with σ = std.

    PyTorch's normal_; Keras's RandomNormal, with σ = 0.05.

    >>> import nn
    >>> nn.init.normal((3, 2), rng=0).shape
    (3, 2)
    """
    return generator(rng).normal(0, std, shape).astype(default_dtype())


@_without_drawing
def truncated_normal(shape: Sequence[int], rng: Rng = None, std: float = 1.0) -> np.ndarray:
    """N(0, σ²) truncated at ±2σ: values outside are drawn again.

    Keras's TruncatedNormal, with σ = 0.05; PyTorch's trunc_normal_, which truncates at ±2 for every σ.

    >>> import nn
    >>> float(abs(nn.init.truncated_normal((50, 50), rng=0)).max()) <= 2
    True
    """
    rng = generator(rng)
    samples = rng.normal(0, 1, shape)
    while (is_outside := abs(samples) > 2).any():
        samples[is_outside] = rng.normal(0, 1, np.count_nonzero(is_outside))
    return (std * samples).astype(default_dtype())


def xavier_uniform(shape: Sequence[int], rng: Rng = None, gain: float = 1.0) -> np.ndarray:
    """U(−r, r) with r = gain · √(3 / fan_avg), fan_avg = (fan_in + fan_out) / 2: for tanh, sigmoid and linear layers.

    PyTorch's xavier_uniform_; Keras's GlorotUniform.
    Glorot and Bengio (2010), Understanding the difficulty of training deep feedforward neural networks.

    >>> import nn
    >>> float(abs(nn.init.xavier_uniform((300, 100), rng=0)).max()) < (3 / 200) ** 0.5
    True
    """
    return uniform(shape, rng, gain * math.sqrt(3 / (sum(fans(shape)) / 2)))


def xavier_normal(shape: Sequence[int], rng: Rng = None, gain: float = 1.0) -> np.ndarray:
    """N(0, σ²) with σ² = gain² / fan_avg, fan_avg = (fan_in + fan_out) / 2.

    PyTorch's xavier_normal_; Keras's GlorotNormal, which is truncated.
    Glorot and Bengio (2010).

    >>> import nn
    >>> nn.init.xavier_normal((3, 2), rng=0).shape
    (3, 2)
    """
    return normal(shape, rng, gain * math.sqrt(2 / sum(fans(shape))))


def he_normal(shape: Sequence[int], rng: Rng = None, slope: float = 0.0) -> np.ndarray:
    """N(0, σ²) with σ² = 2 / ((1 + slope²) fan_in): for ReLU and its relatives, where slope is that of a leaky ReLU.

    PyTorch's kaiming_normal_, whose a is the slope; Keras's HeNormal, which is truncated.
    He et al. (2015), Delving deep into rectifiers.

    >>> import nn
    >>> round(float(nn.init.he_normal((200, 200), rng=0).std()), 2)
    0.1
    """
    return normal(shape, rng, math.sqrt(2 / ((1 + slope**2) * fans(shape)[0])))


def he_uniform(shape: Sequence[int], rng: Rng = None, slope: float = 0.0) -> np.ndarray:
    """U(−r, r) with r = √(3σ²), σ² = 2 / ((1 + slope²) fan_in), where slope is that of a leaky ReLU.

    PyTorch's kaiming_uniform_, whose a is the slope; Keras's HeUniform.
    He et al. (2015).

    >>> import nn
    >>> float(abs(nn.init.he_uniform((6, 4), rng=0)).max()) < 1
    True
    """
    return uniform(shape, rng, math.sqrt(6 / ((1 + slope**2) * fans(shape)[0])))


def lecun_normal(shape: Sequence[int], rng: Rng = None) -> np.ndarray:
    """N(0, σ²) with σ² = 1 / fan_in: for SELU.

    Keras's LecunNormal, which is truncated; PyTorch's kaiming_normal_(nonlinearity="linear").
    LeCun et al. (1998), Efficient backprop; Klambauer et al. (2017), Self-normalizing neural networks.

    >>> import nn
    >>> round(float(nn.init.lecun_normal((100, 400), rng=0).std()), 2)
    0.1
    """
    return normal(shape, rng, 1 / math.sqrt(fans(shape)[0]))


def lecun_uniform(shape: Sequence[int], rng: Rng = None) -> np.ndarray:
    """U(−r, r) with r = √(3 / fan_in).

    Keras's LecunUniform; PyTorch's kaiming_uniform_(nonlinearity="linear").
    LeCun et al. (1998).

    >>> import nn
    >>> float(abs(nn.init.lecun_uniform((300, 10), rng=0)).max()) < 0.1
    True
    """
    return uniform(shape, rng, math.sqrt(3 / fans(shape)[0]))


@_without_drawing
def orthogonal(shape: Sequence[int], rng: Rng = None, gain: float = 1.0) -> np.ndarray:
    """Random orthonormal rows or columns, whichever are fewer, times gain: WᵀW = gain² I or W Wᵀ = gain² I.

    If there are more than two axes, all except the first are flattened. PyTorch's orthogonal_; Keras's Orthogonal.
    Saxe et al. (2014), Exact solutions to the nonlinear dynamics of learning in deep linear neural networks.

    >>> import nn
    >>> w = nn.init.orthogonal((3, 2), rng=0)
    >>> abs(w.T @ w).round(6).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    rows, columns = shape[0], math.prod(shape[1:])
    q, r = np.linalg.qr(generator(rng).normal(size=(max(rows, columns), min(rows, columns))))
    q = q * np.copysign(1, np.diagonal(r))  # makes the distribution uniform over the orthogonal matrices (Mezzadri 2007)
    return (gain * (q if rows >= columns else q.T)).reshape(shape).astype(default_dtype())


_functions: tuple[Initializer, ...] = (zeros, ones, constant, uniform, normal, truncated_normal, orthogonal)
_functions += (xavier_uniform, xavier_normal, he_uniform, he_normal, lecun_uniform, lecun_normal)
INITIALIZERS: dict[str, Initializer] = {function.__name__: function for function in _functions}

# The names in PyTorch and Keras.
kaiming_uniform, kaiming_normal, glorot_uniform, glorot_normal = he_uniform, he_normal, xavier_uniform, xavier_normal
INITIALIZERS |= {"kaiming_uniform": he_uniform, "kaiming_normal": he_normal}
INITIALIZERS |= {"glorot_uniform": xavier_uniform, "glorot_normal": xavier_normal}

_RECTIFIERS = {"relu", "relu6", "brelu", "leakyrelu", "prelu", "rrelu", "elu", "celu", "gelu", "silu", "swish", "mish"}
_RECTIFIERS |= {"hardswish", "softplus", "apl"}


def initializer(init: str | Initializer) -> Initializer:
    """The initializer of a name, or the function itself; raises ValueError for an unknown name.

    >>> import nn
    >>> nn.init.initializer("zeros") is nn.init.zeros
    True
    """
    if isinstance(init, str):
        if init not in INITIALIZERS:
            raise unknown_name("initializer", init, INITIALIZERS)
        return INITIALIZERS[init]
    if not callable(init):
        raise TypeError(f"init must be the name of an initializer or a function of (shape, rng), not {short_repr(init)}")
    return init


def initialize(init: str | Initializer, shape: tuple[int, ...], rng: Rng = None) -> np.ndarray:
    """Weights from an initializer; raises ShapeError if the initializer returns another shape.

    init:  the name of an initializer, or a function of (shape, rng).
    shape: the shape of the weights, (in, out) for a linear layer.
    rng:   generator or seed.

    >>> import nn
    >>> nn.init.initialize("ones", (2, 3))
    array([[1., 1., 1.],
           [1., 1., 1.]])
    """
    weight = initializer(init)(shape, generator(rng))
    if np.shape(weight) != shape:
        raise ShapeError(f"init returned weights of shape {np.shape(weight)}, the layer expected {shape}")
    return weight


def default_initializer(activation: str) -> Initializer:
    """The default initializer of weights before an activation: He for ReLU and its relatives, LeCun for SELU, else Xavier.

    activation: name of the activation or of its class.

    >>> import nn
    >>> nn.init.default_initializer("leaky_relu").__name__, nn.init.default_initializer("Tanh").__name__
    ('he_normal', 'xavier_uniform')
    """
    name = activation.lower().replace("_", "")
    return lecun_normal if name == "selu" else he_normal if name in _RECTIFIERS else xavier_uniform


__getattr__ = suggest_attributes(__name__)
