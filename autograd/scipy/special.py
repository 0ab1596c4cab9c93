"""scipy.special on tensors: `import autograd.scipy.special as special`, or the ufuncs of SciPy called on tensors.

>>> from autograd import Tensor
>>> from autograd.scipy.special import gammaln
>>> x = Tensor(1.0, requires_grad=True)
>>> gammaln(x).backward()
>>> round(x.grad.item(), 6)  # minus Euler's constant
-0.577216
"""

from typing import Any

import numpy as np

from autograd.operations.bessel import i0, i0e, i1, i1e, iv, ive, j0, j1, jv, k0, k1, kv, y0, y1, yn, yv
from autograd.operations.elementwise import cbrt, exp2, expm1, log1p, sigmoid as expit
from autograd.operations.entropies import entr, kl_div, log_expit, rel_entr, xlog1py
from autograd.operations.error_functions import erfcinv, erfcx, erfinv, log_ndtr, ndtr, ndtri
from autograd.operations.gamma_functions import beta, betaln, gamma, gammasgn, multigammaln, rgamma
from autograd.operations.incomplete_beta import betainc, betaincc, stdtr
from autograd.operations.incomplete_gamma import gammainc, gammaincc
from autograd.operations.inputs import as_common_floating, as_floating
from autograd.operations.special import (
    digamma,
    erf,
    erfc,
    gammaln,
    logit,
    logsumexp as logsumexp_of_elements,
    polygamma,
    xlogy,
)
from autograd.utils.scipy_names import names_of

psi, jn = digamma, jv

__all__ = [
    "beta", "betainc", "betaincc", "betaln", "cbrt", "digamma", "entr", "erf", "erfc", "erfcinv", "erfcx", "erfinv", "exp2",
    "expit", "expm1", "gamma", "gammainc", "gammaincc", "gammaln", "gammasgn", "i0", "i0e", "i1", "i1e", "iv", "ive", "j0",
    "j1", "jn", "jv", "k0", "k1", "kl_div", "kv", "log1p", "log_expit", "log_ndtr", "log_softmax", "logit", "logsumexp",
    "multigammaln", "ndtr", "ndtri", "polygamma", "psi", "rel_entr", "rgamma", "softmax", "stdtr", "xlog1py", "xlogy", "y0",
    "y1", "yn", "yv",
]  # fmt: skip
__getattr__ = names_of(__name__, __all__)


def logsumexp(a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False) -> Any:
    """Logarithm of a sum of exponentials: log Σ b eᵃ, without overflow.

    axis, keepdims: as in NumPy.
    b:              weights, of any sign, which broadcast against a; with gradient.
    return_sign:    also return the sign of the sum, a constant, and the logarithm of its absolute value; without it a negative
                    sum gives nan.

    >>> from autograd.scipy.special import logsumexp
    >>> logsumexp([1000.0, 1000.0], b=[1.0, 3.0]).round(6)
    np.float64(1001.386294)
    """
    if b is None and not return_sign:
        return logsumexp_of_elements(a, axis, keepdims)
    a, b = as_common_floating(a, 1.0 if b is None else b)
    terms = np.where(b != 0, a, -np.inf)
    if not terms.size:
        out = logsumexp_of_elements(terms, axis, keepdims)
        return (out, np.zeros_like(out)) if return_sign else out
    largest = np.ceil(np.max(terms, axis=axis, keepdims=True))  # a constant
    largest = np.where(np.isfinite(largest), largest, 0)
    shifted = a - largest
    total = np.sum(b * np.exp(np.where((b == 0) & (shifted > 700), -np.inf, shifted)), axis=axis, keepdims=True)
    sign = np.sign(total)
    size = np.where(total == 0, 1.0, np.abs(total) if return_sign else np.where(total < 0, np.nan, total))
    out = np.where(total == 0, -np.inf, np.log(size) + largest)
    if not keepdims:
        out, sign = np.squeeze(out, axis), np.squeeze(sign, axis)
    return (out, sign) if return_sign else out


def log_softmax(x: Any, axis: Any = None) -> Any:
    """Logarithm of the softmax: x − log Σ eˣ along the axis, or over all elements, without overflow.

    >>> from autograd.scipy.special import log_softmax
    >>> log_softmax([0.0, 0.0]).round(6)
    array([-0.693147, -0.693147])
    """
    x = as_floating(x)
    return x - logsumexp_of_elements(x, axis, True)


def softmax(x: Any, axis: Any = None) -> Any:
    """Softmax: eˣ / Σ eˣ along the axis, or over all elements, without overflow.

    >>> from autograd.scipy.special import softmax
    >>> softmax([0.0, 0.0])
    array([0.5, 0.5])
    """
    return np.exp(log_softmax(x, axis))
