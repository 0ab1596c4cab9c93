"""Quadrature on the half line: integrals that are derivatives of the incomplete gamma and beta functions."""

import numpy as np

# The double exponential formula (Takahasi and Mori 1974) for integrands that decay like e^(−u): the nodes
# u = e^(t − e^(−t)) at equidistant t are dense at 0, where the integrand may be singular, and reach far into the tail.
_STEP = 1 / 14
_T = np.arange(-5.0, 7.5, _STEP)
NODES = np.exp(_T - np.exp(-_T))
WEIGHTS = _STEP * NODES * (1 + np.exp(-_T))


def integrate_half_line(integrand, scale):
    """∫₀^∞ integrand(u) du, elementwise: integrand takes nodes along a new last axis; scale: its length of decay.

    The scale is rounded to a power of 2, which makes it piecewise constant: it has no gradient.
    """
    scale = np.expand_dims(np.exp2(np.floor(np.log2(scale))), -1)
    return np.sum(integrand(scale * NODES) * (scale * WEIGHTS), axis=-1)
