"""Special functions: erf and gammaln with their derivatives, logsumexp, softplus, logit, xlogy.

erf, erfc and gammaln are SciPy's where it is installed and otherwise Python's own `math`, element by element: slower,
the same numbers up to the last digits. digamma and polygamma, the derivatives of gammaln, are in SciPy only. The others
are NumPy's functions put together so that nothing overflows or cancels; infinite values come without a warning, as SciPy's.
"""

import importlib
import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from autograd.core.coercion import as_float_array
from autograd.core.operation import operation
from autograd.core.registry import scipy_functions
from autograd.operations.elementwise import sigmoid
from autograd.operations.reduction import broadcast_back


@cache
def scipy_special() -> Any:
    """SciPy's special functions, or None; imported at first use, because that takes longer than importing autograd."""
    try:
        return importlib.import_module("scipy.special")
    except ImportError:
        return None


def _by_scipy(function: Callable, x: Any) -> Any:
    """A function of SciPy, which knows single and double precision, on floats of any."""
    return function(x if x.dtype.char in "fd" else x.astype(np.float64)).astype(x.dtype)


def _computed(name: str, standard: Callable[[float], float], x: Any) -> Any:
    """SciPy's function or, without SciPy, the standard library's."""
    x, scipy = as_float_array(x), scipy_special()
    if scipy is not None:
        return _by_scipy(getattr(scipy, name), x)[()]
    values = np.fromiter(map(standard, x.ravel().tolist()), np.float64, x.size)
    return values.reshape(x.shape).astype(x.dtype)[()]


def _needed(name: str) -> Any:
    """SciPy's special functions, for one that the standard library does not have."""
    scipy = scipy_special()
    if scipy is None:
        raise ImportError(f"{name}, which derivatives of gammaln need, is not in Python's standard library: pip install scipy")
    return scipy


# The slope of erf is the bell curve 2/√π e^(−x²), which is 0 beyond ±40: there x² stays finite, for derivatives at ±∞.
@operation(lambda g, x: g * (2 / math.sqrt(math.pi)) * np.exp(-(np.clip(x, -40, 40) ** 2)))
def erf(x, /):
    """Error function: 2/√π ∫₀ˣ e^(−t²) dt, elementwise.

    >>> from autograd import Tensor, erf
    >>> erf(Tensor([-1000.0, 0.0, 1000.0]))
    Tensor([-1.,  0.,  1.])
    """
    return _computed("erf", math.erf, x)


@operation(lambda g, x: g * (-2 / math.sqrt(math.pi)) * np.exp(-(np.clip(x, -40, 40) ** 2)))
def erfc(x, /):
    """Complementary error function: 1 − erf(x), elementwise, without the loss of digits at large x.

    >>> from autograd import Tensor, erfc
    >>> erfc(Tensor(10.0)).item() < 1e-44
    True
    """
    return _computed("erfc", math.erfc, x)


def _log_gamma(x: float) -> float:
    try:
        return x if math.isinf(x) else math.lgamma(x)
    except (ValueError, OverflowError):  # at the poles 0, −1, −2 …, and where the result exceeds all floats
        return math.inf


@operation(lambda g, x: g * digamma(x), symbol="log Γ")  # type: ignore[has-type]
def gammaln(x, /):
    """Logarithm of the gamma function's size: log |Γ(x)|, elementwise; Γ(n) = (n − 1)! for whole n, infinite at n ≤ 0.

    Its derivative is `digamma`, so without SciPy there are values, and an ImportError in the backward pass.

    >>> from autograd import Tensor, exp, gammaln
    >>> round(exp(gammaln(Tensor(5.0))).item(), 12)
    24.0
    """
    return _computed("gammaln", _log_gamma, x)


@operation(lambda g, x: g * polygamma(1, x), symbol="ψ")
def digamma(x, /):
    """Logarithmic derivative of the gamma function: ψ(x) = Γ′(x) / Γ(x), elementwise.

    Raises ImportError where SciPy is not installed.

    >>> from autograd import Tensor, digamma
    >>> round((digamma(Tensor(3.0)) - digamma(Tensor(2.0))).item(), 12)  # ψ(x + 1) − ψ(x) = 1/x
    0.5
    """
    return _by_scipy(_needed("digamma").psi, as_float_array(x))


@operation(lambda g, x, n: g * polygamma(n + 1, x), symbol="ψ⁽ⁿ⁾")
def _polygamma(x, /, n):
    scipy = _needed("polygamma")
    return _by_scipy(lambda x: scipy.polygamma(n, x), as_float_array(x))[()]


def polygamma(n: int, x: Any) -> Any:
    """The n-th derivative of digamma: ψ⁽ⁿ⁾(x) = dⁿψ / dxⁿ, elementwise.

    n: a whole number; 0 is digamma itself.

    Raises TypeError or ValueError for other orders, ImportError where SciPy is not installed.

    >>> import math
    >>> from autograd import Tensor, polygamma
    >>> round(polygamma(1, Tensor(1.0)).item() - math.pi**2 / 6, 12)
    0.0
    """
    if not isinstance(n, int | np.integer):
        raise TypeError(f"polygamma: the order n, a whole number, comes first; not {type(n).__name__}")
    if n < 0:
        raise ValueError(f"polygamma: the order n must be 0 or larger, not {n}")
    return _polygamma(x, n)


# 1 − e^(−softplus(x)) is the logistic function, to the last digits at both ends.
@operation(lambda g, out: -g * np.expm1(-out))
def softplus(x, /):
    """Smooth form of max(x, 0), whose derivative is the logistic function: log(1 + eˣ), elementwise, stable at any x.

    Dugas et al., Incorporating second-order functional knowledge for better option pricing (2000).

    >>> from autograd import Tensor, softplus
    >>> softplus(Tensor([-1000.0, 0.0, 1000.0]))
    Tensor([0.00000000e+00, 6.93147181e-01, 1.00000000e+03])
    """
    with np.errstate(invalid="ignore"):  # nan is nan without a warning, as in the other functions
        return np.logaddexp(0, as_float_array(x))


@operation(lambda g, x: g / (x * (1 - x)))
def logit(x, /):
    """Log-odds of a probability, the inverse of `sigmoid`: log(x / (1 − x)), elementwise; −∞ at 0, ∞ at 1, nan outside.

    >>> from autograd import Tensor, logit
    >>> logit(Tensor([0.0, 0.5, 1.0]))
    Tensor([-inf,   0.,  inf])
    """
    x = as_float_array(x)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Near ½ the logarithm of a number near 1 loses digits; the other form is the same function.
        return np.where(np.abs(x - 0.5) < 0.25, 2 * np.arctanh(2 * x - 1), np.log(x / (1 - x)))[()]


def _slopeless(x, y):
    return (x == 0) & (y <= 0)


@operation(
    lambda g, x, y: g * np.log(np.where(_slopeless(x, y), 1.0, y)),
    lambda g, x, y: g * np.where(_slopeless(x, y), 0.0, x) / np.where(_slopeless(x, y), 1.0, y),
)
def xlogy(x, y, /):
    """Product with a logarithm, as entropies need it: x log y, elementwise, and 0 where x = 0, whatever y is but nan.

    Its gradients are log y and x / y; where x = 0 and y ≤ 0 both are 0, so that entropies at probability 0 stay finite.

    >>> from autograd import Tensor, xlogy
    >>> xlogy(Tensor([0.0, 2.0]), Tensor([0.0, 1.0]))
    Tensor([0., 0.])
    """
    dtype = np.result_type(x, y)
    x, y = (np.asarray(value, dtype if dtype.kind == "f" else np.float64) for value in (x, y))
    with np.errstate(divide="ignore", invalid="ignore"):
        return x * np.log(np.where((x == 0) & ~np.isnan(y), 1.0, y))


def _softmax(x, out, shape, axis):
    """e^(x − out), the share of each element; where the result is ∞ the infinite elements share, where −∞ nothing does."""
    infinite = x == np.inf
    shares = np.exp(np.where(infinite, -np.inf, x) - broadcast_back(np.where(out == -np.inf, 0, out), shape, axis))
    return shares + infinite / np.maximum(infinite.sum(axis=axis, keepdims=True), 1).astype(x.dtype)


@operation(lambda g, x, out, x_shape, axis: broadcast_back(g, x_shape, axis) * _softmax(x, out, x_shape, axis))
def logsumexp(x, /, axis=None, keepdims=False):
    """Logarithm of a sum of exponentials, whose gradient is the softmax: log Σ eˣ, stable at any x; −∞ of no elements.

    axis: int, tuple of ints, or None for all; keepdims: keep reduced axes with size 1.

    Elements −∞ add nothing. Where all are −∞ the gradient is 0; elements ∞ share it evenly.

    >>> from autograd import Tensor, logsumexp
    >>> logsumexp(Tensor([[1000.0, 1000.0], [-1000.0, -1000.0]]), axis=1)
    Tensor([1000.69314718, -999.30685282])
    """
    x = as_float_array(x)
    largest = np.maximum.reduce(x, axis=axis, keepdims=True, initial=-np.inf)
    largest = np.where(np.isfinite(largest), largest, 0)
    with np.errstate(divide="ignore", over="ignore"):
        out = np.log(np.add.reduce(np.exp(x - largest), axis=axis, keepdims=True)) + largest
    return out if keepdims else np.squeeze(out, axis)[()]


scipy_functions.update(erf=erf, erfc=erfc, expit=sigmoid, gammaln=gammaln, logit=logit, psi=digamma, xlogy=xlogy)
