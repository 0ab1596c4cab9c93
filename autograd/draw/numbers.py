"""How numbers are written in pictures and traces: one way for all."""

from typing import Any

import numpy as np


def number(x: Any) -> str:
    """A single number with up to four digits.

    >>> number(-9.0), number(0.123456), number(1e-7)
    ('-9', '0.1235', '1e-07')
    """
    return f"{x:.4g}" if not isinstance(x, bool | np.bool_) else str(bool(x))


def summary(x: Any) -> str:
    """A number, a short vector, or mean ± standard deviation of anything larger.

    >>> import numpy as np
    >>> summary(np.array([1.0, 2.0])), summary(np.arange(10.0))
    ('[1 2]', '4.5 ± 2.872')
    """
    if np.ndim(x) == 0:
        return number(np.asarray(x)[()])
    if np.size(x) == 0:
        return "empty"
    if np.ndim(x) == 1 and np.size(x) <= (8 if np.asarray(x).dtype.kind in "iub" else 3):
        return "[" + " ".join(number(element) for element in x) + "]"
    with np.errstate(all="ignore"):
        return f"{number(np.mean(x))} ± {number(np.std(x))}"
