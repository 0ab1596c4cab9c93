"""Bessel functions of scipy.special. They need SciPy.

Their derivatives follow from the recurrences in NIST's Digital Library of Mathematical Functions, §10.6 and §10.29. The order
has a derivative in iv and ive, by a power series; in the others it is refused.
"""

from collections.abc import Callable

import numpy as np

from autograd.core.operation import operation
from autograd.core.registry import scipy_functions
from autograd.errors import UnsupportedError
from autograd.operations.gamma_functions import rgamma, rgamma_slope
from autograd.operations.special import call_special, digamma, gammaln


def _refuse_order(name: str) -> Callable:
    """The formula of an order that has no derivative here."""

    def refuse(g):
        """refused"""
        raise UnsupportedError(f"{name}: the order has no gradient formula; pass a number, an array or v.detach()")

    return refuse


@operation(lambda g, x: -g * j1(x), symbol="J₀")  # type: ignore[has-type]
def j0(x, /):
    """Bessel function of the first kind of order 0: J₀(x), elementwise; J₀′ = −J₁."""
    return call_special("j0", x)


@operation(lambda g, x: g * (j0(x) - jv(2, x)) / 2, symbol="J₁")  # type: ignore[has-type]
def j1(x, /):
    """Bessel function of the first kind of order 1: J₁(x), elementwise; J₁′ = (J₀ − J₂) / 2."""
    return call_special("j1", x)


@operation(_refuse_order("jv"), lambda g, x, y: g * (jv(x - 1, y) - jv(x + 1, y)) / 2, symbol="J")  # type: ignore[has-type]
def jv(x, y, /):
    """Bessel function of the first kind of real order: Jᵥ(x), of (v, x); both broadcast; Jᵥ′ = (Jᵥ₋₁ − Jᵥ₊₁) / 2.

    >>> from autograd.scipy.special import j0, jv
    >>> bool(jv(0, 1.5) == j0(1.5))
    True
    """
    return call_special("jv", x, y)


@operation(lambda g, x: -g * y1(x), symbol="Y₀")  # type: ignore[has-type]
def y0(x, /):
    """Bessel function of the second kind of order 0: Y₀(x), elementwise; Y₀′ = −Y₁; −∞ at 0."""
    return call_special("y0", x)


@operation(lambda g, x: g * (y0(x) - yv(2, x)) / 2, symbol="Y₁")  # type: ignore[has-type]
def y1(x, /):
    """Bessel function of the second kind of order 1: Y₁(x), elementwise; Y₁′ = (Y₀ − Y₂) / 2."""
    return call_special("y1", x)


@operation(_refuse_order("yn"), lambda g, x, y: g * (yn(x - 1, y) - yn(x + 1, y)) / 2, symbol="Y")  # type: ignore[has-type]
def yn(x, y, /):
    """Bessel function of the second kind of integer order: Yₙ(x), of (n, x); both broadcast; Yₙ′ = (Yₙ₋₁ − Yₙ₊₁) / 2."""
    return call_special("yn", x, y)


@operation(_refuse_order("yv"), lambda g, x, y: g * (yv(x - 1, y) - yv(x + 1, y)) / 2, symbol="Y")  # type: ignore[has-type]
def yv(x, y, /):
    """Bessel function of the second kind of real order: Yᵥ(x), of (v, x); both broadcast; Yᵥ′ = (Yᵥ₋₁ − Yᵥ₊₁) / 2."""
    return call_special("yv", x, y)


@operation(lambda g, x: g * i1(x), symbol="I₀")  # type: ignore[has-type]
def i0(x, /):
    """Modified Bessel function of order 0: I₀(x), elementwise; I₀′ = I₁."""
    return call_special("i0", x)


@operation(lambda g, x: g * (i0(x) + iv(2, x)) / 2, symbol="I₁")  # type: ignore[has-type]
def i1(x, /):
    """Modified Bessel function of order 1: I₁(x), elementwise; I₁′ = (I₀ + I₂) / 2."""
    return call_special("i1", x)


@operation(lambda g, x, out: g * (i1e(x) - np.sign(x) * out), symbol="e⁻ˣI₀")  # type: ignore[has-type]
def i0e(x, /):
    """Scaled modified Bessel function of order 0: e^(−|x|) I₀(x), elementwise, without overflow."""
    return call_special("i0e", x)


@operation(lambda g, x, out: g * ((i0e(x) + ive(2, x)) / 2 - np.sign(x) * out), symbol="e⁻ˣI₁")  # type: ignore[has-type]
def i1e(x, /):
    """Scaled modified Bessel function of order 1: e^(−|x|) I₁(x), elementwise, without overflow."""
    return call_special("i1e", x)


def _slope_by_order(x, y):
    """e⁻ʸ ∂I/∂v of I(v, y) = Σₖ (y/2)ᵛ⁺²ᵏ / (k! Γ(v + k + 1)), whose terms get the factor log(y/2) − ψ(v + k + 1)."""
    is_inside = (y > 0) & (y < np.inf) & np.isfinite(x)
    x, inside = np.where(is_inside, x, 1.0), np.where(is_inside, y, 1.0)
    largest = np.max(np.asarray(np.ceil(inside)), initial=0.0)
    k = np.arange(int(largest / 2 + 7 * np.sqrt(largest)) + 25)
    order, half = np.expand_dims(x, -1) + k + 1, np.expand_dims(np.log(inside / 2), -1)
    power = np.expand_dims(x, -1) * half - np.expand_dims(inside, -1) + 2 * k * half - gammaln(k + 1.0)
    is_positive = order > 0  # for v < −1 the first terms divide by Γ where it has poles
    above, below = np.where(is_positive, order, 1.0), np.where(is_positive, 1.0, order)
    terms_above = np.exp(power - gammaln(above)) * (half - digamma(above))
    terms_below = np.exp(np.where(is_positive, 0.0, power)) * (half * rgamma(below) + rgamma_slope(below))
    slope = np.sum(np.where(is_positive, terms_above, terms_below), axis=-1)
    return np.where(is_inside, slope, np.where((y == 0) & (x > 0), 0.0, np.nan))


@operation(
    lambda g, x, y: g * _slope_by_order(x, y) * np.exp(y),
    lambda g, x, y: g * (iv(x - 1, y) + iv(x + 1, y)) / 2,  # type: ignore[has-type]
    symbol="I",
)
def iv(x, y, /):
    """Modified Bessel function of real order: Iᵥ(x), of (v, x); both broadcast; Iᵥ′ = (Iᵥ₋₁ + Iᵥ₊₁) / 2.

    The derivative by v, for x > 0, is a sum of about x / 2 terms, with errors of about 1e-13 Iᵥ.

    >>> from autograd.scipy.special import i0, iv
    >>> round(iv(0, 1.5) / i0(1.5), 12)
    np.float64(1.0)
    """
    return call_special("iv", x, y)


@operation(
    lambda g, x, y: g * _slope_by_order(x, y),
    lambda g, x, y, out: g * ((ive(x - 1, y) + ive(x + 1, y)) / 2 - np.sign(y) * out),  # type: ignore[has-type]
    symbol="e⁻ˣI",
)
def ive(x, y, /):
    """Scaled modified Bessel function of real order: e^(−|x|) Iᵥ(x), of (v, x); both broadcast; derivatives as for `iv`."""
    return call_special("ive", x, y)


@operation(lambda g, x: -g * k1(x), symbol="K₀")  # type: ignore[has-type]
def k0(x, /):
    """Modified Bessel function of the second kind of order 0: K₀(x), elementwise; K₀′ = −K₁."""
    return call_special("k0", x)


@operation(lambda g, x: -g * (k0(x) + kv(2, x)) / 2, symbol="K₁")  # type: ignore[has-type]
def k1(x, /):
    """Modified Bessel function of the second kind of order 1: K₁(x), elementwise; K₁′ = −(K₀ + K₂) / 2."""
    return call_special("k1", x)


@operation(_refuse_order("kv"), lambda g, x, y: -g * (kv(x - 1, y) + kv(x + 1, y)) / 2, symbol="K")  # type: ignore[has-type]
def kv(x, y, /):
    """Modified Bessel function of the second kind of real order: Kᵥ(x), of (v, x); Kᵥ′ = −(Kᵥ₋₁ + Kᵥ₊₁) / 2."""
    return call_special("kv", x, y)


scipy_functions.update(
    j0=j0, j1=j1, jv=jv, y0=y0, y1=y1, yn=yn, yv=yv, i0=i0, i1=i1, i0e=i0e, i1e=i1e, iv=iv, ive=ive, k0=k0, k1=k1, kv=kv
)
