"""Norms of arrays that neither overflow nor underflow where the norm itself is a float."""

import math
from collections.abc import Sequence

import numpy as np

from autograd.extend import kernels


def joint_norm(arrays: Sequence[np.ndarray], p: float = 2.0) -> float:
    """The norm (Σ|x|ᵖ)^(1/p) of all elements of several arrays.

    p: above 0; math.inf for the largest |x|.

    >>> import numpy as np
    >>> from optim.regularizers.norms import joint_norm
    >>> joint_norm([np.array([3.0]), np.array([4.0])])
    5.0
    """
    largest = max((float(np.abs(x).max()) for x in arrays if x.size), default=0.0)
    if largest == 0 or not largest < math.inf or p == math.inf:
        return largest  # the norm; nan if an element is nan
    scaled = [np.abs(x).ravel() / largest for x in arrays]  # the powers of elements up to 1 do not overflow
    powers = sum(float(x @ x) if p == 2 else float((x**p).sum()) for x in scaled)
    return largest * powers ** (1 / p)


def euclidean_norm(x: np.ndarray) -> float:
    """The norm √Σx² of a flat array: by one product, unless the squares overflow or underflow.

    >>> import numpy as np
    >>> from optim.regularizers.norms import euclidean_norm
    >>> euclidean_norm(np.array([3.0, 4.0])), euclidean_norm(np.array([3e-200, 4e-200]))
    (5.0, 5e-200)
    """
    square = float(np.vdot(x, x))  # unlike np.dot it does not warn of overflow
    return math.sqrt(square) if 1e-30 < square < math.inf else kernels.safe_norm(x)
