"""Replacement of infinities by the largest floats."""

from typing import Any

import numpy as np


def as_finite(x: Any) -> Any:
    """x with the largest finite floats in place of ±∞, so that a quotient x / (1 + |x|) has its limit ±1.

    >>> import numpy as np
    >>> from nn.functional.activations.finite import as_finite
    >>> x = as_finite(np.array([-np.inf, 2.0]))
    >>> (x / (1 + np.abs(x))).round(4).tolist()
    [-1.0, 0.6667]
    """
    largest = np.finfo(x.dtype).max
    return np.maximum(np.minimum(x, largest), -largest)
