"""Special functions: erf and gammaln with their derivatives, logsumexp, softplus, logit, xlogy.

erf, erfc and gammaln call SciPy if it is installed, otherwise Python's `math` element by element, which is slower and agrees
up to rounding. digamma and polygamma, the derivatives of gammaln, need SciPy. The others are composed of NumPy's functions
without overflow or cancellation. Infinite results give no warning, as in SciPy.
"""

import importlib
import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from autograd.core import kernels
from autograd.core.coercion import as_float_array
from autograd.core.operation import operation
from autograd.core.registry import scipy_functions
from autograd.errors import DataError
from autograd.operations.elementwise import select, sigmoid
from autograd.operations.reduction import broadcast_back


@cache
def scipy_special() -> Any:
    """The module scipy.special, or None; imported at first use, because that takes longer than importing autograd."""
    try:
        return importlib.import_module("scipy.special")
    except ImportError:
        return None


def _call_scipy(function: Callable, x: Any) -> Any:
    """Call a function of SciPy, which supports single and double precision, and keep the dtype of x."""
    return function(x if x.dtype.char in "fd" else x.astype(np.float64)).astype(x.dtype)


def _evaluate(name: str, standard: Callable[[float], float], x: Any) -> Any:
    """Call the function of SciPy, or of the standard library without SciPy."""
    x, scipy = as_float_array(x), scipy_special()
    if scipy is not None:
        return _call_scipy(getattr(scipy, name), x)[()]
    values = np.fromiter(map(standard, x.ravel().tolist()), np.float64, x.size)
    return values.reshape(x.shape).astype(x.dtype)[()]


def require_scipy_special(name: str) -> Any:
    """The module scipy.special, for a function that the standard library lacks."""
    scipy = scipy_special()
    if scipy is None:
        raise ImportError(f"{name} needs SciPy, which is not installed: pip install 'chainrule[scipy]'")
    return scipy


def real_dtype(name: str, *inputs: Any) -> np.dtype:
    """The dtype of a function of real numbers; integers count as float64. Raises DataError for complex numbers."""
    dtype = np.result_type(*inputs)
    if dtype.kind == "c":
        raise DataError(f"{name}: expected real numbers, got {dtype}")
    return dtype if dtype.kind == "f" else np.dtype(np.float64)


def call_special(name: str, *inputs: Any) -> Any:
    """The result of a ufunc of scipy.special in the dtype of its inputs; integers count as float64."""
    function, dtype = getattr(require_scipy_special(name), name), real_dtype(name, *inputs)
    computed = dtype if dtype.char in "fd" else np.float64
    return function(*(np.asarray(x, computed) for x in inputs)).astype(dtype)[()]


#: cos θ at the midpoints of 64 intervals of 0…π/2: for integrals of smooth periodic functions the midpoint rule is exact up to
#: rounding, here for |x| up to 700, where I₀ overflows.
_COSINES = np.cos((np.arange(64) + 0.5) * (math.pi / 128))


def _bessel_i1(x):
    """Modified Bessel function of order 1, the derivative of that of order 0: 1/π ∫ cos θ sinh(x cos θ) dθ from 0 to π."""
    return np.mean(_COSINES * np.sinh(np.expand_dims(x, -1) * _COSINES), axis=-1)


@operation(lambda g, x: g * _bessel_i1(x), symbol="I₀", numpy=np.i0)
def i0(x, /):
    """Modified Bessel function of order 0: 1/π ∫ e^(x cos θ) dθ from 0 to π.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.i0(Tensor(0.0)).item()
    1.0
    """
    return np.i0(x)[()]


# The derivative of erf, 2/√π e^(−x²), is 0 beyond ±40. The clip keeps x² finite, for the derivatives at ±∞.
@operation(lambda g, x: g * (2 / math.sqrt(math.pi)) * np.exp(-(np.clip(x, -40, 40) ** 2)), structure="elementwise")
def erf(x, /):
    """Error function: 2/√π ∫₀ˣ e^(−t²) dt, elementwise.

    >>> from autograd import Tensor, erf
    >>> erf(Tensor([-1000.0, 0.0, 1000.0]))
    Tensor([-1.,  0.,  1.])
    """
    return _evaluate("erf", math.erf, x)


@operation(lambda g, x: g * (-2 / math.sqrt(math.pi)) * np.exp(-(np.clip(x, -40, 40) ** 2)), structure="elementwise")
def erfc(x, /):
    """Complementary error function: 1 − erf(x), elementwise, accurate at large x.

    >>> from autograd import Tensor, erfc
    >>> erfc(Tensor(10.0)).item() < 1e-44
    True
    """
    return _evaluate("erfc", math.erfc, x)


def _log_gamma(x: float) -> float:
    try:
        return x if math.isinf(x) else math.lgamma(x)
    except (ValueError, OverflowError):  # at the poles 0, −1, −2 …, and where the result exceeds all floats
        return math.inf


@operation(lambda g, x: g * digamma(x), symbol="log Γ", structure="elementwise")  # type: ignore[has-type]
def gammaln(x, /):
    """Logarithm of the gamma function: log |Γ(x)|, elementwise; Γ(n) = (n − 1)! for integers n; ∞ at 0, −1, −2, ….

    Its derivative is `digamma`: without SciPy the backward pass raises ImportError.

    >>> from autograd import Tensor, exp, gammaln
    >>> round(exp(gammaln(Tensor(5.0))).item(), 12)
    24.0
    """
    return _evaluate("gammaln", _log_gamma, x)


@operation(lambda g, x: g * polygamma(1, x), symbol="ψ", structure="elementwise")
def digamma(x, /):
    """Logarithmic derivative of the gamma function: ψ(x) = Γ′(x) / Γ(x), elementwise.

    Raises ImportError if SciPy is not installed.

    >>> from autograd import Tensor, digamma
    >>> round((digamma(Tensor(3.0)) - digamma(Tensor(2.0))).item(), 12)  # ψ(x + 1) − ψ(x) = 1/x
    0.5
    """
    return _call_scipy(require_scipy_special("digamma, the derivative of gammaln,").psi, as_float_array(x))


@operation(lambda g, x, n: g * polygamma(n + 1, x), symbol="ψ⁽ⁿ⁾", structure="elementwise")
def _polygamma(x, /, n):
    scipy = require_scipy_special("polygamma")
    return _call_scipy(lambda x: scipy.polygamma(n, x), as_float_array(x))[()]


def polygamma(n: int, x: Any) -> Any:
    """The n-th derivative of digamma: ψ⁽ⁿ⁾(x) = dⁿψ / dxⁿ, elementwise.

    n: an int ≥ 0; 0 is digamma itself.

    Raises TypeError or ValueError for another n, ImportError if SciPy is not installed.

    >>> import math
    >>> from autograd import Tensor, polygamma
    >>> round(polygamma(1, Tensor(1.0)).item() - math.pi**2 / 6, 12)
    0.0
    """
    if not isinstance(n, int | np.integer):
        raise TypeError(f"polygamma: the order n, an int, is the first argument; got {type(n).__name__}")
    if n < 0:
        raise ValueError(f"polygamma: the order n must be 0 or larger, got {n}")
    return _polygamma(x, n)


# The derivative 1 − e^(−softplus(x)) is the logistic function, accurate at both ends.
@operation(lambda g, out: -g * np.expm1(-out), structure="elementwise")
def softplus(x, /):
    """Smooth form of max(x, 0): log(1 + eˣ), elementwise, without overflow; its derivative is the logistic function.

    Source: Dugas et al., Incorporating second-order functional knowledge for better option pricing (2000).

    >>> from autograd import Tensor, softplus
    >>> softplus(Tensor([-1000.0, 0.0, 1000.0]))
    Tensor([0.00000000e+00, 6.93147181e-01, 1.00000000e+03])
    """
    with np.errstate(invalid="ignore"):  # nan gives nan without a warning, as in the other functions
        return np.logaddexp(0, as_float_array(x))


@operation(lambda g, x: g / (x * (1 - x)), structure="elementwise")
def logit(x, /):
    """Log-odds of a probability: log(x / (1 − x)), elementwise, the inverse of `sigmoid`; −∞ at 0, ∞ at 1, nan outside.

    >>> from autograd import Tensor, logit
    >>> logit(Tensor([0.0, 0.5, 1.0]))
    Tensor([-inf,   0.,  inf])
    """
    x = as_float_array(x)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Near ½ the logarithm of a number near 1 loses digits; arctanh gives the same function without this loss.
        return np.where(np.abs(x - 0.5) < 0.25, 2 * np.arctanh(2 * x - 1), np.log(x / (1 - x)))[()]


def _is_flat(x, y):
    """Whether both derivatives are 0 by convention: x = 0 and y ≤ 0."""
    return (x == 0) & (y <= 0)


@operation(
    lambda g, x, y: select(g, ~_is_flat(x, y)) * np.log(np.where(_is_flat(x, y), 1.0, y)),
    lambda g, x, y: select(g, ~_is_flat(x, y)) * np.where(_is_flat(x, y), 0.0, x) / np.where(_is_flat(x, y), 1.0, y),
    structure="elementwise",
)
def xlogy(x, y, /):
    """Product with a logarithm: x log y, elementwise, and 0 where x = 0 unless y is nan.

    Its derivatives are log y and x / y. Where x = 0 and y ≤ 0 both are 0, so that the gradient of an entropy is finite at 0.

    >>> from autograd import Tensor, xlogy
    >>> xlogy(Tensor([0.0, 2.0]), Tensor([0.0, 1.0]))
    Tensor([0., 0.])
    """
    dtype = real_dtype("xlogy", x, y)
    x, y = np.asarray(x, dtype), np.asarray(y, dtype)
    with np.errstate(divide="ignore", invalid="ignore"):
        return x * np.log(np.where((x == 0) & ~np.isnan(y), 1.0, y))


def _softmax(x, out, shape, axis):
    """softmax(x) = e^(x − out); if out = ∞, 1/k for the k infinite elements; 0 if out = −∞."""
    is_infinite = x == np.inf
    shares = np.exp(np.where(is_infinite, -np.inf, x) - broadcast_back(np.where(out == -np.inf, 0, out), shape, axis))
    return shares + is_infinite / np.maximum(is_infinite.sum(axis=axis, keepdims=True), 1).astype(x.dtype)


@operation(lambda g, x, out, x_shape, axis: broadcast_back(g, x_shape, axis) * _softmax(x, out, x_shape, axis))
def logsumexp(x, /, axis=None, keepdims=False):
    """Logarithm of a sum of exponentials: log Σ eˣ, without overflow; −∞ of no elements; its gradient is the softmax.

    axis:     int, tuple of ints, or None for all axes.
    keepdims: keep the reduced axes with size 1.

    Where all elements are −∞ the gradient is 0. Elements ∞ share it evenly.

    >>> from autograd import Tensor, logsumexp
    >>> logsumexp(Tensor([[1000.0, 1000.0], [-1000.0, -1000.0]]), axis=1)
    Tensor([1000.69314718, -999.30685282])
    """
    x = as_float_array(x)
    largest = np.maximum.reduce(x, axis=axis, keepdims=True, initial=-np.inf)
    largest = np.where(np.isfinite(largest), largest, 0)
    with np.errstate(divide="ignore", over="ignore"):
        out = np.log(kernels.sum_over_axes(np.exp(x - largest), axis, keepdims=True)) + largest
    return out if keepdims else np.squeeze(out, axis)[()]


scipy_functions.update(erf=erf, erfc=erfc, expit=sigmoid, gammaln=gammaln, logit=logit, psi=digamma, xlogy=xlogy)
