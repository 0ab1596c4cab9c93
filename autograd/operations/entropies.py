"""Terms of entropies and log-odds in scipy.special: −x log x, x log(x / y), x log(1 + y), log σ."""

import numpy as np

from autograd.core.operation import operation
from autograd.core.registry import scipy_functions
from autograd.operations.elementwise import cbrt, exp2, expm1, log1p, select
from autograd.operations.inputs import as_common_floating, as_floating
from autograd.operations.special import real_dtype, softplus, xlogy


@operation(lambda g, x: select(g, x >= 0) * (-np.log(np.where(x >= 0, x, 1.0)) - 1))
def entr(x, /):
    """Term of an entropy: −x log x for x > 0, 0 at 0, −∞ below, elementwise; its derivative is ∞ at 0.

    >>> from autograd.scipy.special import entr
    >>> entr([-1.0, 0.0])
    array([-inf,   0.])
    """
    x = np.asarray(x, real_dtype("entr", x))
    return np.where(x < 0, -np.inf, 0 - xlogy(x, np.where(x < 0, 1, x)))[()]


def rel_entr(x, y):
    """Term of a relative entropy: x log(x / y) for x, y > 0; 0 for x = 0 and y ≥ 0; ∞ elsewhere; both broadcast.

    Where the result is ∞ both derivatives are 0.

    >>> from autograd.scipy.special import rel_entr
    >>> rel_entr([0.0, 1.0, -1.0], [1.0, 1.0, 1.0])
    array([ 0.,  0., inf])
    """
    x, y = as_common_floating(x, y)
    is_inside, is_nan = (x > 0) & (y > 0), np.isnan(x) | np.isnan(y)
    x_inside, y_inside = np.where(is_inside, x, 1.0), np.where(is_inside, y, 1.0)
    is_near = np.abs(np.log2(x_inside) - np.log2(y_inside)) < 100  # elsewhere the quotient could overflow
    quotient = np.log(np.where(is_near, x_inside, 1.0) / np.where(is_near, y_inside, 1.0))
    logarithm = np.where(is_near, quotient, np.log(x_inside) - np.log(y_inside))
    outside = np.where(is_nan, np.nan, np.where((x == 0) & (y >= 0), 0.0, np.inf))
    return np.where(is_inside, x_inside * logarithm, outside.astype(logarithm.dtype))


def kl_div(x, y):
    """Term of a Kullback-Leibler divergence: x log(x / y) − x + y for x, y > 0; y for x = 0 and y ≥ 0; ∞ elsewhere.

    >>> from autograd.scipy.special import kl_div
    >>> kl_div([0.0, 1.0], [2.0, 1.0])
    array([2., 0.])
    """
    x, y = as_common_floating(x, y)
    entropy = rel_entr(x, y)
    return np.where(((x > 0) & (y > 0)) | ((x == 0) & (y >= 0)), entropy - x + y, entropy)


def _is_flat(x, y):
    """Whether both derivatives are 0 by convention: x = 0 and y ≤ −1."""
    return (x == 0) & (y <= -1)


@operation(
    lambda g, x, y: select(g, ~_is_flat(x, y)) * np.log1p(np.where(_is_flat(x, y), 0.0, y)),
    lambda g, x, y: select(g, ~_is_flat(x, y)) * np.where(_is_flat(x, y), 0.0, x) / (1 + np.where(_is_flat(x, y), 0.0, y)),
)
def xlog1py(x, y, /):
    """Product with a logarithm: x log(1 + y), and 0 where x = 0 unless y is nan; both broadcast.

    Its derivatives are log(1 + y) and x / (1 + y). Where x = 0 and y ≤ −1 both are 0.

    >>> from autograd.scipy.special import xlog1py
    >>> xlog1py([0.0, 1.0], [-1.0, 0.0])
    array([0., 0.])
    """
    dtype = real_dtype("xlog1py", x, y)
    x, y = np.asarray(x, dtype), np.asarray(y, dtype)
    with np.errstate(divide="ignore", invalid="ignore"):
        return x * np.log1p(np.where((x == 0) & ~np.isnan(y), 0.0, y))


def log_expit(x):
    """Logarithm of the logistic function: log σ(x) = −log(1 + e⁻ˣ), elementwise, without overflow.

    >>> from autograd.scipy.special import log_expit
    >>> log_expit([-1000.0, 1000.0])
    array([-1000.,    -0.])
    """
    return -softplus(-as_floating(x))


scipy_functions.update(
    entr=entr, rel_entr=rel_entr, kl_div=kl_div, xlog1py=xlog1py, log_expit=log_expit,
    log1p=log1p, expm1=expm1, exp2=exp2, cbrt=cbrt,
)  # fmt: skip
