"""Polynomials by their coefficients, from the highest power down: NumPy's poly… functions, roots and evaluation."""

import warnings
from typing import Any

import numpy as np

from autograd.core.coercion import is_complex
from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.errors import ShapeError
from autograd.operations.inputs import as_inexact, as_tensor_or_array


def _coefficients(p: Any) -> Any:
    return np.atleast_1d(as_tensor_or_array(np.asarray(p) if isinstance(p, np.poly1d) else p))


def _without_leading_zeros(p: Any) -> Any:
    """The coefficients from the first one other than 0; one 0 for the zero polynomial."""
    p = _coefficients(p)
    nonzero = np.flatnonzero(p != 0)
    return p[nonzero[0] if len(nonzero) else len(p) - 1 :] if len(p) else np.zeros(1, p.dtype)


def _of_length(p: Any, n: int) -> Any:
    """The coefficients with zeros for higher powers."""
    return np.concatenate([np.zeros(n - len(p), p.dtype), p]) if len(p) < n else p


@implements(np.polyadd)
def polyadd(a1: Any, a2: Any) -> Any:
    """Sum of polynomials: the sum of the coefficients of equal powers.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.polyadd(Tensor([1.0, 2.0]), [3.0, 4.0, 5.0])
    Tensor([3., 5., 7.])
    """
    a1, a2 = _coefficients(a1), _coefficients(a2)
    n = max(len(a1), len(a2))
    return _of_length(a1, n) + _of_length(a2, n)


@implements(np.polysub)
def polysub(a1: Any, a2: Any) -> Any:
    """Difference of polynomials: the difference of the coefficients of equal powers."""
    a1, a2 = _coefficients(a1), _coefficients(a2)
    n = max(len(a1), len(a2))
    return _of_length(a1, n) - _of_length(a2, n)


@implements(np.polymul)
def polymul(a1: Any, a2: Any) -> Any:
    """Product of polynomials: the convolution of the coefficients, without leading zeros.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.polymul(Tensor([1.0, 1.0]), [1.0, -1.0])
    Tensor([ 1.,  0., -1.])
    """
    return np.convolve(_without_leading_zeros(a1), _without_leading_zeros(a2))


@implements(np.polydiv)
def polydiv(u: Any, v: Any) -> Any:
    """Quotient and remainder of polynomials: u = q v + r; leading zeros of r, up to rounding, are left out.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.polydiv(Tensor([1.0, 0.0, -1.0]), [1.0, 1.0])
    (Tensor([ 1., -1.]), Tensor([0.]))
    """
    u, v = as_inexact(_coefficients(u)), as_inexact(_coefficients(v))
    dtype = np.result_type(u.dtype, v.dtype)
    quotient, remainder = [], u + np.zeros(1, dtype)
    for k in range(len(u) - len(v) + 1):
        factor = remainder[k : k + 1] / v[0]
        quotient.append(factor)
        product = [np.zeros(k, dtype), factor * v, np.zeros(len(u) - len(v) - k, dtype)]
        remainder = remainder - np.concatenate(product)
    start = 0
    while start < len(remainder) - 1 and np.allclose(remainder[start], 0, rtol=1e-14):
        start += 1
    return (np.concatenate(quotient) if quotient else 0 * v[:1]), remainder[start:]


@implements(np.polyder)
def polyder(p: Any, m: int = 1) -> Any:
    """Derivative of order m of a polynomial.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.polyder(Tensor([1.0, 2.0, 3.0]))
    Tensor([2., 2.])
    """
    if m < 0:
        raise ValueError(f"polyder: the order m is not negative, got {m}; np.polyint integrates")
    p = _coefficients(p)
    for _ in range(m):
        p = p[:-1] * np.arange(len(p) - 1, 0, -1)
    return p


@implements(np.polyint)
def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    """Antiderivative of order m of a polynomial.

    k: the m constants of integration, the one of the first integration first; one for all of them; 0 by default.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.polyint(Tensor([2.0, 2.0]), k=3.0)
    Tensor([1., 2., 3.])
    """
    if m < 0:
        raise ValueError(f"polyint: the order m is not negative, got {m}; np.polyder differentiates")
    constants = np.atleast_1d(as_tensor_or_array(0.0 if k is None else k))
    if len(constants) not in (1, m) and m:
        raise ShapeError(f"polyint: k holds one constant, or one for each of the {m} integrations, got {len(constants)}")
    p = _coefficients(p)
    for i in range(m):
        constant = constants[min(i, len(constants) - 1)]
        p = np.concatenate([p / np.arange(len(p), 0, -1), np.reshape(constant, 1)])
    return p


@implements(np.polyval)
def polyval(p: Any, x: Any) -> Any:
    """Evaluate a polynomial by Horner's rule: p₀xⁿ + … + pₙ.

    p: the coefficients (n + 1,), from the highest power down.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.polyval([1.0, 0.0, -1.0], Tensor(3.0)).item()
    8.0
    """
    out = 0 * x
    for i in range(len(p)):
        out = out * x + p[i]
    return out


@implements(np.polyfit)
def polyfit(x: Any, y: Any, deg: int, rcond: Any = None, full: bool = False, w: Any = None, cov: Any = False) -> Any:
    """Least squares fit of a polynomial of degree `deg`: minimizes Σ (w (p(x) − y))².

    x:     the points (n,); y: the values (n,), or (n, k) for k polynomials.
    w:     weights (n,) of the deviations.
    rcond: singular values below rcond times the largest count as 0; n times the machine epsilon by default.
    full:  return (p, residuals, rank, singular values, rcond).
    cov:   return (p, covariance matrix); "unscaled" for weights that are 1 / σ.

    Raises ShapeError for points, values and weights that do not fit.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.polyfit([0.0, 1.0, 2.0], Tensor([1.0, 3.0, 5.0]), 1).numpy().round(9)
    array([2., 1.])
    """
    x, y = as_inexact(x), as_inexact(y)
    if x.ndim != 1 or y.ndim not in (1, 2) or len(x) != len(y) or not len(x) or deg < 0:
        raise ShapeError(f"polyfit: needs points (n,), values (n,) or (n, k) and a degree ≥ 0, got {x.shape}, {y.shape}, {deg}")
    rcond = len(x) * np.finfo(x.dtype).eps if rcond is None else rcond
    left, right = np.vander(x, deg + 1), y
    if w is not None:
        w = as_inexact(w)
        if w.shape != x.shape:
            raise ShapeError(f"polyfit: weights of shape {w.shape} do not fit the points of shape {x.shape}")
        left, right = left * w[:, None], right * (w if right.ndim == 1 else w[:, None])
    scale = np.sqrt(np.sum(left * left, axis=0))
    left = left / scale
    solution, residuals, rank, singular = np.linalg.lstsq(left, right, rcond)
    coefficients = (solution.T / scale).T
    if rank != deg + 1 and not full:
        warnings.warn("Polyfit may be poorly conditioned", np.exceptions.RankWarning, stacklevel=2)
    if full:
        return coefficients, residuals, rank, singular, rcond
    if not cov:
        return coefficients
    covariance = np.linalg.inv(left.T @ left) / np.outer(scale, scale)
    covariance = covariance if y.ndim == 1 else covariance[:, :, None]
    if cov == "unscaled":
        return coefficients, covariance
    if len(x) <= deg + 1:
        raise ValueError(f"polyfit: the covariance needs more than {deg + 1} points, got {len(x)}; use cov='unscaled'")
    return coefficients, covariance * (residuals / (len(x) - deg - 1))


@operation(lambda g, x, out: -(g / np.polyval(np.polyder(x), out)) @ np.vander(out, len(x)))
def _roots(x, /):
    return np.roots(x)


@implements(np.roots)
def roots(p: Any) -> Any:
    """Roots of a polynomial: ∂r / ∂pᵢ = −rⁿ⁻ⁱ / p′(r); the gradient through multiple roots is infinite or nan.

    p: the coefficients (n + 1,), from the highest power down.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.sort(np.roots(Tensor([1.0, -3.0, 2.0]))).numpy().round(9).tolist()
    [1.0, 2.0]
    """
    p = as_inexact(_coefficients(p))
    if p.ndim != 1:
        raise ShapeError(f"roots: the coefficients are a vector, got shape {p.shape}")
    return _roots(_without_leading_zeros(p)) if np.any(p != 0) else np.zeros(0, p.dtype)


@implements(np.poly)
def poly(seq_of_zeros: Any) -> Any:
    """Coefficients of the polynomial Π (x − rᵢ).

    seq_of_zeros: the roots (n,), or a square matrix, for its characteristic polynomial.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.poly(Tensor([1.0, 2.0]))
    Tensor([ 1., -3.,  2.])
    """
    zeros = as_inexact(_coefficients(seq_of_zeros))
    if zeros.ndim == 2 and zeros.shape[0] == zeros.shape[1] and zeros.size:
        return _characteristic_polynomial(zeros)
    if zeros.ndim != 1:
        raise ShapeError(f"poly: needs a vector of roots or a square matrix, got shape {zeros.shape}")
    out = np.ones(1, zeros.dtype)
    for i in range(len(zeros)):
        out = np.concatenate([out, np.zeros(1, zeros.dtype)]) - np.concatenate([np.zeros(1, zeros.dtype), out * zeros[i]])
    are_conjugate = is_complex(zeros) and np.array_equal(np.sort(zeros), np.sort(np.conj(zeros)))
    return np.real(out) if are_conjugate else out if len(zeros) else 1.0


def _characteristic_gradient(g, x, out):
    """−Σ gₖ Mₖᵀ with M₁ = I, Mₖ₊₁ = x Mₖ + cₖ I: the coefficients of the adjugate of (λ I − x)."""
    identity = np.eye(len(x), dtype=x.dtype)
    m = identity
    gradient = -g[1] * m
    for k in range(2, len(x) + 1):
        m = x @ m + out[k - 1] * identity
        gradient = gradient - g[k] * m
    return gradient.T


@operation(_characteristic_gradient)
def _characteristic_polynomial(x, /):
    return np.poly(x)
